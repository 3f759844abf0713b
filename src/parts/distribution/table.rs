//! Durations from a column of a CSV text.

use crate::parts::quantity::{Unit, parse_duration, parse_number, quoted, time_unit};

/// The values of one column, in seconds; the only column, or the first, if none is named.
///
/// The unit of bare numbers is the end of the column's name: `ms`, `latency_ms` and
/// `latency (ms)` are milliseconds. Under any other name each value says its unit itself,
/// as in "5ms". Empty cells are left out.
pub fn column_seconds(text: &str, column: Option<&str>) -> Result<Vec<f64>, String> {
    let mut reader =
        csv::ReaderBuilder::new().trim(csv::Trim::All).flexible(true).from_reader(text.as_bytes());
    let headers = reader.headers().map_err(|error| error.to_string())?.clone();
    let index = match column {
        None => 0,
        Some(name) => headers.iter().position(|header| header == name).ok_or_else(|| {
            let known = headers.iter().take(20).collect::<Vec<_>>().join(", ");
            format!("there is no column {}; there are {known}", quoted(name))
        })?,
    };
    let unit = headers.get(index).and_then(header_unit);
    let mut values = Vec::new();
    for (row, record) in reader.records().enumerate() {
        let record = record.map_err(|error| error.to_string())?;
        let Some(cell) = record.get(index).filter(|cell| !cell.is_empty()) else { continue };
        let line = record.position().map_or(row as u64 + 2, csv::Position::line);
        values.push(cell_seconds(cell, unit).map_err(|problem| format!("line {line}: {problem}"))?);
    }
    Ok(values)
}

/// The unit of time that a column's name ends in.
pub fn header_unit(header: &str) -> Option<Unit> {
    let last = header.trim_end_matches([')', ']']).rsplit(['_', ' ', '(', '[', '-', '.']).next()?;
    time_unit(last)
}

/// A cell with a unit of its own, or a bare number in the column's unit.
pub fn cell_seconds(cell: &str, unit: Option<Unit>) -> Result<f64, String> {
    match (parse_number(cell), unit) {
        (Ok(value), _) if value < 0.0 => Err(format!("{} is negative", quoted(cell))),
        (Ok(value), Some(unit)) => Ok(unit.to_seconds(value)),
        _ => parse_duration(cell)
            .map_err(|bad| format!("{}; {}, or end the column's name in _ms or _s", bad.problem, bad.hint)),
    }
}
