//! Single points of failure: what takes requests with it when it alone is down.
//!
//! Callers are taken to find another replica, or another member of a group, if there is one.

use crate::nodes::NodeKind;
use crate::scenario::load_estimate::expected_visits;
use crate::scenario::model::{Call, Flow, NodeId, RequestClass, Scenario, Stage, Target};

/// For each node, the classes of requests that fail, all or some of them, when one replica
/// of it is down (with all that stands on it).
pub fn single_points(scenario: &Scenario) -> Vec<Vec<usize>> {
    (0..scenario.nodes.len()).map(|node| classes_lost(scenario, NodeId(node as u32))).collect()
}

fn classes_lost(scenario: &Scenario, down: NodeId) -> Vec<usize> {
    let node = &scenario.nodes[down.0 as usize];
    let is_host = matches!(node.kind, NodeKind::Server(_));
    // One of several replicas that nobody stands on takes nobody with it.
    if matches!(node.kind, NodeKind::User(_)) || (!is_host && node.replicas > 1) {
        return Vec::new();
    }
    let world = World { scenario, alive: alive(scenario, down) };
    let classes = scenario.classes.iter().enumerate();
    classes.filter(|(_, class)| !world.answers(class)).map(|(number, _)| number).collect()
}

/// Which nodes have a replica left. Replica i stands on replica i modulo the host's, so the
/// host's first replica carries the most.
fn alive(scenario: &Scenario, down: NodeId) -> Vec<bool> {
    let host_replicas = scenario.nodes[down.0 as usize].replicas.max(1);
    let nodes = scenario.nodes.iter().enumerate();
    nodes
        .map(|(number, node)| {
            let lost = match node.on {
                _ if number == down.0 as usize => 1,
                Some(host) if host == down => node.replicas.div_ceil(host_replicas),
                _ => 0,
            };
            lost < node.replicas
        })
        .collect()
}

struct World<'a> {
    scenario: &'a Scenario,
    alive: Vec<bool>,
}

impl World<'_> {
    fn answers(&self, class: &RequestClass) -> bool {
        let named = class.from.iter().all(|user| self.finds_address(*user));
        named
            && match &class.flow {
                Flow::Calls(stages) => self.all(stages),
                Flow::Walk(walk) => {
                    let stops = walk.stops.iter().zip(expected_visits(walk));
                    stops.filter(|(_, visits)| *visits > 0.0).all(|(stop, _)| self.is_there(stop.target))
                }
            }
    }

    /// Whether a resolver is left that knows the name which a user visits.
    fn finds_address(&self, user: NodeId) -> bool {
        match resolver_of(self.scenario, user) {
            Some(resolver) => self.alive[resolver.0 as usize],
            None => true,
        }
    }

    fn all(&self, stages: &[Stage]) -> bool {
        stages.iter().all(|stage| match stage {
            Stage::Call(call) => self.call(call),
            Stage::Parallel(parallel) => match parallel.first {
                None => parallel.calls.iter().all(|call| self.call(call)),
                Some(first) => {
                    let answering = parallel.calls.iter().filter(|call| self.call(call));
                    answering.map(|call| call.times.mean()).sum::<f64>() >= f64::from(first)
                }
            },
        })
    }

    fn call(&self, call: &Call) -> bool {
        let is_made = call.chance > 0.0 && call.times.mean() > 0.0;
        let answered = || {
            self.is_there(call.target)
                && self.all(&call.stages)
                && call.hand_over.as_ref().is_none_or(|next| self.call(next))
        };
        !is_made || call.optional || answered()
    }

    fn is_there(&self, target: Target) -> bool {
        match target {
            Target::Node(id) => self.alive[id.0 as usize],
            Target::Group(group) => {
                let members = &self.scenario.groups[group as usize].members;
                members.iter().any(|member| self.alive[member.node.0 as usize])
            }
        }
    }
}

/// The resolver that a user asks: the first that knows the name which it visits.
pub fn resolver_of(scenario: &Scenario, user: NodeId) -> Option<NodeId> {
    let NodeKind::User(user) = &scenario.nodes[user.0 as usize].kind else { return None };
    let name = user.visits.as_ref()?;
    let knows = |kind: &NodeKind| matches!(kind, NodeKind::Dns(dns) if !dns.chain(name).ttls.is_empty());
    let position = scenario.nodes.iter().position(|node| knows(&node.kind))?;
    Some(NodeId(position as u32))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::load::load_text;

    fn found(text: &str) -> Vec<(String, Vec<String>)> {
        let loaded = load_text("points.yaml", text, &[]);
        let scenario = loaded.scenario.unwrap_or_else(|| panic!("{:?}", loaded.problems));
        let names = |classes: Vec<usize>| -> Vec<String> {
            classes.into_iter().map(|class| scenario.classes[class].name.clone()).collect()
        };
        let nodes = scenario.nodes.iter().zip(single_points(&scenario));
        let lost = nodes.filter(|(_, classes)| !classes.is_empty());
        lost.map(|(node, classes)| (node.name.clone(), names(classes))).collect()
    }

    #[test]
    fn what_has_no_second_is_found_and_what_has_one_is_not() {
        let text = "
run: { duration: 1s }
nodes:
  visitors: { kind: user, arrivals: 1/s, visits: a.test }
  names: { kind: dns, records: [ a.test A 1.1.1.1 60s ] }
  front: { kind: server, address: 1.1.1.1 }
  back: { kind: server, replicas: 2 }
  proxy: { kind: web_server, on: front }
  app: { kind: app_server, on: back, replicas: 3 }
  hints: { kind: cache, objects: 10, capacity: 5 }
  one: { kind: database, on: back }
  spare: { kind: server }
  other: { kind: database, on: spare }
groups:
  databases: { members: [ one, other ] }
requests:
  page: { path: [ proxy: 1ms, app: 1ms, databases: 1ms ] }
  file: { path: [ proxy: 1ms ] }
  hint: { path: [ proxy: 1ms, hints: { optional: true, wait: 1ms } ] }
";
        let everything = ["page", "file", "hint"].map(str::to_owned).to_vec();
        let expected = ["names", "front", "proxy"].map(|name| (name.to_owned(), everything.clone()));
        assert_eq!(found(text), expected);
    }

    #[test]
    fn replicas_on_one_host_fall_with_it() {
        let text = "
run: { duration: 1s }
nodes:
  visitors: { kind: user, arrivals: 1/s }
  host: { kind: server }
  app: { kind: app_server, on: host, replicas: 4 }
requests:
  page: { path: [ app: 1ms ] }
";
        assert_eq!(found(text), [("host".to_owned(), vec!["page".to_owned()])]);
    }
}
