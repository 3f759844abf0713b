//! What users felt of what went wrong: outages, and what they would cost in a year.

use super::estimate::ratio;
use super::summary::Estimate;
use super::views::{Views, views};
use super::window::Window;
use crate::kernel::time::to_seconds;
use crate::results::RunResults;
use crate::results::blame::Blame;
use crate::results::incident::{Outage, UNLISTED};
use crate::scenario::model::Scenario;
use crate::stats::student::two_sided_t;
use serde::Serialize;
use std::collections::BTreeMap;

/// After the warm-up.
#[derive(Clone, Debug, Serialize)]
pub struct AvailabilitySummary {
    /// Stretches in which more than a quarter of the requests failed.
    pub outages: u64,
    pub outage_s: f64,
    pub longest_outage_s: Option<f64>,
    pub planned_outage_s: f64,
    /// Failed requests within outages.
    pub requests_lost: u64,
    /// The share of the time without an outage.
    pub time_up: Option<f64>,
    /// Hours without service in a year like this run.
    pub down_h_per_year: Estimate,
    pub mean_time_to_repair_s: Estimate,
    pub mean_time_between_s: Estimate,
    pub by_cause: Vec<CauseSummary>,
    /// Requests without success, in all, by what they are put down to.
    pub lost: BTreeMap<&'static str, u64>,
    /// The number of nines of the share of good requests: 99.9 % is three.
    pub nines: Option<f64>,
    pub views: Views,
}

#[derive(Clone, Debug, Serialize)]
pub struct CauseSummary {
    pub cause: String,
    pub outages: u64,
    pub outage_s: f64,
    pub requests_lost: u64,
}

const HOURS_PER_YEAR: f64 = 8_766.0;

pub fn summarise_availability(
    scenario: &Scenario,
    results: &RunResults,
    window: &Window,
    good: &Estimate,
) -> AvailabilitySummary {
    let outages: Vec<&Outage> = counted(results, window).collect();
    let lengths: Vec<f64> = outages.iter().map(|outage| length_s(outage)).collect();
    let outage_s = total(lengths.iter().copied());
    let run_s = window.length_s();
    let planned = outages.iter().filter(|outage| is_planned(results, outage));
    AvailabilitySummary {
        outages: outages.len() as u64 + results.unlisted_outages,
        outage_s,
        longest_outage_s: lengths.iter().copied().reduce(f64::max),
        planned_outage_s: total(planned.map(|outage| length_s(outage))),
        requests_lost: outages.iter().map(|outage| outage.lost).sum(),
        time_up: ratio(run_s - outage_s, run_s),
        down_h_per_year: down_per_year(&lengths, run_s),
        mean_time_to_repair_s: mean(&lengths),
        mean_time_between_s: mean(&times_between(&outages)),
        by_cause: by_cause(results, &outages),
        lost: lost(results, window),
        nines: good.value.filter(|&good| good < 1.0).map(|good| -libm::log10(1.0 - good)),
        views: views(scenario, results, window, good),
    }
}

/// Those that there were.
fn lost(results: &RunResults, window: &Window) -> BTreeMap<&'static str, u64> {
    let buckets = || results.classes.iter().flat_map(|class| &class.buckets[window.buckets.clone()]);
    let count = |blame: Blame| buckets().map(|bucket| bucket.lost[blame as usize]).sum::<u64>();
    let counts = Blame::ALL.map(|blame| (blame.name(), count(blame)));
    counts.into_iter().filter(|&(_, count)| count > 0).collect()
}

/// A sum that is zero, and not minus zero, of nothing.
fn total(lengths: impl Iterator<Item = f64>) -> f64 {
    lengths.fold(0.0, |sum, length| sum + length)
}

/// The outages that began after the warm-up.
pub fn counted<'r>(results: &'r RunResults, window: &Window) -> impl Iterator<Item = &'r Outage> {
    let start = window.start;
    results.outages.iter().filter(move |outage| outage.start >= start)
}

pub fn length_s(outage: &Outage) -> f64 {
    to_seconds(outage.end - outage.start)
}

/// The incident in force when it began, or what else makes requests fail.
pub fn cause<'r>(results: &'r RunResults, outage: &Outage) -> &'r str {
    match outage.cause {
        None => "overload",
        Some(UNLISTED) => "faults that are not listed",
        Some(number) => results.incidents.get(number as usize).map_or("overload", |incident| &incident.name),
    }
}

