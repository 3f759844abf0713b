//! What a command answers about many runs or about none, beside the data that it rests on.

use super::claims::{Claim, Sentence, StudyClaim};
use super::figure::{count, in_unit, three_digits};
use crate::analysis::summary::Estimate;
use crate::diagnosis::studies::{RUNS_ENOUGH, tell_little};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Answer {
    /// One sentence that answers.
    pub headline: Sentence,
    /// Whether it is bad news.
    pub is_bad: bool,
    /// How sure that is.
    pub how_sure: Sentence,
    /// What else there is to say, the most important first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub further: Vec<Sentence>,
}

/// Data, behind what is said of them.
#[derive(Clone, Debug, Serialize)]
pub struct Answered<Data> {
    pub told: Answer,
    #[serde(flatten)]
    pub data: Data,
}

/// `150 ±3 ms`
pub(super) fn known(estimate: &Estimate, unit: &str) -> Option<String> {
    let value = estimate.value?;
    // What is the same in all runs, such as a price, has nothing to be uncertain by.
    let half_width = estimate.half_width.filter(|half_width| *half_width > 0.0);
    Some(match unit {
        "" => three_digits(value),
        unit => in_unit(value, half_width, unit),
    })
}

/// The same without what it is uncertain by.
pub(super) fn bare(value: f64, unit: &str) -> String {
    known(&Estimate { value: Some(value), ..Estimate::default() }, unit).unwrap_or_default()
}

/// That a figure is as large as this.
pub(super) fn claim(name: &str, of: &str, estimate: &Estimate) -> Option<Claim> {
    let (name, of, ends) = (name.to_owned(), of.to_owned(), estimate.ends());
    Some(Claim::OfStudy(StudyClaim::Figure { name, of, value: estimate.value?, ends }))
}

pub(super) fn number(name: &str, number: usize) -> Claim {
    Claim::OfStudy(StudyClaim::Number { name: name.to_owned(), number })
}

pub(super) fn stands(of: &str, stands: &str) -> Claim {
    Claim::OfStudy(StudyClaim::Stands { of: of.to_owned(), stands: stands.to_owned() })
}

/// How much so many runs tell, where that is little.
pub(super) fn few(runs: u64) -> Option<String> {
    match runs {
        0 | 1 => {
            Some(format!("one run says nothing of chance; more are needed: --replications {RUNS_ENOUGH}"))
        }
        runs if tell_little(runs) => Some(format!(
            "{} runs tell little of how far runs lie apart; more are needed: --replications {RUNS_ENOUGH}",
            count(runs)
        )),
        _ => None,
    }
}

/// `How sure: …; ….`
pub(super) fn how_sure(parts: impl IntoIterator<Item = String>) -> Sentence {
    let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    Sentence::bare(format!("How sure: {}.", parts.join("; ")))
}
