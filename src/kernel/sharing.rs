//! Processor sharing in virtual time: some cores, shared equally by all jobs at hand.
//!
//! Virtual time runs at the speed at which each job is served, so a job that needs `w`
//! of work and arrives at virtual time `v` is done at `v + w`, however many come and go
//! meanwhile. A change costs a heap operation, whatever the number of jobs.

use super::agenda::Key;
use super::heap::QuadHeap;
use super::time::{NEVER, Time};

#[derive(Clone, Debug)]
pub struct SharedProcessor {
    cores: u32,
    /// Work done per nanosecond by one core.
    speed: f64,
    /// Jobs being served.
    active: u32,
    /// Jobs that left before they were done; the heap still holds them.
    withdrawn: u32,
    virtual_now: f64,
    updated: Time,
    /// A finish in virtual time and the word of its job. The time stands as an integer,
    /// since the bits of floating-point numbers that are not negative order as they do.
    finishes: QuadHeap,
    /// Core-nanoseconds in use so far, and job-nanoseconds.
    used: u64,
    present: u64,
    /// The time during which all cores were in use.
    full: u64,
    /// The most jobs at once since that was asked for last.
    active_most: u32,
}

/// Up to some instant; times wrap around.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Core-nanoseconds in use.
    pub used: u64,
    /// Job-nanoseconds.
    pub present: u64,
    /// The time during which all cores were in use.
    pub full: u64,
}

impl SharedProcessor {
    pub fn new(cores: u32, speed: f64) -> Self {
        SharedProcessor {
            cores,
            speed,
            active: 0,
            withdrawn: 0,
            virtual_now: 0.0,
            updated: 0,
            finishes: QuadHeap::with_capacity(64),
            used: 0,
            present: 0,
            full: 0,
            active_most: 0,
        }
    }

    #[inline(always)]
    pub fn active(&self) -> u32 {
        self.active
    }

    pub fn totals(&mut self, now: Time) -> Totals {
        self.catch_up(now);
        Totals { used: self.used, present: self.present, full: self.full }
    }

    /// The most jobs that were there at once since this was asked for last.
    pub fn take_most(&mut self) -> u32 {
        std::mem::replace(&mut self.active_most, self.active)
    }

    /// Takes in a job with so many nanoseconds of work on one core.
    #[inline(always)]
    pub fn add(&mut self, now: Time, work: Time, word: u64) {
        self.catch_up(now);
        if self.active == 0 {
            // Starting anew keeps virtual time small, and so exact.
            self.virtual_now = 0.0;
            self.withdrawn = 0;
            self.finishes.clear();
        }
        self.active += 1;
        self.active_most = self.active_most.max(self.active);
        let finish = self.virtual_now + work as f64;
        self.finishes.push((Key::from(finish.to_bits()) << 64) | Key::from(word));
    }

    /// A job leaves before it is done; what it had got is lost. Its word must be stale from now on.
    pub fn withdraw(&mut self, now: Time) {
        self.catch_up(now);
        self.active -= 1;
        self.withdrawn += 1;
    }

    /// From now on each core does so much work per nanosecond.
    pub fn set_speed(&mut self, now: Time, speed: f64) {
        self.catch_up(now);
        self.speed = speed;
    }

    /// The job that is done by now, if any; `stale` knows the words of withdrawn jobs.
    #[inline(always)]
    pub fn finished(&mut self, now: Time, stale: impl FnMut(u64) -> bool) -> Option<u64> {
        self.catch_up(now);
        let top = self.first(stale)?;
        let finish = f64::from_bits((top >> 64) as u64);
        // Less than a nanosecond of one core's work is rounding.
        if finish > self.virtual_now + 1e-3 {
            return None;
        }
        self.virtual_now = self.virtual_now.max(finish);
        self.finishes.pop();
        self.active -= 1;
        Some(top as u64)
    }

