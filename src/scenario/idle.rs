//! What is declared and takes no part: nodes that no request reaches, replicas that carry nothing,
//! links, groups and crews that nobody uses, priorities that no line goes by.

use super::model::{NodeId, Scenario};
use super::topology::targets;
use super::warnings::Places;
use crate::document::problem::listed;
use crate::nodes::NodeKind;
use crate::nodes::behaviour::Order;
use crate::nodes::fields::Context;
use petgraph::visit::EdgeRef;
use rustc_hash::FxHashSet;

/// `looked_up` are the resolvers that users ask.
pub fn warn(context: Context, scenario: &Scenario, places: Places, looked_up: &FxHashSet<usize>) {
    warn_of_nodes(context, scenario, places, looked_up);
    warn_of_replicas(context, scenario, places);
    warn_of_links(context, scenario, places);
    warn_of_groups(context, scenario, places);
    warn_of_crews(context, scenario, places);
    warn_of_priorities(context, scenario, places);
}

/// All of one sort in one warning, however many there are.
fn warn_of_nodes(context: Context, scenario: &Scenario, places: Places, looked_up: &FxHashSet<usize>) {
    let mut reached = vec![false; scenario.nodes.len()];
    for edge in scenario.graph.edge_references() {
        reached[edge.target().index()] = true;
    }
    for node in &scenario.nodes {
        if let Some(host) = node.on {
            reached[host.0 as usize] = true;
        }
    }
    let (mut unreached, mut empty) = (Vec::new(), Vec::new());
    for (number, node) in scenario.nodes.iter().enumerate() {
        if reached[number] || looked_up.contains(&number) {
            continue;
        }
        match node.kind {
            NodeKind::User(_) => {}
            NodeKind::Server(_) => empty.push(number),
            _ => unreached.push(number),
        }
    }
    for (numbers, what) in [(unreached, "no request reaches"), (empty, "nothing stands on")] {
        let Some(&first) = numbers.first() else { continue };
        let names: Vec<&str> = numbers.iter().map(|&number| scenario.nodes[number].name.as_str()).collect();
        let hint = match names.len() {
            1 => "it takes no part in the simulation",
            _ => "they take no part in the simulation",
        };
        context.problems.warning(places.nodes[first].clone(), format!("{what} {}", listed(&names)), hint);
    }
}

/// Replica i of a node stands on replica i of its server, modulo the number of these.
fn warn_of_replicas(context: Context, scenario: &Scenario, places: Places) {
    let mut most = vec![0; scenario.nodes.len()];
    let mut on_it: Vec<Vec<&str>> = vec![Vec::new(); scenario.nodes.len()];
    for node in &scenario.nodes {
        if let Some(NodeId(host)) = node.on {
            most[host as usize] = u32::max(most[host as usize], node.replicas);
            on_it[host as usize].push(&node.name);
        }
    }
    for (number, server) in scenario.nodes.iter().enumerate() {
        let carrying = most[number];
        if carrying == 0 || carrying >= server.replicas {
            continue;
        }
        let name = &server.name;
        let message = format!(
            "{} of the {} replicas of `{name}` carry nothing",
            server.replicas - carrying,
            server.replicas
        );
        let hint = format!(
            "nothing on it has more than {carrying}: write `replicas: {}` at what is to stand on all of them ({})",
            server.replicas,
            listed(&on_it[number])
        );
        context.problems.warning(places.nodes[number].clone(), message, hint);
    }
}

fn warn_of_links(context: Context, scenario: &Scenario, places: Places) {
    let mut used = vec![false; scenario.links.len()];
    for edge in scenario.graph.edge_references() {
        if let Some(link) = edge.weight() {
            used[*link] = true;
        }
    }
    let joined: FxHashSet<(NodeId, NodeId)> =
        scenario.links.iter().map(|link| (link.from, link.to)).collect();
    let name = |id: NodeId| &scenario.nodes[id.0 as usize].name;
    let is_resolver = |id: NodeId| matches!(scenario.nodes[id.0 as usize].kind, NodeKind::Dns(_));
    let idle: Vec<usize> = (0..scenario.links.len())
        .filter(|&number| {
            let link = &scenario.links[number];
            let is_looked_up = is_resolver(link.from) || is_resolver(link.to);
            !used[number] && !is_looked_up && !joined.contains(&(link.to, link.from))
        })
        .collect();
    let hint = "replies use the link of the call; a link of a server serves all that stands on it";
    let message = match idle[..] {
        [] => return,
        [one] => {
            let link = &scenario.links[one];
            format!("no request travels from `{}` to `{}`", name(link.from), name(link.to))
        }
        _ => {
            let ends = idle.iter().map(|&number| &scenario.links[number]);
            let ways: Vec<String> =
                ends.map(|link| format!("{} -> {}", name(link.from), name(link.to))).collect();
            format!("no request travels over {}", listed(&ways))
        }
    };
    context.problems.warning(places.links[idle[0]].clone(), message, hint);
}

fn warn_of_groups(context: Context, scenario: &Scenario, places: Places) {
    let called: FxHashSet<u32> = scenario.classes.iter().flat_map(|class| targets(&class.flow).1).collect();
    let replicated = |group: u32| {
        let target = super::model::Target::Group(group);
        scenario.replications.iter().any(|set| set.target == target)
    };
    for (number, (group, place)) in (0..).zip(scenario.groups.iter().zip(places.groups)) {
        if !called.contains(&number) && !replicated(number) {
            let message =
                format!("no request calls `{}`, so that nobody picks among its members", group.name);
            let hint = format!("write `{}` into a path where one of them stands", group.name);
            context.problems.warning(place.clone(), message, hint);
        }
    }
}

fn warn_of_crews(context: Context, scenario: &Scenario, places: Places) {
    for (number, (crew, place)) in (0..).zip(scenario.crews.iter().zip(places.crews)) {
        if scenario.faults.iter().all(|fault| fault.crew != Some(number)) {
            let message = format!("crew `{}` repairs nothing", crew.name);
            let hint = format!("write `crew: {}` beside an `mtbf`", crew.name);
            context.problems.warning(place.clone(), message, hint);
        }
    }
}

fn warn_of_priorities(context: Context, scenario: &Scenario, places: Places) {
    let by_priority = |id: NodeId| {
        let behaviour = scenario.nodes[id.0 as usize].behaviour.as_ref();
        behaviour.is_some_and(|behaviour| behaviour.order == Order::Priority)
    };
    let members = |group: u32| scenario.groups[group as usize].members.iter().map(|member| member.node);
    for (class, place) in scenario.classes.iter().zip(places.classes) {
        let (nodes, groups) = targets(&class.flow);
        let mut all = nodes.into_iter().chain(groups.into_iter().flat_map(members));
        if class.priority > 0 && !all.any(by_priority) {
            let message = format!("nothing that `{}` calls goes by priority", class.name);
            let hint = "a `station` with `discipline: priority` does; elsewhere first come is first served";
            context.problems.warning(place.clone(), message, hint);
        }
    }
}
