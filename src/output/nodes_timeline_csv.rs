//! `nodes_timeline.csv`: what each node was like in each time bucket, its replicas together.
//! The warm-up is in it, as it is in `timeline.csv`.

use super::number::{optional, seconds};
use super::record::table::{Buckets, Names, Table};
use super::record::{RecordError, StationTimeline, StationTimelines};
use crate::analysis::moments::Moment;
use std::io::{self, Read, Write};

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

pub fn write<W: Write>(file: W, timelines: &StationTimelines) -> io::Result<()> {
    let mut table = csv::WriterBuilder::new().from_writer(file);
    table.write_record(HEADER).map_err(io::Error::from)?;
    for (bucket, stretch) in timelines.buckets.iter().enumerate() {
        for station in &timelines.stations {
            let moment = &station.moments[bucket];
            let line: [String; HEADER.len()] = [
                seconds(stretch.start_s),
                seconds(stretch.length_s),
                station.name.clone(),
                moment.visits.to_string(),
                moment.ended.to_string(),
                moment.failed.to_string(),
                optional(moment.utilisation),
                optional(moment.utilisation_max),
                moment.queue_mean.to_string(),
                moment.queue_max.to_string(),
                moment.inside_mean.to_string(),
                optional(moment.wait_mean_ms),
            ];
            table.write_record(line).map_err(io::Error::from)?;
        }
    }
    table.flush()
}

pub fn read<R: Read>(mut table: Table<R>) -> Result<StationTimelines, RecordError> {
    let [start, length, node] = ["start_s", "length_s", "node"].map(|name| table.column(name));
    let (start, length, node) = (start?, length?, node?);
    let [visits, ended, failed] = ["visits", "ended", "failed"].map(|name| table.column(name));
    let (visits, ended, failed) = (visits?, ended?, failed?);
    let [utilisation, queue_mean, queue_max] =
        ["utilisation", "queue_mean", "queue_max"].map(|name| table.column(name));
    let (utilisation, queue_mean, queue_max) = (utilisation?, queue_mean?, queue_max?);
    let [utilisation_max, inside_mean, wait_mean] =
        ["utilisation_max", "inside_mean", "wait_mean_ms"].map(|name| table.optional_column(name));
    let (mut buckets, mut names) = (Buckets::default(), Names::default());
    let mut stations: Vec<StationTimeline> = Vec::new();
    while table.next()? {
        let bucket = buckets.of(&table, start, length)?;
        let number = names.number(table.text(node));
        if number == stations.len() {
            stations.push(StationTimeline { name: table.text(node).to_owned(), moments: Vec::new() });
        }
        let station = &mut stations[number];
        if station.moments.len() > bucket {
            // The bucket without length at the end of earlier versions: there is nothing to see.
            continue;
        }
        station.moments.resize_with(bucket, Moment::default);
        station.moments.push(Moment {
            visits: table.count(visits)?,
            ended: table.count(ended)?,
            failed: table.count(failed)?,
            utilisation: table.optional_number(utilisation)?,
            utilisation_max: table.number_if_there(utilisation_max)?,
            queue_mean: table.number(queue_mean)?,
            queue_max: table.number(queue_max)? as u32,
            inside_mean: table.number_if_there(inside_mean)?.unwrap_or(0.0),
            wait_mean_ms: table.number_if_there(wait_mean)?,
        });
    }
    for station in &mut stations {
        station.moments.resize_with(buckets.stretches.len(), Moment::default);
    }
    Ok(StationTimelines { buckets: buckets.stretches, stations })
}
