//! How long a caller waits for calls that it makes side by side: for all of them, or for the first
//! so many, and what has become of the others by then.
//!
//! Of each call the mean and the variance are known, and it is taken to follow a gamma law with these,
//! which is exact for constant and for exponential times and for sums of them.

use super::crowd::{Crowd, Given};
use super::moments::Moments;
use crate::parts::count::Count;
use crate::parts::distribution::Distribution;

/// One call that is made so often at once, if at all.
pub struct Runner<'c> {
    /// Until its answer is there.
    pub takes: Moments,
    /// Until its answer leaves whoever is called, and until it has come there.
    pub sent: Moments,
    pub comes: f64,
    pub times: &'c Count,
    pub chance: f64,
}

/// How it ends.
pub struct Race {
    /// How long the caller waits.
    pub until: Moments,
    /// The same on average where a runner's call is made.
    pub until_with: Vec<f64>,
    /// Of each runner, the share whose answer has been sent by then.
    pub answered: Vec<f64>,
    /// And the share of its time with those who are called that lies before then.
    pub within: Vec<f64>,
    /// The edges of pieces of time, and for each piece how many of the races still go on then, beside
    /// each runner if that has not answered; nothing if nobody is left behind.
    edges: Vec<f64>,
    going: Vec<Vec<f64>>,
}

impl Race {
    /// Everybody is waited for.
    fn of_all(until: Moments, until_with: Vec<f64>) -> Race {
        let everybody = vec![1.0; until_with.len()];
        let (answered, within) = (everybody.clone(), everybody);
        Race { until, until_with, answered, within, edges: Vec::new(), going: Vec::new() }
    }

    /// Whether it may end before all have answered.
    pub fn leaves_some(&self) -> bool {
        !self.going.is_empty()
    }

    /// The share of the races that still go on so long after the calls were made, beside a call that
    /// has not been answered.
    pub fn going_at(&self, runner: usize, seconds: f64) -> f64 {
        let piece = self.edges.partition_point(|&edge| edge <= seconds).saturating_sub(1);
        self.going.get(piece).map_or(0.0, |runners| runners[runner])
    }

    /// The same at an instant that varies.
    pub fn going_about(&self, runner: usize, time: Moments) -> f64 {
        let law = Law::of(time);
        if let Law::Constant(seconds) = law {
            return self.going_at(runner, seconds);
        }
        let step = self.going.len().div_ceil(STEPS_MOST).max(1);
        let (mut sum, mut before) = (0.0, 0.0);
        for first in (0..self.going.len()).step_by(step) {
            let end = (first + step).min(self.going.len());
            let by = law.done_by(self.edges[end]);
            sum += self.going[(first + end) / 2][runner] * (by - before);
            before = by;
        }
        sum
    }

    /// The same on average over some time.
    pub fn going_during(&self, runner: usize, from: f64, length: f64) -> f64 {
        if length <= 0.0 {
            return self.going_at(runner, from);
        }
        let part = |(piece, runners): (&[f64], &Vec<f64>)| {
            let overlap = piece[1].min(from + length) - piece[0].max(from);
            overlap.max(0.0) * runners[runner]
        };
        self.edges.windows(2).zip(&self.going).map(part).sum::<f64>() / length
    }
}

/// Between none and all time is cut into so many pieces, and once more at each constant time.
const PIECES: u32 = 400;
/// An instant that varies is looked for in so many steps.
const STEPS_MOST: usize = 80;
/// Of more constant times than these only every so many does.
const CONSTANTS_MOST: usize = 1_000;
/// How far the tails of gamma laws are followed, in their standard deviations, and at most as far as
/// their means allow: beyond that nearly nothing is left.
const FAR: f64 = 14.0;
/// Times of which the variance is smaller, in squares of their means, are constant.
const CONSTANT: f64 = 1e-6;
/// And those whose variance is larger are taken to have this one.
const WILD: f64 = 100.0;

