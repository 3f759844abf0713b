//! `--threads`: on how many threads a command makes its runs.

use crate::experiment::on_threads;
use clap::Args;

/// More would only wait for each other.
const THREADS_MOST: u64 = 1_024;

#[derive(Clone, Copy, Debug, Default, Args)]
pub struct ThreadArguments {
    /// Make runs on so many threads at a time [default: one for each core]; what comes of them is the same with
    /// any number
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=THREADS_MOST))]
    threads: Option<u64>,
}

impl ThreadArguments {
    /// Does the work, and all that it does side by side, on these.
    pub fn make<Outcome: Send>(self, work: impl FnOnce() -> Outcome + Send) -> Outcome {
        on_threads(self.threads.map(|threads| threads as usize), work)
    }
}
