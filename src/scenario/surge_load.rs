//! Whether surges go above what the nodes can serve, when, for how long, and how long it
//! takes until what was left over is served: as in a fluid, without chance.

use super::load_estimate::{NodeLoad, class_rates, estimate_for};
use super::model::{RunEnd, Scenario};
use super::traffic::{ClassRates, Traffic};
use crate::kernel::time::{NEVER, SECOND, Time, from_seconds, to_seconds};

/// A stretch of time in which a node is asked for more than it has.
#[derive(Clone, Debug, PartialEq)]
pub struct Excess {
    /// An index into the scenario's nodes.
    pub node: usize,
    pub of_what: &'static str,
    pub from: Time,
    /// `None`: as long as the run lasts.
    pub until: Option<Time>,
    /// Utilisation at its highest.
    pub peak: f64,
    /// How long it takes until what was left over is served; `None` if that does not happen.
    pub drains_in: Option<Time>,
}

/// The first time for each node that surges ask too much of it. What is overloaded without
/// them is not told again.
pub fn excesses(scenario: &Scenario) -> Vec<Excess> {
    const EXCESSES_MAX: usize = 20;
    let traffic = Traffic::of(scenario);
    if traffic.surges().is_empty() {
        return Vec::new();
    }
    let Some(rates) = ClassRates::of(&traffic) else { return Vec::new() };
    let instants = instants(scenario, &traffic, rates.streams());
    let sampled: Vec<Vec<f64>> = instants.iter().map(|&now| rates.at(now)).collect();
    let classes = scenario.classes.len();
    let highest = (0..classes).map(|class| sampled.iter().map(|rates| rates[class]).fold(0.0, f64::max));
    let highest: Vec<f64> = highest.collect();
    let usual = class_rates(scenario).unwrap_or_default();
    let loads: Vec<Vec<NodeLoad>> = (0..classes)
        .map(|class| {
            let one: Vec<f64> = (0..classes).map(|other| f64::from(u8::from(other == class))).collect();
            estimate_for(scenario, &one)
        })
        .collect();
    type Measure = fn(&NodeLoad) -> Option<f64>;
    const MEASURES: [(Measure, &str); 2] =
        [(|load| load.core_utilisation, "cores"), (|load| load.slot_utilisation, "slots")];
    let mut excesses = Vec::new();
    for node in 0..scenario.nodes.len() {
        for (measure, of_what) in MEASURES {
            let each: Vec<f64> = loads.iter().map(|load| measure(&load[node]).unwrap_or(0.0)).collect();
            let taken = |rates: &[f64]| rates.iter().zip(&each).map(|(rate, each)| rate * each).sum::<f64>();
            let usual = taken(&usual);
            if taken(&highest) <= 1.0 || usual >= 1.0 || excesses.len() == EXCESSES_MAX {
                continue;
            }
            let course: Vec<f64> = sampled.iter().map(|rates| taken(rates)).collect();
            excesses.extend(first_above_one(&instants, &course, usual).map(|excess| Excess {
                node,
                of_what,
                ..excess
            }));
        }
    }
    excesses
}

/// Each instant at which some rate changes its course, and what lies between them.
fn instants(scenario: &Scenario, traffic: &Traffic, streams: usize) -> Vec<Time> {
    const RATES_MAX: usize = 2_000_000;
    const PARTS: Time = 8;
    let end = match scenario.run.end {
        RunEnd::After(end) => end,
        RunEnd::Requests(_) => NEVER,
    };
    let mut instants: Vec<Time> = vec![0];
    for (surge, _) in traffic.surges() {
        for edge in surge.edges() {
            // A step has a rate before it and one after.
            instants.extend([edge.saturating_sub(1), edge]);
        }
    }
    instants.sort_unstable();
    instants.dedup();
    instants.retain(|&instant| instant < end);
    instants.truncate(RATES_MAX / PARTS as usize / streams.max(1) + 1);
    if end < NEVER {
        instants.push(end);
    }
    let between = instants.windows(2).flat_map(|pair| {
        let length = pair[1] - pair[0];
        (1..PARTS).filter(move |_| length > SECOND).map(move |part| pair[0] + length / PARTS * part)
    });
    let between: Vec<Time> = between.collect();
    instants.extend(between);
    instants.sort_unstable();
    instants
}

/// The first stretch above 1; between two instants the utilisation is taken to follow a
/// line.
fn first_above_one(instants: &[Time], course: &[f64], usual: f64) -> Option<Excess> {
    let first = course.iter().position(|&utilisation| utilisation > 1.0)?;
    let crossing = |index: usize| match index {
        0 => instants[0],
        _ => {
            let (from, to) = (instants[index - 1], instants[index]);
            let way = (1.0 - course[index - 1]) / (course[index] - course[index - 1]);
            // A step has happened by its later side.
            from + libm::ceil((to - from) as f64 * way) as Time
        }
    };
    let from = crossing(first);
    let after = course[first..].iter().position(|&utilisation| utilisation <= 1.0).map(|count| first + count);
    let until = after.map(crossing);
    let last = after.unwrap_or(course.len());
    let peak = course[first..last].iter().copied().fold(0.0, f64::max);
    let mut points = vec![(from, 1.0)];
    points.extend((first..last).map(|index| (instants[index], course[index])));
    points.extend(until.map(|until| (until, 1.0)));
    let left_over = |pair: &[(Time, f64)]| {
        (0.5 * (pair[0].1 + pair[1].1) - 1.0) * to_seconds(pair[1].0.saturating_sub(pair[0].0))
    };
    let left_over: f64 = points.windows(2).map(left_over).sum();
    // After the surge the usual load leaves so much for what is in line.
    let drains_in = until.map(|_| from_seconds(left_over / (1.0 - usual)));
    Some(Excess { node: 0, of_what: "", from, until, peak, drains_in })
}
