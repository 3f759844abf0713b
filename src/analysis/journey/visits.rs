//! What a visit finds at a node, and what it does there by itself.

use super::calls::Follower;
use super::client::tls_seconds;
use super::{Cores, Visit, WorkLine};
use crate::kernel::time::to_seconds;
use crate::nodes::NodeKind;
use crate::nodes::app_server::Listen;
use crate::nodes::behaviour::{Behaviour, UNLIMITED};
use crate::parts::count::Count;
use crate::parts::quantity::{format_duration, format_share};
use crate::parts::resource::ResourceKind;
use crate::scenario::model::{Call, Node, NodeId, Target, Work};
use crate::scenario::resource_load::of_node;

impl Follower<'_> {
    pub fn visit_to(&self, target: Target, to: NodeId, work: &Work) -> Visit {
        let node = &self.scenario.nodes[to.0 as usize];
        let behaviour = node.behaviour.as_ref().unwrap_or(&Behaviour::OPEN);
        let mut line = self.work_of(to, work);
        line.handshake_ms = 1e3 * self.handshake_seconds(node);
        Visit {
            node: node.name.clone(),
            kind: node.kind.name(),
            group: match target {
                Target::Node(_) => None,
                Target::Group(_) => Some(self.target_name(target)),
            },
            peers: self.peers(target),
            slot: node.kind.slot_word(),
            slots: (behaviour.slots != UNLIMITED).then_some(behaviour.slots),
            line: (behaviour.queue != UNLIMITED).then_some(behaviour.queue),
            slot_utilisation: self.utilisation(ResourceKind::Slots, to),
            held_ms: 0.0,
            work: line,
            repeated: None,
            optional: false,
            hit_ratio: match &node.kind {
                NodeKind::Cache(_) => Some(1.0 - self.rates.calling_shares[to.0 as usize]),
                _ => None,
            },
            socket: match &node.kind {
                NodeKind::AppServer(app) => Some(match app.listen {
                    Listen::Tcp => "a TCP port",
                    Listen::Unix => "a Unix socket",
                }),
                _ => None,
            },
            ways: Vec::new(),
        }
    }

    pub fn work_of(&self, id: NodeId, work: &Work) -> WorkLine {
        let node = &self.scenario.nodes[id.0 as usize];
        let own_cores = node.behaviour.as_ref().and_then(|behaviour| behaviour.shared_cores);
        let wait = work.wait.as_ref();
        let empty = work.cpu.is_none() && wait.is_none() && work.overhead == 0;
        let mut line = WorkLine::default();
        if let Some(recorded) = self.recorded_seconds(&node.name).filter(|_| !empty) {
            let law = Some("as the recording says".to_owned());
            if node.on.is_some() || own_cores.is_some() {
                (line.cpu, line.cpu_ms) = (law, 1e3 * recorded / self.speed(node));
            } else {
                (line.wait, line.wait_ms) = (law, 1e3 * recorded);
            }
        } else {
            line.cpu = work.cpu.as_ref().map(|law| law.describe());
            line.cpu_ms = 1e3 * work.cpu.as_ref().map_or(0.0, |law| law.mean()) / self.speed(node);
            line.wait = match (wait, to_seconds(work.overhead)) {
                (None, 0.0) => None,
                (None, overhead) => Some(format_duration(overhead)),
                (Some(law), 0.0) => Some(law.describe()),
                (Some(law), overhead) => {
                    Some(format!("{} and {}", format_duration(overhead), law.describe()))
                }
            };
            line.wait_ms = 1e3 * (wait.map_or(0.0, |law| law.mean()) + to_seconds(work.overhead));
        }
        line.cores = self.cores(node, id, own_cores);
        line
    }

    fn cores(&self, node: &Node, id: NodeId, own_cores: Option<u32>) -> Option<Cores> {
        if let Some(cores) = own_cores {
            let utilisation = self.utilisation(ResourceKind::Cores, id);
            return Some(Cores { host: node.name.clone(), cores, utilisation });
        }
        let host_id = node.on?;
        let host = &self.scenario.nodes[host_id.0 as usize];
        let NodeKind::Server(server) = &host.kind else { return None };
        let utilisation = self.utilisation(ResourceKind::Cores, host_id);
        Some(Cores { host: host.name.clone(), cores: server.cores, utilisation })
    }

    /// Of all replicas together.
    fn utilisation(&self, kind: ResourceKind, id: NodeId) -> Option<f64> {
        of_node(&self.offered?.loads, kind, id).map(|expected| expected.share)
    }

    /// How fast the cores are that the node's work runs on.
    fn speed(&self, node: &Node) -> f64 {
        match node.on.map(|host| &self.scenario.nodes[host.0 as usize].kind) {
            Some(NodeKind::Server(server)) => server.speed,
            _ => 1.0,
        }
    }

    /// CPU time for a connection that has to be opened.
    fn handshake_seconds(&self, node: &Node) -> f64 {
        let seconds = match (&node.kind, self.callers.last()) {
            (NodeKind::Database(database), Some(caller)) if !caller.calling.keeps_connections => {
                to_seconds(database.connect)
            }
            (NodeKind::WebServer(_), Some(_)) if self.callers.len() == 1 => {
                tls_seconds(self.rates, self.scenario, self.user_id, node)
            }
            _ => 0.0,
        };
        seconds / self.speed(node)
    }

    /// How many replicas there are to pick from.
    pub fn peers(&self, target: Target) -> u32 {
        let replicas = |id: NodeId| self.scenario.nodes[id.0 as usize].replicas;
        match target {
            Target::Node(id) => replicas(id),
            Target::Group(group) => {
                let members = &self.scenario.groups[group as usize].members;
                members.iter().map(|member| replicas(member.node)).sum()
            }
        }
    }

    pub fn target_name(&self, target: Target) -> String {
        match target {
            Target::Node(id) => self.scenario.nodes[id.0 as usize].name.clone(),
            Target::Group(group) => self.scenario.groups[group as usize].name.clone(),
        }
    }
}

/// The mean seconds of a visit's own work.
pub fn seconds(work: &WorkLine) -> f64 {
    1e-3 * (work.cpu_ms + work.wait_ms + work.handshake_ms)
}

/// How often a call is made, if it is not simply once.
pub fn repeated(call: &Call, side_by_side: bool) -> Option<String> {
    let manner = if side_by_side { "at the same time" } else { "one after the other" };
    let times = match call.times {
        Count::Fixed(1) => None,
        Count::Fixed(times) => Some(format!("{times} times, {manner}")),
        Count::Uniform { low, high } => Some(format!("{low} to {high} times, {manner}")),
        Count::Poisson { mean } | Count::Geometric { mean } => {
            Some(format!("{mean} times on average, {manner}"))
        }
    };
    let chance = (call.chance < 1.0).then(|| format!("in {} of cases", format_share(call.chance)));
    match (times, chance) {
        (Some(times), Some(chance)) => Some(format!("{chance}, {times}")),
        (times, chance) => times.or(chance),
    }
}
