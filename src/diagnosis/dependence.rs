//! What waits for what: a resource that is full because another one is, is not where it began.

use crate::parts::resource::{Owner, Party, ResourceKind};
use crate::scenario::model::{NodeId, Scenario, Target};
use crate::scenario::resources::Resource;
use petgraph::graph::NodeIndex;
use petgraph::visit::Dfs;

/// For each of these resources: whether it waits for another one of them that does not wait for it.
pub fn waits_for_another(scenario: &Scenario, resources: &[&Resource]) -> Vec<bool> {
    let reached: Vec<Vec<NodeId>> =
        resources.iter().map(|one| reached_from(scenario, inside(scenario, one))).collect();
    let waiters: Vec<Vec<NodeId>> = resources.iter().map(|one| waiters(scenario, one)).collect();
    let waits = |one: usize, other: usize| {
        let own_line = resources[one].kind == ResourceKind::Backlog
            && resources[other].kind == ResourceKind::Slots
            && resources[one].owner == resources[other].owner;
        one != other && (own_line || waiters[other].iter().any(|node| reached[one].contains(node)))
    };
    let numbers = 0..resources.len();
    numbers.clone().map(|one| numbers.clone().any(|other| waits(one, other) && !waits(other, one))).collect()
}

/// The nodes of which whoever holds it has to get on.
fn inside(scenario: &Scenario, resource: &Resource) -> Vec<NodeId> {
    match (resource.kind, resource.owner) {
        (ResourceKind::Slots | ResourceKind::Backlog, Owner::Node(node)) => vec![NodeId(node)],
        (ResourceKind::Pool, Owner::Calls { from, .. }) => nodes_of(scenario, from),
        (ResourceKind::InFlight | ResourceKind::InFlightInAll, Owner::Calls { to, .. }) => {
            nodes_of(scenario, to)
        }
        _ => Vec::new(),
    }
}

/// The nodes at which somebody waits for it.
fn waiters(scenario: &Scenario, resource: &Resource) -> Vec<NodeId> {
    let ids = || (0..scenario.nodes.len() as u32).map(NodeId);
    match resource.owner {
        Owner::Node(node) if resource.kind == ResourceKind::Cores => {
            let stands = |id: &NodeId| id.0 == node || scenario.nodes[id.0 as usize].on == Some(NodeId(node));
            ids().filter(stands).collect()
        }
        Owner::Node(_) if resource.kind == ResourceKind::Memory => Vec::new(),
        Owner::Node(node) | Owner::Limit { node, .. } => callers(scenario, NodeId(node)),
        Owner::Calls { from, .. } => nodes_of(scenario, from),
        Owner::Link { link, .. } => {
            let link = &scenario.links[link as usize];
            let at = |id: NodeId, end: NodeId| id == end || scenario.nodes[id.0 as usize].on == Some(end);
            let calls_over = |caller: &NodeId| {
                scenario.graph.edge_indices().any(|edge| {
                    let Some((a, b)) = scenario.graph.edge_endpoints(edge) else { return false };
                    let (a, b) = (scenario.graph[a], scenario.graph[b]);
                    let along = at(a, link.from) && at(b, link.to) || at(a, link.to) && at(b, link.from);
                    a == *caller && along
                })
            };
            ids().filter(calls_over).collect()
        }
    }
}

fn nodes_of(scenario: &Scenario, party: Party) -> Vec<NodeId> {
    match party {
        Party::Node(node) => vec![NodeId(node)],
        Party::Group(group) => scenario.nodes_of(Target::Group(group)),
    }
}

fn callers(scenario: &Scenario, node: NodeId) -> Vec<NodeId> {
    let edges = scenario.graph.edge_indices().filter_map(|edge| scenario.graph.edge_endpoints(edge));
    let to_it = edges.filter(|(_, to)| scenario.graph[*to] == node);
    to_it.map(|(from, _)| scenario.graph[from]).collect()
}

/// These nodes and all that they call, and what those call.
fn reached_from(scenario: &Scenario, nodes: Vec<NodeId>) -> Vec<NodeId> {
    let mut reached = nodes.clone();
    for node in nodes {
        let index = NodeIndex::new(node.0 as usize);
        if scenario.graph.node_weight(index).is_none() {
            continue;
        }
        let mut search = Dfs::new(&scenario.graph, index);
        while let Some(next) = search.next(&scenario.graph) {
            reached.push(scenario.graph[next]);
        }
    }
    reached
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::load::load_text;
    use crate::scenario::resources::{name, resources};

    #[test]
    fn who_waits_for_the_cores_is_not_where_it_began() {
        let text = "
run: { duration: 1m }
nodes:
  users: { kind: user, arrivals: 1/s }
  front: { kind: server, address: 8.8.8.8, cores: 2 }
  back: { kind: server, address: 8.8.4.4, cores: 2 }
  web: { kind: web_server, on: front }
  app: { kind: app_server, on: front, workers: 2, pool: { size: 5 } }
  db: { kind: database, on: back }
links:
  users -> front: { latency: 1ms, bandwidth: 1Mbps }
  front -> back: { latency: 1ms }
requests:
  page: { path: [ web: 1ms, app: 1ms, db: 1ms ] }
";
        let scenario = load_text("site.yaml", text, &[]).scenario.unwrap();
        let all = resources(&scenario);
        let begin = |names: &[&str]| -> Vec<String> {
            let named = |one: &&Resource| names.contains(&&*name(&scenario, one.kind, one.owner));
            let full: Vec<&Resource> = all.iter().filter(named).collect();
            assert_eq!(full.len(), names.len());
            let waits = waits_for_another(&scenario, &full);
            let causes = full.iter().zip(waits).filter(|(_, waits)| !waits);
            causes.map(|(one, _)| name(&scenario, one.kind, one.owner)).collect()
        };
        let everything = [
            "the connections of web",
            "the workers of app",
            "the backlog of app",
            "the connection pool app -> db",
            "the connections of db",
            "the cores of back",
        ];
        assert_eq!(begin(&everything), ["the cores of back"]);
        assert_eq!(begin(&everything[..4]), ["the connection pool app -> db"]);
        assert_eq!(begin(&everything[..3]), ["the workers of app"]);
        let both = ["the cores of front", "the cores of back", "the workers of app"];
        assert_eq!(begin(&both), ["the cores of front", "the cores of back"]);
        let link = ["the link users -> front (answers)", "the connections of web"];
        assert_eq!(begin(&link).len(), 2, "who has answered does not wait for the link");
    }
}
