//! From a scenario file to a checked scenario.

pub mod model;
