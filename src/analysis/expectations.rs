//! Whether a run was as its scenario expects.

use super::classes::{NO_REQUESTS, Requests};
use super::costs::summarise_costs;
use super::summary::{Estimate, ExpectationResult, NodeSummary};
use super::window::Window;
use crate::parts::outcome::Outcome;
use crate::results::{ClassBucket, RunResults};
use crate::scenario::model::{Expectation, Measure, Metric, Scenario};

const MILLISECOND_S: f64 = 1e-3;

pub fn judge_all(
    scenario: &Scenario,
    results: &RunResults,
    window: &Window,
    nodes: &[NodeSummary],
) -> Vec<ExpectationResult> {
    let mut figures = Figures::new(scenario, results, window, nodes);
    scenario.expectations.iter().map(|one| judge(scenario, one, figures.measure(one.measure))).collect()
}

/// Figures of one part of a run, of which many may be asked for: the requests of a class are added up
/// once.
pub struct Figures<'a> {
    scenario: &'a Scenario,
    results: &'a RunResults,
    window: &'a Window,
    nodes: &'a [NodeSummary],
    /// Of all classes together, and of each class, as soon as it is asked for.
    requests: Vec<Option<Requests<'a>>>,
}

impl<'a> Figures<'a> {
    pub fn new(
        scenario: &'a Scenario,
        results: &'a RunResults,
        window: &'a Window,
        nodes: &'a [NodeSummary],
    ) -> Figures<'a> {
        let requests = (0..=results.classes.len()).map(|_| None).collect();
        Figures { scenario, results, window, nodes, requests }
    }

    /// In seconds, as a share, in requests per second, or in money per month.
    pub fn measure(&mut self, measure: Measure) -> Estimate {
        let bare = Estimate::of_one_run;
        match measure.metric {
            Metric::Mean => in_seconds(self.requests_of(measure.class).mean_ms()),
            Metric::Quantile(share) => in_seconds(self.requests_of(measure.class).quantile_ms(share)),
            Metric::Max => in_seconds(bare(self.requests_of(measure.class).max_ms())),
            Metric::Availability => self.requests_of(measure.class).share(|bucket| bucket.good),
            Metric::Errors => {
                let requests = self.requests_of(measure.class);
                match requests.are_simulated() {
                    true => requests.share(failed),
                    false => Estimate::empty(NO_REQUESTS),
                }
            }
            Metric::Goodput => bare(self.requests_of(measure.class).goodput_per_s()),
            Metric::Utilisation(node) => bare(self.nodes[node.0 as usize].utilisation),
            Metric::Cost => {
                let costs = summarise_costs(self.scenario, self.results, self.window);
                bare(costs.and_then(|costs| costs.per_month))
            }
        }
    }

    fn requests_of(&mut self, class: Option<usize>) -> &Requests<'a> {
        let place = class.map_or(0, |class| class + 1);
        let (results, window) = (self.results, self.window);
        self.requests[place].get_or_insert_with(|| Requests::new(results, class, window))
    }
}

fn failed(bucket: &ClassBucket) -> u64 {
    bucket.outcomes.iter().sum::<u64>() - bucket.outcomes[Outcome::Ok as usize]
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
