//! Pairs of runs that share their chance: how far two systems are apart, and what sharing gained.
//!
//! Requests of a pair arrive at the same instants and bring the same work, so that most of what
//! makes runs differ is in both and leaves their difference alone. The differences of the pairs
//! are independent of each other, whatever the two runs of a pair have in common.

use super::interval::{Interval, independent_interval_at};
use super::student::{normal_quantile, two_sided_t};
use super::two_stages::{FIRST_STAGE, Precision, variance};

/// As many studies as this tell a difference that is as large as the one seen.
const POWER: f64 = 0.8;

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Paired {
    /// Of the second's mean less the first's.
    pub difference: Interval,
    /// The variance of the difference between independent runs over that between pairs: so many
    /// times as many runs would have been needed. `None` where pairs do not differ at all.
    pub gain: Option<f64>,
    /// So many pairs would tell the difference seen from none in four of five studies; `None`
    /// where it can be told already, or never could.
    pub pairs_needed: Option<u64>,
}

/// The figures of one system and of another, pair by pair.
pub fn paired(first: &[f64], second: &[f64], level: f64) -> Paired {
    let differences = differences(first, second);
    let difference = independent_interval_at(&differences, level);
    if let [one, others @ ..] = differences.as_slice()
        && difference.half_width.is_ok()
        && others.iter().all(|other| other == one)
    {
        // What is the same in all is known exactly, and not but for the rounding of a sum.
        return Paired {
            difference: Interval { estimate: *one, half_width: Ok(0.0), ..difference },
            gain: None,
            pairs_needed: None,
        };
    }
    let gain = variance(&differences).filter(|spread| *spread > 0.0).and_then(|spread| {
        let independent = variance(first)? + variance(second)?;
        Some(independent / spread).filter(|gain| gain.is_finite())
    });
    Paired { difference, gain, pairs_needed: pairs_needed(&difference, &differences, level) }
}

pub fn differences(first: &[f64], second: &[f64]) -> Vec<f64> {
    first.iter().zip(second).map(|(first, second)| second - first).collect()
}

/// How far the interval of a difference may reach. A share is one of the first system's figure:
/// of a difference near zero it would be next to nothing.
pub fn wanted_half_width(precision: Precision, first: &[f64]) -> f64 {
    let stage = &first[..first.len().min(FIRST_STAGE)];
    precision.half_width(stage.iter().sum::<f64>() / stage.len() as f64)
}

/// How sure each of several intervals has to be for all of them to hold at once as often as
/// `level` says, after Bonferroni.
pub fn level_of_each(level: f64, intervals: usize) -> f64 {
    1.0 - (1.0 - level) / intervals.max(1) as f64
}

