//! Whether a run was as its scenario expects.

use super::classes::{NO_REQUESTS, Requests};
use super::costs::summarise_costs;
use super::summary::{Estimate, ExpectationResult, NodeSummary};
use super::window::Window;
use crate::parts::outcome::Outcome;
use crate::results::RunResults;
use crate::scenario::model::{Expectation, Measure, Metric, Scenario};

const MILLISECOND_S: f64 = 1e-3;

pub fn judge_all(
    scenario: &Scenario,
    results: &RunResults,
    window: &Window,
    nodes: &[NodeSummary],
) -> Vec<ExpectationResult> {
    let measured = |one: &Expectation| measure(one.measure, scenario, results, window, nodes);
    scenario.expectations.iter().map(|one| judge(scenario, one, measured(one))).collect()
}

/// In seconds, as a share, in requests per second, or in money per month.
pub fn measure(
    measure: Measure,
    scenario: &Scenario,
    results: &RunResults,
    window: &Window,
    nodes: &[NodeSummary],
) -> Estimate {
    let requests = Requests::new(results, measure.class, window);
    let bare = Estimate::of_one_run;
    match measure.metric {
        Metric::Mean => in_seconds(requests.mean_ms()),
        Metric::Quantile(share) => in_seconds(requests.quantile_ms(share)),
        Metric::Max => in_seconds(bare(requests.max_ms())),
        Metric::Availability => requests.share(|bucket| bucket.good),
        Metric::Errors if !requests.are_simulated() => Estimate::empty(NO_REQUESTS),
        Metric::Errors => requests
            .share(|bucket| bucket.outcomes.iter().sum::<u64>() - bucket.outcomes[Outcome::Ok as usize]),
        Metric::Goodput => bare(requests.goodput_per_s()),
        Metric::Utilisation(node) => bare(nodes[node.0 as usize].utilisation),
        Metric::Cost => bare(summarise_costs(scenario, results, window).and_then(|costs| costs.per_month)),
    }
}

pub fn unit(metric: Metric) -> &'static str {
    match metric {
        Metric::Mean | Metric::Quantile(_) | Metric::Max => "s",
        Metric::Availability | Metric::Errors | Metric::Utilisation(_) => "share",
        Metric::Goodput => "per s",
        Metric::Cost => "per month",
    }
}

pub fn metric_name(metric: Metric) -> String {
    match metric {
        Metric::Mean => "mean".to_owned(),
        // As it is written: p99, p99.9.
        Metric::Quantile(share) => format!("p{}", (share * 1e8).round() / 1e6),
        Metric::Max => "max".to_owned(),
        Metric::Availability => "availability".to_owned(),
        Metric::Errors => "errors".to_owned(),
        Metric::Goodput => "goodput".to_owned(),
        Metric::Utilisation(_) => "utilisation".to_owned(),
        Metric::Cost => "cost".to_owned(),
    }
}

fn in_seconds(estimate: Estimate) -> Estimate {
    estimate.times(MILLISECOND_S)
}

/// The class or the node that is measured.
pub fn subject(measure: Measure, scenario: &Scenario) -> Option<String> {
    match measure.metric {
        Metric::Utilisation(node) => Some(scenario.nodes[node.0 as usize].name.clone()),
        _ => measure.class.map(|class| scenario.classes[class].name.clone()),
    }
}

/// What was never measured does not hold.
fn judge(scenario: &Scenario, expectation: &Expectation, measured: Estimate) -> ExpectationResult {
    let bound = expectation.bound;
    let holds = measured.value.is_some_and(|value| expectation.comparison.holds(value, bound));
    let uncertain = measured.ends().is_some_and(|(low, high)| low < bound && bound < high);
    ExpectationResult {
        text: expectation.text.clone(),
        metric: metric_name(expectation.measure.metric),
        subject: subject(expectation.measure, scenario),
        bound,
        unit: unit(expectation.measure.metric).into(),
        measured: measured.value,
        half_width: measured.half_width,
        low: measured.low,
        high: measured.high,
        why_no_interval: measured.why_no_interval,
        holds,
        uncertain,
    }
}
