//! What a run leaves behind: files, and a summary for people. One file per format.

pub mod annotations;
pub mod charts;
pub mod comparison_csv;
pub mod events_csv;
pub mod export;
pub mod findings;
pub mod folder;
pub mod histogram_csv;
pub mod journal;
pub mod json;
pub mod junit;
pub mod latency_csv;
pub mod nodes_csv;
pub mod nodes_timeline_csv;
mod number;
pub mod outages_csv;
pub mod packing;
pub mod record;
pub mod replications_csv;
pub mod report;
pub mod resources_csv;
pub mod resources_timeline_csv;
pub mod row_columns;
pub mod run_json;
pub mod scenario_json;
pub mod shard_file;
pub mod shard_script;
pub mod sweep_csv;
pub mod terminal;
pub mod text_file;
pub mod timeline_csv;
pub mod traces_jsonl;

use charts::Chart;
use packing::Packing;

/// The files of a run, in the order in which they are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    LatencyCsv(Packing),
    TracesJsonl,
    TimelineCsv,
    HistogramCsv,
    NodesCsv,
    EventsCsv,
    OutagesCsv,
    NodesTimelineCsv,
    ResourcesCsv,
    ResourcesTimelineCsv,
    TopologyJson,
    Picture(Chart),
    Report,
    ScenarioJson,
    /// Those of a study.
    ReplicationsCsv,
    ReplicationsJson,
    RunJson,
    /// The last one: who sees a new summary finds all other files new as well.
    SummaryJson,
}

impl Format {
    pub const ALL: [Format; 26] = [
        Format::LatencyCsv(Packing::None),
        Format::LatencyCsv(Packing::Gzip),
        Format::LatencyCsv(Packing::Zstandard),
        Format::TracesJsonl,
        Format::TimelineCsv,
        Format::HistogramCsv,
        Format::NodesCsv,
        Format::NodesTimelineCsv,
        Format::ResourcesCsv,
        Format::ResourcesTimelineCsv,
        Format::TopologyJson,
        Format::EventsCsv,
        Format::OutagesCsv,
        Format::Picture(Chart::Availability),
        Format::Picture(Chart::Timeline),
        Format::Picture(Chart::Latency),
        Format::Picture(Chart::Heatmap),
        Format::Picture(Chart::Utilisation),
        Format::Picture(Chart::Waterfall),
        Format::Picture(Chart::Topology),
        Format::Report,
        Format::ScenarioJson,
        Format::ReplicationsCsv,
        Format::ReplicationsJson,
        Format::RunJson,
        Format::SummaryJson,
    ];

    pub fn file_name(self) -> &'static str {
        match self {
            Format::LatencyCsv(Packing::None) => "latency.csv",
            Format::LatencyCsv(Packing::Gzip) => "latency.csv.gz",
            Format::LatencyCsv(Packing::Zstandard) => "latency.csv.zst",
            Format::TracesJsonl => "traces.jsonl",
            Format::TimelineCsv => "timeline.csv",
            Format::HistogramCsv => "histogram.csv",
            Format::NodesCsv => "nodes.csv",
            Format::EventsCsv => "events.csv",
            Format::OutagesCsv => "outages.csv",
            Format::NodesTimelineCsv => "nodes_timeline.csv",
            Format::ResourcesCsv => "resources.csv",
            Format::ResourcesTimelineCsv => "resources_timeline.csv",
            Format::TopologyJson => "topology.json",
            Format::Picture(chart) => chart.usual_file_name(),
            Format::Report => report::FILE_NAME,
            Format::ScenarioJson => "scenario.json",
            Format::ReplicationsCsv => "replications.csv",
            Format::ReplicationsJson => "replications.json",
            Format::RunJson => "run.json",
            Format::SummaryJson => "summary.json",
        }
    }

    /// What is in it.
    pub fn about(self) -> &'static str {
        match self {
            Format::LatencyCsv(_) => "each request: latency, outcome, time at each node",
            Format::TracesJsonl => "the stories of sampled requests",
            Format::TimelineCsv => "requests, errors and latency over time",
            Format::HistogramCsv => "how latencies were spread, over time",
            Format::NodesCsv => "each replica of each node",
            Format::EventsCsv => "what went wrong or was maintained",
            Format::OutagesCsv => "the stretches in which users met errors",
            Format::NodesTimelineCsv => "each node over time",
            Format::ResourcesCsv => "how full everything was that there is only so much of",
            Format::ResourcesTimelineCsv => "the same over time",
            Format::TopologyJson => "who calls whom, and what has no second",
            Format::Picture(chart) => chart.about(),
            Format::Report => "the whole run in one page for a browser",
            Format::ScenarioJson => "the scenario as it was run, with the defaults in force",
            Format::ReplicationsCsv => "the figures of each run of a study",
            Format::ReplicationsJson => "what the runs of a study say together, with confidence intervals",
            Format::RunJson => "how long the simulation took on this machine",
            Format::SummaryJson => "all figures of the summary, with confidence intervals",
        }
    }
}

#[cfg(test)]
mod tests;
