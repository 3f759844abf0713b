//! The ledger as tables, and single points of failure as sentences.

use crate::analysis::confirmation::{Confirmation, Confirmed};
use crate::cli::explain::words::wrapped;
use crate::document::alike::{kinds, name_in};
use crate::document::problem::listed as quoted;
use crate::output::terminal::figure::{Ends, count, length, length_with_ends, share, three_digits};
use crate::output::terminal::page::Page;
use crate::output::terminal::table::{Cell, Paint, Table, painted, short_name};
use crate::structure::{
    CutSet, CutSetTable, Ledger, MINUTES_PER_YEAR, Money, Part, SinglePoint, Standing, listed,
};
use crate::telling::words::and_more;

const ROWS_MOST: usize = 20;
/// Cut sets of single things are told as sentences; of the others so many are listed.
const CUT_SETS_MOST: usize = 10;
/// From so many on, single points of one kind are told as one, with so many others by name.
const CROWD: usize = 4;
const OTHERS_NAMED: usize = 6;
/// Where sentences begin.
const INDENT: usize = 4;

pub fn text(ledger: &Ledger, page: Page) -> String {
    [
        heading(ledger, page),
        standings(ledger, page),
        single_points(ledger, page),
        covered_points(ledger, page),
        parts(ledger, page),
        money(ledger, page),
        cut_sets(ledger, page),
        notes(ledger, page),
    ]
    .iter()
    .filter(|section| !section.is_empty())
    .map(|section| format!("\n{section}"))
    .collect()
}

fn heading(ledger: &Ledger, page: Page) -> String {
    let how = match ledger.has_figures {
        true => "in the long run, reckoned from `mtbf` and `mttr` without a run; a year has 365 days",
        false => "no node has `mtbf` and `mttr` yet, so there is structure only, and no figures",
    };
    format!("  {}\n{}", painted(&page.wrapped(&ledger.scenario, 2), Paint::Strong), wrapped(how, 2, page))
}

fn minutes(minutes: f64) -> String {
    // Less than that is nothing that anybody could tell from nothing.
    const NANOSECOND: f64 = 1.0 / 60e9;
    match minutes {
        0.0 => length(0.0),
        minutes if minutes.abs() < NANOSECOND => "< 1 ns".to_owned(),
        minutes => length(minutes * 60_000.0),
    }
}

fn standings(ledger: &Ledger, page: Page) -> String {
    if !ledger.has_figures {
        return String::new();
    }
    let header = ["requests", "availability", "down a year", "outages a year", "a mean one"];
    let mut table = Table::new(&header, &[]);
    let row = |standing: &Standing, name: Cell| {
        let (at_most, at_least) = if standing.at_best { ("≤ ", "≥ ") } else { ("", "") };
        vec![
            name,
            Cell::new(format!("{at_most}{}", share(standing.availability))),
            Cell::new(format!("{at_least}{}", minutes(standing.down_minutes_per_year))),
            Cell::new(format!("{at_least}{}", digits(standing.outages_per_year))),
            Cell::optional(standing.outage_minutes_mean.map(minutes)),
        ]
    };
    for standing in ledger.classes.iter().take(ROWS_MOST) {
        table.add(row(standing, Cell::name(standing.class.as_str())));
    }
    if ledger.classes.len() > 1 {
        table.add(row(&ledger.any, Cell::new("all of them")));
    }
    let mut text = table.text(page);
    text.push_str(&more(ledger.classes.len(), ROWS_MOST));
    if ledger.any.at_best {
        let unknown = listed(&ledger.any.unknown, "and");
        let they = match ledger.any.unknown.len() {
            1 => "fails (`mtbf`), and it counts as if it never did",
            _ => "fail (`mtbf`), and they count as if they never did",
        };
        text.push_str(&wrapped(
            &format!("≤ and ≥: at best, since nobody says how often {unknown} {they}"),
            2,
            page,
        ));
    }
    text
}

fn more(number: usize, shown: usize) -> String {
    match number.saturating_sub(shown) {
        0 => String::new(),
        left => format!("  … and {} more; `--json` has all\n", count(left as u64)),
    }
}

fn single_points(ledger: &Ledger, page: Page) -> String {
    if ledger.single_points.is_empty() {
        return format!("  {}\n", painted("✔ there is no single point of failure", Paint::Good));
    }
    let mut text = format!("  {}\n", painted("single points of failure", Paint::Faint));
    let kinds = kinds_of_points(ledger);
    for kind in kinds.iter().take(ROWS_MOST) {
        let sentence = wrapped(&kind[0].sentence, INDENT, page);
        text.push_str(&format!("  {} {}", painted("!", Paint::Bad), sentence.trim_start()));
        let others: Vec<String> = kind[1..].iter().map(|point| short_name(&point.component)).collect();
        if !others.is_empty() {
            let told = format!("{} more like it: {}", others.len(), and_more(&others, OTHERS_NAMED));
            text.push_str(&wrapped(&told, INDENT, page));
        }
    }
    let shown: usize = kinds.iter().take(ROWS_MOST).map(Vec::len).sum();
    text.push_str(&more(ledger.single_points.len(), shown));
    text
}

