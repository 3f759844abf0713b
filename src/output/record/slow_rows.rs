//! The slowest requests of `latency.csv`, which is read line by line.

use super::RecordError;
use super::rows_table::open_packed;
use std::path::Path;

/// A row with the places where its time went.
#[derive(Clone, Debug, PartialEq)]
pub struct SlowRow {
    pub id: u64,
    pub class: String,
    pub start_s: f64,
    pub latency_ms: f64,
    pub attempts: u64,
    pub places: Vec<(String, f64)>,
}

/// So many of the good answers, the slowest first; none without the file.
pub fn slowest_rows(folder: &Path, number: usize) -> Result<Vec<SlowRow>, RecordError> {
    let Some(mut table) = open_packed(folder)? else { return Ok(Vec::new()) };
    let [id, class, start] = ["id", "class", "start_s"].map(|name| table.column(name));
    let [latency, outcome, attempts] = ["latency_ms", "outcome", "attempts"].map(|name| table.column(name));
    let (id, class, start) = (id?, class?, start?);
    let (latency, outcome, attempts) = (latency?, outcome?, attempts?);
    let places = table.columns_after(attempts);
    let mut slowest: Vec<SlowRow> = Vec::new();
    while table.next()? {
        let latency_ms = table.number(latency)?;
        let is_among =
            slowest.len() < number || slowest.last().is_some_and(|last| latency_ms > last.latency_ms);
        if !is_among || table.text(outcome) != "ok" {
            continue;
        }
        let row = SlowRow {
            id: table.count(id)?,
            class: table.text(class).to_owned(),
            start_s: table.number(start)?,
            latency_ms,
            attempts: table.count(attempts)?,
            places: places
                .iter()
                .map(|(name, column)| Ok((name.trim_end_matches("_ms").to_owned(), table.number(*column)?)))
                .collect::<Result<_, RecordError>>()?,
        };
        let place = slowest.partition_point(|known| known.latency_ms >= latency_ms);
        slowest.insert(place, row);
        slowest.truncate(number);
    }
    Ok(slowest)
}
