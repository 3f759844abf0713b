//! What changes while the run goes on: faults at known times and at random.

use crate::kernel::time::Time;
use crate::parts::fault::Fault;

/// One thing that happens at a known time.
#[derive(Clone, Debug)]
pub struct ChangePlan {
    pub at: Time,
    /// `NEVER`: it stays.
    pub until: Time,
    pub targets: Vec<ChangeTarget>,
    pub fault: Fault,
    /// Maintenance rather than mishap.
    pub planned: bool,
    /// "fail server"
    pub name: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ChangeTarget {
    /// One replica; if it is a server, all that stands on it falls with it.
    Instance(u32),
    Link(u32),
}

/// One thing that happens again and again.
#[derive(Clone, Debug)]
pub struct RandomFaultPlan {
    pub name: String,
    /// They fail together.
    pub targets: Vec<ChangeTarget>,
    pub fault: Fault,
    /// Draws: from the last repair (or the start) to the next failure, and of the repair.
    pub time_between: u32,
    pub repair: u32,
    /// Who repairs it: a place in `Plan::crews`, or `NONE` for somebody of its own.
    pub crew: u32,
}
