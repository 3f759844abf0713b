//! Work on a thread of its own, while its caller looks up now and then.

use super::on_threads;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

/// Does the work with so many threads (as many as there are cores, if nobody says), and calls
/// `look_up` after each pause until it is done. Nothing if the work has panicked.
pub fn attended<Outcome: Send>(
    threads: Option<usize>,
    pause: Duration,
    mut look_up: impl FnMut(),
    work: impl FnOnce() -> Outcome + Send,
) -> Option<Outcome> {
    let (sender, receiver) = channel();
    let work = || on_threads(threads, work);
    std::thread::scope(|scope| {
        let worker = scope.spawn(move || {
            let outcome = work();
            // Whoever waits is there until this has ended.
            let _ = sender.send(outcome);
        });
        loop {
            match receiver.recv_timeout(pause) {
                Ok(outcome) => break Some(outcome),
                Err(RecvTimeoutError::Timeout) => look_up(),
                Err(RecvTimeoutError::Disconnected) => {
                    // The panic has been told; here it only means that there is no outcome.
                    let _ = worker.join();
                    break None;
                }
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicBool, Ordering};

    #[test]
    fn the_caller_looks_up_until_the_work_is_done() {
        let is_seen = AtomicBool::new(false);
        let work = || {
            while !is_seen.load(Ordering::Relaxed) {
                std::thread::yield_now();
            }
            rayon::current_num_threads()
        };
        let look_up = || is_seen.store(true, Ordering::Relaxed);
        assert_eq!(attended(Some(3), Duration::from_millis(1), look_up, work), Some(3));
    }

    #[test]
    fn work_that_panics_has_no_outcome() {
        let outcome: Option<()> = attended(None, Duration::from_millis(1), || {}, || panic!("on purpose"));
        assert_eq!(outcome, None);
    }
}
