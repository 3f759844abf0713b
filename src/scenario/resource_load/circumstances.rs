//! What depends on how much is sent: how many look-ups caches miss, and how often clients open
//! connections.

use super::caching::ObjectCache;
use super::following::demand;
use crate::kernel::time::NEVER;
use crate::nodes::NodeKind;
use crate::nodes::cache::Holds;
use crate::nodes::user::Tls;
use crate::scenario::connections::{fresh_share, kept_for};
use crate::scenario::load_estimate::Sent;
use crate::scenario::model::{NodeId, Scenario};

#[derive(Clone, Debug)]
pub struct Circumstances {
    /// Of each node, the share of its visits that call on.
    misses: Vec<f64>,
    /// Requests per second of each user.
    sent: Vec<f64>,
}

/// Caches behind caches know how much they are asked one after the other.
const ROUNDS_MOST: usize = 50;
const SURE: f64 = 1e-9;

impl Circumstances {
    pub fn of(scenario: &Scenario, sent: &Sent) -> Circumstances {
        let caches: Vec<Option<ObjectCache>> = scenario.nodes.iter().map(ObjectCache::of).collect();
        Circumstances::with(scenario, sent, &caches)
    }

    /// The same with caches that have been looked into before.
    pub fn with(scenario: &Scenario, sent: &Sent, caches: &[Option<ObjectCache>]) -> Circumstances {
        let known = |node: &crate::scenario::model::Node| match &node.kind {
            NodeKind::Cache(cache) => match cache.holds {
                Holds::Ratio(ratio) => 1.0 - ratio,
                // Until it is known how much it is asked.
                Holds::Objects { .. } => 1.0,
            },
            _ => 1.0,
        };
        let users = (0..scenario.nodes.len()).map(|number| sent.of_user(NodeId(number as u32)));
        let misses = scenario.nodes.iter().map(known).collect();
        let mut circumstances = Circumstances { misses, sent: users.collect() };
        if caches.iter().all(Option::is_none) {
            return circumstances;
        }
        let depends = caches.iter().flatten().any(ObjectCache::depends_on_load);
        for _ in 0..ROUNDS_MOST {
            let rates = match depends {
                true => demand(scenario, sent, &circumstances).nodes,
                false => Vec::new(),
            };
            let mut change = 0.0_f64;
            for (number, cache) in caches.iter().enumerate() {
                let Some(cache) = cache else { continue };
                let asked = rates.get(number).map_or(0.0, |node| node.visits.in_all());
                let share = cache.miss_share(asked / f64::from(scenario.nodes[number].replicas));
                change = change.max((share - circumstances.misses[number]).abs());
                circumstances.misses[number] = share;
            }
            if !depends || change < SURE {
                break;
            }
        }
        circumstances
    }

    /// The share of visits to a node that make the calls behind it: of a cache those that miss.
    pub fn misses(&self, id: NodeId) -> f64 {
        self.misses[id.0 as usize]
    }

    /// The share of a client's requests that find its connection closed.
    pub fn fresh_share(&self, scenario: &Scenario, user: NodeId, called: NodeId) -> f64 {
        let (node, called) = (&scenario.nodes[user.0 as usize], &scenario.nodes[called.0 as usize]);
        match &node.kind {
            NodeKind::User(sender) => fresh_share(self.sent[user.0 as usize], node, sender, kept_for(called)),
            _ => 1.0,
        }
    }
}

/// Whether any of it changes with the load, so that what is asked for does not grow in proportion.
pub fn depend_on_load(scenario: &Scenario, caches: &[Option<ObjectCache>]) -> bool {
    let is_encrypted = |user: &crate::nodes::user::User| user.tls != Tls::None && user.keeps_connection;
    let greets = scenario.nodes.iter().any(|node| match &node.kind {
        NodeKind::User(user) => is_encrypted(user),
        _ => false,
    });
    let closes = scenario.nodes.iter().any(|node| match &node.kind {
        NodeKind::WebServer(web) => web.keepalive_timeout != NEVER && web.tls_handshake > 0,
        _ => false,
    });
    caches.iter().flatten().any(ObjectCache::depends_on_load) || (greets && closes)
}
