//! From a scenario file to a checked scenario.

mod breakdowns;
pub mod check;
#[cfg(test)]
mod check_tests;
mod costs;
pub mod expectations;
#[cfg(test)]
pub(crate) mod fault_tests;
pub mod faults;
mod fidelity;
pub mod files;
pub mod given;
mod groups;
mod happening;
mod identity;
pub mod link_load;
mod links;
pub mod load;
pub mod load_estimate;
#[cfg(test)]
mod load_tests;
pub mod maintenance;
pub mod measures;
pub mod model;
mod nodes;
mod paths;
mod record_changes;
pub mod reference;
#[cfg(test)]
mod remedy_tests;
mod replication;
mod requests;
pub mod resources;
mod restarts;
mod run;
pub mod schema;
pub mod search;
pub mod side_by_side;
pub mod starter;
mod surge_load;
mod surges;
mod targets;
#[cfg(test)]
mod textbook_tests;
mod timeline;
#[cfg(test)]
mod timeline_tests;
mod topology;
pub mod traffic;
mod walks;
mod warnings;
mod work;
