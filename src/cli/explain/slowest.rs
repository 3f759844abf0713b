//! The slow requests of a run, explained from its files: what made the tail, and the slowest
//! ones by name.

use crate::analysis::tail::SlowRequest;
use crate::cli::ending::Failure;
use crate::output::record::{
    Activity, Findings, RecordError, SlowRow, Story, open_table, read_folder, slowest_rows, stories,
};
use crate::output::terminal::figure::{length, requests_followed, share};
use crate::output::terminal::lead::lead;
use crate::output::terminal::letters::Letters;
use crate::output::terminal::page::Page;
use crate::output::terminal::table::{Cell, Paint, Table, painted};
use crate::telling::{Answer, tail as telling};
use std::path::Path;

const TRACES: &str = "traces.jsonl";
const BAR_LETTERS: f64 = 24.0;
/// Of what the time was spent on; less only where there is no room.
const NAME_COLUMNS: usize = 32;
/// Places that are named for one request.
const PLACES_MOST: usize = 3;

pub fn explain(folder: &Path, number: usize, page: Page) -> Result<String, Failure> {
    let record = read_folder(folder)?;
    let Some(findings) = &record.findings else {
        let message = format!(
            "{} holds no results of a run; name a folder that `spof simulate` has written",
            folder.display()
        );
        return Err(Failure::Usage(message));
    };
    let mut text = answer(findings, page)
        + &format!("\n  {}\n\n", painted(&page.wrapped(&findings.summary.scenario, 2), Paint::Strong));
    text.push_str(&tail(findings, page));
    text.push_str(&requests(folder, findings, number, page)?);
    Ok(text)
}

/// In a sentence, if anything is known.
fn answer(findings: &Findings, page: Page) -> String {
    let Some(told) = findings.summary.tail.as_ref() else { return String::new() };
    let (headline, how_sure) = (telling::tail(told), telling::how_sure(told));
    match headline.is_empty() {
        true => String::new(),
        false => lead(&Answer { headline, how_sure, ..Answer::default() }, page),
    }
}

fn tail(findings: &Findings, page: Page) -> String {
    let Some(tail) = &findings.summary.tail else {
        return "  What made the slow requests slow is not known: no good answer was followed.\n".to_owned();
    };
    let heading = format!("the slowest {} of the good answers", share(tail.share));
    let about = format!(
        "{}, from {} on, {} on average",
        requests_followed(tail.requests, tail.followed),
        length(tail.latency_least_ms),
        length(tail.latency_mean_ms)
    );
    let mut table =
        Table::new(&["their time went", "share", "of each", "while this was in force", ""], &[3, 4])
            .with_names_of(NAME_COLUMNS, usize::MAX)
            .giving_up(&[4]);
    let letter = match page.strokes() {
        Letters::Unicode => "█",
        Letters::Ascii => "#",
    };
    for part in &tail.parts {
        table.add(vec![
            Cell::name_painted(part.plain_words(), Paint::Plain),
            Cell::new(share(part.share)),
            Cell::new(length(part.mean_ms)),
            Cell::new(part.during.clone().unwrap_or_default()),
            Cell::painted(letter.repeat((part.share * BAR_LETTERS).round() as usize), Paint::Faint),
        ]);
    }
    let (heading, about) =
        (painted(&heading, Paint::Strong), painted(&page.wrapped(&about, 2), Paint::Faint));
    format!("  {heading}\n  {about}\n\n{}\n", table.text(page))
}

