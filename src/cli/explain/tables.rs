//! What stands around the journey: the classes, where the time goes, what the load takes,
//! and the settings in force.

use super::words::{counted, percent, time};
use crate::analysis::journey::{Explanation, HappeningLine, Journey, Offered, Resource};
use crate::nodes::fields::Origin;
use crate::output::terminal::figure::three_digits;
use crate::output::terminal::page::Page;
use crate::output::terminal::table::{Cell, Paint, Table, painted, shortened};
use crate::parts::quantity::{format_rate, format_size, format_span};
use crate::parts::resource::ResourceKind;
use crate::scenario::load::NodeSettings;

const ROWS_MOST: usize = 20;
/// Longer values and paths are cut.
const CHARACTERS_MOST: usize = 44;
const NAME_COLUMNS: usize = 24;

pub fn heading(explanation: &Explanation, page: Page) -> String {
    format!("  {}\n", painted(&page.wrapped(&explanation.scenario, 2), Paint::Strong))
}

/// Which classes there are; with a single one the journey says it all.
pub fn classes(explanation: &Explanation, page: Page) -> String {
    if explanation.classes.len() < 2 {
        return String::new();
    }
    let mut table = Table::new(&["requests", "rate", "expected", "way"], &[3]);
    for class in explanation.classes.iter().take(ROWS_MOST) {
        let rate = class.rate_per_s.map(|rate| at_most(explanation.offered.at_most, format_rate(rate)));
        let way = prose(class.path.join(" → "), page);
        table.add(vec![
            Cell::name(class.name.as_str()),
            Cell::optional(rate),
            Cell::new(time(class.expected_ms)),
            Cell::new(way),
        ]);
    }
    let mut text = table.text(page);
    if explanation.classes.len() > ROWS_MOST {
        text.push_str(&format!("  … and {} more\n", explanation.classes.len() - ROWS_MOST));
    }
    text
}

pub fn places(journey: &Journey, page: Page) -> String {
    let sum: f64 = journey.places.iter().map(|place| place.mean_ms).sum();
    if journey.places.is_empty() {
        return String::new();
    }
    let mut table = Table::new(&["where the time goes", "expected", "share"], &[]);
    for place in journey.places.iter().take(ROWS_MOST) {
        let share = if sum.is_finite() { Some(percent(place.mean_ms / sum)) } else { None };
        table.add(vec![
            Cell::name(place.place.as_str()),
            Cell::new(time(place.mean_ms)),
            Cell::optional(share),
        ]);
    }
    let mut text = table.text(page);
    if sum > journey.expected_ms * (1.0 + 1e-9) {
        text.push_str("  calls made side by side count each for itself here\n");
    }
    text
}

pub fn offered(offered: &Offered, page: Page) -> String {
    let used = |resource: &&Resource| resource.utilisation_max.is_some_and(|busy| busy > 0.0);
    if !offered.resources.iter().any(|resource| used(&resource)) {
        return String::new();
    }
    let rate = at_most(offered.at_most, format_rate(offered.rate_per_s));
    let mut table = Table::new(&["what the load takes", "of", "busy", "used up at"], &[1])
        .with_names_of(NAME_COLUMNS, CHARACTERS_MOST);
    for resource in offered.resources.iter().filter(used).take(ROWS_MOST) {
        let busy = resource.utilisation_max.unwrap_or(0.0);
        let paint = match busy {
            busy if busy >= 1.0 => Paint::Bad,
            busy if busy >= 0.8 => Paint::Doubtful,
            _ => Paint::Plain,
        };
        table.add(vec![
            Cell::name(shortened(&resource.name, CHARACTERS_MOST)),
            Cell::new(capacity(resource)),
            Cell::painted(percent(busy), paint),
            Cell::optional(resource.saturates_at_per_s.map(format_rate)),
        ]);
    }
    let mut text = format!("  all users together send {rate}\n\n{}", table.text(page));
    if let Some(first) = offered.bottleneck() {
        text.push_str(&verdict(first, page));
    }
    text
}

