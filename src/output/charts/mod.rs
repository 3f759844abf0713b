//! Pictures of runs, drawn from their files alone.
//!
//! A chart is first a list of shapes (`drawing`), so that a test can see whether two texts
//! hide each other, and then becomes SVG or PNG.

mod availability;
mod differences;
mod drawing;
mod frame;
mod heatmap;
mod latency;
#[cfg(feature = "png")]
mod png;
pub(super) mod scale;
#[cfg(test)]
mod shipped_tests;
mod site_strip;
pub mod states;
mod svg;
pub mod sweep;
mod sweep_map;
#[cfg(test)]
mod sweep_tests;
mod theme;
mod timeline;
mod topology;
mod topology_boxes;
mod topology_folds;
mod topology_frames;
mod topology_grid;
mod topology_items;
mod topology_key;
mod topology_labels;
pub mod topology_layout;
mod topology_lines;
mod topology_settling;
mod topology_sketch;
#[cfg(test)]
mod topology_tests;
mod utilisation;
mod utilisation_rows;
mod vega;
#[cfg(test)]
mod vega_tests;
mod waterfall;

pub use frame::Look;
pub use theme::Theme;
pub use topology::shared_boxes;

use super::record::Record;
use crate::analysis::comparison::Comparison;
use crate::telling::Answered;
use drawing::Drawing;
use std::fmt;
use std::io;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chart {
    Availability,
    Timeline,
    Latency,
    Heatmap,
    Utilisation,
    Waterfall,
    Topology,
}

impl Chart {
    pub const ALL: [Chart; 7] = [
        Chart::Availability,
        Chart::Timeline,
        Chart::Latency,
        Chart::Heatmap,
        Chart::Utilisation,
        Chart::Waterfall,
        Chart::Topology,
    ];

    pub fn name(self) -> &'static str {
        self.usual_file_name().trim_end_matches(".svg")
    }

    /// As a run writes it beside its tables.
    pub fn usual_file_name(self) -> &'static str {
        match self {
            Chart::Availability => "availability.svg",
            Chart::Timeline => "timeline.svg",
            Chart::Latency => "latency.svg",
            Chart::Heatmap => "heatmap.svg",
            Chart::Utilisation => "utilisation.svg",
            Chart::Waterfall => "waterfall.svg",
            Chart::Topology => "topology.svg",
        }
    }

    /// The file without which there is nothing to draw.
    pub fn source(self) -> &'static str {
        match self {
            Chart::Availability | Chart::Timeline => "timeline.csv",
            Chart::Latency | Chart::Heatmap => "histogram.csv",
            Chart::Utilisation => "nodes_timeline.csv",
            Chart::Waterfall => "summary.json",
            Chart::Topology => "topology.json",
        }
    }

    pub fn can_be_drawn(self, record: &Record) -> bool {
        match self {
            Chart::Availability | Chart::Timeline => record.timeline.is_some(),
            Chart::Latency | Chart::Heatmap => record.latencies.is_some(),
            Chart::Utilisation => record.stations.is_some(),
            Chart::Waterfall => record.findings.is_some(),
            Chart::Topology => record.topology.is_some(),
        }
    }

    /// Of one run, or of several for comparison; runs that lack the file are left out.
    fn draw(self, records: &[Record], look: &Look) -> Drawing {
        let records: Vec<&Record> = records.iter().filter(|record| self.can_be_drawn(record)).collect();
        match self {
            Chart::Availability => availability::draw(&records, look),
            Chart::Timeline => timeline::draw(&records, look),
            Chart::Latency => latency::draw(&records, look),
            Chart::Heatmap => heatmap::draw(&records, look),
            Chart::Utilisation => utilisation::draw(&records, look),
            Chart::Waterfall => waterfall::draw(&records, look),
            Chart::Topology => topology::draw(&records, look),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PictureFormat {
    Svg,
    Png,
    /// A specification in Vega-Lite, with the data.
    Json,
}

impl PictureFormat {
    pub const ALL: [PictureFormat; 3] = [PictureFormat::Svg, PictureFormat::Png, PictureFormat::Json];

    /// As it is asked for.
    pub fn name(self) -> &'static str {
        match self {
            PictureFormat::Json => "json",
            other => other.extension(),
        }
    }

    pub fn extension(self) -> &'static str {
        match self {
            PictureFormat::Svg => "svg",
            PictureFormat::Png => "png",
            // Beside the files of a run, of which some are JSON themselves.
            PictureFormat::Json => "vl.json",
        }
    }
}

/// `timeline.svg`; a dark one says so in its name, so that both can lie in one folder.
pub fn file_name(chart: Chart, theme: Theme, format: PictureFormat) -> String {
    let dark = if theme == Theme::Dark { "-dark" } else { "" };
    format!("{}{dark}.{}", chart.name(), format.extension())
}

/// All names that a picture of a run can have.
pub fn file_names() -> impl Iterator<Item = String> {
    let themes = [Theme::Light, Theme::Dark];
    Chart::ALL.into_iter().flat_map(move |chart| {
        themes.into_iter().flat_map(move |theme| {
            PictureFormat::ALL.into_iter().map(move |format| file_name(chart, theme, format))
        })
    })
}

/// The widths that a picture can have, and the one it has if nobody says another.
pub const WIDTH_LEAST: u32 = 480;
pub const WIDTH_MOST: u32 = 4_000;
pub const WIDTH_USUAL: u32 = 1_000;

/// A picture could not be painted.
#[derive(Debug)]
pub struct PaintError(String);

impl fmt::Display for PaintError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for PaintError {}

impl From<PaintError> for io::Error {
    fn from(error: PaintError) -> io::Error {
        io::Error::other(error)
    }
}

pub fn render(
    chart: Chart,
    records: &[Record],
    look: &Look,
    format: PictureFormat,
) -> Result<Vec<u8>, PaintError> {
    let drawing = Drawing { zoom: look.zoom, ..chart.draw(records, look) };
    if format == PictureFormat::Json {
        let records: Vec<&Record> = records.iter().filter(|record| chart.can_be_drawn(record)).collect();
        let spec = vega::spec(chart, &records, &drawing, look);
        let text = serde_json::to_vec(&spec).map_err(|error| PaintError(error.to_string()))?;
        return Ok([text, b"\n".to_vec()].concat());
    }
    paint(&drawing, format)
}

/// The differences of a comparison, with their intervals.
pub fn render_differences(
    compared: &Answered<Comparison>,
    with_classes: bool,
    look: &Look,
    format: PictureFormat,
) -> Result<Vec<u8>, PaintError> {
    paint(&differences::draw(compared, with_classes, look), format)
}

fn paint(drawing: &Drawing, format: PictureFormat) -> Result<Vec<u8>, PaintError> {
    let painted: Result<Vec<u8>, Box<dyn std::error::Error>> = match format {
        PictureFormat::Svg => Ok(svg::render(drawing).into_bytes()),
        PictureFormat::Json => Err("this picture is not to be had as data".into()),
        #[cfg(feature = "png")]
        PictureFormat::Png => png::render(&drawing.enlarged()),
        #[cfg(not(feature = "png"))]
        PictureFormat::Png => Err("this spof was built without the feature `png`; take svg".into()),
    };
    painted.map_err(|error| PaintError(error.to_string()))
}

/// One run's chart as a part of a page with others: it says what it is by names of its own.
pub fn embedded(chart: Chart, record: &Record, look: &Look) -> Result<String, PaintError> {
    let drawing = chart.draw(std::slice::from_ref(record), look);
    Ok(svg::render_named(&drawing, &format!("{}-", chart.name())))
}

#[cfg(test)]
mod tests;
