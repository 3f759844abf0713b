//! `report.html`: a run in one page that opens anywhere, without a network and, but for the
//! interaction, without JavaScript. It is made of the run's files alone.

pub mod advice;
mod cards;
mod colours;
pub mod comparison;
mod first;
mod html;
pub mod ledger;
mod limits;
mod page;
mod picture;
pub mod replications;
mod scenario;
mod shared_boxes;
mod story;
pub mod study;
pub mod sweep;
mod tables;
#[cfg(test)]
mod tests;
mod timelines;
mod tried;

use super::charts::{Chart, Look, PaintError, embedded};
use super::record::{Findings, Record};
use super::terminal::figure::count;
use crate::telling::words::span;
use html::{escaped, list};
use page::{Page, Reader, Section};
use std::fmt;

/// The name of the file.
pub const FILE_NAME: &str = "report.html";

/// Why there is no report.
#[derive(Debug)]
pub enum ReportError {
    /// The file without which there is nothing to report.
    Missing(&'static str),
    Paint(PaintError),
}

impl fmt::Display for ReportError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ReportError::Missing(file) => write!(formatter, "{file} is missing"),
            ReportError::Paint(error) => error.fmt(formatter),
        }
    }
}

impl std::error::Error for ReportError {}

pub fn render(record: &Record) -> Result<String, ReportError> {
    let findings = record.findings.as_ref().ok_or(ReportError::Missing("summary.json"))?;
    let sections = [
        vec![Section::new(Reader::Anybody, "summary", "In short", first::body(record, findings))],
        of_engineer(record, findings)?,
        vec![
            Section::new(Reader::Doubter, "trust", "How far to trust the figures", trust(findings)),
            Section::new(Reader::Doubter, "scenario", "How to repeat it", scenario::body(record, findings)),
            Section::new(Reader::Doubter, "limits", "Limits of the model", limits::body()),
        ],
    ];
    let page = Page {
        name: &record.name,
        about: heading(findings),
        version: &findings.summary.version,
        sections: sections.into_iter().flatten().collect(),
        series: Some(series(record)),
    };
    Ok(page.text())
}

/// What engineers look into.
fn of_engineer(record: &Record, findings: &Findings) -> Result<Vec<Section>, ReportError> {
    let tried = record.advice.as_ref().map_or(String::new(), tried::body);
    let sections = [
        ("tried", "What was tried", tried),
        ("happened", "What happened", happened(record, findings)?),
        ("timelines", "Over time", over_time(record)?),
        ("nodes", "How full it all was", nodes(record, findings)?),
        ("requests", "Requests and latencies", requests(record, findings)?),
    ];
    let section = |(id, heading, body)| Section::new(Reader::Engineer, id, heading, body);
    Ok(sections.into_iter().map(section).collect())
}

fn series(record: &Record) -> String {
    let data = timelines::timelines(record);
    data.and_then(|data| serde_json::to_string(&data).ok()).unwrap_or("null".to_owned())
}

fn heading(findings: &Findings) -> String {
    let run = &findings.summary.run;
    let warmup = match run.warmup_s {
        0.0 => String::new(),
        seconds => format!("; the first {} are warm-up ({})", span(seconds), escaped(&run.warmup)),
    };
    let stopped = match run.stopped.as_str() {
        "" => String::new(),
        stopped => format!(", stopped {}", escaped(stopped)),
    };
    let requests = run.offered.map_or("no".to_owned(), count);
    format!(
        "{} simulated{stopped}; {requests} requests; seed {}{warmup}.",
        span(run.simulated_s),
        findings.summary.seed
    )
}

/// A chart within the page, if its file is there.
fn figure(record: &Record, chart: Chart, class: &str) -> Result<String, ReportError> {
    if !chart.can_be_drawn(record) {
        return Ok(String::new());
    }
    let draw = |look: &Look| embedded(chart, record, look).map_err(ReportError::Paint);
    picture::figure(&format!("chart-{}", chart.name()), class, &draw)
}

fn happened(record: &Record, findings: &Findings) -> Result<String, ReportError> {
    let picture = figure(record, Chart::Availability, "")?;
    let told: Vec<String> = findings.told.happened.iter().map(|one| one.text.clone()).collect();
    let parts = [
        // Less stands in the first section.
        if told.len() > first::HAPPENED_MOST { list(&told) } else { String::new() },
        tables::phases(findings),
        picture,
        tables::outages_table(record),
        tables::views(findings),
        tables::events_table(record),
    ];
    Ok(parts.concat())
}

/// The pictures are there for paper and for browsers without JavaScript, which otherwise puts
/// diagrams in their place that can be looked into.
fn over_time(record: &Record) -> Result<String, ReportError> {
    let pictures = [figure(record, Chart::Timeline, "still")?, figure(record, Chart::Heatmap, "")?];
    Ok(format!("<div id=\"interactive\" hidden></div>\n{}", picture::pair(&pictures)))
}

fn nodes(record: &Record, findings: &Findings) -> Result<String, ReportError> {
    let headroom: Vec<String> = findings.told.headroom.iter().map(|one| one.text.clone()).collect();
    let pictures = [figure(record, Chart::Topology, "")?, figure(record, Chart::Utilisation, "")?];
    let tables = [tables::resources(findings), tables::nodes(findings)];
    let shared = shared_boxes::lists(record);
    Ok(first::paragraphs(&headroom) + &tables.concat() + &picture::pair(&pictures) + &shared)
}

fn requests(record: &Record, findings: &Findings) -> Result<String, ReportError> {
    let pictures = [figure(record, Chart::Latency, "")?, figure(record, Chart::Waterfall, "")?];
    let parts = [
        tables::classes(findings),
        list(&story::latencies(findings)),
        tables::tail(findings),
        tables::failures(findings),
        tables::expectations(findings),
        picture::pair(&pictures),
    ];
    Ok(parts.concat())
}

fn trust(findings: &Findings) -> String {
    let mut told: Vec<String> = findings.summary.notices.iter().map(|notice| notice.text.clone()).collect();
    let close = findings.summary.expectations.iter().filter(|expectation| expectation.uncertain);
    told.extend(close.map(|expectation| {
        format!("`{}` is a close call: another seed may judge otherwise.", expectation.text)
    }));
    told.push(
        "± is half of a 95 % confidence interval of this one run. Latency counts from the moment the user meant to \
         send until the last byte of the answer, retries included."
            .to_owned(),
    );
    list(&told)
}
