//! Shared processors, held to exact arithmetic.

use super::*;
use crate::kernel::random::{Generator, StreamFamily, below};
use crate::kernel::time::{DAY, HOUR, MINUTE};

const LIVE: fn(u64) -> bool = |_| false;
const YEAR: Time = 365 * DAY;

#[test]
fn two_jobs_on_one_core_take_twice_as_long() {
    let mut processor = SharedProcessor::new(1, 1.0);
    processor.add(0, 100, 1);
    processor.add(0, 150, 2);
    assert_eq!(processor.next(LIVE), 200);
    assert_eq!(processor.finished(199, LIVE), None);
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

#[test]
fn a_job_with_a_core_for_itself_ends_at_exactly_now_and_its_work() {
    let mut generator = generator("alone");
    let mut processor = SharedProcessor::new(2, 1.0);
    // Never idle for months, in which virtual time has to start anew several times.
    let (mut now, mut restarts) = (0, 0);
    let mut other = (HOUR, 0);
    processor.add(0, HOUR, 0);
    for word in 1..20_000 {
        // An odd fraction of a nanosecond is left of virtual time by three who share two cores.
        if word % 10 == 0 {
            processor.add(now, 1, CROWD);
            processor.add(now, 1, CROWD + 1);
            assert_eq!(processor.next(LIVE), now + 2);
            assert_eq!(processor.finished(now + 2, LIVE), Some(CROWD));
            assert_eq!(processor.finished(now + 2, LIVE), Some(CROWD + 1));
            // Two thirds of two nanoseconds of its time were its own.
            (now, other.0) = (now + 2, other.0 + 1);
        }
        let before = processor.virtual_now;
        let work = 1 + Time::from(below(&mut generator, 1 << 30)) * 1_000;
        processor.add(now, work, word);
        restarts += u32::from(processor.virtual_now < before);
        let (first, second) = match now + work < other.0 {
            true => ((now + work, word), other),
            false => (other, (now + work, word)),
        };
        assert_eq!(processor.next(LIVE), first.0, "job {word}");
        assert_eq!(processor.finished(first.0, LIVE), Some(first.1));
        (now, other) = (first.0, second);
    }
    assert!(now > 30 * DAY && restarts > 100, "{restarts} in {now}");
}

const CROWD: u64 = 1 << 40;

fn generator(purpose: &str) -> Generator {
    StreamFamily::new(3, 0).stream("sharing", purpose)
}

/// Work is counted in parts of which there are as many in a nanosecond as 1, 2 … 40 all divide.
const EXACT: i128 = 5_342_931_457_063_200;

/// The same with what is left of each job in exact numbers; speeds are quarters.
struct Exact {
    cores: i128,
    quarters: i128,
    left: Vec<(u64, i128)>,
    updated: Time,
    /// What each got in the last nanosecond that has passed.
    got: i128,
    totals: Totals,
}

impl Exact {
    /// What each job gets in a nanosecond.
    fn rate(&self) -> i128 {
        let jobs = self.left.len() as i128;
        EXACT * self.quarters / 4 * self.cores.min(jobs) / jobs.max(1)
    }

    fn advance(&mut self, now: Time) {
        let (passed, rate, jobs) = (now - self.updated, self.rate(), self.left.len() as u64);
        for (_, left) in &mut self.left {
            *left -= rate * i128::from(passed);
        }
        if passed > 0 {
            self.got = rate;
        }
        self.totals.used += passed * jobs.min(self.cores as u64);
        self.totals.present += passed * jobs;
        self.totals.full += passed * u64::from(jobs >= self.cores as u64);
        self.updated = now;
    }

    fn take_out(&mut self, word: u64) -> i128 {
        let place = self.left.iter().position(|&(other, _)| other == word).expect("it is there");
        self.left.swap_remove(place).1
    }

    fn next(&self) -> Option<Time> {
        let left = self.left.iter().map(|&(_, left)| left.max(0)).min()?;
        let rate = self.rate();
        Some(self.updated + ((left + rate - 1) / rate) as Time)
    }
}

/// Jobs come, leave and are done at random while the speed changes; everything is compared with
/// the exact numbers, which live through the same instants. Says how often a job was told to be
/// done at another nanosecond than the exact one.
fn agrees_with_exact_numbers(cores: u32, jobs_most: usize, longest: u32, purpose: &str) -> (u32, u32) {
    let mut generator = generator(purpose);
    let mut processor = SharedProcessor::new(cores, 1.0);
    let none = Totals::default();
    let mut exact =
        Exact { cores: cores.into(), quarters: 4, left: Vec::new(), updated: 0, got: 0, totals: none };
    let (mut now, mut word, mut done, mut others) = (0, 0, 0, 0);
    let mut gone = std::collections::HashSet::new();
    for _ in 0..40_000 {
        let next = processor.next(|word| gone.contains(&word));
        let exact_next = exact.next();
        assert_eq!(next == NEVER, exact_next.is_none());
        if let Some(exact_next) = exact_next {
            assert!(next.abs_diff(exact_next) <= 1, "{next} instead of {exact_next}");
            others += u32::from(next != exact_next);
        }
        let choice = below(&mut generator, 100);
        let before = now + Time::from(below(&mut generator, longest / 4));
        if choice < 48 && exact.left.len() < jobs_most {
            now = before.min(next);
            exact.advance(now);
            let work = Time::from(below(&mut generator, longest));
            exact.left.push((word, i128::from(work) * EXACT));
            processor.add(now, work, word);
            word += 1;
        } else if choice < 53 && !exact.left.is_empty() {
            now = before.min(next);
            exact.advance(now);
            let place = below(&mut generator, exact.left.len() as u32) as usize;
            let withdrawn = exact.left.swap_remove(place).0;
            gone.insert(withdrawn);
            processor.withdraw(now);
        } else if choice == 53 {
            now = before.min(next);
            exact.advance(now);
            exact.quarters = [1, 2, 4, 8][below(&mut generator, 4) as usize];
            processor.set_speed(now, exact.quarters as f64 / 4.0);
        } else if next != NEVER {
            now = next;
            exact.advance(now);
            let finished = processor.finished(now, |word| gone.contains(&word)).expect("as it was told");
            // It is done to a thousandth of a nanosecond, and was not a nanosecond before.
            let left = exact.take_out(finished);
            assert!(left <= EXACT / 1_000, "{left} is left");
            assert!(left > -exact.got - EXACT / 1_000, "{left} was done in vain");
            done += 1;
        }
        assert_eq!(processor.active() as usize, exact.left.len());
        assert_eq!(processor.totals(now), exact.totals);
    }
    (others, done)
}

#[test]
fn random_jobs_are_done_as_exact_numbers_say() {
    for (cores, jobs_most, longest) in [(1, 1, 9_000), (1, 12, 40), (2, 3, 5_000_000), (3, 40, 80_000)] {
        let (others, done) =
            agrees_with_exact_numbers(cores, jobs_most, longest, &format!("{cores} of {jobs_most}"));
        // Which nanosecond it is hangs on the last bits hardly ever.
        assert!(done > 5_000 && others < 20, "{others} of {done}");
    }
}

/// Own times are counted in 2^-40 of a nanosecond here.
const FINE: u32 = 40;

#[test]
fn thousands_of_jobs_at_any_speed_are_off_by_less_than_a_nanosecond_of_their_own() {
    // At a millionth of the speed a job takes weeks, which are counted less finely.
    for (speed, most) in [(1e-6, 0.1), (0.05, 1e-3), (0.7, 1e-3), (1.0, 1e-3), (3.0, 1e-3), (1e6, 1e-3)] {
        let mut generator = generator(&format!("thousands at {speed}"));
        let mut processor = SharedProcessor::new(4, speed);
        let mut left: Vec<(u64, i128)> = Vec::new();
        let (mut now, mut word, mut worst, mut together, mut step) = (0, 0, 0, 0, 0);
        while word < 5_000 || !left.is_empty() {
            let next = processor.next(LIVE);
            let arrival = now + Time::from(below(&mut generator, 2_000));
            let comes = word < 5_000 && (arrival < next || left.len() < 10);
            let then = if comes { arrival.min(next) } else { next };
            let (passed, jobs) = (i128::from(then - now), left.len().max(1) as i128);
            let gained = (passed << FINE) * jobs.min(4) / jobs;
            left.iter_mut().for_each(|(_, left)| *left -= gained);
            if passed > 0 {
                step = (jobs.min(4) << FINE) / jobs;
            }
            now = then;
            if comes {
                let work = 1 + Time::from(below(&mut generator, 1 << 31));
                let own = Factor::of(1.0 / speed).times(u128::from(work) << FINE);
                left.push((word, own as i128));
                together = together.max(left.len());
                processor.add(now, work, word);
                word += 1;
            } else {
                let finished = processor.finished(now, LIVE).expect("as it was told");
                let place = left.iter().position(|&(word, _)| word == finished).expect("it is there");
                let left = left.swap_remove(place).1;
                // Too early, or so late that the nanosecond before would have done.
                worst = worst.max(left).max(-left - step);
            }
        }
        let worst = worst as f64 / (1_u64 << FINE) as f64;
        assert!(together > 1_000 || speed > 1.0, "{together} at once");
        assert!(worst < most, "{worst} ns at speed {speed}");
    }
}

#[test]
fn jobs_of_decades_are_served_like_any_others() {
    let mut processor = SharedProcessor::new(1, 1.0);
    processor.add(5, 50 * YEAR, 1);
    assert_eq!(processor.next(LIVE), 5 + 50 * YEAR);
    processor.add(5, 50 * YEAR, 2);
    assert_eq!(processor.next(LIVE), 5 + 100 * YEAR);
    processor.add(5, MINUTE, 3);
    assert_eq!(processor.next(LIVE), 5 + 3 * MINUTE);
    assert_eq!(processor.finished(5 + 3 * MINUTE, LIVE), Some(3));
    let end = 5 + MINUTE + 100 * YEAR;
    assert_eq!(processor.next(LIVE), end);
    assert_eq!(processor.finished(end, LIVE), Some(1));
    assert_eq!(processor.finished(end, LIVE), Some(2));
    // Idle cores count finely again.
    processor.add(end, 10, 4);
    assert_eq!(processor.parts, PARTS);

    // What takes longer than time itself does not hinder the others.
    let mut processor = SharedProcessor::new(2, 0.001);
    processor.add(0, NEVER, 1);
    processor.add(0, YEAR, 2);
    processor.add(7, 1, 3);
    assert_eq!(processor.next(LIVE), 7 + 1_500);
    assert_eq!(processor.finished(7 + 1_500, LIVE), Some(3));
    let next = processor.next(LIVE);
    assert!(next > NEVER - YEAR, "{next}");
    assert_eq!(processor.finished(next - 1, LIVE), None);
}

#[test]
fn a_change_of_speed_holds_for_what_is_left() {
    let mut processor = SharedProcessor::new(1, 1.0);
    processor.add(0, 1_000, 1);
    processor.set_speed(400, 0.1);
    assert_eq!(processor.next(LIVE), 400 + 6_000);
    processor.set_speed(3_400, 3.0);
    assert_eq!(processor.next(LIVE), 3_400 + 100);
    processor.set_speed(3_450, 1.0);
    assert_eq!(processor.next(LIVE), 3_450 + 150);
    assert_eq!(processor.finished(3_599, LIVE), None);
    assert_eq!(processor.finished(3_600, LIVE), Some(1));
    // Nobody is there.
    processor.set_speed(4_000, 0.5);
    processor.add(5_000, 100, 2);
    assert_eq!(processor.next(LIVE), 5_200);
}

#[test]
fn factors_are_exact_and_never_too_small() {
    for (number, value, product) in
        [(1.0, 7, 7), (0.5, 7, 4), (3.0, 5, 15), (0.1, 10, 2), (1e6, 1 << 50, 1_000_000 << 50)]
    {
        assert_eq!(Factor::of(number).times(value), product, "{number} × {value}");
    }
    assert_eq!(Factor::of(1e300).times(1), u128::MAX);
    assert_eq!(Factor::of(1e300).times(0), 0);
    assert_eq!(Factor::of(1e-300).times(1 << 100), 1);
    assert_eq!(Factor::of(f64::INFINITY).times(1), u128::MAX);
    assert_eq!(Factor::of(1.0).times(1 << 100), 1 << 100);
}
