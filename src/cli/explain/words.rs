//! Figures and lines for people.

use crate::output::terminal::figure::{count, length, three_digits};
use crate::output::terminal::folding::folded;
use crate::output::terminal::page::Page;

/// So far from the edge do lines end.
pub const MARGIN: usize = 2;

/// `12.2 ms`; some means are infinite.
pub fn time(milliseconds: f64) -> String {
    if milliseconds.is_finite() { length(milliseconds) } else { "without end".to_owned() }
}

/// `30 s`, for round lengths as people write them.
pub fn seconds(seconds: f64) -> String {
    // Up to ten minutes a number of seconds reads better than a fraction of a minute.
    let whole = seconds.round();
    if whole > 60.0 && whole < 600.0 && whole % 60.0 != 0.0 {
        return format!("{whole} s");
    }
    crate::parts::quantity::format_duration(seconds)
}

/// `25.7 %`
pub fn percent(share: f64) -> String {
    let percent = share * 100.0;
    if share > 0.0 && percent < 0.001 {
        return "less than 0.001 %".to_owned();
    }
    format!("{} %", three_digits(percent))
}

/// Breaks a text into lines, each so far from the left.
pub fn wrapped(text: &str, indent: usize, page: Page) -> String {
    let columns = page.prose() - MARGIN;
    format!("{:indent$}{}\n", "", folded(page.spelt(text).trim(), columns, indent, indent))
}

/// `1 worker`, `4 workers`
pub fn counted(number: u32, word: &str) -> String {
    match number {
        1 => format!("1 {word}"),
        _ => format!("{} {}", count(u64::from(number)), plural(word)),
    }
}

pub fn plural(word: &str) -> String {
    match word {
        "child" => "children".to_owned(),
        "try" => "tries".to_owned(),
        word => format!("{word}s"),
    }
}
