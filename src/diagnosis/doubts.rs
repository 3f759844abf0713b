//! What keeps a run from being the whole truth.

use crate::analysis::classes::sum;
use crate::analysis::summary::Summary;
use crate::analysis::window::{Origin, Window};
use crate::results::{ClassRecord, RunResults, StopReason};
use serde::{Deserialize, Serialize};

/// Requests in flight have grown if there are so many times more in the last quarter of
/// the run than in the second one, and more than a handful.
const GROWTH: f64 = 1.5;
const GROWTH_LEAST: f64 = 20.0;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum Doubt {
    /// More and more requests were under way: what waits grows as long as such a run lasts.
    Growing { earlier: f64, later: f64 },
    /// Latencies drift from the beginning to the end.
    Drifting,
    /// The run was stopped, or reached a limit of the simulator.
    Stopped { why: String },
    /// Figures that rest on too little.
    TooShort,
    /// Outages or events are not all listed.
    Cut { outages: u64, events: u64 },
    /// Quiet times are taken from a sample, or no requests were simulated.
    NotAllSimulated,
}

pub fn doubts(results: &RunResults, window: &Window, summary: &Summary) -> Vec<Doubt> {
    let mut doubts = Vec::new();
    let is_whole = matches!(results.stop, StopReason::Horizon | StopReason::Requests);
    if !is_whole {
        doubts.push(Doubt::Stopped { why: summary.run.stopped.clone() });
    }
    let growth = growth(results, window);
    if let Some((earlier, later)) = growth {
        doubts.push(Doubt::Growing { earlier, later });
    } else if window.origin == Origin::Drifting && results.incidents.is_empty() {
        doubts.push(Doubt::Drifting);
    }
    if summary.notices.iter().any(|notice| notice.about == "too short") {
        doubts.push(Doubt::TooShort);
    }
    let (outages, events) = (results.unlisted_outages.all.count, results.unlisted_incidents);
    if outages + events > 0 {
        doubts.push(Doubt::Cut { outages, events });
    }
    if results.skipped > 0 || results.fidelity == crate::parts::fidelity::Fidelity::Components {
        doubts.push(Doubt::NotAllSimulated);
    }
    doubts
}

/// The mean number of requests in flight in the second and in the last quarter of the run,
/// if it has grown.
pub fn growth(results: &RunResults, window: &Window) -> Option<(f64, f64)> {
    let records: Vec<&ClassRecord> = results.classes.iter().collect();
    let in_flight: Vec<f64> =
        window.buckets.clone().map(|bucket| sum(&records, bucket..bucket + 1).in_flight as f64).collect();
    let quarter = in_flight.len() / 4;
    if quarter < 2 {
        return None;
    }
    let mean = |part: &[f64]| part.iter().sum::<f64>() / part.len() as f64;
    let earlier = mean(&in_flight[quarter..2 * quarter]);
    let later = mean(&in_flight[in_flight.len() - quarter..]);
    let half = mean(&in_flight[2 * quarter..in_flight.len() - quarter]);
    // A surge near the end looks like growth too, but it comes at once and not all along.
    let all_along = earlier < half && half < later;
    (all_along && later > GROWTH * earlier && later > GROWTH_LEAST).then_some((earlier, later))
}
