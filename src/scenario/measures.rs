//! What can be measured of a run, as people write it: `p99`, `page availability`,
//! `mysql utilisation`; and how exactly that is wanted: `p99 ±2%`.

use super::model::{Measure, Metric, NodeId, RequestClass, Scenario};
use crate::document::problem::{did_you_mean, listed};
use crate::nodes::fields::Refusal;
use crate::parts::quantity;
use crate::stats::two_stages::Precision;

/// A measure and how far its interval may reach, in seconds, shares, requests per second or money per
/// month.
#[derive(Clone, Debug, PartialEq)]
pub struct Goal {
    pub text: String,
    pub measure: Measure,
    pub precision: Precision,
}

const GOAL_HINT: &str = "write it like `p99 ±2%`, `page mean ±5ms`, `availability ±0.001` or `cost ±10/month`, with commas between";
const SIGNS: [&str; 3] = ["±", "+/-", "+-"];

/// Goals with commas between them.
pub fn parse_goals(text: &str, scenario: &Scenario) -> Result<Vec<Goal>, Refusal> {
    text.split(',').map(|goal| parse_goal(goal.trim(), scenario)).collect()
}

fn parse_goal(text: &str, scenario: &Scenario) -> Result<Goal, Refusal> {
    let parts = SIGNS.into_iter().find_map(|sign| text.split_once(sign));
    let (subject, width) =
        parts.ok_or_else(|| Refusal::new(format!("`{text}` does not say how exactly"), GOAL_HINT))?;
    let measure = measure_of(subject.trim(), scenario, GOAL_HINT)?;
    let precision = parse_precision(width.trim(), measure.metric)?;
    let (Precision::Absolute(size) | Precision::Relative(size)) = precision;
    if size <= 0.0 {
        return Err(Refusal::new(format!("`{text}` would take runs without end"), GOAL_HINT));
    }
    Ok(Goal { text: text.to_owned(), measure, precision })
}

/// What is to be measured of a checked scenario.
pub fn measure_of(text: &str, scenario: &Scenario, hint: &str) -> Result<Measure, Refusal> {
    let find_node = |name: &str| find_node(name, scenario);
    let measure = parse_measure(text, &find_node, &scenario.classes, hint)?;
    scenario.prices.allow(measure, &scenario.nodes)?;
    Ok(measure)
}

/// A percentage is one of the measure, or of all requests where the measure is a share.
fn parse_precision(width: &str, metric: Metric) -> Result<Precision, Refusal> {
    if metric.is_share() {
        return Ok(Precision::Absolute(quantity::parse_share(width)?));
    }
    if width.ends_with('%') {
        return Ok(Precision::Relative(quantity::parse_share(width)?));
    }
    Ok(Precision::Absolute(match metric {
        Metric::Goodput => quantity::parse_rate(width)?,
        Metric::Cost => quantity::parse_price(width)? * quantity::HOURS_PER_MONTH,
        _ => quantity::parse_duration(width)?,
    }))
}

pub(super) fn find_node(name: &str, scenario: &Scenario) -> Result<NodeId, Refusal> {
    let place = scenario.nodes.iter().position(|node| node.name == name);
    place.map(|place| NodeId(place as u32)).ok_or_else(|| {
        if let Some(group) = scenario.groups.iter().find(|group| group.name == name) {
            let members = group.members.iter().map(|member| &scenario.nodes[member.node.0 as usize].name);
            let members: Vec<&String> = members.collect();
            let problem = format!("`{name}` is a group, and a node is needed here");
            return Refusal::new(problem, format!("its members are {}", listed(&members)));
        }
        let names: Vec<&str> = scenario.nodes.iter().map(|node| node.name.as_str()).collect();
        Refusal {
            problem: format!("there is no node `{name}`"),
            hint: did_you_mean(name, &names),
            place: None,
        }
    })
}

/// `[class] metric`, or `node utilisation`.
pub fn parse_measure(
    text: &str,
    find_node: &dyn Fn(&str) -> Result<NodeId, Refusal>,
    classes: &[RequestClass],
    hint: &str,
) -> Result<Measure, Refusal> {
    let words: Vec<&str> = text.split_whitespace().collect();
    if let Some(refusal) = latency_named(text, &words, classes) {
        return Err(refusal);
    }
    let (subject, metric) = match words[..] {
        [metric] => (None, metric),
        [subject, metric] => (Some(subject), metric),
        _ => return Err(Refusal::new(format!("`{text}` is not understood"), hint)),
    };
    let metric = parse_metric(metric)?;
    Ok(match (metric, subject) {
        (None, None) => return Err(Refusal::new("the utilisation of which node?", hint)),
        (None, Some(node)) => Measure { class: None, metric: Metric::Utilisation(find_node(node)?) },
        (Some(metric), None) => Measure { class: None, metric },
        (Some(metric), Some(name)) => Measure { class: Some(find_class(name, classes)?), metric },
    })
}