/// From the stories if there are some of the slowest, or else those that were followed; of earlier
/// versions, which followed none, from the rows.
fn requests(folder: &Path, findings: &Findings, number: usize, page: Page) -> Result<String, Failure> {
    let mut slowest: Vec<Story> = Vec::new();
    if let Some(source) = open_table(folder, TRACES)? {
        stories::<RecordError>(TRACES, source, |story| {
            if story.outcome == "ok" {
                keep(&mut slowest, story, number);
            }
            Ok(())
        })?;
    }
    if slowest.iter().any(|story| story.why == "slowest") {
        return Ok(told(slowest.iter().map(of_story).collect(), page));
    }
    if let Some(tail) = findings.summary.tail.as_ref().filter(|tail| !tail.slowest.is_empty()) {
        let requests = tail.slowest.iter().take(number).map(of_followed);
        let whose =
            if tail.followed < tail.requests { "These are the slowest that were followed. " } else { "" };
        let hint = format!("{whose}Simulated with `--trace slowest={number}`, any are told in more detail.");
        return Ok(format!("{}  {}\n", told(requests.collect(), page), page.wrapped(&hint, 2)));
    }
    let line = |row: SlowRow| Told {
        id: row.id,
        class: row.class,
        start_s: row.start_s,
        latency_ms: row.latency_ms,
        attempts: row.attempts,
        parts: row.places,
    };
    let rows: Vec<Told> = slowest_rows(folder, number)?.into_iter().map(line).collect();
    Ok(if rows.is_empty() { String::new() } else { told(rows, page) })
}

fn of_followed(request: &SlowRequest) -> Told {
    Told {
        id: request.id,
        class: request.class.clone(),
        start_s: request.start_s,
        latency_ms: request.latency_ms,
        attempts: request.attempts.into(),
        parts: request.parts.iter().map(|part| (part.plain_words(), part.ns as f64 * 1e-6)).collect(),
    }
}

/// So many of the slowest, the slowest first; of equally slow ones those that come first.
fn keep(slowest: &mut Vec<Story>, story: Story, number: usize) {
    let key = |story: &Story| (std::cmp::Reverse(story.latency_ns()), story.id);
    let place = slowest.partition_point(|known| key(known) < key(&story));
    slowest.insert(place, story);
    slowest.truncate(number);
}

struct Told {
    id: u64,
    class: String,
    start_s: f64,
    latency_ms: f64,
    attempts: u64,
    /// What it spent its time on, in milliseconds.
    parts: Vec<(String, f64)>,
}

fn of_story(story: &Story) -> Told {
    let mut parts: Vec<(String, f64)> =
        story.parts.iter().map(|part| (part.plain_words(), part.ns as f64 * 1e-6)).collect();
    // Stories of earlier versions tell of visits only.
    for visit in story.visits.iter().filter(|_| story.parts.is_empty()) {
        for activity in [Activity::Travelling, Activity::InLine, Activity::Working] {
            let spent_ms = visit.spent_ns(activity) as f64 * 1e-6;
            let words = match activity {
                Activity::Travelling => format!("to and from {}", visit.place()),
                Activity::InLine => format!("in line at {}", visit.place()),
                Activity::Working => format!("work at {}", visit.place()),
            };
            match parts.iter_mut().find(|(known, _)| *known == words) {
                Some((_, sum)) => *sum += spent_ms,
                None => parts.push((words, spent_ms)),
            }
        }
    }
    Told {
        id: story.id,
        class: story.class.clone(),
        start_s: story.start_ns as f64 * 1e-9,
        latency_ms: story.latency_ns() as f64 * 1e-6,
        attempts: u64::from(story.attempts),
        parts,
    }
}

fn told(requests: Vec<Told>, page: Page) -> String {
    let mut table = Table::new(&["request", "class", "sent at", "latency", "tries", "most of it"], &[1, 5])
        .giving_up(&[4, 2]);
    for mut request in requests {
        request.parts.sort_by(|a, b| b.1.total_cmp(&a.1));
        let parts = request.parts.iter().take(PLACES_MOST).filter(|(_, spent_ms)| *spent_ms > 0.0);
        let parts: Vec<String> =
            parts.map(|(words, spent_ms)| format!("{words} {}", length(*spent_ms))).collect();
        table.add(vec![
            Cell::painted(request.id.to_string(), Paint::Strong),
            Cell::new(request.class),
            Cell::new(format!("{:.3} s", request.start_s)),
            Cell::new(length(request.latency_ms)),
            Cell::new(request.attempts.to_string()),
            Cell::new(parts.join(", ")),
        ]);
    }
    table.text(page)
}
