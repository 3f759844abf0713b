//! What happened in the first run of a study, in a sentence: its files lie beside those of the study.

use crate::analysis::study::Measures;
use crate::analysis::summarise::summarise;
use crate::analysis::window::Window;
use crate::diagnosis::diagnose;
use crate::experiment::tasks::{Watcher, in_order, run_watched};
use crate::plan::Plan;
use crate::results::RunResults;
use crate::scenario::model::Scenario;
use crate::telling::{self, Sentence};
use std::ops::Range;

/// The figures of the runs with these numbers, and the story of the first run of all if it is one
/// of them.
pub fn replicate_with_story(
    (scenario, plan): (&Scenario, &Plan),
    seed: u64,
    numbers: Range<u64>,
    watcher: &impl Watcher,
    measures: &Measures,
) -> (Vec<Vec<f64>>, Option<Sentence>) {
    let made = in_order(numbers, watcher, |number| {
        let results = run_watched(plan, seed, number, watcher)?;
        Some((measures.figures(&results), (number == 0).then(|| story(scenario, seed, &results))))
    });
    let (figures, mut stories): (Vec<Vec<f64>>, Vec<Option<Sentence>>) = made.into_iter().unzip();
    let first = stories.first_mut().and_then(Option::take);
    (figures, first)
}

/// Where the runs are made somewhere else.
pub fn story_of((scenario, plan): (&Scenario, &Plan), seed: u64, watcher: &impl Watcher) -> Option<Sentence> {
    Some(story(scenario, seed, &run_watched(plan, seed, 0, watcher)?))
}

fn story(scenario: &Scenario, seed: u64, results: &RunResults) -> Sentence {
    let summary = summarise(scenario, seed, results);
    telling::study::story(&diagnose(scenario, results, &Window::of(scenario, results), &summary))
}
