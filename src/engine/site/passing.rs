//! What a rate limit lets pass, and who waits for it, as it is counted.

use super::sending::Sending;
use super::waits::{Reading, Waits};
use crate::kernel::time::Time;
use crate::parts::rate_limit::Per;
use crate::plan::LimitPlan;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// What one replica's limit lets pass: as if one request after the other were sent over a line.
#[derive(Clone, Debug, Default)]
pub struct Passing {
    sending: Sending,
    /// Instead of that one line, those of all clients, where each has one of its own.
    lines: Lines,
    /// Until then whoever comes is too many, and how long it has been so, that stretch included; of
    /// clients' lines that is a sum.
    full_until: Time,
    full_time: Time,
}

/// How a limit has been used.
#[derive(Clone, Copy, Debug)]
pub struct Passed {
    /// For how long it has been busy, and for how long whoever came was too many; of clients' lines
    /// the sums.
    pub busy: u64,
    pub full: u64,
    pub waits: Reading,
}

/// Lines of which each moves on by itself.
#[derive(Clone, Debug, Default)]
struct Lines {
    passed: u64,
    /// When each request that passes will have had its time at the rate, the next one first.
    ends: BinaryHeap<Reverse<Time>>,
    /// When each that waits will pass, and since when it waits.
    waiting: BinaryHeap<Reverse<(Time, Time)>>,
    waits: Waits,
}

impl Passing {
    /// A request passes, after a wait. Those whose turn has come by now do not wait any more.
    pub fn let_pass(&mut self, limit: &LimitPlan, wait: Time, now: Time, waited: &mut impl FnMut(Time)) {
        let (spacing, tolerance) = (limit.bucket.spacing(), limit.bucket.tolerance());
        let end = now.saturating_add(wait).saturating_add(spacing);
        let until = end.saturating_sub(tolerance);
        if limit.per == Per::Client {
            self.lines.let_pass(if limit.delays { wait } else { 0 }, end, now, waited);
            // Who passes was not too many before.
            self.full_time += until.saturating_sub(now);
            return;
        }
        if limit.delays {
            self.sending.send(spacing, now, waited);
        } else {
            self.sending.pass(spacing, now);
        }
        self.full_time += until.saturating_sub(self.full_until.max(now));
        self.full_until = self.full_until.max(until);
    }

    fn catch_up(&mut self, now: Time, waited: &mut impl FnMut(Time)) {
        self.sending.catch_up(now, waited);
        self.lines.catch_up(now, waited);
    }

    /// A request is too much.
    pub fn turn_away(&mut self, limit: &LimitPlan) {
        match limit.per {
            Per::Client => self.lines.waits.turns_away(),
            Per::Site => self.sending.turn_away(),
        }
    }

    /// How it has been used up to now; `waited` as above.
    pub fn read(&mut self, limit: &LimitPlan, now: Time, waited: &mut impl FnMut(Time)) -> Passed {
        self.catch_up(now, waited);
        match limit.per {
            Per::Client => self.lines_passed(limit, now),
            Per::Site => {
                let ahead = self.full_until.saturating_sub(now).min(self.full_time);
                let (busy, full) = (self.sending.busy(now), self.full_time - ahead);
                Passed { busy, full, waits: self.sending.read_waits(now) }
            }
        }
    }

    fn lines_passed(&mut self, limit: &LimitPlan, now: Time) -> Passed {
        let (spacing, tolerance) = (limit.bucket.spacing(), limit.bucket.tolerance());
        let (mut ahead_busy, mut ahead_full) = (0, 0);
        for &Reverse(end) in &self.lines.ends {
            let left = end.saturating_sub(now);
            ahead_busy += left.min(spacing);
            ahead_full += left.saturating_sub(tolerance);
        }
        let busy = self.lines.passed.saturating_mul(spacing);
        Passed {
            busy: busy.saturating_sub(ahead_busy),
            full: self.full_time.saturating_sub(ahead_full),
            waits: self.lines.waits.read(now),
        }
    }
}

impl Lines {
    fn let_pass(&mut self, wait: Time, end: Time, now: Time, waited: &mut impl FnMut(Time)) {
        self.catch_up(now, waited);
        self.passed += 1;
        self.ends.push(Reverse(end));
        if wait > 0 {
            self.waits.joins(now);
            self.waiting.push(Reverse((now.saturating_add(wait), now)));
        } else {
            self.waits.takes_at_once();
        }
    }

    fn catch_up(&mut self, now: Time, waited: &mut impl FnMut(Time)) {
        while self.ends.peek().is_some_and(|&Reverse(end)| end <= now) {
            self.ends.pop();
        }
        while let Some(&Reverse((passes, since))) = self.waiting.peek()
            && passes <= now
        {
            self.waiting.pop();
            self.waits.served(passes - since, passes);
            waited(passes - since);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::table::Id;
    use crate::kernel::time::{MILLISECOND, SECOND};
    use crate::parts::outcome::Outcome;
    use crate::parts::rate_limit::RateLimit;

    /// Ten requests a second and two more at once.
    fn limit(per: Per) -> LimitPlan {
        let limit = RateLimit {
            rate: 10.0,
            burst: 2,
            delays: true,
            per,
            answer: Outcome::Unavailable,
            in_front: false,
        };
        LimitPlan {
            bucket: limit.bucket(),
            per,
            delays: true,
            answer: limit.answer,
            first_instance: Id::FIRST,
            replicas: 1,
        }
    }

    #[test]
    fn lines_of_clients_are_counted_as_the_line_of_one_that_comes_alone() {
        for per in [Per::Site, Per::Client] {
            let limit = limit(per);
            let mut passing = Passing::default();
            let mut waited = Vec::new();
            let tenth = SECOND / 10;
            // Three at once: the second and the third wait, and a fourth would be too many for 100 ms.
            for wait in [0, tenth, 2 * tenth] {
                passing.let_pass(&limit, wait, SECOND, &mut |wait| waited.push(wait));
            }
            let at = SECOND + 50 * MILLISECOND;
            let early = passing.read(&limit, at, &mut |wait| waited.push(wait));
            assert_eq!((early.busy, early.full), (50 * MILLISECOND, 50 * MILLISECOND), "{per:?}");
            assert_eq!((early.waits.most, early.waits.counts.waited), (2, 0));
            let late = passing.read(&limit, 2 * SECOND, &mut |wait| waited.push(wait));
            assert_eq!((late.busy, late.full), (3 * tenth, tenth), "{per:?}");
            assert_eq!(waited, [tenth, 2 * tenth]);
            let Reading { area, most, counts } = late.waits;
            assert_eq!((counts.taken, counts.waited, counts.waited_time), (3, 2, 3 * tenth));
            assert_eq!((area, most), (3 * tenth, 2));
        }
    }
}
