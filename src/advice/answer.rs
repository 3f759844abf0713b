//! What came of it, as data.

use super::change::Change;
use super::judging::{Compared, GoalMet, ThenFull, Verdict};
use super::order::is_as_good;
use crate::diagnosis::Standing;
use crate::parts::resource::ResourceKind;
use serde::{Deserialize, Serialize};

/// All that was tried, and what it did.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Advice {
    pub version: String,
    pub scenario: String,
    pub file: String,
    /// What was set before anything was tried.
    pub settings: Vec<String>,
    pub seed: u64,
    /// Runs that were made in all.
    pub runs: u64,
    /// It was stopped, or its time was over, before all was tried.
    pub is_cut_short: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    /// How often an interval holds the truth, and how sure an effect has to be to be called one.
    pub level: f64,
    pub level_of_verdicts: f64,
    pub method: String,
    pub as_it_stands: AsItStands,
    /// The best first: of changes that do as much, the cheapest.
    pub tried: Vec<Tried>,
    /// The same of two changes at once.
    pub together: Vec<Tried>,
    /// What helps most, if anything does; of changes that do as much, the simplest and cheapest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub best: Option<Best>,
    /// Single points of failure, and what a second of each would save: exactly, without a run.
    pub single_points: Vec<Point>,
    /// What is not the change of a sound scenario, and why.
    pub not_possible: Vec<NotPossible>,
    /// Changes that came into question, and for which there was no room.
    pub left_out: Vec<Change>,
}

pub const METHOD: &str = "each change with the same seed and run numbers as the file as it stands, so that both share their \
                          chance; the mean of the pairs' differences, and Student's t; a change helps or hurts if \
                          its interval excludes zero at a level that holds for all changes at once (Bonferroni)";

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct AsItStands {
    pub runs: u64,
    /// Users felt something, or a goal was missed, or something was lost in silence.
    pub is_troubled: bool,
    pub good_share: Option<f64>,
    pub down_s: Option<f64>,
    pub p99_ms: Option<f64>,
    pub goals: Vec<GoalMet>,
    /// What was full and waited for nothing else that was.
    pub full: Vec<WasFull>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub then_full: Option<ThenFull>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WasFull {
    pub name: String,
    pub kind: ResourceKind,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Tried {
    /// One, or two at once.
    pub changes: Vec<Change>,
    pub verdict: Verdict,
    /// Pairs of runs that this rests on.
    pub pairs: u64,
    pub figures: Vec<Compared>,
    /// Of nodes with prices, as they are declared; nothing where none has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price_per_month: Option<f64>,
    pub goals: Vec<GoalMet>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub then_full: Option<ThenFull>,
}

impl Tried {
    /// All settings that make it.
    pub fn settings(&self) -> impl Iterator<Item = &String> {
        self.changes.iter().flat_map(|change| &change.settings)
    }

    /// Whether what it does rests on an assumption.
    pub fn is_assumed(&self) -> bool {
        self.changes.iter().any(Change::is_assumed)
    }

    /// Whether two changes do clearly more than each of them alone.
    pub fn is_more_than_its_parts(&self, alone: &[Tried]) -> bool {
        let is_part = |one: &&Tried| one.changes.iter().all(|change| self.changes.contains(change));
        alone.iter().filter(is_part).all(|one| !is_as_good(one, self))
    }

    /// Nothing where there are no goals.
    pub fn meets_goals(&self) -> Option<bool> {
        let is_met = self.goals.iter().all(|goal| goal.standing == Standing::Met);
        (!self.goals.is_empty()).then_some(is_met)
    }

    pub fn figure(&self, figure: super::seen::Figure) -> Option<&Compared> {
        self.figures.iter().find(|one| one.figure == figure)
    }
}

/// A place among `tried`, or among `together`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Best {
    Tried(usize),
    Together(usize),
}

impl Advice {
    pub fn best(&self) -> Option<&Tried> {
        match self.best? {
            Best::Tried(place) => self.tried.get(place),
            Best::Together(place) => self.together.get(place),
        }
    }
}

/// A single point of failure.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Point {
    pub component: String,
    pub kind: String,
    /// The classes of requests that it takes with it.
    pub classes: Vec<String>,
    /// What makes a second of it, if anything that is known does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub second: Option<Change>,
    /// Minutes in a year in which some class fails, as it stands and with the second; nothing where
    /// nobody has said how often things break.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub down_minutes_per_year: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub with_second_minutes_per_year: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price_per_month: Option<f64>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NotPossible {
    pub changes: Vec<Change>,
    pub why: String,
}