/// `latency p99`: means, quantiles and the largest are of latencies anyway.
fn latency_named(text: &str, words: &[&str], classes: &[RequestClass]) -> Option<Refusal> {
    const LATENCY: [&str; 4] = ["latency", "latencies", "response_time", "duration"];
    let is_class = |word: &str| classes.iter().any(|class| class.name == word);
    let is_named = |word: &str| LATENCY.contains(&word.to_lowercase().as_str()) && !is_class(word);
    if !words.iter().any(|word| is_named(word)) {
        return None;
    }
    let (metrics, subjects): (Vec<&str>, Vec<&str>) =
        words.iter().filter(|word| !is_named(word)).partition(|word| parse_metric(word).is_ok());
    let written = [subjects, metrics].concat().join(" ");
    let hint = match written.is_empty() {
        true => "write `mean`, `p99` or `max`".to_owned(),
        false => format!("write `{written}`"),
    };
    Some(Refusal::new(format!("`{text}`: means, quantiles and `max` are those of the latency anyway"), hint))
}

/// `None` is the utilisation, which belongs to a node.
fn parse_metric(word: &str) -> Result<Option<Metric>, Refusal> {
    let metric = match word {
        "mean" => Metric::Mean,
        "max" => Metric::Max,
        "availability" => Metric::Availability,
        "errors" => Metric::Errors,
        "goodput" => Metric::Goodput,
        "cost" | "costs" => Metric::Cost,
        "utilisation" | "utilization" => return Ok(None),
        _ => {
            let percent = word.strip_prefix('p').and_then(|digits| digits.parse::<f64>().ok());
            match percent {
                Some(percent) if percent > 0.0 && percent < 100.0 => Metric::Quantile(percent / 100.0),
                _ => {
                    let known = [
                        "mean",
                        "max",
                        "p50",
                        "p99",
                        "availability",
                        "errors",
                        "goodput",
                        "cost",
                        "utilisation",
                    ];
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::load::load_text;

    fn goals(text: &str) -> Result<Vec<(Option<usize>, Metric, Precision)>, String> {
        let site = "
run: { duration: 1m }
nodes:
  users: { kind: user, arrivals: 1/s }
  web: { kind: station }
requests:
  page: { path: [ web: 1ms ] }
";
        let scenario = load_text("site.yaml", site, &[]).scenario.unwrap();
        let goals = parse_goals(text, &scenario).map_err(|refusal| refusal.problem)?;
        Ok(goals.iter().map(|goal| (goal.measure.class, goal.measure.metric, goal.precision)).collect())
    }

    #[test]
    fn a_percentage_is_one_of_the_figure_unless_that_is_a_share() {
        assert_eq!(goals("p99 ±2%"), Ok(vec![(None, Metric::Quantile(0.99), Precision::Relative(0.02))]));
        let both = vec![
            (Some(0), Metric::Mean, Precision::Absolute(0.005)),
            (None, Metric::Availability, Precision::Absolute(0.001)),
        ];
        assert_eq!(goals("page mean +-5ms, availability +/-0.1%"), Ok(both));
        let node = Metric::Utilisation(NodeId(1));
        assert_eq!(goals("web utilisation ±1%"), Ok(vec![(None, node, Precision::Absolute(0.01))]));
        assert_eq!(goals("goodput ±3/s"), Ok(vec![(None, Metric::Goodput, Precision::Absolute(3.0))]));
    }

    #[test]
    fn what_is_not_understood_is_told() {
        for (text, told) in [
            ("p99", "`p99` does not say how exactly"),
            ("p99 ±0%", "`p99 ±0%` would take runs without end"),
            ("page ±2%", "`page` cannot be measured"),
            ("pages p99 ±2%", "there is no request class `pages`"),
            ("wep utilisation ±2%", "there is no node `wep`"),
            ("utilisation ±2%", "the utilisation of which node?"),
            ("p99 ±2%,", "`` does not say how exactly"),
        ] {
            assert_eq!(goals(text), Err(told.to_owned()));
        }
        assert!(goals("p99 ±2x").is_err());
    }
}
