//! Numbered tasks on all threads, that somebody watches and may break off.

use super::threads::on_all;
use crate::engine::{Advance, Options, Simulation};
use crate::kernel::time::NEVER;
use crate::plan::Plan;
use crate::results::RunResults;
use crate::results::row::RowSampling;
use std::borrow::Borrow;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

/// After so many events, about ten milliseconds, it is asked whether the work is broken off.
pub const SLICE_EVENTS: u64 = 200_000;

/// Who looks at work while it goes on, from all threads: shows how far it is, and breaks it off.
pub trait Watcher: Sync {
    /// Whether to stop. Runs that are under way are then given up.
    fn breaks_off(&self) -> bool {
        false
    }

    /// So many of so many tasks are done.
    fn done(&self, _tasks: u64, _of: u64) {}

    /// So many more requests and events have been simulated.
    fn simulated(&self, _requests: u64, _events: u64) {}

    /// Somebody who makes runs of studies in another place, if they are not to be made here.
    fn crew(&self) -> Option<&dyn Crew> {
        None
    }
}

impl<W: Watcher + ?Sized> Watcher for &W {
    fn breaks_off(&self) -> bool {
        (**self).breaks_off()
    }

    fn done(&self, tasks: u64, of: u64) {
        (**self).done(tasks, of);
    }

    fn simulated(&self, requests: u64, events: u64) {
        (**self).simulated(requests, events);
    }

    fn crew(&self) -> Option<&dyn Crew> {
        (**self).crew()
    }
}

/// Makes runs somewhere else, on other machines for example.
pub trait Crew: Send + Sync {
    /// Makes these runs, each the number of a point and of a replication, and hands in the figures
    /// of each with its place among them, in any order, until all are made or `take` wants no more.
    fn make(&self, runs: &[(usize, u64)], take: &mut dyn FnMut(usize, Vec<f64>) -> bool);
}

/// Nobody looks.
#[derive(Clone, Copy, Debug)]
pub struct Unwatched;

impl Watcher for Unwatched {}

/// What comes of the tasks with these numbers. If they are broken off, only the first ones are
/// told, without a gap: others would be there because they were short.
pub fn in_order<Outcome: Send>(
    numbers: Range<u64>,
    watcher: &impl Watcher,
    task: impl Fn(u64) -> Option<Outcome> + Sync,
) -> Vec<Outcome> {
    let next = AtomicU64::new(numbers.start);
    let told = Mutex::new((numbers.start, Vec::new()));
    let work = || {
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= numbers.end || watcher.breaks_off() {
                return;
            }
            let Some(outcome) = task(number) else { return };
            // A thread that has panicked has ended the program's work anyway.
            let mut told = told.lock().unwrap_or_else(PoisonError::into_inner);
            told.0 += 1;
            told.1.push((number, outcome));
            watcher.done(told.0, numbers.end);
        }
    };
    on_all(work);
    let (_, mut told) = told.into_inner().unwrap_or_else(PoisonError::into_inner);
    told.sort_unstable_by_key(|(number, _)| *number);
    let in_order = told.into_iter().zip(numbers).take_while(|((number, _), expected)| number == expected);
    in_order.map(|((_, outcome), _)| outcome).collect()
}

/// What a watcher has been told of a run.
#[derive(Debug, Default)]
pub struct Told {
    requests: u64,
    events: u64,
}

impl Told {
    /// Tells what has been simulated since the last time.
    pub fn go_on<P: Borrow<Plan>>(&mut self, simulation: &Simulation<P>, watcher: &(impl Watcher + ?Sized)) {
        let (requests, events) = (simulation.ended_requests(), simulation.events());
        watcher.simulated(requests - self.requests, events - self.events);
        *self = Told { requests, events };
    }
}

/// One run from start to end, without rows; nothing if it is broken off.
pub fn run_watched(plan: &Plan, seed: u64, replication: u64, watcher: &impl Watcher) -> Option<RunResults> {
    let options = Options { seed, replication, rows: RowSampling::None };
    let mut simulation = Simulation::new(plan, options);
    let mut told = Told::default();
    loop {
        let advance = simulation.advance(NEVER, SLICE_EVENTS);
        told.go_on(&simulation, watcher);
        if advance == Advance::Ended {
            return Some(simulation.finish(false));
        }
        if watcher.breaks_off() {
            return None;
        }
    }
}
