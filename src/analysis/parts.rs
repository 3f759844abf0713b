//! The parts of latencies: added up over requests that were followed, and in words.

use super::window::{Origin, Window};
use crate::kernel::time::{Time, to_milliseconds};
use crate::results::path::{Cause, Part, Path, Place};
use crate::results::{Nanoseconds, RunResults};
use crate::scenario::model::{Scenario, Warmup};
use crate::stats::histogram::{CELLS, cell_of};
use rustc_hash::FxHashMap;
use std::hash::Hash;

/// Stands between a caller and those it calls.
pub const BETWEEN: &str = " -> ";

/// The parts of the latencies of some requests, by something that tells them apart.
#[derive(Clone, Debug)]
pub struct Sums<K> {
    /// So many were followed.
    pub followed: u64,
    /// So many thousandths of a request they stand for.
    pub weight: Nanoseconds,
    pub latency: Nanoseconds,
    pub parts: FxHashMap<K, Nanoseconds>,
}

impl<K: Hash + Eq> Sums<K> {
    pub fn none() -> Sums<K> {
        Sums { followed: 0, weight: 0, latency: 0, parts: FxHashMap::default() }
    }

    pub fn add(&mut self, one: &Followed, key: impl Fn(Part) -> K) {
        self.followed += 1;
        self.weight += one.weight;
        self.latency += one.weight * Nanoseconds::from(one.path.latency);
        for &(part, time) in one.times {
            *self.parts.entry(key(part)).or_default() += one.weight * Nanoseconds::from(time);
        }
    }

    /// So many requests they stand for.
    pub fn requests(&self) -> u64 {
        ((self.weight + 500) / 1_000) as u64
    }

    pub fn mean_ms(&self, sum: Nanoseconds) -> f64 {
        to_milliseconds(1) * (sum as f64 / self.weight as f64)
    }

    pub fn share(&self, sum: Nanoseconds) -> f64 {
        if self.latency == 0 { 0.0 } else { sum as f64 / self.latency as f64 }
    }
}

/// A request that was followed and counts.
#[derive(Clone, Copy, Debug)]
pub struct Followed<'r> {
    pub class: usize,
    pub path: &'r Path,
    pub times: &'r [(Part, Time)],
    pub weight: Nanoseconds,
}

/// Those of a class that ended in the part of the run that counts.
pub fn followed<'r>(
    scenario: &Scenario,
    results: &'r RunResults,
    number: usize,
    window: &Window,
) -> Vec<Followed<'r>> {
    let class = &results.paths.classes[number];
    // The request with which a warm-up ends belongs to it.
    let by_requests = window.origin == Origin::Given && matches!(scenario.run.warmup, Warmup::Requests(1..));
    let from = window.start + Time::from(by_requests);
    class
        .all()
        .filter(|(path, _)| path.end() >= from)
        .map(|(path, times)| Followed {
            class: number,
            path,
            times,
            weight: results.paths.weight(class, path),
        })
        .collect()
}

/// The latency from which on requests are among the slowest share.
pub fn slow_from(all: &[Followed], share: f64) -> Time {
    let weight: Nanoseconds = all.iter().map(|one| one.weight).sum();
    let wanted = (weight as f64 * share).ceil() as Nanoseconds;
    // Only those in the cell of a histogram in which it lies are put in order.
    let mut weights: Vec<Nanoseconds> = vec![0; CELLS];
    for one in all {
        weights[cell_of(one.path.latency)] += one.weight;
    }
    let mut sum: Nanoseconds = 0;
    let cell = weights.iter().rposition(|&weight| {
        sum += weight;
        weight > 0 && sum >= wanted
    });
    let Some(cell) = cell else { return 0 };
    sum -= weights[cell];
    let within = all.iter().filter(|one| cell_of(one.path.latency) == cell);
    let mut latencies: Vec<(Time, Nanoseconds)> = within.map(|one| (one.path.latency, one.weight)).collect();
    latencies.sort_unstable_by(|a, b| b.cmp(a));
    let last = latencies.iter().find(|(_, weight)| {
        sum += weight;
        sum >= wanted
    });
    last.map_or(0, |(latency, _)| *latency)
}

/// `app`, `app -> db`, `visitors -> server`
pub fn name_of(scenario: &Scenario, place: Place) -> String {
    let node =
        |number: u32| scenario.nodes.get(number as usize).map_or("somebody", |node| node.name.as_str());
    match place {
        Place::Node(number) => node(number).to_owned(),
        Place::Call { from, to } => format!("{}{BETWEEN}{}", node(from), node(to)),
        Place::Link(number) => scenario.links.get(number as usize).map_or_else(
            || "a link".to_owned(),
            |link| format!("{}{BETWEEN}{}", node(link.from.0), node(link.to.0)),
        ),
    }
}

/// What somebody waited for, and where.
pub fn words(cause: Cause, place: Option<&str>) -> String {
    let (what, where_) = match cause {
        Cause::Queue => ("in line", " at"),
        Cause::Service => ("work", " at"),
        Cause::Pool => ("waiting for a connection of the pool", ""),
        Cause::MaxInFlight => ("waiting for a place among the calls in flight", ""),
        Cause::RateLimit => ("held back by a rate limit", " at"),
        Cause::Network => ("network", ""),
        Cause::FullLink => ("waiting for a full link", ""),
        Cause::Sending => ("sending", " over"),
        Cause::Retransmission => ("until something lost was sent again", " over"),
        Cause::Syn => ("SYNs sent again", " to"),
        Cause::Retry => ("earlier tries", ""),
        Cause::ColdCache => ("cold cache", " at"),
        Cause::Waiting => ("waiting for an answer that did not come", ""),
    };
    place.map_or(what.to_owned(), |place| format!("{what}{where_} `{place}`"))
}
