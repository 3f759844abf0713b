//! How much better one scenario is than another: differences of their figures over runs that
//! share their chance, with what can be said of them and what cannot yet.

use super::estimate::{Reach, SAME_IN_ALL, longest_ms, ratio};
use super::expectations::{subject, unit};
use super::study::{Measures, estimate, precision, shown_unit};
use super::summary::Estimate;
use crate::scenario::measures::Goal;
use crate::scenario::model::{Measure, Metric, RequestClass, Scenario};
use crate::stats::interval::{LEVEL, independent_interval};
use crate::stats::pairs::{differences, level_of_each, paired, wanted_half_width};
use crate::stats::two_stages::{Precision, two_stage_interval_at};
use serde::Serialize;
use std::collections::BTreeSet;

#[derive(Clone, Debug, Serialize)]
pub struct Comparison {
    pub version: String,
    pub seed: u64,
    pub replications: u64,
    /// Why there were no more.
    pub stopped: String,
    /// How often all intervals of one figure hold the truth at once, and each of them by itself.
    pub level: f64,
    pub level_of_each: f64,
    pub method: &'static str,
    pub variants: Vec<Variant>,
    pub figures: Vec<ComparedFigure>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub goals: Vec<ComparedGoal>,
    /// What to know before trusting a figure.
    pub notices: Vec<String>,
}

const METHOD: &str = "the same seed and replication numbers for all variants, so that they share their chance; \
                      the mean of each pair's difference, and Student's t; several variants against the first \
                      one after Bonferroni; goals by Stein's two stages of which the first has 20 replications";

/// What is compared; the first is what the others are held against.
#[derive(Clone, Debug, Serialize)]
pub struct Variant {
    pub name: String,
    pub file: String,
    /// The settings in which it differs from its file.
    pub settings: Vec<String>,
}

/// One figure of all variants; in milliseconds, shares, requests per second, or money per month.
#[derive(Clone, Debug, Serialize)]
pub struct ComparedFigure {
    pub name: String,
    /// Of one class of requests, and not of all.
    pub class: Option<String>,
    /// By name, besides what is always compared.
    #[serde(skip)]
    pub asked_for: bool,
    pub unit: &'static str,
    /// Each variant's own, with its own interval.
    pub means: Vec<Estimate>,
    /// Of each variant but the first, less the first.
    pub differences: Vec<Difference>,
}

#[derive(Clone, Debug, Serialize)]
pub struct Difference {
    #[serde(flatten)]
    pub estimate: Estimate,
    /// Of the first variant's mean; none where the figure is a share itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub relative: Option<f64>,
    pub verdict: Verdict,
    /// The truth is no further from zero than this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at_most: Option<f64>,
    /// About so many replications tell a difference as large as the one seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replications_needed: Option<u64>,
    /// So many times as many independent runs would have told as much.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pairing_gain: Option<f64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    Better,
    Worse,
    /// Neither is better by itself, as with utilisations.
    Higher,
    Lower,
    /// Zero lies within the interval, or there is none.
    CannotTell,
    /// The two were the same in every run.
    Alike,
}

#[derive(Clone, Debug, Serialize)]
pub struct ComparedGoal {
    pub text: String,
    pub variant: String,
    pub unit: &'static str,
    pub half_width_wanted: Option<f64>,
    pub half_width: Option<f64>,
    pub reached: bool,
}

/// Which figures are compared: the same of each scenario, by name.
pub struct ComparedMeasures<'a> {
    scenarios: Vec<&'a Scenario>,
    /// For each scenario its own, goals last: classes and nodes have other numbers in each.
    measures: Vec<Measures<'a>>,
    /// What was asked for of the first.
    further: Vec<Measure>,
    goals: &'a [Goal],
}

const USUAL: [Metric; 6] = [
    Metric::Mean,
    Metric::Quantile(0.5),
    Metric::Quantile(0.99),
    Metric::Availability,
    Metric::Errors,
    Metric::Goodput,
];

