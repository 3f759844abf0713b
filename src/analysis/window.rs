//! Which part of a run counts: what comes after the warm-up.

use crate::kernel::time::{Time, to_seconds};
use crate::parts::outcome::Outcome;
use crate::results::RunResults;
use crate::results::incident::Incident;
use crate::scenario::model::{Scenario, Warmup, What};
use crate::stats::series::Series;
use crate::stats::warmup::{Verdict, truncation};
use std::ops::Range;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Window {
    /// The time buckets that count.
    pub buckets: Range<usize>,
    pub start: Time,
    pub end: Time,
    pub origin: Origin,
    /// The time buckets of faults that would be the same in every run: one or two, at times
    /// that the scenario gives, where nothing breaks by chance. Empty if there are none, or more.
    pub given_faults: Vec<Range<usize>>,
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
        let given_faults = given_faults(scenario, results, start);
        Window { buckets: first..last, start, end, origin, given_faults }
    }

    pub fn length_s(&self) -> f64 {
        to_seconds(self.end - self.start)
    }
}

/// With more of them, a run shows how unlike they are.
const GIVEN_FAULTS_MOST: usize = 2;

fn given_faults(scenario: &Scenario, results: &RunResults, start: Time) -> Vec<Range<usize>> {
    let given: Vec<Time> = scenario
        .timeline
        .iter()
        .filter_map(|happening| match &happening.what {
            What::Fault(fault) => Some(fault.at),
            _ => None,
        })
        .collect();
    let is_given = |incident: &Incident| incident.planned || given.contains(&incident.start);
    let counted = |incident: &&Incident| incident.end.is_none_or(|end| end > start);
    let incidents: Vec<&Incident> = results.incidents.iter().filter(counted).collect();
    let by_chance = !scenario.faults.is_empty() || !incidents.iter().all(|incident| is_given(incident));
    if by_chance || results.unlisted_incidents > 0 || incidents.len() > GIVEN_FAULTS_MOST {
        return Vec::new();
    }
    incidents.into_iter().map(|incident| felt(results, incident)).collect()
}

/// The buckets in which an incident was in force, or an outage that began in it went on.
fn felt(results: &RunResults, incident: &Incident) -> Range<usize> {
    let mut end = incident.end.unwrap_or(results.ended_at);
    for outage in &results.outages {
        if (incident.start..=end).contains(&outage.start) {
            end = end.max(outage.end);
        }
    }
    let edges = &results.bucket_edges;
    let first = edges.partition_point(|&edge| edge <= incident.start).saturating_sub(1);
    first..edges.partition_point(|&edge| edge <= end)
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
