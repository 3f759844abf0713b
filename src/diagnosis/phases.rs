//! The time that counts, cut into phases as users felt them.
//!
//! - **down**: more than a quarter of the requests failed, from the sending of the first that did to
//!   the failure of the last (`engine::watch` finds these request by request); or nobody was
//!   answered at all while at least ten requests came, for at least a second and three times as long
//!   as an answer usually takes.
//! - **maintenance**: the same, while something was worked on as planned.
//! - **failing**: fewer failed than that, and still far more than is tolerable.
//! - **slow**: requests were answered, and far more than is tolerable later than their objective.
//! - **good**: the rest.
//!
//! Tolerable is one in a hundred, or less where the scenario expects more; far more is five times
//! as many, and so many that chance makes as many in less than one of a thousand runs (`scan`).

use super::scan::{self, Counts};
use crate::analysis::classes::histogram;
use crate::analysis::outages::{Outages, is_planned};
use crate::analysis::window::Window;
use crate::kernel::time::{SECOND, Time};
use crate::parts::outcome::Outcome;
use crate::results::incident::Outage;
use crate::results::{ClassBucket, RunResults};
use crate::scenario::model::{Comparison, Metric, Scenario};
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// From good to bad.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PhaseKind {
    #[default]
    Good,
    Slow,
    Failing,
    Maintenance,
    Down,
}

/// The share of requests that may be bad before anybody calls it so.
pub const TOLERABLE: f64 = 0.01;
/// Down is where more than this share of what is asked for fails.
const DOWN_SHARE: f64 = 0.25;
/// It is never less than this, however much a scenario expects.
const TOLERABLE_LEAST: f64 = 1e-4;
/// Nobody is answered while so many come, for so long and for much longer than an answer usually
/// takes: nobody is served.
const SILENT_LEAST: u64 = 10;
const SILENT_SHORTEST: Time = SECOND;
const SILENT_ANSWERS: f64 = 3.0;

/// A phase without what led to it.
#[derive(Clone, Debug, PartialEq)]
pub struct Stretch {
    pub kind: PhaseKind,
    pub start: Time,
    pub end: Time,
    /// As far as it counts, if it is one that was found request by request.
    pub outage: Option<Outage>,
}

/// Requests that ended, and of these those that failed and those that came too late.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ended {
    pub ended: u64,
    pub failed: u64,
    pub late: u64,
}

pub fn counts(bucket: &ClassBucket) -> Ended {
    let ended = bucket.outcomes.iter().sum();
    let ok = bucket.outcomes[Outcome::Ok as usize];
    Ended { ended, failed: ended - ok, late: ok - bucket.good.min(ok) }
}

/// What counts as tolerable in a scenario: one in a hundred, or what its expectations leave.
pub fn tolerable(scenario: &Scenario) -> f64 {
    let left = scenario.expectations.iter().filter_map(|one| match (one.measure.metric, one.comparison) {
        (Metric::Availability, Comparison::AtLeast | Comparison::Greater) => Some(1.0 - one.bound),
        (Metric::Errors, Comparison::AtMost | Comparison::Less) => Some(one.bound),
        _ => None,
    });
    left.fold(TOLERABLE, f64::min).max(TOLERABLE_LEAST)
}

/// How a node was felt by its callers, of whose calls so many failed.
pub fn of_calls(ended: u64, failed: u64) -> PhaseKind {
    match failed.min(ended) as f64 / ended.max(1) as f64 {
        failed if failed > DOWN_SHARE => PhaseKind::Down,
        failed if failed > TOLERABLE => PhaseKind::Failing,
        _ => PhaseKind::Good,
    }
}

/// All phases of a run, in order and without gaps.
pub fn of_run(scenario: &Scenario, results: &RunResults, window: &Window) -> Vec<Stretch> {
    if window.end <= window.start {
        return Vec::new();
    }
    let mut bad = outages(results, window);
    let edges = &results.bucket_edges;
    bad = put_between(bad, silences(results, window), edges);
    let tolerable = tolerable(scenario);
    for (kind, which) in [(PhaseKind::Failing, failed as fn(&Ended) -> u64), (PhaseKind::Slow, late)] {
        let found = scanned(results, window, (kind, which), (tolerable, &bad));
        bad = put_between(bad, found, edges);
    }
    let all = with_good(bad, window);
    without_dead_ends(all, results)
}

