//! Recorded arrivals: instants, and with them, if known, classes and work.

use super::timestamp::read_stamp;
use crate::kernel::time::{SECOND, Time, from_seconds};
use crate::parts::distribution::{cell_seconds, header_unit};
use crate::parts::quantity::{Unit, quoted};
use rustc_hash::FxHashMap;

/// What was seen to arrive. All lists are in the order of arrival and equally long.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Recording {
    /// Sorted, since the start of the run.
    pub instants: Vec<Time>,
    /// The class of each arrival, as an index of `class_names`.
    pub classes: Option<Vec<u32>>,
    pub class_names: Vec<String>,
    pub work: Vec<RecordedWork>,
    /// Of an access log the classes are the paths that were asked for, which nobody has chosen for that.
    pub is_log: bool,
    /// The lines that could not be used, where that is not an error.
    pub skipped: Vec<BadRow>,
}

/// How long each arrival worked at one node.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordedWork {
    pub node: String,
    pub durations: Vec<Time>,
}

/// A line that cannot be used, counted from one, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadRow {
    pub line: usize,
    pub problem: String,
}

/// Which columns of a CSV text to replay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReplayColumns {
    pub at: String,
    pub class: Option<String>,
    pub work: Vec<WorkColumn>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkColumn {
    pub node: String,
    pub column: String,
}

/// Longer lists of errors are cut, since they repeat themselves.
const ERRORS_MAX: usize = 20;

/// Bare numbers from here on (September 2001) are taken as seconds since 1970.
const EPOCH_FROM_SECONDS: u64 = 1_000_000_000;

struct Row {
    at: Time,
    class: u32,
    work: Vec<Time>,
}

impl Recording {
    /// Reads a CSV text with a header line; every bad row is reported.
    ///
    /// The `at` column holds durations since the start of the run ("1.5s", or bare
    /// numbers in the unit that ends the column's name, seconds if it names none) and is
    /// kept as written; or it holds stamps ("2026-11-21T13:55:36Z", seconds since 1970),
    /// and the first one is the start of the run. Rows need not be sorted. Work columns
    /// follow the same rule of units, but each bare number needs one.
    pub fn from_csv(text: &str, columns: &ReplayColumns) -> Result<Recording, Vec<BadRow>> {
        let mut reader =
            csv::ReaderBuilder::new().trim(csv::Trim::All).flexible(true).from_reader(text.as_bytes());
        let headers = reader.headers().map_err(|error| one_problem(error.to_string()))?.clone();
        let found = Found::new(&headers, columns)?;
        let (mut rows, mut bad, mut stamped) = (Vec::new(), Vec::new(), None);
        let mut names = Names::default();
        for (index, record) in reader.records().enumerate() {
            let position =
                record.as_ref().ok().and_then(|record| record.position()).map(|at| at.line() as usize);
            let line = position.unwrap_or(index + 2);
            let row = record.map_err(|error| error.to_string()).and_then(|record| {
                let (row, is_stamp) = found.row(&record, &mut names)?;
                match *stamped.get_or_insert(is_stamp) == is_stamp {
                    true => Ok(row),
                    false => Err("stamps and durations are mixed".to_string()),
                }
            });
            match row {
                Ok(row) => rows.push(row),
                Err(problem) => bad.push(BadRow { line, problem }),
            }
            if bad.len() >= ERRORS_MAX {
                break;
            }
        }
        if !bad.is_empty() {
            return Err(bad);
        }
        rows.sort_by_key(|row| row.at);
        let origin = if stamped == Some(true) { rows.first().map_or(0, |row| row.at) } else { 0 };
        let work = columns.work.iter().enumerate().map(|(index, column)| RecordedWork {
            node: column.node.clone(),
            durations: rows.iter().map(|row| row.work[index]).collect(),
        });
        Ok(Recording {
            instants: rows.iter().map(|row| row.at - origin).collect(),
            classes: columns.class.as_ref().map(|_| rows.iter().map(|row| row.class).collect()),
            class_names: names.into_list(),
            work: work.collect(),
            is_log: false,
            skipped: Vec::new(),
        })
    }
}

/// Where the wanted columns stand, and in which units.
struct Found {
    at: usize,
    at_unit: Unit,
    class: Option<usize>,
    work: Vec<(usize, Option<Unit>)>,
}

impl Found {
    fn new(headers: &csv::StringRecord, columns: &ReplayColumns) -> Result<Found, Vec<BadRow>> {
        let find = |name: &str| {
            headers.iter().position(|header| header == name).ok_or_else(|| {
                let known = headers.iter().take(20).collect::<Vec<_>>().join(", ");
                one_problem(format!("there is no column {}; there are {known}", quoted(name)))
            })
        };
        let at = find(&columns.at)?;
        let class = columns.class.as_deref().map(find).transpose()?;
        let work = columns.work.iter().map(|work| Ok((find(&work.column)?, header_unit(&work.column))));
        let at_unit = header_unit(&columns.at).unwrap_or(Unit::Times(1.0));
        Ok(Found { at, at_unit, class, work: work.collect::<Result<_, Vec<BadRow>>>()? })
    }

    /// One row, and whether its instant is a stamp.
    fn row(&self, record: &csv::StringRecord, names: &mut Names) -> Result<(Row, bool), String> {
        let cell =
            |index: usize| record.get(index).filter(|cell| !cell.is_empty()).ok_or("a cell is missing");
        let text = cell(self.at)?;
        let stamp = read_stamp(text).filter(|stamp| {
            let bare = !text.contains([':', '/']);
            !bare || stamp.nanoseconds >= EPOCH_FROM_SECONDS * SECOND && self.at_unit == Unit::Times(1.0)
        });
        let at = match stamp {
            Some(stamp) => stamp.nanoseconds,
            None => from_seconds(cell_seconds(text, Some(self.at_unit))?),
        };
        let class = self.class.map(cell).transpose()?.map_or(0, |class| names.number(class));
        let work = self.work.iter().map(|&(index, unit)| cell_seconds(cell(index)?, unit).map(from_seconds));
        Ok((Row { at, class, work: work.collect::<Result<_, String>>()? }, stamp.is_some()))
    }
}

/// Numbers for names, in the order in which they come.
#[derive(Default)]
pub(super) struct Names {
    numbers: FxHashMap<String, u32>,
    list: Vec<String>,
}

impl Names {
    pub fn number(&mut self, name: &str) -> u32 {
        if let Some(&number) = self.numbers.get(name) {
            return number;
        }
        let number = self.list.len() as u32;
        self.numbers.insert(name.to_string(), number);
        self.list.push(name.to_string());
        number
    }

    pub fn into_list(self) -> Vec<String> {
        self.list
    }
}

fn one_problem(problem: String) -> Vec<BadRow> {
    vec![BadRow { line: 1, problem }]
}
