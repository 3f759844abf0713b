//! `nodes.csv`: each replica of each node, after the warm-up.

use super::number::optional;
use crate::analysis::nodes::summarise_replicas;
use crate::analysis::window::Window;
use crate::results::RunResults;
use crate::scenario::model::Scenario;
use std::io::{self, Write};

const HEADER: [&str; 17] = [
    "node",
    "replica",
    "kind",
    "utilisation",
    "busy_mean",
    "queue_mean",
    "queue_max",
    "inside_mean",
    "wait_mean_ms",
    "waited_share",
    "service_mean_ms",
    "sojourn_mean_ms",
    "visits",
    "visits_per_s",
    "failed",
    "unwanted",
    "hit_ratio",
];

pub fn write<W: Write>(file: W, scenario: &Scenario, results: &RunResults) -> io::Result<()> {
    let mut table = csv::WriterBuilder::new().from_writer(file);
    table.write_record(HEADER).map_err(io::Error::from)?;
    let window = Window::of(scenario, results);
    for (replica, node) in summarise_replicas(scenario, results, &window) {
        let line: [String; HEADER.len()] = [
            node.name,
            replica.to_string(),
            node.kind.to_string(),
            optional(node.utilisation),
            node.busy_mean.to_string(),
            node.queue_mean.to_string(),
            node.queue_max.to_string(),
            node.inside_mean.to_string(),
            optional(node.wait_mean_ms.value),
            optional(node.waited_share),
            optional(node.service_mean_ms),
            optional(node.sojourn_mean_ms),
            node.visits.to_string(),
            node.visits_per_s.to_string(),
            node.failed.to_string(),
            node.unwanted.to_string(),
            optional(node.hit_ratio),
        ];
        table.write_record(line).map_err(io::Error::from)?;
    }
    table.flush()
}
