//! What was asked for, and whether it was met.

use super::{Verdict, phases};
use crate::analysis::summary::{ClassSummary, ExpectationResult, Summary};
use crate::kernel::time::to_seconds;
use crate::parts::quantity::format_span;
use crate::scenario::model::{Comparison, Expectation, Metric, RequestClass, Scenario};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Goal {
    pub kind: GoalKind,
    /// As it is written: `page p99 < 500ms`; of an objective `page within 500 ms`.
    pub text: String,
    /// "mean", "p99", "availability" and so on.
    pub metric: String,
    /// The class or the node that it is about; none for all requests together.
    pub subject: Option<String>,
    /// In the unit below, as is what was measured.
    pub bound: f64,
    pub unit: String,
    /// Whether more of it is better.
    pub is_least: bool,
    pub measured: Option<f64>,
    /// Where its interval ends, if it has one.
    pub low: Option<f64>,
    pub high: Option<f64>,
    pub standing: Standing,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GoalKind {
    /// A line of `expect` that says how good it is to be.
    #[default]
    Expectation,
    /// A line of `expect` that says how bad it is to be: what a scenario is there to show.
    Prediction,
    /// A class's `objective`: all but a tolerable share is answered well and in time.
    Objective,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    Met,
    Missed,
    /// The interval reaches over the bound, or nothing was measured.
    #[default]
    Undecided,
}

impl Goal {
    pub fn ends(&self) -> Option<(f64, f64)> {
        self.low.zip(self.high)
    }

    /// How far it is met, or missed if it is below zero, in its unit.
    pub fn margin(&self) -> Option<f64> {
        let above = self.measured? - self.bound;
        Some(if self.is_least { above } else { -above })
    }
}

pub fn goals(scenario: &Scenario, summary: &Summary) -> Vec<Goal> {
    let expected = scenario.expectations.iter().zip(&summary.expectations);
    let mut goals: Vec<Goal> = expected.map(|(one, result)| of_expectation(one, result)).collect();
    let has_share = |class: usize| {
        scenario.expectations.iter().any(|one| {
            matches!(one.measure.metric, Metric::Availability | Metric::Errors)
                && one.measure.class.is_none_or(|known| known == class)
        })
    };
    let classes = scenario.classes.iter().zip(&summary.classes).enumerate();
    let objectives = classes.filter(|(number, _)| !has_share(*number));
    let tolerable = phases::tolerable(scenario);
    goals.extend(objectives.filter_map(|(_, (class, figures))| of_objective(class, figures, tolerable)));
    goals
}

fn of_expectation(expectation: &Expectation, result: &ExpectationResult) -> Goal {
    let around = || Some((result.measured? - result.half_width?, result.measured? + result.half_width?));
    let ends = result.low.zip(result.high).or_else(around);
    let is_least = matches!(expectation.comparison, Comparison::AtLeast | Comparison::Greater);
    let more_is_better = matches!(expectation.measure.metric, Metric::Availability | Metric::Goodput);
    Goal {
        kind: if is_least == more_is_better { GoalKind::Expectation } else { GoalKind::Prediction },
        text: result.text.clone(),
        metric: result.metric.clone(),
        subject: result.subject.clone(),
        bound: result.bound,
        unit: result.unit.to_string(),
        is_least,
        measured: result.measured,
        low: ends.map(|(low, _)| low),
        high: ends.map(|(_, high)| high),
        standing: match (result.measured, result.uncertain, result.holds) {
            (None, _, _) | (_, true, _) => Standing::Undecided,
            (Some(_), false, true) => Standing::Met,
            (Some(_), false, false) => Standing::Missed,
        },
    }
}

fn of_objective(class: &RequestClass, figures: &ClassSummary, tolerable: f64) -> Option<Goal> {
    let objective = class.objective?;
    let share = figures.good_share.value?;
    let bound = 1.0 - tolerable;
    let ends = figures.good_share.ends();
    let is_open = ends.is_some_and(|(low, high)| low < bound && bound < high);
    Some(Goal {
        kind: GoalKind::Objective,
        text: format!("{} within {}", class.name, format_span(to_seconds(objective))),
        metric: "availability".to_owned(),
        subject: Some(class.name.clone()),
        bound,
        unit: "share".to_owned(),
        is_least: true,
        measured: Some(share),
        low: ends.map(|(low, _)| low),
        high: ends.map(|(_, high)| high),
        standing: match (is_open, share >= bound) {
            (true, _) => Standing::Undecided,
            (false, true) => Standing::Met,
            (false, false) => Standing::Missed,
        },
    })
}

pub fn verdict(goals: &[Goal], ended: u64, has_requests: bool) -> Verdict {
    let any = |standing: Standing| goals.iter().any(|goal| goal.standing == standing);
    match () {
        () if ended == 0 && has_requests => Verdict::Nothing,
        () if any(Standing::Missed) => Verdict::Missed,
        () if any(Standing::Undecided) => Verdict::Undecided,
        () if goals.is_empty() => Verdict::NoGoal,
        () => Verdict::Met,
    }
}
