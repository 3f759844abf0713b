//! Who stands on whom and who calls whom, with what passed between them in a run.

use super::fullness::{Fullest, Fullness};
use super::nodes::{each_node, total};
use super::window::Window;
use crate::nodes::NodeKind;
use crate::results::RunResults;
use crate::scenario::load_estimate::{UserRates, expected_visits};
use crate::scenario::model::{Call, Flow, NodeId, RequestClass, Scenario, Stage, Target};
use crate::scenario::resources::of_work;
use crate::structure::{NamedPoint, named_single_points};
use petgraph::visit::EdgeRef;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// Of more pairs of caller and called, those with the most calls are kept.
const CALLS_MOST: usize = 20_000;

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Topology {
    pub nodes: Vec<TopologyNode>,
    pub calls: Vec<TopologyCalls>,
    /// Everything whose failure alone fails requests until it is repaired, as `spof analyze` has it.
    pub single_points: Vec<TopologySinglePoint>,
    /// Pairs of caller and called that are not listed, since there are too many.
    pub calls_left_out: usize,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct TopologyNode {
    pub name: String,
    pub kind: Cow<'static, str>,
    pub replicas: u32,
    /// The host that it stands on; of a host its zone, as `zone north`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on: Option<String>,
    /// Slots or cores of one replica, if they are limited.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub capacity: Option<f64>,
    /// Of the fullest that it has itself: the share in use over all the time up, and where it was
    /// fullest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub utilisation: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fullest: Option<Fullest>,
    /// The classes of which requests fail when one replica of this node alone is down.
    pub single_point_of: Vec<String>,
    /// How many stand by, of which one takes the place of what breaks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub standbys: Option<u32>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct TopologySinglePoint {
    pub component: String,
    /// The kind of the node, `fault`, `zone` or `certificate`.
    pub kind: Cow<'static, str>,
    /// Of which requests fail.
    pub classes: Vec<String>,
}

/// Calls from one node to another.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct TopologyCalls {
    pub from: String,
    pub to: String,
    /// All calls that came in were counted; which caller they came from is reckoned from the
    /// scenario.
    pub calls_per_s: f64,
    /// One way, of the link between them; none if the scenario has no link there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub latency_mean_ms: Option<f64>,
    /// The same of what lies between them: a link with a bandwidth, what the caller keeps for these
    /// calls.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub utilisation: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fullest: Option<Fullest>,
}

pub fn topology(scenario: &Scenario, results: &RunResults) -> Topology {
    let name = |node: NodeId| scenario.nodes[node.0 as usize].name.clone();
    let window = Window::of(scenario, results);
    let fullness = Fullness::of(scenario, results, &window);
    let single_points = named_single_points(scenario);
    let standbys: BTreeMap<NodeId, u32> =
        scenario.standbys.iter().map(|standby| (standby.node, standby.spares)).collect();
    let classes_named = |classes: &mut dyn Iterator<Item = usize>| -> Vec<String> {
        classes.map(|class| scenario.classes[class].name.clone()).collect()
    };
    let lost = classes_lost(&single_points);
    let nodes = (0..).map(NodeId).zip(&scenario.nodes).map(|(id, node)| TopologyNode {
        name: node.name.clone(),
        kind: node.kind.name().into(),
        replicas: node.replicas,
        on: node.on.map(name).or_else(|| zone_of(&node.kind)),
        capacity: of_work(id.0, node).map(|work| work.capacity),
        utilisation: fullness.of_node(id).and_then(|(mean, _)| mean),
        fullest: fullness.of_node(id).map(|(_, fullest)| fullest),
        single_point_of: classes_named(&mut lost.get(&id).into_iter().flatten().copied()),
        standbys: standbys.get(&id).copied(),
    });
    let latencies = latencies(scenario);
    let mut calls: Vec<((NodeId, NodeId), f64)> =
        calls_per_second(scenario, results, &window).into_iter().collect();
    let calls_left_out = calls.len().saturating_sub(CALLS_MOST);
    if calls_left_out > 0 {
        // The sort keeps the order of those that are equal.
        calls.sort_by(|a, b| b.1.total_cmp(&a.1));
        calls.truncate(CALLS_MOST);
        calls.sort_by_key(|(pair, _)| *pair);
    }
    let calls = calls.into_iter().map(|(pair, calls_per_s)| TopologyCalls {
        from: name(pair.0),
        to: name(pair.1),
        calls_per_s,
        latency_mean_ms: latencies.get(&pair).copied(),
        utilisation: fullness.between(pair).and_then(|(mean, _)| mean),
        fullest: fullness.between(pair).map(|(_, fullest)| fullest),
    });
    let told = single_points.iter().map(|point| TopologySinglePoint {
        component: point.component.clone(),
        kind: point.kind.into(),
        classes: classes_named(&mut point.classes.iter().copied()),
    });
    let single_points = told.collect();
    Topology { nodes: nodes.collect(), calls: calls.collect(), single_points, calls_left_out }
}

