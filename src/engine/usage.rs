//! How full it was, bucket by bucket: whatever there is only so much of between nodes and beside them.

use super::World;
use super::site::links::Carried;
use super::site::passing::Passed;
use super::site::pools::PoolHandle;
use super::site::waits::{Reading, WaitCounts};
use crate::kernel::time::Time;
use crate::parts::rate_limit::Per;
use crate::parts::resource::{ResourceKind, Way};
use crate::plan::{NONE, PlacePlan, Plan, ResourcePlan};
use crate::results::resource::{PlaceRecord, ResourceBucket, ResourceRecord};
use crate::stats::histogram::Histogram;
use std::ops::Range;

#[derive(Clone)]
pub struct UsageLogs {
    logs: Vec<UsageLog>,
    /// Which of them a place of a pool belongs to, each way of a link, and a limit, or `NONE`.
    of_pool: Vec<u32>,
    of_link: Vec<[u32; 2]>,
    of_limit: Vec<u32>,
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

/// Since the start of the run; of a pool, the integral over time wraps around at 64 bits.
#[derive(Clone, Copy, Default)]
struct Usage {
    in_use: u128,
    full: u64,
    down: Time,
    waiting: u64,
    waiting_most: u32,
    counts: WaitCounts,
}

impl Usage {
    fn of(waits: Reading) -> Usage {
        let Reading { area, most, counts } = waits;
        Usage { waiting: area, waiting_most: most, counts, ..Usage::default() }
    }

    fn since(&self, before: &Usage, kind: ResourceKind) -> ResourceBucket {
        let (now, then) = (&self.counts, &before.counts);
        let grown = |now: u64, then: u64| u128::from(now.wrapping_sub(then));
        ResourceBucket {
            in_use: match kind {
                ResourceKind::Memory => self.in_use - before.in_use,
                _ => grown(self.in_use as u64, before.in_use as u64),
            },
            full: self.full.wrapping_sub(before.full),
            down: self.down - before.down,
            waiting: grown(self.waiting, before.waiting),
            waiting_max: self.waiting_most,
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
            logs: Vec::new(),
            of_pool: vec![NONE; places],
            of_link: vec![[NONE; 2]; plan.links.len()],
            of_limit: vec![NONE; plan.limits.len()],
        };
        for (number, resource) in (0..).zip(&plan.resources) {
            for place in &resource.places {
                match *place {
                    PlacePlan::Pool { pool, line, .. } => {
                        logs.of_pool[pool as usize] = number;
                        if line != NONE {
                            logs.of_pool[line as usize] = number;
                        }
                    }
                    PlacePlan::Link { link, way } => logs.of_link[link as usize][way as usize] = number,
                    PlacePlan::Limit { limit, .. } => logs.of_limit[limit as usize] = number,
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
    pub fn waited_for_pool(&mut self, pool: u32, time: Time) {
        self.logs[self.of_pool[pool as usize] as usize].waits.record(time);
    }

    pub fn waited_for_link(&mut self, link: u32, way: Way, time: Time) {
        // A link that is throttled may have no bandwidth of its own.
        if let Some(log) = self.logs.get_mut(self.of_link[link as usize][way as usize] as usize) {
            log.waits.record(time);
        }
    }

    pub fn waited_for_limit(&mut self, limit: u32, time: Time) {
        self.logs[self.of_limit[limit as usize] as usize].waits.record(time);
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

impl World {
    /// Puts away what has been counted in the present time bucket.
    pub(super) fn cut_usage(&mut self, plan: &Plan) {
        for (number, resource) in plan.resources.iter().enumerate() {
            for (place, at) in resource.places.iter().enumerate() {
                let usage = self.usage_of(plan, *at, number);
                let log = &mut self.watch.recorder.usage.logs[number];
                let bucket = usage.since(&log.places[place].before, log.kind);
                log.places[place].buckets.push(bucket);
                log.places[place].before = usage;
            }
        }
    }

    fn usage_of(&mut self, plan: &Plan, place: PlacePlan, number: usize) -> Usage {
        let now = self.clockwork.now;
        match place {
            PlacePlan::Pool { pool, line, instance } => {
                let down = self.time_absent(plan, instance);
                let pool = PoolHandle::numbered(pool);
                let held = self.site.pools.held(pool, now);
                let own = self.site.pools.read_waits(pool, now);
                let waits = match line {
                    NONE => own,
                    line => own.with(&self.site.pools.read_waits(PoolHandle::numbered(line), now)),
                };
                Usage { in_use: u128::from(held.in_use), full: held.full, down, ..Usage::of(waits) }
            }
            PlacePlan::Link { link, way } => {
                let waits = &mut self.watch.recorder.usage.logs[number].waits;
                let carried = self.site.links.read(link, way, now, &mut |wait| waits.record(wait));
                let Carried { busy, cut, waits } = carried;
                Usage { in_use: u128::from(busy), full: busy, down: cut, ..Usage::of(waits) }
            }
            PlacePlan::Limit { limit, replica, instance } => {
                let down = self.time_absent(plan, instance);
                let waits = &mut self.watch.recorder.usage.logs[number].waits;
                let mut waited = |wait| waits.record(wait);
                let Passed { busy, full, waits } =
                    self.site.limits.read(plan, limit, replica, now, &mut waited);
                Usage { in_use: u128::from(busy), full, down, ..Usage::of(waits) }
            }
            PlacePlan::Memory { host } => {
                let down = self.time_absent(plan, plan.memories[host as usize].instance);
                let seen = self.memory_used(plan, host);
                let mut usage = Usage { in_use: seen.in_use, full: seen.full_time, down, ..Usage::default() };
                usage.counts.turned_away = seen.kills;
                usage
            }
        }
    }

    /// For how long an instance has been down, or switched off by autoscaling.
    fn time_absent(&self, plan: &Plan, instance: u32) -> Time {
        let down =
            self.trouble.conditions.get(instance as usize).map_or(0, |one| one.down_time(self.clockwork.now));
        down + self.time_off(plan, instance, self.clockwork.now).whole
    }
}

/// How many have one of their own at each place.
fn lines(plan: &Plan, resource: &ResourcePlan) -> u64 {
    match resource.places.first() {
        Some(PlacePlan::Limit { limit, .. }) if plan.limits[*limit as usize].per == Per::Client => {
            plan.sources.iter().map(|source| u64::from(source.clients)).sum::<u64>().max(1)
        }
        _ => 1,
    }
}
