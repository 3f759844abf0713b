//! `histogram.csv`: how the latencies of good answers were spread, in each time bucket. With
//! it any percentile of any stretch of time can be told later without the requests.
//!
//! `cells` holds `cell:count` for each cell of `stats::histogram` that is not empty.

use super::csv_lines::CsvLines;
use super::latency_csv::quoted;
use super::record::table::{Buckets, Names, Table};
use super::record::{ClassLatencies, Latencies, RecordError, Spread};
use crate::stats::histogram::CELLS;
use std::io::{self, Read, Write};

pub fn write<W: Write>(file: W, latencies: &Latencies) -> io::Result<()> {
    let mut lines = CsvLines::new(file, ["start_s", "length_s", "class", "answers", "cells"])?;
    for (class, spread) in in_order(latencies) {
        lines.seconds(spread.stretch.start_s);
        lines.seconds(spread.stretch.length_s);
        lines.words(&quoted(&class.name));
        lines.count(spread.answers());
        lines.pairs(&spread.cells);
        lines.end()?;
    }
    lines.finish()
}

/// Bucket by bucket, and in each the classes in their order.
fn in_order(latencies: &Latencies) -> Vec<(&ClassLatencies, &Spread)> {
    let of_class = |class| -> Vec<(&ClassLatencies, &Spread)> {
        let class: &ClassLatencies = class;
        class.buckets.iter().map(|spread| (class, spread)).collect()
    };
    let mut spreads: Vec<(&ClassLatencies, &Spread)> = latencies.classes.iter().flat_map(of_class).collect();
    // The sort keeps the order of those that begin together.
    spreads.sort_by(|a, b| a.1.stretch.start_s.total_cmp(&b.1.stretch.start_s));
    spreads
}

pub fn read<R: Read>(mut table: Table<R>) -> Result<Latencies, RecordError> {
    let [start, length, class, cells] =
        ["start_s", "length_s", "class", "cells"].map(|name| table.column(name));
    let (start, length, class, cells) = (start?, length?, class?, cells?);
    let (mut buckets, mut names) = (Buckets::default(), Names::default());
    let mut latencies = Latencies::default();
    while table.next()? {
        let bucket = buckets.of(&table, start, length)?;
        let number = names.number(table.text(class));
        if number == latencies.classes.len() {
            let name = table.text(class).to_owned();
            latencies.classes.push(ClassLatencies { name, buckets: Vec::new() });
        }
        let mut spread = Spread { stretch: buckets.stretches[bucket], cells: Vec::new() };
        for pair in table.text(cells).split_ascii_whitespace() {
            let pair = pair.split_once(':');
            let pair = pair.and_then(|(cell, count)| Some((cell.parse().ok()?, count.parse().ok()?)));
            match pair {
                Some((cell, count)) if usize::from(cell) < CELLS => spread.cells.push((cell, count)),
                _ => return Err(table.wrong(cells, "a list of cell:count")),
            }
        }
        latencies.classes[number].buckets.push(spread);
    }
    Ok(latencies)
}
