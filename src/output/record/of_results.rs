//! A run as its files would tell it, of which none is written.

use super::{Record, RecordError, read_with};
use crate::analysis::topology::topology;
use crate::output::findings::Findings;
use crate::output::{events_csv, histogram_csv, json, outages_csv, timeline_csv};
use crate::results::RunResults;
use crate::scenario::model::Scenario;
use std::io;

/// What pictures of several runs over each other need.
pub fn of_results(
    name: &str,
    scenario: &Scenario,
    seed: u64,
    results: &RunResults,
) -> Result<Record, RecordError> {
    let file = |file_name: &str| -> io::Result<Option<io::Cursor<Vec<u8>>>> {
        let mut bytes = Vec::new();
        match file_name {
            "summary.json" => json::write(&mut bytes, &Findings::of(scenario, seed, results))?,
            "timeline.csv" => timeline_csv::write(&mut bytes, scenario, results)?,
            "histogram.csv" => histogram_csv::write(&mut bytes, scenario, results)?,
            "events.csv" => events_csv::write(&mut bytes, scenario, results)?,
            "topology.json" => json::write(&mut bytes, &topology(scenario, results))?,
            "outages.csv" => outages_csv::write(&mut bytes, scenario, results)?,
            _ => return Ok(None),
        }
        Ok(Some(io::Cursor::new(bytes)))
    };
    Ok(Record { name: name.to_owned(), ..read_with(name, file)? })
}
