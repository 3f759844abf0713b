//! What a run leaves behind: files, and a summary for people. One file per format.

pub mod events_csv;
pub mod folder;
pub mod latency_csv;
pub mod nodes_csv;
mod number;
pub mod outages_csv;
pub mod run_json;
pub mod summary_json;
pub mod terminal;
pub mod text_file;
pub mod timeline_csv;

/// The files of a run, in the order in which they are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    LatencyCsv,
    TimelineCsv,
    NodesCsv,
    EventsCsv,
    OutagesCsv,
    RunJson,
    /// The last one: who sees a new summary finds all other files new as well.
    SummaryJson,
}

impl Format {
    pub const ALL: [Format; 7] = [
        Format::LatencyCsv,
        Format::TimelineCsv,
        Format::NodesCsv,
        Format::EventsCsv,
        Format::OutagesCsv,
        Format::RunJson,
        Format::SummaryJson,
    ];

    pub fn file_name(self) -> &'static str {
        match self {
            Format::LatencyCsv => "latency.csv",
            Format::TimelineCsv => "timeline.csv",
            Format::NodesCsv => "nodes.csv",
            Format::EventsCsv => "events.csv",
            Format::OutagesCsv => "outages.csv",
            Format::RunJson => "run.json",
            Format::SummaryJson => "summary.json",
        }
    }

    /// What is in it.
    pub fn about(self) -> &'static str {
        match self {
            Format::LatencyCsv => "each request: latency, outcome, time at each node",
            Format::TimelineCsv => "requests, errors and latency over time",
            Format::NodesCsv => "each replica of each node",
            Format::EventsCsv => "what went wrong or was maintained",
            Format::OutagesCsv => "the stretches in which users met errors",
            Format::RunJson => "how long the simulation took on this machine",
            Format::SummaryJson => "all figures of the summary, with confidence intervals",
        }
    }
}

#[cfg(test)]
mod tests;
