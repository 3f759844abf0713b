//! How full the fullest was of what each node has, and of what lies between two nodes.

use super::measured::{Measured, measured};
use super::resources::{FullestBucket, fullest};
use super::window::Window;
use crate::parts::resource::{Owner, Party, ResourceKind};
use crate::results::RunResults;
use crate::scenario::model::{NodeId, Scenario, Target};
use crate::scenario::resources::name;
use petgraph::visit::EdgeRef;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

/// A resource in the time bucket in which it was fullest.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Fullest {
    pub resource: String,
    #[serde(flatten)]
    pub bucket: FullestBucket,
}

/// The share in use over all the time up, and in the fullest bucket.
type Figures = (Option<f64>, Fullest);

pub struct Fullness {
    nodes: FxHashMap<NodeId, Figures>,
    pairs: FxHashMap<(NodeId, NodeId), Figures>,
}

impl Fullness {
    pub fn of(scenario: &Scenario, results: &RunResults, window: &Window) -> Fullness {
        let mut fullness = Fullness { nodes: FxHashMap::default(), pairs: FxHashMap::default() };
        let mut links: FxHashMap<u32, Figures> = FxHashMap::default();
        for measured in measured(scenario, results) {
            let Some(figures) = figures(scenario, results, window, &measured) else { continue };
            match measured.resource.owner {
                // A line is full only where what it leads to is full as well.
                Owner::Node(_) if measured.resource.kind == ResourceKind::Backlog => {}
                Owner::Node(node) | Owner::Limit { node, .. } => {
                    keep_fullest(&mut fullness.nodes, NodeId(node), figures);
                }
                Owner::Link { link, .. } => keep_fullest(&mut links, link, figures),
                Owner::Calls { from, to } => {
                    for from in members(scenario, from) {
                        for to in members(scenario, to) {
                            keep_fullest(&mut fullness.pairs, (from, to), figures.clone());
                        }
                    }
                }
            }
        }
        let id = |index: usize| NodeId(index as u32);
        for edge in scenario.graph.edge_references() {
            let link = edge.weight().and_then(|link| links.get(&(link as u32)));
            if let Some(figures) = link {
                let pair = (id(edge.source().index()), id(edge.target().index()));
                keep_fullest(&mut fullness.pairs, pair, figures.clone());
            }
        }
        fullness
    }

    pub fn of_node(&self, node: NodeId) -> Option<Figures> {
        self.nodes.get(&node).cloned()
    }

    pub fn between(&self, pair: (NodeId, NodeId)) -> Option<Figures> {
        self.pairs.get(&pair).cloned()
    }
}

fn figures(
    scenario: &Scenario,
    results: &RunResults,
    window: &Window,
    measured: &Measured,
) -> Option<Figures> {
    let edges = &results.bucket_edges;
    let bucket = fullest(measured, window.buckets.clone(), edges)?;
    let resource = name(scenario, measured.resource.kind, measured.resource.owner);
    Some((measured.total(window.buckets.clone(), edges).share(), Fullest { resource, bucket }))
}

/// Of two that are as full, the first.
fn keep_fullest<K: Eq + std::hash::Hash>(known: &mut FxHashMap<K, Figures>, key: K, figures: Figures) {
    let is_fuller = |best: &Figures| figures.1.bucket.utilisation > best.1.bucket.utilisation;
    if known.get(&key).is_none_or(is_fuller) {
        known.insert(key, figures);
    }
}

fn members(scenario: &Scenario, party: Party) -> Vec<NodeId> {
    match party {
        Party::Node(node) => vec![NodeId(node)],
        Party::Group(group) => scenario.nodes_of(Target::Group(group)),
    }
}
