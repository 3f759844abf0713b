//! Many runs of one plan that differ in chance alone. Of each only some figures are kept, so that
//! memory does not grow with the length of the runs.

use crate::engine::{Advance, Options, Simulation};
use crate::kernel::time::NEVER;
use crate::plan::Plan;
use crate::results::RunResults;
use crate::results::row::RowSampling;
use crate::stats::two_stages::{FIRST_STAGE, Precision, runs_needed};
use std::ops::Range;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

/// After so many events, about ten milliseconds, it is asked whether the study is broken off.
const SLICE_EVENTS: u64 = 200_000;

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

/// Who looks at a study while it goes on, from all threads.
pub trait Watcher: Sync {
    /// Runs that are under way are then given up.
    fn breaks_off(&self) -> bool;
    /// So many of so many runs are done.
    fn done(&self, runs: u64, of: u64);
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
        study.figures.extend(run_all(plan, seed, done..needed, watcher, measure));
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

/// What comes of the runs with these numbers. If they are broken off, only the first ones are
/// told, without a gap: others would be there because they were short.
fn run_all<Figures: Send>(
    plan: &Plan,
    seed: u64,
    numbers: Range<u64>,
    watcher: &impl Watcher,
    measure: &(impl Fn(&RunResults) -> Figures + Sync),
) -> Vec<Figures> {
    let next = AtomicU64::new(numbers.start);
    let told = Mutex::new((numbers.start, Vec::new()));
    let work = || {
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= numbers.end || watcher.breaks_off() {
                return;
            }
            let Some(results) = run_unless(plan, seed, number, watcher) else { return };
            let figures = measure(&results);
            drop(results);
            // A thread that has panicked has ended the program's work anyway.
            let mut told = told.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            told.0 += 1;
            told.1.push((number, figures));
            watcher.done(told.0, numbers.end);
        }
    };
    rayon::scope(|scope| {
        for _ in 0..rayon::current_num_threads() {
            scope.spawn(|_| work());
        }
    });
    let (_, mut told) = told.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    told.sort_unstable_by_key(|(number, _)| *number);
    let in_order = told.into_iter().zip(numbers).take_while(|((number, _), expected)| number == expected);
    in_order.map(|((_, figures), _)| figures).collect()
}

fn run_unless(plan: &Plan, seed: u64, replication: u64, watcher: &impl Watcher) -> Option<RunResults> {
    let options = Options { seed, replication, rows: RowSampling::None };
    let mut simulation = Simulation::new(plan, options);
    while simulation.advance(NEVER, SLICE_EVENTS) != Advance::Ended {
        if watcher.breaks_off() {
            return None;
        }
    }
    Some(simulation.finish(false))
}
