//! How far an estimate may be from the truth: 95 % confidence intervals from one run,
//! by batches of consecutive observations, and from independent runs.

use super::student::two_sided_t;

/// The probability that an interval holds the truth.
pub const LEVEL: f64 = 0.95;

/// Fewer batches than this leave the spread itself too uncertain.
pub const FEWEST_BATCHES: usize = 10;

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// NaN where nothing was observed.
    pub estimate: f64,
    /// The truth lies within the estimate ± this with a confidence of `level`; or why
    /// that cannot be told.
    pub half_width: Result<f64, NoInterval>,
    pub level: f64,
    /// The number of batches, or of independent runs, that the spread was taken from.
    pub batches: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoInterval {
    /// Nothing at all was observed.
    NothingObserved,
    /// There are fewer observations than batches are needed.
    TooFew { found: usize, needed: usize },
    /// Even the longest batches resemble their neighbours: the run is too short beside
    /// the memory of the system, or it drifts.
    Correlated,
    /// One run alone does not tell how far runs lie apart.
    OneRun,
    /// The figure of some run is missing.
    Missing,
    /// An observation is infinite.
    NotFinite,
}

impl Interval {
    /// The ends of the interval, where it can be told.
    pub fn ends(&self) -> Option<(f64, f64)> {
        self.half_width.ok().map(|half_width| (self.estimate - half_width, self.estimate + half_width))
    }

    pub fn contains(&self, value: f64) -> bool {
        self.ends().is_some_and(|(low, high)| low <= value && value <= high)
    }

    fn without(estimate: f64, reason: NoInterval) -> Self {
        Interval { estimate, half_width: Err(reason), level: LEVEL, batches: 0 }
    }

    fn of_spread(estimate: f64, variance: f64, batches: usize, level: f64) -> Self {
        let half_width = two_sided_t(batches as u32 - 1, level) * variance.sqrt();
        if !half_width.is_finite() {
            return Interval::without(estimate, NoInterval::NotFinite);
        }
        Interval { estimate, half_width: Ok(half_width), level, batches }
    }
}

/// The interval of a mean from one run, from the means of consecutive cells of equal
/// numbers of observations (after the warm-up has been dropped).
///
/// Observations of a queue resemble their neighbours, so their own spread says too
/// little. Long batches of them hardly do: see `COUNTS_OF_BATCHES` for how long.
pub fn batch_means(cells: &[f64]) -> Interval {
    let pairs: Vec<(f64, f64)> = cells.iter().map(|&cell| (cell, 1.0)).collect();
    of_consecutive(&pairs)
}

/// The interval of a ratio of sums from one run, such as the share of good requests from
/// (good, all) per time bucket. Buckets with a denominator of zero do not count.
///
/// Where each numerator is a part of its denominator the ratio is a share, and then the
/// half width is never below 3 / (sum of the denominators). This is the rule of three:
/// when all of n independent requests were good, up to 3 / n bad ones are compatible
/// with that at 95 %. Failures that come together make the truth less certain than so,
/// but of those that have never been seen no run can tell.
pub fn ratio_interval(pairs: &[(f64, f64)]) -> Interval {
    let counted: Vec<(f64, f64)> = pairs.iter().copied().filter(|&(_, below)| below != 0.0).collect();
    let mut interval = of_consecutive(&counted);
    let is_share = counted.iter().all(|&(above, below)| 0.0 <= above && above <= below);
    if is_share && let Ok(half_width) = &mut interval.half_width {
        *half_width = half_width.max(3.0 / total(&counted).1);
    }
    interval
}

/// The interval of a quantile by sectioning: centred at the quantile of the whole run,
/// which has less bias than the batches', with the spread of the batches' about it.
/// Batches without observations (NaN) do not count.
pub fn quantile_interval(batch_estimates: &[f64], overall: f64) -> Interval {
    let estimates = batch_estimates.iter().filter(|estimate| !estimate.is_nan());
    let batches = estimates.clone().count();
    if overall.is_nan() {
        return Interval::without(overall, NoInterval::NothingObserved);
    }
    if batches < FEWEST_BATCHES {
        return Interval::without(overall, NoInterval::TooFew { found: batches, needed: FEWEST_BATCHES });
    }
    let squares: f64 = estimates.map(|estimate| (estimate - overall) * (estimate - overall)).sum();
    if !squares.is_finite() {
        return Interval::without(overall, NoInterval::NotFinite);
    }
    Interval::of_spread(overall, squares / ((batches - 1) * batches) as f64, batches, LEVEL)
}

