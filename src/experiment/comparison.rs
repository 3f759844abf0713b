//! Runs of several plans side by side, of which those with the same number share their chance.

use super::study::{Length, StudyEnd, until_enough};
use super::tasks::{Watcher, in_order, run_watched};
use crate::plan::Plan;
use crate::results::RunResults;
use crate::stats::pairs::{differences, wanted_half_width};
use crate::stats::two_stages::runs_needed_for;
use std::ops::Range;

/// The figures of each plan in each replication.
#[derive(Clone, Debug, PartialEq)]
pub struct Rounds {
    pub all: Vec<Round>,
    pub end: StudyEnd,
}

/// One replication of all plans.
pub type Round = Vec<Vec<f64>>;

impl Rounds {
    pub fn count(&self) -> u64 {
        self.all.len() as u64
    }

    /// One figure of all runs of a plan.
    pub fn column(&self, plan: usize, place: usize) -> Vec<f64> {
        column(&self.all, plan, place)
    }
}

/// Runs each plan with the same seed and numbers, until there are as many as are wanted. With
/// goals these are differences to the first plan, each with an interval of this level. `measure`
/// gets the number of the plan and that of the replication.
pub fn compare(
    plans: &[Plan],
    seed: u64,
    (length, level): (&Length, f64),
    watcher: &impl Watcher,
    measure: &(impl Fn(usize, u64, &RunResults) -> Vec<f64> + Sync),
) -> Rounds {
    let width = plans.len() as u64;
    let needed = |rounds: &[Round], place, precision| {
        let baseline = column(rounds, 0, place);
        let half_width = wanted_half_width(precision, &baseline);
        let of_plan = |plan| {
            let differences = differences(&baseline, &column(rounds, plan, place));
            runs_needed_for(&differences, half_width, level).unwrap_or(u64::MAX)
        };
        (1..plans.len()).map(of_plan).max()
    };
    let make = |numbers: Range<u64>| {
        // The runs of a round follow one another, so that what is broken off lacks no run in between.
        let runs = in_order(numbers.start * width..numbers.end * width, watcher, |number| {
            let (plan, replication) = ((number % width) as usize, number / width);
            let results = run_watched(&plans[plan], seed, replication, watcher)?;
            Some(measure(plan, replication, &results))
        });
        runs.chunks_exact(plans.len()).map(<[Vec<f64>]>::to_vec).collect()
    };
    let (all, end) = until_enough(length, needed, make);
    Rounds { all, end }
}

fn column(rounds: &[Round], plan: usize, place: usize) -> Vec<f64> {
    rounds.iter().map(|round| round[plan][place]).collect()
}
