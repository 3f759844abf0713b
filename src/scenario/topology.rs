//! Who calls whom over which link, and what can be seen from that.

use super::model::{Call, Flow, Group, Link, Node, NodeId, RequestClass, Scenario, Stage, Target};
use super::warnings::Places;
use super::{addresses, idle, recorded, shortcuts};
use crate::document::value::Span;
use crate::nodes::NodeKind;
use crate::nodes::behaviour::UNLIMITED;
use crate::nodes::dns::Dns;
use crate::nodes::fields::Context;
use petgraph::graph::{DiGraph, NodeIndex};
use rustc_hash::{FxHashMap, FxHashSet};

/// A scenario has at most so many pairs of caller and called.
const EDGES_MAX: usize = 2_000_000;

pub fn graph(
    nodes: &[Node],
    groups: &[Group],
    links: &[Link],
    classes: &[RequestClass],
) -> DiGraph<NodeId, Option<usize>> {
    let mut graph = DiGraph::new();
    for number in 0..nodes.len() {
        graph.add_node(NodeId(number as u32));
    }
    let links: FxHashMap<(NodeId, NodeId), usize> =
        links.iter().enumerate().map(|(index, link)| ((link.from, link.to), index)).collect();
    let mut edges = Edges { groups, pairs: Vec::new(), seen: FxHashSet::default() };
    for class in classes {
        match &class.flow {
            Flow::Calls(stages) => edges.stages(&class.from, stages),
            Flow::Walk(walk) => {
                if let Some(start) = walk.stops.first() {
                    edges.join(&class.from, start.target);
                }
                for stop in &walk.stops {
                    let from = edges.members(stop.target);
                    for next in stop.next.iter().filter_map(|(next, _)| *next) {
                        edges.join(&from, walk.stops[next as usize].target);
                    }
                }
            }
        }
    }
    for (from, to) in edges.pairs {
        let link = link_between(nodes, &links, from, to);
        graph.add_edge(NodeIndex::new(from.0 as usize), NodeIndex::new(to.0 as usize), link);
    }
    graph
}

/// A link between two nodes, or between those they stand on, which all on them use. One that
/// is declared for the other direction serves where there is none for this one.
fn link_between(
    nodes: &[Node],
    links: &FxHashMap<(NodeId, NodeId), usize>,
    from: NodeId,
    to: NodeId,
) -> Option<usize> {
    let host = |id: NodeId| nodes[id.0 as usize].on.unwrap_or(id);
    let (from_host, to_host) = (host(from), host(to));
    [(from, to), (from, to_host), (from_host, to), (from_host, to_host)]
        .into_iter()
        .find_map(|(from, to)| links.get(&(from, to)).or_else(|| links.get(&(to, from))).copied())
}

struct Edges<'a> {
    groups: &'a [Group],
    pairs: Vec<(NodeId, NodeId)>,
    seen: FxHashSet<(NodeId, NodeId)>,
}

impl Edges<'_> {
    fn members(&self, target: Target) -> Vec<NodeId> {
        match target {
            Target::Node(id) => vec![id],
            Target::Group(group) => {
                self.groups[group as usize].members.iter().map(|member| member.node).collect()
            }
        }
    }

    fn join(&mut self, from: &[NodeId], target: Target) {
        for to in self.members(target) {
            for from in from {
                if self.pairs.len() <= EDGES_MAX && self.seen.insert((*from, to)) {
                    self.pairs.push((*from, to));
                }
            }
        }
    }

    fn stages(&mut self, from: &[NodeId], stages: &[Stage]) {
        for stage in stages {
            match stage {
                Stage::Call(call) => self.call(from, call),
                Stage::Parallel(parallel) => parallel.calls.iter().for_each(|call| self.call(from, call)),
            }
        }
    }

    fn call(&mut self, from: &[NodeId], call: &Call) {
        self.join(from, call.target);
        let called = self.members(call.target);
        self.stages(&called, &call.stages);
        if let Some(next) = &call.hand_over {
            self.call(&called, next);
        }
    }
}

/// What the graph shows to be wrong or odd.
pub fn check(context: Context, scenario: &Scenario, places: Places) {
    if scenario.graph.edge_count() > EDGES_MAX {
        let message = format!("the scenario has more than {EDGES_MAX} pairs of caller and called");
        context.problems.error_with_hint(0..0, message, "use `replicas` instead of many nodes");
        return;
    }
    let looked_up = check_names(context, scenario, places.nodes);
    if !context.problems.has_errors() {
        addresses::check(context, scenario, places);
    }
    recorded::check(context, scenario, places.nodes);
    idle::warn(context, scenario, places, &looked_up);
    shortcuts::warn(context, scenario, places);
    check_own_slots(context, scenario, places.nodes);
}

