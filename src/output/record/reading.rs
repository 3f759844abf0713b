//! Reads the files of a run back.

use super::Record;
use super::bare_rows::latencies_of_rows;
use super::table::Table;
use crate::document::file_error::in_words;
use crate::output::packing::Packing;
use crate::output::{
    Format, Stream, events_csv, histogram_csv, nodes_timeline_csv, outages_csv, resources_timeline_csv,
    timeline_csv,
};
use crate::questions::findings::Findings;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::fmt;
use std::fs::File;
use std::io::{self, BufReader, ErrorKind, Read};
use std::path::{Path, PathBuf};

/// Why the files of a run cannot be read.
#[derive(Debug)]
pub struct RecordError {
    file: PathBuf,
    line: Option<u64>,
    problem: String,
    /// The file is there, but it is not what a run writes.
    pub malformed: bool,
}

impl RecordError {
    pub fn wrong(file: &str, line: Option<u64>, problem: String) -> RecordError {
        RecordError { file: file.into(), line, problem, malformed: true }
    }

    pub fn of_csv(file: &str, error: &csv::Error) -> RecordError {
        let line = error.position().map(|position| position.line());
        match error.kind() {
            csv::ErrorKind::Io(error) => RecordError::failed(file, error),
            csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
                let problem = format!("this line has {len} fields and the header {expected_len}");
                RecordError::wrong(file, line, problem)
            }
            _ => RecordError::wrong(file, line, error.to_string()),
        }
    }

    pub fn failed(file: impl Into<PathBuf>, error: &io::Error) -> RecordError {
        RecordError { file: file.into(), line: None, problem: in_words(error), malformed: false }
    }
}

impl fmt::Display for RecordError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.file.display())?;
        if let Some(line) = self.line {
            write!(formatter, ":{line}")?;
        }
        write!(formatter, ": {}", self.problem)?;
        if self.malformed {
            write!(formatter, "; simulate again to have it written anew")?;
        }
        Ok(())
    }
}

impl std::error::Error for RecordError {}

/// Reads what is there of a run's files. `open` gives a file by its name, or none.
pub fn read_with<R: Read>(
    name: &str,
    mut open: impl FnMut(&str) -> io::Result<Option<R>>,
) -> Result<Record, RecordError> {
    let mut source = |file: &'static str| -> Result<Option<BufReader<R>>, RecordError> {
        let source = open(file).map_err(|error| RecordError::failed(file, &error))?;
        Ok(source.map(BufReader::new))
    };
    let findings: Option<Findings> = json("summary.json", source("summary.json")?)?;
    let name = match &findings {
        Some(findings) if !findings.summary.scenario.is_empty() => findings.summary.scenario.clone(),
        _ => name.to_owned(),
    };
    let mut table = |file: &'static str| source(file)?.map(|source| Table::open(file, source)).transpose();
    let timeline = table("timeline.csv")?.map(timeline_csv::read).transpose()?;
    let latencies = table("histogram.csv")?.map(histogram_csv::read).transpose()?;
    let stations = table("nodes_timeline.csv")?.map(nodes_timeline_csv::read).transpose()?;
    let resources = table("resources_timeline.csv")?.map(resources_timeline_csv::read).transpose()?;
    let events = table("events.csv")?.map(events_csv::read).transpose()?.unwrap_or_default();
    let outages = table("outages.csv")?.map(outages_csv::read).transpose()?;
    let (outages, unlisted_outages) = outages.map_or((None, None), |(listed, more)| (Some(listed), more));
    let topology = json("topology.json", source("topology.json")?)?;
    let script = json("scenario.json", source("scenario.json")?)?;
    let advice = json("advice.json", source("advice.json")?)?;
    Ok(Record {
        name,
        findings,
        timeline,
        latencies,
        stations,
        resources,
        topology,
        script,
        advice,
        events,
        outages,
        unlisted_outages,
    })
}

fn json<T: DeserializeOwned, R: Read>(
    file: &'static str,
    source: Option<BufReader<R>>,
) -> Result<Option<T>, RecordError> {
    let Some(mut source) = source else { return Ok(None) };
    let mut bytes = Vec::new();
    source.read_to_end(&mut bytes).map_err(|error| RecordError::failed(file, &error))?;
    let read = serde_json::from_slice(&bytes).or_else(|error| {
        let whole = serde_json::from_slice(&bytes).map(without_nothings);
        whole.ok().and_then(|whole| serde_json::from_value(whole).ok()).ok_or(error)
    });
    read.map(Some).map_err(|error| RecordError::wrong(file, Some(error.line() as u64), error.to_string()))
}

/// JSON knows no numbers that are not finite: `null` stands where one would be. It says as little
/// as a field that is not there, and must not make everything else unreadable.
fn without_nothings(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let told = fields.into_iter().filter(|(_, value)| !value.is_null());
            Value::Object(told.map(|(name, value)| (name, without_nothings(value))).collect())
        }
        Value::Array(values) => Value::Array(values.into_iter().map(without_nothings).collect()),
        other => other,
    }
}

/// A file of a run that is read line by line; none if there is no such file.
pub fn open_table(folder: &Path, file: &str) -> Result<Option<BufReader<File>>, RecordError> {
    let path = folder.join(file);
    match File::open(&path) {
        Ok(source) => Ok(Some(BufReader::new(source))),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(RecordError::failed(path, &error)),
    }
}

/// A whole file, of which a few bytes that are no text make no other one.
pub fn read_text(path: &Path) -> Result<String, RecordError> {
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|mut file| file.read_to_end(&mut bytes));
    read.map_err(|error| RecordError::failed(path, &error))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Reads a run's folder, or a single file of one: then what lies beside it is left alone, but
/// for the summary.
pub fn read_folder(path: &Path) -> Result<Record, RecordError> {
    let is_folder = path.metadata().map_err(|error| RecordError::failed(path, &error))?.is_dir();
    let (folder, only) = if is_folder {
        (path, None)
    } else {
        (path.parent().unwrap_or(Path::new("")), path.file_name().and_then(|name| name.to_str()))
    };
    let name = folder.file_name().and_then(|name| name.to_str()).unwrap_or("run");
    let open = |file: &str| match only {
        Some(only) if file != only && file != "summary.json" => Ok(None),
        _ => match File::open(folder.join(file)) {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            result => result.map(Some),
        },
    };
    let in_folder = |error: RecordError| RecordError { file: folder.join(&error.file), ..error };
    let mut record = read_with(name, open).map_err(in_folder)?;
    let packings = [Packing::None, Packing::Gzip, Packing::Zstandard];
    let rows = packings
        .into_iter()
        .find(|packing| only == Some(Format::AsItRuns(Stream::LatencyCsv(*packing)).file_name()));
    if let Some(packing) = rows {
        record.latencies = latencies_of_rows(folder, packing).map_err(in_folder)?;
    }
    Ok(record)
}
