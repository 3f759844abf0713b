//! Many runs at once. All threads of the program are started here.

pub mod study;
#[cfg(test)]
mod study_tests;

use crate::engine::{Advance, Options, Simulation};
use crate::kernel::time::NEVER;
use crate::plan::Plan;
use crate::results::RunResults;
use crate::results::row::RowSampling;
use rayon::prelude::*;
use std::ops::Range;

/// Does the work for each item on as many threads as there are cores. What comes of it
/// stands in the order of the items, whatever thread was first.
pub fn in_parallel<Item: Send, Outcome: Send>(
    items: Vec<Item>,
    work: impl Fn(Item) -> Outcome + Sync + Send,
) -> Vec<Outcome> {
    items.into_par_iter().map(work).collect()
}

/// Does both, side by side.
pub fn beside<One: Send, Other: Send>(
    one: impl FnOnce() -> One + Send,
    other: impl FnOnce() -> Other + Send,
) -> (One, Other) {
    rayon::join(one, other)
}

/// Runs that differ in nothing but chance, in the order of their numbers.
pub fn replicate(plan: &Plan, seed: u64, replications: Range<u64>) -> Vec<RunResults> {
    in_parallel(replications.collect(), |replication| run(plan, seed, replication))
}

/// One run from start to end, without rows.
pub fn run(plan: &Plan, seed: u64, replication: u64) -> RunResults {
    let options = Options { seed, replication, rows: RowSampling::None };
    let mut simulation = Simulation::new(plan, options);
    while !matches!(simulation.advance(NEVER, u64::MAX), Advance::Ended) {}
    simulation.finish(false)
}

#[cfg(test)]
mod tests {
    use super::in_parallel;

    #[test]
    fn results_stand_in_the_order_of_the_items() {
        let squares = in_parallel((0..10_000u64).collect(), |number| number * number);
        assert!(squares.iter().zip(0..).all(|(&square, number)| square == number * number));
    }
}
