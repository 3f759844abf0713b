//! Sentences, and what they claim.

use crate::advice::Figure;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A sentence or a few, and all that they claim; in files only the text stands.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sentence {
    pub text: String,
    pub claims: Vec<Claim>,
}

/// What a sentence claims, so that it can be held to the tables.
#[derive(Clone, Debug, PartialEq)]
pub enum Claim {
    /// Every goal is met, and users felt nothing.
    NothingWentWrong,
    AllGoalsMet,
    GoalMissed {
        text: String,
        measured: Option<f64>,
    },
    GoalOpen {
        text: String,
    },
    /// So many requests ended, and so many of them were good.
    Requests {
        ended: u64,
        good: u64,
    },
    /// In this stretch users were not served.
    Down {
        from_s: f64,
        to_s: f64,
    },
    /// In this stretch requests failed, or came too late.
    Bad {
        from_s: f64,
        to_s: f64,
        bad: u64,
        ended: u64,
    },
    /// It was as full as this in this stretch.
    Full {
        resource: String,
        from_s: f64,
        to_s: f64,
        utilisation: f64,
    },
    /// It is full at so many requests per second.
    FullAt {
        resource: String,
        full_at_per_s: f64,
        utilisation: f64,
    },
    /// An event of this name was in force at that time.
    Event {
        label: String,
        at_s: f64,
    },
    Lost {
        node: String,
        number: u64,
    },
    /// With these settings a figure came to so much, instead of so much.
    Changed {
        settings: Vec<String>,
        figure: Figure,
        as_it_stands: Option<f64>,
        with_it: Option<f64>,
    },
    /// Of so many changes that were tried, so many help.
    Tried {
        changes: usize,
        couples: usize,
        helping: usize,
    },
    /// So many minutes without service in a year, and so many with a second of it.
    SinglePoint {
        component: String,
        minutes: Option<f64>,
        with_second: Option<f64>,
    },
    /// Of many runs, or of none.
    OfStudy(StudyClaim),
}

/// What is claimed of studies, ledgers and journeys; `of` is a point, a variant, a goal or a part.
#[derive(Clone, Debug, PartialEq)]
pub enum StudyClaim {
    /// A figure is so large, and its interval ends there.
    Figure { name: String, of: String, value: f64, ends: Option<(f64, f64)> },
    /// It holds at one value and breaks at another.
    Breaks { holds_at: Option<String>, breaks_at: Option<String> },
    /// A resource was short in so many runs of a point.
    Short { resource: String, of: String, in_use: f64, short_in: usize, runs: usize },
    /// What was decided of it, in the word that the data have for it.
    Stands { of: String, stands: String },
    /// So many are there.
    Number { name: String, number: usize },
}

impl Sentence {
    pub fn new(text: impl Into<String>, claims: Vec<Claim>) -> Sentence {
        Sentence { text: text.into(), claims }
    }

    pub fn bare(text: impl Into<String>) -> Sentence {
        Sentence::new(text, Vec::new())
    }

    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// This one, and another behind it.
    pub fn and(mut self, other: Sentence) -> Sentence {
        if !self.text.is_empty() && !other.text.is_empty() {
            self.text.push(' ');
        }
        self.text.push_str(&other.text);
        self.claims.extend(other.claims);
        self
    }
}

impl Serialize for Sentence {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.text.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Sentence {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Sentence, D::Error> {
        Ok(Sentence::bare(String::deserialize(deserializer)?))
    }
}
