//! The words: sentences made of what has been found out, for the terminal, the report, captions, JSON
//! and programs. Nothing is decided here; each sentence comes with what it claims, so that a test can
//! hold it to the tables.

pub mod advice;
mod answer;
pub mod caption;
pub mod changes;
mod claims;
pub mod clock;
pub mod comparison;
pub mod figure;
mod fullness;
pub mod headline;
pub mod journey;
pub mod ledger;
mod losses;
pub mod phases;
pub mod solve;
pub mod study;
pub mod sweep;
pub mod tail;
pub mod trial;
pub mod tried;
pub mod words;

#[cfg(test)]
mod answer_tests;
#[cfg(test)]
mod study_tests;
#[cfg(test)]
mod tests;

pub use answer::{Answer, Answered};
pub use claims::Sentence;
#[cfg(any(test, feature = "inside"))]
pub use claims::{Claim, StudyClaim};

use crate::diagnosis::Diagnosis;
use clock::Clock;
use serde::{Deserialize, Serialize};

/// All that is said of a run, the most important first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Told {
    /// One sentence that answers.
    pub headline: Sentence,
    /// Whether it is bad news.
    pub is_bad: bool,
    /// How sure that is.
    pub how_sure: Sentence,
    /// Phase by phase: what it began with, what was full, what users got.
    pub happened: Vec<Sentence>,
    /// What is full first as the load grows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub headroom: Option<Sentence>,
    /// What was lost without anybody being told.
    pub in_silence: Vec<Sentence>,
}

pub fn tell(diagnosis: &Diagnosis) -> Told {
    Told {
        headline: headline::headline(diagnosis),
        is_bad: headline::is_bad(diagnosis),
        how_sure: headline::how_sure(diagnosis),
        happened: phases::happened(diagnosis),
        headroom: losses::headroom(diagnosis),
        in_silence: losses::in_silence(diagnosis),
    }
}

fn clock_of(diagnosis: &Diagnosis) -> Clock {
    Clock::new(diagnosis.counted.starts_s, diagnosis.counted.to_s)
}
