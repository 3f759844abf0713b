//! On what work is done side by side: all cores, or one after the other where there are no threads
//! (feature `threads`). What comes of it is the same.

#[cfg(feature = "threads")]
use rayon::prelude::*;

/// Does the work for each item on as many threads as there are cores. What comes of it
/// stands in the order of the items, whatever thread was first.
pub fn in_parallel<Item: Send, Outcome: Send>(
    items: Vec<Item>,
    work: impl Fn(Item) -> Outcome + Sync + Send,
) -> Vec<Outcome> {
    #[cfg(feature = "threads")]
    let items = items.into_par_iter();
    #[cfg(not(feature = "threads"))]
    let items = items.into_iter();
    items.map(work).collect()
}

/// Does the work, and all that it does side by side, on so many threads; on one for each core, if
/// nobody says, or if the system has no more.
pub fn on_threads<Outcome: Send>(threads: Option<usize>, work: impl FnOnce() -> Outcome + Send) -> Outcome {
    #[cfg(feature = "threads")]
    if let Some(Ok(pool)) =
        threads.map(|threads| rayon::ThreadPoolBuilder::new().num_threads(threads).build())
    {
        return pool.install(work);
    }
    #[cfg(not(feature = "threads"))]
    let _ = threads;
    work()
}

/// Does both, side by side.
pub fn beside<One: Send, Other: Send>(
    one: impl FnOnce() -> One + Send,
    other: impl FnOnce() -> Other + Send,
) -> (One, Other) {
    #[cfg(feature = "threads")]
    return rayon::join(one, other);
    #[cfg(not(feature = "threads"))]
    (one(), other())
}

/// Does the same on every thread at once, and comes back when all have done it.
pub fn on_all(work: impl Fn() + Sync) {
    #[cfg(feature = "threads")]
    rayon::scope(|scope| {
        for _ in 0..rayon::current_num_threads() {
            scope.spawn(|_| work());
        }
    });
    #[cfg(not(feature = "threads"))]
    work();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_stand_in_the_order_of_the_items() {
        let squares = in_parallel((0..10_000u64).collect(), |number| number * number);
        assert!(squares.iter().zip(0..).all(|(&square, number)| square == number * number));
    }

    #[cfg(feature = "threads")]
    #[test]
    fn work_is_done_on_as_many_threads_as_are_wanted() {
        for threads in [1, 2, 7] {
            assert_eq!(on_threads(Some(threads), rayon::current_num_threads), threads);
        }
        assert_eq!(on_threads(None, rayon::current_num_threads), rayon::current_num_threads());
    }
}
