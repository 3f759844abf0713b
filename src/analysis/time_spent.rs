//! Where the time of a mean request goes, node by node.
//!
//! Class by class this is gathered from rows as they pass by. Without rows there are only
//! the nodes' own sums, for all requests together.

use super::nodes::own_times;
use super::summary::{PlaceTime, TimeSpent};
use super::window::Window;
use crate::kernel::time::{Time, to_milliseconds};
use crate::results::row::Rows;
use crate::results::{Nanoseconds, RunResults};
use crate::scenario::model::{Scenario, Warmup};

/// Of all requests that ended, good or not, from the nodes' own sums. What is left of their
/// latency is the network's.
pub fn time_spent_by_all(scenario: &Scenario, results: &RunResults, window: &Window) -> Vec<TimeSpent> {
    let buckets = results.classes.iter().flat_map(|class| &class.buckets[window.buckets.clone()]);
    let (mut requests, mut latency) = (0, 0.0);
    for bucket in buckets {
        requests += bucket.outcomes.iter().sum::<u64>();
        latency += (bucket.latency_sum + bucket.failed_latency_sum) as f64;
    }
    if requests == 0 {
        return Vec::new();
    }
    let mut times = own_times(scenario, results, window);
    let at_nodes: f64 = times.iter().map(|(_, time)| time).sum();
    times.push(("network".to_owned(), (latency - at_nodes).max(0.0)));
    let mean_ms = |sum: f64| sum * to_milliseconds(1) / requests as f64;
    let mut places: Vec<PlaceTime> = times
        .into_iter()
        .filter(|&(_, time)| time > 0.0)
        .map(|(place, time)| PlaceTime { place, mean_ms: mean_ms(time) })
        .collect();
    places.sort_by(|a, b| b.mean_ms.total_cmp(&a.mean_ms));
    vec![TimeSpent { class: "all".to_owned(), requests, latency_mean_ms: mean_ms(latency), places }]
}

/// Grows with the number of classes and nodes, not with that of the rows.
pub struct TimeSpentGatherer {
    columns: usize,
    /// Rows that started earlier are left out.
    counted_from: Time,
    classes: Vec<ClassTimes>,
}

#[derive(Clone)]
struct ClassTimes {
    requests: u64,
    latency: Nanoseconds,
    columns: Vec<Nanoseconds>,
}

impl TimeSpentGatherer {
    pub fn new(scenario: &Scenario) -> TimeSpentGatherer {
        // The network comes last.
        let columns = scenario.nodes.len() + 1;
        let counted_from = match scenario.run.warmup {
            Warmup::After(time) => time,
            Warmup::Auto | Warmup::Requests(_) => 0,
        };
        let nothing = ClassTimes { requests: 0, latency: 0, columns: vec![0; columns] };
        TimeSpentGatherer { columns, counted_from, classes: vec![nothing; scenario.classes.len()] }
    }

    pub fn add(&mut self, rows: &Rows) {
        debug_assert_eq!(rows.columns, self.columns);
        for (number, row) in rows.rows.iter().enumerate() {
            if !row.outcome.is_ok() || row.start < self.counted_from {
                continue;
            }
            let class = &mut self.classes[row.class as usize];
            class.requests += 1;
            class.latency += Nanoseconds::from(row.latency);
            for (sum, &time) in class.columns.iter_mut().zip(rows.times_of(number)) {
                *sum += Nanoseconds::from(time);
            }
        }
    }

    /// Classes with requests, and the places where they spent time, the longest first.
    pub fn finish(&self, scenario: &Scenario) -> Vec<TimeSpent> {
        let named = scenario.classes.iter().zip(&self.classes);
        named
            .filter(|(_, times)| times.requests > 0)
            .map(|(class, times)| {
                let mean_ms = |sum: Nanoseconds| to_milliseconds(1) * (sum as f64 / times.requests as f64);
                let names = scenario.nodes.iter().map(|node| node.name.as_str()).chain(["network"]);
                let mut places: Vec<PlaceTime> = names
                    .zip(&times.columns)
                    .filter(|&(_, &sum)| sum > 0)
                    .map(|(name, &sum)| PlaceTime { place: name.to_owned(), mean_ms: mean_ms(sum) })
                    .collect();
                places.sort_by(|a, b| b.mean_ms.total_cmp(&a.mean_ms));
                TimeSpent {
                    class: class.name.clone(),
                    requests: times.requests,
                    latency_mean_ms: mean_ms(times.latency),
                    places,
                }
            })
            .collect()
    }
}