/// Many of one kind that cost the same are told as one.
fn kinds_of_points(ledger: &Ledger) -> Vec<Vec<&SinglePoint>> {
    let cost = |point: &SinglePoint| point.minutes_per_year.map(minutes);
    let takes_all = |point: &SinglePoint| point.classes.len() == ledger.classes.len();
    let mut kinds: Vec<Vec<&SinglePoint>> = Vec::new();
    for point in &ledger.single_points {
        let key = (point.kind, cost(point), takes_all(point));
        match kinds.iter_mut().find(|kind| (kind[0].kind, cost(kind[0]), takes_all(kind[0])) == key) {
            Some(kind) => kind.push(point),
            None => kinds.push(vec![point]),
        }
    }
    // A few are told one by one, all in the order of what they cost.
    let (crowds, few): (Vec<_>, Vec<_>) = kinds.into_iter().partition(|kind| kind.len() >= CROWD);
    let mut told: Vec<Vec<&SinglePoint>> = few.into_iter().flatten().map(|point| vec![point]).collect();
    told.extend(crowds);
    told.sort_by_key(|kind| ledger.single_points.iter().position(|point| std::ptr::eq(point, kind[0])));
    told
}

/// What is no single point since something stands by for it.
fn covered_points(ledger: &Ledger, page: Page) -> String {
    if ledger.covered_points.is_empty() {
        return String::new();
    }
    let mut text = format!("  {}\n", painted("single points that something stands by for", Paint::Faint));
    for point in ledger.covered_points.iter().take(ROWS_MOST) {
        text.push_str(&format!("  - {}", wrapped(&point.sentence, INDENT, page).trim_start()));
    }
    text.push_str(&more(ledger.covered_points.len(), ROWS_MOST));
    text
}

fn parts(ledger: &Ledger, page: Page) -> String {
    let is_known = |part: &&Part| part.any.costs_minutes_per_year.is_some();
    let known: Vec<&Part> = ledger.parts.iter().filter(is_known).collect();
    if known.is_empty() {
        return String::new();
    }
    let header = [
        "part",
        "kind",
        "down itself",
        "costs a year",
        "of all",
        "a second saves",
        "Birnbaum",
        "Fussell-Vesely",
    ];
    let mut table = Table::new(&header, &[1]).giving_up(&[7, 6, 1]);
    for part in known.iter().take(ROWS_MOST) {
        let name = match part.replicas {
            1 => part.name.clone(),
            several => format!("{} × {several}", part.name),
        };
        let figure = |value: Option<f64>| Cell::optional(value.map(digits));
        let spared = |value: Option<f64>| Cell::optional(value.map(minutes));
        table.add(vec![
            Cell::name(name),
            Cell::new(part.kind.replace('_', " ")),
            spared(part.unavailability.map(|share| share * MINUTES_PER_YEAR)),
            spared(part.any.costs_minutes_per_year),
            Cell::optional(part.any.criticality.map(percent)),
            spared(part.any.second_saves_minutes_per_year),
            figure(part.any.birnbaum),
            figure(part.any.fussell_vesely),
        ]);
    }
    let mut text = table.text(page);
    text.push_str(&more(known.len(), ROWS_MOST));
    text
}

/// What the parts cost, and what a second one would save and cost, in money.
fn money(ledger: &Ledger, page: Page) -> String {
    let known: Vec<(&Part, &Money)> =
        ledger.parts.iter().filter_map(|part| Some((part, part.money_per_year.as_ref()?))).collect();
    if known.is_empty() {
        return String::new();
    }
    let currency = ledger.currency.as_deref().map_or(String::new(), |currency| format!(" {currency}"));
    let told = |money: Option<f64>| Cell::optional(money.map(|money| format!("{}{currency}", digits(money))));
    let header = ["in a year", "failures cost", "a second saves", "and costs"];
    let mut table = Table::new(&header, &[]);
    for (part, money) in known.iter().take(ROWS_MOST) {
        table.add(vec![
            Cell::name(part.name.as_str()),
            told(Some(money.failures_cost)),
            told(money.second_saves),
            told(money.second_costs),
        ]);
    }
    let mut text = table.text(page);
    text.push_str(&more(known.len(), ROWS_MOST));
    text
}

