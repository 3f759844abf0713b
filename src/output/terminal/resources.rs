//! The table of all that there is only so much of.

use super::figure::{count, length};
use super::nodes::{bar, share_of_use};
use super::page::Page;
use super::table::{Cell, Paint, Table};
use crate::analysis::resources::ResourceSummary;
use crate::analysis::summary::Summary;
use crate::diagnosis::FULL;

/// With more of them than this, the fullest are shown.
const LINES_MOST: usize = 16;
/// Names are no shorter than this; their ends tell more than their middles.
const NAME_COLUMNS: usize = 28;
/// What was never fuller than this, and had nobody wait or leave, says nothing.
const SHOWN_LEAST: f64 = 0.005;

pub fn table(summary: &Summary, page: Page) -> String {
    let used = |one: &&ResourceSummary| {
        fullest(one) >= SHOWN_LEAST
            || one.waiting_max > 0
            || one.turned_away.unwrap_or(0) + one.left.unwrap_or(0) > 0
    };
    let mut shown: Vec<&ResourceSummary> = summary.resources.iter().filter(used).collect();
    if shown.is_empty() {
        return String::new();
    }
    shown.sort_by(|a, b| fullest(b).total_cmp(&fullest(a)));
    let left_out = shown.len().saturating_sub(LINES_MOST);
    shown.truncate(LINES_MOST);
    let header = ["what can be full", "", "in use", "fullest", "full", "in line", "wait", "p99", "away"];
    let mut table =
        Table::new(&header, &[1]).with_names_of(NAME_COLUMNS, NAME_COLUMNS).giving_up(&[1, 7, 5, 6, 4]);
    shown.iter().for_each(|one| table.add(line(one, page)));
    let mut text = table.text(page);
    if left_out > 0 {
        text.push_str(&format!("  … and {left_out} more, in resources.csv\n"));
    }
    text
}

fn fullest(one: &ResourceSummary) -> f64 {
    one.fullest.map_or(one.utilisation_max.unwrap_or(0.0), |fullest| fullest.utilisation)
}

fn line(one: &ResourceSummary, page: Page) -> Vec<Cell> {
    let paint = if fullest(one) >= FULL { Paint::Bad } else { Paint::Good };
    let name = one.name.strip_prefix("the ").unwrap_or(&one.name);
    let waits = one.waiting_max > 0 || one.taken.is_some_and(|taken| taken > 0);
    let if_waits = |text: Option<String>| Cell::optional(text.filter(|_| waits));
    let away = one.turned_away.unwrap_or(0) + one.left.unwrap_or(0);
    vec![
        Cell::name(name),
        Cell::painted(one.utilisation.map(|share| bar(share, page.letters())).unwrap_or_default(), paint),
        Cell::optional(one.utilisation.map(share_of_use)),
        Cell::painted(one.fullest.map_or("–".to_owned(), |fullest| share_of_use(fullest.utilisation)), paint),
        Cell::optional(Some(share_of_use(one.full_share))),
        if_waits(Some(format!("≤ {}", count(u64::from(one.waiting_max))))),
        if_waits(one.wait_mean_ms.map(length)),
        if_waits(one.wait_p99_ms.map(length)),
        Cell::optional((away > 0).then(|| count(away))),
    ]
}
