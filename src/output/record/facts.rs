//! What is taken from `summary.json`, `scenario.json` and `topology.json`. What a file does not say counts as
//! nothing, so that files of earlier versions can be read.

use super::stories::StoryPart;
use crate::analysis::parts::words;
use crate::diagnosis::Diagnosis;
use crate::results::path::Cause;
use crate::telling::tail::TailPart;
use crate::telling::{self, Told};
use serde::{Deserialize, Deserializer};
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
    pub resources: Vec<ResourceFacts>,
    pub availability: Availability,
    pub time_spent: Vec<TimeSpent>,
    pub expectations: Vec<Expectation>,
    pub notices: Vec<Notice>,
    pub tail: Option<Tail>,
    pub told: Told,
    pub diagnosis: Diagnosis,
    pub costs: Option<Costs>,
}

/// What it costs in a month, where nodes have prices.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Costs {
    pub currency: Option<String>,
    pub per_month: Option<f64>,
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

impl Tail {
    /// As it is told.
    pub fn told(&self) -> telling::tail::Tail<'_> {
        let part =
            |one| TailPart { words: Part::words(one), share: one.share, during: one.during.as_deref() };
        telling::tail::Tail {
            share: self.share,
            least_ms: self.latency_least_ms,
            requests: self.requests,
            followed: self.followed,
            parts: self.parts.iter().map(part).collect(),
        }
    }
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
    /// Requests, if any were simulated.
    pub offered: Option<u64>,
    pub ended: Option<u64>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Class {
    pub name: String,
    #[serde(deserialize_with = "or_nothing")]
    pub offered: u64,
    #[serde(deserialize_with = "or_nothing")]
    pub ended: u64,
    pub goodput_per_s: Option<f64>,
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
    pub low: Option<f64>,
    pub high: Option<f64>,
}

impl Figure {
    /// Where its interval ends; earlier versions told ends only where they were cut.
    pub fn ends(&self) -> Option<(f64, f64)> {
        let half_width = self.half_width?;
        let value = self.value?;
        Some((self.low.unwrap_or(value - half_width), self.high.unwrap_or(value + half_width)))
    }
}

/// What a run does not have counts as nothing.
fn or_nothing<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Default + Deserialize<'de>,
{
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Availability {
    pub outages: u64,
    /// Those that stand in `outages.csv`; all, in earlier versions.
    pub outages_listed: Option<u64>,
    pub events: u64,
    pub events_listed: u64,
    pub outage_s: f64,
    pub planned_outage_s: f64,
    pub requests_lost: Option<u64>,
    pub time_up: Option<f64>,
    pub down_h_per_year: Figure,
    /// The share that is up, by where one looks from.
    pub views: BTreeMap<String, Figure>,
}

impl Availability {
    /// Whether there were more outages than are listed.
    pub fn is_cut(&self) -> bool {
        self.outages_listed.is_some_and(|listed| listed < self.outages)
    }
}

/// Something that there is only so much of, all its places together.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct ResourceFacts {
    pub name: String,
    pub kind: String,
    pub owner: String,
    pub utilisation: Option<f64>,
    pub utilisation_max: Option<f64>,
    pub fullest: Option<FullestFacts>,
    pub full_share: f64,
    pub waiting_mean: f64,
    pub waiting_max: u64,
    pub wait_mean_ms: Option<f64>,
    pub wait_p99_ms: Option<f64>,
    #[serde(deserialize_with = "or_nothing")]
    pub left: u64,
    #[serde(deserialize_with = "or_nothing")]
    pub turned_away: u64,
}

/// The time bucket in which its fullest place was fullest.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct FullestFacts {
    pub from_s: f64,
    pub length_s: f64,
    pub utilisation: f64,
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
    pub low: Option<f64>,
    pub high: Option<f64>,
    pub holds: bool,
    pub uncertain: bool,
}

impl Expectation {
    pub fn ends(&self) -> Option<(f64, f64)> {
        let &Expectation { measured: value, half_width, low, high, .. } = self;
        Figure { value, half_width, low, high }.ends()
    }
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
    /// All that is one, what is no node included: zones, certificates and common causes.
    pub single_points: Vec<SinglePoint>,
    pub calls_left_out: u64,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct TopologyNode {
    pub name: String,
    pub kind: String,
    pub replicas: u64,
    pub on: Option<String>,
    pub utilisation: Option<f64>,
    pub fullest: Option<Fullest>,
    pub single_point_of: Vec<String>,
    /// How many stand by.
    pub standbys: Option<u64>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct SinglePoint {
    pub component: String,
    /// The kind of the node, `fault`, `zone` or `certificate`.
    pub kind: String,
    pub classes: Vec<String>,
}

/// The fullest of what belongs to a node, or lies between two, in the time bucket in which it was
/// fullest.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Fullest {
    pub resource: String,
    pub length_s: f64,
    pub utilisation: f64,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Call {
    pub from: String,
    pub to: String,
    pub calls_per_s: f64,
    pub utilisation: Option<f64>,
    pub fullest: Option<Fullest>,
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
