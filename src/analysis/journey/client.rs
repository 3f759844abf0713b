//! The client's own part: how often it sends, what it remembers of the site's name, and
//! whether it still has a connection.

use super::calls;
use super::{Connect, RecordLine, Resolve};
use crate::kernel::time::{NEVER, to_seconds};
use crate::nodes::NodeKind;
use crate::nodes::dns::{Dns, PointsTo};
use crate::nodes::user::{Tls, User};
use crate::parts::arrivals::Arrivals;
use crate::scenario::connections::{fresh_share, kept_for};
use crate::scenario::crossing::{Links, handshake_seconds, one_way_seconds};
use crate::scenario::load_estimate::{Sent, UserRates};
use crate::scenario::model::{Node, NodeId, Scenario};
use crate::scenario::resource_load::calling_shares;

/// How much is sent.
#[derive(Clone, Debug)]
pub struct Rates {
    /// By whom; closed populations send as if they were answered without any waiting.
    pub sent: Sent,
    /// Requests per second of each class.
    pub classes: Vec<f64>,
    /// Of each node, the share of its visits that call on: of a cache those that miss.
    pub calling_shares: Vec<f64>,
    /// Some users send only as fast as they are answered: it is no more than that.
    pub at_most: bool,
    /// All users in closed populations; 0 if there are open arrivals as well.
    pub population: f64,
    known: bool,
}

/// How fast closed populations send depends on what caches hold, and that on how fast they send.
const ROUNDS_MOST: usize = 30;
const SURE: f64 = 1e-9;

impl Rates {
    pub fn of(scenario: &Scenario) -> Rates {
        let mut rates = Rates::idle(scenario, calling_shares(scenario, &Sent::nothing(scenario)));
        for _ in 0..ROUNDS_MOST {
            let before = rates.calling_shares;
            rates = Rates::with(scenario, before.clone());
            let change = before.iter().zip(&rates.calling_shares).map(|(old, new)| f64::abs(old - new));
            if change.fold(0.0, f64::max) < SURE {
                break;
            }
        }
        rates
    }

    /// Nobody sends anything.
    fn idle(scenario: &Scenario, calling_shares: Vec<f64>) -> Rates {
        Rates {
            sent: Sent::nothing(scenario),
            classes: vec![0.0; scenario.classes.len()],
            calling_shares,
            at_most: false,
            population: 0.0,
            known: true,
        }
    }

    /// If caches let so much through.
    fn with(scenario: &Scenario, let_through: Vec<f64>) -> Rates {
        let idle = Rates::idle(scenario, let_through);
        let mut rates = idle.clone();
        // With an open stream in place of each closed population.
        let mut opened = scenario.clone();
        let mut is_open = false;
        for (number, node) in scenario.nodes.iter().enumerate() {
            let NodeKind::User(user) = &node.kind else { continue };
            let Arrivals::Closed { population, think } = &user.arrivals else {
                is_open = true;
                continue;
            };
            rates.at_most = true;
            rates.population += f64::from(*population) * f64::from(node.replicas);
            let cycle = think.mean() + mean_answer_seconds(scenario, NodeId(number as u32), &idle);
            let rate = f64::from(*population) / cycle;
            rates.known &= rate.is_finite();
            let open = Arrivals::Poisson { rate: if rate.is_finite() { rate } else { 0.0 } };
            if let NodeKind::User(opened) = &mut opened.nodes[number].kind {
                opened.arrivals = open;
            }
        }
        if is_open {
            rates.population = 0.0;
        }
        if let Some(users) = UserRates::of(&opened) {
            rates.sent = Sent::of(scenario, &users);
        }
        let in_all = |class: usize| rates.sent.of_class(class).iter().map(|(_, rate)| rate).sum();
        rates.classes = (0..scenario.classes.len()).map(in_all).collect();
        rates.calling_shares = calling_shares(scenario, &rates.sent);
        rates
    }

    pub fn of_class(&self, class: usize) -> Option<f64> {
        self.known.then(|| self.classes[class])
    }

    /// Requests per second of a user, all its replicas together.
    fn of_user(&self, id: NodeId) -> f64 {
        self.sent.of_user(id)
    }
}

/// What an answer takes a user on average if nobody waits for others.
fn mean_answer_seconds(scenario: &Scenario, user: NodeId, idle: &Rates) -> f64 {
    let (mut seconds, mut shares) = (0.0, 0.0);
    for (number, class) in scenario.classes.iter().enumerate() {
        if class.from.contains(&user) {
            seconds += class.share * calls::answer_seconds(scenario, number, user, idle);
            shares += class.share;
        }
    }
    if shares > 0.0 { seconds / shares } else { 0.0 }
}

