//! The summary of a run, as it stands in `summary.json` and on the terminal.

use super::availability::AvailabilitySummary;
use super::costs::CostSummary;
use super::parts::words;
use super::replication::ReplicationSummary;
use super::resources::ResourceSummary;
use super::scaling::ScalingSummary;
use super::tail::TailSummary;
use crate::results::path::Cause;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Holds nothing that changes from run to run: no dates, no wall-clock time.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Summary {
    pub scenario: String,
    pub version: String,
    pub seed: u64,
    pub run: RunSummary,
    /// All classes together.
    pub total: ClassSummary,
    pub classes: Vec<ClassSummary>,
    pub nodes: Vec<NodeSummary>,
    /// All that there is only so much of.
    pub resources: Vec<ResourceSummary>,
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

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct RunSummary {
    pub simulated_s: f64,
    pub stopped: String,
    pub warmup_s: f64,
    /// "given", "found by MSER-5", "none found"
    pub warmup: String,
    /// Requests; none of these where none were simulated.
    pub offered: Option<u64>,
    pub ended: Option<u64>,
    pub in_flight: Option<u64>,
    /// Events that were simulated; the same on every machine.
    pub events: u64,
}

/// A figure and how far to trust it: the 95 % confidence interval reaches from `low` to `high`,
/// which is value ± half_width, but not beyond what can be. Or else why there is none.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
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
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ClassSummary {
    pub name: String,
    /// Where no requests were simulated there are none of these.
    pub offered: Option<u64>,
    pub ended: Option<u64>,
    pub offered_per_s: Option<f64>,
    pub goodput_per_s: Option<f64>,
    /// Of the requests that ended; where none were simulated, of the time.
    pub good_share: Estimate,
    /// Requests by outcome, those that occurred.
    pub outcomes: BTreeMap<Cow<'static, str>, u64>,
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
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct NodeSummary {
    pub name: String,
    pub kind: Cow<'static, str>,
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
    /// Of all visits that got a slot; those who left the line, or still stand in it, are not in
    /// there.
    pub wait_mean_ms: Estimate,
    /// Visits that came and got no slot: turned away, gone from the line, or still in it at the
    /// end; and how long these were in line on average, up to the end.
    pub unserved: u64,
    pub unserved_wait_mean_ms: Option<f64>,
    /// Share that had to wait.
    pub waited_share: Option<f64>,
    pub wait_p50_ms: Option<f64>,
    pub wait_p95_ms: Option<f64>,
    pub wait_p99_ms: Option<f64>,
    /// Time in a slot, calls to others included.
    pub service_mean_ms: Option<f64>,
    /// From coming to going, of all visits: those who left the line count. Those who are still
    /// there at the end count with their time so far, so that with many of them it is at least this.
    pub sojourn_mean_ms: Option<f64>,
    /// Mean number inside, and of these in line, in the last time bucket: about so many have not
    /// ended.
    pub inside_at_end: f64,
    pub line_at_end: f64,
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
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
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
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
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
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PartTime {
    pub cause: Cause,
    /// The node, the link, or the caller and those it calls.
    #[serde(default)]
    pub place: String,
    #[serde(default)]
    pub share: f64,
    #[serde(default)]
    pub mean_ms: f64,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
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
    pub unit: Cow<'static, str>,
    pub measured: Option<f64>,
    pub half_width: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub low: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub high: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why_no_interval: Option<String>,
    pub holds: bool,
    /// The interval reaches over the bound: another seed might judge otherwise.
    pub uncertain: bool,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Notice {
    /// "drift", "too short", "planned", "empty", "stopped", "limit", "fidelity", "buckets", "cut",
    /// "unfinished"
    pub about: Cow<'static, str>,
    pub text: String,
}

impl ExpectationResult {
    pub fn ends(&self) -> Option<(f64, f64)> {
        let &ExpectationResult { measured: value, half_width, low, high, .. } = self;
        Estimate { value, half_width, low, high, why_no_interval: None }.ends()
    }
}

impl Summary {
    /// The availability that the scenario asks for, if it does.
    pub fn availability_target(&self) -> Option<f64> {
        let about = |expectation: &&ExpectationResult| {
            expectation.metric == "availability"
                && expectation.subject.is_none()
                && !expectation.text.contains('<')
                && expectation.bound > 0.0
                && expectation.bound < 1.0
        };
        self.expectations.iter().find(about).map(|expectation| expectation.bound)
    }
}

impl PartTime {
    /// The cause in words.
    pub fn words(&self) -> String {
        words(self.cause, Some(&self.place))
    }

    /// The same where nothing is set off.
    pub fn plain_words(&self) -> String {
        self.words().replace('`', "")
    }
}
