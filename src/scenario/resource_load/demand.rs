//! What is asked of each node, of each link, and of what callers keep.

use super::members::Part;
use crate::parts::resource::{Owner, ResourceKind, Way};
use crate::scenario::model::{NodeId, Scenario};
use rustc_hash::FxHashMap;

#[derive(Debug)]
pub struct Demand {
    /// In the order of the scenario.
    pub nodes: Vec<NodeDemand>,
    /// Bytes per second over each link: calls out, and answers back.
    pub links: Vec<[f64; 2]>,
    /// Connections and calls in use on average, of all replicas of the caller together.
    pub kept: FxHashMap<(ResourceKind, Owner), f64>,
    /// Visits per second that each user's clients make to nodes that count them one by one.
    pub by_user: FxHashMap<(NodeId, NodeId), f64>,
}

/// All replicas of a node together.
#[derive(Clone, Copy, Debug, Default)]
pub struct NodeDemand {
    /// Visits per second.
    pub visits: Spread,
    /// Seconds of CPU per second, on cores of speed 1.
    pub cpu: Spread,
    /// Slots that are taken on average.
    pub slots: Spread,
    /// Visits that are inside on average.
    pub inside: Spread,
}

/// Something that is shared out among the replicas of a node: what all share alike, what the first
/// has alone, and what the others share.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Spread {
    alike: f64,
    first: f64,
    others: f64,
}

impl Spread {
    pub fn add(&mut self, replicas: Part, amount: f64) {
        match replicas {
            Part::All => self.alike += amount,
            Part::First => self.first += amount,
            Part::Others => self.others += amount,
        }
    }

    /// Each of it so much.
    pub fn times(&mut self, factor: f64) {
        self.alike *= factor;
        self.first *= factor;
        self.others *= factor;
    }

    pub fn in_all(&self) -> f64 {
        self.alike + self.first + self.others
    }

    /// Of so many replicas, what the first has, and each of the others.
    pub fn each(&self, replicas: u32) -> (f64, f64) {
        let replicas = f64::from(replicas.max(1));
        let alike = self.alike / replicas;
        (alike + self.first, alike + self.others / (replicas - 1.0).max(1.0))
    }

    /// What the one has that has most.
    pub fn most(&self, replicas: u32) -> f64 {
        let (first, other) = self.each(replicas);
        if replicas > 1 { first.max(other) } else { first }
    }
}

impl Demand {
    pub fn none(scenario: &Scenario) -> Demand {
        Demand {
            nodes: vec![NodeDemand::default(); scenario.nodes.len()],
            links: vec![[0.0; 2]; scenario.links.len()],
            kept: FxHashMap::default(),
            by_user: FxHashMap::default(),
        }
    }

    pub fn at(&mut self, id: NodeId) -> &mut NodeDemand {
        &mut self.nodes[id.0 as usize]
    }

    pub fn sends(&mut self, link: usize, way: Way, bytes: f64) {
        self.links[link][way as usize] += bytes;
    }

    pub fn keeps(&mut self, kind: ResourceKind, owner: Owner, amount: f64) {
        *self.kept.entry((kind, owner)).or_insert(0.0) += amount;
    }
}
