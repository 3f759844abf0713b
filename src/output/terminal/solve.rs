//! What a search for settings has found, for people.

use super::figure::in_unit;
use super::lead::{further, lead};
use super::letters::Letters;
use super::notes::files;
use super::page::Page;
use super::table::{Cell, Paint, Table, painted};
use crate::analysis::goals::{JudgedGoal, Standing};
use crate::analysis::solve::SolveSummary;
use crate::telling::Answered;
use std::path::Path;

/// No more of those that were tried are shown.
const LINES_MOST: usize = 40;

pub fn render(solved: &Answered<SolveSummary>, folder: &Path, names: &[&str], page: Page) -> String {
    let Answered { told, data: summary } = solved;
    let facts = format!("seed {}; {}", summary.seed, summary.method);
    let mut text = lead(told, page);
    text.push_str(&format!(
        "\n  {}\n  {}\n\n",
        painted(&page.wrapped(&summary.scenario, 2), Paint::Strong),
        painted(&page.wrapped(&facts, 2), Paint::Faint)
    ));
    text.push_str(&table(summary, page));
    text.push('\n');
    text.push_str(&further(told, page));
    text.push_str(&files(Some(folder), names, page));
    text
}

fn table(summary: &SolveSummary, page: Page) -> String {
    let axes = summary.axes.iter().map(String::as_str);
    let header: Vec<&str> = axes.chain(["runs"]).chain(summary.goals.iter().map(String::as_str)).collect();
    let mut table = Table::new(&header, &[]);
    for candidate in summary.tried.iter().take(LINES_MOST) {
        let values = candidate.values.iter().map(|value| Cell::name(value.as_str()));
        let runs = Cell::new(candidate.replications.to_string());
        table.add(values.chain([runs]).chain(candidate.goals.iter().map(|goal| cell(goal, page))).collect());
    }
    let mut text = table.text(page);
    if summary.tried.len() > LINES_MOST {
        let more = format!("… and {} more, in solve.json", summary.tried.len() - LINES_MOST);
        text.push_str(&format!("  {}\n", painted(&more, Paint::Faint)));
    }
    text
}

fn cell(goal: &JudgedGoal, page: Page) -> Cell {
    let (mark, paint) = match goal.standing {
        Standing::Met => ("✔", Paint::Good),
        Standing::Missed => ("✘", Paint::Bad),
        Standing::Open => ("?", Paint::Doubtful),
    };
    let value = goal.value.map_or("–".to_owned(), |value| in_unit(value, None, goal.unit));
    // Behind a figure, a plus would say that it is more.
    let mark = if page.letters() == Letters::Ascii && mark == "✔" { "ok" } else { mark };
    Cell::painted(format!("{value} {mark}"), paint)
}
