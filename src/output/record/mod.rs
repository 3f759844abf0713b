//! A run as its files tell it: what pictures and reports are made of. It is read back from
//! the files alone, so that they can be made again at any time and without the scenario.

mod bare_rows;
mod facts;
mod log_rows;
mod of_results;
mod ordered;
mod reading;
mod rows_table;
mod shards;
mod slow_rows;
mod stories;
mod table;
mod tables;

pub use facts::{
    Class, Expectation, Facts, Figure, Fullest, Part, Script, SlowRequest, Slowest, Station, Tail, TimeSpent,
    Topology, TopologyNode,
};
pub use log_rows::LogRows;
pub use of_results::of_results;
pub use ordered::{Ordered, open_ordered};
pub use reading::{RecordError, open_table, read_folder, read_with};
pub use rows_table::{Lines, RowsTable, open_lines, open_rows};
pub use shards::{is_first_run, read_shard};
pub use slow_rows::{SlowRow, slowest_rows};
pub use stories::{Activity, Story, StoryVisit, stories};

use crate::stats::histogram::{CELLS, Histogram, bounds};
use crate::telling::advice::Answer;

/// Each part is there if its file is.
#[derive(Clone, Debug, Default)]
pub struct Record {
    /// What the run is called where there are several.
    pub name: String,
    /// `summary.json`
    pub facts: Option<Facts>,
    /// `timeline.csv`
    pub timeline: Option<Timeline>,
    /// `histogram.csv`
    pub latencies: Option<Latencies>,
    /// `nodes_timeline.csv`
    pub stations: Option<StationTimelines>,
    /// `resources_timeline.csv`
    pub resources: Option<ResourceTimelines>,
    /// `topology.json`
    pub topology: Option<Topology>,
    /// `scenario.json`
    pub script: Option<Script>,
    /// `advice.json`
    pub advice: Option<Answer>,
    /// `events.csv`: what was done to the site, in the order of the beginnings.
    pub events: Vec<Event>,
    /// `outages.csv`, as far as they are listed one by one; none if there is no such file.
    pub outages: Option<Vec<Outage>>,
}

/// A stretch of simulated time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stretch {
    pub start_s: f64,
    pub length_s: f64,
}

impl Stretch {
    pub fn end_s(&self) -> f64 {
        self.start_s + self.length_s
    }

    pub fn middle_s(&self) -> f64 {
        self.start_s + self.length_s / 2.0
    }

    pub fn overlaps(&self, start_s: f64, end_s: f64) -> bool {
        // What takes no time at all is seen in the bucket in which it is.
        self.start_s < end_s.max(start_s + f64::MIN_POSITIVE) && start_s < self.end_s()
    }
}

#[derive(Clone, Debug, Default)]
pub struct Timeline {
    pub buckets: Vec<Stretch>,
    /// All classes together, one for each bucket.
    pub all: Vec<Count>,
    pub classes: Vec<(String, Vec<Count>)>,
    /// The names of the kinds of failure.
    pub failures: Vec<String>,
}

impl Timeline {
    /// Whether it tells of a run in which none were simulated.
    pub fn is_without_requests(&self) -> bool {
        self.all.iter().any(|count| count.time_up.is_some())
    }
}

/// What happened in a bucket.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Count {
    pub offered: u64,
    pub ended: u64,
    pub ok: u64,
    pub good: u64,
    pub in_flight: u64,
    /// In the order of `Timeline::failures`.
    pub failures: Vec<u64>,
    /// Of a run without requests: the share of the time in which all was up that they would need.
    pub time_up: Option<f64>,
    /// Of answers with success, in milliseconds; none where there were none.
    pub p50: Option<f64>,
    pub p95: Option<f64>,
    pub p99: Option<f64>,
    pub max: Option<f64>,
}

impl Count {
    /// Everything that ended otherwise than with success in time.
    pub fn bad(&self) -> u64 {
        self.ended.saturating_sub(self.good)
    }

    pub fn good_share(&self) -> Option<f64> {
        let of_requests = || (self.ended > 0).then(|| self.good.min(self.ended) as f64 / self.ended as f64);
        self.time_up.or_else(of_requests)
    }

    /// The share that failed, late answers left out.
    pub fn failed_share(&self) -> Option<f64> {
        let failed = if self.failures.is_empty() { self.bad() } else { self.failures.iter().sum() };
        let of_requests = || (self.ended > 0).then(|| failed.min(self.ended) as f64 / self.ended as f64);
        self.time_up.map(|up| 1.0 - up).or_else(of_requests)
    }
}

#[derive(Clone, Debug, Default)]
pub struct Latencies {
    pub classes: Vec<ClassLatencies>,
}

