//! What a search for settings has found, for people.

use super::figure::{count, in_unit, three_digits};
use super::notes::{files, paragraph};
use super::table::{Cell, Paint, Table, painted};
use crate::analysis::goals::{JudgedGoal, Standing};
use crate::analysis::solve::{Candidate, SolveSummary};
use std::path::Path;

/// No more of those that were tried are shown.
const LINES_MOST: usize = 40;

pub fn render(summary: &SolveSummary, folder: &Path, names: &[&str]) -> String {
    let facts = format!(
        "{} of {} settings tried, in {} runs of {}; seed {}",
        count(summary.tried.len() as u64),
        count(summary.candidates as u64),
        count(summary.runs as u64),
        count(summary.runs_of_all as u64),
        summary.seed,
    );
    let mut text =
        format!("\n  {}\n  {}\n\n", painted(&summary.scenario, Paint::Strong), painted(&facts, Paint::Faint));
    text.push_str(&table(summary));
    text.push('\n');
    match (&summary.answer, &summary.nearest) {
        (Some(answer), _) => text.push_str(&found(summary, answer)),
        (None, nearest) => {
            let said = "No setting in this range meets all goals for sure.";
            text.push_str(&paragraph(&painted("✘", Paint::Bad), said));
            if let Some(nearest) = nearest {
                let said = format!("Nearest is {}: {}.", at(summary, nearest), unmet(nearest));
                text.push_str(&paragraph(" ", &said));
            }
        }
    }
    let sure = format!(
        "Sure is what holds with {} % confidence for all goals together: {}.",
        summary.confidence * 100.0,
        summary.method
    );
    text.push_str(&paragraph(" ", &sure));
    text.push('\n');
    text.push_str(&files(Some(folder), names));
    text
}

fn table(summary: &SolveSummary) -> String {
    let axes = summary.axes.iter().map(String::as_str);
    let header: Vec<&str> = axes.chain(["runs"]).chain(summary.goals.iter().map(String::as_str)).collect();
    let mut table = Table::new(&header, &[]);
    for candidate in summary.tried.iter().take(LINES_MOST) {
        let values = candidate.values.iter().map(|value| Cell::name(value));
        let runs = Cell::new(candidate.replications.to_string());
        table.add(values.chain([runs]).chain(candidate.goals.iter().map(cell)).collect());
    }
    let mut text = table.text();
    if summary.tried.len() > LINES_MOST {
        let more = format!("… and {} more, in solve.json", summary.tried.len() - LINES_MOST);
        text.push_str(&format!("  {}\n", painted(&more, Paint::Faint)));
    }
    text
}

fn cell(goal: &JudgedGoal) -> Cell {
    let (mark, paint) = match goal.standing {
        Standing::Met => ("✔", Paint::Good),
        Standing::Missed => ("✘", Paint::Bad),
        Standing::Open => ("?", Paint::Doubtful),
    };
    let value = goal.value.map_or("–".to_owned(), |value| in_unit(value, None, goal.unit));
    Cell::painted(format!("{value} {mark}"), paint)
}

fn found(summary: &SolveSummary, answer: &Candidate) -> String {
    let why = match (answer.nodes_per_month, summary.axes.len()) {
        (Some(cost), _) => {
            let currency = summary.currency.as_ref().map_or(String::new(), |currency| format!(" {currency}"));
            format!("the cheapest that does, with nodes for {}{currency} a month", three_digits(cost))
        }
        (None, 1) => "the first that does".to_owned(),
        (None, _) => "the first that does, with as little as can be of each in turn".to_owned(),
    };
    let said = format!("{} meets all goals: {why}.", at(summary, answer));
    let mut text = paragraph(&painted("✔", Paint::Good), &said);
    for goal in &answer.goals {
        text.push_str(&paragraph(" ", &format!("{}: {}", goal.text, measured(goal))));
    }
    for below in &summary.below {
        let said = match below.standing {
            Standing::Met => format!("{} would do as well.", at(summary, below)),
            _ => format!("One step below, {}: {}.", at(summary, below), unmet(below)),
        };
        text.push_str(&paragraph(" ", &said));
    }
    if !summary.is_monotone {
        let said = "More was not always better, so that all settings before this one were tried.";
        text.push_str(&paragraph(&painted("!", Paint::Doubtful), said));
    }
    text
}

/// `gunicorn.workers=6, mysql.connections=20`
fn at(summary: &SolveSummary, candidate: &Candidate) -> String {
    let settings = summary.axes.iter().zip(&candidate.values);
    settings.map(|(path, value)| format!("{path}={value}")).collect::<Vec<_>>().join(", ")
}

/// What stands in the way.
fn unmet(candidate: &Candidate) -> String {
    let goals = candidate.unmet().map(|goal| {
        let doubt = match goal.standing {
            Standing::Open => format!("cannot be told after {} runs", candidate.replications),
            _ => "fails".to_owned(),
        };
        format!("{} {doubt}, {}", goal.text, measured(goal))
    });
    goals.collect::<Vec<_>>().join("; ")
}

/// `143 ms, at most 151 ms`
fn measured(goal: &JudgedGoal) -> String {
    let told = |value: f64| in_unit(value, None, goal.unit);
    let Some(value) = goal.value else { return "nothing was measured".to_owned() };
    match (goal.at_least, goal.at_most) {
        (Some(least), Some(most)) => format!("{} (from {} to {})", told(value), told(least), told(most)),
        _ => told(value),
    }
}
