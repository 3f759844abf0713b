//! `resources.csv`: how full everything was that there is only so much of, after the warm-up.

use super::number::{optional, optional_count};
use crate::analysis::resources::ResourceSummary;
use crate::parts::resource::Way;
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

pub fn write<W: Write>(file: W, resources: &[ResourceSummary]) -> io::Result<()> {
    let mut table = csv::WriterBuilder::new().from_writer(file);
    table.write_record(HEADER).map_err(io::Error::from)?;
    for resource in resources {
        let fullest = resource.fullest;
        let line: [String; HEADER.len()] = [
            resource.name.clone(),
            resource.kind.name().to_owned(),
            resource.owner.clone(),
            resource.way.map_or("", Way::name).to_owned(),
            resource.unit.to_string(),
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
            optional_count(resource.taken),
            optional(resource.waited_share),
            optional(resource.wait_mean_ms),
            optional(resource.wait_p99_ms),
            optional_count(resource.left),
            optional(resource.left_wait_mean_ms),
            optional_count(resource.turned_away),
        ];
        table.write_record(line).map_err(io::Error::from)?;
    }
    table.flush()
}