#[derive(Clone, Debug, Default)]
pub struct ClassLatencies {
    pub name: String,
    pub buckets: Vec<Spread>,
}

/// The latencies of a bucket: how many answers fell into each cell of `stats::histogram`.
#[derive(Clone, Debug)]
pub struct Spread {
    pub stretch: Stretch,
    /// Cells that are not empty, in their order.
    pub cells: Vec<(u16, u64)>,
}

impl Latencies {
    /// All answers from an instant on, of one class or of all.
    pub fn since(&self, start_s: f64, class: Option<usize>) -> Histogram {
        let mut cells = vec![0u64; CELLS];
        let classes = self.classes.iter().enumerate();
        for (_, latencies) in classes.filter(|(number, _)| class.is_none_or(|class| class == *number)) {
            // Edges are told in decimals and lengths of time are not: middles are compared.
            let counted = latencies.buckets.iter().filter(|spread| spread.stretch.middle_s() >= start_s);
            for spread in counted {
                for &(cell, count) in &spread.cells {
                    let sum = &mut cells[usize::from(cell)];
                    *sum = sum.saturating_add(count);
                }
            }
        }
        histogram_of(&cells)
    }
}

/// A histogram of bare cells: its extremes are those of the outermost ones.
pub fn histogram_of(cells: &[u64]) -> Histogram {
    let mut histogram = Histogram::new();
    let first = cells.iter().position(|&count| count > 0);
    let last = cells.iter().rposition(|&count| count > 0);
    if let (Some(first), Some(last)) = (first, last) {
        histogram.add_summed_cells(cells, 0, bounds(first).0, bounds(last).1);
    }
    histogram
}

#[derive(Clone, Debug, Default)]
pub struct StationTimelines {
    pub buckets: Vec<Stretch>,
    pub stations: Vec<StationTimeline>,
}

#[derive(Clone, Debug, Default)]
pub struct StationTimeline {
    pub name: String,
    /// One for each bucket.
    pub moments: Vec<Moment>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Moment {
    pub visits: u64,
    pub ended: u64,
    pub failed: u64,
    pub utilisation: Option<f64>,
    pub queue_mean: f64,
    pub queue_max: f64,
}

#[derive(Clone, Debug, Default)]
pub struct ResourceTimelines {
    pub buckets: Vec<Stretch>,
    pub resources: Vec<ResourceTimeline>,
}

#[derive(Clone, Debug, Default)]
pub struct ResourceTimeline {
    /// `the link visitors -> server (answers)`
    pub name: String,
    pub kind: String,
    pub owner: String,
    /// Of a link, `out` or `back`.
    pub way: String,
    /// One for each bucket.
    pub moments: Vec<ResourceMoment>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ResourceMoment {
    pub utilisation: Option<f64>,
    /// The fullest place's.
    pub utilisation_max: Option<f64>,
    pub waiting_mean: f64,
    pub waiting_max: f64,
    pub left: u64,
    pub turned_away: u64,
}

/// Something that was done to the site or befell it.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    pub start_s: f64,
    pub end_s: f64,
    pub kind: String,
    pub target: String,
    pub planned: bool,
    pub label: String,
}

/// A stretch in which users were not served.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outage {
    pub start_s: f64,
    pub end_s: f64,
    pub requests_lost: Option<f64>,
    pub cause: String,
    pub planned: bool,
    /// How the first and the last of its requests failed; empty if that is not known.
    pub first_error: String,
    pub last_error: String,
}

impl Outage {
    pub fn length_s(&self) -> f64 {
        self.end_s - self.start_s
    }
}

impl Record {
    /// Where the part that counts begins.
    pub fn warmup_s(&self) -> f64 {
        self.facts.as_ref().map_or(0.0, |facts| facts.run.warmup_s)
    }

    /// When the run ended, by whatever file knows.
    pub fn end_s(&self) -> f64 {
        let last = |buckets: &[Stretch]| buckets.last().map(Stretch::end_s);
        let timeline = self.timeline.as_ref().and_then(|timeline| last(&timeline.buckets));
        let stations = self.stations.as_ref().and_then(|stations| last(&stations.buckets));
        let spreads = self.latencies.iter().flat_map(|latencies| &latencies.classes);
        let spreads = spreads.filter_map(|class| Some(class.buckets.last()?.stretch.end_s()));
        let known = [timeline, stations, self.facts.as_ref().map(|facts| facts.run.simulated_s)];
        known.into_iter().flatten().chain(spreads).fold(0.0, f64::max)
    }
}

#[cfg(test)]
mod tests;
