//! `resources.csv`: how full everything was that there is only so much of, after the warm-up.

use super::number::optional;
use crate::analysis::resources::summarise_resources;
use crate::analysis::window::Window;
use crate::parts::resource::Way;
use crate::results::RunResults;
use crate::scenario::model::Scenario;
use std::io::{self, Write};

const HEADER: [&str; 23] = [
    "resource",
    "kind",
    "owner",
    "way",
    "unit",
    "places",
    "capacity",
    "in_use_mean",
    "utilisation",
    "utilisation_max",
    "fullest_from_s",
    "fullest_length_s",
    "fullest_utilisation",
    "full_share",
    "waiting_mean",
    "waiting_max",
    "taken",
    "waited_share",
    "wait_mean_ms",
    "wait_p99_ms",
    "left",
    "left_wait_mean_ms",
    "turned_away",
];

pub fn write<W: Write>(file: W, scenario: &Scenario, results: &RunResults) -> io::Result<()> {
    let mut table = csv::WriterBuilder::new().from_writer(file);
    table.write_record(HEADER).map_err(io::Error::from)?;
    let window = Window::of(scenario, results);
    let count = |count: Option<u64>| count.map(|count| count.to_string()).unwrap_or_default();
    for resource in summarise_resources(scenario, results, &window) {
        let fullest = resource.fullest;
        let line: [String; HEADER.len()] = [
            resource.name,
            resource.kind.name().to_owned(),
            resource.owner,
            resource.way.map_or("", Way::name).to_owned(),
            resource.unit.to_owned(),
            resource.places.to_string(),
            resource.capacity.to_string(),
            resource.in_use_mean.to_string(),
            optional(resource.utilisation),
            optional(resource.utilisation_max),
            optional(fullest.map(|fullest| fullest.from_s)),
            optional(fullest.map(|fullest| fullest.length_s)),
            optional(fullest.map(|fullest| fullest.utilisation)),
            resource.full_share.to_string(),
            resource.waiting_mean.to_string(),
            resource.waiting_max.to_string(),
            count(resource.taken),
            optional(resource.waited_share),
            optional(resource.wait_mean_ms),
            optional(resource.wait_p99_ms),
            count(resource.left),
            optional(resource.left_wait_mean_ms),
            count(resource.turned_away),
        ];
        table.write_record(line).map_err(io::Error::from)?;
    }
    table.flush()
}
