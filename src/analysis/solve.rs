//! What a search for settings has found.

use super::goals::{JudgedGoal, Standing};
use super::point_fullness::PointFullness;
use serde::Serialize;

/// The bounds of all goals of a setting hold together with this confidence.
pub const CONFIDENCE: f64 = 0.95;

#[derive(Clone, Debug, Serialize)]
pub struct SolveSummary {
    pub scenario: String,
    pub version: &'static str,
    pub seed: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    pub confidence: f64,
    pub method: &'static str,
    pub goals: Vec<String>,
    /// In the order in which they count.
    pub axes: Vec<String>,
    /// From the least to the most of each.
    pub ranges: Vec<(String, String)>,
    pub answer: Option<Candidate>,
    /// Whether more has always been at least as good, wherever that was looked at.
    pub is_monotone: bool,
    /// One step less of each setting than the answer.
    pub below: Vec<Candidate>,
    /// Where nothing will do: what comes nearest.
    pub nearest: Option<Candidate>,
    pub tried: Vec<Candidate>,
    pub candidates: usize,
    pub runs: usize,
    /// What trying all candidates to the end would have taken.
    pub runs_of_all: usize,
}

pub const METHOD: &str = "one-sided bounds by Student's t over the runs of a setting; the doubt of 5 % is shared \
                          equally among the goals and the times at which is looked (Bonferroni)";

#[derive(Clone, Debug, Serialize)]
pub struct Candidate {
    /// One for each axis.
    pub values: Vec<String>,
    pub replications: u64,
    pub standing: Standing,
    /// What its nodes cost, where the cheapest is looked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nodes_per_month: Option<f64>,
    pub goals: Vec<JudgedGoal>,
    /// How full things are there: what binds.
    #[serde(flatten)]
    pub fullness: PointFullness,
}

impl Candidate {
    /// All goals have to be met, and one that is missed is enough to miss.
    pub fn new(
        values: Vec<String>,
        replications: u64,
        goals: Vec<JudgedGoal>,
        fullness: PointFullness,
    ) -> Candidate {
        let any = |standing: Standing| goals.iter().any(|goal| goal.standing == standing);
        let standing = match (any(Standing::Missed), any(Standing::Open)) {
            (true, _) => Standing::Missed,
            (false, true) => Standing::Open,
            (false, false) => Standing::Met,
        };
        Candidate { values, replications, standing, nodes_per_month: None, goals, fullness }
    }

    /// Less is nearer: first how many goals are not met, then by how much the worst is not.
    pub fn distance(&self) -> (usize, f64) {
        let unmet = self.goals.iter().filter(|goal| goal.standing != Standing::Met);
        (unmet.count(), self.goals.iter().map(JudgedGoal::shortfall).fold(0.0, f64::max))
    }

    /// The goals that stand in the way.
    pub fn unmet(&self) -> impl Iterator<Item = &JudgedGoal> {
        self.goals.iter().filter(|goal| goal.standing != Standing::Met)
    }
}