/// The first is over after so many answers; `None`: after all of them.
pub fn race(runners: &[Runner], first: Option<u32>) -> Race {
    let laws: Vec<Law> = runners.iter().map(|runner| Law::of(runner.takes)).collect();
    let is_endless = runners.iter().any(|runner| runner.is_there() && runner.takes.mean.is_infinite());
    if let (None, true) = (first, is_endless) {
        let until = Moments { mean: f64::INFINITY, variance: f64::INFINITY };
        return Race::of_all(until, vec![f64::INFINITY; runners.len()]);
    }
    if let ([only], None) = (runners, first)
        && *only.times == Count::Fixed(1)
    {
        return Race::of_all(only.takes.perhaps(only.chance), vec![only.takes.mean]);
    }
    let sending: Vec<Law> = runners.iter().map(|runner| Law::of(runner.sent)).collect();
    let crowd = Crowd::of(runners.iter().map(|runner| (runner.times, runner.chance)));
    let mut sums = Sums::new(runners.len());
    let edges = edges(runners, [&laws, &sending]);
    for piece in edges.windows(2) {
        let (middle, length) = (0.5 * (piece[0] + piece[1]), piece[1] - piece[0]);
        let done: Vec<f64> = laws.iter().map(|law| law.done_by(middle)).collect();
        match first {
            None => sums.wait_for_all(middle, length, runners, &done),
            Some(first) => {
                let sent = sending.iter().map(|law| [piece[0], middle, piece[1]].map(|at| law.done_by(at)));
                sums.wait_for_some(
                    Moment { middle, length, done, sent: sent.collect() },
                    runners,
                    (&crowd, first),
                );
            }
        }
    }
    sums.race(runners, edges)
}

impl Runner<'_> {
    fn is_there(&self) -> bool {
        self.chance > 0.0 && self.times.mean() > 0.0
    }

    /// The chance that all of its calls are done, if any are made; and the same where some are.
    fn all_done(&self, done: f64) -> [f64; 2] {
        let (all, none) = (self.times.chance_of_none(done), self.times.chance_of_none(0.0));
        let if_made = if none < 1.0 { (all - none) / (1.0 - none) } else { 1.0 };
        [1.0 - self.chance + self.chance * all, if_made]
    }
}

/// How long one runner takes.
enum Law {
    Constant(f64),
    Gamma(Distribution),
}

impl Law {
    fn of(takes: Moments) -> Law {
        let square = takes.mean * takes.mean;
        if takes.mean.is_infinite() || takes.variance <= CONSTANT * square {
            return Law::Constant(takes.mean);
        }
        let variance = takes.variance.min(WILD * square);
        Law::Gamma(Distribution::Gamma { shape: square / variance, scale: variance / takes.mean })
    }

    fn done_by(&self, time: f64) -> f64 {
        match self {
            Law::Constant(takes) => f64::from(u8::from(*takes <= time)),
            Law::Gamma(law) => law.cdf(time),
        }
    }

    /// After this nearly all are done.
    fn end(&self) -> f64 {
        match self {
            Law::Constant(takes) => *takes,
            Law::Gamma(law) => law.mean() + FAR * (libm::sqrt(law.variance()) + law.variance() / law.mean()),
        }
    }
}

/// The edges of the pieces, closer together where most happens.
fn edges(runners: &[Runner], laws: [&[Law]; 2]) -> Vec<f64> {
    let there = || {
        let all = laws.into_iter().flat_map(|laws| runners.iter().zip(laws));
        all.filter(|(runner, _)| runner.is_there()).map(|(_, law)| law)
    };
    let end = there().map(Law::end).filter(|end| end.is_finite()).fold(0.0, f64::max);
    let place = |number: u32| f64::from(number) / f64::from(PIECES);
    let mut edges: Vec<f64> = (0..=PIECES).map(|number| end * place(number) * place(number)).collect();
    let mut constants: Vec<f64> = there()
        .filter_map(|law| match law {
            Law::Constant(takes) if takes.is_finite() => Some(*takes),
            _ => None,
        })
        .collect();
    constants.sort_by(f64::total_cmp);
    constants.dedup();
    let step = constants.len().div_ceil(CONSTANTS_MOST).max(1);
    edges.extend(constants.into_iter().step_by(step));
    edges.sort_by(f64::total_cmp);
    edges.dedup();
    edges
}

