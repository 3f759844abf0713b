//! Where the time of a mean request goes, node by node, and that of the slowest ones.
//!
//! Class by class this is gathered from rows as they pass by. Without rows there are only
//! the nodes' own sums, for all requests together.

use super::nodes::own_times;
use super::summary::{PlaceTime, SlowestTime, TimeSpent};
use super::window::Window;
use crate::kernel::time::{Time, to_milliseconds};
use crate::results::row::Rows;
use crate::results::{Nanoseconds, RunResults};
use crate::scenario::model::{Scenario, Warmup};
use crate::stats::histogram::{CELLS, cell_of};

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
    vec![TimeSpent {
        class: "all".to_owned(),
        requests,
        latency_mean_ms: mean_ms(latency),
        places,
        slowest: None,
    }]
}

/// The share of requests that counts as the slowest.
const SLOWEST: f64 = 0.01;

/// Sums up requests of about the same latency together, so that afterwards the slowest are
/// known. It grows with the number of classes and nodes and with the spread of the latencies,
/// not with the number of rows.
pub struct TimeSpentGatherer {
    columns: usize,
    /// Rows that started earlier are left out.
    counted_from: Time,
    /// For each class `CELLS` sums, of which most are never needed.
    classes: Vec<Vec<Option<Box<Times>>>>,
}

#[derive(Clone)]
struct Times {
    requests: u64,
    latency: Nanoseconds,
    columns: Vec<Nanoseconds>,
}

impl Times {
    fn none(columns: usize) -> Times {
        Times { requests: 0, latency: 0, columns: vec![0; columns] }
    }

    fn add(&mut self, other: &Times) {
        self.requests += other.requests;
        self.latency += other.latency;
        for (sum, time) in self.columns.iter_mut().zip(&other.columns) {
            *sum += time;
        }
    }

    fn mean_ms(&self, sum: Nanoseconds) -> f64 {
        to_milliseconds(1) * (sum as f64 / self.requests as f64)
    }
}

impl TimeSpentGatherer {
    pub fn new(scenario: &Scenario) -> TimeSpentGatherer {
        // The network comes last.
        let columns = scenario.nodes.len() + 1;
        let counted_from = match scenario.run.warmup {
            Warmup::After(time) => time,
            Warmup::Auto | Warmup::Requests(_) => 0,
        };
        TimeSpentGatherer { columns, counted_from, classes: vec![vec![None; CELLS]; scenario.classes.len()] }
    }

    pub fn add(&mut self, rows: &Rows) {
        debug_assert_eq!(rows.columns, self.columns);
        for (number, row) in rows.rows.iter().enumerate() {
            if !row.outcome.is_ok() || row.start < self.counted_from {
                continue;
            }
            let cell = &mut self.classes[row.class as usize][cell_of(row.latency)];
            let times = cell.get_or_insert_with(|| Box::new(Times::none(self.columns)));
            times.requests += 1;
            times.latency += Nanoseconds::from(row.latency);
            for (sum, &time) in times.columns.iter_mut().zip(rows.times_of(number)) {
                *sum += Nanoseconds::from(time);
            }
        }
    }

    /// Classes with requests, and the places where they spent time, the longest first.
    pub fn finish(&self, scenario: &Scenario) -> Vec<TimeSpent> {
        let named = scenario.classes.iter().zip(&self.classes);
        named
            .filter_map(|(class, cells)| {
                let mut all = Times::none(self.columns);
                cells.iter().flatten().for_each(|times| all.add(times));
                if all.requests == 0 {
                    return None;
                }
                let names = scenario.nodes.iter().map(|node| node.name.as_str()).chain(["network"]);
                let mut order: Vec<(usize, &str)> =
                    names.enumerate().filter(|(column, _)| all.columns[*column] > 0).collect();
                order.sort_by_key(|(column, _)| std::cmp::Reverse(all.columns[*column]));
                let slowest = self.slowest(cells, all.requests);
                Some(TimeSpent {
                    class: class.name.clone(),
                    requests: all.requests,
                    latency_mean_ms: all.mean_ms(all.latency),
                    places: places(&all, &order),
                    slowest: Some(SlowestTime {
                        share: slowest.requests as f64 / all.requests as f64,
                        requests: slowest.requests,
                        latency_mean_ms: slowest.mean_ms(slowest.latency),
                        places: places(&slowest, &order),
                    }),
                })
            })
            .collect()
    }

    /// The slowest requests, whole cells of them: at least the share that is asked for, and
    /// the more the fewer requests there are.
    fn slowest(&self, cells: &[Option<Box<Times>>], requests: u64) -> Times {
        let wanted = requests as f64 * SLOWEST;
        let mut slowest = Times::none(self.columns);
        for times in cells.iter().rev().flatten() {
            slowest.add(times);
            if slowest.requests as f64 >= wanted {
                break;
            }
        }
        slowest
    }
}

fn places(times: &Times, order: &[(usize, &str)]) -> Vec<PlaceTime> {
    let place = |&(column, name): &(usize, &str)| PlaceTime {
        place: name.to_owned(),
        mean_ms: times.mean_ms(times.columns[column]),
    };
    order.iter().map(place).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::example::scenario;
    use crate::parts::outcome::Outcome;
    use crate::results::row::Row;

    #[test]
    fn the_slowest_are_told_apart() {
        // Visitors, host, app, network: 990 requests of 10 ms and ten of 1 s, which they spent
        // at the app.
        let mut rows = Rows { columns: 4, ..Rows::default() };
        for id in 0..1_000 {
            let slow = id % 100 == 7;
            let latency = if slow { 1_000_000_000 } else { 10_000_000 };
            let start = 5_000_000_000;
            rows.rows.push(Row { id, class: 0, outcome: Outcome::Ok, attempts: 1, start, latency });
            let network = 8_000_000;
            rows.times.extend([0, 0, latency - network, network]);
        }
        let scenario = scenario();
        let mut gatherer = TimeSpentGatherer::new(&scenario);
        gatherer.add(&rows);
        let times = gatherer.finish(&scenario);
        let [page] = times.as_slice() else { panic!("{times:?}") };
        let told = |places: &[PlaceTime]| -> Vec<(String, f64)> {
            places.iter().map(|place| (place.place.clone(), (place.mean_ms * 1e6).round() / 1e6)).collect()
        };
        let named = |app: f64| vec![("app".to_owned(), app), ("network".to_owned(), 8.0)];
        assert_eq!((page.requests, told(&page.places)), (1_000, named(11.9)));
        let slowest = page.slowest.as_ref().unwrap();
        assert_eq!((slowest.requests, slowest.share), (10, 0.01));
        assert_eq!((slowest.latency_mean_ms, told(&slowest.places)), (1_000.0, named(992.0)));
    }
}
