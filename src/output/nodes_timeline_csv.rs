//! `nodes_timeline.csv`: what each node was like in each time bucket, its replicas together.
//! The warm-up is in it, as it is in `timeline.csv`.

use super::number::{rounded, seconds};
use super::timeline_csv::buckets;
use crate::analysis::measured::work_of_nodes;
use crate::analysis::moments::{lines, moments};
use crate::results::RunResults;
use crate::scenario::model::Scenario;
use std::io::{self, Write};

const HEADER: [&str; 12] = [
    "start_s",
    "length_s",
    "node",
    "visits",
    "ended",
    "failed",
    "utilisation",
    "utilisation_max",
    "queue_mean",
    "queue_max",
    "inside_mean",
    "wait_mean_ms",
];

pub fn write<W: Write>(file: W, scenario: &Scenario, results: &RunResults) -> io::Result<()> {
    let mut table = csv::WriterBuilder::new().from_writer(file);
    table.write_record(HEADER).map_err(io::Error::from)?;
    let optional = |figure: Option<f64>| figure.map(rounded).unwrap_or_default();
    let (lines, works) = (lines(scenario, results), work_of_nodes(scenario, results));
    for (bucket, start, end) in buckets(results) {
        let moments = moments(scenario, results, (&lines, &works), bucket, (start, end));
        for (node, moment) in scenario.nodes.iter().zip(moments) {
            let line: [String; HEADER.len()] = [
                seconds(start),
                seconds(end - start),
                node.name.clone(),
                moment.visits.to_string(),
                moment.ended.to_string(),
                moment.failed.to_string(),
                optional(moment.utilisation),
                optional(moment.utilisation_max),
                rounded(moment.queue_mean),
                moment.queue_max.to_string(),
                rounded(moment.inside_mean),
                optional(moment.wait_mean_ms),
            ];
            table.write_record(line).map_err(io::Error::from)?;
        }
    }
    table.flush()
}
