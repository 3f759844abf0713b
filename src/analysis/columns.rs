//! What the figures of each run of a study stand for, without the scenario.

use super::estimate::longest_ms;
use super::study::{GoalResult, METHOD, StudyExpectation, StudySummary, column, column_name, figure, judge};
use crate::scenario::model::{Expectation, Measure, Scenario};
use crate::stats::interval::{LEVEL, independent_interval, independent_interval_at};
use serde::{Deserialize, Serialize};

/// From these and the figures all is told that a study without goals tells, on a machine that has
/// never seen the scenario.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Columns {
    scenario: String,
    /// With their names.
    usual: Vec<(String, Measure)>,
    /// Theirs come next.
    expectations: Vec<Expectation>,
    /// How long a run is, if that is known before.
    longest_ms: Option<f64>,
}

impl Columns {
    pub fn new(scenario: &Scenario, usual: Vec<(String, Measure)>) -> Columns {
        let expectations = scenario.expectations.iter().map(without_place).collect();
        let longest_ms = longest_ms(&scenario.run);
        Columns { scenario: scenario.name.clone(), usual, expectations, longest_ms }
    }

    /// How many figures there are of each run.
    pub fn number(&self) -> usize {
        self.usual.len() + self.expectations.len()
    }

    /// Column names of the usual figures, with their units.
    pub fn names(&self) -> Vec<String> {
        self.usual.iter().map(|(name, measure)| column_name(name, *measure)).collect()
    }

    pub fn usual<'f>(&self, figures: &'f [f64]) -> &'f [f64] {
        &figures[..self.usual.len()]
    }

    /// The expectations, by intervals that hold the truth with this probability.
    pub fn judge(&self, figures: &[Vec<f64>], level: f64) -> Vec<StudyExpectation> {
        let expectations = self.expectations.iter().zip(self.usual.len()..);
        let judged = |(expectation, place)| {
            judge(expectation, &independent_interval_at(&column(figures, place), level), self.longest_ms)
        };
        expectations.map(judged).collect()
    }

    /// `figures` are those of each run, and of goals there are none.
    pub fn summarise(&self, seed: u64, figures: &[Vec<f64>], stopped: &str) -> StudySummary {
        self.summarise_around(Vec::new(), seed, figures, stopped)
    }

    /// The figures of the goals stand between the others.
    pub(super) fn summarise_around(
        &self,
        goals: Vec<GoalResult>,
        seed: u64,
        figures: &[Vec<f64>],
        stopped: &str,
    ) -> StudySummary {
        let usual = self.usual.iter().enumerate();
        let usual = usual.filter_map(|(place, (name, measure))| {
            figure(name, *measure, &column(figures, place), self.longest_ms)
        });
        let expectations = self.expectations.iter().zip(self.usual.len() + goals.len()..);
        let judged = |(expectation, place)| {
            judge(expectation, &independent_interval(&column(figures, place)), self.longest_ms)
        };
        StudySummary {
            scenario: self.scenario.clone(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            seed,
            replications: figures.len() as u64,
            stopped: stopped.to_owned(),
            level: LEVEL,
            method: METHOD,
            figures: usual.collect(),
            expectations: expectations.map(judged).collect(),
            goals,
        }
    }
}

/// Where it is written nobody can look up who has the figures alone.
fn without_place(expectation: &Expectation) -> Expectation {
    Expectation { place: 0..0, ..expectation.clone() }
}
