//! Runs of several plans side by side, of which those with the same number share their chance.

use super::study::{Length, StudyEnd};
use super::tasks::{Watcher, in_order, run_watched};
use crate::plan::Plan;
use crate::results::RunResults;
use crate::stats::pairs::{differences, wanted_half_width};
use crate::stats::two_stages::{FIRST_STAGE, Precision, runs_needed_for};

/// The figures of each plan, replication by replication; all have as many.
#[derive(Clone, Debug, PartialEq)]
pub struct Rounds {
    pub figures: Vec<Vec<Vec<f64>>>,
    pub end: StudyEnd,
}

impl Rounds {
    pub fn count(&self) -> u64 {
        self.figures.first().map_or(0, |runs| runs.len() as u64)
    }

    /// One figure of all runs of a plan.
    pub fn column(&self, plan: usize, place: usize) -> Vec<f64> {
        self.figures[plan].iter().map(|figures| figures[place]).collect()
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
    let mut rounds = Rounds { figures: vec![Vec::new(); plans.len()], end: StudyEnd::Enough };
    let width = plans.len() as u64;
    loop {
        let done = rounds.count();
        let (wanted, end) = match length {
            Length::Runs(runs) => (*runs, StudyEnd::Enough),
            Length::Until { goals, runs_most } => match needed(&rounds, goals, level) {
                needed if needed > *runs_most => (*runs_most, StudyEnd::RunsMost),
                needed => (needed, StudyEnd::Enough),
            },
        };
        if done >= wanted {
            rounds.end = end;
            return rounds;
        }
        // The runs of a round follow one another, so that what is broken off lacks no run in between.
        let runs = in_order(done * width..wanted * width, watcher, |number| {
            let (plan, replication) = ((number % width) as usize, number / width);
            let results = run_watched(&plans[plan], seed, replication, watcher)?;
            Some(measure(plan, replication, &results))
        });
        let whole = runs.len() / plans.len() * plans.len();
        for (number, figures) in runs.into_iter().take(whole).enumerate() {
            rounds.figures[number % plans.len()].push(figures);
        }
        if rounds.count() < wanted {
            rounds.end = StudyEnd::BrokenOff;
            return rounds;
        }
    }
}

/// The rounds that all goals need for all differences; those of the first stage tell.
fn needed(rounds: &Rounds, goals: &[(usize, Precision)], level: f64) -> u64 {
    let first = FIRST_STAGE as u64;
    if rounds.count() < first {
        return first;
    }
    let of_goal = |&(place, precision): &(usize, Precision)| {
        let baseline = rounds.column(0, place);
        let half_width = wanted_half_width(precision, &baseline);
        let of_plan = |plan| {
            let differences = differences(&baseline, &rounds.column(plan, place));
            runs_needed_for(&differences, half_width, level).unwrap_or(u64::MAX)
        };
        (1..rounds.figures.len()).map(of_plan).max().unwrap_or(first)
    };
    goals.iter().map(of_goal).max().unwrap_or(first)
}
