//! The parts that scenarios are written with: quantities with units, random durations
//! and counts, the ways in which requests arrive, how peers are chosen, how requests end.
//! No module here reads a file.

pub mod backoff;
pub mod balance;
pub mod arrivals;
pub mod count;
pub mod distribution;
pub mod outcome;
pub mod quantity;
