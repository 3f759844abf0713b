//! How full was what there is only so much of, and who waited for it.
//!
//! Cores, slots and backlogs are counted with their nodes (`NodeBucket`); here is what stands
//! between nodes, or beside them.

use super::Nanoseconds;
use crate::kernel::time::Time;
use crate::parts::resource::{Owner, ResourceKind};
use crate::stats::histogram::Histogram;

#[derive(Clone, Debug)]
pub struct ResourceRecord {
    pub kind: ResourceKind,
    pub owner: Owner,
    /// Of each place, as the scenario gives it: connections, calls, bytes per second, requests per
    /// second, bytes.
    pub capacity: f64,
    /// How many have as much at each place, one for each client where each has a limit of its own:
    /// what is counted there are their sums.
    pub lines: u64,
    /// One for each replica that has one of its own.
    pub places: Vec<PlaceRecord>,
    /// Of those who stood in line and were served, after a given warm-up.
    pub waits: Histogram,
}

#[derive(Clone, Debug, Default)]
pub struct PlaceRecord {
    pub buckets: Vec<ResourceBucket>,
}

/// What happened at one place in one time bucket.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ResourceBucket {
    /// How much was in use, over time: connections, calls or bytes times nanoseconds; of a link or
    /// a rate limit the nanoseconds for which it was busy.
    pub in_use: Nanoseconds,
    /// Time during which all of it was in use.
    pub full: Time,
    /// Time during which who has it was down, or switched off by autoscaling, or it was cut.
    pub down: Time,
    /// How many waited, over time, and at most at once.
    pub waiting: Nanoseconds,
    pub waiting_max: u32,
    /// Those who got it, and of these the ones who had waited, and for how long.
    pub taken: u64,
    pub waited: u64,
    pub waited_time: Nanoseconds,
    /// Those who left without it, and how long they had waited.
    pub left: u64,
    pub left_time: Nanoseconds,
    pub turned_away: u64,
}

impl ResourceBucket {
    /// What happened in two buckets together.
    pub fn join(mut self, bucket: &ResourceBucket) -> ResourceBucket {
        self.in_use += bucket.in_use;
        self.full += bucket.full;
        self.down += bucket.down;
        self.waiting += bucket.waiting;
        self.waiting_max = self.waiting_max.max(bucket.waiting_max);
        self.taken += bucket.taken;
        self.waited += bucket.waited;
        self.waited_time += bucket.waited_time;
        self.left += bucket.left;
        self.left_time += bucket.left_time;
        self.turned_away += bucket.turned_away;
        self
    }
}
