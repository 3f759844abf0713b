//! What a run leaves behind: files, and a summary for people. One file per format.

pub mod annotations;
pub mod charts;
pub mod comparison_csv;
mod csv_lines;
mod decimal;
pub mod events_csv;
pub mod export;
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

/// The files of a run, by when they are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Row by row while the run goes on.
    AsItRuns(Stream),
    /// From the record of the run when it has ended; they are always there.
    AtTheEnd(Kept),
    /// Only where it was asked for; or later, from the files that are always there.
    OnRequest(Asked),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    LatencyCsv(Packing),
    TracesJsonl,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    TimelineCsv,
    HistogramCsv,
    NodesCsv,
    NodesTimelineCsv,
    ResourcesCsv,
    ResourcesTimelineCsv,
    TopologyJson,
    EventsCsv,
    OutagesCsv,
    ScenarioJson,
    RunJson,
    /// The last one: who sees a new summary finds all other files new as well.
    SummaryJson,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    AdviceJson,
    Picture(Chart),
    Report,
    /// Those of a study.
    ReplicationsCsv,
    ReplicationsJson,
}

impl Format {
    /// In the order in which they get their names.
    pub const ALL: [Format; 27] = [
        Format::AsItRuns(Stream::LatencyCsv(Packing::None)),
        Format::AsItRuns(Stream::LatencyCsv(Packing::Gzip)),
        Format::AsItRuns(Stream::LatencyCsv(Packing::Zstandard)),
        Format::AsItRuns(Stream::TracesJsonl),
        Format::AtTheEnd(Kept::TimelineCsv),
        Format::AtTheEnd(Kept::HistogramCsv),
        Format::AtTheEnd(Kept::NodesCsv),
        Format::AtTheEnd(Kept::NodesTimelineCsv),
        Format::AtTheEnd(Kept::ResourcesCsv),
        Format::AtTheEnd(Kept::ResourcesTimelineCsv),
        Format::AtTheEnd(Kept::TopologyJson),
        Format::AtTheEnd(Kept::EventsCsv),
        Format::AtTheEnd(Kept::OutagesCsv),
        Format::OnRequest(Asked::AdviceJson),
        Format::OnRequest(Asked::Picture(Chart::Availability)),
        Format::OnRequest(Asked::Picture(Chart::Timeline)),
        Format::OnRequest(Asked::Picture(Chart::Latency)),
        Format::OnRequest(Asked::Picture(Chart::Heatmap)),
        Format::OnRequest(Asked::Picture(Chart::Utilisation)),
        Format::OnRequest(Asked::Picture(Chart::Waterfall)),
        Format::OnRequest(Asked::Picture(Chart::Topology)),
        Format::OnRequest(Asked::Report),
        Format::AtTheEnd(Kept::ScenarioJson),
        Format::OnRequest(Asked::ReplicationsCsv),
        Format::OnRequest(Asked::ReplicationsJson),
        Format::AtTheEnd(Kept::RunJson),
        Format::AtTheEnd(Kept::SummaryJson),
    ];

    pub fn file_name(self) -> &'static str {
        match self {
            Format::AsItRuns(Stream::LatencyCsv(Packing::None)) => "latency.csv",
            Format::AsItRuns(Stream::LatencyCsv(Packing::Gzip)) => "latency.csv.gz",
            Format::AsItRuns(Stream::LatencyCsv(Packing::Zstandard)) => "latency.csv.zst",
            Format::AsItRuns(Stream::TracesJsonl) => "traces.jsonl",
            Format::AtTheEnd(kept) => kept.file_name(),
            Format::OnRequest(Asked::AdviceJson) => "advice.json",
            Format::OnRequest(Asked::Picture(chart)) => chart.usual_file_name(),
            Format::OnRequest(Asked::Report) => report::FILE_NAME,
            Format::OnRequest(Asked::ReplicationsCsv) => "replications.csv",
            Format::OnRequest(Asked::ReplicationsJson) => "replications.json",
        }
    }
}

impl Kept {
    #[cfg(any(test, feature = "inside"))]
    pub const ALL: [Kept; 12] = [
        Kept::TimelineCsv,
        Kept::HistogramCsv,
        Kept::NodesCsv,
        Kept::NodesTimelineCsv,
        Kept::ResourcesCsv,
        Kept::ResourcesTimelineCsv,
        Kept::TopologyJson,
        Kept::EventsCsv,
        Kept::OutagesCsv,
        Kept::ScenarioJson,
        Kept::RunJson,
        Kept::SummaryJson,
    ];

    pub fn file_name(self) -> &'static str {
        match self {
            Kept::TimelineCsv => "timeline.csv",
            Kept::HistogramCsv => "histogram.csv",
            Kept::NodesCsv => "nodes.csv",
            Kept::NodesTimelineCsv => "nodes_timeline.csv",
            Kept::ResourcesCsv => "resources.csv",
            Kept::ResourcesTimelineCsv => "resources_timeline.csv",
            Kept::TopologyJson => "topology.json",
            Kept::EventsCsv => "events.csv",
            Kept::OutagesCsv => "outages.csv",
            Kept::ScenarioJson => "scenario.json",
            Kept::RunJson => "run.json",
            Kept::SummaryJson => "summary.json",
        }
    }
}

#[cfg(test)]
mod tests;
