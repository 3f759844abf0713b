//! What many runs say together: each figure with its interval over the runs.

use super::columns::Columns;
use super::estimate::{Reach, longest_ms};
use super::expectations::{Figures, metric_name, subject, unit};
use super::nodes::summarise_nodes;
use super::summary::{Estimate, NodeSummary};
use super::window::Window;
use crate::results::RunResults;
use crate::scenario::measures::Goal;
use crate::scenario::model::{Expectation, Measure, Metric, Scenario};
use crate::stats::interval::{Interval, independent_interval};
use crate::stats::two_stages::{Precision, two_stage_interval};
use serde::Serialize;

#[derive(Clone, Debug, Serialize)]
pub struct StudySummary {
    pub scenario: String,
    pub version: String,
    pub seed: u64,
    pub replications: u64,
    /// Why there were no more.
    pub stopped: String,
    /// How often the intervals hold the truth, and how they were made.
    pub level: f64,
    pub method: &'static str,
    pub figures: Vec<StudyFigure>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub goals: Vec<GoalResult>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub expectations: Vec<StudyExpectation>,
}

pub(super) const METHOD: &str = "each run's own figure, its mean over the runs, and Student's t; goals by Stein's two \
                      stages of which the first has 20 runs";

/// In milliseconds, shares, requests per second, or money per month.
#[derive(Clone, Debug, Serialize)]
pub struct StudyFigure {
    pub name: String,
    pub unit: &'static str,
    #[serde(flatten)]
    pub estimate: Estimate,
    pub least: Option<f64>,
    pub most: Option<f64>,
}

#[derive(Clone, Debug, Serialize)]
pub struct GoalResult {
    pub text: String,
    pub unit: &'static str,
    #[serde(flatten)]
    pub estimate: Estimate,
    pub half_width_wanted: Option<f64>,
    pub reached: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The whole interval is as expected.
    Pass,
    /// None of it is.
    Fail,
    /// The bound lies within the interval, or there is none.
    Undecided,
}

#[derive(Clone, Debug, Serialize)]
pub struct StudyExpectation {
    pub text: String,
    pub unit: &'static str,
    #[serde(flatten)]
    pub estimate: Estimate,
    pub verdict: Verdict,
}

/// What is measured of each run: the usual figures, then those of goals and expectations.
pub struct Measures<'a> {
    scenario: &'a Scenario,
    goals: &'a [Goal],
    /// Those with names come first.
    usual: usize,
    all: Vec<Measure>,
}

const LATENCIES: [Metric; 5] = [
    Metric::Mean,
    Metric::Quantile(0.5),
    Metric::Quantile(0.95),
    Metric::Quantile(0.99),
    Metric::Quantile(0.999),
];

impl<'a> Measures<'a> {
    pub fn of(scenario: &'a Scenario, goals: &'a [Goal]) -> Measures<'a> {
        let of_class = |class: Option<usize>| {
            let ratios = [Metric::Availability, Metric::Errors, Metric::Goodput];
            ratios.into_iter().chain(LATENCIES).map(move |metric| Measure { class, metric })
        };
        let mut all: Vec<Measure> = of_class(None).collect();
        if scenario.classes.len() > 1 {
            all.extend((0..scenario.classes.len()).flat_map(|class| of_class(Some(class))));
        }
        let works = |number: &usize| scenario.nodes[*number].behaviour.is_some();
        let utilisation = |number: usize| Metric::Utilisation(crate::scenario::model::NodeId(number as u32));
        let nodes = (0..scenario.nodes.len()).filter(works).map(utilisation);
        all.extend(nodes.map(|metric| Measure { class: None, metric }));
        if scenario.prices.are_known(&scenario.nodes) {
            all.push(Measure { class: None, metric: Metric::Cost });
        }
        let usual = all.len();
        all.extend(goals.iter().map(|goal| goal.measure));
        all.extend(scenario.expectations.iter().map(|expectation| expectation.measure));
        Measures { scenario, goals, usual, all }
    }

    /// These and no others.
    pub fn only(scenario: &'a Scenario, all: Vec<Measure>) -> Measures<'a> {
        Measures { scenario, goals: &[], usual: all.len(), all }
    }

    pub fn all(&self) -> &[Measure] {
        &self.all
    }

    /// The places of the goals among the figures, and how exactly each is wanted.
    pub fn goals(&self) -> Vec<(usize, Precision)> {
        self.goals.iter().enumerate().map(|(number, goal)| (self.usual + number, precision(goal))).collect()
    }

    /// Without the goals.
    pub fn columns(&self) -> Columns {
        let named = |measure: &Measure| (self.name(*measure), *measure);
        Columns::new(self.scenario, self.all[..self.usual].iter().map(named).collect())
    }

    /// Column names of the usual figures, with their units.
    pub fn names(&self) -> Vec<String> {
        self.columns().names()
    }

    /// Not a number where a run has no such figure.
    pub fn figures(&self, results: &RunResults) -> Vec<f64> {
        self.figures_within(results, &Window::of(self.scenario, results))
    }

    /// The same of another part of the run than that which usually counts.
    pub fn figures_within(&self, results: &RunResults, window: &Window) -> Vec<f64> {
        self.figures_with(results, window, &summarise_nodes(self.scenario, results, window))
    }

    pub(super) fn figures_with(
        &self,
        results: &RunResults,
        window: &Window,
        nodes: &[NodeSummary],
    ) -> Vec<f64> {
        let mut figures = Figures::new(self.scenario, results, window, nodes);
        let figure =
            |one: &Measure| figures.measure(*one).value.map_or(f64::NAN, |value| value * factor(*one));
        self.all.iter().map(figure).collect()
    }

    pub fn usual<'f>(&self, figures: &'f [f64]) -> &'f [f64] {
        &figures[..self.usual]
    }

    /// `figures` are those of each run.
    pub fn summarise(&self, seed: u64, figures: &[Vec<f64>], stopped: &str) -> StudySummary {
        let goals = self.goals();
        let longest_ms = longest_ms(&self.scenario.run);
        let goals = self.goals.iter().zip(&goals).map(|(goal, &(place, precision))| {
            goal_result(goal, precision, &two_stage_interval(&column(figures, place)), longest_ms)
        });
        let goals: Vec<GoalResult> = goals.collect();
        self.columns().summarise_around(goals, seed, figures, stopped)
    }

    /// The names of the usual figures, and their units.
    pub fn usual_names(&self) -> impl Iterator<Item = (String, &'static str)> {
        self.all[..self.usual].iter().map(|measure| (self.name(*measure), shown_unit(*measure)))
    }

    /// `page p99`
    pub(super) fn name(&self, measure: Measure) -> String {
        let metric = metric_name(measure.metric);
        subject(measure, self.scenario).map_or(metric.clone(), |subject| format!("{subject} {metric}"))
    }
}

