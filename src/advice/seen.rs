//! What is kept of a run: the figures by which changes are judged, and of some runs what they mean.

use super::demand::peak_rates;
use crate::analysis::summarise::summarise;
use crate::analysis::summary::Summary;
use crate::analysis::window::Window;
use crate::diagnosis::{Diagnosis, Doubt, Goal, GoalKind, PhaseKind, SilentLoss, diagnose};
use crate::results::RunResults;
use crate::scenario::model::Scenario;
use serde::{Deserialize, Serialize};

/// By what changes are judged, the most important first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Figure {
    /// The share of requests that were answered well and in time.
    Good,
    /// Seconds in which users were not served, planned ones included.
    Down,
    /// What had been accepted and was lost: writes, and work in the background.
    Lost,
    /// Of good answers, in milliseconds.
    P99,
    /// Good answers per second.
    Goodput,
    /// Of everything that has a price, in a month like the run.
    Cost,
}

impl Figure {
    pub const ALL: [Figure; 6] =
        [Figure::Good, Figure::Down, Figure::Lost, Figure::P99, Figure::Goodput, Figure::Cost];

    pub fn is_better_high(self) -> bool {
        matches!(self, Figure::Good | Figure::Goodput)
    }

    pub fn unit(self) -> &'static str {
        match self {
            Figure::Good => "share",
            Figure::Down => "s",
            Figure::Lost => "",
            Figure::P99 => "ms",
            Figure::Goodput => "per s",
            Figure::Cost => "per month",
        }
    }
}

#[derive(Clone, Debug)]
pub struct Seen {
    /// In the order of `Figure::ALL`; not a number where a run has none.
    pub figures: [f64; Figure::ALL.len()],
    /// What was measured of each goal, by its text.
    pub goals: Vec<(String, f64)>,
    pub closer: Option<Box<Closer>>,
}

/// More of a run than its figures.
#[derive(Clone, Debug)]
pub struct Closer {
    pub diagnosis: Diagnosis,
    /// Requests per second of each class where most came.
    pub peak_rates: Vec<f64>,
    /// The most answers with success per second over some time, late ones included.
    pub peak_answered_per_s: f64,
}

impl Seen {
    pub fn of(scenario: &Scenario, seed: u64, results: &RunResults, looks_closer: bool) -> Seen {
        let window = Window::of(scenario, results);
        let summary = summarise(scenario, seed, results);
        let diagnosis = diagnose(scenario, results, &window, &summary);
        let figures = Figure::ALL.map(|figure| measured(figure, &diagnosis, &summary));
        let goals = diagnosis.goals.iter().filter(|goal| is_wish(goal));
        let goals = goals.map(|goal| (goal.text.clone(), goal.measured.unwrap_or(f64::NAN))).collect();
        let closer = looks_closer.then(|| {
            let (peak_rates, peak_answered_per_s) = peak_rates(results, &window);
            Box::new(Closer { diagnosis, peak_rates, peak_answered_per_s })
        });
        Seen { figures, goals, closer }
    }

    pub fn figure(&self, figure: Figure) -> f64 {
        self.figures[figure as usize]
    }
}

/// Whether a goal asks for something good: a lesson may expect that a site fails.
pub fn is_wish(goal: &Goal) -> bool {
    goal.kind != GoalKind::Prediction
}

fn measured(figure: Figure, diagnosis: &Diagnosis, summary: &Summary) -> f64 {
    let counted = &diagnosis.counted;
    let is_growing = diagnosis.doubts.iter().any(|doubt| matches!(doubt, Doubt::Growing { .. }));
    let value = match figure {
        _ if !counted.has_requests && !matches!(figure, Figure::Down | Figure::Cost) => None,
        // A line without end fails nobody, and still does not keep up.
        Figure::Good if is_growing || counted.ended == 0 => {
            Some(counted.good as f64 / counted.offered.max(counted.ended).max(1) as f64)
        }
        Figure::Good => Some(counted.good as f64 / counted.ended as f64),
        Figure::Down => Some(diagnosis.time_s(PhaseKind::Down) + diagnosis.time_s(PhaseKind::Maintenance)),
        Figure::Lost => Some(diagnosis.lost_in_silence.iter().map(lost).sum::<u64>() as f64),
        Figure::P99 => summary.total.p99_ms.value,
        Figure::Goodput => summary.total.goodput_per_s,
        Figure::Cost => summary.costs.as_ref().and_then(|costs| costs.per_month),
    };
    value.unwrap_or(f64::NAN)
}

fn lost(loss: &SilentLoss) -> u64 {
    match loss {
        SilentLoss::Background { lost, .. } | SilentLoss::Writes { lost, .. } => *lost,
        SilentLoss::Optional { .. } | SilentLoss::Unwanted { .. } | SilentLoss::Stale { .. } => 0,
    }
}
