//! The summary of a run, as it stands in `summary.json` and on the terminal.

use super::availability::AvailabilitySummary;
use super::costs::CostSummary;
use super::replication::ReplicationSummary;
use super::scaling::ScalingSummary;
use super::tail::TailSummary;
use crate::results::path::Cause;
use serde::Serialize;
use std::collections::BTreeMap;

/// Holds nothing that changes from run to run: no dates, no wall-clock time.
#[derive(Clone, Debug, Serialize)]
pub struct Summary {
    pub scenario: String,
    pub version: String,
    pub seed: u64,
    pub run: RunSummary,
    /// All classes together.
    pub total: ClassSummary,
    pub classes: Vec<ClassSummary>,
    pub nodes: Vec<NodeSummary>,
    pub availability: AvailabilitySummary,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub replications: Vec<ReplicationSummary>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub scalings: Vec<ScalingSummary>,
    /// Where anything has a price.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub costs: Option<CostSummary>,
    /// Of each class's good answers, where requests were followed.
    pub time_spent: Vec<TimeSpent>,
    /// What made the slowest requests slow, where requests were followed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tail: Option<TailSummary>,
    pub expectations: Vec<ExpectationResult>,
    /// What the reader should know before he trusts a figure.
    pub notices: Vec<Notice>,
}

#[derive(Clone, Debug, Serialize)]
pub struct RunSummary {
    pub simulated_s: f64,
    pub stopped: String,
    pub warmup_s: f64,
    /// "given", "found by MSER-5", "none found"
    pub warmup: String,
    pub offered: u64,
    pub ended: u64,
    pub in_flight: u64,
    /// Events that were simulated; the same on every machine.
    pub events: u64,
}

/// A figure and how far to trust it: the 95 % confidence interval is value ± half_width, but
/// no longer than from `low` to `high` where a figure has a least and a most.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Estimate {
    pub value: Option<f64>,
    pub half_width: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub low: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub high: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why_no_interval: Option<String>,
}

/// After the warm-up.
#[derive(Clone, Debug, Serialize)]
pub struct ClassSummary {
    pub name: String,
    pub offered: u64,
    pub ended: u64,
    pub offered_per_s: f64,
    pub goodput_per_s: f64,
    pub good_share: Estimate,
    /// Requests by outcome, those that occurred.
    pub outcomes: BTreeMap<&'static str, u64>,
    pub attempts_mean: Option<f64>,
    /// Of answers with success.
    pub mean_ms: Estimate,
    pub p50_ms: Estimate,
    pub p90_ms: Estimate,
    pub p95_ms: Estimate,
    pub p99_ms: Estimate,
    pub p999_ms: Estimate,
    pub max_ms: Option<f64>,
    /// Of requests that failed.
    pub failed_mean_ms: Option<f64>,
}

/// One node, its replicas together (`nodes.csv` has a line for each replica).
#[derive(Clone, Debug, Serialize)]
pub struct NodeSummary {
    pub name: String,
    pub kind: &'static str,
    pub replicas: u32,
    pub visits: u64,
    pub visits_per_s: f64,
    pub failed: u64,
    /// Held slots over all slots; for a host, busy cores over all cores; none for nodes
    /// without a limit.
    pub utilisation: Option<f64>,
    /// The fullest replica's.
    pub utilisation_max: Option<f64>,
    /// Mean number held (in service).
    pub busy_mean: f64,
    pub queue_mean: f64,
    pub queue_max: u32,
    /// Of all visits that got a slot.
    pub wait_mean_ms: Estimate,
    /// Share that had to wait.
    pub waited_share: Option<f64>,
    pub wait_p50_ms: Option<f64>,
    pub wait_p95_ms: Option<f64>,
    pub wait_p99_ms: Option<f64>,
    /// Time in a slot, calls to others included.
    pub service_mean_ms: Option<f64>,
    /// Wait and service.
    pub sojourn_mean_ms: Option<f64>,
    /// Mean number inside, line included.
    pub inside_mean: f64,
    pub hit_ratio: Option<f64>,
    /// Work finished for callers that had left.
    pub unwanted: u64,
    /// Share of time with 0, 1, 2 … inside, where the node tracks it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub occupancy: Option<Vec<f64>>,
}

/// Where the time of a mean request of a class went, of good answers after the warm-up.
#[derive(Clone, Debug, Serialize)]
pub struct TimeSpent {
    pub class: String,
    pub requests: u64,
    /// Of these so many were followed: one in `one_in`, chosen by chance.
    pub followed: u64,
    pub one_in: u64,
    /// Of those that were followed.
    pub latency_mean_ms: f64,
    /// The longest first; they come to the latency.
    pub parts: Vec<PartTime>,
    /// The same of the slowest requests alone.
    pub slowest: Option<SlowestTime>,
}

/// Where the time of the slowest requests of a class went.
#[derive(Clone, Debug, Serialize)]
pub struct SlowestTime {
    /// The share of the class's requests that these are.
    pub share: f64,
    /// So many there are, more or less, if not all were followed.
    pub requests: u64,
    pub followed: u64,
    pub latency_mean_ms: f64,
    /// In the order of `TimeSpent::parts`.
    pub parts: Vec<PartTime>,
}

/// What the caller waited for: of calls made at once only the one with whose end the wait ended.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PartTime {
    pub cause: Cause,
    /// The node, the link, or the caller and those it calls.
    pub place: String,
    pub share: f64,
    pub mean_ms: f64,
}

#[derive(Clone, Debug, Serialize)]
pub struct ExpectationResult {
    pub text: String,
    /// "mean", "p99", "availability" and so on.
    pub metric: String,
    /// The class or the node that it is about; none for all requests together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// In the unit below, as is what was measured.
    pub bound: f64,
    /// Of what was measured: "s", "share", "per s", "per month"
    pub unit: &'static str,
    pub measured: Option<f64>,
    pub half_width: Option<f64>,
    pub holds: bool,
    /// The interval reaches over the bound: another seed might judge otherwise.
    pub uncertain: bool,
}

#[derive(Clone, Debug, Serialize)]
pub struct Notice {
    /// "overload", "drift", "too short", "empty", "stopped", "limit"
    pub about: &'static str,
    pub text: String,
}
