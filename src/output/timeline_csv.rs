//! `timeline.csv`: what happened in each time bucket, to each class and to all together.
//! The warm-up is in it, so that one can see it. Of a run without requests there is but the share
//! of the time in which all was up that a class needs, in a column more.

use super::number::{milliseconds, optional, seconds};
use crate::analysis::window::Window;
use crate::kernel::time::{Time, from_seconds};
use crate::parts::fidelity::Fidelity;
use crate::parts::outcome::Outcome;
use crate::results::{ClassBucket, ClassRecord, RunResults};
use crate::scenario::model::Scenario;
use crate::stats::histogram::{CELLS, Histogram, bounds};
use std::io::{self, Write};

/// The class of the lines that tell of all classes.
const ALL: &str = "all";

pub fn write<W: Write>(file: W, scenario: &Scenario, results: &RunResults) -> io::Result<()> {
    let mut table = csv::WriterBuilder::new().from_writer(file);
    let errors = Outcome::ALL.into_iter().filter(|outcome| !outcome.is_ok());
    let header = ["start_s", "length_s", "class", "offered", "ended", "ok", "good"]
        .into_iter()
        .chain(errors.map(Outcome::name))
        .chain(["mean_ms", "p50_ms", "p90_ms", "p95_ms", "p99_ms", "max_ms", "in_flight"]);
    let is_simulated = results.fidelity != Fidelity::Components;
    let header: Vec<&str> = header.chain((!is_simulated).then_some("time_up")).collect();
    table.write_record(&header).map_err(io::Error::from)?;
    let window = Window::of(scenario, results);
    for (bucket, start, end) in buckets(results) {
        let mut write = |name: &str, class: Option<usize>, records: &[&ClassRecord]| {
            let line = match is_simulated {
                true => line(start, end, name, records, bucket),
                false => {
                    let up = window.time_up(results, class, bucket);
                    without_requests(start, end, name, up, header.len())
                }
            };
            table.write_record(line).map_err(io::Error::from)
        };
        for (number, (class, record)) in scenario.classes.iter().zip(&results.classes).enumerate() {
            write(&class.name, Some(number), &[record])?;
        }
        let all: Vec<&ClassRecord> = results.classes.iter().collect();
        write(ALL, None, &all)?;
    }
    table.flush()
}

fn without_requests(start: Time, end: Time, class: &str, up: Option<f64>, columns: usize) -> Vec<String> {
    let mut line = vec![seconds(start), seconds(end - start), class.to_owned()];
    line.resize(columns - 1, String::new());
    line.push(optional(up));
    line
}

/// The time buckets that belong to the run, with their edges. The last one ends with the run;
/// what ended at that very instant may stand in a bucket without length.
pub(super) fn buckets(results: &RunResults) -> impl Iterator<Item = (usize, Time, Time)> {
    let edges = results.bucket_edges.windows(2).enumerate();
    edges
        .map(|(bucket, edges)| (bucket, edges[0], edges[1].min(results.ended_at)))
        .take_while(|&(bucket, start, end)| {
            start < end || !results.classes.iter().all(|class| is_empty(&class.buckets[bucket]))
        })
        .map(|(bucket, start, end)| (bucket, start, end.max(start)))
}

fn is_empty(bucket: &ClassBucket) -> bool {
    bucket.offered == 0 && bucket.outcomes.iter().all(|&count| count == 0)
}

fn line(start: Time, end: Time, class: &str, records: &[&ClassRecord], bucket: usize) -> Vec<String> {
    let mut sum = ClassBucket::default();
    let mut histogram = Histogram::new();
    for record in records {
        let one = &record.buckets[bucket];
        sum.offered += one.offered;
        for (all, count) in sum.outcomes.iter_mut().zip(one.outcomes) {
            *all += count;
        }
        sum.good += one.good;
        sum.in_flight += one.in_flight;
        let cells = &record.cells[bucket * CELLS..(bucket + 1) * CELLS];
        if let Some(first) = cells.iter().position(|&count| count > 0) {
            histogram.add_summed_cells(cells, one.latency_sum, bounds(first).0, one.latency_max);
        }
    }
    let answers = sum.outcomes[Outcome::Ok as usize];
    let ended: u64 = sum.outcomes.iter().sum();
    let mut line = vec![seconds(start), seconds(end - start), class.to_owned()];
    line.extend([sum.offered, ended, answers, sum.good].map(|count| count.to_string()));
    line.extend(sum.outcomes[1..].iter().map(|count| count.to_string()));
    // A bucket without answers has no latencies.
    let figure = |nanoseconds: f64| match answers {
        0 => String::new(),
        _ => milliseconds(from_seconds(nanoseconds * 1e-9)),
    };
    line.push(figure(histogram.mean()));
    line.extend([0.5, 0.9, 0.95, 0.99].map(|share| figure(histogram.quantile(share))));
    line.push(figure(histogram.maximum().unwrap_or(0) as f64));
    line.push(sum.in_flight.to_string());
    line
}
