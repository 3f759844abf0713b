//! Processor sharing in virtual time, in whole numbers: some cores, shared equally by all jobs.
//!
//! Virtual time runs at the speed at which each job is served, so a job that needs `w` of it and
//! arrives at virtual time `v` is done at `v + w`, however many come and go meanwhile: a change
//! costs as much with one job as with thousands.
//!
//! It is counted in 2^-20 of a nanosecond of a core that a job has for itself, whatever the core's
//! speed: work is divided by the speed once, when it comes in. So
//! - while there are no more jobs than cores, virtual time runs with time and nothing is rounded:
//!   at the usual speed a job that has a core for itself ends at exactly `now + work`;
//! - with more jobs each change of their number rounds virtual time to the nearest part. A job that
//!   sees k changes is off by at most k/2 parts, its share of a core for that long, and by the less
//!   than a nanosecond by which its end is rounded up: with a thousand jobs on a core, which each
//!   see two thousand changes, by less than two nanoseconds;
//! - all platforms agree by construction: there are only additions, multiplications and divisions
//!   of whole numbers, and one division of floating-point numbers for each change of speed, which
//!   the standard defines to the last bit.
//!
//! A number of 64 bits holds 2^44 ns of virtual time, some five hours. Where that is not enough,
//! for a job that takes longer or cores that are never idle, virtual time starts anew, and if need
//! be in coarser parts until the cores are idle again (`make_room`); nothing overflows.

use super::agenda::{Event, EventQueue};
use super::fronted::FrontedHeap;
use super::time::{NEVER, Time};

/// Virtual time is counted in 2^-PARTS of a nanosecond.
const PARTS: u32 = 20;
/// Virtual time starts anew beyond this; finishes stay below twice as much, and so in their bits.
const HIGHEST: u64 = 1 << 62;

#[derive(Clone, Debug)]
pub struct SharedProcessor {
    cores: u32,
    /// Jobs being served.
    active: u32,
    /// Jobs that left before they were done; they still have a finish.
    withdrawn: u32,
    /// The most jobs at once since that was asked for last.
    active_most: u32,
    virtual_now: u64,
    updated: Time,
    /// As many parts make a nanosecond of virtual time now: 2^PARTS, but for very long jobs.
    parts: u32,
    /// With so many parts more a rest of a nanosecond is a whole one.
    up: u64,
    /// Less than a sixty-thousandth of a nanosecond of a job's own time is rounding: parts that
    /// have piled up must not make those wait for another nanosecond whose work comes out even.
    slack: u64,
    /// Work and time below this can be counted in parts, for all cores together, in 64 bits.
    shortest_of_long: Time,
    /// Of what a job asks for, how much it gets in a nanosecond.
    speed: Speed,
    /// Up to now, if what is busy or there now had been so from the start: what came in is
    /// subtracted, what has left is added. They wrap around.
    used: u64,
    present: u64,
    full: u64,
    /// Virtual times, each with the word of its job.
    finishes: FrontedHeap,
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

/// Work done per nanosecond by one core, and its inverse as a whole number and a power of two.
#[derive(Clone, Copy, Debug)]
struct Speed {
    is_usual: bool,
    speed: f64,
    slowness: Factor,
}

/// `mantissa / 2^shift`, or so many times 2 for a negative shift.
#[derive(Clone, Copy, Debug)]
struct Factor {
    mantissa: u64,
    shift: i32,
}

impl Factor {
    /// Exactly this number, which is not negative.
    fn of(number: f64) -> Factor {
        // The largest number stands for what is infinite, and for what is none.
        let bits = if number.is_finite() { number.to_bits() } else { f64::MAX.to_bits() };
        let exponent = (bits >> 52 & 0x7ff) as i32;
        let fraction = bits & ((1 << 52) - 1);
        // Numbers without an exponent are too small to matter.
        let mantissa = if exponent == 0 { 0 } else { fraction | 1 << 52 };
        Factor { mantissa, shift: 1_075 - exponent }
    }

