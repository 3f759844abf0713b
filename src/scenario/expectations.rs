//! `expect`: what is to hold at the end, such as `page p99 < 500ms`.

use super::measures::{find_node, parse_measure};
use super::model::{Comparison, Expectation, Measure, Metric, Prices, RequestClass, Scenario};
use super::nodes::Directory;
use crate::document::value::{Entry, Value};
use crate::nodes::fields::{Context, Refusal, report_refusal};
use crate::parts::quantity::{self, HOURS_PER_MONTH};

const HINT: &str = "an expectation reads `page p99 < 500ms`, `availability >= 99.9%`, `errors < 1%`, \
                    `goodput > 50/s`, `cost < 500/month` or `mysql utilisation < 80%`";

pub fn read(
    context: Context,
    entry: Option<&Entry>,
    directory: &Directory,
    classes: &[RequestClass],
    prices: &Prices,
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
            Some(text) => parse(text, &|text: &str| {
                let measure = parse_measure(text, &|name: &str| directory.node(name), classes, HINT)?;
                prices.allow(measure, &directory.nodes)?;
                Ok(measure)
            })
            .map(|expectation| Expectation { place: entry.span.clone(), ..expectation }),
            None => Err(Refusal::new(format!("an expectation is a text, not {}", entry.describe()), HINT)),
        };
        match read {
            Ok(expectation) => expectations.push(expectation),
            Err(refusal) => report_refusal(context, entry, "", refusal),
        }
    }
    expectations
}

/// Expectations with commas between them, of a scenario that is known already.
pub fn parse_all(text: &str, scenario: &Scenario) -> Result<Vec<Expectation>, Refusal> {
    let find_node = |name: &str| find_node(name, scenario);
    let measure = |text: &str| {
        let measure = parse_measure(text, &find_node, &scenario.classes, HINT)?;
        scenario.prices.allow(measure, &scenario.nodes)?;
        Ok(measure)
    };
    text.split(',').map(|text| parse(text.trim(), &measure)).collect()
}

fn parse(text: &str, measure: &dyn Fn(&str) -> Result<Measure, Refusal>) -> Result<Expectation, Refusal> {
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
    let measure = measure(left)?;
    let bound = match measure.metric {
        Metric::Mean | Metric::Quantile(_) | Metric::Max => quantity::parse_duration(right)?,
        Metric::Availability | Metric::Errors | Metric::Utilisation(_) => quantity::parse_share(right)?,
        Metric::Goodput => quantity::parse_rate(right)?,
        Metric::Cost => quantity::parse_price(right)? * HOURS_PER_MONTH,
    };
    Ok(Expectation { text: text.to_string(), place: 0..0, measure, comparison, bound })
}
