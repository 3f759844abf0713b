//! What a run has counted of each resource: of each of its places, in each time bucket.

use super::estimate::ratio;
use super::nodes::each_node;
use super::shown::Shown;
use crate::kernel::time::Time;
use crate::parts::fidelity::Fidelity;
use crate::parts::resource::{Owner, ResourceKind};
use crate::results::resource::{ResourceBucket, ResourceRecord};
use crate::results::{NodeBucket, NodeRecord, RunResults};
use crate::scenario::model::{NodeId, Scenario};
use crate::scenario::resources::{Resource, of_work, resources};
use crate::stats::histogram::Histogram;
use rustc_hash::FxHashMap;
use std::ops::Range;

const NANOSECOND_MS: f64 = 1e-6;

/// A resource with what a run has counted of it.
pub struct Measured<'r> {
    pub resource: Resource,
    source: Source<'r>,
    waits: Option<&'r Histogram>,
    is_simulated: bool,
}

enum Source<'r> {
    /// One record for each replica.
    Nodes(&'r [NodeRecord]),
    Record(&'r ResourceRecord),
    /// Always as much, since nothing that changes needs any.
    Constant(f64),
}

/// What happened at one place of a resource, or at all of them together, in some time.
#[derive(Clone, Copy, Debug, Default)]
pub struct Usage {
    /// How much was in use, and how much there was while its owner was up, over time: what a
    /// replica that was switched off still held is in neither.
    pub in_use: f64,
    pub offered: f64,
    pub full: Time,
    /// While its owner was there, and not all of it switched off.
    pub up: Time,
    pub counts: ResourceBucket,
}

impl Usage {
    /// The share in use while it was up.
    pub fn share(&self) -> Option<f64> {
        ratio(self.in_use, self.offered).map(|share| share.min(1.0))
    }

    /// The share of the time up in which all of it was in use.
    pub fn full_share(&self) -> f64 {
        ratio(self.full as f64, self.up as f64).unwrap_or(0.0)
    }

    pub fn add(&mut self, other: &Usage) {
        self.in_use += other.in_use;
        self.offered += other.offered;
        self.full += other.full;
        self.up += other.up;
        self.counts = self.counts.join(&other.counts);
    }
}

/// All resources of a scenario, as a run has counted them.
pub fn measured<'r>(scenario: &Scenario, results: &'r RunResults) -> Vec<Measured<'r>> {
    let replicas: Vec<Range<usize>> = each_node(scenario).map(|(_, _, replicas)| replicas).collect();
    let records: FxHashMap<(ResourceKind, Owner), &ResourceRecord> =
        results.resources.iter().map(|record| ((record.kind, record.owner), record)).collect();
    let with_source = |resource: Resource| {
        let record = records.get(&(resource.kind, resource.owner)).copied();
        let (source, waits) = match (resource.kind, resource.owner) {
            (ResourceKind::Cores | ResourceKind::Slots | ResourceKind::Backlog, Owner::Node(node)) => {
                return Some(of_node(resource, node, &replicas[node as usize], results));
            }
            (ResourceKind::Memory, Owner::Node(node)) => match record {
                Some(record) => (Source::Record(record), None),
                None => (Source::Constant(memory_needed(scenario, NodeId(node))), None),
            },
            _ => (Source::Record(record?), Some(&record?.waits)),
        };
        Some(Measured { resource, source, waits, is_simulated: is_simulated(results) })
    };
    resources(scenario).into_iter().filter_map(with_source).collect()
}

/// Of each node, what it has itself that its visits take: cores, or else slots; none of those
/// without a limit.
pub fn work_of_nodes<'r>(scenario: &Scenario, results: &'r RunResults) -> Vec<Option<Measured<'r>>> {
    let of_each = each_node(scenario).map(|(number, node, replicas)| {
        let resource = of_work(number as u32, node)?;
        Some(of_node(resource, number as u32, &replicas, results))
    });
    of_each.collect()
}

fn of_node<'r>(
    resource: Resource,
    node: u32,
    replicas: &Range<usize>,
    results: &'r RunResults,
) -> Measured<'r> {
    let waits = results.waits[node as usize].as_ref().filter(|_| resource.kind == ResourceKind::Slots);
    let source = Source::Nodes(&results.nodes[replicas.clone()]);
    Measured { resource, source, waits, is_simulated: is_simulated(results) }
}

/// Nobody uses anything where no requests are simulated.
fn is_simulated(results: &RunResults) -> bool {
    results.fidelity != Fidelity::Components
}

/// What the processes on one replica of a host need when they are idle.
pub fn memory_needed(scenario: &Scenario, host: NodeId) -> f64 {
    let hosts = scenario.nodes[host.0 as usize].replicas;
    let on_it = scenario.nodes.iter().filter(|node| node.on == Some(host));
    on_it.map(|node| node.memory.base as f64 * f64::from(node.replicas.div_ceil(hosts))).sum()
}