/// The look-up of the user's site, if it is looked up: the step, and its mean seconds.
pub fn resolve(
    scenario: &Scenario,
    links: &Links,
    rates: &Rates,
    id: NodeId,
    user: &User,
) -> Option<(Resolve, f64)> {
    let name = user.visits.as_deref()?;
    let (resolver, dns) = resolver(scenario, name)?;
    let records = records(dns, name);
    let shortest = dns.chain(name).ttls.iter().copied().min().unwrap_or(dns.negative_ttl);
    let ttl_s = to_seconds(shortest);
    let node = &scenario.nodes[id.0 as usize];
    let (asked_share, cold_share) = forgotten_shares(rates.of_user(id), node, user, ttl_s);
    let there_and_back =
        links.between(id, resolver).map_or(0.0, |link| 2.0 * one_way_seconds(links.get(link)));
    let seconds = asked_share * there_and_back + cold_share * dns.lookup.mean();
    let resolve = Resolve {
        user: node.name.clone(),
        name: name.to_owned(),
        resolver: scenario.nodes[resolver.0 as usize].name.clone(),
        records,
        ttl_s,
        asked_share,
        cold_share,
        lookup_ms: 1e3 * (dns.lookup.mean() + there_and_back),
        approximate: !is_poisson(&user.arrivals),
    };
    Some((resolve, seconds))
}

/// The resolver that knows the name.
pub fn resolver<'a>(scenario: &'a Scenario, name: &str) -> Option<(NodeId, &'a Dns)> {
    let nodes = scenario.nodes.iter().enumerate();
    let mut resolvers = nodes.filter_map(|(number, node)| match &node.kind {
        NodeKind::Dns(dns) => Some((NodeId(number as u32), dns)),
        _ => None,
    });
    resolvers.find(|(_, dns)| dns.records.iter().any(|record| record.name.eq_ignore_ascii_case(name)))
}

fn records(dns: &Dns, name: &str) -> Vec<RecordLine> {
    let mut lines = Vec::new();
    let mut name = name;
    for _ in 0..dns.chain(name).ttls.len() {
        let Some(record) = dns.records.iter().find(|record| record.name.eq_ignore_ascii_case(name)) else {
            break;
        };
        let (kind, target) = match &record.points_to {
            PointsTo::Address(address) => ("A", address),
            PointsTo::Name(next) => ("CNAME", next),
        };
        lines.push(RecordLine {
            name: record.name.clone(),
            kind,
            target: target.clone(),
            ttl_s: to_seconds(record.ttl),
        });
        name = target;
    }
    lines
}

/// Which shares of requests find that the client, and that the resolver as well, has
/// forgotten the address.
///
/// With Poisson arrivals it is exact: the first request after the records have expired asks
/// the resolver, which asks on; until they expire again, each further client asks once.
fn forgotten_shares(rate: f64, node: &Node, user: &User, ttl_s: f64) -> (f64, f64) {
    let rate = rate / f64::from(node.replicas);
    if rate <= 0.0 {
        return (0.0, 0.0);
    }
    let clients = f64::from(user.clients.max(1));
    let requests = 1.0 + rate * ttl_s;
    let others = (clients - 1.0) * -libm::expm1(-rate / clients * ttl_s);
    ((1.0 + others) / requests, 1.0 / requests)
}

fn is_poisson(arrivals: &Arrivals) -> bool {
    matches!(arrivals, Arrivals::Poisson { .. })
}

/// The client's connection to the first node of its path: the step, and its mean seconds.
pub fn connect(
    scenario: &Scenario,
    links: &Links,
    rates: &Rates,
    id: NodeId,
    to: NodeId,
) -> Option<(Connect, f64)> {
    let (node, called) = (&scenario.nodes[id.0 as usize], &scenario.nodes[to.0 as usize]);
    let NodeKind::User(user) = &node.kind else { return None };
    let link = links.get(links.between(id, to)?);
    let kept_for = kept_for(called);
    let fresh_share = fresh_share(rates.of_user(id), node, user, kept_for);
    let round_trips = 1 + user.tls.round_trips();
    let seconds = fresh_share * handshake_seconds(link, f64::from(round_trips));
    let connect = Connect {
        from: node.name.clone(),
        to: called.name.clone(),
        tls: match user.tls {
            Tls::None => None,
            Tls::V1_2 => Some("TLS 1.2"),
            Tls::V1_3 => Some("TLS 1.3"),
        },
        round_trips,
        round_trip_ms: 2e3 * one_way_seconds(link),
        fresh_share,
        kept_s: (kept_for != NEVER).then(|| to_seconds(kept_for)),
        keeps: user.keeps_connection,
        approximate: !is_poisson(&user.arrivals) && !matches!(user.arrivals, Arrivals::Closed { .. }),
    };
    Some((connect, seconds))
}

/// The CPU seconds that the first node spends on the client's handshake, on average.
pub fn tls_seconds(rates: &Rates, scenario: &Scenario, id: NodeId, to: &Node) -> f64 {
    let node = &scenario.nodes[id.0 as usize];
    match (&node.kind, &to.kind) {
        (NodeKind::User(user), NodeKind::WebServer(web_server)) if user.tls != Tls::None => {
            fresh_share(rates.of_user(id), node, user, kept_for(to)) * to_seconds(web_server.tls_handshake)
        }
        _ => 0.0,
    }
}