/// One figure of all runs.
pub(super) fn column(figures: &[Vec<f64>], place: usize) -> Vec<f64> {
    figures.iter().map(|figures| figures[place]).collect()
}

/// Nothing where no run has such a figure, as with nodes that have no utilisation.
pub(super) fn figure(
    name: &str,
    measure: Measure,
    column: &[f64],
    longest_ms: Option<f64>,
) -> Option<StudyFigure> {
    let known = || column.iter().copied().filter(|figure| figure.is_finite());
    known().next()?;
    Some(StudyFigure {
        name: name.to_owned(),
        unit: shown_unit(measure),
        estimate: estimate(&independent_interval(column), shown_unit(measure), longest_ms),
        least: known().min_by(f64::total_cmp),
        most: known().max_by(f64::total_cmp),
    })
}

/// `page p99_ms`
pub(super) fn column_name(name: &str, measure: Measure) -> String {
    heading(name, shown_unit(measure))
}

/// What stands above a column of figures: `page p99_ms`.
pub fn heading(name: &str, unit: &str) -> String {
    let suffix = match unit {
        "ms" => "_ms",
        "per s" => "_per_s",
        "per month" => "_per_month",
        _ => "",
    };
    format!("{name}{suffix}")
}

/// In the unit of figures.
pub(super) fn precision(goal: &Goal) -> Precision {
    match goal.precision {
        Precision::Absolute(half_width) => Precision::Absolute(half_width * factor(goal.measure)),
        relative => relative,
    }
}

pub(super) fn shown_unit(measure: Measure) -> &'static str {
    match unit(measure.metric) {
        "s" => "ms",
        unit => unit,
    }
}

/// From the unit of bounds to that of figures.
pub(super) fn factor(measure: Measure) -> f64 {
    if shown_unit(measure) == "ms" { 1e3 } else { 1.0 }
}

/// Of the mean over runs; no time is longer than `longest_ms`.
pub(super) fn estimate(interval: &Interval, unit: &str, longest_ms: Option<f64>) -> Estimate {
    Estimate::of_runs(interval, Reach::of_unit(unit, longest_ms))
}

fn goal_result(
    goal: &Goal,
    precision: Precision,
    interval: &Interval,
    longest_ms: Option<f64>,
) -> GoalResult {
    let wanted = precision.half_width(interval.estimate);
    GoalResult {
        text: goal.text.clone(),
        unit: shown_unit(goal.measure),
        estimate: estimate(interval, shown_unit(goal.measure), longest_ms),
        half_width_wanted: Some(wanted).filter(|wanted| wanted.is_finite()),
        reached: interval.half_width.is_ok_and(|half_width| half_width <= wanted),
    }
}

