//! What helps, for people: the answer, what was tried line by line, and a sentence for each.

use super::figure::counted;
use super::folding::columns_of;
use super::notes::files;
use super::page::Page;
use super::table::{Cell, Paint, Table, painted, shortened};
use crate::advice::{Advice, Verdict};
use crate::output::scenario_json;
use crate::telling::Sentence;
use crate::telling::advice::{Answer, TriedTold};
use crate::telling::tried::lines;
use std::path::Path;

/// Longer labels are cut.
const LABEL_MOST: usize = 48;
/// Of what does not help no more is told than this.
const TOLD_MOST: usize = 12;

pub fn render(answer: &Answer, written: Option<(&Path, &[&str])>, page: Page) -> String {
    let Answer { advice, told } = answer;
    let facts = format!("{} in {}; seed {}", tried(advice), counted(advice.runs, "run"), advice.seed);
    let mut text = format!(
        "\n  {}\n  {}\n",
        painted(&page.wrapped(&advice.scenario, 2), Paint::Strong),
        painted(&page.wrapped(&facts, 2), Paint::Faint)
    );
    text.push_str(&body(answer, page));
    let sure = page.wrapped(&plain(&told.how_sure), 2);
    text.push_str(&format!("\n  {}\n", painted(&sure, Paint::Faint)));
    if let Some((folder, names)) = written {
        text.push_str(&files(Some(folder), names, page));
    }
    text
}

/// Without a heading and without files, as it stands below the summary of a run.
pub fn body(answer: &Answer, page: Page) -> String {
    let Answer { advice, told } = answer;
    let headline = page.wrapped(&plain(&told.headline), 2);
    let mut text = format!("\n  {}\n", painted(&headline, Paint::Strong));
    if !told.as_it_stands.is_empty() {
        text.push_str(&format!("  {}\n", page.wrapped(&plain(&told.as_it_stands), 2)));
    }
    if !advice.tried.is_empty() {
        text.push('\n');
        text.push_str(&table(advice, page));
    }
    let (told_most, hopeless): (Vec<&TriedTold>, Vec<&TriedTold>) =
        told.tried.iter().partition(|one| matches!(one.verdict, Verdict::Helps | Verdict::CannotTell));
    for one in told_most {
        text.push_str(&format!("\n{}", page.paragraph(&mark(one.verdict), &plain(&one.text))));
        text.push_str(&options(&one.settings, page));
    }
    let gap = |is_there: bool| if is_there { "\n" } else { "" };
    text.push_str(gap(!hopeless.is_empty()));
    for one in hopeless.iter().take(TOLD_MOST) {
        text.push_str(&page.paragraph(&mark(one.verdict), &plain(&one.text)));
    }
    let more = hopeless.len().saturating_sub(TOLD_MOST);
    if more > 0 {
        let more = format!("… and {more} more, in advice.json");
        text.push_str(&format!("    {}\n", painted(&more, Paint::Faint)));
    }
    text.push_str(gap(!told.single_points.is_empty()));
    for point in &told.single_points {
        text.push_str(&page.paragraph(&painted("!", Paint::Doubtful), &plain(&point.text)));
        text.push_str(&options(&point.settings, page));
    }
    text
}

/// `12 changes and 3 pairs tried`
fn tried(advice: &Advice) -> String {
    let changes = counted(advice.tried.len() as u64, "change");
    match advice.together.len() {
        0 => format!("{changes} tried"),
        couples => format!("{changes} and {} of them tried", counted(couples as u64, "pair")),
    }
}

/// Names stand in backquotes where there are no other ways to mark them.
fn plain(sentence: &Sentence) -> String {
    sentence.text.replace('`', "")
}

/// What makes a change, as it is typed behind a command. It is one line for a shell, so that it can
/// be copied.
fn options(settings: &[String], page: Page) -> String {
    const INDENT: usize = 4;
    const GOES_ON: &str = " \\";
    let Some(columns) = page.columns() else {
        return match settings {
            [] => String::new(),
            settings => format!("    {}\n", painted(&scenario_json::options(settings), Paint::Faint)),
        };
    };
    let mut lines: Vec<String> = Vec::new();
    for setting in settings {
        let option = scenario_json::options(std::slice::from_ref(setting));
        let room = columns - INDENT - GOES_ON.len() - 1;
        match lines.last_mut().filter(|line| columns_of(line) + columns_of(&option) <= room) {
            Some(line) => *line = format!("{line} {option}"),
            None => lines.push(option),
        }
    }
    let lines: Vec<String> = lines.iter().map(|line| painted(line, Paint::Faint)).collect();
    match lines.as_slice() {
        [] => String::new(),
        lines => format!("    {}\n", lines.join(&format!("{GOES_ON}\n    "))),
    }
}

fn mark(verdict: Verdict) -> String {
    let mark = match verdict {
        Verdict::Helps => "✔",
        Verdict::CannotTell => "?",
        Verdict::NoDifference => "=",
        Verdict::Hurts => "✘",
    };
    painted(mark, paint_of(verdict))
}

fn table(advice: &Advice, page: Page) -> String {
    let lines = lines(advice);
    let has_price = lines.iter().any(|line| line.price.is_some());
    let mut header = vec!["", "good", "by", "p99", "down"];
    if has_price {
        header.push("a month");
    }
    header.push("");
    let mut table = Table::new(&header, &[0, header.len() - 1]).giving_up(&[4, 3]);
    for line in &lines {
        let mut row = vec![
            Cell::painted(label_of(&line.changes), Paint::Strong),
            Cell::optional(line.good.clone()),
            Cell::new(line.by.clone().unwrap_or_default()),
            Cell::optional(line.p99.clone()),
            Cell::optional(line.down.clone()),
        ];
        if has_price {
            row.push(Cell::new(line.price.clone().unwrap_or_default()));
        }
        row.push(
            line.verdict
                .as_ref()
                .map_or(Cell::new(""), |(verdict, words)| Cell::painted(words.clone(), paint_of(*verdict))),
        );
        table.add(row);
    }
    table.text(page)
}

fn paint_of(verdict: Verdict) -> Paint {
    match verdict {
        Verdict::Helps => Paint::Good,
        Verdict::CannotTell => Paint::Doubtful,
        Verdict::NoDifference => Paint::Faint,
        Verdict::Hurts => Paint::Bad,
    }
}

/// Two at once share the room of one.
fn label_of(changes: &[String]) -> String {
    if changes.is_empty() {
        return "as it stands".to_owned();
    }
    let room = LABEL_MOST / changes.len() - 1;
    changes.iter().map(|change| shortened(change, room)).collect::<Vec<_>>().join(" + ")
}
