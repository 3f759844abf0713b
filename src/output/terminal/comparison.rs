//! How much better one scenario is than another, for people.

use super::figure::{count, difference, in_unit};
use super::lead::{further, lead};
use super::notes::files;
use super::page::Page;
use super::table::{Cell, Paint, Table, painted, short_name};
use crate::analysis::comparison::{ComparedFigure, Comparison, Difference, Verdict};
use crate::telling::Answered;
use crate::telling::comparison::needed;
use std::path::Path;

/// Where the shorter words stand.
const NARROW: usize = 96;
/// Whatever is beyond hardly depends on chance at all.
const GAIN_TOLD_MOST: f64 = 1_000.0;

/// `with_classes`: also the figures of each class of requests.
pub fn render(
    compared: &Answered<Comparison>,
    with_classes: bool,
    written: Option<(&Path, &[&str])>,
    page: Page,
) -> String {
    let Answered { told, data: comparison } = compared;
    let facts = format!(
        "{} replications of each, {}; the same chance in all; seed {}",
        count(comparison.replications),
        comparison.stopped,
        comparison.seed,
    );
    let mut text = lead(told, page) + "\n";
    for (number, variant) in comparison.variants.iter().enumerate() {
        let name = painted(&page.wrapped(&variant.name, 5), Paint::Strong);
        text.push_str(&format!("  {}  {name}\n", painted(&letter(number), Paint::Strong)));
    }
    text.push_str(&format!("  {}\n", painted(&page.wrapped(&facts, 2), Paint::Faint)));
    for number in 1..comparison.variants.len() {
        text.push('\n');
        text.push_str(&table(comparison, number, with_classes, page));
    }
    text.push('\n');
    text.push_str(&further(told, page));
    for goal in &comparison.goals {
        let mark = if goal.reached { painted("✔", Paint::Good) } else { painted("✘", Paint::Bad) };
        let width = goal.half_width.map_or("no interval".to_owned(), |half_width| {
            difference(0.0, Some(half_width), goal.unit).replace("0 ±", "±")
        });
        let verdict = if goal.reached { "" } else { " (not reached)" };
        text.push_str(&format!(
            "  {mark} {}\n",
            page.wrapped(&format!("{} of {}  {width}{verdict}", goal.text, short_name(&goal.variant)), 4)
        ));
    }
    for notice in &comparison.notices {
        text.push_str(&format!("  {} {}\n", painted("!", Paint::Doubtful), page.wrapped(notice, 4)));
    }
    if let Some((folder, names)) = written {
        text.push_str(&files(Some(folder), names, page));
    }
    text
}

/// What a variant is called in tables.
fn letter(number: usize) -> String {
    char::from_u32('A' as u32 + number as u32).unwrap_or('?').to_string()
}

fn table(comparison: &Comparison, number: usize, with_classes: bool, page: Page) -> String {
    let (first, other) = (letter(0), letter(number));
    let less = format!("{other} less {first}");
    let mut table = Table::new(&["", &first, &other, &less, "", ""], &[5]).giving_up(&[4, 1, 2]);
    for figure in shown(comparison, with_classes) {
        let mean = |number: usize| {
            Cell::optional(figure.means[number].value.map(|value| in_unit(value, None, figure.unit)))
        };
        let found = &figure.differences[number - 1];
        let apart = match found.verdict {
            Verdict::Alike => Some("0".to_owned()),
            _ => found.estimate.value.map(|value| difference(value, found.estimate.half_width, figure.unit)),
        };
        let relative =
            relative(figure, found).map_or(Cell::new(""), |share| Cell::painted(share, Paint::Faint));
        let (words, paint) = said(found, figure, comparison.replications, page);
        table.add(vec![
            Cell::name(figure.name.as_str()),
            mean(0),
            mean(number),
            Cell::optional(apart),
            relative,
            Cell::painted(words, paint),
        ]);
    }
    let gained = gained(shown(comparison, with_classes), number);
    let gained = gained
        .map_or(String::new(), |text| format!("  {}\n", painted(&page.wrapped(&text, 2), Paint::Faint)));
    table.text(page) + &gained
}

/// How many more runs it would have taken without common chance.
fn gained<'c>(figures: impl Iterator<Item = &'c ComparedFigure>, number: usize) -> Option<String> {
    let gains =
        figures.filter_map(|figure| Some((figure.differences[number - 1].pairing_gain?, &figure.name)));
    let gains: Vec<(f64, &String)> = gains.collect();
    let least = gains.iter().min_by(|a, b| a.0.total_cmp(&b.0))?;
    let most = gains.iter().max_by(|a, b| a.0.total_cmp(&b.0))?;
    let told = |(gain, name): &(f64, &String)| match *gain {
        gain if gain >= GAIN_TOLD_MOST => format!("over {} ({name})", count(GAIN_TOLD_MOST as u64)),
        gain if gain >= 9.95 => format!("{gain:.0} ({name})"),
        gain => format!("{gain:.1} ({name})"),
    };
    let range = if gains.len() == 1 { told(least) } else { format!("{} to {}", told(least), told(most)) };
    Some(format!("Without common chance it would have taken {range} times as many runs to be as sure."))
}

/// In per cent of the first, to the digits that are known.
fn relative(figure: &ComparedFigure, found: &Difference) -> Option<String> {
    let is_told = !matches!(found.verdict, Verdict::Alike | Verdict::CannotTell);
    let share = found.relative.filter(|_| is_told)?;
    let mean = figure.means[0].value?;
    let half_width = found.estimate.half_width.map(|half_width| half_width / mean.abs());
    let text = difference(share, half_width, "share");
    let number = text.split(" ±").next().unwrap_or_default();
    Some(format!("{} %", number.trim_end_matches(" points")))
}

/// Those of all requests, and of each class if they are wanted.
pub fn shown(comparison: &Comparison, with_classes: bool) -> impl Iterator<Item = &ComparedFigure> {
    comparison.figures.iter().filter(move |figure| with_classes || figure.class.is_none() || figure.asked_for)
}

/// What can be said of a difference.
fn said(found: &Difference, figure: &ComparedFigure, replications: u64, page: Page) -> (String, Paint) {
    match found.verdict {
        Verdict::Better => ("better".to_owned(), Paint::Good),
        Verdict::Worse => ("worse".to_owned(), Paint::Bad),
        Verdict::Higher => ("higher".to_owned(), Paint::Strong),
        Verdict::Lower => ("lower".to_owned(), Paint::Strong),
        Verdict::Alike if is_narrow(page) => ("the same".to_owned(), Paint::Faint),
        Verdict::Alike => ("the same in every run".to_owned(), Paint::Faint),
        Verdict::CannotTell => (cannot_tell(found, figure.unit, replications, page), Paint::Doubtful),
    }
}

fn is_narrow(page: Page) -> bool {
    page.columns().is_some_and(|columns| columns < NARROW)
}

fn cannot_tell(found: &Difference, unit: &str, replications: u64, page: Page) -> String {
    match (needed(found, replications), found.at_most) {
        (Some(needed), _) if is_narrow(page) => format!("~{} needed", count(needed)),
        (Some(needed), _) => format!("cannot tell: ~{} needed", count(needed)),
        (None, Some(at_most)) => {
            let most = difference(at_most, None, unit);
            let most = most.trim_start_matches('+');
            if is_narrow(page) { format!("≤ {most} apart") } else { format!("at most {most} apart") }
        }
        (None, None) => "cannot tell".to_owned(),
    }
}