fn pairs_needed(difference: &Interval, differences: &[f64], level: f64) -> Option<u64> {
    if difference.estimate == 0.0 || !difference.contains(0.0) {
        return None;
    }
    let ratio = variance(differences)? / (difference.estimate * difference.estimate);
    let needed = |t: f64| (t + normal_quantile(POWER)) * (t + normal_quantile(POWER)) * ratio;
    // With few pairs t is larger, and how large depends on how many there are.
    let mut pairs = needed(two_sided_t(u32::MAX, level));
    for _ in 0..4 {
        let degrees = (pairs.ceil() - 1.0).clamp(1.0, f64::from(u32::MAX)) as u32;
        pairs = needed(two_sided_t(degrees, level));
    }
    // Those that there are have not told it.
    let least = differences.len() as u64 + 1;
    (pairs < u64::MAX as f64).then(|| (pairs.ceil() as u64).max(least))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::random::{Generator, StreamFamily, uniform};
    use crate::stats::interval::{LEVEL, NoInterval};

    fn normal(source: &mut Generator) -> f64 {
        (0..12).map(|_| uniform(source)).sum::<f64>() - 6.0
    }

    #[test]
    fn a_difference_has_the_interval_of_its_pairs() {
        let first = [10.0, 14.0, 12.0, 16.0];
        let second = [11.0, 15.5, 12.5, 17.0];
        let paired = paired(&first, &second, LEVEL);
        // Differences of 1, 1.5, 0.5 and 1: variance 1 / 6, and t is 3.182 for three degrees.
        assert_eq!(paired.difference.estimate, 1.0);
        let half_width = paired.difference.half_width.unwrap();
        assert!((half_width - 3.182_446 / 24_f64.sqrt()).abs() < 1e-5, "{half_width}");
        // Variances of 20 / 3 and 22.5 / 3.
        assert!((paired.gain.unwrap() - (20.0 + 22.5) / 3.0 * 6.0).abs() < 1e-9, "{:?}", paired.gain);
        assert_eq!(paired.pairs_needed, None, "it is told already");
    }

    #[test]
    fn so_many_pairs_as_are_said_tell_it_in_four_of_five_studies() {
        // Differences of mean 0.2 and variance 1: (1.96 + 0.84)² × 25 for many degrees of freedom.
        let spread = (19.0_f64 / 20.0).sqrt();
        let first = [0.0; 20];
        let second: [f64; 20] =
            std::array::from_fn(|number| 0.2 + if number % 2 == 0 { spread } else { -spread });
        let needed = paired(&first, &second, LEVEL).pairs_needed.unwrap();
        assert!((197..=200).contains(&needed), "{needed}");
        const STUDIES: u32 = 2_000;
        let mut source = StreamFamily::new(1, 0).stream("pairs", "test");
        let tells = |source: &mut Generator| {
            let second: Vec<f64> = (0..needed).map(|_| 0.2 + normal(source)).collect();
            !paired(&vec![0.0; second.len()], &second, LEVEL).difference.contains(0.0)
        };
        let told = (0..STUDIES).filter(|_| tells(&mut source)).count() as f64 / f64::from(STUDIES);
        assert!((0.77..0.83).contains(&told), "{told}");
    }

    #[test]
    fn several_intervals_hold_at_once() {
        const STUDIES: u32 = 4_000;
        let level = level_of_each(LEVEL, 4);
        assert!((level - 0.9875).abs() < 1e-12 && level_of_each(LEVEL, 1) == LEVEL);
        let mut source = StreamFamily::new(2, 0).stream("pairs", "test");
        let mut held = 0;
        for _ in 0..STUDIES {
            // All have the first in common, as in a comparison.
            let first: Vec<f64> = (0..10).map(|_| normal(&mut source)).collect();
            let all = (0..4).all(|number| {
                let second: Vec<f64> = (0..10).map(|_| f64::from(number) + normal(&mut source)).collect();
                paired(&first, &second, level).difference.contains(f64::from(number))
            });
            held += u32::from(all);
        }
        let coverage = f64::from(held) / f64::from(STUDIES);
        // Bonferroni is on the safe side where intervals resemble each other.
        assert!((0.945..0.985).contains(&coverage), "{coverage}");
    }

    #[test]
    fn what_does_not_differ_needs_no_more_pairs() {
        let same = paired(&[1.0, 2.0], &[1.0, 2.0], LEVEL);
        assert_eq!((same.difference.half_width, same.gain, same.pairs_needed), (Ok(0.0), None, None));
        let always = paired(&[1.0, 2.0, 5.0], &[2.0, 3.0, 6.0], LEVEL);
        assert_eq!((always.difference.estimate, always.difference.half_width), (1.0, Ok(0.0)));
        let cents = paired(&[0.1; 3], &[0.4; 3], LEVEL).difference;
        assert_eq!((cents.estimate, cents.half_width), (0.4 - 0.1, Ok(0.0)));
        let missing = paired(&[1.0, f64::NAN], &[2.0, 3.0], LEVEL);
        assert_eq!(missing.difference.half_width, Err(NoInterval::Missing));
        assert_eq!((missing.gain, missing.pairs_needed), (None, None));
        assert_eq!(paired(&[1.0], &[2.0], LEVEL).difference.half_width, Err(NoInterval::OneRun));
    }
}
