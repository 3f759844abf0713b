//! Which link lies between two nodes, and what it takes to cross it.

use super::model::{Link, NodeId, Scenario};
use crate::parts::distribution::Distribution;
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

    pub fn is_empty(&self) -> bool {
        self.by_ends.is_empty()
    }

    /// The share of the calls from one node to another that leave their host: replicas stand on the
    /// replicas of a host in turn, and each calls all of those behind it alike.
    pub fn leaving_share(&self, from: NodeId, to: NodeId) -> f64 {
        let [from, to] = [from, to].map(|id| &self.scenario.nodes[id.0 as usize]);
        let (Some(host), true) = (from.on, from.on == to.on) else { return 1.0 };
        let hosts = self.scenario.nodes[host.0 as usize].replicas;
        let [from, to] = [from.replicas, to.replicas].map(|replicas| {
            let (each, more) = (replicas / hosts, replicas % hosts);
            (f64::from(replicas), f64::from(each), more)
        });
        // The first hosts have one more of each, for as long as there are any left over.
        let (few, many) = (from.2.min(to.2), from.2.max(to.2));
        let longer = if from.2 > to.2 { (from.1 + 1.0) * to.1 } else { from.1 * (to.1 + 1.0) };
        let on_one_host = f64::from(few) * (from.1 + 1.0) * (to.1 + 1.0)
            + f64::from(many - few) * longer
            + f64::from(hosts - many) * from.1 * to.1;
        1.0 - on_one_host / (from.0 * to.0)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::load::load_text;

    #[test]
    fn calls_to_replicas_on_the_same_host_stay_there() {
        for (hosts, [from, to]) in [(1, [2, 3]), (2, [1, 2]), (3, [2, 4]), (4, [6, 3]), (3, [3, 3])] {
            let text = format!(
                "
run: {{ duration: 1m }}
nodes:
  users: {{ kind: user, arrivals: 1/s }}
  host: {{ kind: server, replicas: {hosts} }}
  app: {{ kind: app_server, on: host, replicas: {from} }}
  db: {{ kind: database, on: host, replicas: {to} }}
requests:
  page: {{ path: [ app: 1ms, db: 1ms ] }}
"
            );
            let scenario = load_text("site.yaml", &text, &[]).scenario.expect("a scenario");
            let pairs = (0..from).flat_map(|one| (0..to).map(move |other| (one % hosts, other % hosts)));
            let leaving = pairs.filter(|(one, other)| one != other).count();
            let share = Links::new(&scenario).leaving_share(NodeId(2), NodeId(3));
            assert!((share - leaving as f64 / f64::from(from * to)).abs() < 1e-12, "{hosts} {from} {to}");
        }
    }
}