/// The interval of a mean from independent runs, of which two are enough.
pub fn independent_interval(estimates: &[f64]) -> Interval {
    independent_interval_at(estimates, LEVEL)
}

/// The same with another confidence.
pub fn independent_interval_at(estimates: &[f64], level: f64) -> Interval {
    let runs = estimates.len();
    let mean = estimates.iter().sum::<f64>() / runs as f64;
    if let Some(reason) = unlike_numbers(estimates) {
        return Interval::without(mean, reason);
    }
    let squares: f64 = estimates.iter().map(|estimate| (estimate - mean) * (estimate - mean)).sum();
    if !squares.is_finite() {
        return Interval::without(mean, NoInterval::NotFinite);
    }
    Interval::of_spread(mean, squares / ((runs - 1) * runs) as f64, runs, level)
}

/// Why the figures of independent runs have no interval at all.
pub fn unlike_numbers(estimates: &[f64]) -> Option<NoInterval> {
    match estimates {
        [] => Some(NoInterval::NothingObserved),
        all if all.iter().any(|estimate| estimate.is_nan()) => Some(NoInterval::Missing),
        [_] => Some(NoInterval::OneRun),
        _ => None,
    }
}

/// Twenty batches where their neighbours do not look alike, else ten that are twice as
/// long. More batches make the interval no more than 5 % shorter, and on waits of a busy
/// queue, whose batches are skewed, they miss the truth more often.
const COUNTS_OF_BATCHES: [usize; 2] = [20, FEWEST_BATCHES];

/// The lag-1 correlation up to which batches are taken as unlike, in standard errors of
/// the correlation of independent ones. It is set low, since with so few batches a test
/// that rarely raises a false alarm rarely raises a true one either.
const UNLIKE: f64 = 0.5;

/// Ten batches that are more alike than this are refused. On waits of queues at 50 to 90 %
/// load that happens about once in a thousand runs, while a ramp or a late step is refused.
const HOPELESS: f64 = 0.6;

/// The interval of the ratio of the sums of consecutive pairs; a mean is the ratio whose
/// denominators are all one. The residuals `numerator - ratio * denominator` of batches
/// take the place of the deviations from the mean (the delta method).
fn of_consecutive(pairs: &[(f64, f64)]) -> Interval {
    let (above, below) = total(pairs);
    let ratio = above / below;
    if pairs.is_empty() {
        return Interval::without(f64::NAN, NoInterval::NothingObserved);
    }
    if !ratio.is_finite() {
        return Interval::without(ratio, NoInterval::NotFinite);
    }
    if pairs.len() < FEWEST_BATCHES {
        return Interval::without(ratio, NoInterval::TooFew { found: pairs.len(), needed: FEWEST_BATCHES });
    }
    let size: f64 = pairs.iter().map(|pair| pair.0.abs()).sum();
    for batches in COUNTS_OF_BATCHES {
        if pairs.len() < batches {
            continue;
        }
        let residuals = residuals(pairs, ratio, batches);
        let squares: f64 = residuals.iter().map(|residual| residual * residual).sum();
        // Residuals that are nothing but rounding have no correlation worth the name.
        let negligible = squares.sqrt() <= 1e-12 * size;
        let alike = if negligible { 0.0 } else { correlation(&residuals) };
        let last = batches == FEWEST_BATCHES;
        if last && alike > HOPELESS {
            break;
        }
        if last || alike <= UNLIKE / (batches as f64).sqrt() {
            let weights = weights_squared(pairs, batches) / (below * below);
            let memory = if negligible { 1.0 } else { memory(pairs, ratio, batches) };
            let variance = memory * squares / (below * below) / (1.0 - weights);
            if !variance.is_finite() {
                return Interval::without(ratio, NoInterval::NotFinite);
            }
            return Interval::of_spread(ratio, variance, batches, LEVEL);
        }
    }
    Interval::without(ratio, NoInterval::Correlated)
}

/// By how much what correlation is left between batches raises the variance of the mean.
/// Batches of half the length show it better, since they are more and more alike; of a
/// memory that is short beside a batch, doubling the length leaves half.
fn memory(pairs: &[(f64, f64)], ratio: f64, batches: usize) -> f64 {
    let finer = residuals(pairs, ratio, (2 * batches).min(pairs.len()));
    let left = correlation(&finer).clamp(0.0, 0.9) / 2.0;
    (1.0 + left) / (1.0 - left)
}

/// The lag-1 correlation of residuals, whose sum is zero.
fn correlation(residuals: &[f64]) -> f64 {
    let products: f64 = residuals.windows(2).map(|two| two[0] * two[1]).sum();
    let squares: f64 = residuals.iter().map(|residual| residual * residual).sum();
    if squares > 0.0 { products / squares } else { 0.0 }
}