    /// So many times as much, rounded up; as much as there can be if it is more.
    fn times(self, value: u128) -> u128 {
        // What is longer than 64 bits loses bits that are far below one in 2^52.
        let excess = 64 - value.leading_zeros().min(64) as i32;
        let excess = excess.max(0);
        let product = (value >> excess) * u128::from(self.mantissa);
        let shift = self.shift - excess;
        match shift {
            128.. => u128::from(product > 0),
            0..128 => (product >> shift) + u128::from(product & ((1 << shift) - 1) > 0),
            _ if product.leading_zeros() as i32 > -shift => product << -shift,
            _ if product == 0 => 0,
            _ => u128::MAX,
        }
    }
}

impl Speed {
    fn of(speed: f64) -> Speed {
        Speed { is_usual: speed == 1.0, speed, slowness: Factor::of(1.0 / speed) }
    }
}

impl SharedProcessor {
    pub fn new(cores: u32, speed: f64) -> Self {
        let mut processor = SharedProcessor {
            cores,
            active: 0,
            withdrawn: 0,
            active_most: 0,
            virtual_now: 0,
            updated: 0,
            parts: 0,
            up: 0,
            slack: 0,
            shortest_of_long: 0,
            speed: Speed::of(speed),
            used: 0,
            present: 0,
            full: 0,
            finishes: FrontedHeap::with_capacity(32),
        };
        processor.set_parts(PARTS);
        processor
    }

    #[inline(always)]
    #[cfg(any(test, feature = "inside"))]
    pub fn active(&self) -> u32 {
        self.active
    }

    pub fn totals(&self, now: Time) -> Totals {
        let until_now = |jobs: u32| now.wrapping_mul(u64::from(jobs));
        Totals {
            used: self.used.wrapping_add(until_now(self.active.min(self.cores))),
            present: self.present.wrapping_add(until_now(self.active)),
            full: self.full.wrapping_add(until_now(u32::from(self.active >= self.cores))),
        }
    }

    /// The most jobs that were there at once since this was asked for last.
    pub fn take_most(&mut self) -> u32 {
        std::mem::replace(&mut self.active_most, self.active)
    }

    /// Takes in a job with so many nanoseconds of work on one core.
    #[inline(always)]
    pub fn add(&mut self, now: Time, work: Time, word: u64) {
        if self.active == 0 {
            self.begin_anew(now);
        } else {
            self.catch_up(now);
        }
        self.active += 1;
        self.active_most = self.active_most.max(self.active);
        self.present = self.present.wrapping_sub(now);
        if self.active <= self.cores {
            self.used = self.used.wrapping_sub(now);
            if self.active == self.cores {
                self.full = self.full.wrapping_sub(now);
            }
        }
        let is_plain = self.speed.is_usual && work < self.shortest_of_long && self.virtual_now < HIGHEST;
        let finish = match is_plain {
            true => self.virtual_now + (work << self.parts),
            false => self.finish_of(work),
        };
        self.finishes.push(Event { time: finish, word });
    }

    /// Nobody is left who has a finish: virtual time starts at zero, in the finest parts.
    #[inline(always)]
    fn begin_anew(&mut self, now: Time) {
        self.virtual_now = 0;
        self.updated = now;
        if self.withdrawn > 0 || self.parts != PARTS {
            self.withdrawn = 0;
            self.finishes.clear();
            self.set_parts(PARTS);
        }
    }

    fn set_parts(&mut self, parts: u32) {
        self.parts = parts;
        (self.up, self.slack) = ((1 << parts) - 1, (1 << parts) >> 16);
        self.shortest_of_long = (HIGHEST >> parts) / u64::from(self.cores.max(1));
    }

    /// When a job that comes now is done, whatever the speed and however long it takes.
    #[inline(never)]
    fn finish_of(&mut self, work: Time) -> u64 {
        let own = |processor: &Self| processor.speed.slowness.times(u128::from(work) << processor.parts);
        if own(self) >= u128::from(HIGHEST) || self.virtual_now >= HIGHEST {
            self.make_room(own(self), Factor::of(1.0));
        }
        // In parts of whole nanoseconds only what never ends is too long.
        self.virtual_now.saturating_add(u64::try_from(own(self)).unwrap_or(u64::MAX))
    }

    /// Virtual time starts anew, in parts so coarse that what is left to do, so many times as
    /// long as it was, stays below `HIGHEST`, and so does a job that comes.
    #[cold]
    fn make_room(&mut self, coming: u128, longer: Factor) {
        let mut jobs = self.finishes.take_all();
        let left = |job: &Event| longer.times(u128::from(job.time.saturating_sub(self.virtual_now)));
        let longest = jobs.iter().map(left).max().unwrap_or(0).max(coming);
        let bits = u128::BITS - longest.leading_zeros();
        let coarser = bits.saturating_sub(HIGHEST.ilog2()).min(self.parts);
        for job in &mut jobs {
            // Rounded up, so that nobody is done too early.
            let left = left(job).div_ceil(1 << coarser);
            job.time = u64::try_from(left).unwrap_or(u64::MAX);
        }
        self.virtual_now = 0;
        self.set_parts(self.parts - coarser);
        jobs.into_iter().for_each(|job| self.finishes.push(job));
    }

