//! Links between declared nodes, or between the hosts that they stand on.

use super::LinkPlan;
use super::ids::Link;
use super::streams::Streams;
use crate::kernel::table::{Id, Table};
use crate::scenario::model::{NodeId, Scenario};
use rustc_hash::FxHashMap;

pub struct Links {
    pub plans: Table<Link, LinkPlan>,
    by_ends: FxHashMap<(NodeId, NodeId), Id<Link>>,
}

impl Links {
    pub fn compile(scenario: &Scenario, streams: &mut Streams) -> Links {
        let mut links = Links { plans: Table::new(), by_ends: FxHashMap::default() };
        for link in &scenario.links {
            let name_of = |node: NodeId| &scenario.nodes[node.0 as usize].name;
            let name = format!("{} -> {}", name_of(link.from), name_of(link.to));
            let number = links.plans.push(LinkPlan {
                latency: streams.draw(&name, "latency", &link.latency),
                jitter: link.jitter.as_ref().map(|jitter| streams.draw(&name, "jitter", jitter)),
                loss: link.loss,
                die: streams.die(&name, "loss"),
                nanoseconds_per_byte: link.bandwidth.map_or(0.0, |bandwidth| 1e9 / bandwidth),
            });
            // A link carries calls and their replies; one declared for the other direction
            // serves where there is none for this one.
            links.by_ends.insert((link.from, link.to), number);
            links.by_ends.entry((link.to, link.from)).or_insert(number);
        }
        links
    }

    /// The link between two nodes: their own, or that of the host of one, or of both.
    pub fn between(&self, scenario: &Scenario, from: NodeId, to: NodeId) -> Option<Id<Link>> {
        let host = |node: NodeId| scenario.nodes[node.0 as usize].on;
        let froms = [Some(from), host(from)];
        let tos = [Some(to), host(to)];
        for from in froms.into_iter().flatten() {
            for to in tos.into_iter().flatten() {
                if let Some(&link) = self.by_ends.get(&(from, to)) {
                    return Some(link);
                }
            }
        }
        None
    }
}
