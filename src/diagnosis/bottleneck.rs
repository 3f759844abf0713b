//! What is full first as the load grows, and at which load; or what is full already.

use super::phases::PhaseKind;
use super::{FULL, Phase, Trigger};
use crate::analysis::estimate::ratio;
use crate::analysis::resources::{Measured, Usage};
use crate::analysis::window::Window;
use crate::kernel::time::{Time, to_seconds};
use crate::parts::resource::{Owner, ResourceKind};
use crate::results::RunResults;
use crate::scenario::model::{NodeId, Scenario};
use crate::scenario::resources::{name, owner};
use serde::{Deserialize, Serialize};

/// A first bottleneck further away than this is none.
const TIMES_MOST: f64 = 1_000.0;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Headroom {
    pub first: Bottleneck,
    /// What is full next, once there is more of the first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<Bottleneck>,
    /// Requests per second of all users, in the time that this rests on.
    pub load_per_s: f64,
    /// How long that time was: the phases in which users felt nothing, or all if there are none.
    pub rests_on_s: f64,
    pub trust: Trust,
}

/// How far to trust a headroom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trust {
    /// From how full it is at this load, in proportion.
    Reckoned,
    /// Runs at that load, and a little below, have shown it.
    Confirmed,
    /// It was full in this run.
    Seen,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bottleneck {
    pub name: String,
    pub kind: ResourceKind,
    pub owner: String,
    /// Of the fullest place, while it was up.
    pub utilisation: f64,
    /// At so many times the load it is full; 1 if it is already.
    pub times: f64,
    pub full_at_per_s: f64,
}

pub fn headroom(
    scenario: &Scenario,
    results: &RunResults,
    window: &Window,
    resources: &[Measured],
    phases: &[Phase],
) -> Option<Headroom> {
    let offered = |buckets: &[usize]| -> u64 {
        let of = |bucket: usize| results.classes.iter().map(move |class| class.buckets[bucket].offered);
        buckets.iter().flat_map(|&bucket| of(bucket)).sum()
    };
    let edges = &results.bucket_edges;
    let usual = usual(results, window, phases);
    let time: Time = usual.iter().map(|&bucket| edges[bucket + 1] - edges[bucket]).sum();
    let load_per_s = ratio(offered(&usual) as f64, to_seconds(time))?;
    let mut all: Vec<(usize, Bottleneck)> = Vec::new();
    for (number, measured) in resources.iter().enumerate() {
        let Some(share) = proportional_share(scenario, measured, &usual, edges) else { continue };
        if share <= 1.0 / TIMES_MOST {
            continue;
        }
        let resource = &measured.resource;
        let times = if share >= FULL { 1.0 } else { 1.0 / share };
        all.push((
            number,
            Bottleneck {
                name: name(scenario, resource.kind, resource.owner),
                kind: resource.kind,
                owner: owner(scenario, resource.owner),
                utilisation: share,
                times,
                full_at_per_s: load_per_s * times,
            },
        ));
    }
    all.sort_by(|a, b| b.1.utilisation.total_cmp(&a.1.utilisation));
    let full: Vec<usize> =
        all.iter().filter(|(_, one)| one.times <= 1.0).map(|(number, _)| *number).collect();
    put_first_what_waits_for_nothing(scenario, resources, &full, &mut all);
    let mut in_order = all.into_iter().map(|(_, one)| one);
    let first = in_order.next()?;
    let trust = if first.times <= 1.0 { Trust::Seen } else { Trust::Reckoned };
    let next = in_order.next();
    Some(Headroom { first, next, load_per_s, rests_on_s: to_seconds(time), trust })
}

/// Of several that are full, those first that wait for no other.
fn put_first_what_waits_for_nothing(
    scenario: &Scenario,
    resources: &[Measured],
    full: &[usize],
    all: &mut [(usize, Bottleneck)],
) {
    let known: Vec<_> = full.iter().map(|&number| &resources[number].resource).collect();
    let waits = super::dependence::waits_for_another(scenario, &known);
    let is_waiting = |number: usize| full.iter().zip(&waits).any(|(&known, &waits)| known == number && waits);
    all[..full.len()].sort_by_key(|(number, _)| is_waiting(*number));
}

/// The time buckets of the phases in which users felt nothing and no surge was on; or all.
fn usual(results: &RunResults, window: &Window, phases: &[Phase]) -> Vec<usize> {
    let edges = &results.bucket_edges;
    let is_bad = |bucket: usize| {
        let (from_s, to_s) = (to_seconds(edges[bucket]), to_seconds(edges[bucket + 1]));
        let next = phases.partition_point(|phase| phase.end_s <= from_s);
        let touched = phases[next..].iter().take_while(|phase| phase.start_s < to_s);
        touched.clone().any(|phase| phase.kind != PhaseKind::Good || phase.trigger != Trigger::None)
    };
    let good: Vec<usize> = window.buckets.clone().filter(|&bucket| !is_bad(bucket)).collect();
    if good.is_empty() { window.buckets.clone().collect() } else { good }
}

/// How full the fullest place of a resource was that fills up in proportion to the load.
fn proportional_share(
    scenario: &Scenario,
    measured: &Measured,
    buckets: &[usize],
    edges: &[Time],
) -> Option<f64> {
    let resource = &measured.resource;
    let fixed = match resource.kind {
        // A line is empty until what is behind it is full.
        ResourceKind::Backlog => return None,
        ResourceKind::Memory => memory_of_idle(scenario, resource.owner),
        _ => 0.0,
    };
    let share = |place: usize| {
        let mut sum = Usage::default();
        for &bucket in buckets {
            sum.add(&measured.usage(place, bucket, edges[bucket + 1] - edges[bucket]));
        }
        let fixed = fixed / resource.capacity;
        let share = sum.share()?;
        (fixed < 1.0).then(|| ((share - fixed) / (1.0 - fixed)).max(0.0))
    };
    (0..measured.places()).filter_map(share).reduce(f64::max)
}

fn memory_of_idle(scenario: &Scenario, owner: Owner) -> f64 {
    match owner {
        Owner::Node(host) => crate::analysis::resources::memory_needed(scenario, NodeId(host)),
        _ => 0.0,
    }
}