/// The nodes and groups that a class calls, each as often as its flow names it.
pub fn targets(flow: &Flow) -> (Vec<NodeId>, Vec<u32>) {
    let (mut nodes, mut groups) = (Vec::new(), Vec::new());
    let mut note = |target: Target| match target {
        Target::Node(id) => nodes.push(id),
        Target::Group(group) => groups.push(group),
    };
    match flow {
        Flow::Walk(walk) => walk.stops.iter().for_each(|stop| note(stop.target)),
        Flow::Calls(stages) => {
            let mut pending: Vec<&Stage> = stages.iter().collect();
            while let Some(stage) = pending.pop() {
                let calls = match stage {
                    Stage::Call(call) => std::slice::from_ref(call),
                    Stage::Parallel(parallel) => &parallel.calls,
                };
                for call in calls {
                    let mut next = Some(call);
                    while let Some(call) = next {
                        note(call.target);
                        pending.extend(&call.stages);
                        next = call.hand_over.as_deref();
                    }
                }
            }
        }
    }
    (nodes, groups)
}

/// Every name that a user visits has to lead to an address of the scenario. Returns the
/// resolvers that are asked.
fn check_names(context: Context, scenario: &Scenario, places: &[Span]) -> FxHashSet<usize> {
    let mut asked = FxHashSet::default();
    let resolvers: Vec<(usize, &Dns)> = scenario
        .nodes
        .iter()
        .enumerate()
        .filter_map(|(index, node)| match &node.kind {
            NodeKind::Dns(dns) => Some((index, dns)),
            _ => None,
        })
        .collect();
    let addresses: FxHashSet<&str> = scenario
        .nodes
        .iter()
        .filter_map(|node| match &node.kind {
            NodeKind::Server(server) => server.address.as_deref(),
            _ => None,
        })
        .collect();
    for (node, place) in scenario.nodes.iter().zip(places) {
        let NodeKind::User(user) = &node.kind else { continue };
        let (Some(name), false) = (&user.visits, resolvers.is_empty()) else { continue };
        let knows = resolvers.iter().find(|(_, dns)| !dns.chain(name).ttls.is_empty());
        let Some((index, dns)) = knows else {
            let message = format!("no resolver has a record for `{name}`, which `{}` visits", node.name);
            let hint = format!("add one: `{name} A 8.8.8.8 300s`");
            context.problems.error_with_hint(place.clone(), message, hint);
            continue;
        };
        asked.insert(*index);
        let chain = dns.chain(name);
        let unknown = chain.addresses.iter().find(|address| !addresses.contains(address.as_str()));
        match unknown {
            _ if chain.addresses.is_empty() => {
                let message = format!("the records of `{name}` lead to no address");
                context.problems.error_with_hint(
                    places[*index].clone(),
                    message,
                    "add an A record for the last name",
                );
            }
            Some(address) => {
                let message = format!("`{name}` leads to {address}, which belongs to no server");
                let hint = format!("give a server `address: {address}`");
                context.problems.error_with_hint(places[*index].clone(), message, hint);
            }
            None => {}
        }
    }
    asked
}

/// A node that waits for itself holds one of its slots while it needs another.
fn check_own_slots(context: Context, scenario: &Scenario, places: &[Span]) {
    let mut told = FxHashSet::default();
    for class in &scenario.classes {
        if let Flow::Calls(stages) = &class.flow {
            for id in waits_for_itself(scenario, stages, &mut Vec::new()) {
                if told.insert(id) {
                    let name = &scenario.nodes[id.0 as usize].name;
                    context.problems.warning(
                        places[id.0 as usize].clone(),
                        format!(
                            "requests of `{}` call `{name}` while they hold a slot of `{name}`",
                            class.name
                        ),
                        "when all of its slots wait like this, none is ever free again",
                    );
                }
            }
        }
    }
}

fn waits_for_itself(scenario: &Scenario, stages: &[Stage], held: &mut Vec<NodeId>) -> Vec<NodeId> {
    let mut found = Vec::new();
    for stage in stages {
        let calls = match stage {
            Stage::Call(call) => std::slice::from_ref(call),
            Stage::Parallel(parallel) => &parallel.calls,
        };
        for call in calls {
            let mut next = Some(call);
            while let Some(call) = next {
                let Target::Node(id) = call.target else { break };
                let slots = scenario.nodes[id.0 as usize].behaviour.as_ref().map_or(UNLIMITED, |it| it.slots);
                if slots < UNLIMITED && held.contains(&id) {
                    found.push(id);
                }
                held.push(id);
                found.extend(waits_for_itself(scenario, &call.stages, held));
                held.pop();
                next = call.hand_over.as_deref();
            }
        }
    }
    found
}
