//! `timeline.csv`: what happened in each time bucket, to each class and to all together.
//! The warm-up is in it, so that one can see it. Of a run without requests there is but the share
//! of the time in which all was up that a class needs, in a column more.

use super::csv_lines::CsvLines;
use super::latency_csv::quoted;
use super::record::table::{Buckets, Column, Names, Table};
use super::record::{Count, RecordError, Timeline};
use std::io::{self, Read, Write};

/// The class of the lines that tell of all classes.
const ALL: &str = "all";

pub fn write<W: Write>(file: W, timeline: &Timeline) -> io::Result<()> {
    let header = ["start_s", "length_s", "class", "offered", "ended", "ok", "good"]
        .into_iter()
        .chain(timeline.failures.iter().map(String::as_str))
        .chain(["mean_ms", "p50_ms", "p90_ms", "p95_ms", "p99_ms", "max_ms", "in_flight"]);
    let header: Vec<&str> = header.chain(timeline.without_requests.then_some("time_up")).collect();
    let mut lines = CsvLines::new(file, header.iter().copied())?;
    let classes = timeline.classes.iter().map(|(name, counts)| (name.as_str(), counts));
    let classes = classes.chain([(ALL, &timeline.all)]);
    let classes: Vec<(Vec<u8>, &Vec<Count>)> = classes.map(|(name, counts)| (quoted(name), counts)).collect();
    for (bucket, stretch) in timeline.buckets.iter().enumerate() {
        for (name, counts) in &classes {
            lines.seconds(stretch.start_s);
            lines.seconds(stretch.length_s);
            lines.words(name);
            match timeline.without_requests {
                true => {
                    // Between the name and the last column.
                    (4..header.len()).for_each(|_| lines.nothing());
                    lines.optional(counts[bucket].time_up, CsvLines::figure);
                }
                false => count(&mut lines, &counts[bucket]),
            }
            lines.end()?;
        }
    }
    lines.finish()
}

fn count<W: Write>(lines: &mut CsvLines<W>, count: &Count) {
    [count.offered, count.ended, count.ok, count.good].into_iter().for_each(|count| lines.count(count));
    count.failures.iter().for_each(|&count| lines.count(count));
    for figure in [count.mean, count.p50, count.p90, count.p95, count.p99, count.max] {
        lines.optional(figure, CsvLines::milliseconds);
    }
    lines.count(count.in_flight);
}

/// The columns of a count.
struct Columns {
    /// offered, ended, ok, good and in_flight
    counts: [Column; 5],
    failures: Vec<(String, Column)>,
    /// From the mean to the maximum.
    figures: [Option<Column>; 6],
    time_up: Option<Column>,
}

pub fn read<R: Read>(mut table: Table<R>) -> Result<Timeline, RecordError> {
    let [start, length, class] = ["start_s", "length_s", "class"].map(|name| table.column(name));
    let (start, length, class) = (start?, length?, class?);
    let columns = Columns::of(&table)?;
    let (mut buckets, mut names) = (Buckets::default(), Names::default());
    let mut classes: Vec<Vec<Count>> = Vec::new();
    while table.next()? {
        let bucket = buckets.of(&table, start, length)?;
        let number = names.number(table.text(class));
        classes.resize_with(names.names.len(), Vec::new);
        let class = &mut classes[number];
        class.resize_with(bucket + 1, || columns.nothing());
        columns.add(&table, &mut class[bucket])?;
    }
    let mut timeline = Timeline {
        failures: columns.failures.iter().map(|(name, _)| name.clone()).collect(),
        without_requests: columns.time_up.is_some(),
        buckets: buckets.stretches,
        ..Timeline::default()
    };
    for (name, mut counts) in names.names.into_iter().zip(classes) {
        counts.resize_with(timeline.buckets.len(), || columns.nothing());
        match name.as_str() {
            ALL => timeline.all = counts,
            _ => timeline.classes.push((name, counts)),
        }
    }
    timeline.all.resize_with(timeline.buckets.len(), || columns.nothing());
    Ok(timeline)
}

impl Columns {
    fn of<R: Read>(table: &Table<R>) -> Result<Columns, RecordError> {
        let [offered, ended, ok, good, in_flight] =
            ["offered", "ended", "ok", "good", "in_flight"].map(|name| table.column(name));
        let counts = [offered?, ended?, ok?, good?, in_flight?];
        let figures = ["mean_ms", "p50_ms", "p90_ms", "p95_ms", "p99_ms", "max_ms"];
        let figures = figures.map(|name| table.optional_column(name));
        let failures = match figures[0] {
            Some(mean) => table.columns_between(counts[3], mean),
            None => Vec::new(),
        };
        Ok(Columns { counts, failures, figures, time_up: table.optional_column("time_up") })
    }

    fn nothing(&self) -> Count {
        Count { failures: vec![0; self.failures.len()], ..Count::default() }
    }

    /// Adds a line; of two in one bucket the first tells the latencies.
    fn add<R: Read>(&self, table: &Table<R>, count: &mut Count) -> Result<(), RecordError> {
        if let Some(column) = self.time_up {
            // There are no requests that could be counted.
            count.time_up = table.optional_number(column)?.map(|share| share.clamp(0.0, 1.0));
            return Ok(());
        }
        let mut read = [0; 5];
        for (value, column) in read.iter_mut().zip(self.counts) {
            *value = table.count(column)?;
        }
        count.offered = count.offered.saturating_add(read[0]);
        count.ended = count.ended.saturating_add(read[1]);
        count.ok = count.ok.saturating_add(read[2]);
        count.good = count.good.saturating_add(read[3]);
        count.in_flight = read[4];
        for (sum, (_, column)) in count.failures.iter_mut().zip(&self.failures) {
            *sum = sum.saturating_add(table.count(*column)?);
        }
        let Count { mean, p50, p90, p95, p99, max, .. } = count;
        for (figure, column) in [mean, p50, p90, p95, p99, max].into_iter().zip(self.figures) {
            if let Some(column) = column {
                *figure = figure.or(table.optional_number(column)?);
            }
        }
        Ok(())
    }
}
