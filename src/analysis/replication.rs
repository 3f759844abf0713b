//! What became of the writes to each set of databases.

use crate::results::RunResults;
use crate::results::replication::ReplicationRecord;
use crate::scenario::model::{Scenario, Target};
use serde::{Deserialize, Serialize};

/// Counts of this very run, from its first request on, and so without an interval.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ReplicationSummary {
    pub name: String,
    #[serde(flatten)]
    pub record: ReplicationRecord,
}

pub fn summarise_replications(scenario: &Scenario, results: &RunResults) -> Vec<ReplicationSummary> {
    let summary = |(set, record): (usize, &ReplicationRecord)| {
        let name = match scenario.replications[set].target {
            Target::Node(node) => &scenario.nodes[node.0 as usize].name,
            Target::Group(group) => &scenario.groups[group as usize].name,
        };
        ReplicationSummary { name: name.clone(), record: record.clone() }
    };
    results.replications.iter().enumerate().map(summary).collect()
}
