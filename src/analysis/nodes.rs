//! Figures of a node: how busy it was, how long one stood in line, and how long one stayed.

use super::estimate::ratio;
use super::summary::{Estimate, NodeSummary};
use super::window::Window;
use crate::kernel::time::Time;
use crate::nodes::NodeKind;
use crate::nodes::behaviour::UNLIMITED;
use crate::results::{NodeBucket, NodeRecord, RunResults};
use crate::scenario::model::{Node, Scenario};
use crate::stats::histogram::Histogram;
use crate::stats::interval::ratio_interval;
use std::ops::Range;

const NANOSECOND_MS: f64 = 1e-6;

/// What limits one replica of a node.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Capacity {
    Slots(f64),
    Cores(f64),
    Unlimited,
}

impl Capacity {
    pub fn of(node: &Node) -> Capacity {
        if let NodeKind::Server(server) = &node.kind {
            return Capacity::Cores(f64::from(server.cores));
        }
        match &node.behaviour {
            Some(behaviour) => match (behaviour.shared_cores, behaviour.slots) {
                (Some(cores), _) if cores != UNLIMITED => Capacity::Cores(f64::from(cores)),
                (None, slots) if slots != UNLIMITED => Capacity::Slots(f64::from(slots)),
                _ => Capacity::Unlimited,
            },
            None => Capacity::Unlimited,
        }
    }

    /// Of so many replicas together, in so much time.
    pub fn utilisation(self, total: &NodeBucket, replicas: f64, nanoseconds: f64) -> Option<f64> {
        match self {
            Capacity::Cores(cores) => ratio(total.cpu as f64, cores * replicas * nanoseconds),
            Capacity::Slots(slots) => ratio(total.held as f64, slots * replicas * nanoseconds),
            Capacity::Unlimited => None,
        }
    }
}

/// One for each node, its replicas together.
pub fn summarise_nodes(scenario: &Scenario, results: &RunResults, window: &Window) -> Vec<NodeSummary> {
    each_node(scenario)
        .map(|(number, node, replicas)| {
            let records = &results.nodes[replicas];
            let mut summary = figures(node, records, window);
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
    each_node(scenario)
        .flat_map(|(_, node, replicas)| {
            replicas
                .zip(0..)
                .map(|(record, replica)| (replica, figures(node, &results.nodes[record..record + 1], window)))
        })
        .collect()
}

/// The nodes, with their numbers and the places of their replicas' records.
pub fn each_node(scenario: &Scenario) -> impl Iterator<Item = (usize, &Node, Range<usize>)> {
    scenario.nodes.iter().enumerate().scan(0, |next, (number, node)| {
        let first = *next;
        *next += node.replicas as usize;
        Some((number, node, first..*next))
    })
}

fn figures(node: &Node, records: &[NodeRecord], window: &Window) -> NodeSummary {
    let sum = total(records, window.buckets.clone());
    let nanoseconds = (window.end - window.start) as f64;
    let per_time = |amount: f64| ratio(amount, nanoseconds).unwrap_or(0.0);
    let capacity = Capacity::of(node);
    let fullest = records
        .iter()
        .filter_map(|record| {
            let one = total(std::slice::from_ref(record), window.buckets.clone());
            capacity.utilisation(&one, 1.0, nanoseconds)
        })
        .reduce(f64::max);
    let started = sum.started as f64;
    NodeSummary {
        name: node.name.clone(),
        kind: node.kind.name(),
        replicas: records.len() as u32,
        visits: sum.visits,
        visits_per_s: ratio(sum.visits as f64, window.length_s()).unwrap_or(0.0),
        failed: sum.failed,
        utilisation: capacity.utilisation(&sum, records.len() as f64, nanoseconds),
        utilisation_max: fullest,
        busy_mean: match node.kind {
            NodeKind::Server(_) => per_time(sum.cpu as f64),
            _ => per_time(sum.held as f64),
        },
        queue_mean: per_time(sum.queued as f64),
        queue_max: sum.queue_max,
        wait_mean_ms: mean_wait(records, window),
        waited_share: ratio(sum.waited as f64, started),
        wait_p50_ms: None,
        wait_p95_ms: None,
        wait_p99_ms: None,
        service_mean_ms: ratio(sum.served as f64 * NANOSECOND_MS, started),
        // Little's law: what is inside on average comes in at a rate and stays for a time.
        sojourn_mean_ms: ratio((sum.queued + sum.served) as f64 * NANOSECOND_MS, sum.visits as f64),
        inside_mean: per_time((sum.queued + sum.served) as f64),
        hit_ratio: ratio(sum.hits as f64, sum.lookups as f64),
        unwanted: sum.unwanted,
        occupancy: occupancy(records),
    }
}

/// By the ratio of the time spent in line to the visits that got a slot, bucket by bucket.
fn mean_wait(records: &[NodeRecord], window: &Window) -> Estimate {
    let pairs: Vec<(f64, f64)> = window
        .buckets
        .clone()
        .map(|bucket| {
            let bucket = total(records, bucket..bucket + 1);
            (bucket.queued as f64, bucket.started as f64)
        })
        .collect();
    let interval = ratio_interval(&pairs);
    let sum = total(records, window.buckets.clone());
    Estimate::with_interval(sum.queued as f64 / sum.started as f64, &interval, NANOSECOND_MS)
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
