//! Many runs at once. All threads of the program are started here.

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

use crate::plan::Plan;
use crate::results::RunResults;
use rayon::ThreadPoolBuilder;
use rayon::prelude::*;
use tasks::{Unwatched, run_watched};

/// Does the work for each item on as many threads as there are cores. What comes of it
/// stands in the order of the items, whatever thread was first.
pub fn in_parallel<Item: Send, Outcome: Send>(
    items: Vec<Item>,
    work: impl Fn(Item) -> Outcome + Sync + Send,
) -> Vec<Outcome> {
    items.into_par_iter().map(work).collect()
}

/// Does the work, and all that it does side by side, on so many threads; on one for each core, if
/// nobody says.
pub fn on_threads<Outcome: Send>(threads: Option<usize>, work: impl FnOnce() -> Outcome + Send) -> Outcome {
    match threads.map(|threads| ThreadPoolBuilder::new().num_threads(threads).build()) {
        Some(Ok(pool)) => pool.install(work),
        // With all cores, or with those that the system has left.
        Some(Err(_)) | None => work(),
    }
}

/// Does both, side by side.
pub fn beside<One: Send, Other: Send>(
    one: impl FnOnce() -> One + Send,
    other: impl FnOnce() -> Other + Send,
) -> (One, Other) {
    rayon::join(one, other)
}

/// One run from start to end, without rows.
pub fn run(plan: &Plan, seed: u64, replication: u64) -> RunResults {
    run_watched(plan, seed, replication, &Unwatched).expect("nobody breaks it off")
}

#[cfg(test)]
mod tests {
    use super::{in_parallel, on_threads};

    #[test]
    fn results_stand_in_the_order_of_the_items() {
        let squares = in_parallel((0..10_000u64).collect(), |number| number * number);
        assert!(squares.iter().zip(0..).all(|(&square, number)| square == number * number));
    }

    #[test]
    fn work_is_done_on_as_many_threads_as_are_wanted() {
        for threads in [1, 2, 7] {
            assert_eq!(on_threads(Some(threads), rayon::current_num_threads), threads);
        }
        assert_eq!(on_threads(None, rayon::current_num_threads), rayon::current_num_threads());
    }
}
