//! Which part of a run counts: what comes after the warm-up.

use super::estimate::ratio;
use super::planned::Planned;
use crate::kernel::time::{Time, to_seconds};
use crate::parts::fidelity::Fidelity;
use crate::parts::outcome::Outcome;
use crate::results::RunResults;
use crate::scenario::load_estimate::UserRates;
use crate::scenario::model::{RequestClass, Scenario, Warmup};
use crate::stats::series::Series;
use crate::stats::warmup::{Verdict, truncation};
use std::ops::Range;

#[derive(Clone, Debug, PartialEq)]
pub struct Window {
    /// The time buckets that count.
    pub buckets: Range<usize>,
    pub start: Time,
    pub end: Time,
    pub origin: Origin,
    /// What would be the same in every run.
    pub planned: Planned,
    /// Of a run without requests: how much each class counts among all, since nobody counts its
    /// requests. Empty if there were any.
    pub weights: Vec<f64>,
}

/// Where the end of the warm-up comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    Given,
    Found,
    /// The latencies drift through the whole run. A scenario in which things happen looks
    /// like this, and cutting off the half of it would cut off what it is about, so
    /// nothing is left out.
    Drifting,
    /// There is too little to tell; nothing is left out.
    TooShort,
}

impl Origin {
    pub fn text(self) -> &'static str {
        match self {
            Origin::Given => "given",
            Origin::Found => "found by MSER-5",
            Origin::Drifting | Origin::TooShort => "none found",
        }
    }
}

impl Window {
    pub fn of(scenario: &Scenario, results: &RunResults) -> Window {
        let last = results.bucket_edges.len().saturating_sub(1);
        let given = results.first_counted_bucket.min(last);
        let (first, origin) = match scenario.run.warmup {
            Warmup::After(_) | Warmup::Requests(_) => (given, Origin::Given),
            Warmup::Auto => found(results, given..last),
        };
        // The last edge may lie beyond the end of a run that was stopped.
        let end = results.ended_at;
        let start = results.bucket_edges.get(first).copied().unwrap_or(0).min(end);
        let planned = Planned::of(scenario, results, &(first..last));
        let weights = match results.fidelity {
            Fidelity::Components => weights(scenario),
            _ => Vec::new(),
        };
        Window { buckets: first..last, start, end, origin, planned, weights }
    }

    /// Some time buckets of a run in which nothing is planned.
    pub fn of_buckets(buckets: Range<usize>, start: Time, end: Time) -> Window {
        Window {
            buckets,
            start,
            end,
            origin: Origin::Given,
            planned: Planned::default(),
            weights: Vec::new(),
        }
    }

    /// Of a run without requests: the share of a time bucket in which all was up that a class needs,
    /// or all of them on average.
    pub fn time_up(&self, results: &RunResults, class: Option<usize>, bucket: usize) -> Option<f64> {
        let (mut up, mut all) = (0.0, 0.0);
        for (number, (record, weight)) in results.classes.iter().zip(&self.weights).enumerate() {
            let weight = if class.is_none_or(|class| class == number) { *weight } else { 0.0 };
            let bucket = &record.buckets[bucket];
            up += weight * bucket.good as f64;
            all += weight * bucket.outcomes.iter().sum::<u64>() as f64;
        }
        ratio(up, all)
    }

    pub fn length_s(&self) -> f64 {
        to_seconds(self.end - self.start)
    }
}

/// How often requests of each class come; of closed classes, by their shares alone.
fn weights(scenario: &Scenario) -> Vec<f64> {
    let rates = UserRates::of(scenario);
    let weight = |class: &RequestClass| match &rates {
        Some(rates) => class.from.iter().map(|&user| rates.of_class(class, user)).sum(),
        None => class.share,
    };
    let weights: Vec<f64> = scenario.classes.iter().map(weight).collect();
    match weights.iter().any(|weight| *weight > 0.0) {
        true => weights,
        false => vec![1.0; weights.len()],
    }
}

/// MSER-5 drops a number of answers; the warm-up ends with the bucket in which the last of
/// them was given.
fn found(results: &RunResults, buckets: Range<usize>) -> (usize, Origin) {
    let truncation = truncation(&results.latencies.cells_mean());
    match truncation.verdict {
        Verdict::Drifting => return (buckets.start, Origin::Drifting),
        Verdict::TooShort => return (buckets.start, Origin::TooShort),
        Verdict::Steady => {}
    }
    let dropped = truncation.cells as u64 * results.latencies.cell_size();
    let mut answers = 0;
    for bucket in buckets.clone() {
        if answers >= dropped {
            // What goes wrong is what the run is about, and no part of its warm-up.
            let first = results.incidents.first();
            if first.is_some_and(|incident| incident.start < results.bucket_edges[bucket]) {
                return (buckets.start, Origin::Drifting);
            }
            return (bucket, Origin::Found);
        }
        answers += answers_in(results, bucket);
    }
    (buckets.start, Origin::TooShort)
}

fn answers_in(results: &RunResults, bucket: usize) -> u64 {
    results.classes.iter().map(|class| class.buckets[bucket].outcomes[Outcome::Ok as usize]).sum()
}

/// The cells of a series after so many of its observations, which belong to the warm-up.
pub fn cells_after(series: &Series, observations: u64) -> Vec<f64> {
    let mut cells = series.cells_mean();
    let dropped = observations.div_ceil(series.cell_size()).min(cells.len() as u64);
    cells.drain(..dropped as usize);
    cells
}