/// As the ledger calls it where it is a single point of failure.
fn zone_of(kind: &NodeKind) -> Option<String> {
    match kind {
        NodeKind::Server(server) => server.zone.as_ref().map(|zone| format!("zone {zone}")),
        _ => None,
    }
}

/// By node, whichever of its replicas it is.
fn classes_lost(points: &[NamedPoint]) -> BTreeMap<NodeId, BTreeSet<usize>> {
    let mut lost: BTreeMap<NodeId, BTreeSet<usize>> = BTreeMap::new();
    for point in points {
        if let Some(node) = point.node {
            lost.entry(node).or_default().extend(&point.classes);
        }
    }
    lost
}

/// All pairs of caller and called, users and their resolvers included.
pub fn pairs(scenario: &Scenario) -> Vec<(NodeId, NodeId)> {
    let id = |index: usize| NodeId(index as u32);
    let edges = scenario.graph.edge_references();
    let mut pairs: Vec<(NodeId, NodeId)> =
        edges.map(|edge| (id(edge.source().index()), id(edge.target().index()))).collect();
    let users: BTreeSet<NodeId> = scenario.classes.iter().flat_map(|class| class.from.clone()).collect();
    pairs.extend(users.into_iter().filter_map(|user| Some((user, scenario.resolver_of(user)?))));
    pairs
}

fn latencies(scenario: &Scenario) -> BTreeMap<(NodeId, NodeId), f64> {
    let id = |index: usize| NodeId(index as u32);
    let edges = scenario.graph.edge_references();
    edges
        .filter_map(|edge| {
            let mean_s = scenario.links[(*edge.weight())?].latency.mean();
            mean_s.is_finite().then(|| ((id(edge.source().index()), id(edge.target().index())), mean_s * 1e3))
        })
        .collect()
}

/// Reckoned from the classes' rates and paths, then made to agree with the visits that each
/// node has counted: retries, misses of caches and what went wrong are in those.
fn calls_per_second(
    scenario: &Scenario,
    results: &RunResults,
    window: &Window,
) -> BTreeMap<(NodeId, NodeId), f64> {
    let mut flows = Flows { scenario, calls: BTreeMap::new() };
    let rates = UserRates::of(scenario);
    for (class, record) in scenario.classes.iter().zip(&results.classes) {
        let offered: u64 = record.buckets[window.buckets.clone()].iter().map(|bucket| bucket.offered).sum();
        let users = senders(class, rates.as_ref(), offered as f64);
        match &class.flow {
            Flow::Calls(stages) => flows.stages(&users, stages, 1.0),
            Flow::Walk(walk) => flows.walk(&users, walk),
        }
        for &(user, requests) in &users {
            if let Some(resolver) = scenario.resolver_of(user) {
                *flows.calls.entry((user, resolver)).or_default() += requests;
            }
        }
    }
    let mut calls = flows.calls;
    // A backup is called only while the others are out, and then by all that would call it alike.
    let reckoned = sums(&calls, scenario.nodes.len());
    let for_backups = calls.iter_mut().filter(|((_, to), _)| reckoned[to.0 as usize] == 0.0);
    for_backups.for_each(|(_, calls)| *calls = 1.0);
    let reckoned = sums(&calls, scenario.nodes.len());
    let counted: Vec<u64> = each_node(scenario)
        .map(|(_, _, replicas)| total(&results.nodes[replicas], window.buckets.clone()).visits)
        .collect();
    let seconds = window.length_s();
    for ((_, to), calls) in &mut calls {
        let place = to.0 as usize;
        let usable = reckoned[place] > 0.0 && seconds > 0.0;
        *calls = if usable { *calls / reckoned[place] * counted[place] as f64 / seconds } else { 0.0 };
    }
    calls
}

/// All calls to each node.
fn sums(calls: &BTreeMap<(NodeId, NodeId), f64>, nodes: usize) -> Vec<f64> {
    let mut sums = vec![0.0; nodes];
    for (&(_, to), calls) in calls {
        sums[to.0 as usize] += calls;
    }
    sums
}

