//! What pairs of runs say of a change: each figure's difference with its interval, and whether the
//! change helps.

use super::seen::{Figure, Seen};
use crate::analysis::estimate::{Reach, SAME_IN_ALL};
use crate::analysis::summary::Estimate;
use crate::diagnosis::{Diagnosis, Goal, Standing};
use crate::parts::resource::ResourceKind;
use crate::stats::interval::{Interval, LEVEL, independent_interval};
use crate::stats::pairs::{Paired, level_of_each, paired};
use serde::{Deserialize, Serialize};

/// Of what is missing to all that could be had, less than this share is no difference worth having.
const WORTH_SHARE: f64 = 0.05;
/// Where more requests than these fail, the latencies of the others say which ones were answered, and not
/// how well.
const GOOD_FOR_LATENCY: f64 = 0.99;
/// Nor is less than so much of each figure.
const GOOD_LEAST: f64 = 1e-5;
const DOWN_LEAST_S: f64 = 0.5;
const LOST_LEAST: f64 = 0.5;
const P99_LEAST_MS: f64 = 0.1;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    Helps,
    #[default]
    CannotTell,
    NoDifference,
    Hurts,
}

/// A figure as it stands, with the change, and how far these are apart.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Compared {
    pub figure: Figure,
    /// `share`, `s`, `ms`, `per s`, `per month`, or nothing for a number.
    pub unit: String,
    pub as_it_stands: Option<f64>,
    pub with_it: Estimate,
    pub difference: Estimate,
    pub effect: Effect,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    Better,
    Worse,
    /// So little apart that it is not worth having.
    Alike,
    Unknown,
}

/// How many are tried at once: the more there are, the surer each has to be.
#[derive(Clone, Copy, Debug)]
pub struct Judge {
    pub tried: usize,
}

impl Judge {
    /// How sure an effect has to be for all of them to be right at once.
    pub fn level(self) -> f64 {
        level_of_each(LEVEL, self.tried)
    }

    pub fn compared(self, base: &[Seen], with_it: &[Seen]) -> Vec<Compared> {
        let known = |figure: &Figure| base.iter().chain(with_it).any(|run| run.figure(*figure).is_finite());
        Figure::ALL.into_iter().filter(known).map(|figure| self.one(figure, base, with_it)).collect()
    }

    fn one(self, figure: Figure, base: &[Seen], with_it: &[Seen]) -> Compared {
        let pairs = base.len().min(with_it.len());
        let column =
            |runs: &[Seen]| -> Vec<f64> { runs[..pairs].iter().map(|run| run.figure(figure)).collect() };
        let (first, second) = (column(base), column(with_it));
        let mean = first.iter().sum::<f64>() / first.len() as f64;
        let told = paired(&first, &second, LEVEL);
        let sure = paired(&first, &second, self.level());
        Compared {
            figure,
            unit: figure.unit().to_owned(),
            as_it_stands: mean.is_finite().then_some(mean),
            with_it: of_runs(figure, &independent_interval(&second)),
            difference: apart(figure, &told, &first, &second),
            effect: effect(figure, mean, &told, &sure),
        }
    }
}

fn of_runs(figure: Figure, interval: &Interval) -> Estimate {
    match figure {
        Figure::Good => Estimate::of_share(interval.estimate, interval),
        _ => Estimate::of_runs(interval, Reach::ANY),
    }
}

fn apart(figure: Figure, paired: &Paired, first: &[f64], second: &[f64]) -> Estimate {
    if paired.difference.half_width == Ok(0.0) {
        return Estimate::without_interval(Some(paired.difference.estimate), SAME_IN_ALL);
    }
    let mean = |figures: &[f64]| figures.iter().sum::<f64>() / figures.len() as f64;
    let reach = if figure == Figure::Good { Reach::Share } else { Reach::ANY };
    Estimate::of_runs(&paired.difference, reach.between(mean(first).abs().max(mean(second).abs())))
}

/// How much of a difference is worth having, beside what there is now.
fn worth(figure: Figure, mean: f64) -> f64 {
    match figure {
        Figure::Good => ((1.0 - mean) * WORTH_SHARE).max(GOOD_LEAST),
        Figure::Down => (mean * WORTH_SHARE).max(DOWN_LEAST_S),
        Figure::Lost => (mean * WORTH_SHARE).max(LOST_LEAST),
        Figure::P99 => (mean * WORTH_SHARE).max(P99_LEAST_MS),
        Figure::Goodput | Figure::Cost => mean.abs() * WORTH_SHARE,
    }
}

/// `told` has the interval that is shown, and `sure` a longer one, since many are tried.
fn effect(figure: Figure, mean: f64, told: &Paired, sure: &Paired) -> Effect {
    let worth = worth(figure, mean);
    let (Some((low, high)), Some((sure_low, sure_high))) = (told.difference.ends(), sure.difference.ends())
    else {
        return Effect::Unknown;
    };
    let apart = told.difference.estimate;
    let (better, worse) = match figure.is_better_high() {
        true => (Effect::Better, Effect::Worse),
        false => (Effect::Worse, Effect::Better),
    };
    match () {
        () if sure_low > 0.0 && apart >= worth => better,
        () if sure_high < 0.0 && -apart >= worth => worse,
        () if -worth < low && high < worth => Effect::Alike,
        () => Effect::Unknown,
    }
}

