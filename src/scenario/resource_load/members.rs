//! Who takes a call, and for which part of all calls.

use crate::nodes::behaviour::Behaviour;
use crate::scenario::model::{Node, NodeId, Reads, Replication, Scenario, Target};

/// A node that takes calls, or some of its replicas.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Member {
    pub node: NodeId,
    pub replicas: Part,
    /// Of the calls, all of these replicas together.
    pub share: f64,
}

/// Some of the replicas of a node, which are alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Part {
    All,
    /// The first: the primary of a set of databases.
    First,
    /// All but the first.
    Others,
}

impl Part {
    /// The first and the others, as far as they belong to it: how many there are of each.
    pub fn halves(self, replicas: u32) -> impl Iterator<Item = (Part, u32)> {
        let first = (self != Part::Others).then_some((Part::First, 1));
        let others = (self != Part::First && replicas > 1).then_some((Part::Others, replicas.max(1) - 1));
        first.into_iter().chain(others)
    }

    pub fn count(self, replicas: u32) -> u32 {
        self.halves(replicas).map(|(_, count)| count).sum()
    }
}

pub fn node(scenario: &Scenario, id: NodeId) -> &Node {
    &scenario.nodes[id.0 as usize]
}

pub fn behaviour(scenario: &Scenario, id: NodeId) -> &Behaviour {
    node(scenario, id).behaviour.as_ref().unwrap_or(&Behaviour::OPEN)
}

/// By weight, all replicas of a member alike; backups take nothing while the others are well.
pub fn members(scenario: &Scenario, target: Target) -> Vec<Member> {
    let group = match target {
        Target::Node(id) => return vec![Member { node: id, replicas: Part::All, share: 1.0 }],
        Target::Group(group) => &scenario.groups[group as usize],
    };
    let only_backups = group.members.iter().all(|member| member.backup);
    let serving = group.members.iter().filter(|member| only_backups || !member.backup);
    let weight = |id, weight| f64::from(weight) * f64::from(node(scenario, id).replicas);
    shared_out(serving.map(|member| (member.node, Part::All, weight(member.node, member.weight))))
}

/// A set of databases, of which the first takes the writes.
pub fn members_of_set(scenario: &Scenario, set: &Replication, write: bool) -> Vec<Member> {
    let nodes = scenario.nodes_of(set.target);
    let replicas = |id: NodeId| node(scenario, id).replicas;
    let count: u32 = nodes.iter().map(|&id| replicas(id)).sum();
    let Some(&first) = nodes.first() else { return Vec::new() };
    if write || set.reads == Reads::Primary || count == 1 {
        return vec![Member { node: first, replicas: Part::First, share: 1.0 }];
    }
    let part = |&id: &NodeId| match set.reads {
        Reads::Replicas if id == first => (id, Part::Others),
        _ => (id, Part::All),
    };
    let parts = nodes.iter().map(part);
    let parts = parts.map(|(id, part)| (id, part, f64::from(part.count(replicas(id)))));
    shared_out(parts.filter(|(_, _, replicas)| *replicas > 0.0))
}

/// Whoever takes a call, and not only a visit that moves on.
pub fn called(scenario: &Scenario, target: Target, write: bool) -> Vec<Member> {
    match scenario.replications.iter().find(|set| set.target == target) {
        Some(set) => members_of_set(scenario, set, write),
        None => members(scenario, target),
    }
}

fn shared_out(weights: impl Iterator<Item = (NodeId, Part, f64)>) -> Vec<Member> {
    let weights: Vec<(NodeId, Part, f64)> = weights.collect();
    let sum: f64 = weights.iter().map(|(_, _, weight)| weight).sum();
    let member = |(node, replicas, weight)| Member { node, replicas, share: weight / sum };
    weights.into_iter().map(member).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::load::load_text;

    fn site(reads: &str) -> Scenario {
        let text = format!(
            "
run: {{ duration: 1m }}
nodes:
  users: {{ kind: user, arrivals: 1/s }}
  one: {{ kind: database, replicas: 3 }}
  two: {{ kind: database }}
  slow: {{ kind: storage, replicas: 2 }}
  fast: {{ kind: storage }}
  spare: {{ kind: storage }}
groups:
  dbs: {{ members: [ one, two ], replication: {{ reads: {reads} }} }}
  disks: {{ members: [ slow, {{ fast: {{ weight: 6 }} }}, {{ spare: {{ backup: true }} }} ] }}
requests:
  page: {{ path: [ dbs: 1ms, disks: 1ms ] }}
"
        );
        load_text("site.yaml", &text, &[]).scenario.expect("a scenario")
    }

    #[test]
    fn calls_go_to_members_by_weight_and_to_backups_never() {
        let scenario = site("all");
        let member = |node, share| Member { node: NodeId(node), replicas: Part::All, share };
        assert_eq!(called(&scenario, Target::Group(1), false), [member(3, 0.25), member(4, 0.75)]);
    }

    #[test]
    fn writes_go_to_the_primary_and_reads_where_they_are_sent() {
        let to = |reads: &str, write| {
            let members = called(&site(reads), Target::Group(0), write);
            members
                .into_iter()
                .map(|member| (member.node.0, member.replicas, member.share))
                .collect::<Vec<_>>()
        };
        assert_eq!(to("replicas", true), [(1, Part::First, 1.0)]);
        assert_eq!(to("primary", false), [(1, Part::First, 1.0)]);
        assert_eq!(to("all", false), [(1, Part::All, 0.75), (2, Part::All, 0.25)]);
        assert_eq!(to("replicas", false), [(1, Part::Others, 2.0 / 3.0), (2, Part::All, 1.0 / 3.0)]);
    }
}