/// An outage ends with the last request that failed in it. What is left of that time bucket is no
/// good time if nobody was answered there: it belongs to what lies before it, or else behind it.
fn without_dead_ends(all: Vec<Stretch>, results: &RunResults) -> Vec<Stretch> {
    let mut kept: Vec<Stretch> = Vec::new();
    let mut opened = None;
    for mut stretch in all {
        if is_dead(&stretch, results) {
            match kept.last_mut() {
                Some(before) => before.end = stretch.end,
                None => opened = Some(stretch.start),
            }
            continue;
        }
        if let Some(start) = opened.take() {
            stretch.start = start;
        }
        kept.push(stretch);
    }
    kept
}

fn is_dead(stretch: &Stretch, results: &RunResults) -> bool {
    let edges = &results.bucket_edges;
    let bucket = edges.partition_point(|&edge| edge <= stretch.start).saturating_sub(1);
    let is_within = edges.get(bucket + 1).is_some_and(|&edge| stretch.end <= edge);
    let is_whole = edges[bucket] == stretch.start && edges.get(bucket + 1) == Some(&stretch.end);
    if stretch.kind != PhaseKind::Good || !is_within || is_whole {
        return false;
    }
    let of_classes = results.classes.iter().map(|class| counts(&class.buckets[bucket]));
    let sum = of_classes.fold((0, 0), |sum, one| (sum.0 + one.ended, sum.1 + one.failed));
    sum.0 > 0 && sum.0 == sum.1
}

fn failed(ended: &Ended) -> u64 {
    ended.failed
}

fn late(ended: &Ended) -> u64 {
    ended.late
}

/// Outages as far as they count; those that overlap are one.
fn outages(results: &RunResults, window: &Window) -> Vec<Stretch> {
    let mut found: Vec<Stretch> = Vec::new();
    for outage in Outages::of(results, window).listed {
        let (start, end) = (outage.start, outage.end);
        if start >= end {
            continue;
        }
        let kind = if is_planned(results, outage.cause) { PhaseKind::Maintenance } else { PhaseKind::Down };
        match found.last_mut() {
            Some(last) if start < last.end => {
                last.end = last.end.max(end);
                last.kind = last.kind.max(kind);
            }
            _ => found.push(Stretch { kind, start, end, outage: Some(outage) }),
        }
    }
    found
}

/// Stretches in which requests came and nobody was answered.
fn silences(results: &RunResults, window: &Window) -> Vec<Stretch> {
    let edges = &results.bucket_edges;
    let usual = results.classes.iter().map(|class| histogram(&[class], window.buckets.clone()));
    let usual = usual.filter(|answers| answers.count() > 0).map(|answers| answers.quantile(0.5));
    let shortest = SILENT_SHORTEST.max((SILENT_ANSWERS * usual.fold(0.0, f64::max)) as Time);
    let mut found = Vec::new();
    let (mut since, mut offered) = (None, 0);
    for bucket in window.buckets.clone().chain([window.buckets.end]) {
        let of_bucket = || results.classes.iter().filter_map(|class| class.buckets.get(bucket));
        let is_within = bucket < window.buckets.end;
        let ended: u64 = of_bucket().map(|bucket| counts(bucket).ended).sum();
        let in_flight: u64 = of_bucket().map(|bucket| bucket.in_flight).sum();
        if is_within && ended == 0 && in_flight > 0 && results.skipped == 0 {
            since.get_or_insert(edges[bucket]);
            offered += of_bucket().map(|bucket| bucket.offered).sum::<u64>();
            continue;
        }
        if let Some(start) = since.take().filter(|_| offered >= SILENT_LEAST) {
            let end = edges[bucket].min(window.end);
            if end - start >= shortest {
                found.push(Stretch { kind: PhaseKind::Down, start, end, outage: None });
            }
        }
        offered = 0;
    }
    found
}

