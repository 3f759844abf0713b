//! `histogram.csv`: how the latencies of good answers were spread, in each time bucket. With
//! it any percentile of any stretch of time can be told later without the requests.
//!
//! `cells` holds `cell:count` for each cell of `stats::histogram` that is not empty.

use super::number::seconds;
use super::timeline_csv::buckets;
use crate::parts::outcome::Outcome;
use crate::results::RunResults;
use crate::scenario::model::Scenario;
use crate::stats::histogram::CELLS;
use std::fmt::Write as _;
use std::io::{self, Write};

pub fn write<W: Write>(file: W, scenario: &Scenario, results: &RunResults) -> io::Result<()> {
    let mut table = csv::WriterBuilder::new().from_writer(file);
    table.write_record(["start_s", "length_s", "class", "answers", "cells"]).map_err(io::Error::from)?;
    let mut text = String::new();
    for (bucket, start, end) in buckets(results) {
        for (class, record) in scenario.classes.iter().zip(&results.classes) {
            let answers = record.buckets[bucket].outcomes[Outcome::Ok as usize];
            if answers == 0 {
                continue;
            }
            text.clear();
            let cells = &record.cells[bucket * CELLS..(bucket + 1) * CELLS];
            for (cell, count) in cells.iter().enumerate().filter(|(_, count)| **count > 0) {
                let gap = if text.is_empty() { "" } else { " " };
                write!(text, "{gap}{cell}:{count}").map_err(io::Error::other)?;
            }
            let line = [&seconds(start), &seconds(end - start), &class.name, &answers.to_string(), &text];
            table.write_record(line).map_err(io::Error::from)?;
        }
    }
    table.flush()
}
