//! Which link lies between two nodes, and what it takes to cross it.

use crate::parts::distribution::Distribution;
use crate::scenario::model::{Link, NodeId, Scenario};
use rustc_hash::FxHashMap;

/// As the engine has it: TCP sends a lost segment again after 200 ms, a lost SYN after 1 s,
/// and doubles the wait with each further loss.
const SEGMENT_AGAIN_S: f64 = 0.2;
const SYN_AGAIN_S: f64 = 1.0;
const LOSSES_MOST: i32 = 6;

pub struct Links<'a> {
    scenario: &'a Scenario,
    by_ends: FxHashMap<(NodeId, NodeId), usize>,
}

impl<'a> Links<'a> {
    pub fn new(scenario: &'a Scenario) -> Links<'a> {
        let mut by_ends = FxHashMap::default();
        for (number, link) in scenario.links.iter().enumerate() {
            by_ends.insert((link.from, link.to), number);
            // It serves both ways unless there is another for the way back.
            by_ends.entry((link.to, link.from)).or_insert(number);
        }
        Links { scenario, by_ends }
    }

    /// Nothing lies between nodes on the same host.
    pub fn between(&self, from: NodeId, to: NodeId) -> Option<usize> {
        let node = |id: NodeId| &self.scenario.nodes[id.0 as usize];
        let hosts = [node(from).on, node(to).on];
        if let [Some(host), Some(other)] = hosts
            && host == other
            && node(host).replicas == 1
        {
            return None;
        }
        let ends = |id, host: Option<NodeId>| [Some(id), host].into_iter().flatten();
        ends(from, hosts[0])
            .flat_map(|from| ends(to, hosts[1]).map(move |to| (from, to)))
            .find_map(|ends| self.by_ends.get(&ends).copied())
    }

    pub fn get(&self, link: usize) -> &'a Link {
        &self.scenario.links[link]
    }
}

/// The mean seconds from one end to the other, without losses and without the bytes.
pub fn one_way_seconds(link: &Link) -> f64 {
    link.latency.mean() + link.jitter.as_ref().map_or(0.0, Distribution::mean)
}

/// What losses add to a message on average, and to a handshake's round trip.
pub fn lost_segment_seconds(link: &Link) -> f64 {
    lost_seconds(link.loss, SEGMENT_AGAIN_S)
}

pub fn lost_syn_seconds(link: &Link) -> f64 {
    lost_seconds(link.loss, SYN_AGAIN_S)
}

fn lost_seconds(loss: f64, again_seconds: f64) -> f64 {
    (1..=LOSSES_MOST).map(|losses| loss.powi(losses) * again_seconds * 2f64.powi(losses - 1)).sum()
}

/// How long the bytes take to leave.
pub fn sending_seconds(link: &Link, bytes: u64) -> f64 {
    link.bandwidth.map_or(0.0, |bandwidth| bytes as f64 / bandwidth)
}

/// The mean seconds of opening a connection with so many round trips.
pub fn handshake_seconds(link: &Link, round_trips: f64) -> f64 {
    round_trips * (2.0 * one_way_seconds(link) + lost_syn_seconds(link))
}
