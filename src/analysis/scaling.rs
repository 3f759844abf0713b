//! What autoscaling did to each node, and what it costs.

use crate::kernel::time::to_seconds;
use crate::results::RunResults;
use crate::results::scaling::ScalingRecord;
use crate::scenario::model::{Node, Scenario};
use serde::{Deserialize, Serialize};

/// Counts of this very run, from its start on, and so without an interval.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ScalingSummary {
    pub name: String,
    /// Hours of all that ran or booted, added up.
    pub instance_hours: f64,
    pub mean: f64,
    pub least: u32,
    pub most: u32,
    /// How often there were to be more or fewer.
    pub changes: u64,
    /// How many there were to be, from when on.
    pub wanted: Vec<WantedFrom>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct WantedFrom {
    pub from_s: f64,
    pub count: u32,
}

pub fn summarise_scalings(scenario: &Scenario, results: &RunResults) -> Vec<ScalingSummary> {
    let is_scaled =
        |node: &&Node| node.behaviour.as_ref().is_some_and(|behaviour| behaviour.autoscale.is_some());
    let scaled = scenario.nodes.iter().filter(is_scaled).zip(&results.scalings);
    let summary = |(node, record): (&Node, &ScalingRecord)| {
        let paid_s = record.paid as f64 * 1e-9;
        let wanted =
            record.changes.iter().map(|&(time, count)| WantedFrom { from_s: to_seconds(time), count });
        ScalingSummary {
            name: node.name.clone(),
            instance_hours: paid_s / 3_600.0,
            mean: paid_s / to_seconds(results.ended_at.max(1)),
            least: record.least,
            most: record.most,
            changes: record.changed,
            wanted: wanted.collect(),
        }
    };
    scaled.map(summary).collect()
}