impl<'a> ComparedMeasures<'a> {
    /// `further` and `goals` have a list for each scenario.
    pub fn of(
        scenarios: &[&'a Scenario],
        further: &[Vec<Measure>],
        goals: &'a [Vec<Goal>],
    ) -> ComparedMeasures<'a> {
        let first = scenarios[0];
        let priced = scenarios.iter().all(|scenario| is_priced(scenario));
        let measures = scenarios.iter().zip(further).zip(goals).map(|((scenario, further), goals)| {
            let place = |name: &str| scenario.classes.iter().position(|class| class.name == name);
            let of = |class: Option<usize>| USUAL.map(|metric| Measure { class, metric });
            let mut all = of(None).to_vec();
            if priced {
                all.push(Measure { class: None, metric: Metric::Cost });
            }
            // A class that some scenario lacks cannot be compared.
            let shared = first.classes.iter().filter(|class| {
                scenarios.iter().all(|other| other.classes.iter().any(|one| one.name == class.name))
            });
            if first.classes.len() > 1 {
                all.extend(shared.filter_map(|class| place(&class.name)).flat_map(|class| of(Some(class))));
            }
            for one in further {
                if !all.contains(one) {
                    all.push(*one);
                }
            }
            all.extend(goals.iter().map(|goal| goal.measure));
            Measures::only(scenario, all)
        });
        ComparedMeasures {
            measures: measures.collect(),
            scenarios: scenarios.to_vec(),
            further: further[0].clone(),
            goals: &goals[0],
        }
    }

    /// The figures of a run of one of the scenarios.
    pub fn of_scenario(&self, number: usize) -> &Measures<'a> {
        &self.measures[number]
    }

    /// Without those of goals.
    fn shown(&self) -> &[Measure] {
        let all = self.measures[0].all();
        &all[..all.len() - self.goals.len()]
    }

    /// Column names of the figures, with their units.
    pub fn names(&self) -> Vec<String> {
        self.measures[0].names()[..self.shown().len()].to_vec()
    }

    /// The places of the goals among the figures, and how exactly each is wanted.
    pub fn goals(&self) -> Vec<(usize, Precision)> {
        let first = self.shown().len();
        let place = |(number, goal): (usize, &Goal)| (first + number, precision(goal));
        self.goals.iter().enumerate().map(place).collect()
    }

    /// What the runs say. `column` gives a figure of all runs of a scenario by the scenario's number
    /// and the figure's place.
    pub fn summarise(
        &self,
        variants: Vec<Variant>,
        (seed, replications, stopped): (u64, u64, String),
        column: &dyn Fn(usize, usize) -> Vec<f64>,
    ) -> Comparison {
        let figures: Vec<ComparedFigure> = self
            .shown()
            .iter()
            .enumerate()
            .filter_map(|(place, measure)| self.figure(place, *measure, column))
            .collect();
        Comparison {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            seed,
            replications,
            stopped,
            level: LEVEL,
            level_of_each: self.level_of_each(),
            method: METHOD,
            goals: self.judge_goals(&variants, column),
            notices: notices(&figures, &variants, &self.scenarios),
            variants,
            figures,
        }
    }

    /// All variants are held against the first.
    pub fn level_of_each(&self) -> f64 {
        level_of_each(LEVEL, self.scenarios.len() - 1)
    }

    /// Nothing where no run of any has such a figure.
    fn figure(
        &self,
        place: usize,
        measure: Measure,
        column: &dyn Fn(usize, usize) -> Vec<f64>,
    ) -> Option<ComparedFigure> {
        let columns: Vec<Vec<f64>> = (0..self.scenarios.len()).map(|number| column(number, place)).collect();
        columns.iter().flatten().find(|figure| figure.is_finite())?;
        let longest = |number: usize| longest_ms(&self.scenarios[number].run);
        let means = columns.iter().enumerate().map(|(number, column)| {
            estimate(&independent_interval(column), shown_unit(measure), longest(number))
        });
        let held_against = |number: usize| {
            // Two times are no further apart than the longer of both runs is long.
            let longest_ms = longest(0).zip(longest(number)).map(|(one, other)| one.max(other));
            let reach = Reach::of_unit(shown_unit(measure), longest_ms);
            held_against(measure, &columns[0], &columns[number], self.level_of_each(), reach)
        };
        let subject = subject(measure, self.scenarios[0]);
        Some(ComparedFigure {
            name: self.measures[0].name(measure),
            class: subject.filter(|_| measure.class.is_some()),
            asked_for: self.further.contains(&measure),
            unit: shown_unit(measure),
            differences: (1..columns.len()).map(held_against).collect(),
            means: means.collect(),
        })
    }

    fn judge_goals(
        &self,
        variants: &[Variant],
        column: &dyn Fn(usize, usize) -> Vec<f64>,
    ) -> Vec<ComparedGoal> {
        let mut judged = Vec::new();
        for (goal, (place, precision)) in self.goals.iter().zip(self.goals()) {
            let baseline = column(0, place);
            let wanted = wanted_half_width(precision, &baseline);
            for (number, variant) in variants.iter().enumerate().skip(1) {
                let differences = differences(&baseline, &column(number, place));
                let interval = two_stage_interval_at(&differences, self.level_of_each());
                judged.push(ComparedGoal {
                    text: goal.text.clone(),
                    variant: variant.name.clone(),
                    unit: shown_unit(goal.measure),
                    half_width_wanted: Some(wanted).filter(|wanted| wanted.is_finite()),
                    half_width: interval.half_width.ok(),
                    reached: interval.half_width.is_ok_and(|half_width| half_width <= wanted),
                });
            }
        }
        judged
    }
}

