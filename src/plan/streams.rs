//! The random streams of a plan: what is drawn, and under which name.

use super::ids::{Die, Draw};
use crate::kernel::table::{Id, Table};
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
    pub draws: Table<Draw, DrawPlan>,
    pub dice: Table<Die, DiePlan>,
}

impl Streams {
    pub fn draw(&mut self, name: &str, purpose: &str, distribution: &Distribution) -> Id<Draw> {
        self.draws.push(DrawPlan {
            name: name.into(),
            purpose: purpose.into(),
            sampler: distribution.sampler(),
        })
    }

    pub fn die(&mut self, name: &str, purpose: &str) -> Id<Die> {
        self.dice.push(DiePlan { name: name.into(), purpose: purpose.into() })
    }
}
