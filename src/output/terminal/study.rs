//! What many runs say together, for people.

use super::figure::{count, in_unit, told};
use super::lead::lead;
use super::notes::files;
use super::page::Page;
use super::table::{Cell, Paint, Table, painted};
use crate::analysis::study::{StudySummary, Verdict};
use crate::analysis::summary::Estimate;
use crate::telling::Answered;
use std::path::Path;

pub fn render(study: &Answered<StudySummary>, folder: &Path, names: &[&str], page: Page) -> String {
    let Answered { told, data: summary } = study;
    let facts = format!(
        "{} replications, {}; seed {}; intervals hold the truth in {} of 100 studies",
        count(summary.replications),
        summary.stopped,
        summary.seed,
        (summary.level * 100.0).round()
    );
    let mut text = lead(told, page);
    text.push_str(&format!(
        "\n  {}\n  {}\n\n",
        painted(&page.wrapped(&summary.scenario, 2), Paint::Strong),
        painted(&page.wrapped(&facts, 2), Paint::Faint)
    ));
    let mut table = Table::new(&["", "mean over the runs", "least", "most"], &[]).giving_up(&[2, 3]);
    for figure in &summary.figures {
        let bare = |value: Option<f64>| Cell::optional(value.map(|value| in_unit(value, None, figure.unit)));
        table.add(vec![
            Cell::name(figure.name.as_str()),
            Cell::optional(spread(&figure.estimate, figure.unit)),
            bare(figure.least),
            bare(figure.most),
        ]);
    }
    text.push_str(&table.text(page));
    let why = summary.figures.iter().find_map(|figure| figure.estimate.why_replications_would_tell());
    if let Some(why) = why {
        text.push_str(&format!(
            "  {}\n",
            painted(&page.wrapped(&format!("without ±: {why}"), 2), Paint::Faint)
        ));
    }
    text.push('\n');
    for goal in &summary.goals {
        let mark = if goal.reached { painted("✔", Paint::Good) } else { painted("✘", Paint::Bad) };
        let found = spread(&goal.estimate, goal.unit).unwrap_or_else(|| nothing(&goal.estimate));
        let verdict = if goal.reached { "" } else { " (not reached)" };
        text.push_str(&page.paragraph(&mark, &format!("{}  {found}{verdict}", goal.text)));
    }
    for expectation in &summary.expectations {
        let (mark, doubt) = match expectation.verdict {
            Verdict::Pass => (painted("✔", Paint::Good), ""),
            Verdict::Fail => (painted("✘", Paint::Bad), ""),
            Verdict::Undecided => (painted("?", Paint::Doubtful), " (cannot tell yet: more replications)"),
        };
        let found =
            spread(&expectation.estimate, expectation.unit).unwrap_or_else(|| nothing(&expectation.estimate));
        text.push_str(&page.paragraph(&mark, &format!("{}  {found}{doubt}", expectation.text)));
    }
    text.push_str(&files(Some(folder), names, page));
    text
}

fn nothing(estimate: &Estimate) -> String {
    estimate.why_no_interval.clone().unwrap_or_default()
}

fn spread(estimate: &Estimate, unit: &str) -> Option<String> {
    told(estimate, unit)
}
