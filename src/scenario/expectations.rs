//! `expect`: what is to hold at the end, such as `page p99 < 500ms`.

use super::model::{Comparison, Expectation, Metric, RequestClass};
use super::nodes::Directory;
use crate::document::problem::did_you_mean;
use crate::document::value::{Entry, Value};
use crate::nodes::fields::{Context, Refusal, report_refusal};
use crate::parts::quantity;

const HINT: &str = "an expectation reads `page p99 < 500ms`, `availability >= 99.9%`, `errors < 1%`, \
                    `goodput > 50/s` or `mysql utilisation < 80%`";

pub fn read(
    context: Context,
    entry: Option<&Entry>,
    directory: &Directory,
    classes: &[RequestClass],
) -> Vec<Expectation> {
    let Some(entry) = entry else { return Vec::new() };
    let entries = match &entry.value {
        Value::List(entries) => entries.as_slice(),
        _ => std::slice::from_ref(entry),
    };
    const EXPECTATIONS_MAX: usize = 1_000;
    if entries.len() > EXPECTATIONS_MAX {
        let message = format!("a scenario has at most {EXPECTATIONS_MAX} expectations");
        context.problems.error(entry.span.clone(), message);
        return Vec::new();
    }
    let mut expectations = Vec::new();
    for entry in entries {
        let read = match entry.scalar() {
            Some(text) => parse(text, directory, classes),
            None => Err(Refusal::new(format!("an expectation is a text, not {}", entry.describe()), HINT)),
        };
        match read {
            Ok(expectation) => expectations.push(expectation),
            Err(refusal) => report_refusal(context, entry, "", refusal),
        }
    }
    expectations
}

fn parse(text: &str, directory: &Directory, classes: &[RequestClass]) -> Result<Expectation, Refusal> {
    const COMPARISONS: [(&str, Comparison); 4] = [
        ("<=", Comparison::AtMost),
        (">=", Comparison::AtLeast),
        ("<", Comparison::Less),
        (">", Comparison::Greater),
    ];
    let (left, comparison, right) = COMPARISONS
        .into_iter()
        .find_map(|(sign, comparison)| {
            text.split_once(sign).map(|(left, right)| (left.trim(), comparison, right.trim()))
        })
        .ok_or_else(|| Refusal::new("this expectation compares nothing", HINT))?;
    let words: Vec<&str> = left.split_whitespace().collect();
    let (subject, metric) = match words[..] {
        [metric] => (None, metric),
        [subject, metric] => (Some(subject), metric),
        _ => return Err(Refusal::new("this expectation is not understood", HINT)),
    };
    let mut class = None;
    let metric = match (parse_metric(metric)?, subject) {
        (None, None) => return Err(Refusal::new("the utilisation of which node?", HINT)),
        (None, Some(node)) => Metric::Utilisation(directory.node(node)?),
        (Some(metric), None) => metric,
        (Some(metric), Some(name)) => {
            class = Some(find_class(name, classes)?);
            metric
        }
    };
    let bound = match metric {
        Metric::Mean | Metric::Quantile(_) | Metric::Max => quantity::parse_duration(right)?,
        Metric::Availability | Metric::Errors | Metric::Utilisation(_) => quantity::parse_share(right)?,
        Metric::Goodput => quantity::parse_rate(right)?,
    };
    Ok(Expectation { text: text.to_string(), class, metric, comparison, bound })
}

/// `None` is the utilisation, which belongs to a node.
fn parse_metric(word: &str) -> Result<Option<Metric>, Refusal> {
    let metric = match word {
        "mean" => Metric::Mean,
        "max" => Metric::Max,
        "availability" => Metric::Availability,
        "errors" => Metric::Errors,
        "goodput" => Metric::Goodput,
        "utilisation" | "utilization" => return Ok(None),
        _ => {
            let percent = word.strip_prefix('p').and_then(|digits| digits.parse::<f64>().ok());
            match percent {
                Some(percent) if percent > 0.0 && percent < 100.0 => Metric::Quantile(percent / 100.0),
                _ => {
                    let known =
                        ["mean", "max", "p50", "p99", "availability", "errors", "goodput", "utilisation"];
                    return Err(Refusal {
                        problem: format!("`{word}` cannot be measured"),
                        hint: did_you_mean(word, &known),
                        place: None,
                    });
                }
            }
        }
    };
    Ok(Some(metric))
}

fn find_class(name: &str, classes: &[RequestClass]) -> Result<usize, Refusal> {
    classes.iter().position(|class| class.name == name).ok_or_else(|| {
        let names: Vec<&str> = classes.iter().map(|class| class.name.as_str()).collect();
        Refusal {
            problem: format!("there is no request class `{name}`"),
            hint: did_you_mean(name, &names),
            place: None,
        }
    })
}
