//! What lies between a caller and whoever it calls: ways over links, handshakes, greetings.

use super::contacts::Contact;
use super::members::{Member, Part, behaviour, node};
use super::moments::Moments;
use super::reckoning::{Place, Reckoned, Reckoner};
use crate::kernel::time::to_seconds;
use crate::nodes::NodeKind;
use crate::nodes::user::Tls;
use crate::scenario::crossing::{lost_segment_seconds, lost_syn_seconds, sending_seconds};
use crate::scenario::model::NodeId;

/// A link that is crossed.
pub struct Crossing {
    pub link: usize,
    /// The share of the calls that go over it.
    pub share: f64,
    /// Over all calls, those included that stay on their host.
    pub out: Moments,
    pub back: Moments,
}

impl Reckoner<'_> {
    /// What a new connection costs whoever is called, in seconds at its place.
    pub fn greeting_seconds(&self, called: NodeId, encrypted: bool) -> f64 {
        self.greeting_cpu_seconds(called, encrypted) / self.speed_at(called)
    }

    /// The same as CPU time at speed 1.
    pub fn greeting_cpu_seconds(&self, called: NodeId, encrypted: bool) -> f64 {
        match &node(self.scenario, called).kind {
            NodeKind::WebServer(web_server) if encrypted => to_seconds(web_server.tls_handshake),
            NodeKind::Database(database) => to_seconds(database.connect),
            _ => 0.0,
        }
    }

    fn speed_at(&self, id: NodeId) -> f64 {
        match node(self.scenario, id).on.map(|host| &node(self.scenario, host).kind) {
            Some(NodeKind::Server(server)) => server.speed,
            _ => 1.0,
        }
    }

    pub fn is_encrypted(&self, caller: NodeId) -> bool {
        matches!(&node(self.scenario, caller).kind, NodeKind::User(user) if user.tls != Tls::None)
    }

    /// The share of a caller's calls to a member that open a connection.
    pub fn fresh_share(
        &self,
        caller: NodeId,
        place: Place,
        reckoned: &Reckoned,
        to: &Member,
        contacts: &[Contact],
    ) -> f64 {
        let often = reckoned.call.chance * reckoned.call.times.mean();
        let is_database = matches!(node(self.scenario, to.node).kind, NodeKind::Database(_));
        let opening = match is_database && often * to.share > 0.0 {
            // A visit keeps its connections until it ends.
            true => (greeting_by(contacts, place, to) / (often * to.share)).min(1.0),
            false => 1.0,
        };
        let opening = opening * self.handshakes(caller, to.node);
        match &node(self.scenario, caller).kind {
            // What a request calls after that finds the connection open.
            NodeKind::User(user) if user.keeps_connection && (place.stage > 0 || place.call > 0) => 0.0,
            NodeKind::User(user) if user.keeps_connection => opening / often.max(1.0),
            _ => opening,
        }
    }

    /// How often a call that opens a session shakes hands before.
    pub fn handshakes(&self, caller: NodeId, called: NodeId) -> f64 {
        match &node(self.scenario, caller).kind {
            NodeKind::User(user) if user.keeps_connection => {
                self.circumstances.fresh_share(self.scenario, caller, called)
            }
            NodeKind::User(_) => 1.0,
            _ if behaviour(self.scenario, caller).calling.keeps_connections => 0.0,
            _ => 1.0,
        }
    }

    /// How long a caller that opens a connection waits before it can send.
    pub fn handshake_seconds(&self, from: NodeId, to: NodeId) -> f64 {
        let out = |fresh: f64| self.crossing(from, to, fresh).map_or(0.0, |crossing| crossing.out.mean);
        out(1.0) - out(0.0)
    }

    /// What lies between two nodes, if anything does, for a call of which so many open a connection.
    pub fn crossing(&self, from: NodeId, to: NodeId, fresh: f64) -> Option<Crossing> {
        let number = self.links.between(from, to)?;
        let link = self.links.get(number);
        let round_trips = match &node(self.scenario, from).kind {
            NodeKind::User(user) => f64::from(1 + user.tls.round_trips()),
            _ => 1.0,
        };
        let jitter = link.jitter.as_ref().map_or(Moments::NONE, Moments::of);
        let one_way = Moments::of(&link.latency).then(jitter);
        let lost = Moments::constant(lost_segment_seconds(link));
        let sent = |bytes: u64| lost.then(Moments::constant(sending_seconds(link, bytes)));
        // Each message of a handshake takes as long as the call itself.
        let new = one_way.stretched(1.0 + 2.0 * round_trips);
        let new = new.then(Moments::constant(round_trips * lost_syn_seconds(link)));
        let there = Moments::one_of([(1.0 - fresh, one_way), (fresh, new)].into_iter());
        let share = self.links.leaving_share(from, to);
        Some(Crossing {
            link: number,
            share,
            out: there.then(sent(self.class.request_bytes)).perhaps(share),
            back: one_way.then(sent(self.class.response_bytes)).perhaps(share),
        })
    }
}

/// How often a visit has no connection yet to a member that it calls.
fn greeting_by(contacts: &[Contact], place: Place, to: &Member) -> f64 {
    // They stand in the order of the calls.
    let of = |contact: &Contact| (contact.stage, contact.call);
    let first = contacts.partition_point(|contact| of(contact) < (place.stage, place.call));
    let here = contacts[first..].iter().take_while(|contact| of(contact) == (place.stage, place.call));
    let is_here = |contact: &&Contact| {
        contact.moves == 0
            && contact.database == to.node
            && (to.replicas == Part::All || contact.replicas == to.replicas)
    };
    here.filter(is_here).map(|contact| contact.greeting).sum()
}
