//! The tables of a run: from lines to series.

use super::reading::RecordError;
use super::table::{Column, Table};
use super::{
    ClassLatencies, Count, Event, Latencies, Moment, Outage, ResourceMoment, ResourceTimeline,
    ResourceTimelines, Spread, StationTimeline, StationTimelines, Stretch, Timeline,
};
use crate::stats::histogram::CELLS;
use rustc_hash::FxHashMap;
use std::io::Read;

/// The lines of `timeline.csv` that tell of all classes.
const ALL: &str = "all";

/// Puts lines into the buckets to which they belong. Lines come in the order of time.
struct Buckets {
    stretches: Vec<Stretch>,
}

impl Buckets {
    fn new() -> Buckets {
        Buckets { stretches: Vec::new() }
    }

    /// The number of the line's bucket. What ended at the very end of a run stands in a
    /// bucket without length; it belongs to the one before.
    fn of<R: Read>(&mut self, table: &Table<R>, start: Column, length: Column) -> Result<usize, RecordError> {
        let stretch = Stretch { start_s: table.number(start)?, length_s: table.number(length)? };
        match self.stretches.last() {
            Some(last)
                if stretch == *last || (stretch.length_s == 0.0 && stretch.start_s >= last.start_s) => {}
            Some(last) if stretch.start_s < last.start_s => {
                return Err(table.wrong_line("this time bucket begins before the one above it"));
            }
            _ => self.stretches.push(stretch),
        }
        Ok(self.stretches.len() - 1)
    }
}

/// The number of a name, in the order in which names are first seen.
#[derive(Default)]
struct Names {
    names: Vec<String>,
    numbers: FxHashMap<String, usize>,
}

impl Names {
    fn number(&mut self, name: &str) -> usize {
        if let Some(&number) = self.numbers.get(name) {
            return number;
        }
        self.names.push(name.to_owned());
        self.numbers.insert(name.to_owned(), self.names.len() - 1);
        self.names.len() - 1
    }
}

pub fn timeline<R: Read>(mut table: Table<R>) -> Result<Timeline, RecordError> {
    let [start, length, class] = ["start_s", "length_s", "class"].map(|name| table.column(name));
    let (start, length, class) = (start?, length?, class?);
    let [offered, ended, ok, good, in_flight] =
        ["offered", "ended", "ok", "good", "in_flight"].map(|name| table.column(name));
    let counts = [offered?, ended?, ok?, good?, in_flight?];
    let time_up = table.optional_column("time_up");
    let quantiles = ["p50_ms", "p95_ms", "p99_ms", "max_ms"].map(|name| table.optional_column(name));
    let failures = match table.optional_column("mean_ms") {
        Some(mean) => table.columns_between(counts[3], mean),
        None => Vec::new(),
    };
    let (mut buckets, mut names) = (Buckets::new(), Names::default());
    let mut classes: Vec<Vec<Count>> = Vec::new();
    while table.next()? {
        let bucket = buckets.of(&table, start, length)?;
        let number = names.number(table.text(class));
        classes.resize_with(names.names.len(), Vec::new);
        let class = &mut classes[number];
        class.resize_with(bucket + 1, Count::default);
        let count = &mut class[bucket];
        let mut read = [0; 5];
        if let Some(column) = time_up {
            count.time_up = table.optional_number(column)?.map(|share| share.clamp(0.0, 1.0));
        }
        // A run without requests has none of these.
        for (value, column) in read.iter_mut().zip(counts).filter(|_| count.time_up.is_none()) {
            *value = table.count(column)?;
        }
        count.offered = count.offered.saturating_add(read[0]);
        count.ended = count.ended.saturating_add(read[1]);
        count.ok = count.ok.saturating_add(read[2]);
        count.good = count.good.saturating_add(read[3]);
        count.in_flight = read[4];
        count.failures.resize(failures.len(), 0);
        let has_failures = count.time_up.is_none();
        for (sum, (_, column)) in count.failures.iter_mut().zip(&failures).filter(|_| has_failures) {
            *sum = sum.saturating_add(table.count(*column)?);
        }
        for (figure, column) in
            [&mut count.p50, &mut count.p95, &mut count.p99, &mut count.max].into_iter().zip(quantiles)
        {
            if let Some(column) = column {
                *figure = figure.or(table.optional_number(column)?);
            }
        }
    }
    let mut timeline = Timeline { buckets: buckets.stretches, ..Timeline::default() };
    for (name, mut counts) in names.names.into_iter().zip(classes) {
        counts.resize_with(timeline.buckets.len(), Count::default);
        match name.as_str() {
            ALL => timeline.all = counts,
            _ => timeline.classes.push((name, counts)),
        }
    }
    timeline.all.resize_with(timeline.buckets.len(), Count::default);
    timeline.failures = failures.into_iter().map(|(name, _)| name).collect();
    Ok(timeline)
}