fn is_priced(scenario: &Scenario) -> bool {
    scenario.prices.are_known(&scenario.nodes)
}

fn held_against(measure: Measure, baseline: &[f64], other: &[f64], level: f64, reach: Reach) -> Difference {
    let paired = paired(baseline, other, level);
    let value = paired.difference.estimate;
    let is_share = unit(measure.metric) == "share";
    let alike = value == 0.0 && paired.difference.half_width == Ok(0.0);
    let mean = |figures: &[f64]| figures.iter().sum::<f64>() / figures.len() as f64;
    let size = mean(baseline).abs().max(mean(other).abs());
    let reach = reach.between(size);
    let estimate = match paired.difference.half_width {
        Ok(0.0) => Estimate::without_interval(Some(value), SAME_IN_ALL),
        _ => Estimate::of_runs(&paired.difference, reach),
    };
    let verdict = match paired.difference.ends() {
        Some(_) if alike => Verdict::Alike,
        Some((low, _)) if low > 0.0 => above(measure.metric),
        Some((_, high)) if high < 0.0 => below(measure.metric),
        _ => Verdict::CannotTell,
    };
    let mean = mean(baseline);
    let ends = paired.difference.ends().filter(|_| verdict == Verdict::CannotTell);
    Difference {
        estimate,
        relative: ratio(value, mean).filter(|_| !is_share && mean != 0.0),
        verdict,
        at_most: ends.map(|(low, high)| low.abs().max(high.abs()).min(reach.most())),
        replications_needed: paired.pairs_needed,
        pairing_gain: paired.gain,
    }
}

fn above(metric: Metric) -> Verdict {
    match metric {
        Metric::Availability | Metric::Goodput => Verdict::Better,
        Metric::Utilisation(_) => Verdict::Higher,
        _ => Verdict::Worse,
    }
}

fn below(metric: Metric) -> Verdict {
    match above(metric) {
        Verdict::Better => Verdict::Worse,
        Verdict::Worse => Verdict::Better,
        _ => Verdict::Lower,
    }
}

/// What would lead astray whoever looks at the differences alone.
fn notices(figures: &[ComparedFigure], variants: &[Variant], scenarios: &[&Scenario]) -> Vec<String> {
    let mut notices = Vec::new();
    let names = |unlike: &dyn Fn(usize) -> bool| {
        let names = (1..variants.len()).filter(|number| unlike(*number));
        names.map(|number| variants[number].name.as_str()).collect::<Vec<_>>().join(", ")
    };
    let verdict = |name: &str, number: usize| {
        let figure = figures.iter().find(|figure| figure.name == name);
        figure.map(|figure| figure.differences[number - 1].verdict)
    };
    let latency =
        |number, wanted| ["mean", "p50", "p99"].into_iter().any(|name| verdict(name, number) == Some(wanted));
    let opposite = names(&|number| match verdict("errors", number) {
        Some(Verdict::Worse) => latency(number, Verdict::Better),
        Some(Verdict::Better) => latency(number, Verdict::Worse),
        _ => false,
    });
    if !opposite.is_empty() {
        notices.push(format!(
            "Latencies are those of good answers: where more requests fail, the slow ones may be missing. Compare \
             latencies of {} and {opposite} with care.",
            variants[0].name
        ));
    }
    let unlike = names(&|number| scenarios[number].run.end != scenarios[0].run.end);
    if !unlike.is_empty() {
        notices.push(format!("Their runs are not as long as those of {}: {unlike}.", variants[0].name));
    }
    let unlike = names(&|number| is_priced(scenarios[number]) != is_priced(scenarios[0]));
    if !unlike.is_empty() {
        let first = &variants[0].name;
        notices.push(format!("Costs are not compared, since only some have prices: {first} or {unlike}."));
    }
    let lacks = |number: usize| {
        let name = |class: &RequestClass| class.name.clone();
        let classes = |number: usize| scenarios[number].classes.iter().map(name).collect::<BTreeSet<_>>();
        classes(number) != classes(0)
    };
    let unlike = names(&lacks);
    if !unlike.is_empty() {
        notices.push(format!("Their request classes are not those of {}: {unlike}.", variants[0].name));
    }
    notices
}
