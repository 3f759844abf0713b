//! Arrivals from the access log of nginx or Apache, in the common or combined format.

use super::recording::{BadRow, Names, Recording};
use super::timestamp::{Stamp, read_stamp};
use crate::kernel::time::{SECOND, Time};

impl Recording {
    /// Reads an access log that was read from a file already.
    ///
    /// The stamp is the first one in brackets or, failing that, the first word of the
    /// line. The first request comes at zero. Stamps are often cut to the second: the
    /// requests of one second are then spread evenly over it, in the order of the log, so
    /// bursts within a second are lost. The classes are the paths, without their queries.
    /// Lines without a stamp are skipped and listed in `skipped`.
    pub fn from_access_log(text: &str) -> Result<Recording, Vec<BadRow>> {
        let mut rows: Vec<(Stamp, u32)> = Vec::new();
        let mut skipped = Vec::new();
        let mut names = Names::default();
        for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            match stamp_of(line) {
                Some(stamp) => rows.push((stamp, names.number(path_of(line)))),
                None => skipped
                    .push(BadRow { line: index + 1, problem: "there is no time stamp in this line".into() }),
            }
        }
        if rows.is_empty() {
            skipped.push(BadRow { line: 1, problem: "the log has no line with a time stamp".into() });
            return Err(skipped);
        }
        // A log is written as requests end, so its stamps are nearly, not fully, sorted.
        rows.sort_by_key(|(stamp, _)| stamp.nanoseconds);
        let origin = rows[0].0.nanoseconds;
        let mut arrivals: Vec<(Time, u32)> = Vec::with_capacity(rows.len());
        for group in rows.chunk_by(|one, next| one.0 == next.0) {
            let stamp = group[0].0;
            let width = if stamp.whole_seconds { SECOND } else { 0 };
            let count = group.len() as u64;
            let spread = (0..count).map(|place| stamp.nanoseconds - origin + width * place / count);
            arrivals.extend(spread.zip(group.iter().map(|(_, class)| *class)));
        }
        // Logs that mix both kinds of stamps may have crossed over.
        arrivals.sort_by_key(|(instant, _)| *instant);
        let (instants, classes) = arrivals.into_iter().unzip();
        Ok(Recording {
            instants,
            classes: Some(classes),
            class_names: names.into_list(),
            work: Vec::new(),
            is_log: true,
            skipped,
        })
    }
}

fn stamp_of(line: &str) -> Option<Stamp> {
    let bracketed = line
        .split('[')
        .skip(1)
        .filter_map(|rest| rest.split_once(']'))
        .find_map(|(text, _)| read_stamp(text));
    bracketed.or_else(|| read_stamp(line.split_whitespace().next()?))
}

/// The path in `"GET /path?query HTTP/1.1"`, or "-" if there is none.
fn path_of(line: &str) -> &str {
    let request = line.split('"').nth(1).unwrap_or("-");
    let target = request.split_whitespace().nth(1).unwrap_or("-");
    target.split(['?', '#']).next().unwrap_or("-")
}