/// What happens at given times.
pub fn timeline(lines: &[HappeningLine], page: Page) -> String {
    if lines.is_empty() {
        return String::new();
    }
    let mut table = Table::new(&["what happens", "at", "lasts", "again after"], &[])
        .with_names_of(NAME_COLUMNS, CHARACTERS_MOST);
    for line in lines.iter().take(ROWS_MOST) {
        table.add(vec![
            Cell::name(line.name.as_str()),
            Cell::new(format_span(line.at_s)),
            Cell::new(line.lasts_s.map_or("to the end".to_owned(), format_span)),
            Cell::optional(line.every_s.map(format_span)),
        ]);
    }
    let mut text = table.text(page);
    if lines.len() > ROWS_MOST {
        text.push_str(&format!("  … and {} more\n", lines.len() - ROWS_MOST));
    }
    text
}

/// What is used up first, and when.
fn verdict(first: &Resource, page: Page) -> String {
    let rate = first.saturates_at_per_s.map_or("–".to_owned(), format_rate);
    let users = match first.saturates_at_users {
        Some(users) => format!(", about {} users,", three_digits(users)),
        None => String::new(),
    };
    let is_full = first.utilisation_max.is_some_and(|busy| busy >= 1.0);
    let name = &first.name;
    let said = if is_full {
        let (too_little, rest) = match first.scarce {
            ResourceKind::Cores | ResourceKind::Slots => ("are too few: they take", WAITS),
            ResourceKind::InFlight | ResourceKind::InFlightInAll => {
                ("are too few: so many let through", WAITS)
            }
            ResourceKind::Pool => ("is too small: it serves", WAITS),
            ResourceKind::Bandwidth => ("is too narrow: it carries", WAITS),
            ResourceKind::Memory => ("is too small: it is enough for", "beyond that processes are killed"),
            ResourceKind::Rate => ("is below that: it lets pass", "the rest is too much"),
            ResourceKind::Backlog => ("is too short: it is enough for", WAITS),
        };
        format!("The {name} {too_little} {rate}{users} and {rest}.")
    } else {
        let waits = match first.scarce {
            ResourceKind::Memory | ResourceKind::Rate => "",
            _ => " Waits grow long before that.",
        };
        format!("Used up first: the {name}, used up at {rate}{users} of the same mix.{waits}")
    };
    let paint = if is_full { Paint::Bad } else { Paint::Strong };
    let lines = super::words::wrapped(&said, 2, page);
    lines.lines().map(|line| format!("  {}\n", painted(line.trim_start(), paint))).collect()
}

const WAITS: &str = "the rest waits longer and longer";

fn capacity(resource: &Resource) -> String {
    match resource.scarce {
        ResourceKind::Bandwidth => format!("{} Mbit/s", three_digits(resource.capacity * 8e-6)),
        ResourceKind::Memory => format_size(resource.capacity as u64),
        ResourceKind::Rate => format_rate(resource.capacity),
        _ => counted(resource.capacity as u32, resource.unit),
    }
}

pub fn settings(nodes: &[&NodeSettings], page: Page) -> String {
    let mut table = Table::new(&["settings in force", "value", "from"], &[1, 2])
        .with_names_of(NAME_COLUMNS, CHARACTERS_MOST);
    for node in nodes.iter().take(ROWS_MOST) {
        let title = format!("{} ({})", node.node, node.kind);
        table.add(vec![Cell::name(title), Cell::new(""), Cell::new("")]);
        for held in &node.settings {
            let (source, paint) = match held.origin {
                Origin::Given => ("given".to_owned(), Paint::Plain),
                Origin::Default { source } => (source.to_owned(), Paint::Faint),
            };
            table.add(vec![
                Cell::new(format!("  {}", held.setting)),
                Cell::painted(prose(held.value.clone(), page), paint),
                Cell::painted(prose(source, page), paint),
            ]);
        }
    }
    if nodes.is_empty() { String::new() } else { table.text(page) }
}

/// What else could be asked.
pub fn ending(file: &str, explanation: &Explanation) -> String {
    let others = explanation.classes.iter().filter(|class| class.name != explanation.journey.class);
    let others: Vec<&str> = others.map(|class| class.name.as_str()).collect();
    let Some(first) = others.first() else { return String::new() };
    let hint = format!("the journey of another class: spof explain {file} {first}");
    format!("  {}\n", painted(&hint, Paint::Faint))
}

/// A page with an edge folds what is long; elsewhere it would make lines of any length.
fn prose(text: String, page: Page) -> String {
    if page.columns().is_some() || text.chars().count() <= CHARACTERS_MOST {
        return text;
    }
    text.chars().take(CHARACTERS_MOST - 1).chain(['…']).collect()
}

fn at_most(at_most: bool, rate: String) -> String {
    if at_most { format!("at most {rate}") } else { rate }
}
