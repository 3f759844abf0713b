//! Figures of a node: how busy it was, how long one stood in line, and how long one stayed.

use super::estimate::ratio;
use super::measured::work_of_nodes;
use super::stays::{Served, Stays, mean_wait};
use super::summary::NodeSummary;
use super::window::Window;
use crate::kernel::time::Time;
use crate::nodes::NodeKind;
use crate::parts::resource::ResourceKind;
use crate::results::{NodeBucket, NodeRecord, RunResults};
use crate::scenario::model::{Node, Scenario};
use crate::scenario::resources::of_work;
use crate::stats::histogram::Histogram;
use std::ops::Range;

pub(super) const NANOSECOND_MS: f64 = 1e-6;

/// One for each node, its replicas together.
pub fn summarise_nodes(scenario: &Scenario, results: &RunResults, window: &Window) -> Vec<NodeSummary> {
    let works = work_of_nodes(scenario, results);
    let (buckets, edges) = (&window.buckets, &results.bucket_edges);
    each_node(scenario)
        .map(|(number, node, replicas)| {
            let records = &results.nodes[replicas];
            let served = Served::of(results, number, records);
            let mut summary = figures((number, node), records, results, window, served);
            if let Some(work) = &works[number] {
                summary.utilisation = work.total(buckets.clone(), edges).share();
                summary.utilisation_max = work.share_most(buckets.clone(), edges);
            }
            let started = total(records, results.first_counted_bucket..window.buckets.end).started;
            if let Some(waits) = &results.waits[number] {
                let quantile = |share| wait_quantile_ms(waits, started, share);
                summary.wait_p50_ms = quantile(0.5);
                summary.wait_p95_ms = quantile(0.95);
                summary.wait_p99_ms = quantile(0.99);
            }
            summary
        })
        .collect()
}

/// One for each replica of each node, with its number. Waits are kept for a node's
/// replicas together, so that there are no quantiles of them here.
pub fn summarise_replicas(
    scenario: &Scenario,
    results: &RunResults,
    window: &Window,
) -> Vec<(u32, NodeSummary)> {
    let works = work_of_nodes(scenario, results);
    let mut summaries = Vec::new();
    for (number, node, replicas) in each_node(scenario) {
        let served = Served::of(results, number, &results.nodes[replicas.clone()]);
        for (record, replica) in replicas.zip(0..) {
            let records = &results.nodes[record..record + 1];
            let mut summary = figures((number, node), records, results, window, served);
            if let Some(work) = &works[number] {
                let usage = work.of_place(replica as usize, window.buckets.clone(), &results.bucket_edges);
                (summary.utilisation, summary.utilisation_max) = (usage.share(), usage.share());
            }
            summaries.push((replica, summary));
        }
    }
    summaries
}

/// The nodes, with their numbers and the places of their replicas' records.
pub fn each_node(scenario: &Scenario) -> impl Iterator<Item = (usize, &Node, Range<usize>)> {
    scenario.nodes.iter().enumerate().scan(0, |next, (number, node)| {
        let first = *next;
        *next += node.replicas as usize;
        Some((number, node, first..*next))
    })
}

fn figures(
    (number, node): (usize, &Node),
    records: &[NodeRecord],
    results: &RunResults,
    window: &Window,
    served: Option<Served>,
) -> NodeSummary {
    let sum = total(records, window.buckets.clone());
    let nanoseconds = (window.end - window.start) as f64;
    let per_time = |amount: f64| ratio(amount, nanoseconds).unwrap_or(0.0);
    let stays = Stays::of(records, results, window);
    let wait_mean_ms = mean_wait(records, window, served);
    let work = of_work(number as u32, node).filter(|work| work.kind == ResourceKind::Slots);
    let slots = work.map_or(f64::INFINITY, |work| work.capacity * records.len() as f64);
    NodeSummary {
        name: node.name.clone(),
        kind: node.kind.name().into(),
        replicas: records.len() as u32,
        visits: sum.visits,
        visits_per_s: ratio(sum.visits as f64, window.length_s()).unwrap_or(0.0),
        failed: sum.failed,
        // What it has is a resource like any other: its share in use is filled in from there.
        utilisation: None,
        utilisation_max: None,
        busy_mean: match node.kind {
            NodeKind::Server(_) => per_time(sum.cpu as f64),
            _ => per_time(sum.held as f64),
        },
        queue_mean: per_time(sum.queued as f64),
        queue_max: sum.queue_max,
        unserved: sum.visits.saturating_sub(sum.started),
        unserved_wait_mean_ms: served.and_then(|served| served.wait_of_others_ms(&sum, window.end)),
        wait_mean_ms,
        waited_share: ratio(sum.waited as f64, sum.started as f64),
        wait_p50_ms: None,
        wait_p95_ms: None,
        wait_p99_ms: None,
        service_mean_ms: stays.mean_ms(sum.served, sum.started, slots),
        sojourn_mean_ms: stays.mean_ms(sum.queued + sum.served, sum.visits.max(sum.ended), f64::INFINITY),
        inside_at_end: stays.inside_at_end,
        line_at_end: stays.line_at_end,
        inside_mean: per_time((sum.queued + sum.served) as f64),
        hit_ratio: ratio(sum.hits as f64, sum.lookups as f64),
        unwanted: sum.unwanted,
        occupancy: occupancy(records),
    }
}

/// Of all visits that got a slot since a given warm-up; only those that stood in line are
/// in the histogram.
fn wait_quantile_ms(waits: &Histogram, started: u64, share: f64) -> Option<f64> {
    if started == 0 {
        return None;
    }
    let waited = (waits.count() as f64 / started as f64).min(1.0);
    let within = (share - (1.0 - waited)) / waited;
    Some(if within > 0.0 { waits.quantile(within) * NANOSECOND_MS } else { 0.0 })
}

fn occupancy(records: &[NodeRecord]) -> Option<Vec<f64>> {
    let tracked: Vec<&Vec<Time>> = records.iter().filter_map(|record| record.occupancy.as_ref()).collect();
    let length = tracked.iter().map(|times| times.len()).max()?;
    let mut sums = vec![0u128; length];
    for times in tracked {
        for (sum, &time) in sums.iter_mut().zip(times) {
            *sum += u128::from(time);
        }
    }
    let all: u128 = sums.iter().sum();
    Some(sums.into_iter().map(|sum| ratio(sum as f64, all as f64).unwrap_or(0.0)).collect())
}

pub(super) fn total(records: &[NodeRecord], buckets: Range<usize>) -> NodeBucket {
    let counted = records.iter().flat_map(|record| &record.buckets[buckets.clone()]);
    counted.fold(NodeBucket::default(), NodeBucket::join)
}
