//! What a run means: whether its goals were met, what its users felt and when, what that began with,
//! what was full, and how much more it could carry. It is data; `telling` makes sentences of it.
//!
//! Nobody else decides any of this: not the terminal, not a chart, not the report. What the words
//! mean stands in `docs/diagnosis.md`, with the numbers below.

pub mod bottleneck;
mod chain;
mod dependence;
mod doubts;
mod goals;
pub mod phases;
mod scan;
pub mod shortage;
mod silent;
pub mod studies;
#[cfg(test)]
mod tests;

use crate::analysis::resources::measured;
use crate::analysis::summary::Summary;
use crate::analysis::window::Window;
use crate::kernel::time::to_seconds;
use crate::parts::resource::ResourceKind;
use crate::results::RunResults;
use crate::scenario::model::Scenario;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

pub use crate::parts::resource::FULL;
pub use bottleneck::Headroom;
pub use doubts::Doubt;
pub use goals::{Goal, GoalKind, Standing};
pub use phases::PhaseKind;
pub use silent::SilentLoss;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Diagnosis {
    pub verdict: Verdict,
    pub goals: Vec<Goal>,
    pub counted: Counted,
    /// The time that counts, cut into phases; they follow each other without a gap.
    pub phases: Vec<Phase>,
    /// What is full first, or already, and at which load.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub headroom: Option<Headroom>,
    /// What nobody was told of.
    pub lost_in_silence: Vec<SilentLoss>,
    pub doubts: Vec<Doubt>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// All that was asked for holds.
    Met,
    /// Something surely does not.
    Missed,
    /// What does not surely hold does not surely fail.
    Undecided,
    /// Nothing was asked for.
    #[default]
    NoGoal,
    /// No request has ended.
    Nothing,
}

/// What counts: after the warm-up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Counted {
    pub from_s: f64,
    pub to_s: f64,
    pub offered: u64,
    pub ended: u64,
    pub good: u64,
    /// Those that failed, and those that were answered later than their objective.
    pub failed: u64,
    pub late: u64,
    pub offered_per_s: f64,
    /// Whether requests were simulated at all, and not only what is up and down.
    pub has_requests: bool,
    /// The clock on the wall at the start, in seconds after Monday at midnight, if the scenario
    /// says when it starts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub starts_s: Option<f64>,
}

/// A stretch of time that was the same for users all along.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Phase {
    pub kind: PhaseKind,
    pub start_s: f64,
    pub end_s: f64,
    /// It had begun before what counts, or was not over when the run ended.
    pub begun_before: bool,
    pub cut_at_end: bool,
    pub ended: u64,
    pub failed: u64,
    pub late: u64,
    /// How requests failed, by outcome; of an outage, those of all time buckets that it touches.
    pub failures: BTreeMap<String, u64>,
    /// The classes that were hit, those with most bad requests first.
    pub classes: Vec<ClassLoss>,
    pub trigger: Trigger,
    /// How long what had begun it was over before users felt nothing of it any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aftermath_s: Option<f64>,
    /// Of these, how long what had been down took to start again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub booting_s: Option<f64>,
    /// Tries for each request, where clients tried much more often than in good times.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attempts_mean: Option<f64>,
    /// What was full meanwhile; first those that waited for nothing else that was full.
    pub full: Vec<FullResource>,
}

impl Phase {
    pub fn length_s(&self) -> f64 {
        self.end_s - self.start_s
    }

    pub fn bad(&self) -> u64 {
        self.failed + self.late
    }

    /// What was full and waited for nothing else that was.
    pub fn causes(&self) -> impl Iterator<Item = &FullResource> {
        self.full.iter().filter(|full| full.is_cause)
    }
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ClassLoss {
    pub class: String,
    pub ended: u64,
    pub bad: u64,
}

/// What a phase began with.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum Trigger {
    /// Nothing: it was as it is to be.
    #[default]
    None,
    Fault(EventFacts),
    Maintenance(EventFacts),
    Surge(EventFacts),
    /// What had begun it was over; tries of those who tried again kept it up.
    Retries,
    /// More came than something could serve, without a surge.
    Traffic,
    /// Nothing that is known.
    Unknown,
}

impl Trigger {
    pub fn event(&self) -> Option<&EventFacts> {
        match self {
            Trigger::Fault(event) | Trigger::Maintenance(event) | Trigger::Surge(event) => Some(event),
            _ => None,
        }
    }
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct EventFacts {
    pub label: String,
    pub kind: String,
    pub target: String,
    pub start_s: f64,
    /// None: it was in force to the end.
    pub end_s: Option<f64>,
    /// It broke by chance: the next run has it at another time.
    pub by_chance: bool,
}

/// A resource that was full during a phase.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FullResource {
    pub name: String,
    pub kind: ResourceKind,
    pub owner: String,
    /// From the first to the last time bucket in which it was.
    pub from_s: f64,
    pub to_s: f64,
    /// At its fullest place, in its fullest time bucket of the phase.
    pub utilisation: f64,
    /// The share of the phase for which that place had nothing left.
    pub full_share: f64,
    pub waiting_max: u32,
    pub turned_away: u64,
    pub left: u64,
    /// It waited for nothing else that was full.
    pub is_cause: bool,
}

pub fn diagnose(scenario: &Scenario, results: &RunResults, window: &Window, summary: &Summary) -> Diagnosis {
    let counted = counted(scenario, results, window);
    let goals = goals::goals(scenario, summary);
    let resources = measured(scenario, results);
    let stretches = phases::of_run(scenario, results, window);
    let phases = chain::follow(scenario, results, window, (&resources, &stretches));
    Diagnosis {
        verdict: goals::verdict(&goals, counted.ended, counted.has_requests),
        headroom: bottleneck::headroom(scenario, results, window, &resources, &phases),
        lost_in_silence: silent::losses(results, window, summary),
        doubts: doubts::doubts(results, window, summary),
        goals,
        counted,
        phases,
    }
}

fn counted(scenario: &Scenario, results: &RunResults, window: &Window) -> Counted {
    let mut counted = Counted {
        from_s: to_seconds(window.start),
        to_s: to_seconds(window.end),
        has_requests: results.fidelity != crate::parts::fidelity::Fidelity::Components,
        starts_s: (scenario.run.starts > 0).then(|| to_seconds(scenario.run.starts)),
        ..Counted::default()
    };
    for bucket in results.classes.iter().flat_map(|class| &class.buckets[window.buckets.clone()]) {
        let counts = phases::counts(bucket);
        counted.offered += bucket.offered;
        counted.ended += counts.ended;
        counted.failed += counts.failed;
        counted.late += counts.late;
    }
    counted.good = counted.ended - counted.failed - counted.late;
    if window.end > window.start {
        counted.offered_per_s = counted.offered as f64 / window.length_s();
    }
    counted
}

impl Diagnosis {
    /// Phases in which users felt something.
    pub fn bad_phases(&self) -> impl Iterator<Item = &Phase> {
        self.phases.iter().filter(|phase| phase.kind != PhaseKind::Good)
    }

    /// How long phases of a kind were, all together.
    pub fn time_s(&self, kind: PhaseKind) -> f64 {
        let lengths = self.phases.iter().filter(|phase| phase.kind == kind).map(Phase::length_s);
        lengths.fold(0.0, |sum, length| sum + length)
    }
}
