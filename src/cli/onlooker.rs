//! Who looks at many runs while they go on: shows how far they are, and breaks them off at
//! Ctrl-C or when their time is over.

use super::interrupt;
use super::program::Program;
use super::progress::Progress;
use super::simulated::Amount;
use crate::experiment::tasks::Watcher;
use crate::parts::quantity::parse_duration;
use std::sync::Arc;
use std::time::{Duration, Instant};

pub struct Onlooker {
    progress: Progress,
    /// Whoever has called, if it is no person.
    program: Option<Arc<dyn Program>>,
    deadline: Option<Instant>,
}

impl Onlooker {
    pub fn new(
        progress: Progress,
        program: Option<Arc<dyn Program>>,
        time_limit: Option<Duration>,
    ) -> Onlooker {
        let deadline = time_limit.and_then(|limit| Instant::now().checked_add(limit));
        Onlooker { progress, program, deadline }
    }

    /// What has been simulated since it began to look, if that is known.
    pub fn so_far(&self) -> Option<Amount> {
        self.progress.simulated.so_far()
    }
}

impl Watcher for Onlooker {
    fn breaks_off(&self) -> bool {
        let is_stopped = self.program.as_ref().map_or_else(interrupt::requested, |program| program.stops());
        is_stopped || self.deadline.is_some_and(|deadline| Instant::now() >= deadline)
    }

    fn done(&self, tasks: u64, of: u64) {
        self.progress.tasks_done(tasks, of);
    }

    fn simulated(&self, requests: u64, events: u64) {
        self.progress.simulated.add(requests, events);
    }
}

/// As `--time-limit` takes it.
pub fn parse_time_limit(text: &str) -> Result<Duration, String> {
    let seconds = parse_duration(text).map_err(|error| error.problem)?;
    Duration::try_from_secs_f64(seconds).map_err(|error| error.to_string())
}
