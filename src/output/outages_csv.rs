//! `outages.csv`: the stretches in which users met errors, after the warm-up. If there are too
//! many to be listed, the last line is what the others come to: it is neither planned nor not.

use super::number::{optional_count, seconds};
use super::record::table::{Column, Table, is_true};
use super::record::{Outage, RecordError, UnlistedOutages};
use std::io::{self, Read, Write};

const HEADER: [&str; 9] = [
    "start_s",
    "end_s",
    "length_s",
    "requests_lost",
    "cause",
    "planned",
    "first_error",
    "last_error",
    "normal_again_s",
];

pub fn write<W: Write>(file: W, listed: &[Outage], unlisted: Option<&UnlistedOutages>) -> io::Result<()> {
    let mut table = csv::WriterBuilder::new().from_writer(file);
    table.write_record(HEADER).map_err(io::Error::from)?;
    for outage in listed {
        let line: [String; HEADER.len()] = [
            seconds(outage.start_s),
            seconds(outage.end_s),
            seconds(outage.length_s),
            optional_count(outage.requests_lost),
            outage.cause.clone(),
            outage.planned.to_string(),
            outage.first_error.clone(),
            outage.last_error.clone(),
            outage.normal_again_s.map(seconds).unwrap_or_default(),
        ];
        table.write_record(line).map_err(io::Error::from)?;
    }
    if let Some(more) = unlisted {
        let mut line = [const { String::new() }; HEADER.len()];
        line[..5].clone_from_slice(&[
            seconds(more.start_s),
            seconds(more.end_s),
            seconds(more.length_s),
            optional_count(more.requests_lost),
            more.told.clone(),
        ]);
        table.write_record(line).map_err(io::Error::from)?;
    }
    table.flush()
}

pub fn read<R: Read>(mut table: Table<R>) -> Result<(Vec<Outage>, Option<UnlistedOutages>), RecordError> {
    let (start, end) = (table.column("start_s")?, table.column("end_s")?);
    let [length, lost, cause, planned, first, last, normal_again] =
        ["length_s", "requests_lost", "cause", "planned", "first_error", "last_error", "normal_again_s"]
            .map(|name| table.optional_column(name));
    let (mut outages, mut unlisted) = (Vec::new(), None);
    while table.next()? {
        let text = |column: Option<Column>| column.map_or("", |column| table.text(column)).to_owned();
        let start_s = table.number(start)?;
        let end_s = table.optional_number(end)?.unwrap_or(start_s).max(start_s);
        let length_s = table.number_if_there(length)?.unwrap_or(end_s - start_s);
        let requests_lost = lost.map(|lost| table.optional_count(lost)).transpose()?.flatten();
        // The last line may be of all that are not listed one by one, planned or not.
        if planned.is_some() && text(planned).is_empty() {
            unlisted = Some(UnlistedOutages { start_s, end_s, length_s, requests_lost, told: text(cause) });
            continue;
        }
        outages.push(Outage {
            start_s,
            end_s,
            length_s,
            requests_lost,
            cause: text(cause),
            planned: is_true(&text(planned)),
            first_error: text(first),
            last_error: text(last),
            normal_again_s: table.number_if_there(normal_again)?,
        });
    }
    outages.sort_by(|a, b| a.start_s.total_cmp(&b.start_s));
    Ok((outages, unlisted))
}
