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

#[cfg(test)]
mod balancing_tests;
#[cfg(test)]
mod blame_tests;
#[cfg(test)]
mod bulkhead_tests;
#[cfg(test)]
mod canary_tests;
mod chain;
mod chain_rows;
#[cfg(test)]
mod chain_tests;
mod chance;
mod clockwork;
#[cfg(test)]
mod cold_tests;
#[cfg(test)]
mod component_tests;
#[cfg(test)]
mod condition_tests;
#[cfg(test)]
mod fault_tests;
mod flow;
#[cfg(test)]
mod group_tests;
mod happenings;
#[cfg(test)]
mod memory_tests;
#[cfg(test)]
mod name_tests;
mod pace;
#[cfg(test)]
mod path_tests;
#[cfg(test)]
mod quiet_tests;
#[cfg(test)]
mod recovery_tests;
#[cfg(test)]
mod remedy_tests;
#[cfg(test)]
mod replication_tests;
#[cfg(test)]
mod restart_tests;
mod run;
#[cfg(test)]
mod scaling_tests;
mod simulation;
mod site;
mod snapshot;
#[cfg(test)]
mod standby_tests;
#[cfg(test)]
mod standstill_tests;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod trace_tests;
#[cfg(test)]
pub(crate) mod trial;
mod trouble;
mod visit;
mod watch;
mod world;

pub use run::Advance;
pub use simulation::{Options, Simulation};
pub use snapshot::{InstanceSnapshot, Snapshot};
pub use watch::{ClassSnapshot, Doing, KeptTrace, Reason, TraceWishes, TracedVisit};

use world::World;