/// The users of a class, each with its part of the requests.
fn senders(class: &RequestClass, rates: Option<&UserRates>, requests: f64) -> Vec<(NodeId, f64)> {
    let weight = |user: NodeId| rates.map_or(1.0, |rates| rates.of_class(class, user));
    let sum: f64 = class.from.iter().map(|&user| weight(user)).sum();
    let part = |user: NodeId| if sum > 0.0 { requests * weight(user) / sum } else { 0.0 };
    class.from.iter().map(|&user| (user, part(user))).collect()
}

struct Flows<'a> {
    scenario: &'a Scenario,
    calls: BTreeMap<(NodeId, NodeId), f64>,
}

impl Flows<'_> {
    /// Each member of a target, with the share of the calls that it gets.
    fn members(&self, target: Target) -> Vec<(NodeId, f64)> {
        match target {
            Target::Node(id) => vec![(id, 1.0)],
            Target::Group(group) => {
                let members = &self.scenario.groups[group as usize].members;
                let weight = |node: NodeId, weight: u32, backup: bool| match backup {
                    true => 0.0,
                    false => f64::from(weight) * f64::from(self.scenario.nodes[node.0 as usize].replicas),
                };
                let weights: Vec<(NodeId, f64)> = members
                    .iter()
                    .map(|member| (member.node, weight(member.node, member.weight, member.backup)))
                    .collect();
                let sum: f64 = weights.iter().map(|(_, weight)| weight).sum();
                weights
                    .into_iter()
                    .map(|(node, weight)| (node, if sum > 0.0 { weight / sum } else { 0.0 }))
                    .collect()
            }
        }
    }

    /// Returns who was called, how often.
    fn join(&mut self, callers: &[(NodeId, f64)], target: Target, factor: f64) -> Vec<(NodeId, f64)> {
        let called = self.members(target);
        let mut all = 0.0;
        for &(caller, visits) in callers {
            all += visits * factor;
            for &(to, share) in &called {
                *self.calls.entry((caller, to)).or_default() += visits * factor * share;
            }
        }
        called.into_iter().map(|(to, share)| (to, all * share)).collect()
    }

    fn stages(&mut self, callers: &[(NodeId, f64)], stages: &[Stage], factor: f64) {
        for stage in stages {
            match stage {
                Stage::Call(call) => self.call(callers, call, factor),
                Stage::Parallel(parallel) => {
                    parallel.calls.iter().for_each(|call| self.call(callers, call, factor));
                }
            }
        }
    }

    fn call(&mut self, callers: &[(NodeId, f64)], call: &Call, factor: f64) {
        let called = self.join(callers, call.target, factor * call.chance * call.times.mean());
        self.stages(&called, &call.stages, 1.0);
        if let Some(next) = &call.hand_over {
            self.call(&called, next, 1.0);
        }
    }

    fn walk(&mut self, users: &[(NodeId, f64)], walk: &crate::scenario::model::Walk) {
        let visits = expected_visits(walk);
        let requests: f64 = users.iter().map(|(_, requests)| requests).sum();
        if let Some(start) = walk.stops.first() {
            self.join(users, start.target, 1.0);
        }
        for (stop, visits) in walk.stops.iter().zip(&visits) {
            let from: Vec<(NodeId, f64)> = self
                .members(stop.target)
                .into_iter()
                .map(|(node, share)| (node, requests * visits * share))
                .collect();
            for (next, share) in &stop.next {
                if let Some(next) = next {
                    self.join(&from, walk.stops[*next as usize].target, *share);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::example::{results, scenario};

    #[test]
    fn calls_come_to_the_visits_that_were_counted() {
        let topology = topology(&scenario(), &results());
        let names: Vec<(&str, &str)> =
            topology.calls.iter().map(|calls| (calls.from.as_str(), calls.to.as_str())).collect();
        assert_eq!(names, [("visitors", "app")]);
        // Two replicas with 75 visits in each second.
        assert!((topology.calls[0].calls_per_s - 150.0).abs() < 1e-9);
        let host = &topology.nodes[1];
        assert_eq!((host.capacity, host.single_point_of.len()), (Some(2.0), 2));
        assert_eq!(topology.nodes[2].on.as_deref(), Some("host"));
        assert!(topology.nodes[2].single_point_of.is_empty());
    }
}
