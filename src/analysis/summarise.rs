//! From the counts of a run to its summary.

use super::availability::summarise_availability;
use super::classes::Requests;
use super::costs::summarise_costs;
use super::expectations::judge_all;
use super::nodes::summarise_nodes;
use super::notices::notices;
use super::replication::summarise_replications;
use super::scaling::summarise_scalings;
use super::summary::{RunSummary, Summary};
use super::tail::tail;
use super::time_spent::time_spent;
use super::window::Window;
use crate::kernel::time::to_seconds;
use crate::results::{RunResults, StopReason};
use crate::scenario::model::Scenario;

pub fn summarise(scenario: &Scenario, seed: u64, results: &RunResults) -> Summary {
    let window = Window::of(scenario, results);
    let total = Requests::new(results, None, &window).summary("all");
    let classes: Vec<_> = scenario
        .classes
        .iter()
        .enumerate()
        .map(|(number, class)| Requests::new(results, Some(number), &window).summary(&class.name))
        .collect();
    let nodes = summarise_nodes(scenario, results, &window);
    Summary {
        scenario: scenario.name.clone(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        seed,
        run: RunSummary {
            simulated_s: to_seconds(results.ended_at),
            stopped: stop_text(results.stop).to_owned(),
            warmup_s: to_seconds(window.start),
            warmup: window.origin.text().to_owned(),
            offered: results.offered,
            ended: results.ended,
            in_flight: results.in_flight,
            events: results.events,
        },
        availability: summarise_availability(scenario, results, &window, &total.good_share),
        replications: summarise_replications(scenario, results),
        scalings: summarise_scalings(scenario, results),
        costs: summarise_costs(scenario, results, &window),
        expectations: judge_all(scenario, results, &window, &nodes),
        notices: notices(results, &window, &total, &classes, &nodes),
        total,
        classes,
        nodes,
        time_spent: time_spent(scenario, results, &window),
        tail: tail(scenario, results, &window),
    }
}

fn stop_text(stop: StopReason) -> &'static str {
    match stop {
        StopReason::Horizon => "at the end of its duration",
        StopReason::Requests => "after the number of requests asked for",
        StopReason::NothingLeft => "when nothing was left to happen",
        StopReason::Interrupted => "by the user",
        StopReason::TooManyInFlight => "by too many requests in flight",
        StopReason::TooManyEvents => "by too many events",
    }
}
