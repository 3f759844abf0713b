//! What is wrong, and what will be: a room of the engine.
//!
//! It is told what has happened and asked how things are; what a fault does to requests under way
//! stands in `happenings`. Each of its files says what it keeps and what can be done with that, and
//! nobody outside of it sees more.

mod changes;
mod condition;
mod conditions;
mod crews;
mod incidents;
mod memories;
mod progress;
mod relations;
mod rolls;
mod spares;
mod units;

pub use changes::Change;
pub use condition::{Canary, Care, Comer, Room, Treatment};
pub use conditions::Conditions;
pub use incidents::Incidents;
pub use memories::MemoryUse;
pub use units::{Death, Sequel};

use crate::plan::Plan;

#[derive(Clone)]
pub struct Trouble {
    changes: changes::Changes,
    incidents: Incidents,
    conditions: Conditions,
    relations: relations::Relations,
    units: units::Units,
    memories: memories::Memories,
    rolls: rolls::Rolls,
    crews: crews::Crews,
    spares: spares::Standbys,
    /// How far each piece of maintenance has come.
    progress: Vec<progress::Progress>,
}

impl Trouble {
    pub fn new(plan: &Plan) -> Trouble {
        Trouble {
            changes: changes::Changes::new(plan),
            incidents: Incidents::new(plan),
            conditions: Conditions::new(plan),
            relations: relations::Relations::new(plan),
            units: units::Units::new(plan),
            memories: memories::Memories::new(plan),
            rolls: rolls::Rolls::default(),
            crews: crews::Crews::new(plan),
            spares: spares::Standbys::new(plan),
            progress: vec![progress::Progress::default(); plan.maintenance.len()],
        }
    }

    /// How each instance is.
    #[inline(always)]
    pub fn conditions(&self) -> &Conditions {
        &self.conditions
    }

    /// What has gone wrong so far.
    #[inline(always)]
    pub fn incidents(&self) -> &Incidents {
        &self.incidents
    }

    pub fn into_incidents(self) -> Incidents {
        self.incidents
    }
}
