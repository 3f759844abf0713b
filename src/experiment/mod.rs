//! Many runs at once. All threads of the program are started here.

#[cfg(feature = "threads")]
pub mod attending;
pub mod axis;
pub mod comparison;
#[cfg(test)]
mod comparison_tests;
pub mod points;
pub mod rare_events;
#[cfg(test)]
mod rare_events_tests;
pub mod search;
pub mod study;
#[cfg(test)]
mod study_tests;
pub mod tasks;
mod threads;

pub use threads::{beside, in_parallel, on_threads};

/// One run from start to end, without rows.
#[cfg(any(test, feature = "inside"))]
pub fn run(plan: &crate::plan::Plan, seed: u64, replication: u64) -> crate::results::RunResults {
    tasks::run_watched(plan, seed, replication, &tasks::Unwatched).expect("nobody breaks it off")
}