pub fn latencies<R: Read>(mut table: Table<R>) -> Result<Latencies, RecordError> {
    let [start, length, class, cells] =
        ["start_s", "length_s", "class", "cells"].map(|name| table.column(name));
    let (start, length, class, cells) = (start?, length?, class?, cells?);
    let (mut buckets, mut names) = (Buckets::new(), Names::default());
    let mut latencies = Latencies::default();
    while table.next()? {
        let bucket = buckets.of(&table, start, length)?;
        let number = names.number(table.text(class));
        if number == latencies.classes.len() {
            let name = table.text(class).to_owned();
            latencies.classes.push(ClassLatencies { name, buckets: Vec::new() });
        }
        let mut spread = Spread { stretch: buckets.stretches[bucket], cells: Vec::new() };
        for pair in table.text(cells).split_ascii_whitespace() {
            let pair = pair.split_once(':');
            let pair = pair.and_then(|(cell, count)| Some((cell.parse().ok()?, count.parse().ok()?)));
            match pair {
                Some((cell, count)) if usize::from(cell) < CELLS => spread.cells.push((cell, count)),
                _ => return Err(table.wrong(cells, "a list of cell:count")),
            }
        }
        latencies.classes[number].buckets.push(spread);
    }
    Ok(latencies)
}

pub fn stations<R: Read>(mut table: Table<R>) -> Result<StationTimelines, RecordError> {
    let [start, length, node] = ["start_s", "length_s", "node"].map(|name| table.column(name));
    let (start, length, node) = (start?, length?, node?);
    let [visits, ended, failed] = ["visits", "ended", "failed"].map(|name| table.column(name));
    let (visits, ended, failed) = (visits?, ended?, failed?);
    let [utilisation, queue_mean, queue_max] =
        ["utilisation", "queue_mean", "queue_max"].map(|name| table.column(name));
    let (utilisation, queue_mean, queue_max) = (utilisation?, queue_mean?, queue_max?);
    let (mut buckets, mut names) = (Buckets::new(), Names::default());
    let mut stations: Vec<StationTimeline> = Vec::new();
    while table.next()? {
        let bucket = buckets.of(&table, start, length)?;
        let number = names.number(table.text(node));
        if number == stations.len() {
            stations.push(StationTimeline { name: table.text(node).to_owned(), moments: Vec::new() });
        }
        let station = &mut stations[number];
        if station.moments.len() > bucket {
            // The bucket without length at the end: there is nothing to see.
            continue;
        }
        station.moments.resize_with(bucket, Moment::default);
        station.moments.push(Moment {
            visits: table.count(visits)?,
            ended: table.count(ended)?,
            failed: table.count(failed)?,
            utilisation: table.optional_number(utilisation)?,
            queue_mean: table.number(queue_mean)?,
            queue_max: table.number(queue_max)?,
        });
    }
    for station in &mut stations {
        station.moments.resize_with(buckets.stretches.len(), Moment::default);
    }
    Ok(StationTimelines { buckets: buckets.stretches, stations })
}

