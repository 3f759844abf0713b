//! The slow requests explained: which node and which cause made the tail beyond p99, in shares
//! that come to all of it.

use crate::kernel::time::{Time, to_milliseconds};
use crate::results::row::{NO_INCIDENT, Rows};
use crate::results::{Nanoseconds, RunResults};
use crate::scenario::model::{Scenario, Warmup};
use crate::stats::histogram::{CELLS, cell_of};
use rustc_hash::FxHashMap;
use serde::Serialize;
use std::collections::BTreeMap;

/// The slowest good answers of all classes, and what kept them.
#[derive(Clone, Debug, Serialize)]
pub struct TailSummary {
    pub requests: u64,
    /// The share of the good answers that these are.
    pub share: f64,
    pub latency_least_ms: f64,
    pub latency_mean_ms: f64,
    /// The largest first; the shares come to 1.
    pub parts: Vec<TailPart>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TailPart {
    pub cause: Cause,
    /// The node, where it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// The fault or maintenance in force while those requests were under way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub during: Option<String>,
    pub share: f64,
    /// For each of the requests.
    pub mean_ms: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// In line at a node.
    Queue,
    /// Work at a node, cores shared with others included.
    Service,
    /// On the way.
    Network,
    /// Until something lost was sent again.
    Retransmission,
    /// Tries of the client before the last one.
    Retry,
    /// Behind a cache that was still filling up and did not have what was asked for.
    ColdCache,
    /// Waiting for an answer that did not come.
    Waiting,
}

/// The share of the requests that is the tail.
const TAIL: f64 = 0.01;
/// Incidents that are told apart; later ones go together.
const INCIDENTS_MOST: u32 = 1_000;
/// Parts that are listed; smaller ones are put together by their cause.
const PARTS_MOST: usize = 24;

pub struct TailGatherer {
    nodes: usize,
    counted_from: Time,
    /// By the cell of the latency, and by the incident.
    cells: FxHashMap<(usize, u32), Slow>,
    counts: Vec<u64>,
}

#[derive(Clone)]
struct Slow {
    requests: u64,
    latency: Nanoseconds,
    least: Time,
    causes: Vec<Nanoseconds>,
    /// Behind cold caches, by their nodes.
    cold: BTreeMap<usize, Nanoseconds>,
}

impl TailGatherer {
    pub fn new(scenario: &Scenario) -> TailGatherer {
        let counted_from = match scenario.run.warmup {
            Warmup::After(time) => time,
            Warmup::Auto | Warmup::Requests(_) => 0,
        };
        TailGatherer {
            nodes: scenario.nodes.len(),
            counted_from,
            cells: FxHashMap::default(),
            counts: vec![0; CELLS],
        }
    }

    pub fn add(&mut self, rows: &Rows) {
        // Beside lines and work of all nodes there are the network, what was sent again, and tries.
        let columns = 2 * self.nodes + 3;
        let mut cold = rows.cold.as_slice();
        for (number, row) in rows.rows.iter().enumerate() {
            let Some(causes) = rows.causes.get(number * columns..(number + 1) * columns) else { return };
            let later = cold.partition_point(|wait| wait.row <= number);
            let (waits, others) = cold.split_at(later);
            cold = others;
            if !row.outcome.is_ok() || row.start < self.counted_from {
                continue;
            }
            let cell = cell_of(row.latency);
            self.counts[cell] += 1;
            let incident = match rows.during[number] {
                NO_INCIDENT => NO_INCIDENT,
                incident => incident.min(INCIDENTS_MOST),
            };
            let slow = self.cells.entry((cell, incident)).or_insert_with(|| Slow {
                requests: 0,
                latency: 0,
                least: Time::MAX,
                causes: vec![0; columns],
                cold: BTreeMap::new(),
            });
            slow.requests += 1;
            slow.latency += Nanoseconds::from(row.latency);
            slow.least = slow.least.min(row.latency);
            for (sum, &time) in slow.causes.iter_mut().zip(causes) {
                *sum += Nanoseconds::from(time);
            }
            for wait in waits {
                *slow.cold.entry(wait.node as usize).or_default() += Nanoseconds::from(wait.time);
            }
        }
    }

