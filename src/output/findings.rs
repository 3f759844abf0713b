//! All that is found out about one run: its figures, what they mean, and that in words. It is what
//! `summary.json` holds.

use crate::analysis::summarise::summarise;
use crate::analysis::summary::Summary;
use crate::analysis::window::Window;
use crate::diagnosis::{Diagnosis, diagnose};
use crate::results::RunResults;
use crate::scenario::model::Scenario;
use crate::telling::{Told, tell};
use serde::Serialize;

#[derive(Clone, Debug, Serialize)]
pub struct Findings {
    pub told: Told,
    #[serde(flatten)]
    pub summary: Summary,
    pub diagnosis: Diagnosis,
}

impl Findings {
    pub fn of(scenario: &Scenario, seed: u64, results: &RunResults) -> Findings {
        Findings::with(summarise(scenario, seed, results), scenario, results)
    }

    pub fn with(summary: Summary, scenario: &Scenario, results: &RunResults) -> Findings {
        let diagnosis = diagnose(scenario, results, &Window::of(scenario, results), &summary);
        Findings { told: tell(&diagnosis), summary, diagnosis }
    }
}
