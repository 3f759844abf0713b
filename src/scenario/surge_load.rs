//! Whether surges go above what there is, when, for how long, and how long it takes until what was
//! left over is served: as in a fluid, without chance.

use super::load_estimate::{Sent, class_rates};
use super::model::{RunEnd, Scenario};
use super::resource_load::{by_class, in_use};
use super::resources::Resource;
use super::traffic::{ClassRates, Traffic};
use crate::kernel::time::{NEVER, SECOND, Time, from_seconds, to_seconds};
use crate::parts::resource::{Owner, ResourceKind};

/// A stretch of time in which more of something is asked for than there is.
#[derive(Clone, Debug, PartialEq)]
pub struct Excess {
    pub resource: Resource,
    pub course: Course,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Course {
    pub from: Time,
    /// `None`: as long as the run lasts.
    pub until: Option<Time>,
    /// The share in use at its highest.
    pub peak: f64,
    /// How long it takes until what was left over is served; `None` if that does not happen.
    pub drains_in: Option<Time>,
}

/// The first time for each resource that surges ask too much of it. What is overloaded without
/// them is not told again.
pub fn excesses(scenario: &Scenario) -> Vec<Excess> {
    const EXCESSES_MAX: usize = 20;
    let traffic = Traffic::of(scenario);
    if traffic.surges().is_empty() {
        return Vec::new();
    }
    let Some(rates) = ClassRates::of(&traffic) else { return Vec::new() };
    let Some(sent) = Sent::usual(scenario) else { return Vec::new() };
    let instants = instants(scenario, &traffic, rates.streams());
    let sampled: Vec<Vec<f64>> = instants.iter().map(|&now| rates.at(now)).collect();
    let classes = scenario.classes.len();
    let highest = (0..classes).map(|class| sampled.iter().map(|rates| rates[class]).fold(0.0, f64::max));
    let highest: Vec<f64> = highest.collect();
    let usual = class_rates(scenario).unwrap_or_default();
    let by_class = by_class(scenario, &sent);
    let mut excesses = Vec::new();
    for (number, load) in in_use(scenario, &sent).into_iter().enumerate() {
        let Ok(expected) = load.expected else { continue };
        let taken = |rates: &[f64]| {
            let of_class = |(rate, each): (&f64, &Vec<f64>)| rate * each[number];
            expected.idle + rates.iter().zip(&by_class).map(of_class).sum::<f64>()
        };
        let usual = taken(&usual);
        if taken(&highest) <= 1.0 || usual >= 1.0 || excesses.len() == EXCESSES_MAX {
            continue;
        }
        let course: Vec<f64> = sampled.iter().map(|rates| taken(rates)).collect();
        let found = first_above_one(&instants, &course, usual);
        let waits = can_wait(scenario, &load.resource);
        excesses.extend(found.map(|course| Excess {
            resource: load.resource,
            course: Course { drains_in: course.drains_in.filter(|_| waits), ..course },
        }));
    }
    excesses
}

/// Nobody waits for memory, for a node without a line, or until a rate limit lets him pass.
fn can_wait(scenario: &Scenario, resource: &Resource) -> bool {
    match (resource.kind, resource.owner) {
        (ResourceKind::Memory | ResourceKind::Rate, _) => false,
        (ResourceKind::Slots, Owner::Node(number)) => {
            scenario.nodes[number as usize].behaviour.as_ref().is_some_and(|it| it.queue > 0)
        }
        _ => true,
    }
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

/// The first stretch above 1; between two instants the share in use is taken to follow a
/// line.
fn first_above_one(instants: &[Time], course: &[f64], usual: f64) -> Option<Course> {
    let first = course.iter().position(|&share| share > 1.0)?;
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
    let after = course[first..].iter().position(|&share| share <= 1.0).map(|count| first + count);
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
    Some(Course { from, until, peak, drains_in })
}
