//! What is the same in every run: surges, faults and maintenance at given times, and arrivals that
//! follow the clock. From one stretch of a run to the next it looks like chance, and is none, so
//! that it must not make intervals.

use super::estimate::MORE_RUNS;
use super::events::surges;
use super::normality::Normality;
use crate::kernel::time::Time;
use crate::nodes::NodeKind;
use crate::parts::arrivals::Arrivals;
use crate::results::RunResults;
use crate::results::incident::Incident;
use crate::scenario::model::{Scenario, What};
use crate::stats::interval::{FEWEST_BATCHES, ratio_interval};
use std::ops::Range;

/// What was counted in a time bucket, and what it is a share of or spread over.
#[derive(Clone, Copy, Debug)]
pub struct Part {
    pub bucket: usize,
    pub counted: f64,
    pub of: f64,
}

/// An interval is told only if chance by itself makes more than half of its variance.
const WIDER: f64 = std::f64::consts::SQRT_2;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Planned {
    /// The time buckets in which it was felt, in order. Empty if it comes so often that every long
    /// stretch of the run has its share of it.
    stretches: Vec<Range<usize>>,
    /// What it was.
    kinds: Vec<&'static str>,
    /// How the arrivals change all along the run.
    course: Option<&'static str>,
}

impl Planned {
    /// In these time buckets of a run.
    pub fn of(scenario: &Scenario, results: &RunResults, buckets: &Range<usize>) -> Planned {
        let edge = |bucket: usize| results.bucket_edges.get(bucket).copied().unwrap_or(results.ended_at);
        let (start, end) = (edge(buckets.start), edge(buckets.end).min(results.ended_at));
        let happened = happened(scenario, results);
        let in_time = |stretch: &&Stretch| stretch.start < end && stretch.end > start;
        let felt: Vec<&Stretch> = happened.iter().filter(in_time).collect();
        let course = course(scenario, end.saturating_sub(start));
        if felt.is_empty() {
            return Planned { course, ..Planned::default() };
        }
        let normality = Normality::of(results, buckets);
        let ranges = felt.iter().map(|stretch| {
            let end = aftermath(results, &normality, stretch);
            let edges = &results.bucket_edges;
            let first = edges.partition_point(|&edge| edge <= stretch.start).saturating_sub(1);
            first.max(buckets.start)..edges.partition_point(|&edge| edge <= end).min(buckets.end)
        });
        let stretches = merged(ranges.collect());
        if stretches.len() >= FEWEST_BATCHES {
            return Planned { course, ..Planned::default() };
        }
        let mut kinds: Vec<&'static str> = felt.iter().map(|stretch| stretch.kind).collect();
        kinds.sort_unstable();
        kinds.dedup();
        Planned { stretches, kinds, course }
    }

    /// Why the batches of a run say nothing of the next run, if what was planned makes them what
    /// they are.
    pub fn makes(&self, parts: &[Part]) -> Option<String> {
        let pairs = |parts: &mut dyn Iterator<Item = &Part>| -> Vec<(f64, f64)> {
            parts.map(|part| (part.counted, part.of)).collect()
        };
        let all = pairs(&mut parts.iter());
        let differs = |pairs: &[(f64, f64)]| {
            let mut ratios = pairs.iter().filter(|pair| pair.1 != 0.0).map(|pair| pair.0 / pair.1);
            let first = ratios.next();
            ratios.any(|ratio| Some(ratio) != first)
        };
        if !differs(&all) {
            return None;
        }
        if self.course.is_some() {
            return self.why();
        }
        if self.stretches.is_empty() {
            return None;
        }
        let is_outside = |part: &&Part| !self.stretches.iter().any(|stretch| stretch.contains(&part.bucket));
        let outside = pairs(&mut parts.iter().filter(is_outside));
        if outside.is_empty() {
            // What is in force all along makes no difference between stretches.
            return None;
        }
        let by_chance = ratio_interval(&outside).half_width.ok();
        let with_plan = ratio_interval(&all).half_width.ok();
        let is_made = match (with_plan, by_chance) {
            (Some(with_plan), Some(by_chance)) => with_plan > WIDER * by_chance,
            (Some(_), None) => true,
            // Whatever hinders an interval, it was not there without the plan.
            (None, by_chance) => by_chance.is_some(),
        };
        is_made.then(|| self.why()).flatten()
    }

    /// Why one run tells no interval where it makes the difference, if anything is planned.
    pub fn why(&self) -> Option<String> {
        match self.course {
            Some(course) => Some(format!("{course}, and so it is in every run: {MORE_RUNS}")),
            None if self.stretches.is_empty() => None,
            None => Some(format!(
                "most of what differs is due to {}, which is the same in every run: {MORE_RUNS}",
                self.kinds.join(" and ")
            )),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.stretches.is_empty() && self.course.is_none()
    }
}

/// Something planned, while it was in force.
struct Stretch {
    start: Time,
    end: Time,
    kind: &'static str,
}

fn happened(scenario: &Scenario, results: &RunResults) -> Vec<Stretch> {
    let given: Vec<Time> = scenario
        .timeline
        .iter()
        .filter_map(|happening| match &happening.what {
            What::Fault(fault) => Some(fault.at),
            _ => None,
        })
        .collect();
    let kind = |incident: &Incident| match incident.planned {
        true => Some("maintenance"),
        false if incident.by_chance => None,
        // What died at a given time, and was given up, did so by plan.
        false if given.contains(&incident.start) => Some("a fault at a given time"),
        false if scenario.faults.is_empty() && !given.is_empty() => Some("a fault at a given time"),
        false => None,
    };
    let ended_at = results.ended_at;
    let incidents = results.incidents.iter().filter_map(|incident| {
        let kind = kind(incident).filter(|_| incident.times == 1)?;
        Some(Stretch { start: incident.start, end: incident.end.unwrap_or(ended_at), kind })
    });
    let surges = surges(scenario, ended_at);
    let surges = surges.iter().filter(|surge| surge.times == 1).map(|surge| Stretch {
        start: surge.start,
        end: surge.end.unwrap_or(ended_at),
        kind: "a surge",
    });
    incidents.chain(surges).collect()
}

/// When all is over that it has brought about: outages that began in it, and latencies that are
/// not normal again.
fn aftermath(results: &RunResults, normality: &Normality, stretch: &Stretch) -> Time {
    let mut end = stretch.end;
    for outage in &results.outages {
        if (stretch.start..=end).contains(&outage.start) {
            end = end.max(outage.end);
        }
    }
    normality.normal_again(end).unwrap_or(results.ended_at)
}

/// Those that overlap or touch as one.
fn merged(mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    ranges.sort_by_key(|range| range.start);
    let mut merged: Vec<Range<usize>> = Vec::new();
    for range in ranges {
        match merged.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => merged.push(range),
        }
    }
    merged
}

