//! The random streams of a plan: what is drawn, and under which name.

use crate::parts::distribution::{Distribution, Sampler};

/// A stream of durations.
#[derive(Clone, Debug)]
pub struct DrawPlan {
    pub name: String,
    pub purpose: String,
    pub sampler: Sampler,
}

/// A stream of decisions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DiePlan {
    pub name: String,
    pub purpose: String,
}

#[derive(Debug, Default)]
pub struct Streams {
    pub draws: Vec<DrawPlan>,
    pub dice: Vec<DiePlan>,
}

impl Streams {
    pub fn draw(&mut self, name: &str, purpose: &str, distribution: &Distribution) -> u32 {
        self.draws.push(DrawPlan {
            name: name.into(),
            purpose: purpose.into(),
            sampler: distribution.sampler(),
        });
        self.draws.len() as u32 - 1
    }

    pub fn die(&mut self, name: &str, purpose: &str) -> u32 {
        self.dice.push(DiePlan { name: name.into(), purpose: purpose.into() });
        self.dice.len() as u32 - 1
    }
}
