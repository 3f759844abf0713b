//! How many runs a wanted precision takes, after Stein (1945): a first stage tells how far runs
//! lie apart, and how many the second stage needs. Since the number depends on the spread of the
//! first stage alone, and not on the mean, the interval holds the truth as often as it says,
//! which is not so if one looks after every run whether it is narrow enough yet.

use super::interval::{Interval, LEVEL, NoInterval, unlike_numbers};
use super::student::two_sided_t;

/// Runs of the first stage: with fewer, the second is much longer than it would have to be.
pub const FIRST_STAGE: usize = 20;

/// How wide an interval may be, to either side.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Precision {
    Absolute(f64),
    /// A share of the estimate.
    Relative(f64),
}

impl Precision {
    pub fn half_width(self, estimate: f64) -> f64 {
        match self {
            Precision::Absolute(half_width) => half_width,
            Precision::Relative(share) => share * estimate.abs(),
        }
    }
}

/// The runs that are needed in all; `None` if that cannot be told, since a run had no figure.
pub fn runs_needed(estimates: &[f64], precision: Precision) -> Option<u64> {
    let mean = estimates.iter().sum::<f64>() / estimates.len() as f64;
    runs_needed_for(estimates, precision.half_width(mean), LEVEL)
}

/// The same for an interval of this half width with any confidence.
pub fn runs_needed_for(estimates: &[f64], half_width: f64, level: f64) -> Option<u64> {
    let first = first_stage(estimates);
    let variance = variance(first)?;
    if variance == 0.0 {
        return Some(first.len() as u64);
    }
    let t = two_sided_t(first.len() as u32 - 1, level);
    let needed = t * t * variance / (half_width * half_width);
    // What is beyond all numbers is limited by whoever asks.
    (!needed.is_nan()).then(|| (needed.ceil() as u64).max(first.len() as u64))
}

/// The interval of the mean over both stages.
pub fn two_stage_interval(estimates: &[f64]) -> Interval {
    two_stage_interval_at(estimates, LEVEL)
}

/// The same with any confidence.
pub fn two_stage_interval_at(estimates: &[f64], level: f64) -> Interval {
    let runs = estimates.len();
    let mean = estimates.iter().sum::<f64>() / runs as f64;
    let without = |reason| Interval { estimate: mean, half_width: Err(reason), level, batches: 0 };
    if let Some(reason) = unlike_numbers(estimates) {
        return without(reason);
    }
    let first = first_stage(estimates);
    let Some(variance) = variance(first).filter(|_| mean.is_finite()) else {
        return without(NoInterval::NotFinite);
    };
    let half_width = two_sided_t(first.len() as u32 - 1, level) * (variance / runs as f64).sqrt();
    Interval { estimate: mean, half_width: Ok(half_width), level, batches: runs }
}

fn first_stage(estimates: &[f64]) -> &[f64] {
    &estimates[..estimates.len().min(FIRST_STAGE)]
}

pub fn variance(estimates: &[f64]) -> Option<f64> {
    if estimates.len() < 2 {
        return None;
    }
    let mean = estimates.iter().sum::<f64>() / estimates.len() as f64;
    let squares: f64 = estimates.iter().map(|estimate| (estimate - mean) * (estimate - mean)).sum();
    Some(squares / (estimates.len() - 1) as f64).filter(|variance| variance.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::random::{StreamFamily, uniform};

    #[test]
    fn the_second_stage_is_as_long_as_the_spread_of_the_first_asks_for() {
        // Ten at 9 and ten at 11: variance 20 / 19, and t is 2.093 for 19 degrees of freedom.
        let first: Vec<f64> = (0..20).map(|number| if number % 2 == 0 { 9.0 } else { 11.0 }).collect();
        let needed = |precision| runs_needed(&first, precision);
        let exact = 2.093_024_f64.powi(2) * 20.0 / 19.0;
        assert_eq!(needed(Precision::Absolute(0.1)), Some((exact / 0.01).ceil() as u64));
        assert_eq!(needed(Precision::Relative(0.01)), Some((exact / 0.01).ceil() as u64));
        assert_eq!(needed(Precision::Absolute(5.0)), Some(20), "no fewer than there are");
        assert_eq!(needed(Precision::Absolute(0.0)), Some(u64::MAX));
    }

    #[test]
    fn a_run_without_a_figure_leaves_it_open() {
        let mut estimates = vec![1.0; 20];
        assert_eq!(runs_needed(&estimates, Precision::Relative(0.1)), Some(20));
        estimates[7] = f64::NAN;
        assert_eq!(runs_needed(&estimates, Precision::Relative(0.1)), None);
        assert_eq!(two_stage_interval(&estimates).half_width, Err(NoInterval::Missing));
    }

    #[test]
    fn intervals_hold_the_truth_as_often_as_they_say_and_are_as_narrow_as_was_asked_for() {
        const STUDIES: u32 = 4_000;
        let mut source = StreamFamily::new(1, 0).stream("two stages", "test");
        let mut normal = || (0..12).map(|_| uniform(&mut source)).sum::<f64>() - 6.0;
        let mut held = 0;
        for _ in 0..STUDIES {
            let mut estimates: Vec<f64> = (0..FIRST_STAGE).map(|_| 10.0 + normal()).collect();
            let needed = runs_needed(&estimates, Precision::Absolute(0.2)).unwrap();
            while (estimates.len() as u64) < needed {
                estimates.push(10.0 + normal());
            }
            let interval = two_stage_interval(&estimates);
            assert!(interval.half_width.unwrap() <= 0.2);
            held += u32::from(interval.contains(10.0));
        }
        let coverage = f64::from(held) / f64::from(STUDIES);
        assert!((0.94..0.965).contains(&coverage), "{coverage}");
    }
}