    /// A job leaves before it is done; what it had got is lost. Its word must be stale from now on.
    pub fn withdraw(&mut self, now: Time) {
        self.catch_up(now);
        self.leave(now);
        self.withdrawn += 1;
    }

    #[inline(always)]
    fn leave(&mut self, now: Time) {
        self.present = self.present.wrapping_add(now);
        if self.active <= self.cores {
            self.used = self.used.wrapping_add(now);
            if self.active == self.cores {
                self.full = self.full.wrapping_add(now);
            }
        }
        self.active -= 1;
    }

    /// From now on each core does so much work per nanosecond.
    pub fn set_speed(&mut self, now: Time, speed: f64) {
        self.catch_up(now);
        let before = std::mem::replace(&mut self.speed, Speed::of(speed)).speed;
        self.make_room(0, Factor::of(before / speed));
    }

    /// The job that is done by now, if any; `stale` knows the words of withdrawn jobs.
    #[inline(always)]
    pub fn finished(&mut self, now: Time, stale: impl FnMut(u64) -> bool) -> Option<u64> {
        self.catch_up(now);
        if self.withdrawn > 0 {
            self.forget_withdrawn(stale);
        }
        let done = self.finishes.pop_before(self.virtual_now.saturating_add(self.slack + 1))?;
        self.leave(now);
        Some(done.word)
    }

    /// When the next job will be done if nothing changes: the first nanosecond at which `finished`
    /// has it. It is now only if `finished` has it now, so that time always goes on.
    #[inline(always)]
    pub fn next(&mut self, stale: impl FnMut(u64) -> bool) -> Time {
        if self.withdrawn > 0 {
            self.forget_withdrawn(stale);
        }
        let Some(first) = self.finishes.first() else { return NEVER };
        let left = first.time.saturating_sub(self.virtual_now).saturating_sub(self.slack);
        let wait = match self.active <= self.cores {
            true => left.saturating_add(self.up) >> self.parts,
            false => self.shared_wait(left),
        };
        self.updated.saturating_add(wait)
    }

    /// How long jobs that share the cores take to get so many parts each, rounded up.
    #[inline(always)]
    fn shared_wait(&self, left: u64) -> Time {
        let of_all = u64::from(self.cores) << self.parts;
        match left.checked_mul(u64::from(self.active)) {
            Some(parts) => parts.div_ceil(of_all),
            None => {
                let parts = u128::from(left) * u128::from(self.active);
                Time::try_from(parts.div_ceil(u128::from(of_all))).unwrap_or(NEVER)
            }
        }
    }

    #[cold]
    fn forget_withdrawn(&mut self, mut stale: impl FnMut(u64) -> bool) {
        while let Some(first) = self.finishes.first() {
            if !stale(first.word) {
                return;
            }
            self.finishes.pop_before(Time::MAX);
            self.withdrawn -= 1;
        }
    }

    #[inline(always)]
    fn catch_up(&mut self, now: Time) {
        let passed = now - self.updated;
        if passed == 0 {
            return;
        }
        self.updated = now;
        let gained = if passed >= self.shortest_of_long {
            self.gained_in_long(passed)
        } else if self.active <= self.cores {
            passed << self.parts
        } else {
            let (cores, active) = (u64::from(self.cores), u64::from(self.active));
            (((passed * cores) << self.parts) + active / 2) / active
        };
        self.virtual_now = self.virtual_now.saturating_add(gained);
    }

    /// The same where 64 bits might not be enough.
    #[cold]
    fn gained_in_long(&self, passed: Time) -> u64 {
        let passed = u128::from(passed) << self.parts;
        let gained = match self.active <= self.cores {
            true => passed,
            false => {
                let (cores, active) = (u128::from(self.cores), u128::from(self.active));
                (passed * cores + active / 2) / active
            }
        };
        u64::try_from(gained).unwrap_or(u64::MAX)
    }
}

#[cfg(test)]
#[path = "sharing_tests.rs"]
mod tests;
