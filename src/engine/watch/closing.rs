//! The books are closed: what a run has come to.

use super::Watch;
use crate::kernel::time::Time;
use crate::plan::Plan;
use crate::results::incident::Incident;
use crate::results::replication::ReplicationRecord;
use crate::results::scaling::ScalingRecord;
use crate::results::{RunResults, StopReason};

/// What others tell at the end of a run.
pub struct Closing {
    pub at: Time,
    pub stop: StopReason,
    pub events: u64,
    pub in_flight: u64,
    pub incidents: Vec<Incident>,
    pub unlisted_incidents: u64,
    /// Who went round at one instant without end.
    pub standstill: Vec<String>,
    pub replications: Vec<ReplicationRecord>,
    pub scalings: Vec<ScalingRecord>,
    /// Time without requests.
    pub skipped: Time,
}

impl Watch {
    pub fn finish(self, plan: &Plan, closing: Closing) -> RunResults {
        let paths = self.sample.finish(self.recorder.books.added.ended);
        self.recorder.finish(plan, closing, paths)
    }
}
