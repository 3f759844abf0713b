//! From a scenario file to a checked scenario.

mod addresses;
mod breakdowns;
pub mod check;
#[cfg(test)]
mod check_tests;
pub mod connections;
mod costs;
pub mod crossing;
#[cfg(test)]
mod doubt_tests;
pub mod expectations;
#[cfg(test)]
pub(crate) mod fault_tests;
pub mod faults;
mod fidelity;
pub mod files;
pub mod given;
mod groups;
mod happening;
#[cfg(test)]
mod hint_tests;
mod identity;
mod idle;
mod kinds;
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
mod recorded;
mod recorded_work;
#[cfg(any(test, feature = "inside"))]
pub mod reference;
#[cfg(test)]
mod remedy_tests;
mod replication;
mod requests;
pub mod resource_load;
pub mod resources;
mod restarts;
mod run;
pub mod schema;
pub mod search;
mod shortcuts;
pub mod side_by_side;
mod standstill;
pub mod starter;
mod surge_load;
mod surges;
mod targets;
#[cfg(test)]
mod textbook_tests;
mod timeline;
#[cfg(test)]
mod timeline_tests;
pub mod topology;
pub mod traffic;
mod walks;
mod warnings;
mod work;

/// The names of what a run can be told.
pub fn run_settings() -> impl Iterator<Item = &'static str> {
    run::SETTINGS.iter().map(|setting| setting.name)
}
