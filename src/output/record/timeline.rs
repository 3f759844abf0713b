//! Requests over time.

use super::stretch::{Stretch, milliseconds};
use crate::analysis::shown::Shown;
use crate::analysis::window::Window;
use crate::kernel::time::from_seconds;
use crate::parts::fidelity::Fidelity;
use crate::parts::outcome::Outcome;
use crate::results::{ClassBucket, ClassRecord, RunResults};
use crate::scenario::model::Scenario;
use crate::stats::histogram::{CELLS, Histogram};

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Timeline {
    pub buckets: Vec<Stretch>,
    /// All classes together, one for each bucket.
    pub all: Vec<Count>,
    pub classes: Vec<(String, Vec<Count>)>,
    /// The names of the kinds of failure.
    pub failures: Vec<String>,
    /// None were simulated: of each bucket only the time up is known.
    pub without_requests: bool,
}

/// What happened in a bucket.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Count {
    pub offered: u64,
    pub ended: u64,
    pub ok: u64,
    pub good: u64,
    pub in_flight: u64,
    /// In the order of `Timeline::failures`.
    pub failures: Vec<u64>,
    /// Of a run without requests: the share of the time in which all was up that they would need.
    pub time_up: Option<f64>,
    /// Of answers with success, in milliseconds; none where there were none.
    pub mean: Option<f64>,
    pub p50: Option<f64>,
    pub p90: Option<f64>,
    pub p95: Option<f64>,
    pub p99: Option<f64>,
    pub max: Option<f64>,
}

impl Count {
    /// Everything that ended otherwise than with success in time.
    pub fn bad(&self) -> u64 {
        self.ended.saturating_sub(self.good)
    }

    #[cfg(any(test, feature = "inside"))]
    pub fn good_share(&self) -> Option<f64> {
        let of_requests = || (self.ended > 0).then(|| self.good.min(self.ended) as f64 / self.ended as f64);
        self.time_up.or_else(of_requests)
    }
}

impl Timeline {
    pub fn of(scenario: &Scenario, results: &RunResults, shown: &[Shown]) -> Timeline {
        let without_requests = results.fidelity == Fidelity::Components;
        let window = Window::of(scenario, results);
        let counts = |class: Option<usize>, records: &[&ClassRecord]| -> Vec<Count> {
            let stretches = shown.iter().map(|stretch| match without_requests {
                true => Count {
                    time_up: window.time_up(results, class, stretch.buckets.start),
                    failures: vec![0; Outcome::COUNT - 1],
                    ..Count::default()
                },
                false => count(records, stretch),
            });
            stretches.collect()
        };
        let every: Vec<&ClassRecord> = results.classes.iter().collect();
        let classes = scenario.classes.iter().zip(&results.classes).enumerate();
        Timeline {
            buckets: shown.iter().map(Stretch::of).collect(),
            all: counts(None, &every),
            classes: classes
                .map(|(number, (class, record))| (class.name.clone(), counts(Some(number), &[record])))
                .collect(),
            failures: failures().map(str::to_owned).collect(),
            without_requests,
        }
    }
}

/// The kinds of failure in the order of the columns.
fn failures() -> impl Iterator<Item = &'static str> {
    Outcome::ALL.into_iter().filter(|outcome| !outcome.is_ok()).map(Outcome::name)
}

/// What happened to some classes together.
fn count(records: &[&ClassRecord], stretch: &Shown) -> Count {
    let mut sum = ClassBucket::default();
    let mut histogram = Histogram::new();
    for record in records {
        for bucket in stretch.buckets.clone() {
            let one = &record.buckets[bucket];
            sum.offered += one.offered;
            for (all, count) in sum.outcomes.iter_mut().zip(one.outcomes) {
                *all += count;
            }
            sum.good += one.good;
            let cells = &record.cells[bucket * CELLS..(bucket + 1) * CELLS];
            histogram.add_counted_cells(cells, one.latency_sum, one.latency_max);
        }
        sum.in_flight += record.buckets[stretch.buckets.end - 1].in_flight;
    }
    let answers = sum.outcomes[Outcome::Ok as usize];
    // A bucket without answers has no latencies.
    let figure = |nanoseconds: f64| (answers > 0).then(|| milliseconds(from_seconds(nanoseconds * 1e-9)));
    let quantile = |share: f64| figure(histogram.quantile(share));
    Count {
        offered: sum.offered,
        ended: sum.outcomes.iter().sum(),
        ok: answers,
        good: sum.good,
        in_flight: sum.in_flight,
        failures: sum.outcomes[1..].to_vec(),
        time_up: None,
        mean: figure(histogram.mean()),
        p50: quantile(0.5),
        p90: quantile(0.9),
        p95: quantile(0.95),
        p99: quantile(0.99),
        max: figure(histogram.maximum().unwrap_or(0) as f64),
    }
}
