//! What many runs mean together.

use super::Verdict;
use crate::analysis::study::{StudyExpectation, Verdict as OfOne};

/// Fewer runs than these say little of how far runs lie apart: an interval from two of them is
/// thirteen times as wide as their spread.
const RUNS_FEW: u64 = 5;

/// So many are asked for instead.
pub const RUNS_ENOUGH: u64 = 10;

pub fn tell_little(runs: u64) -> bool {
    runs < RUNS_FEW
}

/// Of all that is expected.
pub fn verdict<'e>(expectations: impl Iterator<Item = &'e StudyExpectation> + Clone) -> Verdict {
    let any = |wanted: OfOne| expectations.clone().any(|one| one.verdict == wanted);
    match () {
        () if any(OfOne::Fail) => Verdict::Missed,
        () if any(OfOne::Undecided) => Verdict::Undecided,
        () if any(OfOne::Pass) => Verdict::Met,
        () => Verdict::NoGoal,
    }
}
