//! How the run is cut into time buckets.

use crate::kernel::time::{DAY, HOUR, MILLISECOND, MINUTE, NEVER, SECOND, Time, from_seconds};
use crate::scenario::model::{RunEnd, Scenario, Warmup};

/// Buckets that a run of ordinary length is cut into, about.
const WANTED: u64 = 200;
/// Buckets that are kept at most when the width was chosen, and when it was given.
const MOST_CHOSEN: usize = 480;
const MOST_GIVEN: usize = 20_000;
/// Lines of counters over all nodes that are kept at most; more nodes have fewer buckets.
const NODE_LINES_MOST: usize = 500_000;
const LEAST: usize = 8;

/// Where more buckets would be needed than may be kept, they are joined in pairs and the
/// width doubles; so a run of any length keeps its memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BucketPlan {
    pub width: Time,
    pub most: usize,
    /// The first edge after the start, so that a given warm-up ends at an edge.
    pub first_edge: Time,
}

impl BucketPlan {
    pub fn of(scenario: &Scenario, instances: usize) -> BucketPlan {
        let most = buckets_most(scenario, instances);
        let length = expected_length(scenario);
        let mut width = scenario
            .run
            .bucket
            .unwrap_or_else(|| nice_width(length / WANTED.min(most as u64 / 2).max(1)))
            .max(1);
        while length / width >= most as u64 {
            width = width.saturating_mul(2);
        }
        let first_edge = match scenario.run.warmup {
            Warmup::After(warmup) if warmup % width != 0 => warmup % width,
            _ => width,
        };
        BucketPlan { width, most, first_edge }
    }
}

/// How many buckets are kept at most with so many nodes, replicas counted.
pub fn buckets_most(scenario: &Scenario, instances: usize) -> usize {
    let affordable = (NODE_LINES_MOST / instances.max(1)).max(LEAST);
    affordable.min(if scenario.run.bucket.is_some() { MOST_GIVEN } else { MOST_CHOSEN })
}

/// How long the run will take, more or less; a guess that is wrong costs resolution only.
fn expected_length(scenario: &Scenario) -> Time {
    match scenario.run.end {
        RunEnd::After(duration) => duration,
        RunEnd::Requests(requests) => {
            let rate: f64 = scenario
                .nodes
                .iter()
                .filter_map(|node| match &node.kind {
                    crate::nodes::NodeKind::User(user) => user.arrivals.mean_rate(86_400.0),
                    _ => None,
                })
                .sum();
            let warmup = match scenario.run.warmup {
                Warmup::Requests(requests) => requests,
                _ => 0,
            };
            let requests = requests.saturating_add(warmup) as f64;
            if rate > 0.0 { from_seconds(requests / rate).min(NEVER / 4) } else { from_seconds(requests) }
        }
    }
}

/// The least round width that is not below the wanted one.
fn nice_width(wanted: Time) -> Time {
    let seconds = [1, 2, 5, 10, 15, 20, 30].map(|count| count * SECOND);
    let minutes = [1, 2, 5, 10, 15, 20, 30].map(|count| count * MINUTE);
    let hours = [1, 2, 3, 6, 12].map(|count| count * HOUR);
    let days = [1, 2, 7, 14, 28, 56, 112, 224, 364].map(|count| count * DAY);
    let mut milliseconds = 1;
    while milliseconds < 1_000 {
        for factor in [1, 2, 5] {
            if milliseconds * factor * MILLISECOND >= wanted {
                return milliseconds * factor * MILLISECOND;
            }
        }
        milliseconds *= 10;
    }
    let round = seconds.into_iter().chain(minutes).chain(hours).chain(days);
    round.into_iter().find(|&width| width >= wanted).unwrap_or(wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widths_are_round() {
        assert_eq!(nice_width(0), MILLISECOND);
        assert_eq!(nice_width(3 * MILLISECOND), 5 * MILLISECOND);
        assert_eq!(nice_width(600 * MILLISECOND), SECOND);
        assert_eq!(nice_width(18 * SECOND), 20 * SECOND);
        assert_eq!(nice_width(50 * MINUTE), HOUR);
        assert_eq!(nice_width(10_000 * DAY), 10_000 * DAY);
    }
}
