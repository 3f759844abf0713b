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
        column(&self.figures, place)
    }
}

/// `make` makes the runs with these numbers; fewer of them if the work is broken off.
pub fn study(length: &Length, make: impl Fn(Range<u64>) -> Vec<Vec<f64>>) -> Study {
    let needed = |figures: &[Vec<f64>], place, precision| runs_needed(&column(figures, place), precision);
    let (figures, end) = until_enough(length, needed, make);
    Study { figures, end }
}

/// Makes rounds until there are as many as the length says. So many of them one goal needs, as
/// those of the first stage tell; fewer than were asked for mean that the work was broken off.
pub fn until_enough<Round>(
    length: &Length,
    needed: impl Fn(&[Round], usize, Precision) -> Option<u64>,
    make: impl Fn(Range<u64>) -> Vec<Round>,
) -> (Vec<Round>, StudyEnd) {
    let first = FIRST_STAGE as u64;
    let mut rounds: Vec<Round> = Vec::new();
    loop {
        let done = rounds.len() as u64;
        let of_goal =
            |&(place, precision): &(usize, Precision)| needed(&rounds, place, precision).unwrap_or(u64::MAX);
        let (wanted, end) = match length {
            Length::Runs(runs) => (*runs, StudyEnd::Enough),
            Length::Until { goals, runs_most } => {
                let all = match done < first {
                    true => first,
                    false => goals.iter().map(of_goal).max().unwrap_or(first),
                };
                let end = if all > *runs_most { StudyEnd::RunsMost } else { StudyEnd::Enough };
                (all.min(*runs_most), end)
            }
        };
        if done >= wanted {
            return (rounds, end);
        }
        rounds.extend(make(done..wanted));
        if (rounds.len() as u64) < wanted {
            return (rounds, StudyEnd::BrokenOff);
        }
    }
}

fn column(figures: &[Vec<f64>], place: usize) -> Vec<f64> {
    figures.iter().map(|figures| figures[place]).collect()
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
