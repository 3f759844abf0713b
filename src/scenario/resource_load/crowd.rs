//! How many calls are made side by side, and how many of them have been answered so far.

use crate::parts::count::Count;

/// Calls of a `first` beyond this number are not told apart.
const MOST: usize = 64;

/// How often one call is made at once.
#[derive(Clone, Debug)]
struct Law {
    /// The chance of each number, from none on.
    chances: Vec<f64>,
    mean: f64,
}

impl Law {
    fn of(times: &Count, chance: f64) -> Law {
        let mut chances = numbers(times);
        chances.iter_mut().for_each(|number| *number *= chance);
        chances[0] += 1.0 - chance;
        Law { chances, mean: chance * times.mean() }
    }

    /// Beside one of these calls that is known to be made, however often others are.
    fn others(&self, times: &Count) -> Law {
        if self.mean <= 0.0 {
            return Law { chances: vec![1.0], mean: 0.0 };
        }
        let told: f64 = self.weighted().sum();
        let mean = times.variance() / times.mean() + times.mean() - 1.0;
        Law { chances: self.weighted().skip(1).map(|weight| weight / told).collect(), mean }
    }

    /// Each number as often as there are calls with it.
    fn weighted(&self) -> impl Iterator<Item = f64> {
        self.chances.iter().enumerate().map(|(number, chance)| number as f64 * chance)
    }

    /// Where it is made at all.
    fn if_made(&self) -> Law {
        let is_made = 1.0 - self.chances[0];
        if is_made <= 0.0 {
            return self.clone();
        }
        let chances = self.chances[1..].iter().map(|chance| chance / is_made);
        Law { chances: [0.0].into_iter().chain(chances).collect(), mean: self.mean / is_made }
    }

    /// The chances that none, one, … of them have been answered, of which each has with a chance; fewer
    /// than so many.
    fn answered(&self, done: f64, fewer_than: usize) -> Vec<f64> {
        let mut chances = vec![0.0; fewer_than];
        // By Horner's rule, from the largest number down.
        for &number in self.chances.iter().rev() {
            for place in (0..fewer_than).rev() {
                let one_less = if place > 0 { chances[place - 1] } else { 0.0 };
                chances[place] = chances[place] * (1.0 - done) + one_less * done;
            }
            chances[0] += number;
        }
        chances
    }

    /// The same where all that are made have been.
    fn all_answered(&self, done: f64, fewer_than: usize) -> Vec<f64> {
        let mut left = 1.0;
        let mut chances = Vec::with_capacity(fewer_than);
        for number in 0..fewer_than {
            chances.push(self.chances.get(number).map_or(0.0, |chance| chance * left));
            left *= done;
        }
        chances
    }
}

/// Up to `MOST`, to which all larger ones are put.
fn numbers(times: &Count) -> Vec<f64> {
    let mut chances: Vec<f64> = Vec::new();
    let mut left: f64 = 1.0;
    for number in 0..MOST {
        let beyond = times.chance_of_more_than(number as u32);
        chances.push((left - beyond).max(0.0));
        left = beyond;
        if left <= 1e-9 {
            break;
        }
    }
    if left > 1e-9 {
        chances.push(left);
    }
    chances
}

/// What is to be known of a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Given {
    Nothing,
    /// One of this runner's calls is made, and has not been answered.
    OneIsOpen(usize),
    /// This runner's call is made.
    IsMade(usize),
}

/// All that run side by side.
pub struct Crowd {
    laws: Vec<Law>,
    others: Vec<Law>,
    if_made: Vec<Law>,
    /// Too many to tell them apart: only how many there are on average.
    is_large: bool,
}

impl Crowd {
    pub fn of<'c>(runners: impl Iterator<Item = (&'c Count, f64)>) -> Crowd {
        let runners: Vec<(&Count, f64)> = runners.collect();
        let laws: Vec<Law> = runners.iter().map(|(times, chance)| Law::of(times, *chance)).collect();
        let all: f64 = runners.iter().map(|(times, _)| times.mean()).sum();
        Crowd {
            others: laws.iter().zip(&runners).map(|(law, (times, _))| law.others(times)).collect(),
            if_made: laws.iter().map(Law::if_made).collect(),
            is_large: all > 0.5 * MOST as f64,
            laws,
        }
    }

    /// At a moment at which each of a runner's calls has been answered with the chance `done`.
    pub fn at<'c>(&'c self, done: &'c [f64]) -> At<'c> {
        let made = self.laws.iter().map(|law| law.mean).sum();
        let answered = self.laws.iter().zip(done).map(|(law, done)| law.mean * done).sum();
        At { crowd: self, done, made, answered }
    }
}

/// All that run side by side, at a moment.
pub struct At<'c> {
    crowd: &'c Crowd,
    done: &'c [f64],
    /// How many are made on average, and have been answered.
    made: f64,
    answered: f64,
}

