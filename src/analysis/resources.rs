//! How full everything was that there is only so much of: all in one list, with one set of figures.

use super::estimate::ratio;
use super::nodes::each_node;
use super::window::Window;
use crate::kernel::time::{Time, to_seconds};
use crate::parts::resource::{Owner, ResourceKind, Way};
use crate::results::resource::{ResourceBucket, ResourceRecord};
use crate::results::{NodeBucket, NodeRecord, RunResults};
use crate::scenario::model::{NodeId, Scenario};
use crate::scenario::resources::{Resource, name, owner, resources, unit};
use crate::stats::histogram::Histogram;
use serde::Serialize;
use std::ops::Range;

const NANOSECOND_MS: f64 = 1e-6;

/// A resource with what a run has counted of it.
pub struct Measured<'r> {
    pub resource: Resource,
    source: Source<'r>,
    waits: Option<&'r Histogram>,
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
    /// How much was in use, and how much there was while its owner was up, over time.
    pub in_use: f64,
    pub offered: f64,
    pub full: Time,
    pub up: Time,
    pub counts: ResourceBucket,
}

impl Usage {
    /// The share in use while it was up.
    pub fn share(&self) -> Option<f64> {
        ratio(self.in_use, self.offered).map(|share| share.min(1.0))
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
    let with_source = |resource: Resource| {
        let record = || {
            let is_it =
                |record: &&ResourceRecord| (record.kind, record.owner) == (resource.kind, resource.owner);
            results.resources.iter().find(is_it)
        };
        let (source, waits) = match (resource.kind, resource.owner) {
            (ResourceKind::Cores | ResourceKind::Slots | ResourceKind::Backlog, Owner::Node(node)) => {
                let records = &results.nodes[replicas[node as usize].clone()];
                let waits = results.waits[node as usize].as_ref();
                (Source::Nodes(records), waits.filter(|_| resource.kind == ResourceKind::Slots))
            }
            (ResourceKind::Memory, Owner::Node(node)) => match record() {
                Some(record) => (Source::Record(record), None),
                None => (Source::Constant(memory_needed(scenario, NodeId(node))), None),
            },
            _ => {
                let record = record()?;
                (Source::Record(record), Some(&record.waits))
            }
        };
        Some(Measured { resource, source, waits })
    };
    resources(scenario).into_iter().filter_map(with_source).collect()
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
            Source::Constant(_) => 1,
        }
    }

    /// One place in one time bucket of a length.
    pub fn usage(&self, place: usize, bucket: usize, length: Time) -> Usage {
        match &self.source {
            Source::Nodes(records) => self.of_node(&records[place].buckets[bucket], length),
            Source::Record(record) => self.of_record(&record.places[place].buckets[bucket], length),
            Source::Constant(bytes) => Usage {
                in_use: bytes * length as f64,
                offered: self.resource.capacity * length as f64,
                up: length,
                ..Usage::default()
            },
        }
    }

    fn of_node(&self, bucket: &NodeBucket, length: Time) -> Usage {
        let up = length.saturating_sub(bucket.down as Time);
        let mut counts = ResourceBucket::default();
        let (in_use, full) = match self.resource.kind {
            ResourceKind::Cores => {
                counts.waiting = bucket.on_cpu.saturating_sub(bucket.cpu);
                counts.waiting_max = bucket.on_cpu_max.saturating_sub(self.resource.capacity as u32);
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
                (bucket.held, bucket.full)
            }
        };
        Usage {
            in_use: in_use as f64,
            offered: self.resource.capacity * up as f64,
            full: full.min(up),
            up,
            counts,
        }
    }

    fn of_record(&self, bucket: &ResourceBucket, length: Time) -> Usage {
        let up = length.saturating_sub(bucket.down);
        // Of a link or a limit the time is counted for which it was busy.
        let of_time = matches!(self.resource.kind, ResourceKind::Bandwidth | ResourceKind::Rate);
        let capacity = self.resource.capacity;
        let in_use = bucket.in_use as f64 * if of_time { capacity } else { 1.0 };
        Usage { in_use, offered: capacity * up as f64, full: bucket.full.min(up), up, counts: *bucket }
    }

    /// One place over some buckets.
    pub fn of_place(&self, place: usize, buckets: Range<usize>, edges: &[Time]) -> Usage {
        let mut sum = Usage::default();
        for bucket in buckets {
            sum.add(&self.usage(place, bucket, edges[bucket + 1] - edges[bucket]));
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
        let shares = usages.filter_map(|usage| {
            Some((usage.share()?, ratio(usage.full as f64, usage.up as f64).unwrap_or(0.0)))
        });
        shares.reduce(|a, b| if b > a { b } else { a })
    }

    /// The quantile of the waits of all who got it since a given warm-up, those who did not have
    /// to wait among them.
    fn wait_quantile_ms(&self, taken: u64, share: f64) -> Option<f64> {
        let waits = self.waits?;
        let waited = (waits.count() as f64 / (taken.max(waits.count())) as f64).min(1.0);
        if taken == 0 {
            return None;
        }
        let within = (share - (1.0 - waited)) / waited;
        Some(if within > 0.0 { waits.quantile(within) * NANOSECOND_MS } else { 0.0 })
    }
}

