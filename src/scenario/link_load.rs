//! The load that a scenario puts on the links of its users, computed before it runs.
//!
//! Users' links are narrow ones: a site that serves pictures often fills its line long
//! before its cores. What nodes behind it say to each other is not added up.

use super::load_estimate::UserRates;
use super::model::{Call, Flow, NodeId, RequestClass, Scenario, Stage, Target};
use petgraph::graph::NodeIndex;

/// The share of each link's bandwidth that its users' requests and answers take; 0 for a
/// link without a limit. `None` if a rate is unknown.
pub fn estimate(scenario: &Scenario) -> Option<Vec<f64>> {
    let rates = UserRates::of(scenario)?;
    let mut bytes_per_second = vec![0.0; scenario.links.len()];
    if scenario.links.iter().all(|link| link.bandwidth.is_none()) {
        return Some(bytes_per_second);
    }
    for class in &scenario.classes {
        let Flow::Calls(stages) = &class.flow else { continue };
        for &user in &class.from {
            let rate = rates.of_class(class, user);
            for call in stages.iter().flat_map(calls) {
                add(scenario, user, call, rate * bytes(class), &mut bytes_per_second);
            }
        }
    }
    let share = |(bytes, link): (f64, &super::model::Link)| link.bandwidth.map_or(0.0, |most| bytes / most);
    Some(bytes_per_second.into_iter().zip(&scenario.links).map(share).collect())
}

/// Those of which their users take at least so large a share: `visitors -> server`.
pub fn full_links(scenario: &Scenario, share: f64) -> Vec<String> {
    let loads = estimate(scenario).unwrap_or_default();
    let full = scenario.links.iter().zip(loads).filter(|(_, load)| *load >= share);
    let name = |node: NodeId| &scenario.nodes[node.0 as usize].name;
    full.map(|(link, _)| format!("{} -> {}", name(link.from), name(link.to))).collect()
}

fn calls(stage: &Stage) -> &[Call] {
    match stage {
        Stage::Call(call) => std::slice::from_ref(call),
        Stage::Parallel(parallel) => &parallel.calls,
    }
}

/// A link carries an answer over the same line as the call.
fn bytes(class: &RequestClass) -> f64 {
    (class.request_bytes + class.response_bytes) as f64
}

fn add(scenario: &Scenario, user: NodeId, call: &Call, bytes: f64, loads: &mut [f64]) {
    let bytes = bytes * call.chance * call.times.mean();
    let shares: Vec<(NodeId, f64)> = match call.target {
        Target::Node(node) => vec![(node, 1.0)],
        Target::Group(group) => {
            let members = scenario.groups[group as usize].members.iter().filter(|member| !member.backup);
            members.map(|member| (member.node, f64::from(member.weight))).collect()
        }
    };
    let sum: f64 = shares.iter().map(|(_, weight)| weight).sum();
    for (node, weight) in shares {
        let ends = [user, node].map(|node| NodeIndex::new(node.0 as usize));
        let edge = scenario.graph.find_edge(ends[0], ends[1]);
        if let Some(link) = edge.and_then(|edge| scenario.graph[edge]) {
            loads[link] += bytes * weight / sum;
        }
    }
}