/// Whether arrivals follow the clock, in rounds of which the run has too few for each of its
/// stretches to have some.
fn course(scenario: &Scenario, length: Time) -> Option<&'static str> {
    let follows = |arrivals: &Arrivals| match arrivals {
        Arrivals::Replay(_) => Some("arrivals are those of a recording"),
        Arrivals::Rate(profile) => {
            let rounds = profile.round().map_or(0, |round| length / round.max(1));
            (rounds < FEWEST_BATCHES as u64).then_some("arrivals follow the clock")
        }
        _ => None,
    };
    scenario.nodes.iter().find_map(|node| match &node.kind {
        NodeKind::User(user) => match &user.arrivals {
            Arrivals::Surged(surged) => follows(&surged.base),
            arrivals => follows(arrivals),
        },
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use crate::analysis::summarise::summarise;
    use crate::analysis::summary::{Estimate, Summary};
    use crate::engine::trial;
    use crate::plan::compile;
    use crate::scenario::load::load_text;

    fn simulated(arrivals: &str, more: &str) -> Summary {
        let text = format!(
            "
run: {{ duration: 40m, warmup: 0s, bucket: 10s }}
nodes:
  visitors: {{ kind: user, arrivals: {arrivals}, timeout: 2s }}
  s: {{ kind: station, servers: 1 }}
  spare: {{ kind: station, servers: 1 }}
requests: {{ page: {{ path: [ s: exp(20ms) ] }}, other: {{ path: [ spare: exp(20ms) ] }} }}
{more}"
        );
        let loaded = load_text("site.yaml", &text, &[]);
        let scenario = loaded.scenario.unwrap_or_else(|| panic!("{:?}", loaded.problems));
        summarise(&scenario, 1, &trial::run(&compile(&scenario)))
    }

    fn is_planned(estimate: &Estimate, kind: &str) -> bool {
        assert!(estimate.value.is_some(), "{estimate:?}");
        let why = estimate.why_no_interval.as_deref().unwrap_or_default();
        why.contains(kind) && why.ends_with("--replications 10") && estimate.half_width.is_none()
    }

    #[test]
    fn a_surge_makes_no_interval_of_means_quantiles_shares_and_waits() {
        let calm = simulated("40/s", "");
        let surge = simulated("40/s", "timeline: [ { at: 10m, surge: 3x, on: page, hold: 2m } ]\n");
        let page = |summary: &Summary| summary.classes[0].clone();
        assert!(page(&calm).mean_ms.half_width.is_some() && page(&calm).p90_ms.half_width.is_some());
        let (told, node) = (page(&surge), &surge.nodes[1]);
        for figure in [&told.mean_ms, &told.p90_ms, &told.p99_ms, &told.good_share, &node.wait_mean_ms] {
            assert!(is_planned(figure, "a surge"), "{figure:?}");
        }
        // What does not feel it keeps its interval.
        let other = &surge.classes[1];
        assert!(other.mean_ms.half_width.is_some() && other.p90_ms.half_width.is_some(), "{other:?}");
        assert!(surge.notices.iter().any(|notice| notice.about == "planned"), "{:?}", surge.notices);
    }

    #[test]
    fn maintenance_without_effect_and_rounds_that_are_in_every_batch_leave_intervals_as_they_are() {
        let harmless = simulated("40/s", "timeline: [ { at: 10m, surge: 1.01x, hold: 2m } ]\n");
        assert!(harmless.classes[0].mean_ms.half_width.is_some(), "{:?}", harmless.classes[0]);
        let often = simulated("40/s", "timeline: [ { at: 0m, surge: 2x, hold: 20s, every: 1m } ]\n");
        assert!(often.classes[0].mean_ms.half_width.is_some(), "{:?}", often.classes[0]);
    }

    #[test]
    fn arrivals_that_follow_the_clock_are_the_same_in_every_run() {
        let wave =
            |period: &str| format!("{{ sinusoidal: {{ mean: 40/s, amplitude: 90%, period: {period} }} }}");
        let slow = simulated(&wave("30m"), "");
        assert!(is_planned(&slow.classes[0].mean_ms, "follow the clock"), "{:?}", slow.classes[0]);
        // All were good, whatever the clock said.
        assert!(slow.classes[0].good_share.half_width.is_some(), "{:?}", slow.classes[0].good_share);
        let quick = simulated(&wave("1m"), "");
        assert!(quick.classes[0].mean_ms.half_width.is_some(), "{:?}", quick.classes[0]);
    }
}
