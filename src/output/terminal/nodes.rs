//! The table of nodes, and where the time of a request went.

use super::figure::{count, length, share, three_digits};
use super::folding::columns_of;
use super::letters::Letters;
use super::page::Page;
use super::table::{Cell, Paint, Table, painted, short_name};
use crate::analysis::parts::{BETWEEN, words};
use crate::analysis::summary::{NodeSummary, PartTime, Summary, TimeSpent};

/// With more nodes than this, the busiest are shown.
const NODES_MOST: usize = 20;

const BAR_CHARACTERS: usize = 8;

/// Where the terms of a sum go on that are too wide to stand below each other.
const CROWDED_INDENT: usize = 6;

/// If more of those who came are still there at the end, their mean time is at least what is told.
const UNFINISHED: f64 = 0.05;

/// Parts with a smaller share of the time are not named, and neither are those beyond so many.
const PART_LEAST: f64 = 0.005;
const PARTS_MOST: usize = 10;

pub fn table(summary: &Summary, page: Page) -> String {
    let active: Vec<&NodeSummary> = summary.nodes.iter().filter(|node| node.visits > 0).collect();
    if active.is_empty() {
        return String::new();
    }
    let shown = busiest(&active);
    // Times there are of all that came.
    let header = ["nodes", "visits/s", "failed", "inside", "time there"];
    let mut table = Table::new(&header, &[]).giving_up(&[3, 1]);
    for node in &shown {
        table.add(line(node));
    }
    let mut text = table.text(page);
    if shown.len() < active.len() {
        text.push_str(&format!("  … and {} more nodes, in nodes.csv\n", active.len() - shown.len()));
    }
    text
}

fn line(node: &NodeSummary) -> Vec<Cell> {
    let name = match node.replicas {
        1 => node.name.clone(),
        replicas => format!("{} ×{replicas}", node.name),
    };
    // Nobody calls a host.
    let called = node.visits > 0;
    let if_called = |text: Option<String>| Cell::optional(text.filter(|_| called));
    vec![
        Cell::name(name),
        if_called(Some(three_digits(node.visits_per_s))),
        if_called(Some(count(node.failed))),
        if_called(Some(three_digits(node.inside_mean))),
        if_called(node.sojourn_mean_ms.map(|time| at_least(node, time))),
    ]
}

/// Of those who are still there nobody knows how long they are going to stay.
fn at_least(node: &NodeSummary, milliseconds: f64) -> String {
    let is_least = node.inside_at_end > UNFINISHED * node.visits as f64;
    format!("{}{}", if is_least { "≥ " } else { "" }, length(milliseconds))
}

pub fn share_of_use(utilisation: f64) -> String {
    match utilisation {
        small if small < 0.000_5 => "0 %".to_owned(),
        small if small < 0.1 => format!("{:.1} %", small * 100.0),
        large => format!("{:.0} %", large * 100.0),
    }
}

/// Eighths of a character make the bar fine enough to see a change of 2 %.
pub fn bar(share: f64, letters: Letters) -> String {
    const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    let share = share.clamp(0.0, 1.0);
    if letters == Letters::Ascii {
        let full = (share * BAR_CHARACTERS as f64).round() as usize;
        return "#".repeat(full) + &".".repeat(BAR_CHARACTERS - full);
    }
    let eighths = (share * (8 * BAR_CHARACTERS) as f64).round() as usize;
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
pub fn time_spent(summary: &Summary, page: Page) -> String {
    if summary.time_spent.is_empty() {
        return String::new();
    }
    let shown: Vec<&TimeSpent> = summary.time_spent.iter().take(NODES_MOST).collect();
    let heading = format!("where the time of a mean request goes{}", by_chance(&shown));
    let mut text = format!("  {}\n", painted(&page.wrapped(&heading, 2), Paint::Faint));
    let name_width = shown.iter().map(|class| short_name(&class.class).chars().count()).max().unwrap_or(0);
    for class in shown {
        text.push_str(&class_time(class, name_width, page));
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

fn class_time(class: &TimeSpent, name_width: usize, page: Page) -> String {
    let latency = class.latency_mean_ms;
    let name = short_name(&class.class);
    let padding = " ".repeat(name_width - name.chars().count());
    let head = format!("{}  = ", length(latency));
    let mut terms: Vec<(String, f64, f64)> = Vec::new();
    let is_named = |part: &&PartTime| part.share >= PART_LEAST;
    for part in class.parts.iter().take(PARTS_MOST).filter(is_named) {
        terms.push((part_name(part), part.mean_ms, part.share));
    }
    let rest = 1.0 - terms.iter().map(|(.., share)| share).sum::<f64>();
    if rest >= PART_LEAST {
        terms.push(("else".to_owned(), rest * latency, rest));
    }
    let term = |(number, (part, mean_ms, share)): (usize, &(String, f64, f64))| {
        let plus = if number == 0 { "" } else { "+ " };
        format!("{plus}{part} {} ({})", length(*mean_ms), rounded_share(*share))
    };
    let terms: Vec<String> = terms.iter().enumerate().map(term).collect();
    let column = 2 + name_width + 2 + head.chars().count();
    format!("  {}{padding}  {head}{}\n", painted(&name, Paint::Strong), sum(&terms, column, page))
}

/// Terms are folded between each other, below the first one if all are narrow enough for that.
fn sum(terms: &[String], column: usize, page: Page) -> String {
    let width = |term: &String| columns_of(&page.spelt(term));
    let room = page.prose().saturating_sub(column);
    let hanging = if terms.iter().all(|term| width(term) <= room) { column } else { CROWDED_INDENT };
    let mut text = String::new();
    let mut at = column;
    for term in terms {
        if !text.is_empty() && at + 1 + width(term) > page.prose() {
            text.push_str(&format!("\n{}", " ".repeat(hanging)));
            at = hanging;
        } else if !text.is_empty() {
            text.push(' ');
            at += 1;
        }
        text.push_str(term);
        at += width(term);
    }
    text
}

/// Names that are too long are cut, each for itself.
fn part_name(part: &PartTime) -> String {
    let place: Vec<String> = part.place.split(BETWEEN).map(short_name).collect();
    words(part.cause, Some(&place.join(BETWEEN))).replace('`', "")
}

fn rounded_share(part: f64) -> String {
    if part > 0.0 && part < 0.01 { share(part) } else { format!("{:.0} %", part * 100.0) }
}
