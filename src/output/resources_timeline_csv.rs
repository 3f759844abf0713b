//! `resources_timeline.csv`: how full each resource was in each time bucket, its places together. The
//! warm-up is in it, as it is in `timeline.csv`.

use super::csv_lines::CsvLines;
use super::latency_csv::quoted;
use super::record::table::{Buckets, Column, Names, Table};
use super::record::{RecordError, ResourceMoment, ResourceTimeline, ResourceTimelines};
use std::io::{self, Read, Write};

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

pub fn write<W: Write>(file: W, timelines: &ResourceTimelines) -> io::Result<()> {
    let mut lines = CsvLines::new(file, HEADER)?;
    let words = |resource: &ResourceTimeline| {
        let ResourceTimeline { name, kind, owner, way, .. } = resource;
        [name, kind, owner, way].map(|word| quoted(word)).join(&b',')
    };
    let words: Vec<Vec<u8>> = timelines.resources.iter().map(words).collect();
    for (bucket, stretch) in timelines.buckets.iter().enumerate() {
        for (resource, words) in timelines.resources.iter().zip(&words) {
            let moment = &resource.moments[bucket];
            lines.seconds(stretch.start_s);
            lines.seconds(stretch.length_s);
            lines.words(words);
            lines.optional(moment.utilisation, CsvLines::figure);
            lines.optional(moment.utilisation_max, CsvLines::figure);
            lines.figure(moment.full_share);
            lines.figure(moment.waiting_mean);
            lines.count(moment.waiting_max.into());
            lines.optional(moment.taken, CsvLines::count);
            lines.optional(moment.waited, CsvLines::count);
            lines.optional(moment.wait_mean_ms, CsvLines::figure);
            lines.optional(moment.left, CsvLines::count);
            lines.optional(moment.turned_away, CsvLines::count);
            lines.end()?;
        }
    }
    lines.finish()
}

pub fn read<R: Read>(mut table: Table<R>) -> Result<ResourceTimelines, RecordError> {
    let [start, length, resource] = ["start_s", "length_s", "resource"].map(|name| table.column(name));
    let (start, length, resource) = (start?, length?, resource?);
    let [kind, owner, way] = ["kind", "owner", "way"].map(|name| table.column(name));
    let (kind, owner, way) = (kind?, owner?, way?);
    let columns: Vec<Option<Column>> = HEADER[6..].iter().map(|name| table.optional_column(name)).collect();
    let (mut buckets, mut names) = (Buckets::default(), Names::default());
    let mut resources: Vec<ResourceTimeline> = Vec::new();
    while table.next()? {
        let bucket = buckets.of(&table, start, length)?;
        let number = names.number(table.text(resource));
        if number == resources.len() {
            let [name, kind, owner, way] =
                [resource, kind, owner, way].map(|column| table.text(column).to_owned());
            resources.push(ResourceTimeline { name, kind, owner, way, moments: Vec::new() });
        }
        let resource = &mut resources[number];
        if resource.moments.len() > bucket {
            // The bucket without length at the end of earlier versions: there is nothing to see.
            continue;
        }
        resource.moments.resize_with(bucket, ResourceMoment::default);
        resource.moments.push(moment(&table, &columns)?);
    }
    for resource in &mut resources {
        resource.moments.resize_with(buckets.stretches.len(), ResourceMoment::default);
    }
    Ok(ResourceTimelines { buckets: buckets.stretches, resources })
}

/// From the columns behind `way`, in their order; what a file does not tell is not known.
fn moment<R: Read>(table: &Table<R>, columns: &[Option<Column>]) -> Result<ResourceMoment, RecordError> {
    let number = |place: usize| table.number_if_there(columns[place]);
    let count = |place: usize| columns[place].map_or(Ok(None), |column| table.optional_count(column));
    Ok(ResourceMoment {
        utilisation: number(0)?,
        utilisation_max: number(1)?,
        full_share: number(2)?.unwrap_or(0.0),
        waiting_mean: number(3)?.unwrap_or(0.0),
        waiting_max: number(4)?.unwrap_or(0.0) as u32,
        taken: count(5)?,
        waited: count(6)?,
        wait_mean_ms: number(7)?,
        left: count(8)?,
        turned_away: count(9)?,
    })
}
