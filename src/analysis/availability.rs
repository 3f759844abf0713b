//! What users felt of what went wrong: outages, and what they would cost in a year.

use super::estimate::{MORE_RUNS, Reach, ratio};
use super::events::events;
use super::outages::{Lengths, Outages, cause, is_planned, lost};
use super::summary::Estimate;
use super::views::{Views, views};
use super::window::Window;
use crate::parts::fidelity::Fidelity;
use crate::results::RunResults;
use crate::results::blame::Blame;
use crate::results::incident::CauseSums;
use crate::scenario::model::Scenario;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// After the warm-up: an outage that began before is counted from there on.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct AvailabilitySummary {
    /// Stretches in which more than a quarter of the requests failed, or in a run without requests
    /// in which some class lacked what it needs.
    pub outages: u64,
    /// Those that stand in `outages.csv`, one by one; earlier versions listed all.
    pub outages_listed: Option<u64>,
    pub outage_s: f64,
    pub longest_outage_s: Option<f64>,
    pub planned_outage_s: f64,
    /// Failed requests within outages.
    pub requests_lost: Option<u64>,
    /// The share of the time without an outage.
    pub time_up: Option<f64>,
    /// Hours without service in a year like this run.
    pub down_h_per_year: Estimate,
    pub mean_time_to_repair_s: Estimate,
    pub mean_time_between_s: Estimate,
    pub by_cause: Vec<CauseSummary>,
    /// Requests without success, in all, by what they are put down to.
    pub lost: BTreeMap<Cow<'static, str>, u64>,
    /// The number of nines of the share of good requests: 99.9 % is three.
    pub nines: Option<f64>,
    pub views: Views,
    /// What went wrong, was maintained or surged, and how much of it stands in `events.csv`, one
    /// by one; of the whole run.
    pub events: u64,
    pub events_listed: u64,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct CauseSummary {
    pub cause: String,
    pub outages: u64,
    pub outage_s: f64,
    pub requests_lost: Option<u64>,
}

impl AvailabilitySummary {
    /// Whether there were more outages than are listed.
    pub fn is_cut(&self) -> bool {
        self.outages_listed.is_some_and(|listed| listed < self.outages)
    }
}

const HOURS_PER_YEAR: f64 = 8_766.0;

/// With fewer outages their sum is too uneven for an interval.
const OUTAGES_FEWEST: u64 = 10;

pub fn summarise_availability(
    scenario: &Scenario,
    results: &RunResults,
    window: &Window,
    outages: &Outages,
    good: &Estimate,
) -> AvailabilitySummary {
    let (sum, run_s) = (outages.sum(), window.length_s());
    let events = events(scenario, results);
    AvailabilitySummary {
        outages: outages.count(),
        outages_listed: Some(outages.listed.len() as u64),
        outage_s: sum.seconds(),
        longest_outage_s: outages.longest_s(),
        planned_outage_s: outages.sum_where(|cause| is_planned(results, cause)).seconds(),
        requests_lost: lost(results, sum.lost),
        time_up: ratio(run_s - sum.seconds(), run_s),
        down_h_per_year: down_per_year(outages, run_s),
        mean_time_to_repair_s: outages.lengths().mean(window),
        mean_time_between_s: outages.times_between().mean(window),
        by_cause: by_cause(results, outages),
        lost: lost_to(results, window),
        nines: good.value.filter(|&good| good < 1.0).map(|good| -libm::log10(1.0 - good)),
        views: views(scenario, results, window, good),
        events: events.iter().map(|event| event.times).sum(),
        events_listed: events.iter().filter(|event| event.times == 1).count() as u64,
    }
}

/// Those that there were, by what they are put down to.
fn lost_to(results: &RunResults, window: &Window) -> BTreeMap<Cow<'static, str>, u64> {
    if results.fidelity == Fidelity::Components {
        return BTreeMap::new();
    }
    let buckets = || results.classes.iter().flat_map(|class| &class.buckets[window.buckets.clone()]);
    let count = |blame: Blame| buckets().map(|bucket| bucket.lost[blame as usize]).sum::<u64>();
    let counts = Blame::ALL.map(|blame| (Cow::Borrowed(blame.name()), count(blame)));
    counts.into_iter().filter(|(_, count)| *count > 0).collect()
}

/// Causes of one name are one, the longest first.
fn by_cause(results: &RunResults, outages: &Outages) -> Vec<CauseSummary> {
    let mut causes: BTreeMap<&str, (u32, CauseSums)> = BTreeMap::new();
    for (number, sums) in outages.by_cause() {
        let order = number.unwrap_or(u32::MAX);
        causes.entry(cause(results, number)).or_insert((order, CauseSums::default())).1.join(&sums);
    }
    let mut causes: Vec<(&str, (u32, CauseSums))> = causes.into_iter().collect();
    causes.sort_by_key(|(_, (order, sums))| (std::cmp::Reverse(sums.time), *order));
    let summary = |(cause, (_, sums)): (&str, (u32, CauseSums))| CauseSummary {
        cause: cause.to_owned(),
        outages: sums.count,
        outage_s: sums.seconds(),
        requests_lost: lost(results, sums.lost),
    };
    causes.into_iter().map(summary).collect()
}

/// Outages come at random and independently of each other, so the variance of their sum is
/// the sum of their squares.
fn down_per_year(outages: &Outages, run_s: f64) -> Estimate {
    let lengths: Lengths = outages.lengths();
    let per_year = |seconds: f64| ratio(seconds * HOURS_PER_YEAR, run_s);
    let value = per_year(outages.time_s());
    if outages.count() < OUTAGES_FEWEST {
        let why = format!("fewer than ten outages were observed: a longer run, or {MORE_RUNS}");
        return Estimate::without_interval(value, &why);
    }
    match value.zip(per_year(1.96 * lengths.root_of_squares_s())) {
        Some((value, half_width)) => {
            Estimate::of_observations(value, half_width, outages.count(), Reach::UpTo(HOURS_PER_YEAR))
        }
        None => Estimate::empty("nothing was observed"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::example;
    use crate::kernel::time::SECOND;
    use crate::parts::outcome::Outcome;
    use crate::results::incident::{Incident, Outage};

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
            10 * SECOND,
        ));
        results.outages = vec![outage(10, 14, Some(0)), outage(20, 26, None), outage(30, 32, Some(0))];
        let window = Window::of(&example::scenario(), &results);
        let outages = Outages::of(&results, &window);
        let scenario = example::scenario();
        let summary = summarise_availability(&scenario, &results, &window, &outages, &Estimate::empty(""));
        assert_eq!((summary.outages, summary.outage_s, summary.planned_outage_s), (3, 12.0, 6.0));
        assert_eq!((summary.requests_lost, summary.longest_outage_s), (Some(120), Some(6.0)));
        let causes: Vec<_> = summary.by_cause.iter().map(|cause| cause.cause.as_str()).collect();
        assert_eq!(causes, ["restart gunicorn", "overload"]);
        assert_eq!(summary.mean_time_to_repair_s.value, Some(4.0));
        assert_eq!(summary.mean_time_between_s.value, Some(5.0));
        assert!(summary.down_h_per_year.why_no_interval.is_some());
    }
}