/// One resource, all its places together, after the warm-up.
#[derive(Clone, Debug, Serialize)]
pub struct ResourceSummary {
    /// `the workers of gunicorn`, `the link visitors -> server (answers)`
    pub name: String,
    pub kind: ResourceKind,
    /// A node, `visitors -> server` of a link, `app -> db` of what a caller keeps.
    pub owner: String,
    /// Of a link: whether calls or answers go this way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub way: Option<Way>,
    /// What one of it is called.
    pub unit: &'static str,
    pub places: usize,
    /// Of each place.
    pub capacity: f64,
    /// Of all places, while they were up.
    pub in_use_mean: f64,
    pub utilisation: Option<f64>,
    /// The fullest place's, over all the time and in its fullest bucket.
    pub utilisation_max: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fullest: Option<FullestBucket>,
    /// The share of the time up during which all of a place was in use, on average.
    pub full_share: f64,
    pub waiting_mean: f64,
    pub waiting_max: u32,
    /// Of those who got it, whether they had to wait or not.
    pub taken: u64,
    pub waited_share: Option<f64>,
    pub wait_mean_ms: Option<f64>,
    pub wait_p99_ms: Option<f64>,
    /// Those who left the line without it, and how long they had waited.
    pub left: u64,
    pub left_wait_mean_ms: Option<f64>,
    pub turned_away: u64,
}

/// The time bucket in which a place was fullest.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct FullestBucket {
    pub from_s: f64,
    pub length_s: f64,
    pub utilisation: f64,
}

pub fn summarise_resources(
    scenario: &Scenario,
    results: &RunResults,
    window: &Window,
) -> Vec<ResourceSummary> {
    measured(scenario, results).iter().map(|one| summary(scenario, one, results, window)).collect()
}

fn summary(
    scenario: &Scenario,
    measured: &Measured,
    results: &RunResults,
    window: &Window,
) -> ResourceSummary {
    let Resource { kind, owner: whose, capacity, .. } = measured.resource;
    let edges = &results.bucket_edges;
    let total = measured.total(window.buckets.clone(), edges);
    let places = (0..measured.places()).map(|place| measured.of_place(place, window.buckets.clone(), edges));
    let counts = total.counts;
    let since_given = measured.total(results.first_counted_bucket..window.buckets.end, edges).counts;
    let time = total.up as f64;
    let mean_ms = |sum: u128, number: u64| ratio(sum as f64 * NANOSECOND_MS, number as f64);
    let counts_takers = !matches!(kind, ResourceKind::Cores | ResourceKind::Backlog | ResourceKind::Memory);
    ResourceSummary {
        name: name(scenario, kind, whose),
        kind,
        owner: owner(scenario, whose),
        way: match whose {
            Owner::Link { way, .. } => Some(way),
            _ => None,
        },
        unit: unit(scenario, kind, whose),
        places: measured.places(),
        capacity,
        in_use_mean: ratio(total.in_use, time).unwrap_or(0.0) * measured.places() as f64,
        utilisation: total.share(),
        utilisation_max: places.filter_map(|usage| usage.share()).reduce(f64::max),
        fullest: fullest(measured, window.buckets.clone(), edges),
        full_share: ratio(total.full as f64, time).unwrap_or(0.0),
        waiting_mean: ratio(counts.waiting as f64, (window.end - window.start) as f64).unwrap_or(0.0),
        waiting_max: counts.waiting_max,
        taken: counts.taken,
        waited_share: ratio(counts.waited as f64, counts.taken as f64),
        wait_mean_ms: mean_ms(counts.waited_time, counts.taken).filter(|_| counts_takers),
        wait_p99_ms: measured.wait_quantile_ms(since_given.taken, 0.99).filter(|_| counts_takers),
        left: counts.left,
        left_wait_mean_ms: mean_ms(counts.left_time, counts.left),
        turned_away: counts.turned_away,
    }
}

/// Where the fullest place is fullest; the first of several such buckets.
pub fn fullest(measured: &Measured, buckets: Range<usize>, edges: &[Time]) -> Option<FullestBucket> {
    let mut found: Option<FullestBucket> = None;
    for bucket in buckets {
        let length = edges[bucket + 1] - edges[bucket];
        let Some((share, _)) = measured.fullest_place(bucket, length) else { continue };
        if found.is_none_or(|fullest| share > fullest.utilisation) {
            found = Some(FullestBucket {
                from_s: to_seconds(edges[bucket]),
                length_s: to_seconds(length),
                utilisation: share,
            });
        }
    }
    found
}

/// A resource in one time bucket, as it stands in tables.
#[derive(Clone, Copy, Debug)]
pub struct ResourceMoment {
    pub utilisation: Option<f64>,
    /// The fullest place's.
    pub utilisation_max: Option<f64>,
    pub full_share: f64,
    pub waiting_mean: f64,
    pub counts: ResourceBucket,
}

pub fn moment(measured: &Measured, bucket: usize, length: Time) -> ResourceMoment {
    let mut sum = Usage::default();
    (0..measured.places()).for_each(|place| sum.add(&measured.usage(place, bucket, length)));
    ResourceMoment {
        utilisation: sum.share(),
        utilisation_max: measured.fullest_place(bucket, length).map(|(share, _)| share),
        full_share: ratio(sum.full as f64, sum.up as f64).unwrap_or(0.0),
        waiting_mean: ratio(sum.counts.waiting as f64, length as f64).unwrap_or(0.0),
        counts: sum.counts,
    }
}
