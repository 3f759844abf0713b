//! How much of a resource the load would take if there were enough of it, where that can be reckoned.

use crate::analysis::window::Window;
use crate::kernel::time::{SECOND, Time, to_seconds};
use crate::parts::outcome::Outcome;
use crate::parts::resource::{Owner, ResourceKind, Way};
use crate::results::RunResults;
use crate::scenario::load_estimate::{NodeLoad, UserRates, estimate_for};
use crate::scenario::model::{Flow, NodeId, Scenario, Stage};
use crate::scenario::resources::Resource;
use petgraph::graph::NodeIndex;

/// A peak lasts as long as this at least: what comes within a second is chance.
const PEAK: Time = 10 * SECOND;

/// Of what is to be enough, so much may be in use: beyond, waits grow long.
pub const IN_USE_MOST: f64 = 0.8;

/// Requests per second of each class, and answers with success of all, late ones included, each where
/// there were most.
pub fn peak_rates(results: &RunResults, window: &Window) -> (Vec<f64>, f64) {
    let edges = &results.bucket_edges;
    let peak = |count: &dyn Fn(usize) -> u64| {
        let mut most = 0.0_f64;
        let (mut first, mut sum) = (window.buckets.start, 0);
        for bucket in window.buckets.clone() {
            sum += count(bucket);
            let length = edges[bucket + 1] - edges[first];
            if length < PEAK && bucket + 1 < window.buckets.end {
                continue;
            }
            most = most.max(sum as f64 / to_seconds(length));
            // The next stretch begins a bucket later.
            while first <= bucket && edges[bucket + 1] - edges[first] >= PEAK {
                sum -= count(first);
                first += 1;
            }
        }
        most
    };
    let of_classes = results.classes.iter().map(|class| peak(&|bucket| class.buckets[bucket].offered));
    let ok = |bucket: usize| results.classes.iter().map(|class| class.buckets[bucket].outcomes[Outcome::Ok as usize]).sum();
    (of_classes.collect(), peak(&ok))
}

/// How much of each place would be in use on average at these rates of the classes. It knows no
/// retries; nothing where it cannot be reckoned.
pub fn demand(scenario: &Scenario, resource: &Resource, class_rates: &[f64]) -> Option<f64> {
    match (resource.kind, resource.owner) {
        (ResourceKind::Cores, Owner::Node(node)) => {
            let load = load_of(scenario, node, class_rates);
            Some(load.core_utilisation.or(load.slot_utilisation)? * resource.capacity)
        }
        (ResourceKind::Slots, Owner::Node(node)) => {
            Some(load_of(scenario, node, class_rates).slot_utilisation? * resource.capacity)
        }
        (ResourceKind::Bandwidth, Owner::Link { link, way }) => {
            Some(bytes_of_users(scenario, link as usize, way, class_rates)).filter(|bytes| *bytes > 0.0)
        }
        _ => None,
    }
}

/// How long a visit holds its slot where nobody waits, in seconds.
pub fn holding_s(scenario: &Scenario, node: usize, class_rates: &[f64]) -> Option<f64> {
    let load = load_of(scenario, node as u32, class_rates);
    let seconds = load.slots_taken / load.visits_per_second;
    (seconds.is_finite() && seconds > 0.0).then_some(seconds)
}

fn load_of(scenario: &Scenario, node: u32, class_rates: &[f64]) -> NodeLoad {
    estimate_for(scenario, class_rates)[node as usize]
}

/// What users' requests and their answers put on a link.
fn bytes_of_users(scenario: &Scenario, link: usize, way: Way, class_rates: &[f64]) -> f64 {
    let shares = UserRates::of(scenario);
    let mut bytes_per_s = 0.0;
    for (class, rate) in scenario.classes.iter().zip(class_rates) {
        let Flow::Calls(stages) = &class.flow else { continue };
        let bytes = if way == Way::Out { class.request_bytes } else { class.response_bytes } as f64;
        let sent: Vec<f64> = class.from.iter().map(|user| share_of(&shares, class, *user)).collect();
        let all: f64 = sent.iter().sum();
        for (user, share) in class.from.iter().zip(sent) {
            for call in stages.iter().flat_map(Stage::calls) {
                let targets = scenario.members_of(call.target);
                let over = targets.iter().filter(|target| link_between(scenario, *user, **target) == Some(link));
                let part = over.count() as f64 / targets.len().max(1) as f64;
                bytes_per_s += rate * share / all * part * call.chance * call.times.mean() * bytes;
            }
        }
    }
    bytes_per_s
}

/// Of those who send a class, how much each does; all alike where nobody knows.
fn share_of(
    rates: &Option<UserRates>,
    class: &crate::scenario::model::RequestClass,
    user: NodeId,
) -> f64 {
    rates.as_ref().map_or(1.0, |rates| rates.of_class(class, user)).max(f64::MIN_POSITIVE)
}

fn link_between(scenario: &Scenario, from: NodeId, to: NodeId) -> Option<usize> {
    let ends = [from, to].map(|node| NodeIndex::new(node.0 as usize));
    let edge = scenario.graph.find_edge(ends[0], ends[1])?;
    scenario.graph[edge]
}
