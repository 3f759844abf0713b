//! The table of nodes, and where the time of a request went.

use super::WIDTH;
use super::figure::{length, share, three_digits};
use super::table::{Cell, Paint, Table, painted, short_name};
use crate::analysis::summary::{NodeSummary, Summary, TimeSpent};

/// With more nodes than this, the busiest are shown.
const NODES_MOST: usize = 20;

const BAR_CHARACTERS: usize = 10;

/// If more of those who came are still there at the end, their mean time is at least what is told.
const UNFINISHED: f64 = 0.05;

/// From here on a node is shown as busy, and as full.
const BUSY: f64 = 0.7;
const FULL: f64 = 0.9;

/// Places with a smaller share of the time are not named, and neither are those beyond so many.
const PLACE_LEAST: f64 = 0.005;
const PLACES_MOST: usize = 10;

pub fn table(summary: &Summary) -> String {
    let active: Vec<&NodeSummary> =
        summary.nodes.iter().filter(|node| node.visits > 0 || node.utilisation.is_some()).collect();
    if active.is_empty() {
        return String::new();
    }
    let shown = busiest(&active);
    // Waits are those of visits that got a slot; times there are of all.
    let header = ["nodes", "in use", "", "visits/s", "in line", "at most", "wait", "p99", "time there"];
    let mut table = Table::new(&header, &[1]);
    for node in &shown {
        table.add(line(node));
    }
    let mut text = table.text();
    if shown.len() < active.len() {
        text.push_str(&format!("  … and {} more nodes, in nodes.csv\n", active.len() - shown.len()));
    }
    text
}

fn line(node: &NodeSummary) -> Vec<Cell> {
    let name = match node.replicas {
        1 => short_name(&node.name),
        replicas => format!("{} ×{replicas}", short_name(&node.name)),
    };
    let paint = match node.utilisation_max {
        Some(full) if full >= FULL => Paint::Bad,
        Some(busy) if busy >= BUSY => Paint::Doubtful,
        _ => Paint::Good,
    };
    let utilisation = node.utilisation.map(share_of_use);
    // Nobody calls a host, so nobody stands in line for it.
    let called = node.visits > 0;
    let if_called = |text: Option<String>| Cell::optional(text.filter(|_| called));
    vec![
        Cell::painted(name, Paint::Strong),
        Cell::painted(node.utilisation.map(bar).unwrap_or_default(), paint),
        Cell::optional(utilisation),
        if_called(Some(three_digits(node.visits_per_s))),
        if_called(Some(three_digits(node.queue_mean))),
        if_called(Some(node.queue_max.to_string())),
        if_called(node.wait_mean_ms.value.map(length)),
        if_called(node.wait_p99_ms.map(length)),
        if_called(node.sojourn_mean_ms.map(|time| at_least(node, time))),
    ]
}

/// Of those who are still there nobody knows how long they are going to stay.
fn at_least(node: &NodeSummary, milliseconds: f64) -> String {
    let is_least = node.inside_at_end > UNFINISHED * node.visits as f64;
    format!("{}{}", if is_least { "≥ " } else { "" }, length(milliseconds))
}

fn share_of_use(utilisation: f64) -> String {
    match utilisation {
        small if small < 0.000_5 => "0 %".to_owned(),
        small if small < 0.1 => format!("{:.1} %", small * 100.0),
        large => format!("{:.0} %", large * 100.0),
    }
}

/// Eighths of a character make the bar fine enough to see a change of 2 %.
fn bar(share: f64) -> String {
    const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    let eighths = (share.clamp(0.0, 1.0) * (8 * BAR_CHARACTERS) as f64).round() as usize;
    let mut bar = "█".repeat(eighths / 8);
    bar.push_str(EIGHTHS[eighths % 8]);
    let empty = BAR_CHARACTERS - bar.chars().count();
    bar.push_str(&"·".repeat(empty));
    bar
}

fn busiest<'a>(nodes: &[&'a NodeSummary]) -> Vec<&'a NodeSummary> {
    let mut order: Vec<usize> = (0..nodes.len()).collect();
    if nodes.len() > NODES_MOST {
        let load = |&number: &usize| nodes[number].utilisation_max.unwrap_or(0.0);
        order.sort_by(|a, b| load(b).total_cmp(&load(a)));
        order.truncate(NODES_MOST);
        order.sort_unstable();
    }
    order.into_iter().map(|number| nodes[number]).collect()
}

/// `page  31.2 ms = 20.1 ms network (64 %) + 7.10 ms gunicorn (23 %) + …`
pub fn time_spent(summary: &Summary) -> String {
    if summary.time_spent.iter().all(|class| class.places.is_empty()) {
        return String::new();
    }
    let mut text = format!("  {}\n", painted("where the time of a mean request goes", Paint::Faint));
    let shown = summary.time_spent.iter().take(NODES_MOST);
    let name_width = shown.clone().map(|class| short_name(&class.class).chars().count()).max().unwrap_or(0);
    for class in shown {
        text.push_str(&class_time(class, name_width));
    }
    text
}

fn class_time(class: &TimeSpent, name_width: usize) -> String {
    let sum: f64 = class.places.iter().map(|place| place.mean_ms).sum();
    let latency = class.latency_mean_ms;
    let name = short_name(&class.class);
    let padding = " ".repeat(name_width - name.chars().count());
    // Calls side by side overlap, and then the sum is larger than the latency.
    let sign = if sum <= latency * 1.000_5 { "=" } else { "<" };
    let head = format!("{}  {sign} ", length(latency));
    let indent = 2 + name_width + 2 + head.chars().count();
    let mut text = format!("  {}{padding}  {head}", painted(&name, Paint::Strong));
    let mut column = indent;
    let mut rest = latency.max(sum);
    let mut terms: Vec<(String, f64)> = Vec::new();
    let shown = class.places.iter().take(PLACES_MOST);
    for place in shown.filter(|place| place.mean_ms >= PLACE_LEAST * sum) {
        terms.push((short_name(&place.place), place.mean_ms));
        rest -= place.mean_ms;
    }
    if rest > PLACE_LEAST * sum {
        terms.push(("elsewhere".to_owned(), rest));
    }
    for (number, (place, mean_ms)) in terms.iter().enumerate() {
        let plus = if number == 0 { "" } else { "+ " };
        let term =
            format!("{plus}{place} {} ({})", length(*mean_ms), rounded_share(mean_ms / sum.max(latency)));
        let width = term.chars().count() + 1;
        if column + width > WIDTH {
            text = format!("{}\n{}", text.trim_end(), " ".repeat(indent));
            column = indent;
        }
        text.push_str(&term);
        text.push(' ');
        column += width;
    }
    format!("{}\n", text.trim_end())
}

fn rounded_share(part: f64) -> String {
    if part > 0.0 && part < 0.01 { share(part) } else { format!("{:.0} %", part * 100.0) }
}