fn residuals(pairs: &[(f64, f64)], ratio: f64, batches: usize) -> Vec<f64> {
    let residual = |batch| {
        let (above, below) = total(batch_of(pairs, batch, batches));
        above - ratio * below
    };
    (0..batches).map(residual).collect()
}

/// The sum of the squared denominators of the batches: with equal batches, one in so
/// many of the square of the total.
fn weights_squared(pairs: &[(f64, f64)], batches: usize) -> f64 {
    let square = |batch| {
        let below = total(batch_of(pairs, batch, batches)).1;
        below * below
    };
    (0..batches).map(square).sum()
}

/// All pairs belong to a batch; batches differ by one pair where they must.
fn batch_of(pairs: &[(f64, f64)], batch: usize, batches: usize) -> &[(f64, f64)] {
    &pairs[batch * pairs.len() / batches..(batch + 1) * pairs.len() / batches]
}

fn total(pairs: &[(f64, f64)]) -> (f64, f64) {
    pairs.iter().fold((0.0, 0.0), |sum, pair| (sum.0 + pair.0, sum.1 + pair.1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::collection::vec;
    use proptest::prelude::*;

    #[test]
    fn too_little_is_said_so() {
        assert_eq!(batch_means(&[]).half_width, Err(NoInterval::NothingObserved));
        assert_eq!(batch_means(&[1.0; 9]).half_width, Err(NoInterval::TooFew { found: 9, needed: 10 }));
        assert_eq!(batch_means(&[f64::NAN; 30]).half_width, Err(NoInterval::NotFinite));
        assert_eq!(ratio_interval(&[(0.0, 0.0); 50]).half_width, Err(NoInterval::NothingObserved));
        assert_eq!(quantile_interval(&[f64::NAN; 50], 1.0).ends(), None);
        assert_eq!(independent_interval(&[3.0]).half_width, Err(NoInterval::OneRun));
    }

    #[test]
    fn independent_runs_follow_the_textbook() {
        let interval = independent_interval(&[1.0, 2.0, 3.0, 4.0]);
        let expected = 3.182_446 * (5.0f64 / 3.0 / 4.0).sqrt();
        assert_eq!((interval.estimate, interval.batches), (2.5, 4));
        assert!((interval.half_width.unwrap() - expected).abs() < 1e-5);
    }

    #[test]
    fn a_drift_has_no_interval() {
        let ramp: Vec<f64> = (0..1_000).map(f64::from).collect();
        assert_eq!(batch_means(&ramp).half_width, Err(NoInterval::Correlated));
        let late_step: Vec<f64> = (0..1_000).map(|cell| f64::from(u8::from(cell > 700))).collect();
        assert_eq!(batch_means(&late_step).half_width, Err(NoInterval::Correlated));
        assert_eq!(batch_means(&[0.1; 1_000]).half_width.map(|width| width < 1e-12), Ok(true));
    }

    #[test]
    fn shares_keep_a_doubt_where_all_were_good() {
        assert_eq!(ratio_interval(&[(100.0, 100.0); 60]).half_width, Ok(3.0 / 6_000.0));
        assert_eq!(ratio_interval(&[(0.0, 100.0); 60]).half_width, Ok(3.0 / 6_000.0));
        let mut one_outage = [(100.0, 100.0); 60];
        one_outage[30].0 = 0.0;
        let half_width = ratio_interval(&one_outage).half_width.unwrap();
        assert!((0.03..0.05).contains(&half_width), "an outage weighs more than its requests: {half_width}");
    }

    #[test]
    fn a_spread_beyond_all_numbers_is_no_interval() {
        let mut values = vec![0.0; 30];
        values[7] = 1e200;
        assert_eq!(batch_means(&values).half_width, Err(NoInterval::NotFinite));
        assert_eq!(independent_interval(&values).half_width, Err(NoInterval::NotFinite));
    }

    proptest! {
        #[test]
        fn nothing_panics(values in vec(any::<f64>(), 0..80), others in vec(any::<f64>(), 0..80)) {
            let pairs: Vec<(f64, f64)> = values.iter().copied().zip(others.iter().copied()).collect();
            for interval in [
                batch_means(&values),
                ratio_interval(&pairs),
                quantile_interval(&values, others.first().copied().unwrap_or(f64::NAN)),
                independent_interval(&values),
            ] {
                prop_assert!(interval.half_width.is_err() || interval.half_width.is_ok_and(|width| width >= 0.0));
            }
        }
    }
}