/// Stretches with too many bad requests of one sort, in any class or in all together, outside of
/// those that are known to be bad.
fn scanned(
    results: &RunResults,
    window: &Window,
    (kind, which): (PhaseKind, fn(&Ended) -> u64),
    (tolerable, known): (f64, &[Stretch]),
) -> Vec<Stretch> {
    let edges = &results.bucket_edges;
    let is_known = |bucket: usize| {
        let next = known.partition_point(|stretch| stretch.end <= edges[bucket]);
        known.get(next).is_some_and(|stretch| stretch.start < edges[bucket + 1])
    };
    let buckets: Vec<usize> = window.buckets.clone().collect();
    let series = |of: &dyn Fn(usize) -> Ended| -> Vec<Counts> {
        let one = |&bucket: &usize| match is_known(bucket) {
            true => (0, 0),
            false => {
                let ended = of(bucket);
                (ended.ended, which(&ended))
            }
        };
        buckets.iter().map(one).collect()
    };
    let mut is_bad = vec![false; buckets.len()];
    let mut mark = |found: Vec<Range<usize>>| found.into_iter().for_each(|range| is_bad[range].fill(true));
    for class in &results.classes {
        mark(scan::stretches(&series(&|bucket| counts(&class.buckets[bucket])), tolerable));
    }
    if results.classes.len() > 1 {
        let all = |bucket: usize| {
            let of_classes = results.classes.iter().map(|class| counts(&class.buckets[bucket]));
            of_classes.fold(Ended::default(), |sum, one| Ended {
                ended: sum.ended + one.ended,
                failed: sum.failed + one.failed,
                late: sum.late + one.late,
            })
        };
        mark(scan::stretches(&series(&all), tolerable));
    }
    let mut found: Vec<Stretch> = Vec::new();
    for (place, &bucket) in buckets.iter().enumerate().filter(|(place, _)| is_bad[*place]) {
        let end = edges[bucket + 1].min(window.end);
        match found.last_mut() {
            Some(last) if last.end == edges[bucket] && place > 0 => last.end = end,
            _ => found.push(Stretch { kind, start: edges[bucket].max(window.start), end, outage: None }),
        }
    }
    found.iter_mut().for_each(|stretch| reach_out(stretch, known, edges));
    found
}

/// A bucket that is bad only in part for what is known belongs to what lies beside it as well.
fn reach_out(stretch: &mut Stretch, known: &[Stretch], edges: &[Time]) {
    let before = edges[edges.partition_point(|&edge| edge < stretch.start).saturating_sub(1)];
    let after = edges[edges.partition_point(|&edge| edge <= stretch.end).min(edges.len() - 1)];
    let next = known.partition_point(|other| other.end <= stretch.start);
    if let Some(earlier) = next.checked_sub(1).map(|place| &known[place])
        && earlier.end > before
    {
        stretch.start = earlier.end;
    }
    if let Some(later) = known.get(next)
        && (stretch.end..after).contains(&later.start)
    {
        stretch.end = later.start;
    }
}

/// Puts new stretches among those that are known, as far as there is room between them. What is left
/// of a time bucket beside one that is known tells nothing of its own.
fn put_between(known: Vec<Stretch>, new: Vec<Stretch>, edges: &[Time]) -> Vec<Stretch> {
    let is_room = |start: Time, end: Time| {
        let edge = edges.partition_point(|&edge| edge <= start).clamp(1, edges.len() - 1);
        end - start >= edges[edge] - edges[edge - 1]
    };
    let mut all = known.clone();
    for stretch in new {
        let mut start = stretch.start;
        let first = known.partition_point(|known| known.end <= stretch.start);
        for other in known[first..].iter().take_while(|other| other.start < stretch.end) {
            if start < other.start && is_room(start, other.start) {
                all.push(Stretch { start, end: other.start, ..stretch.clone() });
            }
            start = start.max(other.end);
        }
        if start < stretch.end && (start == stretch.start || is_room(start, stretch.end)) {
            all.push(Stretch { start, ..stretch });
        }
    }
    all.sort_by_key(|stretch| stretch.start);
    all
}

fn with_good(bad: Vec<Stretch>, window: &Window) -> Vec<Stretch> {
    let mut all = Vec::new();
    let mut now = window.start;
    for stretch in bad {
        if stretch.start > now {
            all.push(Stretch { kind: PhaseKind::Good, start: now, end: stretch.start, outage: None });
        }
        now = stretch.end;
        all.push(stretch);
    }
    if now < window.end {
        all.push(Stretch { kind: PhaseKind::Good, start: now, end: window.end, outage: None });
    }
    all
}
