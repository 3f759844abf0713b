//! Figures and lines for people.

use crate::output::terminal::figure::{count, length, three_digits};

/// No line is longer.
pub const WIDTH: usize = 98;

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
pub fn wrapped(text: &str, indent: usize) -> String {
    let mut lines = String::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        let longer = indent + line.chars().count() + 1 + word.chars().count();
        if longer > WIDTH && !line.is_empty() {
            lines.push_str(&format!("{:indent$}{line}\n", ""));
            line.clear();
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    lines.push_str(&format!("{:indent$}{line}\n", ""));
    lines
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
