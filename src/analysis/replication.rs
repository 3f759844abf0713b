//! What became of the writes to each set of databases.

use crate::kernel::time::to_seconds;
use crate::results::RunResults;
use crate::scenario::model::{Scenario, Target};
use serde::Serialize;

/// Counts of this very run, from its first request on, and so without an interval.
#[derive(Clone, Debug, Serialize)]
pub struct ReplicationSummary {
    pub name: String,
    pub writes: u64,
    /// Acknowledged, and gone since the promoted replica never got them.
    pub lost_writes: u64,
    pub replica_reads: u64,
    /// Answered by a replica that lacked some acknowledged write.
    pub behind_reads: u64,
    /// Of these, the ones that missed the client's own latest write.
    pub stale_reads: u64,
    pub failovers: u64,
    pub without_primary_s: f64,
}

pub fn summarise_replications(scenario: &Scenario, results: &RunResults) -> Vec<ReplicationSummary> {
    let sets = scenario.replications.iter().zip(&results.replications);
    let summary = |(set, record): (&crate::scenario::model::Replication, &_)| {
        let name = match set.target {
            Target::Node(node) => &scenario.nodes[node.0 as usize].name,
            Target::Group(group) => &scenario.groups[group as usize].name,
        };
        let record: &crate::results::replication::ReplicationRecord = record;
        ReplicationSummary {
            name: name.clone(),
            writes: record.writes,
            lost_writes: record.lost_writes,
            replica_reads: record.replica_reads,
            behind_reads: record.behind_reads,
            stale_reads: record.stale_reads,
            failovers: record.failovers,
            without_primary_s: to_seconds(record.without_primary),
        }
    };
    sets.map(summary).collect()
}