impl Measured<'_> {
    pub fn places(&self) -> usize {
        match &self.source {
            Source::Nodes(records) => records.len(),
            Source::Record(record) => record.places.len(),
            Source::Constant(_) => self.resource.places as usize,
        }
    }

    /// One place in one time bucket of a length.
    pub fn usage(&self, place: usize, bucket: usize, length: Time) -> Usage {
        match &self.source {
            _ if !self.is_simulated => Usage::default(),
            Source::Nodes(records) => usage_of_node(&self.resource, &records[place].buckets[bucket], length),
            Source::Record(record) => self.of_record(record, &record.places[place].buckets[bucket], length),
            Source::Constant(bytes) => Usage {
                in_use: bytes * length as f64,
                offered: self.resource.capacity * length as f64,
                up: length,
                ..Usage::default()
            },
        }
    }

    fn of_record(&self, record: &ResourceRecord, bucket: &ResourceBucket, length: Time) -> Usage {
        let up = length.saturating_sub(bucket.down);
        // Of a link or a limit the time is counted for which it was busy.
        let of_time = matches!(self.resource.kind, ResourceKind::Bandwidth | ResourceKind::Rate);
        let capacity = self.resource.capacity;
        let offered = capacity * record.lines as f64 * up as f64;
        let in_use = bucket.in_use as f64 * if of_time { capacity } else { 1.0 };
        let full = bucket.full / record.lines.max(1);
        Usage { in_use: in_use.min(offered), offered, full: full.min(up), up, counts: *bucket }
    }

    /// One place over some buckets.
    pub fn of_place(&self, place: usize, buckets: Range<usize>, edges: &[Time]) -> Usage {
        let mut sum = Usage::default();
        for bucket in buckets {
            sum.add(&self.usage(place, bucket, edges[bucket + 1] - edges[bucket]));
        }
        sum
    }

    /// All places in one bucket.
    pub fn of_bucket(&self, bucket: usize, length: Time) -> Usage {
        let mut sum = Usage::default();
        (0..self.places()).for_each(|place| sum.add(&self.usage(place, bucket, length)));
        sum
    }

    /// All places in a stretch as it is shown.
    pub fn of_stretch(&self, stretch: &Shown) -> Usage {
        let mut sum = Usage::default();
        for bucket in stretch.buckets.clone() {
            let length = if bucket == stretch.buckets.start { stretch.length() } else { 0 };
            sum.add(&self.of_bucket(bucket, length));
        }
        sum
    }

    /// All places over some buckets.
    pub fn total(&self, buckets: Range<usize>, edges: &[Time]) -> Usage {
        let mut sum = Usage::default();
        for place in 0..self.places() {
            sum.add(&self.of_place(place, buckets.clone(), edges));
        }
        sum
    }

    /// The fullest place in a bucket: its share, and for which share of its time it was full.
    pub fn fullest_place(&self, bucket: usize, length: Time) -> Option<(f64, f64)> {
        let usages = (0..self.places()).map(|place| self.usage(place, bucket, length));
        let shares = usages.filter_map(|usage| Some((usage.share()?, usage.full_share())));
        shares.reduce(|a, b| if b > a { b } else { a })
    }

    /// The share of the fullest place over some buckets.
    pub fn share_most(&self, buckets: Range<usize>, edges: &[Time]) -> Option<f64> {
        let places = (0..self.places()).map(|place| self.of_place(place, buckets.clone(), edges));
        places.filter_map(|usage| usage.share()).reduce(f64::max)
    }

    /// The quantile of the waits of all who got it since a given warm-up, those who did not have
    /// to wait among them.
    pub fn wait_quantile_ms(&self, taken: u64, share: f64) -> Option<f64> {
        let waits = self.waits?;
        let waited = (waits.count() as f64 / (taken.max(waits.count())) as f64).min(1.0);
        if taken == 0 {
            return None;
        }
        let within = (share - (1.0 - waited)) / waited;
        Some(if within > 0.0 { waits.quantile(within) * NANOSECOND_MS } else { 0.0 })
    }
}

/// What a node has itself, at one replica in some time.
pub fn usage_of_node(resource: &Resource, bucket: &NodeBucket, length: Time) -> Usage {
    let mut up = length.saturating_sub(bucket.down as Time);
    let mut counts = ResourceBucket::default();
    let mut slots_off = 0;
    let (in_use, full) = match resource.kind {
        ResourceKind::Cores => {
            counts.waiting = bucket.on_cpu.saturating_sub(bucket.cpu);
            counts.waiting_max = bucket.on_cpu_max.saturating_sub(resource.capacity as u32);
            (bucket.cpu, bucket.cpu_full)
        }
        ResourceKind::Backlog => {
            counts.turned_away = bucket.turned_away;
            (bucket.queued, bucket.line_full)
        }
        _ => {
            counts = ResourceBucket {
                waiting: bucket.queued,
                waiting_max: bucket.queue_max,
                taken: bucket.started,
                waited: bucket.waited,
                waited_time: bucket.waited_time,
                left: bucket.left,
                left_time: bucket.left_time,
                turned_away: bucket.turned_away,
                ..counts
            };
            slots_off = bucket.slots_off;
            up = up.saturating_sub(bucket.off);
            (bucket.held.saturating_sub(bucket.held_off), bucket.full)
        }
    };
    let there = length.saturating_sub(bucket.down as Time) as f64;
    let offered = (resource.capacity * there - slots_off as f64).max(0.0);
    // The line of a process that hangs may be longer than that of one that does not.
    Usage { in_use: (in_use as f64).min(offered), offered, full: full.min(up), up, counts }
}