/// The first figure that differs decides; of those behind the first, a difference that is not sure is
/// none.
pub fn verdict(compared: &[Compared]) -> Verdict {
    let effect = |figure: Figure| compared.iter().find(|one| one.figure == figure).map(|one| one.effect);
    let mut effects = deciding(compared).filter_map(effect);
    let Some(first) = effects.next() else { return Verdict::CannotTell };
    match first {
        Effect::Better => Verdict::Helps,
        Effect::Worse => Verdict::Hurts,
        Effect::Unknown => Verdict::CannotTell,
        Effect::Alike => match effects.find(|effect| matches!(effect, Effect::Better | Effect::Worse)) {
            Some(Effect::Better) => Verdict::Helps,
            Some(_) => Verdict::Hurts,
            None => Verdict::NoDifference,
        },
    }
}

/// The figures that say whether a change helps.
fn deciding(compared: &[Compared]) -> impl Iterator<Item = Figure> {
    let good = compared.iter().find(|one| one.figure == Figure::Good);
    let is_well = good.and_then(|good| good.as_it_stands).is_none_or(|good| good >= GOOD_FOR_LATENCY);
    let all = [Figure::Good, Figure::Down, Figure::Lost, Figure::P99];
    all.into_iter().filter(move |figure| is_well || *figure != Figure::P99)
}

/// How much better it looks, whether that is sure or not: of what is missing to all good requests, the
/// share that it gains; or a small part of the time down, of what is lost, or of the tail.
pub fn promise(compared: &[Compared]) -> f64 {
    let gain = |figure: Figure| {
        let one = compared.iter().find(|one| one.figure == figure)?;
        let (mean, apart) = (one.as_it_stands?, one.difference.value?);
        let apart = if figure.is_better_high() { apart } else { -apart };
        let missing = if figure == Figure::Good { 1.0 - mean } else { mean };
        (apart.abs() >= worth(figure, mean)).then(|| apart / missing.max(worth(figure, mean)))
    };
    let weight = |figure: Figure| match figure {
        Figure::Good => 1.0,
        Figure::Down => 1e-2,
        Figure::Lost => 1e-3,
        _ => 1e-4,
    };
    deciding(compared).find_map(|figure| Some(gain(figure)? * weight(figure))).unwrap_or(0.0)
}

/// Whether a goal is met with a change.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GoalMet {
    pub text: String,
    pub standing: Standing,
    pub measured: Option<f64>,
    pub unit: String,
}

/// Each goal by the runs' own figures.
pub fn goals_met(goals: &[Goal], runs: &[Seen]) -> Vec<GoalMet> {
    let of = |goal: &Goal| {
        let measured: Vec<f64> = runs.iter().filter_map(|run| measured(run, &goal.text)).collect();
        let interval = independent_interval(&measured);
        let is_met = |value: f64| if goal.is_least { value >= goal.bound } else { value <= goal.bound };
        let standing = match interval.ends() {
            Some((low, high)) if is_met(low) && is_met(high) => Standing::Met,
            Some((low, high)) if !is_met(low) && !is_met(high) => Standing::Missed,
            _ => Standing::Undecided,
        };
        GoalMet {
            text: goal.text.clone(),
            standing,
            measured: interval.estimate.is_finite().then_some(interval.estimate),
            unit: goal.unit.clone(),
        }
    };
    goals.iter().map(of).collect()
}

fn measured(run: &Seen, text: &str) -> Option<f64> {
    run.goals.iter().find(|(known, _)| known == text).map(|(_, value)| *value)
}

/// What is full with a change, or would be first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ThenFull {
    pub name: String,
    pub kind: ResourceKind,
    /// It was, while users felt something.
    pub was_full: bool,
    /// Otherwise it would be at so many times the load, which is so many requests per second.
    pub times: Option<f64>,
    pub full_at_per_s: Option<f64>,
}

pub fn then_full(diagnosis: &Diagnosis) -> Option<ThenFull> {
    if let Some(full) = diagnosis.bad_phases().flat_map(|phase| phase.causes()).next() {
        return Some(ThenFull {
            name: full.name.clone(),
            kind: full.kind,
            was_full: true,
            times: None,
            full_at_per_s: None,
        });
    }
    let headroom = diagnosis.headroom.as_ref()?;
    let is_full = headroom.first.times <= 1.0;
    Some(ThenFull {
        name: headroom.first.name.clone(),
        kind: headroom.first.kind,
        was_full: is_full,
        times: (!is_full).then_some(headroom.first.times),
        full_at_per_s: (!is_full).then_some(headroom.first.full_at_per_s),
    })
}
