//! The table of request classes, and how those failed that did.

use super::figure::{count, length, told};
use super::folding::columns_of;
use super::page::Page;
use super::table::{Cell, Paint, Table, painted, short_name};
use crate::analysis::summary::{ClassSummary, Estimate, Summary};
use crate::parts::outcome::Outcome;

/// More classes than this are left to the files.
const CLASSES_MOST: usize = 20;

/// A figure that may be off by more than this share of itself is marked.
const DOUBTFUL_SHARE: f64 = 0.1;

pub fn table(summary: &Summary, page: Page) -> String {
    if summary.total.ended == Some(0) {
        return String::new();
    }
    let header = ["requests", "count", "good", "mean", "p50", "p90", "p99", "p99.9", "max"];
    let mut table = Table::new(&header, &[]).giving_up(&[5, 7, 8, 3, 4, 1]);
    let shown = shown(summary);
    for class in &shown {
        table.add(line(class));
    }
    let mut text = table.text(page);
    let left_out = summary.classes.len().saturating_sub(CLASSES_MOST);
    if left_out > 0 {
        text.push_str(&format!("  … and {left_out} more classes, in summary.json\n"));
    }
    let doubtful = |class: &&ClassSummary| quantiles(class).into_iter().any(is_doubtful);
    if shown.iter().any(doubtful) {
        let legend = "~ may be off by more than 10 %, or by more than this run can tell";
        text.push_str(&format!("  {}\n", painted(&page.wrapped(legend, 2), Paint::Faint)));
    }
    for class in summary.classes.iter().take(CLASSES_MOST) {
        text.push_str(&failures(class, page));
    }
    text
}

/// With a single class the line of all of them would say the same again.
fn shown(summary: &Summary) -> Vec<&ClassSummary> {
    let mut shown: Vec<&ClassSummary> = summary.classes.iter().take(CLASSES_MOST).collect();
    if summary.classes.len() != 1 {
        shown.push(&summary.total);
    }
    shown
}

fn line(class: &ClassSummary) -> Vec<Cell> {
    let mut line = vec![
        Cell::name(class.name.as_str()),
        Cell::optional(class.ended.map(count)),
        Cell::optional(told(&class.good_share, "share")),
        Cell::optional(told(&class.mean_ms, "ms")),
    ];
    line.extend(quantiles(class).map(quantile));
    line.push(Cell::optional(class.max_ms.map(length)));
    line
}

fn quantiles(class: &ClassSummary) -> [&Estimate; 4] {
    [&class.p50_ms, &class.p90_ms, &class.p99_ms, &class.p999_ms]
}

fn quantile(estimate: &Estimate) -> Cell {
    match estimate.value {
        Some(value) if is_doubtful(estimate) => Cell::painted(format!("~{}", length(value)), Paint::Doubtful),
        value => Cell::optional(value.map(length)),
    }
}

fn is_doubtful(estimate: &Estimate) -> bool {
    match (estimate.value, estimate.half_width) {
        (Some(value), Some(half_width)) => half_width > DOUBTFUL_SHARE * value,
        (Some(_), None) => !estimate.is_alike(),
        (None, _) => false,
    }
}

/// `page failed: 23 × 504 Gateway Timeout, 2 × timed out at the client`
fn failures(class: &ClassSummary, page: Page) -> String {
    let mut failures: Vec<(u64, &str)> = Outcome::ALL
        .into_iter()
        .filter(|outcome| !outcome.is_ok())
        .filter_map(|outcome| Some((*class.outcomes.get(outcome.name())?, outcome.meaning())))
        .collect();
    if failures.is_empty() {
        return String::new();
    }
    failures.sort_by_key(|&(number, _)| std::cmp::Reverse(number));
    let list: Vec<String> = failures
        .into_iter()
        .take(4)
        .map(|(number, meaning)| format!("{} × {meaning}", count(number)))
        .collect();
    let failed = format!("{} failed:", short_name(&class.name));
    let list = page.wrapped(&list.join(", "), 2 + columns_of(&failed) + 1);
    format!("  {} {list}\n", painted(&failed, Paint::Bad))
}