    pub fn finish(&self, scenario: &Scenario, results: &RunResults) -> Option<TailSummary> {
        let all: u64 = self.counts.iter().sum();
        let mut wanted = (all as f64 * TAIL).ceil() as u64;
        // Whole cells, from the slowest on.
        let first = (0..CELLS).rev().find(|&cell| {
            wanted = wanted.saturating_sub(self.counts[cell]);
            wanted == 0
        })?;
        let mut slow: Vec<_> = self.cells.iter().filter(|((cell, _), _)| *cell >= first).collect();
        slow.sort_unstable_by_key(|(place, _)| **place);
        let requests: u64 = slow.iter().map(|(_, slow)| slow.requests).sum();
        if requests == 0 {
            return None;
        }
        let mut parts: BTreeMap<Key, f64> = BTreeMap::new();
        let (mut latency, mut least) = (0, Time::MAX);
        for (&(_, incident), slow) in slow {
            latency += slow.latency;
            least = least.min(slow.least);
            self.split(slow, incident, &mut parts);
        }
        let latency_mean_ms = to_milliseconds(1) * latency as f64 / requests as f64;
        Some(TailSummary {
            requests,
            share: requests as f64 / all as f64,
            latency_least_ms: to_milliseconds(least),
            latency_mean_ms,
            parts: listed(parts, latency_mean_ms, scenario, results),
        })
    }

