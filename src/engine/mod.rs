//! The engine: runs a plan, one event after the other.
//!
//! ```text
//! while the next event comes before the horizon:
//!     take it: a visit goes on with its program until it has to wait
//!     let go on whoever got a slot meanwhile
//! ```
//!
//! A run is a value: [`Simulation::new`], [`Simulation::advance`] as often as one likes,
//! [`Simulation::finish`]. It uses no threads, no files and no wall clock. Once a peak of
//! visits in flight has been reached it allocates nothing.

mod admission;
#[cfg(test)]
mod balancing_tests;
#[cfg(test)]
mod blame_tests;
mod borrowing;
mod breakdowns;
#[cfg(test)]
mod bulkhead_tests;
mod caching;
mod calls;
#[cfg(test)]
mod canary_tests;
mod chain;
mod chain_rows;
#[cfg(test)]
mod chain_tests;
mod changes;
mod choosing;
mod clock_numbers;
#[cfg(test)]
mod cold_tests;
#[cfg(test)]
mod component_tests;
mod components;
#[cfg(test)]
mod condition_tests;
mod conditions;
mod crash;
mod crossing;
mod cutting;
mod draws;
mod ending;
#[cfg(test)]
mod fault_tests;
#[cfg(test)]
mod group_tests;
mod health;
mod lanes;
mod leaving;
mod maintenance;
mod memory;
#[cfg(test)]
mod memory_tests;
#[cfg(test)]
mod name_tests;
mod node;
#[cfg(test)]
mod path_tests;
mod plain;
mod quiet;
#[cfg(test)]
mod quiet_tests;
#[cfg(test)]
mod recovery_tests;
#[cfg(test)]
mod remedy_tests;
mod replication;
#[cfg(test)]
mod replication_tests;
mod residents;
mod resilience;
mod resolving;
#[cfg(test)]
mod restart_tests;
mod restarting;
mod run;
#[cfg(test)]
mod scaling_tests;
mod simulation;
mod site;
mod snapshot;
mod source;
mod standby;
#[cfg(test)]
mod standby_tests;
mod standstill;
#[cfg(test)]
mod standstill_tests;
mod steps;
mod striking;
mod telling;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod trace_tests;
#[cfg(test)]
pub(crate) mod trial;
mod usual;
mod visit;
mod watch;
mod world;

pub use run::Advance;
pub use simulation::{Options, Simulation};
pub use snapshot::{InstanceSnapshot, Snapshot};
pub use watch::{ClassSnapshot, Doing, KeptTrace, Reason, Span, Trace, TraceWishes, TracedVisit};

use clock_numbers::EDGE_CLOCK;
use world::World;
