//! The report of `spof sweep`: where it breaks, and the figures of each point.

use super::html::Table;
use super::page::{Reader, Section};
use super::picture;
use super::study::{Repeat, StudyPage, level, sentence_of, told};
use crate::analysis::breaking::Standing;
use crate::analysis::gauges::OFFERED;
use crate::analysis::sweep::{SweepSummary, SweptPoint};
use crate::output::charts::sweep::embedded;
use crate::output::charts::{Look, PaintError, Theme, WIDTH_USUAL};
use crate::telling::Answered;
use crate::telling::figure::{self, counted, share, three_digits};

/// Lines of the table; `sweep.csv` has all of them.
const LINES_MOST: usize = 400;
const NONE: &str = "–";

pub fn render(swept: &Answered<SweepSummary>, repeat: &Repeat) -> Result<String, PaintError> {
    let summary = &swept.data;
    let paths: Vec<String> = summary.axes.iter().map(|axis| axis.path.clone()).collect();
    let draw = |look: &Look| embedded(summary, &swept.told, look);
    // Of more than two settings there is none.
    let drawn = match draw(&Look::new(Theme::Light, f64::from(WIDTH_USUAL)))? {
        Some(_) => picture::figure("sweep", "", &|look: &Look| Ok(draw(look)?.unwrap_or_default()))?,
        None => String::new(),
    };
    let columns = columns(summary);
    let mut trust = vec![sentence_of(summary.method), level(summary.level)];
    trust.extend(unsaid(summary, &columns).map(|why| format!("Figures without ±: {why}.")));
    let section =
        Section::new(Reader::Engineer, "points", "Point by point", drawn + &points(summary, &columns));
    let page = StudyPage {
        name: format!("{}: {}", summary.scenario, paths.join(", ")),
        about: format!(
            "{}, {} of each with the same chance; seed {}.",
            counted(summary.points.len() as u64, "point"),
            counted(summary.replications, "replication"),
            summary.seed
        ),
        answer: told(&swept.told),
        sections: vec![section],
        trust,
        repeat,
        series: None,
    };
    Ok(page.text())
}

fn points(summary: &SweepSummary, columns: &[usize]) -> String {
    let mut table = Table::new("What was set, and what came of it; ± is of 95 % intervals");
    for axis in &summary.axes {
        table = match axis.is_numeric {
            true => table.figures(&*axis.path, ""),
            false => table.words(&*axis.path, ""),
        };
    }
    table = table.words("stands", "whether enough was served");
    for place in columns {
        table = table.figures(&*summary.gauges[*place].name, "");
    }
    table = table.words("fullest", "what there was least of");
    for point in summary.points.iter().take(LINES_MOST) {
        let mut cells: Vec<String> = point.values.iter().map(|value| value.text.clone()).collect();
        cells.push(stands(point.stands).to_owned());
        cells.extend(columns.iter().map(|place| told_of(point, *place)));
        cells.push(fullest(point));
        table.line(&cells);
    }
    let left = match summary.points.len().saturating_sub(LINES_MOST) {
        0 => String::new(),
        left => format!("<p>{} more in <code>sweep.csv</code>.</p>\n", counted(left as u64, "point")),
    };
    table.text() + &left
}

/// What was asked for, beside the load and what came of it.
fn columns(summary: &SweepSummary) -> Vec<usize> {
    let mut names = vec![OFFERED, "goodput", "errors", "mean"];
    if !names.contains(&summary.measure.as_str()) {
        names.push(&summary.measure);
    }
    names.iter().filter_map(|name| summary.place(name)).collect()
}

fn told_of(point: &SweptPoint, place: usize) -> String {
    let figure = &point.figures[place];
    let told = match figure.unit {
        "" => figure.estimate.value.map(three_digits),
        unit => figure::told(&figure.estimate, unit),
    };
    told.unwrap_or(NONE.to_owned())
}

fn fullest(point: &SweptPoint) -> String {
    point
        .fullness
        .fullest
        .as_ref()
        .map_or(NONE.to_owned(), |fullest| format!("{}: {}", fullest.name, share(fullest.in_use)))
}

fn stands(standing: Option<Standing>) -> &'static str {
    match standing {
        Some(Standing::Holds) => "✔\u{a0}holds",
        Some(Standing::Broken) => "✘\u{a0}**breaks**",
        Some(Standing::Open) => "cannot\u{a0}tell",
        None => NONE,
    }
}

/// Why figures of the table have no interval, where they could have one.
fn unsaid(summary: &SweepSummary, columns: &[usize]) -> Option<String> {
    let figures = summary.points.iter().flat_map(|point| columns.iter().map(|place| &point.figures[*place]));
    let mut reasons = figures.filter_map(|figure| figure.estimate.why_replications_would_tell());
    reasons.next().map(str::to_owned)
}
