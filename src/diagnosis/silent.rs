//! What was lost without any user being told.

use crate::analysis::summary::Summary;
use crate::analysis::window::Window;
use crate::kernel::time::to_seconds;
use crate::results::{NodeBucket, RunResults};
use serde::{Deserialize, Serialize};

/// From this share of a node's visits on, work for callers that had left is worth a word.
const UNWANTED_SHARE: f64 = 0.02;
/// As is so much of what requests do without.
const OPTIONAL_SHARE: f64 = 0.001;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum SilentLoss {
    /// Visits that were to be done in the background, after the answer, and failed.
    Background { node: String, lost: u64, share: f64 },
    /// Calls that failed, and that requests did without.
    Optional { node: String, lost: u64 },
    /// Visits that were finished for callers that had left.
    Unwanted { node: String, visits: u64, share: f64 },
    /// Writes that had been confirmed and are gone, and how long there was no primary for new ones.
    Writes { set: String, lost: u64, confirmed: u64, without_primary_s: f64 },
    /// Reads that were answered with what had been overwritten.
    Stale { set: String, reads: u64 },
}

pub fn losses(results: &RunResults, window: &Window, summary: &Summary) -> Vec<SilentLoss> {
    let mut losses = Vec::new();
    let mut first = 0;
    for node in &summary.nodes {
        let records = &results.nodes[first..first + node.replicas as usize];
        first += node.replicas as usize;
        let buckets = records.iter().flat_map(|record| &record.buckets[window.buckets.clone()]);
        let sum = buckets.fold(NodeBucket::default(), NodeBucket::join);
        let share = |number: u64| number as f64 / sum.visits.max(1) as f64;
        let name = || node.name.clone();
        if sum.background_lost > 0 {
            let lost = sum.background_lost;
            losses.push(SilentLoss::Background { node: name(), lost, share: share(lost) });
        }
        if share(sum.optional_lost) >= OPTIONAL_SHARE {
            losses.push(SilentLoss::Optional { node: name(), lost: sum.optional_lost });
        }
        if share(sum.unwanted) >= UNWANTED_SHARE {
            let visits = sum.unwanted;
            losses.push(SilentLoss::Unwanted { node: name(), visits, share: share(visits) });
        }
    }
    for set in &summary.replications {
        let name = || set.name.clone();
        let record = &set.record;
        if record.lost_writes > 0 {
            losses.push(SilentLoss::Writes {
                set: name(),
                lost: record.lost_writes,
                confirmed: record.writes,
                without_primary_s: to_seconds(record.without_primary),
            });
        }
        if set.record.stale_reads > 0 {
            losses.push(SilentLoss::Stale { set: name(), reads: set.record.stale_reads });
        }
    }
    losses
}
