//! What went wrong in a run, and what its users felt of it.

use crate::kernel::time::Time;
use crate::parts::fault::Fault;
use crate::parts::outcome::Outcome;
use std::collections::BTreeMap;

/// A fault or a piece of maintenance that was in force for some time.
#[derive(Clone, Debug, PartialEq)]
pub struct Incident {
    pub start: Time,
    /// `None`: it still was at the end of the run.
    pub end: Option<Time>,
    pub name: String,
    /// `crash`, `hang` …; `maintenance` for all that is planned.
    pub kind: &'static str,
    /// The nodes, replicas and links that it hit, with `;` between.
    pub target: String,
    pub planned: bool,
    /// It broke by chance: the next run has it at another time.
    pub by_chance: bool,
    /// One; or more, if there were too many to be listed one by one: then this stands for all
    /// that were alike, from the start of the first one to the end of the last.
    pub times: u64,
}

/// Whether what an incident of this kind has hit starts anew when it is over.
pub fn ends_with_a_start(kind: &str) -> bool {
    [Fault::Crash.name(), Fault::DataLoss.name(), MAINTENANCE, OUT_OF_MEMORY].contains(&kind)
}

const MAINTENANCE: &str = "maintenance";
const OUT_OF_MEMORY: &str = "out_of_memory";

impl Incident {
    fn new(kind: &'static str, name: String, target: String, start: Time) -> Self {
        Incident { start, end: None, name, kind, target, planned: false, by_chance: false, times: 1 }
    }

    pub fn of_fault(fault: Fault, name: String, target: String, start: Time) -> Self {
        Incident::new(fault.name(), name, target, start)
    }

    /// Of what breaks by chance, and not at a given time.
    pub fn of_chance(fault: Fault, name: String, target: String, start: Time) -> Self {
        Incident { by_chance: true, ..Incident::of_fault(fault, name, target, start) }
    }

    pub fn of_kill(name: String, target: String, start: Time) -> Self {
        Incident::new(OUT_OF_MEMORY, name, target, start)
    }

    /// What has died too often is not started any more.
    pub fn of_start_limit(name: String, target: String, start: Time) -> Self {
        Incident::new("start_limit_hit", name, target, start)
    }

    pub fn of_maintenance(name: String, target: String, start: Time) -> Self {
        Incident { planned: true, ..Incident::new(MAINTENANCE, name, target, start) }
    }
}

/// A stretch in which users met errors.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Outage {
    /// When the first request that failed was sent, and when the last one failed.
    pub start: Time,
    pub end: Time,
    pub lost: u64,
    pub first_error: Outcome,
    pub last_error: Outcome,
    /// The latest incident that was in force when it began: its place in the list.
    pub cause: Option<u32>,
}

/// Outages that are not listed one by one, since there are too many: what they come to. All of
/// it is in whole numbers, so that one that goes on can be taken out and put in again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OutageSums {
    /// When the first of them began, and when the last one was over.
    pub start: Time,
    pub end: Time,
    pub all: CauseSums,
    /// Of the squares of their lengths.
    pub squares: u128,
    pub longest: Time,
    /// From the end of the outage before each of them to its start, and the same squared.
    pub between: u128,
    pub between_squares: u128,
    /// By their `cause`.
    pub by_cause: BTreeMap<Option<u32>, CauseSums>,
}

/// What the outages of one cause come to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CauseSums {
    pub count: u64,
    pub time: u128,
    pub lost: u64,
}

impl OutageSums {
    /// One more; `before` is when the one before it was over.
    pub fn add(&mut self, outage: &Outage, before: Time) {
        let between = u128::from(outage.start.saturating_sub(before));
        if self.all.count == 0 {
            self.start = outage.start;
        }
        self.between += between;
        self.between_squares += between * between;
        self.count(outage);
    }

    /// The last one has gone on.
    pub fn replace(&mut self, last: &Outage, longer: &Outage) {
        let length = last.length();
        self.squares -= length * length;
        self.all.remove(last);
        self.by_cause.entry(last.cause).or_default().remove(last);
        self.count(longer);
    }

    fn count(&mut self, outage: &Outage) {
        let length = outage.length();
        self.squares += length * length;
        self.longest = self.longest.max(outage.end - outage.start);
        self.end = outage.end;
        self.all.add(outage);
        self.by_cause.entry(outage.cause).or_default().add(outage);
    }
}

impl CauseSums {
    pub fn add(&mut self, outage: &Outage) {
        self.count += 1;
        self.time += outage.length();
        self.lost += outage.lost;
    }

    fn remove(&mut self, outage: &Outage) {
        self.count -= 1;
        self.time -= outage.length();
        self.lost -= outage.lost;
    }

    pub fn join(&mut self, other: &CauseSums) {
        self.count += other.count;
        self.time += other.time;
        self.lost += other.lost;
    }
}

impl Outage {
    /// In nanoseconds, for sums.
    pub fn length(&self) -> u128 {
        u128::from(self.end - self.start)
    }
}
