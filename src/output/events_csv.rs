//! `events.csv`: what went wrong or was maintained, and when.

use super::number::seconds;
use crate::results::RunResults;
use std::io::{self, Write};

const HEADER: [&str; 5] = ["start_s", "end_s", "kind", "planned", "label"];

pub fn write<W: Write>(file: W, results: &RunResults) -> io::Result<()> {
    let mut table = csv::WriterBuilder::new().from_writer(file);
    table.write_record(HEADER).map_err(io::Error::from)?;
    for incident in &results.incidents {
        let line: [String; HEADER.len()] = [
            seconds(incident.start),
            incident.end.map_or(String::new(), seconds),
            incident.kind.to_owned(),
            incident.planned.to_string(),
            incident.name.clone(),
        ];
        table.write_record(line).map_err(io::Error::from)?;
    }
    table.flush()
}