pub(super) fn judge(
    expectation: &Expectation,
    interval: &Interval,
    longest_ms: Option<f64>,
) -> StudyExpectation {
    let bound = expectation.bound * factor(expectation.measure);
    let holds = |value: f64| expectation.comparison.holds(value, bound);
    let estimate = estimate(interval, shown_unit(expectation.measure), longest_ms);
    // Where there is none that is worth telling, that which there is still judges.
    let verdict = match estimate.ends().or_else(|| interval.ends()) {
        Some((low, high)) if holds(low) && holds(high) => Verdict::Pass,
        Some((low, high)) if !holds(low) && !holds(high) => Verdict::Fail,
        _ => Verdict::Undecided,
    };
    StudyExpectation {
        text: expectation.text.clone(),
        unit: shown_unit(expectation.measure),
        estimate,
        verdict,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::load::load_text;
    use crate::scenario::measures::parse_goals;

    fn scenario() -> Scenario {
        let text = "
run: { duration: 1m }
nodes:
  users: { kind: user, arrivals: 1/s }
  web: { kind: station }
requests:
  page: { path: [ web: 1ms ] }
expect: [ 'mean < 20ms', 'availability > 99%', 'web utilisation < 50%' ]
";
        load_text("site.yaml", text, &[]).scenario.unwrap()
    }

    #[test]
    fn an_expectation_is_judged_by_the_whole_interval() {
        let scenario = scenario();
        let goals = parse_goals("mean ±50%, p99 ±1ms", &scenario).unwrap();
        let measures = Measures::of(&scenario, &goals);
        assert_eq!(measures.goals()[1].1, Precision::Absolute(1.0));
        let names = measures.names();
        let place = |name: &str| names.iter().position(|found| found == name).unwrap();
        let run = |mean_ms: f64, availability: f64, utilisation: f64| {
            let mut figures = vec![1.0; measures.all.len()];
            figures[place("mean_ms")] = mean_ms;
            let goals_and_expectations = [mean_ms, 0.5, mean_ms, availability, utilisation];
            figures[measures.usual..].copy_from_slice(&goals_and_expectations);
            figures
        };
        let runs = [run(10.0, 0.98, 0.3), run(12.0, 0.99, 0.9), run(11.0, 0.985, f64::NAN)];
        let summary = measures.summarise(1, &runs, "");
        let verdicts: Vec<Verdict> = summary.expectations.iter().map(|one| one.verdict).collect();
        // 99 % lies within 98.5 ± 1.24 %.
        assert_eq!(verdicts, [Verdict::Pass, Verdict::Undecided, Verdict::Undecided]);
        assert_eq!(
            summary.expectations[2].estimate.why_no_interval.as_deref(),
            Some("some run had no such figure")
        );

        let mean = summary.figures.iter().find(|figure| figure.name == "mean").unwrap();
        assert_eq!((mean.estimate.value, mean.least, mean.most), (Some(11.0), Some(10.0), Some(12.0)));
        // t is 4.303 for 2 degrees of freedom, the standard deviation 1.
        let half_width = mean.estimate.half_width.unwrap();
        assert!((half_width - 4.302_65 / 3_f64.sqrt()).abs() < 1e-4, "{half_width}");
        assert!(summary.goals[0].reached && summary.goals[1].reached, "2.48 of 5.5, and 0 of 1");

        let alike = [run(10.0, 1.0, 0.3), run(12.0, 1.0, 0.4)];
        let summary = measures.summarise(1, &alike, "");
        let certain = &summary.expectations[1];
        assert_eq!((certain.estimate.value, certain.estimate.half_width), (Some(1.0), None));
        assert_eq!(certain.estimate.why_no_interval.as_deref(), Some("all runs alike"));
        assert_eq!(certain.verdict, Verdict::Pass);
        let unlike = &summary.expectations[2].estimate;
        assert_eq!((unlike.value, unlike.half_width), (Some(0.35), None));
        assert_eq!(unlike.why_no_interval.as_deref(), Some("2 runs tell little: --replications 10"));

        let late = [run(30.0, 0.9, 0.9), run(31.0, 0.9, 0.91)];
        let verdicts = measures.summarise(1, &late, "").expectations.into_iter().map(|one| one.verdict);
        assert_eq!(verdicts.collect::<Vec<_>>(), [Verdict::Fail; 3]);
    }

    #[test]
    fn a_goal_is_reached_where_all_runs_are_alike() {
        let scenario = scenario();
        let goals = parse_goals("errors ±50%, availability ±0.1%", &scenario).unwrap();
        let measures = Measures::of(&scenario, &goals);
        let mut figures = vec![1.0; measures.all.len()];
        figures[measures.usual] = 0.0;
        let summary = measures.summarise(1, &[figures.clone(), figures], "");
        for (goal, share) in summary.goals.iter().zip([0.0, 1.0]) {
            assert_eq!((goal.estimate.value, goal.estimate.half_width), (Some(share), None));
            assert_eq!(goal.estimate.why_no_interval.as_deref(), Some("all runs alike"));
            assert!(goal.reached, "{}", goal.text);
        }
    }
}
