//! What the numbers of a run come to: estimates with their uncertainty.

pub mod summary;
