//! `nodes_timeline.csv`: what each node was like in each time bucket, its replicas together.
//! The warm-up is in it, as it is in `timeline.csv`.

use super::csv_lines::CsvLines;
use super::latency_csv::quoted;
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
    let mut lines = CsvLines::new(file, HEADER)?;
    let names: Vec<Vec<u8>> = timelines.stations.iter().map(|station| quoted(&station.name)).collect();
    for (bucket, stretch) in timelines.buckets.iter().enumerate() {
        for (station, name) in timelines.stations.iter().zip(&names) {
            let moment = &station.moments[bucket];
            lines.seconds(stretch.start_s);
            lines.seconds(stretch.length_s);
            lines.words(name);
            lines.count(moment.visits);
            lines.count(moment.ended);
            lines.count(moment.failed);
            lines.optional(moment.utilisation, CsvLines::figure);
            lines.optional(moment.utilisation_max, CsvLines::figure);
            lines.figure(moment.queue_mean);
            lines.count(moment.queue_max.into());
            lines.figure(moment.inside_mean);
            lines.optional(moment.wait_mean_ms, CsvLines::figure);
            lines.end()?;
        }
    }
    lines.finish()
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
