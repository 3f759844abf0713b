//! A sweep for people: a line for each point, and what was found.

use super::figure::{counted, three_digits, told};
use super::lead::{further, lead};
use super::notes::files;
use super::page::Page;
use super::table::{Cell, Paint, Table, painted};
use crate::analysis::gauges::OFFERED;
use crate::analysis::sweep::{SweepSummary, SweptPoint};
use crate::telling::Answered;
use std::path::Path;

/// With more points, the table stands in `sweep.csv` alone.
const LINES_MOST: usize = 60;

pub fn render(swept: &Answered<SweepSummary>, folder: &Path, names: &[&str], page: Page) -> String {
    let Answered { told, data: summary } = swept;
    let facts = format!(
        "{}, {} of each with the same chance; seed {}; ± is of 95 % intervals",
        counted(summary.points.len() as u64, "point"),
        counted(summary.replications, "replication"),
        summary.seed,
    );
    let mut text = lead(told, page);
    text.push_str(&format!(
        "\n  {}\n  {}\n\n",
        painted(&page.wrapped(&summary.scenario, 2), Paint::Strong),
        painted(&page.wrapped(&facts, 2), Paint::Faint)
    ));
    let columns = columns(summary);
    let axes = summary.axes.iter().map(|axis| axis.path.as_str());
    let figures = columns.iter().map(|place| summary.gauges[*place].name.as_str());
    let header: Vec<&str> = axes.chain(figures).chain(["fullest"]).collect();
    let mut table = Table::new(&header, &[header.len() - 1]).giving_up(&spared(summary, &columns));
    for point in summary.points.iter().take(LINES_MOST) {
        let values = point.values.iter().map(|value| Cell::name(value.text.as_str()));
        let figures = columns.iter().map(|place| Cell::optional(figure(point, *place)));
        table.add(values.chain(figures).chain([Cell::optional(fullest(point))]).collect());
    }
    text.push_str(&table.text(page));
    if let Some(why) = unsaid(summary, &columns) {
        text.push_str(&format!(
            "  {}\n",
            painted(&page.wrapped(&format!("without ±: {why}"), 2), Paint::Faint)
        ));
    }
    if summary.points.len() > LINES_MOST {
        let more = format!("… and {} more, in sweep.csv", summary.points.len() - LINES_MOST);
        text.push_str(&format!("  {}\n", painted(&more, Paint::Faint)));
    }
    text.push('\n');
    text.push_str(&further(told, page));
    if summary.axes.len() > 2 {
        text.push_str(
            &page.paragraph(" ", "There is no chart of more than two settings at once; sweep.csv has all."),
        );
    }
    text.push('\n');
    text.push_str(&files(Some(folder), names, page));
    text
}

/// What is missed least, such as what was sent, since it is much what came of it.
fn spared(summary: &SweepSummary, columns: &[usize]) -> Vec<usize> {
    let place = |name: &str| columns.iter().position(|place| summary.gauges[*place].name == name);
    let spared = [OFFERED, "mean", "errors"].into_iter().filter(|name| *name != summary.measure);
    let mut spared: Vec<usize> = spared.filter_map(place).map(|place| summary.axes.len() + place).collect();
    // What is full there goes before the last of them.
    spared.insert(spared.len().saturating_sub(1), summary.axes.len() + columns.len());
    spared
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

/// `link visitors -> server (answers) 98 %`
fn fullest(point: &SweptPoint) -> Option<String> {
    let fullest = point.fullness.fullest.as_ref()?;
    let name = fullest.name.strip_prefix("the ").unwrap_or(&fullest.name);
    Some(format!("{name} {:.0} %", fullest.in_use * 100.0))
}