pub fn resources<R: Read>(mut table: Table<R>) -> Result<ResourceTimelines, RecordError> {
    let [start, length, resource] = ["start_s", "length_s", "resource"].map(|name| table.column(name));
    let (start, length, resource) = (start?, length?, resource?);
    let [kind, owner, way] = ["kind", "owner", "way"].map(|name| table.column(name));
    let (kind, owner, way) = (kind?, owner?, way?);
    let [utilisation, utilisation_max, waiting_mean, waiting_max, left, turned_away] =
        ["utilisation", "utilisation_max", "waiting_mean", "waiting_max", "left", "turned_away"]
            .map(|name| table.column(name));
    let (utilisation, utilisation_max) = (utilisation?, utilisation_max?);
    let (waiting_mean, waiting_max) = (waiting_mean?, waiting_max?);
    let (left, turned_away) = (left?, turned_away?);
    let (mut buckets, mut names) = (Buckets::new(), Names::default());
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
            // The bucket without length at the end: there is nothing to see.
            continue;
        }
        // What is not counted of a resource is not there.
        let count = |column: Column| if table.text(column).is_empty() { Ok(0) } else { table.count(column) };
        resource.moments.resize_with(bucket, ResourceMoment::default);
        resource.moments.push(ResourceMoment {
            utilisation: table.optional_number(utilisation)?,
            utilisation_max: table.optional_number(utilisation_max)?,
            waiting_mean: table.number(waiting_mean)?,
            waiting_max: table.number(waiting_max)?,
            left: count(left)?,
            turned_away: count(turned_away)?,
        });
    }
    for resource in &mut resources {
        resource.moments.resize_with(buckets.stretches.len(), ResourceMoment::default);
    }
    Ok(ResourceTimelines { buckets: buckets.stretches, resources })
}

pub fn events<R: Read>(mut table: Table<R>) -> Result<Vec<Event>, RecordError> {
    let [start, end, kind] = ["start_s", "end_s", "kind"].map(|name| table.column(name));
    let (start, end, kind) = (start?, end?, kind?);
    let [target, planned, label] = ["target", "planned", "label"].map(|name| table.optional_column(name));
    let mut events = Vec::new();
    while table.next()? {
        let text = |column: Option<Column>| column.map_or("", |column| table.text(column)).to_owned();
        let start_s = table.number(start)?;
        events.push(Event {
            start_s,
            // What has no end was in force to the end of the run.
            end_s: table.optional_number(end)?.unwrap_or(f64::INFINITY).max(start_s),
            kind: table.text(kind).to_owned(),
            target: text(target),
            planned: is_true(&text(planned)),
            label: text(label),
        });
    }
    events.sort_by(|a, b| a.start_s.total_cmp(&b.start_s));
    Ok(events)
}

pub fn outages<R: Read>(mut table: Table<R>) -> Result<Vec<Outage>, RecordError> {
    let (start, end) = (table.column("start_s")?, table.column("end_s")?);
    let [lost, cause, planned, first, last] =
        ["requests_lost", "cause", "planned", "first_error", "last_error"]
            .map(|name| table.optional_column(name));
    let mut outages = Vec::new();
    while table.next()? {
        let text = |column: Option<Column>| column.map_or("", |column| table.text(column)).to_owned();
        let start_s = table.number(start)?;
        // The last line may be of all that are not listed one by one, planned or not.
        if planned.is_some() && text(planned).is_empty() {
            continue;
        }
        outages.push(Outage {
            start_s,
            end_s: table.optional_number(end)?.unwrap_or(start_s).max(start_s),
            requests_lost: lost.map(|lost| table.optional_number(lost)).transpose()?.flatten(),
            cause: text(cause),
            planned: is_true(&text(planned)),
            first_error: text(first),
            last_error: text(last),
        });
    }
    outages.sort_by(|a, b| a.start_s.total_cmp(&b.start_s));
    Ok(outages)
}

fn is_true(text: &str) -> bool {
    matches!(text, "true" | "yes" | "1")
}
