//! `events.csv`: what went wrong, was maintained or surged, and when. Of too many to be listed, all
//! that are alike have one line together, of the kind `unlisted`.

use super::number::seconds;
use super::record::table::{Column, Table, is_true};
use super::record::{Event, RecordError};
use std::io::{self, Read, Write};

const HEADER: [&str; 6] = ["start_s", "end_s", "kind", "target", "planned", "label"];

pub fn write<W: Write>(file: W, events: &[Event]) -> io::Result<()> {
    let mut table = csv::WriterBuilder::new().from_writer(file);
    table.write_record(HEADER).map_err(io::Error::from)?;
    for event in events {
        let line: [String; HEADER.len()] = [
            seconds(event.start_s),
            if event.end_s.is_finite() { seconds(event.end_s) } else { String::new() },
            event.kind.clone(),
            event.target.clone(),
            event.planned.to_string(),
            event.label.clone(),
        ];
        table.write_record(line).map_err(io::Error::from)?;
    }
    table.flush()
}

pub fn read<R: Read>(mut table: Table<R>) -> Result<Vec<Event>, RecordError> {
    let [start, end, kind] = ["start_s", "end_s", "kind"].map(|name| table.column(name));
    let (start, end, kind) = (start?, end?, kind?);
    let [target, planned, label] = ["target", "planned", "label"].map(|name| table.optional_column(name));
    let mut events = Vec::new();
    while table.next()? {
        let text = |column: Option<Column>| column.map_or("", |column| table.text(column)).to_owned();
        let start_s = table.number(start)?;
        events.push(Event {
            start_s,
            end_s: table.optional_number(end)?.unwrap_or(f64::INFINITY).max(start_s),
            kind: table.text(kind).to_owned(),
            target: text(target),
            planned: is_true(&text(planned)),
            label: text(label),
        });
    }
    events.sort_by(|a, b| a.start_s.total_cmp(&b.start_s));
    Ok(events)
}
