//! `resources_timeline.csv`: how full each resource was in each time bucket, its places together. The
//! warm-up is in it, as it is in `timeline.csv`.

use super::number::{rounded, seconds};
use super::timeline_csv::buckets;
use crate::analysis::resources::{counts_takers, measured, moment};
use crate::parts::resource::{ResourceKind, Way};
use crate::results::RunResults;
use crate::scenario::model::Scenario;
use crate::scenario::resources::{name, owner};
use std::io::{self, Write};

const HEADER: [&str; 16] = [
    "start_s",
    "length_s",
    "resource",
    "kind",
    "owner",
    "way",
    "utilisation",
    "utilisation_max",
    "full_share",
    "waiting_mean",
    "waiting_max",
    "taken",
    "waited",
    "wait_mean_ms",
    "left",
    "turned_away",
];

pub fn write<W: Write>(file: W, scenario: &Scenario, results: &RunResults) -> io::Result<()> {
    let mut table = csv::WriterBuilder::new().from_writer(file);
    table.write_record(HEADER).map_err(io::Error::from)?;
    let optional = |figure: Option<f64>| figure.map(rounded).unwrap_or_default();
    let resources = measured(scenario, results);
    let names: Vec<(String, String)> = resources
        .iter()
        .map(|one| {
            let (kind, whose) = (one.resource.kind, one.resource.owner);
            (name(scenario, kind, whose), owner(scenario, whose))
        })
        .collect();
    for (bucket, start, end) in buckets(results) {
        for (measured, (name, owner)) in resources.iter().zip(&names) {
            let moment = moment(measured, bucket, end - start);
            let (kind, counts) = (measured.resource.kind, moment.counts);
            let count = |is_counted: bool, count: u64| match is_counted {
                true => count.to_string(),
                false => String::new(),
            };
            let takers = counts_takers(kind);
            let line: [String; HEADER.len()] = [
                seconds(start),
                seconds(end - start),
                name.clone(),
                kind.name().to_owned(),
                owner.clone(),
                measured.resource.owner.way().map_or("", Way::name).to_owned(),
                optional(moment.utilisation),
                optional(moment.utilisation_max),
                rounded(moment.full_share),
                rounded(moment.waiting_mean),
                counts.waiting_max.to_string(),
                count(takers, counts.taken),
                count(takers, counts.waited),
                optional(moment.wait_mean_ms.filter(|_| takers)),
                count(takers, counts.left),
                count(kind != ResourceKind::Cores, counts.turned_away),
            ];
            table.write_record(line).map_err(io::Error::from)?;
        }
    }
    table.flush()
}
