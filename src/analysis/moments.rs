//! What each node was like in each time bucket, its replicas together.

use super::estimate::ratio;
use super::measured::Measured;
use super::nodes::{each_node, total};
use super::shown::Shown;
use super::stays::{Served, wait_ms};
use crate::results::RunResults;
use crate::scenario::model::Scenario;

/// One node in one time bucket.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Moment {
    pub visits: u64,
    pub ended: u64,
    pub failed: u64,
    /// Of its slots, or of a host's cores, while they were up; none for nodes without a limit.
    pub utilisation: Option<f64>,
    /// The fullest replica's.
    pub utilisation_max: Option<f64>,
    pub queue_mean: f64,
    pub queue_max: u32,
    pub inside_mean: f64,
    /// Of the visits that got a slot in this bucket; those who left the line, or still stand in
    /// it, are left out.
    pub wait_mean_ms: Option<f64>,
}

/// What is known of the lines of all nodes, in the order of the scenario's nodes.
pub fn lines(scenario: &Scenario, results: &RunResults) -> Vec<Option<Served>> {
    let nodes = each_node(scenario);
    nodes.map(|(number, _, replicas)| Served::of(results, number, &results.nodes[replicas])).collect()
}

/// The moments of all nodes in a stretch of time, in the order of the scenario's nodes.
/// Of each, `works` has what its visits take (`measured::work_of_nodes`).
pub fn moments(
    scenario: &Scenario,
    results: &RunResults,
    (lines, works): (&[Option<Served>], &[Option<Measured>]),
    stretch: &Shown,
) -> Vec<Moment> {
    let (bucket, length) = (stretch.buckets.start, stretch.length());
    let nanoseconds = length as f64;
    each_node(scenario)
        .zip(lines)
        .map(|((number, _, replicas), served)| {
            let sum = total(&results.nodes[replicas], stretch.buckets.clone());
            let work = works[number].as_ref();
            let fullest = work.and_then(|work| work.fullest_place(bucket, length));
            Moment {
                visits: sum.visits,
                ended: sum.ended,
                failed: sum.failed,
                utilisation: work.and_then(|work| work.of_bucket(bucket, length).share()),
                utilisation_max: fullest.map(|(share, _)| share),
                queue_mean: ratio(sum.queued as f64, nanoseconds).unwrap_or(0.0),
                queue_max: sum.queue_max,
                inside_mean: ratio((sum.queued + sum.served) as f64, nanoseconds).unwrap_or(0.0),
                wait_mean_ms: wait_ms(&sum, *served, stretch.end),
            }
        })
        .collect()
}
