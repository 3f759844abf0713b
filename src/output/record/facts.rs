//! What is taken from `summary.json` and `topology.json`. What a file does not say counts as
//! nothing, so that files of earlier versions can be read.

use serde::Deserialize;

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
    pub time_spent: Vec<TimeSpent>,
    pub expectations: Vec<Expectation>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Run {
    pub simulated_s: f64,
    pub warmup_s: f64,
    pub offered: u64,
    pub ended: u64,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Class {
    pub name: String,
    pub ended: u64,
    pub good_share: Figure,
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
}

/// A node, its replicas together.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Station {
    pub name: String,
    pub kind: String,
    pub visits: u64,
    pub failed: u64,
    pub utilisation: Option<f64>,
    pub utilisation_max: Option<f64>,
    pub queue_mean: f64,
    pub queue_max: f64,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct TimeSpent {
    pub class: String,
    pub requests: u64,
    pub latency_mean_ms: f64,
    pub places: Vec<Place>,
    pub slowest: Option<Slowest>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Slowest {
    pub share: f64,
    pub requests: u64,
    pub latency_mean_ms: f64,
    pub places: Vec<Place>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Place {
    pub place: String,
    pub mean_ms: f64,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Expectation {
    pub metric: String,
    pub subject: Option<String>,
    pub bound: f64,
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
                && expectation.bound > 0.0
                && expectation.bound < 1.0
        };
        self.expectations.iter().find(about).map(|expectation| expectation.bound)
    }
}
