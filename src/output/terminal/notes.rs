//! Expectations, notices, and where the files are.

use super::WIDTH;
use super::figure::in_unit;
use super::table::{Paint, painted};
use crate::analysis::summary::{ExpectationResult, Summary};
use std::path::Path;

pub fn expectations(summary: &Summary) -> String {
    let width = summary.expectations.iter().map(|result| result.text.chars().count()).max().unwrap_or(0);
    summary.expectations.iter().map(|result| expectation(result, width)).collect()
}

fn expectation(result: &ExpectationResult, width: usize) -> String {
    let mark = if result.holds { painted("✔", Paint::Good) } else { painted("✘", Paint::Bad) };
    let padding = " ".repeat(width - result.text.chars().count());
    let mut line = format!("  {mark} {}{padding}  {}", result.text, measured(result));
    if result.uncertain {
        let doubt = "(a close call: another seed may judge otherwise)";
        line.push_str(&format!(" {}", painted(doubt, Paint::Doubtful)));
    }
    line.push('\n');
    line
}

fn measured(result: &ExpectationResult) -> String {
    let Some(value) = result.measured else { return "nothing was measured".to_owned() };
    in_unit(value, result.low.zip(result.high), &result.unit)
}

pub fn notices(summary: &Summary) -> String {
    let mark = painted("!", Paint::Doubtful);
    summary.notices.iter().map(|notice| paragraph(&mark, &notice.text)).collect()
}

/// A sentence or two behind a mark.
pub fn paragraph(mark: &str, text: &str) -> String {
    format!("  {mark} {}\n", wrapped(text.trim_end(), 4))
}

/// `files` are names in the folder.
pub fn files(folder: Option<&Path>, files: &[&str]) -> String {
    let Some(folder) = folder else { return String::new() };
    let folder = folder.join("").display().to_string();
    let (pictures, tables): (Vec<&str>, Vec<&str>) = files.iter().partition(|name| name.ends_with(".svg"));
    let mut text = tables.join(", ");
    match pictures.as_slice() {
        [] => {}
        [one] => text.push_str(&format!(", {one}")),
        many => text.push_str(&format!(", {} pictures (.svg)", many.len())),
    }
    let text = format!("{text} in {folder}");
    format!("  {}\n", painted(&wrapped(&text, 2), Paint::Faint))
}

pub fn wrapped(text: &str, indent: usize) -> String {
    let mut wrapped = String::new();
    let mut column = indent;
    for word in text.split(' ') {
        let width = word.chars().count();
        if column > indent && column + 1 + width > WIDTH {
            wrapped.push('\n');
            wrapped.push_str(&" ".repeat(indent));
            column = indent;
        } else if column > indent {
            wrapped.push(' ');
            column += 1;
        }
        wrapped.push_str(word);
        column += width;
    }
    wrapped
}