impl At<'_> {
    fn law(&self, runner: usize, given: Given) -> &Law {
        match given {
            Given::OneIsOpen(open) if open == runner => &self.crowd.others[runner],
            Given::IsMade(made) if made == runner => &self.crowd.if_made[runner],
            _ => &self.crowd.laws[runner],
        }
    }

    /// The chance that fewer than `first` have been answered, or than all if these are fewer.
    pub fn waits(&self, first: u32, given: Given) -> f64 {
        if self.crowd.is_large {
            return f64::from(u8::from(self.waits_on_average(first, given)));
        }
        let runners = 0..self.done.len();
        let all: usize = runners.clone().map(|runner| self.law(runner, given).chances.len() - 1).sum();
        let first = (first as usize).min(all + 1);
        let fewer = |chances: &dyn Fn(&Law, f64) -> Vec<f64>| {
            let mut sums = vec![0.0; first];
            if let Some(none) = sums.first_mut() {
                *none = 1.0;
            }
            for runner in runners.clone() {
                sums = product(&sums, &chances(self.law(runner, given), self.done[runner]));
            }
            sums.iter().sum::<f64>()
        };
        let too_few = fewer(&|law, done| law.answered(done, first));
        match given {
            Given::OneIsOpen(_) => too_few,
            // All that are made have been answered, and they are fewer than were asked for.
            Given::Nothing | Given::IsMade(_) => too_few - fewer(&|law, done| law.all_answered(done, first)),
        }
    }

    /// So many that their number differs little from its mean.
    fn waits_on_average(&self, first: u32, given: Given) -> bool {
        let (mut made, mut answered) = (self.made, self.answered);
        if let Given::OneIsOpen(runner) | Given::IsMade(runner) = given {
            let more = self.law(runner, given).mean - self.crowd.laws[runner].mean;
            made += more + f64::from(u8::from(matches!(given, Given::OneIsOpen(_))));
            answered += more * self.done[runner];
        }
        answered < made.min(f64::from(first))
    }
}

/// Of two polynomials, cut where the first one ends.
fn product(one: &[f64], other: &[f64]) -> Vec<f64> {
    let mut product = vec![0.0; one.len()];
    for (place, a) in one.iter().enumerate().filter(|(_, a)| **a != 0.0) {
        for (b, sum) in other.iter().zip(&mut product[place..]) {
            *sum += a * b;
        }
    }
    product
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(value: f64, expected: f64) {
        assert!((value - expected).abs() < 1e-9, "{value} is not {expected}");
    }

    #[test]
    fn numbers_of_calls_have_their_chances() {
        let times = Count::Uniform { low: 0, high: 3 };
        let law = Law::of(&times, 0.5);
        assert_eq!(law.chances, [0.625, 0.125, 0.125, 0.125]);
        near(law.mean, 0.75);
        // Where one is made, it is one of three as often as one of two and a half times one of one.
        assert_eq!(law.others(&times).chances, [1.0 / 6.0, 2.0 / 6.0, 3.0 / 6.0]);
        near(law.others(&times).mean, 4.0 / 3.0);
        near(law.if_made().mean, 2.0);
        assert_eq!(law.if_made().chances, [0.0, 1.0 / 3.0, 1.0 / 3.0, 1.0 / 3.0]);
        let poisson = Law::of(&Count::Poisson { mean: 2.0 }, 1.0);
        near(poisson.chances[0], libm::exp(-2.0));
        assert!((poisson.weighted().sum::<f64>() - 2.0).abs() < 1e-6);
    }

    #[test]
    fn it_is_waited_for_so_many_or_for_all_there_are() {
        let (twice, perhaps) = (Count::Fixed(2), Count::Uniform { low: 0, high: 1 });
        let crowd = Crowd::of([(&twice, 1.0), (&perhaps, 1.0)].into_iter());
        let done = [0.5, 0.25];
        // Neither of the two, nor the third if it is made.
        near(crowd.at(&done).waits(1, Given::Nothing), 0.25 * (0.5 + 0.5 * 0.75));
        near(crowd.at(&done).waits(1, Given::IsMade(1)), 0.25 * 0.75);
        near(crowd.at(&done).waits(1, Given::OneIsOpen(1)), 0.25);
        near(crowd.at(&done).waits(1, Given::OneIsOpen(0)), 0.5 * (0.5 + 0.5 * 0.75));
        // All of them, and asking for more is asking for all.
        near(crowd.at(&done).waits(3, Given::Nothing), 1.0 - 0.25 * (0.5 + 0.5 * 0.25));
        near(crowd.at(&done).waits(9, Given::IsMade(1)), 1.0 - 0.25 * 0.25);
    }
}
