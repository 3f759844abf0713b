//! What went wrong in a run, and what its users felt of it.

use crate::kernel::time::Time;
use crate::parts::fault::Fault;
use crate::parts::outcome::Outcome;

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
}

impl Incident {
    pub fn of_fault(fault: Fault, name: String, target: String, start: Time) -> Self {
        Incident { start, end: None, name, kind: fault.name(), target, planned: false }
    }

    pub fn of_kill(name: String, target: String, start: Time) -> Self {
        Incident { start, end: None, name, kind: "out_of_memory", target, planned: false }
    }

    /// What has died too often is not started any more.
    pub fn of_start_limit(name: String, target: String, start: Time) -> Self {
        Incident { start, end: None, name, kind: "start_limit_hit", target, planned: false }
    }

    pub fn of_maintenance(name: String, target: String, start: Time) -> Self {
        Incident { start, end: None, name, kind: "maintenance", target, planned: true }
    }
}

/// The number of all incidents that are not listed any more, since there are too many.
pub const UNLISTED: u32 = u32::MAX - 1;

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