/// A piece of time: who is done in its middle, and who has sent his answer before it, by its middle and
/// behind it.
struct Moment {
    middle: f64,
    length: f64,
    done: Vec<f64>,
    sent: Vec<[f64; 3]>,
}

/// What adds up piece by piece.
struct Sums {
    mean: f64,
    square: f64,
    with: Vec<f64>,
    answered: Vec<f64>,
    within: Vec<f64>,
    going: Vec<Vec<f64>>,
}

impl Sums {
    fn new(runners: usize) -> Sums {
        let none = vec![0.0; runners];
        let (with, answered) = (none.clone(), none.clone());
        Sums { mean: 0.0, square: 0.0, with, answered, within: none, going: Vec::new() }
    }

    fn wait(&mut self, middle: f64, length: f64, waits: f64) {
        self.mean += length * waits;
        self.square += length * 2.0 * middle * waits;
    }

    fn wait_for_all(&mut self, middle: f64, length: f64, runners: &[Runner], done: &[f64]) {
        let made: Vec<[f64; 2]> =
            runners.iter().zip(done).map(|(runner, done)| runner.all_done(*done)).collect();
        let all: f64 = made.iter().map(|[in_all, _]| in_all).product();
        self.wait(middle, length, 1.0 - all);
        // The product of all but one is that of those before it and of those behind it.
        let mut behind: Vec<f64> = vec![1.0; made.len()];
        for number in (1..made.len()).rev() {
            behind[number - 1] = behind[number] * made[number][0];
        }
        let mut before = 1.0;
        for ((with, [in_all, if_made]), behind) in self.with.iter_mut().zip(&made).zip(behind) {
            *with += length * (1.0 - if_made * before * behind);
            before *= in_all;
        }
    }

    fn wait_for_some(&mut self, moment: Moment, runners: &[Runner], (crowd, first): (&Crowd, u32)) {
        let Moment { middle, length, done, sent } = moment;
        let crowd = crowd.at(&done);
        self.wait(middle, length, crowd.waits(first, Given::Nothing));
        for (number, with) in self.with.iter_mut().enumerate() {
            *with += length * crowd.waits(first, Given::IsMade(number));
        }
        let mut going = Vec::new();
        for (number, [before, by, behind]) in sent.into_iter().enumerate() {
            // Of one that is there, beside all others.
            let waits = crowd.waits(first, Given::OneIsOpen(number));
            going.push(waits);
            self.answered[number] += (behind - before) * waits;
            if middle > runners[number].comes {
                self.within[number] += length * (1.0 - by) * waits;
            }
        }
        self.going.push(going);
    }

