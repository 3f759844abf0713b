//! A program that has called a command, such as Python: what it hears and sees, and what it may
//! do for it.

use crate::experiment::tasks::Crew;

/// A program that waits for an answer.
pub trait Program: Send + Sync {
    /// What a person would read on standard output.
    fn hears(&self, text: &str);

    /// What a person would read on standard error.
    fn hears_aside(&self, text: &str);

    /// So many of so many tasks of this name are done.
    fn sees(&self, tasks: &'static str, done: u64, of: u64);

    /// Whether it wants what is under way to be broken off.
    fn stops(&self) -> bool;

    /// Somebody who makes the runs of studies, if they are not to be made here.
    fn crew(&self) -> Option<&dyn Crew>;
}