pub fn is_planned(results: &RunResults, outage: &Outage) -> bool {
    let incident = outage.cause.and_then(|number| results.incidents.get(number as usize));
    incident.is_some_and(|incident| incident.planned)
}

fn by_cause(results: &RunResults, outages: &[&Outage]) -> Vec<CauseSummary> {
    let mut causes: Vec<CauseSummary> = Vec::new();
    for outage in outages {
        let name = cause(results, outage);
        let place = causes.iter().position(|known| known.cause == name).unwrap_or_else(|| {
            let none = CauseSummary { cause: name.to_owned(), outages: 0, outage_s: 0.0, requests_lost: 0 };
            causes.push(none);
            causes.len() - 1
        });
        causes[place].outages += 1;
        causes[place].outage_s += length_s(outage);
        causes[place].requests_lost += outage.lost;
    }
    causes.sort_by(|a, b| b.outage_s.total_cmp(&a.outage_s));
    causes
}

fn times_between(outages: &[&Outage]) -> Vec<f64> {
    outages.windows(2).map(|pair| to_seconds(pair[1].start.saturating_sub(pair[0].end))).collect()
}

/// The mean of independent lengths.
fn mean(lengths: &[f64]) -> Estimate {
    let count = lengths.len() as f64;
    let Some(value) = ratio(lengths.iter().sum(), count) else {
        return Estimate::empty("nothing was observed");
    };
    if lengths.len() < 2 {
        return Estimate::without_interval(Some(value), "one observation has no spread");
    }
    let squares: f64 = lengths.iter().map(|length| (length - value) * (length - value)).sum();
    let degrees = lengths.len() as u32 - 1;
    let half_width = two_sided_t(degrees, 0.95) * (squares / f64::from(degrees) / count).sqrt();
    Estimate { value: Some(value), half_width: Some(half_width), ..Estimate::default() }
        .within(0.0, f64::INFINITY)
}

/// Outages come at random and independently of each other, so the variance of their sum is
/// the sum of their squares; with fewer than ten the sum is too uneven for an interval.
fn down_per_year(lengths: &[f64], run_s: f64) -> Estimate {
    let per_year = |seconds: f64| ratio(seconds * HOURS_PER_YEAR, run_s);
    let value = per_year(total(lengths.iter().copied()));
    if lengths.len() < 10 {
        return Estimate::without_interval(value, "fewer than ten outages were observed");
    }
    let squares: f64 = lengths.iter().map(|length| length * length).sum();
    Estimate { value, half_width: per_year(1.96 * squares.sqrt()), ..Estimate::default() }
        .within(0.0, HOURS_PER_YEAR)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::example;
    use crate::kernel::time::SECOND;
    use crate::parts::outcome::Outcome;
    use crate::results::incident::Incident;

    fn outage(start_s: u64, end_s: u64, cause: Option<u32>) -> Outage {
        Outage {
            start: start_s * SECOND,
            end: end_s * SECOND,
            lost: 10 * (end_s - start_s),
            first_error: Outcome::Reset,
            last_error: Outcome::TimedOut,
            cause,
        }
    }

    #[test]
    fn outages_are_summed_by_cause() {
        let mut results = example::results();
        results.incidents.push(Incident::of_maintenance(
            "restart gunicorn".into(),
            "gunicorn".into(),
            30 * SECOND,
        ));
        results.outages = vec![outage(30, 34, Some(0)), outage(40, 46, None), outage(50, 52, Some(0))];
        let window = Window::of(&example::scenario(), &results);
        let summary = summarise_availability(&example::scenario(), &results, &window, &Estimate::empty(""));
        assert_eq!((summary.outages, summary.outage_s, summary.planned_outage_s), (3, 12.0, 6.0));
        assert_eq!((summary.requests_lost, summary.longest_outage_s), (120, Some(6.0)));
        let causes: Vec<_> = summary.by_cause.iter().map(|cause| cause.cause.as_str()).collect();
        assert_eq!(causes, ["restart gunicorn", "overload"]);
        assert_eq!(summary.mean_time_to_repair_s.value, Some(4.0));
        // t for two degrees of freedom is 4.303, the standard error 2 / √3.
        let half_width = summary.mean_time_to_repair_s.half_width.expect("three were observed");
        assert!((half_width - 4.303 * 2.0 / 3.0_f64.sqrt()).abs() < 0.01, "{half_width}");
        assert_eq!(summary.mean_time_between_s.value, Some(5.0));
        assert!(summary.down_h_per_year.why_no_interval.is_some());
    }
}
