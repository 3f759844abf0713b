//! Availability as it looks to those who measure it in different places.

use super::classes::sum;
use super::estimate::ratio;
use super::planned::Part;
use super::shares::share;
use super::summary::Estimate;
use super::window::Window;
use crate::kernel::time::to_seconds;
use crate::nodes::NodeKind;
use crate::results::{ClassRecord, NodeBucket, RunResults};
use crate::scenario::model::Scenario;
use petgraph::Direction;
use petgraph::visit::EdgeRef;
use serde::{Deserialize, Serialize};

/// Four answers to the same question.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Views {
    /// Share of the requests that users sent which were good.
    pub user: Estimate,
    /// The same, as those read it who have only the logs of what users reach first:
    /// requests that never came in are not in there.
    pub server_log: Estimate,
    /// Share of the health checks of what users reach first that pass: they ask whether a
    /// process is there.
    pub health_checker: Estimate,
    /// Share of the requests of somebody who sends one every so often: a quiet hour counts
    /// as much as a busy one.
    pub probe: Estimate,
    /// Share of the time buckets in which as many requests were good as ought to be.
    pub good_buckets: Estimate,
}

/// In a bucket that counts as up at least so many requests are good.
const GOOD_BUCKET: f64 = 0.99;

pub fn views(scenario: &Scenario, results: &RunResults, window: &Window, user: &Estimate) -> Views {
    let first = reached_first(scenario, results);
    let of_first = |look: fn(&NodeBucket, f64) -> (f64, f64)| {
        let parts = window.buckets.clone().flat_map(|bucket| {
            let edges = &results.bucket_edges;
            let length = (edges[bucket + 1] - edges[bucket]) as f64;
            first.iter().map(move |&instance| {
                let (counted, of) = look(&results.nodes[instance].buckets[bucket], length);
                Part { bucket, counted, of }
            })
        });
        share(&parts.collect::<Vec<Part>>(), window)
    };
    let records: Vec<&ClassRecord> = results.classes.iter().collect();
    let buckets: Vec<Part> = window
        .buckets
        .clone()
        .filter_map(|bucket| {
            let length = to_seconds(results.bucket_edges[bucket + 1] - results.bucket_edges[bucket]);
            let sum = sum(&records, bucket..bucket + 1);
            let good = ratio(sum.good as f64, sum.outcomes.iter().sum::<u64>() as f64)?;
            Some(Part { bucket, counted: good * length, of: length })
        })
        .collect();
    let is_good = |part: &Part| Part {
        counted: if part.counted >= GOOD_BUCKET * part.of { part.of } else { 0.0 },
        ..*part
    };
    Views {
        user: user.clone(),
        server_log: of_first(|bucket, _| {
            (bucket.ended.saturating_sub(bucket.failed) as f64, bucket.ended as f64)
        }),
        health_checker: of_first(|bucket, length| (length - (bucket.down as f64).min(length), length)),
        good_buckets: share(&buckets.iter().map(is_good).collect::<Vec<Part>>(), window),
        probe: share(&buckets, window),
    }
}

/// The instances that users call, resolvers left out.
fn reached_first(scenario: &Scenario, results: &RunResults) -> Vec<usize> {
    let graph = &scenario.graph;
    let is_user = |place: &petgraph::graph::NodeIndex| {
        matches!(scenario.nodes[graph[*place].0 as usize].kind, NodeKind::User(_))
    };
    let users = graph.node_indices().filter(is_user);
    let called = users.flat_map(|user| graph.edges_directed(user, Direction::Outgoing));
    let mut reached: Vec<usize> = called.map(|edge| graph[edge.target()].0 as usize).collect();
    reached.retain(|&node| !matches!(scenario.nodes[node].kind, NodeKind::Dns(_)));
    reached.sort_unstable();
    reached.dedup();
    let mut first = 0;
    let mut instances = Vec::new();
    for (number, node) in scenario.nodes.iter().enumerate() {
        let range = first..first + node.replicas as usize;
        first = range.end;
        if reached.binary_search(&number).is_ok() {
            instances.extend(range.filter(|&instance| instance < results.nodes.len()));
        }
    }
    instances
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::trial;
    use crate::plan::compile;
    use crate::scenario::load::load_text;

    #[test]
    fn each_sees_what_it_can() {
        // The host is dead for a tenth of the time, in which nobody reaches nginx; for another
        // tenth the application fails, which no health check of nginx notices.
        let text = "
run: { duration: 1000s, warmup: 0s, bucket: 10s }
nodes:
  visitors: { kind: user, arrivals: 10/s, timeout: 1s }
  server:   { kind: server, boot: 0s }
  nginx:    { kind: web_server, on: server, boot: 0s }
  app:      { kind: app_server, on: server, boot: 0s }
requests:
  page: { path: [ nginx: 0.1ms, app: 1ms ] }
timeline:
  - { at: 200s, fail: server, for: 100s }
  - { at: 600s, errors: app, share: 100%, for: 100s }
";
        let scenario = load_text("site.yaml", text, &[]).scenario.expect("a good scenario");
        let results = trial::run(&compile(&scenario));
        let views = views(&scenario, &results, &Window::of(&scenario, &results), &Estimate::empty(""));
        let near = |estimate: &Estimate, expected: f64| {
            let value = estimate.value.expect("something was observed");
            assert!((value - expected).abs() < 0.012, "{value} instead of {expected}");
        };
        near(&views.server_log, 8.0 / 9.0);
        near(&views.health_checker, 0.9);
        near(&views.probe, 0.8);
        near(&views.good_buckets, 0.8);
    }
}