    /// Adds what kept some requests. What happened side by side comes to more than their
    /// latency, and is made to fit.
    fn split(&self, slow: &Slow, incident: u32, parts: &mut BTreeMap<Key, f64>) {
        let latency = slow.latency as f64;
        let known: f64 = slow.causes.iter().chain(slow.cold.values()).map(|&time| time as f64).sum();
        let scale = if known > latency { latency / known } else { 1.0 };
        for (column, &time) in slow.causes.iter().enumerate().filter(|(_, time)| **time > 0) {
            let (cause, node) = match column {
                column if column < self.nodes => (Cause::Queue, Some(column)),
                column if column < 2 * self.nodes => (Cause::Service, Some(column - self.nodes)),
                column => {
                    let others = [Cause::Network, Cause::Retransmission, Cause::Retry];
                    (others[column - 2 * self.nodes], None)
                }
            };
            *parts.entry((cause, node, incident)).or_default() += time as f64 * scale;
        }
        for (&node, &time) in &slow.cold {
            *parts.entry((Cause::ColdCache, Some(node), incident)).or_default() += time as f64 * scale;
        }
        if latency > known {
            *parts.entry((Cause::Waiting, None, incident)).or_default() += latency - known;
        }
    }
}

/// A cause, the place of a node in the scenario, and the number of an incident.
type Key = (Cause, Option<usize>, u32);

fn listed(
    parts: BTreeMap<Key, f64>,
    latency_mean_ms: f64,
    scenario: &Scenario,
    results: &RunResults,
) -> Vec<TailPart> {
    // Incidents of one name are one.
    let mut named: BTreeMap<(Cause, Option<usize>, Option<&str>), f64> = BTreeMap::new();
    for ((cause, node, incident), time) in parts {
        let during = match incident {
            NO_INCIDENT => None,
            INCIDENTS_MOST => Some("later incidents"),
            incident => results.incidents.get(incident as usize).map(|incident| incident.name.as_str()),
        };
        *named.entry((cause, node, during)).or_default() += time;
    }
    let mut sizes: Vec<f64> = named.values().copied().collect();
    sizes.sort_by(|a, b| b.total_cmp(a));
    let least = sizes.get(PARTS_MOST).copied().unwrap_or(0.0);
    let mut kept: BTreeMap<(Cause, Option<usize>, Option<&str>), f64> = BTreeMap::new();
    for ((cause, node, during), time) in named {
        let key = if time > least { (cause, node, during) } else { (cause, None, None) };
        *kept.entry(key).or_default() += time;
    }
    let all: f64 = kept.values().sum();
    let part = |((cause, node, during), time): ((Cause, Option<usize>, Option<&str>), f64)| TailPart {
        cause,
        place: node.map(|node| scenario.nodes[node].name.clone()),
        during: during.map(str::to_owned),
        share: time / all,
        mean_ms: latency_mean_ms * time / all,
    };
    let mut parts: Vec<TailPart> = kept.into_iter().map(part).collect();
    parts.sort_by(|a, b| b.share.total_cmp(&a.share));
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::example::{results, scenario};
    use crate::kernel::time::MILLISECOND;
    use crate::parts::outcome::Outcome;
    use crate::results::incident::Incident;
    use crate::results::row::Row;

    /// Visitors, host and app: 990 fast requests, and ten of a second, half of them with a fault.
    fn rows() -> Rows {
        let mut rows = Rows { columns: 4, ..Rows::default() };
        for id in 0..1_000 {
            let slow = id % 100 == 7;
            let latency = if slow { 1_000 * MILLISECOND } else { 10 * MILLISECOND };
            rows.rows.push(Row {
                id,
                class: 0,
                outcome: Outcome::Ok,
                attempts: 1,
                start: u64::MAX / 2,
                latency,
            });
            rows.during.push(if slow && id < 500 { 0 } else { NO_INCIDENT });
            let wait = if slow { 600 * MILLISECOND } else { 0 };
            let resent = if slow { 200 * MILLISECOND } else { 0 };
            let work = 2 * MILLISECOND;
            let network = latency - wait - resent - work;
            rows.causes.extend([0, 0, wait, 0, 0, work, network, resent, 0]);
        }
        rows
    }

    #[test]
    fn the_tail_is_split_by_cause_place_and_incident() {
        let mut results = results();
        results.incidents = vec![Incident::of_maintenance("restart app".into(), "app".into(), 0)];
        let mut gatherer = TailGatherer::new(&scenario());
        gatherer.add(&rows());
        let tail = gatherer.finish(&scenario(), &results).unwrap();
        assert_eq!((tail.requests, tail.share, tail.latency_least_ms), (10, 0.01, 1_000.0));
        assert!((tail.parts.iter().map(|part| part.share).sum::<f64>() - 1.0).abs() < 1e-12);
        let told: Vec<(Cause, Option<&str>, Option<&str>, f64)> = tail
            .parts
            .iter()
            .map(|part| {
                let share = (part.share * 1e6).round() / 1e6;
                (part.cause, part.place.as_deref(), part.during.as_deref(), share)
            })
            .collect();
        let restart = Some("restart app");
        for during in [None, restart] {
            for part in [
                (Cause::Queue, Some("app"), during, 0.3),
                (Cause::Retransmission, None, during, 0.1),
                (Cause::Network, None, during, 0.099),
                (Cause::Service, Some("app"), during, 0.001),
            ] {
                assert!(told.contains(&part), "{part:?} in {told:?}");
            }
        }
        assert_eq!(told.len(), 8);
    }

    #[test]
    fn what_is_not_known_is_waiting_and_what_overlaps_is_made_to_fit() {
        let mut rows = rows();
        rows.causes.iter_mut().step_by(9).skip(7).for_each(|time| *time = 0);
        for number in [7, 107] {
            let causes = &mut rows.causes[number * 9..(number + 1) * 9];
            causes.copy_from_slice(&[0, 0, 0, 0, 0, 500 * MILLISECOND, 0, 0, 0]);
        }
        for number in [207, 307] {
            let causes = &mut rows.causes[number * 9..(number + 1) * 9];
            causes.copy_from_slice(&[0, 0, 0, 0, 0, 4_000 * MILLISECOND, 0, 0, 0]);
        }
        let mut gatherer = TailGatherer::new(&scenario());
        gatherer.add(&rows);
        let tail = gatherer.finish(&scenario(), &results()).unwrap();
        assert!((tail.parts.iter().map(|part| part.share).sum::<f64>() - 1.0).abs() < 1e-12);
        assert!((tail.latency_mean_ms - 1_000.0).abs() < 1e-9);
    }

    #[test]
    fn without_rows_there_is_nothing_to_explain() {
        let mut gatherer = TailGatherer::new(&scenario());
        gatherer.add(&Rows::default());
        assert!(gatherer.finish(&scenario(), &results()).is_none());
    }
}
