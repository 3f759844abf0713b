//! What a rate limit lets pass, and who waits for it, as it is counted.

use crate::engine::sending::Sending;
use crate::engine::waits::Waits;
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

    pub fn catch_up(&mut self, now: Time, waited: &mut impl FnMut(Time)) {
        self.sending.catch_up(now, waited);
        self.lines.catch_up(now, waited);
    }

    pub fn waits(&mut self, limit: &LimitPlan) -> &mut Waits {
        match limit.per {
            Per::Client => &mut self.lines.waits,
            Per::Site => &mut self.sending.waits,
        }
    }

    /// For how long it has been busy, and for how long whoever came was too many, up to now; of
    /// clients' lines the sums.
    pub fn integrals(&self, limit: &LimitPlan, now: Time) -> [u64; 2] {
        if limit.per == Per::Site {
            let ahead = self.full_until.saturating_sub(now).min(self.full_time);
            return [self.sending.busy(now), self.full_time - ahead];
        }
        let (spacing, tolerance) = (limit.bucket.spacing(), limit.bucket.tolerance());
        let mut ahead = [0, 0];
        for &Reverse(end) in &self.lines.ends {
            let left = end.saturating_sub(now);
            ahead[0] += left.min(spacing);
            ahead[1] += left.saturating_sub(tolerance);
        }
        let busy = self.lines.passed.saturating_mul(spacing);
        [busy.saturating_sub(ahead[0]), self.full_time.saturating_sub(ahead[1])]
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
            self.waits.taken += 1;
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
            first_instance: 0,
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
            assert_eq!(passing.waits(&limit).waiting, 2);
            let at = SECOND + 50 * MILLISECOND;
            passing.catch_up(at, &mut |wait| waited.push(wait));
            assert_eq!(passing.integrals(&limit, at), [50 * MILLISECOND; 2], "{per:?}");
            passing.catch_up(2 * SECOND, &mut |wait| waited.push(wait));
            assert_eq!(passing.integrals(&limit, 2 * SECOND), [3 * tenth, tenth], "{per:?}");
            assert_eq!(waited, [tenth, 2 * tenth]);
            let waits = passing.waits(&limit);
            assert_eq!((waits.taken, waits.waited, waits.waited_time), (3, 2, 3 * tenth));
            assert_eq!((waits.area(2 * SECOND), waits.take_most()), (3 * tenth, 2));
        }
    }
}
