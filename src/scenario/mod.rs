//! From a scenario file to a checked scenario.

pub mod check;
mod expectations;
mod files;
mod groups;
mod links;
pub mod load;
pub mod load_estimate;
pub mod model;
mod nodes;
mod paths;
mod requests;
mod run;
mod topology;
mod walks;
mod warnings;
mod work;