    /// When the next job will be done if nothing changes.
    #[inline(always)]
    pub fn next(&mut self, stale: impl FnMut(u64) -> bool) -> Time {
        let Some(top) = self.first(stale) else { return NEVER };
        let left = f64::from_bits((top >> 64) as u64) - self.virtual_now;
        let wait = if self.active <= self.cores { left / self.speed } else { left / self.shared_rate() };
        // A whole number that is not below it, or the same if that is already past.
        let whole = wait as i64;
        let rounded_up = whole + i64::from((whole as f64) < wait);
        self.updated.saturating_add(rounded_up.max(0) as Time)
    }

    /// The first of the jobs that are still there.
    #[inline(always)]
    fn first(&mut self, stale: impl FnMut(u64) -> bool) -> Option<Key> {
        if self.withdrawn > 0 {
            self.forget_withdrawn(stale);
        }
        self.finishes.first()
    }

    #[cold]
    fn forget_withdrawn(&mut self, mut stale: impl FnMut(u64) -> bool) {
        while let Some(top) = self.finishes.first() {
            if !stale(top as u64) {
                return;
            }
            self.finishes.pop();
            self.withdrawn -= 1;
        }
    }

    /// Virtual nanoseconds per nanosecond when there are more jobs than cores.
    #[inline(always)]
    fn shared_rate(&self) -> f64 {
        self.speed * f64::from(self.cores) / f64::from(self.active)
    }

    #[inline(always)]
    fn catch_up(&mut self, now: Time) {
        let passed = now - self.updated;
        if passed == 0 {
            return;
        }
        self.updated = now;
        let (rate, busy) = if self.active < self.cores {
            (self.speed, self.active)
        } else {
            self.full = self.full.wrapping_add(passed);
            (if self.active == self.cores { self.speed } else { self.shared_rate() }, self.cores)
        };
        self.virtual_now += passed as f64 * rate;
        self.used = self.used.wrapping_add(passed.wrapping_mul(u64::from(busy)));
        self.present = self.present.wrapping_add(passed.wrapping_mul(u64::from(self.active)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIVE: fn(u64) -> bool = |_| false;

    #[test]
    fn two_jobs_on_one_core_take_twice_as_long() {
        let mut processor = SharedProcessor::new(1, 1.0);
        processor.add(0, 100, 1);
        processor.add(0, 150, 2);
        assert_eq!(processor.next(LIVE), 200);
        assert_eq!(processor.finished(200, LIVE), Some(1));
        assert_eq!(processor.next(LIVE), 250);
        assert_eq!(processor.finished(250, LIVE), Some(2));
        assert_eq!(processor.finished(250, LIVE), None);
        assert_eq!(processor.totals(300), Totals { used: 250, present: 450, full: 250 });
        assert_eq!((processor.take_most(), processor.take_most()), (2, 0));
    }

    #[test]
    fn jobs_up_to_the_number_of_cores_do_not_slow_each_other() {
        let mut processor = SharedProcessor::new(2, 0.5);
        processor.add(0, 100, 1);
        processor.add(0, 100, 2);
        assert_eq!(processor.next(LIVE), 200);
        processor.add(100, 50, 3);
        // Three jobs on two cores of half speed: each gets a third; all are done at once.
        assert_eq!(processor.next(LIVE), 250);
        assert_eq!(processor.finished(250, LIVE), Some(1));
        assert_eq!(processor.finished(250, LIVE), Some(2));
        assert_eq!(processor.finished(250, LIVE), Some(3));
    }

    #[test]
    fn a_withdrawn_job_makes_room_for_the_others() {
        let mut processor = SharedProcessor::new(1, 1.0);
        processor.add(0, 100, 1);
        processor.add(0, 200, 2);
        processor.withdraw(100);
        let stale = |word| word == 1;
        assert_eq!(processor.next(stale), 250);
        assert_eq!(processor.finished(250, stale), Some(2));
        assert_eq!(processor.next(stale), NEVER);
    }
}
