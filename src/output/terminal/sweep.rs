//! A sweep for people: a line for each point, and what was found.

use super::figure::{counted, three_digits, told};
use super::notes::{files, paragraph};
use super::table::{Cell, Paint, Table, painted};
use crate::analysis::gauges::OFFERED;
use crate::analysis::sweep::{SweepSummary, SweptPoint};
use crate::parts::quantity::format_share;
use std::path::Path;

/// With more points, the table stands in `sweep.csv` alone.
const LINES_MOST: usize = 60;

const UTILISATION: &str = " utilisation";

pub fn render(summary: &SweepSummary, folder: &Path, names: &[&str]) -> String {
    let facts = format!(
        "{}, {} of each with the same chance; seed {}; ± is of 95 % intervals",
        counted(summary.points.len() as u64, "point"),
        counted(summary.replications, "replication"),
        summary.seed,
    );
    let mut text =
        format!("\n  {}\n  {}\n\n", painted(&summary.scenario, Paint::Strong), painted(&facts, Paint::Faint));
    let columns = columns(summary);
    let axes = summary.axes.iter().map(|axis| axis.path.as_str());
    let figures = columns.iter().map(|place| summary.gauges[*place].name.as_str());
    let header: Vec<&str> = axes.chain(figures).chain(["fullest"]).collect();
    let mut table = Table::new(&header, &[header.len() - 1]);
    for point in summary.points.iter().take(LINES_MOST) {
        let values = point.values.iter().map(|value| Cell::name(&value.text));
        let figures = columns.iter().map(|place| Cell::optional(figure(point, *place)));
        table.add(values.chain(figures).chain([Cell::optional(fullest(point))]).collect());
    }
    text.push_str(&table.text());
    if let Some(why) = unsaid(summary, &columns) {
        text.push_str(&format!("  {}\n", painted(&format!("without ±: {why}"), Paint::Faint)));
    }
    if summary.points.len() > LINES_MOST {
        let more = format!("… and {} more, in sweep.csv", summary.points.len() - LINES_MOST);
        text.push_str(&format!("  {}\n", painted(&more, Paint::Faint)));
    }
    text.push('\n');
    if let Some(breaking) = &summary.breaking {
        let mark = if breaking.breaks_at.is_some() { painted("!", Paint::Doubtful) } else { " ".to_owned() };
        let rule = format!(
            "Less than {} of what is sent is answered well and in time there.",
            format_share(breaking.served_least)
        );
        let rule = if breaking.breaks_at.is_some() { rule.as_str() } else { "" };
        text.push_str(&paragraph(&mark, &format!("{} {rule}", breaking.text)));
    }
    if let Some(knee) = &summary.knee {
        text.push_str(&paragraph(&painted("!", Paint::Doubtful), &knee.text));
    }
    if let Some(hysteresis) = &summary.hysteresis {
        let is_found = !hysteresis.worse_on_the_way_down.is_empty();
        let mark = if is_found { painted("!", Paint::Doubtful) } else { " ".to_owned() };
        text.push_str(&paragraph(&mark, &hysteresis.text));
    }
    if summary.axes.len() > 2 {
        text.push_str(&paragraph(
            " ",
            "There is no chart of more than two settings at once; sweep.csv has all.",
        ));
    }
    text.push('\n');
    text.push_str(&files(Some(folder), names));
    text
}

/// Why figures of the table have no interval, where they could have one.
fn unsaid(summary: &SweepSummary, columns: &[usize]) -> Option<String> {
    let figures = summary.points.iter().flat_map(|point| columns.iter().map(|place| &point.figures[*place]));
    let mut reasons = figures.filter_map(|figure| figure.estimate.why_replications_would_tell());
    reasons.next().map(str::to_owned)
}

/// What was asked for, beside the load and what came of it.
fn columns(summary: &SweepSummary) -> Vec<usize> {
    let mut names = vec![OFFERED, "goodput", "errors", "mean"];
    if !names.contains(&summary.measure.as_str()) {
        names.push(&summary.measure);
    }
    names.iter().filter_map(|name| summary.place(name)).collect()
}

fn figure(point: &SweptPoint, place: usize) -> Option<String> {
    let figure = &point.figures[place];
    match figure.unit {
        "" => figure.estimate.value.map(three_digits),
        unit => told(&figure.estimate, unit),
    }
}

/// `gunicorn 98.2 %`
fn fullest(point: &SweptPoint) -> Option<String> {
    let utilisations = point
        .figures
        .iter()
        .filter_map(|figure| Some((figure.name.strip_suffix(UTILISATION)?, figure.estimate.value?)));
    let (name, value) = utilisations.max_by(|a, b| a.1.total_cmp(&b.1))?;
    Some(format!("{name} {:.0} %", value * 100.0))
}
