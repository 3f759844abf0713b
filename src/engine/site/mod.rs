//! What requests meet on their way: whatever there is only so much of, and what callers remember.
//!
//! Each kind of it is a type with its own logic, which is told what it needs to know: the plan, the
//! time, a die. It knows nothing of visits but their slots, and calls nobody; what has to go on
//! because of it is the affair of those who ask.

pub mod balancers;
pub mod caches;
pub mod choosing;
pub mod eligible;
pub mod guards;
pub mod limits;
pub mod links;
pub mod lists;
mod load;
pub mod names;
pub mod passing;
pub mod peer_health;
pub mod pools;
pub mod replications;
pub mod scalings;
pub mod sending;
pub mod sessions;
pub mod sources;
pub mod stations;
pub mod waits;

use crate::kernel::random::{StreamFamily, mix};
use crate::kernel::table::{Id, Table};
use crate::plan::Plan;
use crate::plan::ids::{Instance, Source};

#[derive(Clone)]
pub struct Site {
    pub(in crate::engine) nodes: Table<Instance, stations::NodeState>,
    pub(in crate::engine) lines: Table<stations::SideLine, stations::SideLine>,
    pub(in crate::engine) pools: pools::Pools,
    pub(in crate::engine) sessions: sessions::Sessions,
    pub(in crate::engine) caches: caches::Caches,
    pub(in crate::engine) limits: limits::Limits,
    pub(in crate::engine) guards: guards::Guards,
    pub(in crate::engine) balancers: balancers::Balancers,
    pub(in crate::engine) scalings: scalings::Scalings,
    pub(in crate::engine) names: names::Names,
    pub(in crate::engine) links: links::Links,
    pub(in crate::engine) sources: Table<Source, sources::SourceState>,
    pub(in crate::engine) replications: replications::Replications,
}

/// A client of one of the plan's sources.
#[derive(Clone, Copy, Debug)]
pub struct Client {
    pub source: Id<Source>,
    pub number: u32,
}

impl Client {
    /// A number that is his alone, as good as drawn.
    pub fn hash(self) -> u64 {
        mix((u64::from(self.source.number()) << 32) | u64::from(self.number))
    }
}

impl Site {
    pub fn new(plan: &Plan, family: StreamFamily) -> Site {
        let (nodes, lines) = stations::states(plan);
        Site {
            nodes,
            lines,
            pools: pools::Pools::new(plan),
            sessions: sessions::Sessions::default(),
            caches: caches::Caches::new(plan),
            limits: limits::Limits::new(plan),
            guards: guards::Guards::new(plan),
            balancers: balancers::Balancers::new(plan),
            scalings: scalings::Scalings::new(plan),
            names: names::Names::new(plan),
            links: links::Links::new(plan),
            sources: sources::states(plan, family),
            replications: replications::Replications::new(plan),
        }
    }
}
