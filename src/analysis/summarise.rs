//! From the counts of a run to its summary.

use super::availability::summarise_availability;
use super::classes::Requests;
use super::costs::summarise_costs;
use super::expectations::judge_all;
use super::nodes::summarise_nodes;
use super::notices::notices;
use super::outages::Outages;
use super::replication::summarise_replications;
use super::resources::summarise_resources;
use super::scaling::summarise_scalings;
use super::summary::{RunSummary, Summary};
use super::tail::tail;
use super::time_spent::time_spent;
use super::window::Window;
use crate::kernel::time::to_seconds;
use crate::parts::fidelity::Fidelity;
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
    let outages = Outages::of(results, &window);
    let availability = summarise_availability(scenario, results, &window, &outages, &total.good_share);
    // Where no requests are simulated there are none to count.
    let if_simulated = |count: u64| (results.fidelity != Fidelity::Components).then_some(count);
    Summary {
        scenario: scenario.name.clone(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        seed,
        run: RunSummary {
            simulated_s: to_seconds(results.ended_at),
            stopped: stop_text(results.stop).to_owned(),
            warmup_s: to_seconds(window.start),
            warmup: window.origin.text().to_owned(),
            offered: if_simulated(results.offered),
            ended: if_simulated(results.ended),
            in_flight: if_simulated(results.in_flight),
            events: results.events,
        },
        replications: summarise_replications(scenario, results),
        resources: summarise_resources(scenario, results, &window),
        scalings: summarise_scalings(scenario, results),
        costs: summarise_costs(scenario, results, &window),
        expectations: judge_all(scenario, results, &window, &nodes),
        notices: notices(results, &window, (&total, &classes), &nodes, &availability),
        availability,
        total,
        classes,
        nodes,
        time_spent: match results.fidelity {
            Fidelity::Components => Vec::new(),
            _ => time_spent(scenario, results, &window),
        },
        // Requests that took no time at all have nothing that made them slow.
        tail: tail(scenario, results, &window).filter(|tail| tail.latency_mean_ms > 0.0),
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
        StopReason::StandsStill => "because simulated time stood still",
    }
}
