//! What is taken from `summary.json`, `scenario.json` and `topology.json`. What a file does not say counts as
//! nothing, so that files of earlier versions can be read.

use super::stories::StoryPart;
use crate::analysis::parts::words;
use crate::results::path::Cause;
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Facts {
    pub scenario: String,
    pub version: String,
    pub seed: u64,
    pub run: Run,
    pub total: Class,
    pub classes: Vec<Class>,
    pub nodes: Vec<Station>,
    pub availability: Availability,
    pub time_spent: Vec<TimeSpent>,
    pub expectations: Vec<Expectation>,
    pub notices: Vec<Notice>,
    pub tail: Option<Tail>,
}

/// What made the slowest requests slow.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Tail {
    pub requests: u64,
    /// Those that were looked at.
    pub followed: u64,
    pub share: f64,
    pub latency_least_ms: f64,
    pub latency_mean_ms: f64,
    pub parts: Vec<Part>,
    pub slowest: Vec<SlowRequest>,
}

/// One of the slowest requests.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct SlowRequest {
    pub id: u64,
    pub class: String,
    pub start_s: f64,
    pub latency_ms: f64,
    pub attempts: u64,
    pub parts: Vec<StoryPart>,
}

/// A part of a latency.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Part {
    /// The name of a `Cause`.
    pub cause: String,
    pub place: Option<String>,
    pub during: Option<String>,
    pub share: f64,
    pub mean_ms: f64,
}

impl Part {
    pub fn cause(&self) -> Option<Cause> {
        Cause::named(&self.cause)
    }

    /// The cause in words.
    pub fn words(&self) -> String {
        self.cause().map_or_else(|| self.cause.clone(), |cause| words(cause, self.place.as_deref()))
    }

    /// The same where nothing is set off.
    pub fn plain_words(&self) -> String {
        self.words().replace('`', "")
    }
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Run {
    pub simulated_s: f64,
    pub stopped: String,
    pub warmup_s: f64,
    pub warmup: String,
    pub offered: u64,
    pub ended: u64,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Class {
    pub name: String,
    pub offered: u64,
    pub ended: u64,
    pub goodput_per_s: f64,
    pub good_share: Figure,
    pub outcomes: BTreeMap<String, u64>,
    pub attempts_mean: Option<f64>,
    pub mean_ms: Figure,
    pub p50_ms: Figure,
    pub p90_ms: Figure,
    pub p99_ms: Figure,
    pub p999_ms: Figure,
    pub max_ms: Option<f64>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Figure {
    pub value: Option<f64>,
    pub half_width: Option<f64>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Availability {
    pub outages: u64,
    pub outage_s: f64,
    pub planned_outage_s: f64,
    pub requests_lost: u64,
    pub time_up: Option<f64>,
    pub down_h_per_year: Figure,
    /// The share that is up, by where one looks from.
    pub views: BTreeMap<String, Figure>,
}

/// What to know before trusting a figure.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Notice {
    pub about: String,
    pub text: String,
}

/// A node, its replicas together.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Station {
    pub name: String,
    pub kind: String,
    pub replicas: u64,
    pub visits: u64,
    pub visits_per_s: f64,
    pub failed: u64,
    pub utilisation: Option<f64>,
    pub utilisation_max: Option<f64>,
    pub queue_mean: f64,
    pub queue_max: f64,
    pub wait_mean_ms: Figure,
    pub sojourn_mean_ms: Option<f64>,
    pub hit_ratio: Option<f64>,
    pub unwanted: u64,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct TimeSpent {
    pub class: String,
    pub requests: u64,
    pub followed: u64,
    pub one_in: u64,
    pub latency_mean_ms: f64,
    pub parts: Vec<Part>,
    pub slowest: Option<Slowest>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Slowest {
    pub share: f64,
    pub requests: u64,
    pub followed: u64,
    pub latency_mean_ms: f64,
    pub parts: Vec<Part>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Expectation {
    pub text: String,
    pub metric: String,
    pub subject: Option<String>,
    pub bound: f64,
    pub unit: String,
    pub measured: Option<f64>,
    pub half_width: Option<f64>,
    pub holds: bool,
    pub uncertain: bool,
}

/// `scenario.json`
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Script {
    pub file: String,
    pub command: String,
    pub changed: Vec<Changed>,
    pub nodes: Vec<Settled>,
    pub text: String,
}

/// A setting that the command line has changed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Changed {
    pub setting: String,
    pub value: String,
}

/// A node with its settings in force.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Settled {
    pub node: String,
    pub kind: String,
    pub settings: Vec<InForce>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct InForce {
    pub setting: String,
    pub value: String,
    pub given: bool,
    /// Where a default comes from.
    pub source: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Topology {
    pub nodes: Vec<TopologyNode>,
    pub calls: Vec<Call>,
    pub calls_left_out: u64,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct TopologyNode {
    pub name: String,
    pub kind: String,
    pub replicas: u64,
    pub on: Option<String>,
    pub single_point_of: Vec<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Call {
    pub from: String,
    pub to: String,
    pub calls_per_s: f64,
}

impl Facts {
    /// The availability that the scenario asks for, if it does.
    pub fn availability_target(&self) -> Option<f64> {
        let about = |expectation: &&Expectation| {
            expectation.metric == "availability"
                && expectation.subject.is_none()
                && !expectation.text.contains('<')
                && expectation.bound > 0.0
                && expectation.bound < 1.0
        };
        self.expectations.iter().find(about).map(|expectation| expectation.bound)
    }
}
