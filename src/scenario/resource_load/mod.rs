//! How much of everything that there is only so much of the load takes, reckoned before any run.
//!
//! It knows mean rates, mean times, and what is held how long. It knows no queues, faults, timeouts,
//! retries or hedges: what it shows is what has to be served if all goes well and nobody waits, and so
//! whether that is possible at all, and what is full first.

mod caching;
mod circumstances;
mod connecting;
mod contacts;
mod crowd;
mod demand;
mod following;
mod headroom;
mod leaving;
mod members;
mod moments;
mod places;
mod race;
mod reckoning;
#[cfg(test)]
mod tests;

use super::load_estimate::Sent;
use super::model::{NodeId, Scenario};
use super::resources::Resource;
use crate::parts::resource::{Owner, ResourceKind};
use caching::ObjectCache;
use circumstances::{Circumstances, depend_on_load};

/// One of `resources`, and how much of it is in use.
#[derive(Clone, Debug)]
pub struct ResourceLoad {
    pub resource: Resource,
    pub expected: Result<Expected, Unknown>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Expected {
    /// The share in use of all its places together.
    pub share: f64,
    /// The same of the fullest: of the host that carries most, the client that comes most often.
    pub fullest: f64,
    /// What of that is in use without any requests.
    pub idle: f64,
    /// The requests per second, of all users in the same proportions, at which the fullest is full;
    /// `None` if no load fills it.
    pub full_at_per_s: Option<f64>,
}

/// Why nothing can be said of how full it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unknown {
    /// Who stands in line is a matter of chance until all slots are taken.
    Line,
    /// Something takes a time that has no mean.
    WithoutMean,
}

impl Unknown {
    pub fn reason(self) -> &'static str {
        match self {
            Unknown::Line => "it is empty but for chance until all slots are taken, and then it fills up",
            Unknown::WithoutMean => "some of the work has no mean",
        }
    }
}

impl ResourceLoad {
    /// The share in use, of its fullest place; `None` if it is not known.
    pub fn fullest(&self) -> Option<f64> {
        self.expected.as_ref().ok().map(|expected| expected.fullest)
    }
}

/// What is in use of each of `resources`, in their order, if users send so much.
pub fn estimate(scenario: &Scenario, sent: &Sent) -> Vec<ResourceLoad> {
    let caches = caches(scenario);
    let mut loads = loads(scenario, sent, &Circumstances::with(scenario, sent, &caches));
    let rate_per_s = sent.in_all();
    if depend_on_load(scenario, &caches) {
        let try_at = |factor: f64| {
            let more = sent.times(factor);
            let circumstances = Circumstances::with(scenario, &more, &caches);
            loads_of(scenario, &more, &circumstances)
        };
        headroom::by_trying(&mut loads, rate_per_s, try_at);
    } else {
        headroom::in_proportion(&mut loads, rate_per_s);
    }
    loads
}

/// The same without at which load each is full.
pub fn in_use(scenario: &Scenario, sent: &Sent) -> Vec<ResourceLoad> {
    loads(scenario, sent, &Circumstances::of(scenario, sent))
}

/// How full one request a second of each class would make each of them, beside what is in use anyhow,
/// under the circumstances of the usual load.
pub fn by_class(scenario: &Scenario, usual: &Sent) -> Vec<Vec<f64>> {
    let circumstances = Circumstances::of(scenario, usual);
    let of_class = |class: usize| {
        let loads = loads(scenario, &usual.one_a_second(scenario, class), &circumstances);
        let grows = |load: &ResourceLoad| load.expected.as_ref().map_or(0.0, |it| it.fullest - it.idle);
        loads.iter().map(grows).collect()
    };
    (0..scenario.classes.len()).map(of_class).collect()
}

/// What is full first as the load grows, if anything ever is.
pub fn first_full(loads: &[ResourceLoad]) -> Option<&ResourceLoad> {
    let at = |load: &&ResourceLoad| load.expected.as_ref().ok()?.full_at_per_s;
    let known = loads.iter().filter(|load| at(load).is_some());
    known.min_by(|a, b| at(a).unwrap_or(f64::MAX).total_cmp(&at(b).unwrap_or(f64::MAX)))
}

/// Of each node, the share of its visits that call on: of a cache those that miss.
pub fn calling_shares(scenario: &Scenario, sent: &Sent) -> Vec<f64> {
    let circumstances = Circumstances::of(scenario, sent);
    (0..scenario.nodes.len()).map(|number| circumstances.misses(NodeId(number as u32))).collect()
}

/// How long a visit holds its slot on average where nobody waits; `None` if nobody comes.
pub fn holding_seconds(scenario: &Scenario, sent: &Sent, node: NodeId) -> Option<f64> {
    let demand = following::demand(scenario, sent, &Circumstances::of(scenario, sent));
    let asked = &demand.nodes[node.0 as usize];
    let visits = asked.visits.in_all();
    (visits > 0.0).then(|| asked.slots.in_all() / visits)
}

/// The links of which one way is full to such a share: `visitors -> server`.
#[cfg(any(test, feature = "inside"))]
pub fn full_links(scenario: &Scenario, share: f64) -> Vec<String> {
    let Some(sent) = Sent::usual(scenario) else { return Vec::new() };
    let mut links: Vec<u32> = in_use(scenario, &sent)
        .iter()
        .filter(|load| load.fullest().is_some_and(|fullest| fullest >= share))
        .filter_map(|load| match load.resource.owner {
            Owner::Link { link, .. } => Some(link),
            _ => None,
        })
        .collect();
    links.dedup();
    let name = |id: NodeId| &scenario.nodes[id.0 as usize].name;
    let ends = links.iter().map(|&link| &scenario.links[link as usize]);
    ends.map(|link| format!("{} -> {}", name(link.from), name(link.to))).collect()
}

/// The load of one of a node's own resources.
pub fn of_node(loads: &[ResourceLoad], kind: ResourceKind, node: NodeId) -> Option<&Expected> {
    let is_it =
        |load: &&ResourceLoad| (load.resource.kind, load.resource.owner) == (kind, Owner::Node(node.0));
    loads.iter().find(is_it)?.expected.as_ref().ok()
}

fn caches(scenario: &Scenario) -> Vec<Option<ObjectCache>> {
    scenario.nodes.iter().map(ObjectCache::of).collect()
}

fn loads(scenario: &Scenario, sent: &Sent, circumstances: &Circumstances) -> Vec<ResourceLoad> {
    places::loads(scenario, &following::demand(scenario, sent, circumstances))
}

fn loads_of(scenario: &Scenario, sent: &Sent, circumstances: &Circumstances) -> Vec<Option<f64>> {
    loads(scenario, sent, circumstances).iter().map(ResourceLoad::fullest).collect()
}
