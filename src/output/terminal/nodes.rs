//! The table of nodes, and where the time of a request went.

use super::WIDTH;
use super::figure::{length, share, three_digits};
use super::table::{Cell, Paint, Table, painted, short_name};
use crate::analysis::parts::{BETWEEN, words};
use crate::analysis::summary::{NodeSummary, PartTime, Summary, TimeSpent};

/// With more nodes than this, the busiest are shown.
const NODES_MOST: usize = 20;

const BAR_CHARACTERS: usize = 10;

/// From here on a node is shown as busy, and as full.
const BUSY: f64 = 0.7;
const FULL: f64 = 0.9;

/// Parts with a smaller share of the time are not named, and neither are those beyond so many.
const PART_LEAST: f64 = 0.005;
const PARTS_MOST: usize = 10;

pub fn table(summary: &Summary) -> String {
    let active: Vec<&NodeSummary> =
        summary.nodes.iter().filter(|node| node.visits > 0 || node.utilisation.is_some()).collect();
    if active.is_empty() {
        return String::new();
    }
    let shown = busiest(&active);
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
        if_called(node.sojourn_mean_ms.map(length)),
    ]
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

/// `page  31.2 ms = network visitors -> server 20.1 ms (64 %) + work at gunicorn 7.10 ms (23 %) + …`
pub fn time_spent(summary: &Summary) -> String {
    if summary.time_spent.is_empty() {
        return String::new();
    }
    let shown: Vec<&TimeSpent> = summary.time_spent.iter().take(NODES_MOST).collect();
    let heading = format!("where the time of a mean request goes{}", by_chance(&shown));
    let mut text = format!("  {}\n", painted(&heading, Paint::Faint));
    let name_width = shown.iter().map(|class| short_name(&class.class).chars().count()).max().unwrap_or(0);
    for class in shown {
        text.push_str(&class_time(class, name_width));
    }
    text
}

/// What is known of some only is told as such.
fn by_chance(classes: &[&TimeSpent]) -> String {
    let least = classes.iter().map(|class| class.one_in).min().unwrap_or(1);
    let most = classes.iter().map(|class| class.one_in).max().unwrap_or(1);
    match (least, most) {
        (_, 1) => String::new(),
        (1, _) => format!(", of all requests of a class, or 1 in {most} chosen by chance"),
        _ if least == most => format!(", of 1 in {most} requests, chosen by chance"),
        _ => format!(", of 1 in {least} to 1 in {most} requests of a class, chosen by chance"),
    }
}

fn class_time(class: &TimeSpent, name_width: usize) -> String {
    let latency = class.latency_mean_ms;
    let name = short_name(&class.class);
    let padding = " ".repeat(name_width - name.chars().count());
    let head = format!("{}  = ", length(latency));
    let indent = 2 + name_width + 2 + head.chars().count();
    let mut text = format!("  {}{padding}  {head}", painted(&name, Paint::Strong));
    let mut column = indent;
    let mut terms: Vec<(String, f64, f64)> = Vec::new();
    let is_named = |part: &&PartTime| part.share >= PART_LEAST;
    for part in class.parts.iter().take(PARTS_MOST).filter(is_named) {
        terms.push((part_name(part), part.mean_ms, part.share));
    }
    let rest = 1.0 - terms.iter().map(|(.., share)| share).sum::<f64>();
    if rest >= PART_LEAST {
        terms.push(("else".to_owned(), rest * latency, rest));
    }
    for (number, (part, mean_ms, share)) in terms.iter().enumerate() {
        let plus = if number == 0 { "" } else { "+ " };
        let term = format!("{plus}{part} {} ({})", length(*mean_ms), rounded_share(*share));
        let width = term.chars().count() + 1;
        if column + width > WIDTH && number > 0 {
            text = format!("{}\n{}", text.trim_end(), " ".repeat(indent));
            column = indent;
        }
        text.push_str(&term);
        text.push(' ');
        column += width;
    }
    format!("{}\n", text.trim_end())
}

/// Names that are too long are cut, each for itself.
fn part_name(part: &PartTime) -> String {
    let place: Vec<String> = part.place.split(BETWEEN).map(short_name).collect();
    words(part.cause, Some(&place.join(BETWEEN))).replace('`', "")
}

fn rounded_share(part: f64) -> String {
    if part > 0.0 && part < 0.01 { share(part) } else { format!("{:.0} %", part * 100.0) }
}
