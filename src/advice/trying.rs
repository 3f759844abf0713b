//! Runs of a scenario and of its changes, with the same chance for all.

use super::seen::Seen;
use crate::experiment::tasks::{Watcher, in_order, run_watched};
use crate::plan::{Plan, compile};
use crate::scenario::model::Scenario;

/// Of so many runs as it stands it is looked into what they mean.
pub const LOOKED_INTO: u64 = 3;

/// Whoever is tried: the scenario as it stands comes first.
struct Contestant {
    scenario: Scenario,
    plan: Plan,
    /// By the numbers of the runs, without a gap.
    runs: Vec<Seen>,
}

pub struct Trial<'w, W: Watcher> {
    contestants: Vec<Contestant>,
    seed: u64,
    watcher: &'w W,
    /// So many runs have been made, and so many will have been in the end, as far as is known.
    made: u64,
    planned: u64,
    pub is_broken_off: bool,
}

/// Tells the watcher of all runs, where only some are made at once.
struct Among<'w, W: Watcher> {
    watcher: &'w W,
    before: u64,
    planned: u64,
}

impl<W: Watcher> Watcher for Among<'_, W> {
    fn breaks_off(&self) -> bool {
        self.watcher.breaks_off()
    }

    fn done(&self, tasks: u64, of: u64) {
        self.watcher.done(self.before + tasks, self.planned.max(self.before + of));
    }
}

impl<'w, W: Watcher> Trial<'w, W> {
    pub fn new(scenario: Scenario, seed: u64, watcher: &'w W) -> Trial<'w, W> {
        let mut trial =
            Trial { contestants: Vec::new(), seed, watcher, made: 0, planned: 0, is_broken_off: false };
        trial.add(scenario);
        trial
    }

    pub fn add(&mut self, scenario: Scenario) -> usize {
        let plan = compile(&scenario);
        self.contestants.push(Contestant { scenario, plan, runs: Vec::new() });
        self.contestants.len() - 1
    }

    /// So many more runs are to come.
    pub fn plan_more(&mut self, runs: u64) {
        self.planned = self.made + runs;
    }

    pub fn made(&self) -> u64 {
        self.made
    }

    pub fn runs(&self, contestant: usize) -> &[Seen] {
        &self.contestants[contestant].runs
    }

    pub fn scenario(&self, contestant: usize) -> &Scenario {
        &self.contestants[contestant].scenario
    }

    /// Makes runs until each of these has as many as are wanted of it, in their order. If that is broken
    /// off, the first ones are kept.
    pub fn run(&mut self, wanted: &[(usize, u64)]) {
        let missing = |&(contestant, runs): &(usize, u64)| {
            (self.contestants[contestant].runs.len() as u64..runs).map(move |number| (contestant, number))
        };
        let tasks: Vec<(usize, u64)> = wanted.iter().flat_map(missing).collect();
        if tasks.is_empty() || self.is_broken_off {
            return;
        }
        let among = Among { watcher: self.watcher, before: self.made, planned: self.planned };
        let all = in_order(0..tasks.len() as u64, &among, |task| {
            let (contestant, number) = tasks[task as usize];
            let Contestant { scenario, plan, .. } = &self.contestants[contestant];
            let results = run_watched(plan, self.seed, number, &among)?;
            let looks_closer = number == 0 || contestant == 0 && number < LOOKED_INTO;
            Some(Seen::of(scenario, self.seed, &results, looks_closer))
        });
        self.is_broken_off = all.len() < tasks.len();
        self.made += all.len() as u64;
        for (seen, (contestant, _)) in all.into_iter().zip(tasks) {
            self.contestants[contestant].runs.push(seen);
        }
    }
}
