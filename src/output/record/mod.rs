//! A run as it is shown: what tables, pictures, reports and the terminal are made of. It is made of
//! the results of a run when it has ended, or read from its files at any later time; both come to
//! the same.

mod bare_rows;
mod happened;
mod latencies;
mod log_rows;
mod ordered;
mod reading;
mod resources;
mod rows_table;
mod shards;
mod slow_rows;
mod stations;
mod stories;
mod stretch;
pub(super) mod table;
mod timeline;
mod writing;

pub use happened::{Event, Outage, UnlistedOutages};
pub use latencies::{ClassLatencies, Latencies, Spread, histogram_of};
pub use log_rows::LogRows;
pub use ordered::{Ordered, open_ordered};
#[cfg(test)]
pub use reading::read_with;
pub use reading::{RecordError, open_table, read_folder};
pub use resources::{ResourceMoment, ResourceTimeline, ResourceTimelines};
pub use rows_table::{Lines, RowsTable, open_lines, open_rows};
pub use shards::{is_first_run, read_shard};
pub use slow_rows::{SlowRow, slowest_rows};
pub use stations::{StationTimeline, StationTimelines};
pub use stories::{Activity, Story, StoryVisit, stories};
pub use stretch::{Stretch, rounded};
pub use timeline::{Count, Timeline};

pub use super::scenario_json::Script;
pub use crate::analysis::fullness::Fullest;
pub use crate::analysis::moments::Moment;
pub use crate::analysis::topology::{Topology, TopologyNode};
pub use crate::questions::findings::Findings;

use crate::analysis::shown::shown;
use crate::analysis::topology::topology;
use crate::results::RunResults;
use crate::scenario::model::Scenario;
use crate::telling::advice::Answer;

/// Of a run that is read from its files, each part is there if its file is.
#[derive(Clone, Debug, Default)]
pub struct Record {
    /// What the run is called where there are several.
    pub name: String,
    /// `summary.json`
    pub findings: Option<Findings>,
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
    /// `outages.csv`; none if there is no such file.
    pub outages: Option<Vec<Outage>>,
    pub unlisted_outages: Option<UnlistedOutages>,
}

impl Record {
    /// Of a run that has ended. What was asked for beside it, such as advice, is added by who has it.
    pub fn of(scenario: &Scenario, findings: Findings, results: &RunResults) -> Record {
        let shown = shown(results);
        let (outages, unlisted_outages) = happened::outages_of(scenario, results);
        Record {
            name: scenario.name.clone(),
            findings: Some(findings),
            timeline: Some(Timeline::of(scenario, results, &shown)),
            latencies: Some(Latencies::of(scenario, results, &shown)),
            stations: Some(StationTimelines::of(scenario, results, &shown)),
            resources: Some(ResourceTimelines::of(scenario, results, &shown)),
            topology: Some(topology(scenario, results)),
            script: None,
            advice: None,
            events: happened::events_of(scenario, results),
            outages: Some(outages),
            unlisted_outages,
        }
    }

    /// Where the part that counts begins.
    pub fn warmup_s(&self) -> f64 {
        self.findings.as_ref().map_or(0.0, |findings| findings.summary.run.warmup_s)
    }

    /// When the run ended, by whatever file knows.
    pub fn end_s(&self) -> f64 {
        let last = |buckets: &[Stretch]| buckets.last().map(Stretch::end_s);
        let timeline = self.timeline.as_ref().and_then(|timeline| last(&timeline.buckets));
        let stations = self.stations.as_ref().and_then(|stations| last(&stations.buckets));
        let spreads = self.latencies.iter().flat_map(|latencies| &latencies.classes);
        let spreads = spreads.filter_map(|class| Some(class.buckets.last()?.stretch.end_s()));
        let told = self.findings.as_ref().map(|findings| findings.summary.run.simulated_s);
        [timeline, stations, told].into_iter().flatten().chain(spreads).fold(0.0, f64::max)
    }
}

#[cfg(test)]
mod tests;
