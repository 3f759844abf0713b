//! Holds the simulator to the textbook, on the machine that it runs on: models that can be solved
//! are simulated many times, and each figure's mean over the runs must be as near to the answer as
//! chance allows.

mod breakdowns;
mod networks;
mod queues;
#[cfg(test)]
mod tests;

use crate::analysis::summarise::summarise;
use crate::analysis::summary::{NodeSummary, Summary};
use crate::experiment::tasks::{Watcher, in_order, run_watched};
use crate::plan::{Plan, compile};
use crate::results::RunResults;
use crate::scenario::load::load_text;
use crate::scenario::model::Scenario;
use crate::stats::interval::independent_interval_at;
use serde::Serialize;

/// How often an honest simulator may fail, over all figures of one call together.
pub const FALSE_ALARMS: f64 = 1e-3;

/// How much work is put into it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Effort {
    pub replications: u64,
    /// How many times as long as need be each run is.
    pub length: u64,
}

impl Effort {
    /// Some seconds.
    pub const QUICK: Effort = Effort { replications: 16, length: 1 };
    /// Half a minute or so.
    pub const FULL: Effort = Effort { replications: 32, length: 8 };
}

/// A model with its answers.
pub struct Model {
    pub name: &'static str,
    /// A scenario in which `LENGTH` stands for how long a run is: a whole number of requests or
    /// seconds, of which a tenth is warm-up.
    pub scenario: String,
    /// At the least effort.
    pub length: u64,
    pub answers: Vec<Answer>,
}

/// A figure, and what it must be.
pub struct Answer {
    pub name: &'static str,
    pub unit: &'static str,
    pub expected: f64,
    /// Not a number if it was not observed.
    pub measure: Box<dyn Fn(&Observed) -> f64 + Send + Sync>,
}

/// A run.
pub struct Observed<'a> {
    pub summary: &'a Summary,
    pub results: &'a RunResults,
}

/// In seconds.
const TIME: &str = "s";
const SHARE: &str = "share";
/// How many there are on average.
const NUMBER: &str = "";

fn answer(
    name: &'static str,
    unit: &'static str,
    expected: f64,
    measure: impl Fn(&Observed) -> f64 + Send + Sync + 'static,
) -> Answer {
    Answer { name, unit, expected, measure: Box::new(measure) }
}

impl Observed<'_> {
    fn node(&self, name: &str) -> Option<&NodeSummary> {
        self.summary.nodes.iter().find(|node| node.name == name)
    }

    /// A figure of a node.
    fn of(&self, name: &str, figure: impl Fn(&NodeSummary) -> Option<f64>) -> f64 {
        self.node(name).and_then(figure).unwrap_or(f64::NAN)
    }

    /// The mean time of all answers, in seconds.
    fn latency_s(&self) -> f64 {
        self.summary.total.mean_ms.value.unwrap_or(f64::NAN) * MILLISECOND_S
    }

    fn class_latency_s(&self, class: usize) -> f64 {
        self.summary.classes[class].mean_ms.value.unwrap_or(f64::NAN) * MILLISECOND_S
    }

    fn wait_s(&self, name: &str) -> f64 {
        self.of(name, |node| node.wait_mean_ms.value) * MILLISECOND_S
    }

    /// The share of requests that ended so.
    fn outcome(&self, outcome: &str) -> f64 {
        let total = &self.summary.total;
        total.outcomes.get(outcome).copied().unwrap_or(0) as f64 / total.ended.unwrap_or(0) as f64
    }
}

const MILLISECOND_S: f64 = 1e-3;

/// All that there are.
pub fn models() -> Vec<Model> {
    [queues::models(), networks::models(), breakdowns::models()].into_iter().flatten().collect()
}

/// What came of it.
#[derive(Clone, Debug, Serialize)]
pub struct Verification {
    pub version: &'static str,
    pub seed: u64,
    pub replications: u64,
    /// How often each single interval holds the truth.
    pub level: f64,
    /// How often an honest simulator fails some figure.
    pub false_alarms: f64,
    pub models: Vec<VerifiedModel>,
}

