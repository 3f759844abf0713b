//! The parts that scenarios are put together from.

pub mod backoff;
pub mod balance;
pub mod outcome;