/// What is very small is told by its size.
fn digits(value: f64) -> String {
    if value > 0.0 && value < 0.001 { format!("{value:.1e}") } else { three_digits(value) }
}

fn percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}

fn cut_sets(ledger: &Ledger, page: Page) -> String {
    let table = &ledger.any.cut_sets;
    let several: Vec<&CutSet> = table.listed.iter().filter(|set| set.components.len() > 1).collect();
    let mut text = counted(table, ledger, page);
    if several.is_empty() {
        return text;
    }
    let mut lines = Table::new(&["what fails together", "a year"], &[]);
    for set in several.iter().take(CUT_SETS_MOST) {
        lines.add(vec![
            Cell::new(set.components.join(" + ")),
            Cell::optional(set.minutes_per_year.map(minutes)),
        ]);
    }
    text.push_str(&lines.text(page));
    let all: u64 = table.count_by_order.iter().skip(1).fold(0, |sum, number| sum.saturating_add(*number));
    let left = all.saturating_sub(several.len().min(CUT_SETS_MOST) as u64);
    if left > 0 {
        text.push_str(&format!("  … and {} more\n", count(left)));
    }
    text
}

/// `minimal cut sets: 9 of one thing, 4 of two; none of three or four`
fn counted(table: &CutSetTable, ledger: &Ledger, page: Page) -> String {
    let of = |(place, number): (usize, &u64)| format!("{} of {}", count(*number), things(place + 1));
    let standbys = match ledger.covered_points.len() {
        0 => "",
        _ => "; a part and what stands by for it are one thing",
    };
    let there: Vec<String> =
        table.count_by_order.iter().enumerate().filter(|(_, number)| **number > 0).map(of).collect();
    let told = if there.is_empty() { "none".to_owned() } else { there.join(", ") };
    let limit = things(ledger.order_most);
    wrapped(
        &format!(
            "minimal cut sets: {told}{standbys}; those of more than {limit} are not looked for (`--order`)"
        ),
        2,
        page,
    )
}

fn things(number: usize) -> String {
    match number {
        1 => "one thing".to_owned(),
        several => format!("{several} things"),
    }
}

fn notes(ledger: &Ledger, page: Page) -> String {
    let mut text = format!("  {}\n", painted("not in these figures", Paint::Faint));
    for kind in kinds(&ledger.notes, |note| note) {
        let others: Option<Vec<&str>> = kind[1..].iter().map(|note| name_in(note, kind[0])).collect();
        match others.filter(|others| !others.is_empty()) {
            Some(others) => {
                let told = format!("{}; the same holds for {}", kind[0], quoted(&others));
                text.push_str(&format!("  - {}", wrapped(&told, INDENT, page).trim_start()));
            }
            None => kind.iter().for_each(|note| {
                text.push_str(&format!("  - {}", wrapped(note, INDENT, page).trim_start()));
            }),
        }
    }
    text
}

/// What was measured, beside what was reckoned.
pub fn confirmation(confirmation: &Confirmation, page: Page) -> String {
    let header = ["requests", "down a year", "measured", "off by", ""];
    let mut table = Table::new(&header, &[4]);
    for class in &confirmation.classes {
        table.add(vec![
            Cell::name(class.class.as_str()),
            Cell::new(minutes(class.exact * MINUTES_PER_YEAR)),
            Cell::optional(class.measured.value.map(|value| spread(value, class.measured.ends()))),
            Cell::optional(class.difference.map(off)),
            Cell::new(verdict(class)),
        ]);
    }
    let mut text = format!("\n  {}\n{}", painted("measured", Paint::Faint), table.text(page));
    for class in &confirmation.classes {
        let why = class.measured.why_no_interval.as_ref().map_or(String::new(), |why| format!(" ({why})"));
        let line = wrapped(&format!("{}: {}{why}", class.class, class.how), INDENT, page);
        text.push_str(&format!("  - {}", line.trim_start()));
    }
    text
}

fn spread(share: f64, ends: Ends) -> String {
    let in_a_year = |share: f64| share * MINUTES_PER_YEAR * 60_000.0;
    length_with_ends(in_a_year(share), ends.map(|(low, high)| (in_a_year(low), in_a_year(high))))
}

fn off(difference: f64) -> String {
    let sign = if difference < 0.0 { "-" } else { "+" };
    format!("{sign}{}", minutes(difference.abs() * MINUTES_PER_YEAR))
}

fn verdict(class: &Confirmed) -> String {
    match class.agrees {
        Some(true) => painted("✔ agrees", Paint::Good),
        Some(false) => painted("✘ differs", Paint::Bad),
        None => painted("? not measured", Paint::Doubtful),
    }
}