#[derive(Clone, Debug, Serialize)]
pub struct VerifiedModel {
    pub name: &'static str,
    pub figures: Vec<VerifiedFigure>,
}

#[derive(Clone, Debug, Serialize)]
pub struct VerifiedFigure {
    pub name: &'static str,
    pub unit: &'static str,
    pub expected: f64,
    pub simulated: f64,
    /// Of the expected.
    pub difference: f64,
    /// A difference that is larger is no chance any more.
    pub half_width: Option<f64>,
    pub holds: bool,
}

impl Verification {
    pub fn figures(&self) -> impl Iterator<Item = &VerifiedFigure> {
        self.models.iter().flat_map(|model| &model.figures)
    }

    pub fn holds(&self) -> bool {
        self.figures().all(|figure| figure.holds)
    }
}

struct Ready<'a> {
    model: &'a Model,
    scenario: Scenario,
    plan: Plan,
}

/// Runs all models; nothing if it is broken off.
pub fn verify(models: &[Model], effort: Effort, seed: u64, watcher: &impl Watcher) -> Option<Verification> {
    let ready: Vec<Ready> = models.iter().map(|model| Ready::new(model, effort)).collect();
    let runs = ready.len() as u64 * effort.replications;
    // Chance goes by names, which several models share: each has numbers of its own, so that one
    // odd day does not come back in all of them.
    let of_run = |number: u64| {
        let model = &ready[(number / effort.replications) as usize];
        run_watched(&model.plan, seed, number, watcher).map(|results| model.measure(seed, &results))
    };
    let figures = in_order(0..runs, watcher, of_run);
    if (figures.len() as u64) < runs {
        return None;
    }
    let number: usize = models.iter().map(|model| model.answers.len()).sum();
    // Each figure gets the same part of the false alarms that are allowed (Bonferroni).
    let level = 1.0 - FALSE_ALARMS / number.max(1) as f64;
    let of_model = |(model, figures): (&Model, &[Vec<f64>])| VerifiedModel {
        name: model.name,
        figures: judge(&model.answers, figures, level),
    };
    let models = models.iter().zip(figures.chunks(effort.replications as usize)).map(of_model).collect();
    let (version, replications) = (env!("CARGO_PKG_VERSION"), effort.replications);
    Some(Verification { version, seed, replications, level, false_alarms: FALSE_ALARMS, models })
}

impl Ready<'_> {
    fn new(model: &Model, effort: Effort) -> Ready<'_> {
        let length = model.length * effort.length;
        let text = model.scenario.replace("LENGTH", &length.to_string());
        let text = text.replace("WARMUP", &(length / 10).to_string());
        let loaded = load_text(model.name, &text, &[]);
        let scenario = loaded.scenario.unwrap_or_else(|| panic!("{}: {:?}", model.name, loaded.problems));
        let plan = compile(&scenario);
        Ready { model, scenario, plan }
    }

    fn measure(&self, seed: u64, results: &RunResults) -> Vec<f64> {
        let summary = summarise(&self.scenario, seed, results);
        let observed = Observed { summary: &summary, results };
        self.model.answers.iter().map(|answer| (answer.measure)(&observed)).collect()
    }
}

/// By Student's intervals over the runs.
fn judge(answers: &[Answer], figures: &[Vec<f64>], level: f64) -> Vec<VerifiedFigure> {
    let verified = |(place, answer): (usize, &Answer)| {
        let column: Vec<f64> = figures.iter().map(|figures| figures[place]).collect();
        let interval = independent_interval_at(&column, level);
        VerifiedFigure {
            name: answer.name,
            unit: answer.unit,
            expected: answer.expected,
            simulated: interval.estimate,
            difference: interval.estimate / answer.expected - 1.0,
            half_width: interval.half_width.ok(),
            holds: interval.contains(answer.expected),
        }
    };
    answers.iter().enumerate().map(verified).collect()
}
