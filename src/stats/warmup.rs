//! Where a warm-up ends: the rule MSER-5 (White, 1997), which needs no setting.
//!
//! Dropping the start of a series removes its bias but also makes it shorter. MSER drops
//! as many cells as make the standard error of the mean of the rest the smallest.
//!
//! It looks for a start that is unlike the rest. A level that changes in the second half
//! is not that, and may pass here; the batches of `interval` then turn out alike.

/// Fewer cells than this say nothing about where a series settles.
const FEWEST_CELLS: usize = 20;

/// A minimum this near to the half, as a share of the series, means that dropping more
/// would have been better still.
const NEAR_THE_HALF: f64 = 0.45;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Truncation {
    /// The number of leading cells to drop.
    pub cells: usize,
    pub verdict: Verdict,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// What is left looks steady.
    Steady,
    /// The series still drifts at its half: no steady state was found, the run is too
    /// short for one or has none. The half that is left is the best there is.
    Drifting,
    /// There are too few cells, or undefined ones, to tell; nothing is dropped.
    TooShort,
}

/// The number of leading cells to drop, at most half of them, from the means of
/// consecutive cells of equal numbers of observations. Takes one pass.
pub fn truncation(cells: &[f64]) -> Truncation {
    if cells.len() < FEWEST_CELLS || cells.iter().any(|cell| !cell.is_finite()) {
        return Truncation { cells: 0, verdict: Verdict::TooShort };
    }
    let half = cells.len() / 2;
    let mut mean = 0.0;
    let mut squares = 0.0;
    let mut least = f64::INFINITY;
    let mut best = half;
    // Going backwards, each step adds one cell to what is left: Welford's update keeps
    // the mean and the sum of squares about it without cancellation.
    for (dropped, &cell) in cells.iter().enumerate().rev() {
        let left = (cells.len() - dropped) as f64;
        let before = cell - mean;
        mean += before / left;
        squares += before * (cell - mean);
        let squared_error = squares / (left * left);
        // Among equals the earliest wins, so that a constant series loses nothing.
        if dropped <= half && squared_error <= least {
            least = squared_error;
            best = dropped;
        }
    }
    let drifting = best as f64 >= NEAR_THE_HALF * cells.len() as f64;
    Truncation { cells: best, verdict: if drifting { Verdict::Drifting } else { Verdict::Steady } }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::random::{StreamFamily, uniform};
    use proptest::prelude::*;

    /// Noise of unit width about a course that is given.
    fn noisy(course: impl Fn(f64) -> f64) -> Vec<f64> {
        let mut generator = StreamFamily::new(1, 0).stream("warmup", "noise");
        (0..1_000).map(|cell| course(f64::from(cell)) + uniform(&mut generator)).collect()
    }

    #[test]
    fn a_transient_is_dropped_and_little_more() {
        let fading = truncation(&noisy(|cell| 20.0 * libm::exp(-cell / 30.0)));
        assert!((90..=220).contains(&fading.cells), "{fading:?}");
        let step = truncation(&noisy(|cell| if cell < 100.0 { 5.0 } else { 0.0 }));
        assert!((100..=110).contains(&step.cells), "{step:?}");
        assert_eq!((fading.verdict, step.verdict), (Verdict::Steady, Verdict::Steady));
    }

    #[test]
    fn a_steady_series_is_kept() {
        let steady = truncation(&noisy(|_| 7.0));
        assert!(steady.cells < 50 && steady.verdict == Verdict::Steady, "{steady:?}");
        assert_eq!(truncation(&[3.5; 100]), Truncation { cells: 0, verdict: Verdict::Steady });
    }

    #[test]
    fn a_drift_is_told_from_a_warm_up() {
        assert_eq!(truncation(&noisy(|cell| cell / 50.0)).verdict, Verdict::Drifting);
        assert_eq!(truncation(&noisy(|cell| -cell / 50.0)).verdict, Verdict::Drifting);
    }

    #[test]
    fn too_little_is_told_as_well() {
        let short = Truncation { cells: 0, verdict: Verdict::TooShort };
        assert_eq!(
            (truncation(&[]), truncation(&[1.0; 19]), truncation(&[f64::NAN; 99])),
            (short, short, short)
        );
    }

    proptest! {
        #[test]
        fn never_more_than_half_is_dropped(cells in proptest::collection::vec(any::<f64>(), 0..100)) {
            prop_assert!(truncation(&cells).cells <= cells.len() / 2);
        }
    }
}
