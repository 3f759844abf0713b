//! `events.csv`: what went wrong, was maintained or surged, and when. Of too many to be listed, all
//! that are alike have one line together, of the kind `unlisted`.

use super::number::seconds;
use crate::analysis::events::events;
use crate::results::RunResults;
use crate::scenario::model::Scenario;
use std::io::{self, Write};

const HEADER: [&str; 6] = ["start_s", "end_s", "kind", "target", "planned", "label"];

pub fn write<W: Write>(file: W, scenario: &Scenario, results: &RunResults) -> io::Result<()> {
    let mut table = csv::WriterBuilder::new().from_writer(file);
    table.write_record(HEADER).map_err(io::Error::from)?;
    for event in events(scenario, results) {
        let line: [String; HEADER.len()] = [
            seconds(event.start),
            event.end.map_or(String::new(), seconds),
            event.kind.to_owned(),
            event.target,
            event.planned.to_string(),
            event.label,
        ];
        table.write_record(line).map_err(io::Error::from)?;
    }
    table.flush()
}
