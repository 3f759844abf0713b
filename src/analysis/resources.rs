//! How full everything was that there is only so much of: all in one list, with one set of figures.

use super::estimate::ratio;
use super::shown::Shown;
use super::window::Window;
use crate::kernel::time::{SECOND, Time};
use crate::parts::resource::{ResourceKind, Way};
use crate::results::RunResults;
use crate::results::resource::ResourceBucket;
use crate::scenario::model::Scenario;
use crate::scenario::resources::{Resource, name, owner, unit};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::ops::Range;

pub use super::measured::{Measured, Usage, measured, memory_needed};

const NANOSECOND_MS: f64 = 1e-6;

/// One resource, all its places together, after the warm-up.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ResourceSummary {
    /// `the workers of gunicorn`, `the link visitors -> server (answers)`
    #[serde(default)]
    pub name: String,
    pub kind: ResourceKind,
    /// A node, `visitors -> server` of a link, `app -> db` of what a caller keeps.
    #[serde(default)]
    pub owner: String,
    /// Of a link: whether calls or answers go this way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub way: Option<Way>,
    /// What one of it is called.
    #[serde(default)]
    pub unit: Cow<'static, str>,
    #[serde(default)]
    pub places: usize,
    /// Of each place.
    #[serde(default)]
    pub capacity: f64,
    /// Of all places together, over all the time.
    #[serde(default)]
    pub in_use_mean: f64,
    /// Of what there was of it while its owners were up; of replicas that come and go, those that ran.
    pub utilisation: Option<f64>,
    /// The fullest place's, over all the time and in its fullest bucket.
    pub utilisation_max: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fullest: Option<FullestBucket>,
    /// The share of the time up during which all of a place was in use, on average.
    #[serde(default)]
    pub full_share: f64,
    #[serde(default)]
    pub waiting_mean: f64,
    #[serde(default)]
    pub waiting_max: u32,
    /// Those who got it, whether they had to wait or not; not counted of cores, lines and memory.
    pub taken: Option<u64>,
    pub waited_share: Option<f64>,
    pub wait_mean_ms: Option<f64>,
    pub wait_p99_ms: Option<f64>,
    /// Those who left the line without it, and how long they had waited.
    pub left: Option<u64>,
    pub left_wait_mean_ms: Option<f64>,
    /// Those who got neither it nor a place in line; of memory, the processes that were killed.
    pub turned_away: Option<u64>,
}

/// The time bucket in which a place was fullest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct FullestBucket {
    pub from_s: f64,
    pub length_s: f64,
    pub utilisation: f64,
}

pub fn summarise_resources(
    scenario: &Scenario,
    results: &RunResults,
    window: &Window,
) -> Vec<ResourceSummary> {
    measured(scenario, results).iter().map(|one| summary(scenario, one, results, window)).collect()
}

fn summary(
    scenario: &Scenario,
    measured: &Measured,
    results: &RunResults,
    window: &Window,
) -> ResourceSummary {
    let Resource { kind, owner: whose, capacity, .. } = measured.resource;
    let edges = &results.bucket_edges;
    let total = measured.total(window.buckets.clone(), edges);
    let counts = total.counts;
    let since_given = measured.total(results.first_counted_bucket..window.buckets.end, edges).counts;
    let time = (window.end - window.start) as f64;
    let mean_ms = |sum: u128, number: u64| ratio(sum as f64 * NANOSECOND_MS, number as f64);
    let takers = counts_takers(kind).then_some(counts);
    ResourceSummary {
        name: name(scenario, kind, whose),
        kind,
        owner: owner(scenario, whose),
        way: whose.way(),
        unit: unit(scenario, kind, whose).into(),
        places: measured.places(),
        capacity,
        in_use_mean: ratio(total.in_use, time).unwrap_or(0.0),
        utilisation: total.share(),
        utilisation_max: measured.share_most(window.buckets.clone(), edges),
        fullest: fullest(measured, window.buckets.clone(), edges),
        full_share: total.full_share(),
        waiting_mean: ratio(counts.waiting as f64, time).unwrap_or(0.0),
        waiting_max: counts.waiting_max,
        taken: takers.map(|counts| counts.taken),
        waited_share: takers.and_then(|counts| ratio(counts.waited as f64, counts.taken as f64)),
        wait_mean_ms: takers.and_then(|counts| mean_ms(counts.waited_time, counts.taken)),
        wait_p99_ms: takers.and_then(|_| measured.wait_quantile_ms(since_given.taken, 0.99)),
        left: takers.map(|counts| counts.left),
        left_wait_mean_ms: takers.and_then(|counts| mean_ms(counts.left_time, counts.left)),
        turned_away: (kind != ResourceKind::Cores).then_some(counts.turned_away),
    }
}

/// Whether it is known who gets it: nobody takes a core, or a place in line, for its own sake.
pub fn counts_takers(kind: ResourceKind) -> bool {
    !matches!(kind, ResourceKind::Cores | ResourceKind::Backlog | ResourceKind::Memory)
}

/// A bucket shorter than this part of the longest is a rest, which a single request may fill.
const BUCKET_LEAST: u64 = 4;

/// Where the fullest place is fullest; the first of several such buckets.
pub fn fullest(measured: &Measured, buckets: Range<usize>, edges: &[Time]) -> Option<FullestBucket> {
    let length_of = |bucket: usize| edges[bucket + 1] - edges[bucket];
    let longest = buckets.clone().map(length_of).max().unwrap_or(0);
    let mut found: Option<FullestBucket> = None;
    for bucket in buckets.filter(|&bucket| length_of(bucket) >= longest / BUCKET_LEAST) {
        let length = length_of(bucket);
        let Some((share, _)) = measured.fullest_place(bucket, length) else { continue };
        if found.is_none_or(|fullest| share > fullest.utilisation) {
            found = Some(FullestBucket {
                // Divided, so that whole seconds stay whole.
                from_s: edges[bucket] as f64 / SECOND as f64,
                length_s: length as f64 / SECOND as f64,
                utilisation: share,
            });
        }
    }
    found
}

/// A resource in one time bucket, as it stands in tables.
#[derive(Clone, Copy, Debug)]
pub struct ResourceMoment {
    pub utilisation: Option<f64>,
    /// The fullest place's.
    pub utilisation_max: Option<f64>,
    pub full_share: f64,
    pub waiting_mean: f64,
    /// Of those who got it in this bucket, whether they had to wait or not.
    pub wait_mean_ms: Option<f64>,
    pub counts: ResourceBucket,
}

pub fn moment(measured: &Measured, stretch: &Shown) -> ResourceMoment {
    let (sum, length) = (measured.of_stretch(stretch), stretch.length());
    ResourceMoment {
        utilisation: sum.share(),
        utilisation_max: measured.fullest_place(stretch.buckets.start, length).map(|(share, _)| share),
        full_share: sum.full_share(),
        waiting_mean: ratio(sum.counts.waiting as f64, length as f64).unwrap_or(0.0),
        wait_mean_ms: ratio(sum.counts.waited_time as f64 * NANOSECOND_MS, sum.counts.taken as f64),
        counts: sum.counts,
    }
}
