//! Rate limits: so many requests a second, and so many more at once.
//!
//! nginx's leaky bucket and a token bucket are one mechanism: whoever conforms moves an
//! instant on by the time that one request takes at the given rate, and whoever comes
//! more than the burst ahead of that instant is too many. Time is continuous, where nginx
//! counts whole milliseconds.

use super::outcome::Outcome;
use crate::kernel::time::{Time, from_seconds};

/// A rate limit as it stands in a scenario.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RateLimit {
    /// Requests per second.
    pub rate: f64,
    /// How many may come at once beyond the one that the rate allows.
    pub burst: u32,
    /// Those within the burst wait until the rate allows them, instead of going on at once.
    pub delays: bool,
    pub per: Per,
    /// What those that are too many are told.
    pub answer: Outcome,
    /// Asked before there is a slot, and not by the process that holds one.
    pub in_front: bool,
}

/// Who has a bucket of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Per {
    Site,
    Client,
}

/// A rate limit, prepared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bucket {
    spacing: Time,
    tolerance: Time,
}

impl RateLimit {
    pub fn bucket(&self) -> Bucket {
        let spacing = from_seconds(1.0 / self.rate).max(1);
        Bucket { spacing, tolerance: spacing.saturating_mul(Time::from(self.burst)) }
    }
}

impl Bucket {
    /// The time that one request takes at the rate, and how far ahead of it a burst may come.
    pub fn spacing(&self) -> Time {
        self.spacing
    }

    pub fn tolerance(&self) -> Time {
        self.tolerance
    }

    /// A request comes; `due` is when the rate would have room for it, 0 in the beginning.
    /// Returns how long it is ahead of that, or `None` if it is too many.
    pub fn ask(&self, due: &mut Time, now: Time) -> Option<Time> {
        let ahead = due.saturating_sub(now);
        if ahead > self.tolerance {
            return None;
        }
        *due = now.saturating_add(ahead).saturating_add(self.spacing);
        Some(ahead)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::time::{MILLISECOND, SECOND};

    fn bucket(rate: f64, burst: u32) -> Bucket {
        let limit =
            RateLimit { rate, burst, delays: true, per: Per::Site, answer: Outcome::Ok, in_front: false };
        limit.bucket()
    }

    #[test]
    fn a_burst_waits_in_steps_of_the_rate_and_the_next_is_too_many() {
        let bucket = bucket(10.0, 3);
        let mut due = 0;
        let waits: Vec<Option<Time>> = (0..5).map(|_| bucket.ask(&mut due, SECOND)).collect();
        let after = |tenths: u64| Some(tenths * 100 * MILLISECOND);
        assert_eq!(waits, [after(0), after(1), after(2), after(3), None]);
    }

    #[test]
    fn whoever_was_too_many_costs_nothing_and_room_comes_back_at_the_rate() {
        let bucket = bucket(10.0, 0);
        let mut due = 0;
        let mut passes = |at: u64| bucket.ask(&mut due, at * MILLISECOND).is_some();
        assert_eq!([0, 50, 99, 100, 150, 200].map(&mut passes), [true, false, false, true, false, true]);
    }

    #[test]
    fn after_a_pause_there_is_no_more_room_than_the_burst() {
        let bucket = bucket(100.0, 4);
        let mut due = 0;
        let passed = (0..20).filter(|_| bucket.ask(&mut due, 3_600 * SECOND).is_some()).count();
        assert_eq!(passed, 5);
    }
}