    fn race(self, runners: &[Runner], edges: Vec<f64>) -> Race {
        let variance = (self.square - self.mean * self.mean).max(0.0);
        let until = Moments { mean: self.mean, variance };
        if self.going.is_empty() {
            return Race::of_all(until, self.with);
        }
        let within = |(within, runner): (f64, &Runner)| match runner.sent.mean - runner.comes {
            stays if stays > 0.0 => (within / stays).min(1.0),
            _ => 1.0,
        };
        let within = self.within.into_iter().zip(runners).map(within).collect();
        let answered = self.answered.into_iter().zip(runners);
        // What takes no time has answered before the first piece begins.
        let answered = answered.map(|(share, runner)| if runner.sent.mean > 0.0 { share } else { 1.0 });
        let answered = answered.map(|share: f64| share.min(1.0)).collect();
        Race { until, until_with: self.with, answered, within, edges, going: self.going }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONCE: Count = Count::Fixed(1);

    fn exponential<'c>(mean: f64, times: &'c Count, chance: f64) -> Runner<'c> {
        let takes = Moments { mean, variance: mean * mean };
        Runner { takes, sent: takes, comes: 0.0, times, chance }
    }

    fn constant(mean: f64) -> Runner<'static> {
        travelling(mean, 0.0)
    }

    /// As long on the way to and fro.
    fn travelling(stays: f64, way: f64) -> Runner<'static> {
        let [takes, sent] = [stays + 2.0 * way, stays + way].map(Moments::constant);
        Runner { takes, sent, comes: way, times: &ONCE, chance: 1.0 }
    }

    fn near(value: f64, expected: f64) {
        assert!((value - expected).abs() <= 0.003 * expected.max(0.1), "{value} is not {expected}");
    }

    #[test]
    fn the_slowest_of_exponential_times_takes_a_harmonic_sum() {
        for (count, mean, variance) in [(2, 1.5, 1.25), (3, 11.0 / 6.0, 49.0 / 36.0)] {
            let times = Count::Fixed(count);
            let race = race(&[exponential(1.0, &times, 1.0)], None);
            near(race.until.mean, mean);
            near(race.until.variance, variance);
            assert_eq!(race.answered, [1.0]);
        }
        let hundred = Count::Fixed(100);
        near(race(&[exponential(1.0, &hundred, 1.0)], None).until.mean, 5.187_377_5);
    }

    #[test]
    fn the_first_of_several_ends_the_wait_and_leaves_the_rest() {
        let race_of =
            |first| race(&[exponential(1.0, &ONCE, 1.0), exponential(2.0, &ONCE, 1.0)], Some(first));
        let one = race_of(1);
        near(one.until.mean, 1.0 / 1.5);
        near(one.until_with[0], 1.0 / 1.5);
        // The one that is twice as fast comes first twice as often.
        near(one.answered[0], 2.0 / 3.0);
        near(one.answered[1], 1.0 / 3.0);
        near(one.within[0], 2.0 / 3.0);
        near(one.within[1], 1.0 / 3.0);
        let both = race_of(2);
        near(both.until.mean, 3.0 - 1.0 / 1.5);
        near(both.within[1], 1.0);
        // Asking for more than there are is asking for all.
        near(race_of(5).until.mean, both.until.mean);
    }

    #[test]
    fn constant_times_end_at_their_instants() {
        let race_of = |first| race(&[constant(5.0), constant(1.0), constant(3.0)], first);
        near(race_of(None).until.mean, 5.0);
        let two = race_of(Some(2));
        near(two.until.mean, 3.0);
        near(two.within[0], 0.6);
        assert_eq!((two.answered[0], two.answered[1], two.answered[2]), (0.0, 1.0, 1.0));
        near(race(&[constant(2.0), constant(0.0)], Some(1)).until.mean, 0.0);
        // An answer may be under way when nobody waits for it any more.
        let travels = race(&[travelling(4.0, 1.5), travelling(1.5, 2.0), travelling(2.0, 1.0)], Some(1));
        near(travels.until.mean, 4.0);
        assert_eq!((travels.answered[0], travels.answered[1]), (0.0, 1.0));
        near(travels.within[0], 2.5 / 4.0);
        near(travels.within[1], 1.0);
    }

    #[test]
    fn calls_that_are_not_made_are_not_waited_for() {
        let rarely = |first| race(&[exponential(1.0, &ONCE, 0.25), constant(0.5)], first).until.mean;
        let beyond = libm::exp(-0.5);
        near(rarely(None), 0.5 + 0.25 * beyond);
        near(rarely(Some(2)), 0.5 + 0.25 * beyond);
        // Where the rare one is made, it is waited for.
        let with = |first| race(&[exponential(1.0, &ONCE, 0.25), constant(0.5)], first).until_with;
        for first in [None, Some(2)] {
            near(with(first)[0], 0.5 + beyond);
            near(with(first)[1], 0.5 + 0.25 * beyond);
        }
        near(with(Some(1))[0], 1.0 - beyond);
        let many = Count::Fixed(100);
        let until = race(&[exponential(1.0, &many, 1.0)], Some(50)).until.mean;
        assert!((until - std::f64::consts::LN_2).abs() < 0.03, "{until}");
    }
}
