//! A record as files from which it can be read again.

use super::Record;
use crate::output::{
    Kept, events_csv, histogram_csv, json, nodes_timeline_csv, outages_csv, resources_csv,
    resources_timeline_csv, timeline_csv,
};
use serde::Serialize;
use std::io::{self, Write};

impl Record {
    /// Writes what one of a run's files holds. Of parts that there are none the file stays empty, and
    /// so it does where it is not made of a record.
    pub fn write<W: Write>(&self, kept: Kept, file: W) -> io::Result<()> {
        match kept {
            Kept::TimelineCsv => table(&self.timeline, |part| timeline_csv::write(file, part)),
            Kept::HistogramCsv => table(&self.latencies, |part| histogram_csv::write(file, part)),
            Kept::NodesTimelineCsv => table(&self.stations, |part| nodes_timeline_csv::write(file, part)),
            Kept::ResourcesCsv => {
                table(&self.findings, |part| resources_csv::write(file, &part.summary.resources))
            }
            Kept::ResourcesTimelineCsv => {
                table(&self.resources, |part| resources_timeline_csv::write(file, part))
            }
            Kept::EventsCsv => events_csv::write(file, &self.events),
            Kept::OutagesCsv => {
                table(&self.outages, |part| outages_csv::write(file, part, self.unlisted_outages.as_ref()))
            }
            Kept::TopologyJson => whole(&self.topology, file),
            Kept::ScenarioJson => whole(&self.script, file),
            Kept::SummaryJson => whole(&self.findings, file),
            Kept::NodesCsv | Kept::RunJson => Ok(()),
        }
    }
}

fn table<P>(part: &Option<P>, write: impl FnOnce(&P) -> io::Result<()>) -> io::Result<()> {
    part.as_ref().map_or(Ok(()), write)
}

fn whole<P: Serialize, W: Write>(part: &Option<P>, file: W) -> io::Result<()> {
    part.as_ref().map_or(Ok(()), |part| json::write(file, part))
}
