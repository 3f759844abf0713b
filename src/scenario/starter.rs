//! The scenario that `spof new` writes.

/// A commented scenario to begin with.
pub const STARTER: &str = include_str!("starter.yaml");
