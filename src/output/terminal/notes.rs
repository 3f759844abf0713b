//! Expectations, notices, and where the files are.

use super::figure::in_unit;
use super::folding::columns_of;
use super::page::Page;
use super::table::{Paint, painted};
use crate::analysis::summary::{ExpectationResult, Summary};
use std::path::Path;

pub fn expectations(summary: &Summary, page: Page) -> String {
    let width = summary.expectations.iter().map(|result| columns_of(&result.text)).max().unwrap_or(0);
    summary.expectations.iter().map(|result| expectation(result, width, page)).collect()
}

fn expectation(result: &ExpectationResult, width: usize, page: Page) -> String {
    let mark = if result.holds { painted("✔", Paint::Good) } else { painted("✘", Paint::Bad) };
    let padding = " ".repeat(width - columns_of(&result.text));
    let mut told = format!("{}{padding}  {}", result.text, measured(result));
    if result.uncertain {
        let doubt = "(a close call: another seed may judge otherwise)";
        told.push_str(&format!(" {}", painted(doubt, Paint::Doubtful)));
    }
    page.paragraph(&mark, &told)
}

fn measured(result: &ExpectationResult) -> String {
    let Some(value) = result.measured else { return "nothing was measured".to_owned() };
    in_unit(value, result.low.zip(result.high), &result.unit)
}

pub fn notices(summary: &Summary, page: Page) -> String {
    let mark = painted("!", Paint::Doubtful);
    summary.notices.iter().map(|notice| page.paragraph(&mark, &notice.text)).collect()
}

/// `files` are names in the folder.
pub fn files(folder: Option<&Path>, files: &[&str], page: Page) -> String {
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
    format!("  {}\n", painted(&page.wrapped(&text, 2), Paint::Faint))
}
