//! Running a scenario of `scenarios/theory/` and reading its summary.

use spof::analysis::summarise::summarise;
use spof::analysis::summary::{ClassSummary, Estimate, NodeSummary, Summary};
use spof::experiment::run;
use spof::plan::compile;
use spof::results::RunResults;
use spof::scenario::load::load;
use spof::scenario::model::Scenario;
use std::path::Path;

/// A model with some settings changed: a path and a value each.
pub fn model(file: &str, settings: &[(&str, &str)]) -> Scenario {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/theory").join(file);
    let settings: Vec<(String, String)> =
        settings.iter().map(|&(path, value)| (path.to_owned(), value.to_owned())).collect();
    let loaded = load(&path, &settings).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    assert!(!loaded.has_errors(), "{}", loaded.render(false));
    loaded.scenario.expect("there are no errors")
}

/// What came of a run.
pub struct Measured {
    pub summary: Summary,
}

/// Simulates a model as it stands in its file.
pub fn simulate(file: &str, seed: u64) -> Measured {
    simulate_with(file, &[], seed)
}

pub fn simulate_with(file: &str, settings: &[(&str, &str)], seed: u64) -> Measured {
    let scenario = model(file, settings);
    let results = run(&compile(&scenario), seed, 0);
    Measured { summary: summary_of(&scenario, seed, &results) }
}

pub fn summary_of(scenario: &Scenario, seed: u64, results: &RunResults) -> Summary {
    assert_eq!(results.offered, results.ended + results.in_flight, "requests are lost");
    summarise(scenario, seed, results)
}

impl Measured {
    pub fn requests(&self) -> &ClassSummary {
        &self.summary.total
    }

    pub fn node(&self, name: &str) -> &NodeSummary {
        self.summary.nodes.iter().find(|node| node.name == name).expect("the node is there")
    }

    /// The share of requests with this outcome.
    pub fn share(&self, outcome: &str) -> f64 {
        let requests = self.requests();
        requests.outcomes.get(outcome).copied().unwrap_or(0) as f64 / requests.ended.expect("requests") as f64
    }
}

/// In seconds; not a number if it was not measured, so that it agrees with nothing.
pub fn seconds(milliseconds: Option<f64>) -> f64 {
    milliseconds.unwrap_or(f64::NAN) / 1e3
}

pub fn estimated_seconds(estimate: &Estimate) -> f64 {
    seconds(estimate.value)
}

pub fn number(value: Option<f64>) -> f64 {
    value.unwrap_or(f64::NAN)
}
