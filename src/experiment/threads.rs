//! On what work is done side by side: all cores, or one after the other where there are no threads
//! (feature `threads`). What comes of it is the same.

/// Does the work for each item on as many threads as there are cores. What comes of it
/// stands in the order of the items, whatever thread was first.
pub fn in_parallel<Item: Send, Outcome: Send>(
    items: Vec<Item>,
    work: impl Fn(Item) -> Outcome + Sync + Send,
) -> Vec<Outcome> {
    each::in_parallel(items, work)
}

/// Does the work, and all that it does side by side, on so many threads; on one for each core, if
/// nobody says.
pub fn on_threads<Outcome: Send>(threads: Option<usize>, work: impl FnOnce() -> Outcome + Send) -> Outcome {
    each::on_threads(threads, work)
}

/// Does both, side by side.
pub fn beside<One: Send, Other: Send>(
    one: impl FnOnce() -> One + Send,
    other: impl FnOnce() -> Other + Send,
) -> (One, Other) {
    each::beside(one, other)
}

/// Does the same on every thread at once, and comes back when all have done it.
pub fn on_all(work: impl Fn() + Sync) {
    each::on_all(work);
}

#[cfg(feature = "threads")]
mod each {
    use rayon::ThreadPoolBuilder;
    use rayon::prelude::*;

    pub fn in_parallel<Item: Send, Outcome: Send>(
        items: Vec<Item>,
        work: impl Fn(Item) -> Outcome + Sync + Send,
    ) -> Vec<Outcome> {
        items.into_par_iter().map(work).collect()
    }

    pub fn on_threads<Outcome: Send>(
        threads: Option<usize>,
        work: impl FnOnce() -> Outcome + Send,
    ) -> Outcome {
        match threads.map(|threads| ThreadPoolBuilder::new().num_threads(threads).build()) {
            Some(Ok(pool)) => pool.install(work),
            // With all cores, or with those that the system has left.
            Some(Err(_)) | None => work(),
        }
    }

    pub fn beside<One: Send, Other: Send>(
        one: impl FnOnce() -> One + Send,
        other: impl FnOnce() -> Other + Send,
    ) -> (One, Other) {
        rayon::join(one, other)
    }

    pub fn on_all(work: impl Fn() + Sync) {
        rayon::scope(|scope| {
            for _ in 0..rayon::current_num_threads() {
                scope.spawn(|_| work());
            }
        });
    }
}

#[cfg(not(feature = "threads"))]
mod each {
    pub fn in_parallel<Item, Outcome>(items: Vec<Item>, work: impl Fn(Item) -> Outcome) -> Vec<Outcome> {
        items.into_iter().map(work).collect()
    }

    pub fn on_threads<Outcome>(_threads: Option<usize>, work: impl FnOnce() -> Outcome) -> Outcome {
        work()
    }

    pub fn beside<One, Other>(one: impl FnOnce() -> One, other: impl FnOnce() -> Other) -> (One, Other) {
        (one(), other())
    }

    pub fn on_all(work: impl Fn()) {
        work();
    }
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
