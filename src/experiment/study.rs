//! Many runs of one plan that differ in chance alone. Of each only some figures are kept, so that
//! memory does not grow with the length of the runs.

use super::tasks::{Watcher, in_order, run_watched};
use crate::plan::Plan;
use crate::results::RunResults;
use crate::stats::two_stages::{FIRST_STAGE, Precision, runs_needed};
use std::ops::Range;

/// How many runs a study takes.
#[derive(Clone, Debug)]
pub enum Length {
    Runs(u64),
    /// Until each of these figures, by its place, is known so exactly.
    Until {
        goals: Vec<(usize, Precision)>,
        runs_most: u64,
    },
}

/// Why there were no more runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StudyEnd {
    /// There were as many as had been asked for, or as were needed.
    Enough,
    /// More would be needed than were allowed.
    RunsMost,
    BrokenOff,
}

/// The figures of each run, in the order of the runs' numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct Study {
    pub figures: Vec<Vec<f64>>,
    pub end: StudyEnd,
}

impl Study {
    /// One figure of all runs.
    pub fn column(&self, place: usize) -> Vec<f64> {
        self.figures.iter().map(|figures| figures[place]).collect()
    }
}

pub fn study(
    plan: &Plan,
    seed: u64,
    length: &Length,
    watcher: &impl Watcher,
    measure: &(impl Fn(&RunResults) -> Vec<f64> + Sync),
) -> Study {
    let mut study = Study { figures: Vec::new(), end: StudyEnd::Enough };
    loop {
        let done = study.figures.len() as u64;
        let (needed, end) = match length {
            Length::Runs(runs) => (*runs, StudyEnd::Enough),
            Length::Until { goals, runs_most } => match needed(&study, goals) {
                needed if needed > *runs_most => (*runs_most, StudyEnd::RunsMost),
                needed => (needed, StudyEnd::Enough),
            },
        };
        if done >= needed {
            study.end = end;
            return study;
        }
        study.figures.extend(replicate(plan, seed, done..needed, watcher, measure));
        if (study.figures.len() as u64) < needed {
            study.end = StudyEnd::BrokenOff;
            return study;
        }
    }
}

/// The runs that all goals need; those of the first stage tell.
fn needed(study: &Study, goals: &[(usize, Precision)]) -> u64 {
    let first = FIRST_STAGE as u64;
    if (study.figures.len() as u64) < first {
        return first;
    }
    let of_goal = |&(place, precision): &(usize, Precision)| {
        runs_needed(&study.column(place), precision).unwrap_or(u64::MAX)
    };
    goals.iter().map(of_goal).max().unwrap_or(first)
}

/// What comes of the runs with these numbers. Of each only its figures are kept.
pub fn replicate<Figures: Send>(
    plan: &Plan,
    seed: u64,
    numbers: Range<u64>,
    watcher: &impl Watcher,
    measure: &(impl Fn(&RunResults) -> Figures + Sync),
) -> Vec<Figures> {
    in_order(numbers, watcher, |number| run_watched(plan, seed, number, watcher).as_ref().map(measure))
}
