//! All that is found out about one run: its figures, what they mean, and that in words. It is what
//! `summary.json` holds. What a file does not say counts as nothing, so that files of earlier
//! versions can be read.

use crate::analysis::summarise::summarise;
use crate::analysis::summary::Summary;
use crate::analysis::window::Window;
use crate::diagnosis::{Diagnosis, diagnose};
use crate::results::RunResults;
use crate::scenario::model::Scenario;
use crate::telling::{Told, tell};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Findings {
    pub told: Told,
    #[serde(flatten)]
    pub summary: Summary,
    pub diagnosis: Diagnosis,
}

impl Findings {
    pub fn of(scenario: &Scenario, seed: u64, results: &RunResults) -> Findings {
        let summary = summarise(scenario, seed, results);
        let diagnosis = diagnose(scenario, results, &Window::of(scenario, results), &summary);
        Findings { told: tell(&diagnosis), summary, diagnosis }
    }
}
