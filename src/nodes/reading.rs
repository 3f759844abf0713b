//! What all readers of settings share, and how they refuse a value.

use crate::document::problem::{Problems, Severity};
use crate::document::source::Source;
use crate::document::value::Entry;
use crate::parts::distribution::{BadDistribution, Distribution};
use crate::parts::laws::Laws;
use crate::parts::quantity::{self, BadQuantity};

/// Reads a column of a table in a file; without a name, the only or first column.
pub type ReadColumn<'a> = &'a dyn Fn(&str, Option<&str>) -> Result<Vec<f64>, String>;

/// Reads a file as text.
pub type ReadFile<'a> = &'a dyn Fn(&str) -> Result<String, String>;

/// What all readers share.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    pub problems: &'a Problems,
    pub source: &'a Source,
    pub read_column: ReadColumn<'a>,
    pub read_file: ReadFile<'a>,
    /// Those that the program has brought along.
    pub laws: &'a Laws,
}

/// Why a text is not what a setting takes; the place is within the text.
#[derive(Debug)]
pub struct Refusal {
    pub problem: String,
    pub hint: Option<String>,
    pub place: Option<(usize, usize)>,
}

/// Reports why an entry was refused, with the place inside it if the text stands in the
/// source as it was read.
pub fn report_refusal(context: Context, entry: &Entry, name: &str, refusal: Refusal) {
    let span = match (refusal.place, entry.scalar()) {
        (Some((offset, length)), Some(text)) => context
            .source
            .slice(&entry.span)
            .and_then(|written| written.find(text))
            .map(|start| entry.span.start + start + offset)
            .map(|start| start..start + length.max(1)),
        _ => None,
    };
    let message = if name.is_empty() { refusal.problem } else { format!("`{name}`: {}", refusal.problem) };
    context.problems.report(Severity::Error, span.unwrap_or(entry.span.clone()), message, refusal.hint);
}

pub fn parse_distribution(context: Context, text: &str) -> Result<Distribution, Refusal> {
    let mut read_column = |file: &str, column: Option<&str>| (context.read_column)(file, column);
    Ok(Distribution::parse_with(text, &mut read_column, &|name| context.laws.duration(name))?)
}

impl Refusal {
    pub fn new(problem: impl Into<String>, hint: impl Into<String>) -> Refusal {
        Refusal { problem: problem.into(), hint: Some(hint.into()), place: None }
    }
}

impl From<BadQuantity> for Refusal {
    fn from(bad: BadQuantity) -> Refusal {
        Refusal::new(bad.problem, bad.hint)
    }
}

impl From<BadDistribution> for Refusal {
    fn from(bad: BadDistribution) -> Refusal {
        Refusal {
            problem: bad.problem,
            hint: Some(bad.hint),
            place: Some((bad.offset_bytes, bad.length_bytes)),
        }
    }
}

/// How many times as long something takes: `4x`.
pub fn parse_factor(text: &str) -> Result<f64, Refusal> {
    const HINT: &str = "write a factor above 1, such as `4x`";
    let number = text.trim().strip_suffix(['x', '×']);
    let number = number.ok_or_else(|| Refusal::new(format!("`{text}` is no factor"), HINT))?;
    match quantity::parse_number(number)? {
        factor if factor > 1.0 && factor <= 1e6 => Ok(factor),
        _ => Err(Refusal::new(format!("`{text}` makes nothing slower"), HINT)),
    }
}
