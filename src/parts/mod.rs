//! The parts that scenarios are written with: quantities with units, random durations
//! and counts, and the ways in which requests arrive. No module here reads a file.

pub mod arrivals;
pub mod autoscale;
pub mod backoff;
pub mod balance;
pub mod calendar;
pub mod caution;
pub mod circuit_breaker;
pub mod count;
pub mod distribution;
pub mod fault;
pub mod fidelity;
pub mod fingerprint;
pub mod laws;
pub mod outcome;
pub mod quantity;
pub mod rate_limit;
pub mod release;
pub mod resource;
pub mod restart;
pub mod retry_budget;
pub mod shedding;
