//! Requests that get somewhere more easily than they would: without a link where others have one,
//! or out of a cache that would not keep the answer.

use super::model::{Call, Flow, NodeId, Scenario, Stage, Target};
use super::warnings::Places;
use crate::document::problem::listed;
use crate::nodes::NodeKind;
use crate::nodes::fields::Context;
use petgraph::graph::NodeIndex;
use petgraph::visit::EdgeRef;
use rustc_hash::FxHashMap;

pub fn warn(context: Context, scenario: &Scenario, places: Places) {
    warn_of_users(context, scenario, places);
    warn_of_members(context, scenario, places);
    for (class, place) in scenario.classes.iter().zip(places.classes) {
        let Flow::Calls(stages) = &class.flow else { continue };
        if class.cacheable {
            continue;
        }
        let mut caches = Vec::new();
        front_caches(scenario, stages, &mut caches);
        let names: Vec<&str> = caches.iter().map(|id| scenario.nodes[id.0 as usize].name.as_str()).collect();
        if !names.is_empty() {
            let message = format!(
                "{} answers requests of `{}` from memory, and they are no GET or HEAD",
                listed(&names),
                class.name
            );
            let hint = "a cache before an application keeps no answers to others; let their path go past it";
            context.problems.warning(place.clone(), message, hint);
        }
    }
}

/// The nodes that one calls, each with whether a link lies between.
fn called(scenario: &Scenario, from: usize) -> impl Iterator<Item = (NodeId, bool)> {
    let edges = scenario.graph.edges(NodeIndex::new(from));
    edges.map(|edge| (NodeId(edge.target().index() as u32), edge.weight().is_some()))
}

/// Whoever is far from one node is hardly beside another.
fn warn_of_users(context: Context, scenario: &Scenario, places: Places) {
    for (number, user) in scenario.nodes.iter().enumerate() {
        let id = NodeId(number as u32);
        let is_somewhere = scenario.links.iter().any(|link| link.from == id || link.to == id);
        if !matches!(user.kind, NodeKind::User(_)) || !is_somewhere {
            continue;
        }
        let beside: Vec<&str> = called(scenario, number)
            .filter(|(_, linked)| !linked)
            .map(|(id, _)| scenario.nodes[id.0 as usize].name.as_str())
            .collect();
        if let Some(first) = beside.first() {
            let name = &user.name;
            let message = format!(
                "nothing lies between `{name}` and {}: what `{name}` sends is there at once",
                listed(&beside)
            );
            let hint = format!(
                "add a link, `{name} -> {first}: {{ latency: 20ms }}`, or put `{first}` `on` a server that has one"
            );
            context.problems.warning(places.nodes[number].clone(), message, hint);
        }
    }
}

/// Callers reach some members of a group over links, and others without.
fn warn_of_members(context: Context, scenario: &Scenario, places: Places) {
    let host = |id: NodeId| scenario.nodes[id.0 as usize].on.unwrap_or(id);
    for (group, place) in scenario.groups.iter().zip(places.groups) {
        let mut callers: FxHashMap<usize, (u32, Vec<&str>)> = FxHashMap::default();
        for member in &group.members {
            let node = &scenario.nodes[member.node.0 as usize];
            let edges = scenario
                .graph
                .edges_directed(NodeIndex::new(member.node.0 as usize), petgraph::Direction::Incoming);
            for edge in edges {
                let (linked, beside) = callers.entry(edge.source().index()).or_default();
                match edge.weight() {
                    Some(_) => *linked += 1,
                    // Whoever stands on the same server needs no link.
                    None if host(NodeId(edge.source().index() as u32)) == host(member.node) => {}
                    None => beside.push(&node.name),
                }
            }
        }
        let mut callers: Vec<_> = callers.into_iter().collect();
        callers.sort_unstable();
        let is_user = |number: usize| matches!(scenario.nodes[number].kind, NodeKind::User(_));
        for (caller, (linked, beside)) in callers {
            if linked == 0 || beside.is_empty() || is_user(caller) {
                continue;
            }
            let name = &scenario.nodes[caller].name;
            let message = format!(
                "between `{name}` and {} lies no link, and between it and others of `{}` there is one",
                listed(&beside),
                group.name
            );
            let hint = format!("add a link, `{name} -> {}: {{ latency: 1ms }}`", beside[0]);
            context.problems.warning(place.clone(), message, hint);
        }
    }
}

/// The caches that stand before any application, and call on what is behind them.
fn front_caches(scenario: &Scenario, stages: &[Stage], found: &mut Vec<NodeId>) {
    for stage in stages {
        let calls = match stage {
            Stage::Call(call) => std::slice::from_ref(call),
            Stage::Parallel(parallel) => &parallel.calls,
        };
        calls.iter().for_each(|call| front_caches_of(scenario, call, found));
    }
}

fn front_caches_of(scenario: &Scenario, call: &Call, found: &mut Vec<NodeId>) {
    let id = match call.target {
        Target::Node(id) => id,
        Target::Group(group) => match scenario.groups[group as usize].members.first() {
            Some(member) => member.node,
            None => return,
        },
    };
    match scenario.nodes[id.0 as usize].kind {
        NodeKind::Cache(_) => {
            if !call.stages.is_empty() && !found.contains(&id) {
                found.push(id);
            }
        }
        NodeKind::WebServer(_) | NodeKind::LoadBalancer(_) => {}
        // An application may well look up what it needs to answer a POST.
        _ => return,
    }
    front_caches(scenario, &call.stages, found);
    if let Some(next) = &call.hand_over {
        front_caches_of(scenario, next, found);
    }
}
