//! Whether goals are met at one setting, and how surely: by one-sided bounds over its runs.

use super::study::{factor, shown_unit};
use crate::scenario::model::{Comparison, Expectation, Metric};
use crate::stats::interval::independent_interval_at;
use serde::Serialize;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Even the bound on the wrong side is as it should be.
    Met,
    /// Even the bound on the right side is not.
    Missed,
    /// More runs could tell.
    Open,
}

#[derive(Clone, Debug, Serialize)]
pub struct JudgedGoal {
    pub text: String,
    pub unit: &'static str,
    pub bound: f64,
    /// The mean over the runs.
    pub value: Option<f64>,
    /// Each of these holds with the stated confidence.
    pub at_least: Option<f64>,
    pub at_most: Option<f64>,
    pub standing: Standing,
}

/// The figure of a goal in one run, and the number of requests that it rests on.
pub type Observed = (f64, f64);

/// `doubt` is the probability with which a bound may be wrong.
pub fn judge(goal: &Expectation, runs: &[Observed], doubt: f64) -> JudgedGoal {
    let bound = goal.bound * factor(goal.measure);
    let figures: Vec<f64> = runs.iter().map(|run| run.0).collect();
    let judged = |value, ends: Option<(f64, f64)>, standing| JudgedGoal {
        text: goal.text.clone(),
        unit: shown_unit(goal.measure),
        bound,
        value,
        at_least: ends.map(|ends| ends.0),
        at_most: ends.map(|ends| ends.1),
        standing,
    };
    if figures.iter().all(|figure| figure.is_nan()) {
        // What never happens meets no goal.
        return judged(None, None, Standing::Missed);
    }
    // Each side of an interval with twice the doubt is a bound with this one.
    let interval = independent_interval_at(&figures, 1.0 - 2.0 * doubt);
    let mean = interval.estimate;
    let Some(mut ends) = interval.ends() else { return judged(None, None, Standing::Open) };
    let is_of_requests = matches!(goal.measure.metric, Metric::Availability | Metric::Errors);
    if is_of_requests {
        // Where none was otherwise, so many others can have been missed (the rule of three).
        let requests: f64 = runs.iter().map(|run| run.1).sum();
        let unseen = -libm::log(doubt) / requests.max(1.0);
        ends.0 = if mean == 1.0 { 1.0 - unseen } else { ends.0 };
        ends.1 = if mean == 0.0 { unseen } else { ends.1 };
    }
    // No figure is negative, and no share beyond one.
    let most = if goal.measure.metric.is_share() { 1.0 } else { f64::INFINITY };
    ends = (ends.0.max(0.0), ends.1.min(most));
    let (worst, best) = match goal.comparison {
        Comparison::Less | Comparison::AtMost => (ends.1, ends.0),
        Comparison::Greater | Comparison::AtLeast => (ends.0, ends.1),
    };
    let standing = match (goal.comparison.holds(worst, bound), goal.comparison.holds(best, bound)) {
        (true, _) => Standing::Met,
        (false, true) => Standing::Open,
        (false, false) => Standing::Missed,
    };
    judged(Some(mean), Some(ends), standing)
}

impl JudgedGoal {
    /// How far away from its bound, as a share of it; infinite where there is no figure.
    pub fn shortfall(&self) -> f64 {
        match (self.standing, self.value) {
            (Standing::Met, _) => 0.0,
            (_, Some(value)) => (value - self.bound).abs() / self.bound.abs().max(f64::MIN_POSITIVE),
            (_, None) => f64::INFINITY,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::model::Measure;

    fn goal(metric: Metric, comparison: Comparison, bound: f64) -> Expectation {
        let measure = Measure { class: None, metric };
        Expectation { text: "a goal".to_owned(), place: 0..0, measure, comparison, bound }
    }

    const MEAN: Metric = Metric::Mean;

    #[test]
    fn a_goal_is_met_by_its_one_sided_bound() {
        // Standard error 1 ms; t is 2.132 for 4 degrees of freedom and one side of 5 %.
        let spread = 5.0_f64.sqrt();
        let runs = [-1.0, -1.0, 0.0, 1.0, 1.0].map(|step| (10.0 + step * spread, 1e3));
        let standing =
            |bound_ms: f64, comparison| judge(&goal(MEAN, comparison, bound_ms * 1e-3), &runs, 0.05).standing;
        assert_eq!(standing(12.14, Comparison::Less), Standing::Met);
        assert_eq!(standing(12.12, Comparison::Less), Standing::Open);
        assert_eq!(standing(7.88, Comparison::Less), Standing::Open);
        assert_eq!(standing(7.86, Comparison::Less), Standing::Missed);
        assert_eq!(standing(7.86, Comparison::AtLeast), Standing::Met);
        assert_eq!(standing(12.14, Comparison::Greater), Standing::Missed);
    }

    #[test]
    fn where_nothing_failed_the_number_of_requests_tells_how_sure_that_is() {
        let goal = goal(Metric::Availability, Comparison::AtLeast, 0.999);
        let standing = |requests: f64| judge(&goal, &[(1.0, requests); 5], 0.05);
        // 3.0 / 5,000 is less than 0.1 %, 3.0 / 2,500 is more.
        assert_eq!(standing(1_000.0).standing, Standing::Met);
        assert_eq!(standing(500.0).standing, Standing::Open);
        assert!((standing(1_000.0).at_least.unwrap() - (1.0 - 2.995_7 / 5_000.0)).abs() < 1e-6);
    }

    #[test]
    fn what_was_not_observed_is_not_met() {
        let goal = goal(MEAN, Comparison::Less, 1.0);
        let none = judge(&goal, &[(f64::NAN, 0.0); 3], 0.05);
        assert_eq!((none.standing, none.shortfall()), (Standing::Missed, f64::INFINITY));
        assert_eq!(judge(&goal, &[(f64::NAN, 0.0), (1.0, 9.0)], 0.05).standing, Standing::Open);
        assert_eq!(judge(&goal, &[(1.0, 9.0)], 0.05).standing, Standing::Open, "one run has no spread");
    }
}
