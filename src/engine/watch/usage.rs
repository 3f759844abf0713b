//! How full it was, bucket by bucket: whatever there is only so much of between nodes and beside them.

use crate::engine::site::waits::Reading;
use crate::kernel::table::{Id, Table};
use crate::kernel::time::Time;
use crate::parts::rate_limit::Per;
use crate::parts::resource::{ResourceKind, Way};
use crate::plan::ids::{Limit, Link, Pool, Resource};
use crate::plan::{PlacePlan, Plan, ResourcePlan};
use crate::results::resource::{PlaceRecord, ResourceBucket, ResourceRecord};
use crate::stats::histogram::Histogram;
use std::ops::Range;

#[derive(Clone)]
pub(super) struct UsageLogs {
    logs: Table<Resource, UsageLog>,
    /// Which of them a place of a pool belongs to, each way of a link, and a limit.
    of_pool: Table<Pool, Option<Id<Resource>>>,
    of_link: Table<Link, [Option<Id<Resource>>; 2]>,
    of_limit: Table<Limit, Option<Id<Resource>>>,
}

#[derive(Clone)]
struct UsageLog {
    kind: ResourceKind,
    waits: Histogram,
    places: Vec<PlaceLog>,
}

#[derive(Clone, Default)]
struct PlaceLog {
    before: Usage,
    buckets: Vec<ResourceBucket>,
}

/// What a place tells at the end of a time bucket, since the start of the run. Integrals over time
/// that have 64 bits, and sums of waits, wrap around.
#[derive(Clone, Copy, Default)]
pub struct Usage {
    /// Of memory an integral that does not wrap around.
    pub in_use: u128,
    pub full: u64,
    pub down: Time,
    /// Of those who wait for it; the most at once in this bucket.
    pub waits: Reading,
}

impl Usage {
    fn since(&self, before: &Usage, kind: ResourceKind) -> ResourceBucket {
        let grown = |now: u64, then: u64| u128::from(now.wrapping_sub(then));
        let (now, then) = (&self.waits.counts, &before.waits.counts);
        ResourceBucket {
            in_use: match kind {
                ResourceKind::Memory => self.in_use - before.in_use,
                _ => grown(self.in_use as u64, before.in_use as u64),
            },
            full: self.full.wrapping_sub(before.full),
            down: self.down - before.down,
            waiting: grown(self.waits.area, before.waits.area),
            waiting_max: self.waits.most,
            taken: now.taken - then.taken,
            waited: now.waited - then.waited,
            waited_time: grown(now.waited_time, then.waited_time),
            left: now.left - then.left,
            left_time: grown(now.left_time, then.left_time),
            turned_away: now.turned_away - then.turned_away,
        }
    }
}

impl UsageLogs {
    pub fn new(plan: &Plan, buckets_most: usize) -> UsageLogs {
        let places: usize = plan.pools.iter().map(|pool| (pool.callers * (1 + pool.peers)) as usize).sum();
        let mut logs = UsageLogs {
            logs: Table::new(),
            of_pool: Table::filled(None, places),
            of_link: Table::filled([None; 2], plan.links.len()),
            of_limit: Table::filled(None, plan.limits.len()),
        };
        for (number, resource) in plan.resources.entries() {
            for place in &resource.places {
                match *place {
                    PlacePlan::Pool { pool, line, .. } => {
                        logs.of_pool[pool] = Some(number);
                        if let Some(line) = line {
                            logs.of_pool[line] = Some(number);
                        }
                    }
                    PlacePlan::Link { link, way } => logs.of_link[link][way as usize] = Some(number),
                    PlacePlan::Limit { limit, .. } => logs.of_limit[limit] = Some(number),
                    PlacePlan::Memory { .. } => {}
                }
            }
            let place = PlaceLog { buckets: Vec::with_capacity(buckets_most), ..PlaceLog::default() };
            let places = vec![place; resource.places.len()];
            logs.logs.push(UsageLog { kind: resource.kind, waits: Histogram::new(), places });
        }
        logs
    }

    /// Somebody gets what he has waited for so long.
    pub fn waited_for_pool(&mut self, pool: Id<Pool>, time: Time) {
        if let Some(log) = self.of_pool[pool] {
            self.logs[log].waits.record(time);
        }
    }

