//! What would help? Changes that a run's diagnosis suggests, each tried with the same chance.

use super::error::Error;
use super::scenario::Scenario;
use crate::advice::{self, Site, Wish};
use crate::experiment::tasks::Watcher;
use crate::telling::advice::Answer;

/// Tries what might help. What has been tried until the watcher breaks it off is told.
pub fn advise(scenario: &Scenario, wish: &Wish, watcher: &dyn Watcher) -> Result<Answer, Error> {
    let answer = tried(scenario.site(), wish, watcher);
    match answer.advice.runs {
        0 => Err(Error::Stopped),
        _ => Ok(answer),
    }
}

/// The answer as it is, though nothing may have been run for it.
pub(crate) fn tried(site: &Site, wish: &Wish, watcher: &dyn Watcher) -> Answer {
    Answer::of(advice::advise(site, wish, &watcher))
}