    pub fn waited_for_link(&mut self, link: Id<Link>, way: Way, time: Time) {
        // A link that is throttled may have no bandwidth of its own.
        if let Some(log) = self.of_link[link][way as usize] {
            self.logs[log].waits.record(time);
        }
    }

    pub fn waited_for_limit(&mut self, limit: Id<Limit>, time: Time) {
        if let Some(log) = self.of_limit[limit] {
            self.logs[log].waits.record(time);
        }
    }

    /// Somebody has waited so long for what a resource has only so much of.
    pub fn waited_for(&mut self, resource: Id<Resource>, time: Time) {
        self.logs[resource].waits.record(time);
    }

    /// Puts away what a place has counted in the present time bucket.
    pub fn cut(&mut self, resource: Id<Resource>, place: usize, usage: &Usage) {
        let UsageLog { kind, places, .. } = &mut self.logs[resource];
        let place = &mut places[place];
        place.buckets.push(usage.since(&place.before, *kind));
        place.before = *usage;
    }

    /// The warm-up is over.
    pub fn start_counting(&mut self) {
        self.logs.iter_mut().for_each(|log| log.waits = Histogram::new());
    }

    fn places(&mut self) -> impl Iterator<Item = &mut PlaceLog> {
        self.logs.iter_mut().flat_map(|log| &mut log.places)
    }

    /// New buckets hold old ones as those of nodes do.
    pub fn join(&mut self, groups: &[Range<usize>]) {
        for place in self.places() {
            for (to, group) in groups.iter().enumerate() {
                let joined = sum(&place.buckets[group.clone()]);
                place.buckets[to] = joined;
            }
            place.buckets.truncate(groups.len());
        }
    }

    /// The last bucket goes into the one before it.
    pub fn join_last(&mut self, last: usize) {
        for place in self.places() {
            place.buckets[last - 1] = sum(&place.buckets[last - 1..]);
            place.buckets.truncate(last);
        }
    }

    /// Of each place, what was counted from this bucket on.
    pub fn since(&self, first: usize) -> Vec<ResourceBucket> {
        let places = self.logs.iter().flat_map(|log| &log.places);
        places.map(|place| sum(place.buckets.get(first..).unwrap_or(&[]))).collect()
    }

    /// Adds a part of a sample to the bucket that was put away last.
    pub fn add_to_last(&mut self, sample: &[ResourceBucket], scaled: &impl Fn(u128) -> u128) {
        for (place, sample) in self.places().zip(sample) {
            if let Some(last) = place.buckets.last_mut() {
                *last = last.join(&part(sample, scaled));
            }
        }
    }

    pub fn finish(self, plan: &Plan) -> Vec<ResourceRecord> {
        let whole = plan;
        let records = self.logs.into_iter().zip(&plan.resources);
        let record = |(log, plan): (UsageLog, &ResourcePlan)| ResourceRecord {
            kind: plan.kind,
            owner: plan.owner,
            capacity: plan.capacity,
            lines: lines(whole, plan),
            places: log.places.into_iter().map(|place| PlaceRecord { buckets: place.buckets }).collect(),
            waits: log.waits,
        };
        records.map(record).collect()
    }
}

fn sum(buckets: &[ResourceBucket]) -> ResourceBucket {
    buckets.iter().fold(ResourceBucket::default(), ResourceBucket::join)
}

fn part(bucket: &ResourceBucket, scaled: &impl Fn(u128) -> u128) -> ResourceBucket {
    let count = |count: u64| scaled(u128::from(count)) as u64;
    ResourceBucket {
        in_use: scaled(bucket.in_use),
        full: count(bucket.full),
        down: 0,
        waiting: scaled(bucket.waiting),
        waiting_max: bucket.waiting_max,
        taken: count(bucket.taken),
        waited: count(bucket.waited),
        waited_time: scaled(bucket.waited_time),
        left: count(bucket.left),
        left_time: scaled(bucket.left_time),
        turned_away: count(bucket.turned_away),
    }
}

/// How many have one of their own at each place.
fn lines(plan: &Plan, resource: &ResourcePlan) -> u64 {
    match resource.places.first() {
        Some(PlacePlan::Limit { limit, .. }) if plan.limits[*limit].per == Per::Client => {
            plan.sources.iter().map(|source| u64::from(source.clients)).sum::<u64>().max(1)
        }
        _ => 1,
    }
}
