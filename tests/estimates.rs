//! What is reckoned before a run is what a run then measures: how full everything is, and what caches
//! let through.
//!
//! More cases: `PROPTEST_CASES=2000 cargo test --test estimates`.

#[path = "support/cases.rs"]
mod cases;
#[path = "support/random_site.rs"]
mod random_site;

use cases::cases;
use proptest::prelude::*;
use random_site::random_site;
use spof::engine::{Options, Simulation};
use spof::kernel::time::NEVER;
use spof::nodes::NodeKind;
use spof::parts::rate_limit::Per;
use spof::parts::resource::{Owner, ResourceKind};
use spof::plan;
use spof::results::row::RowSampling;
use spof::results::{NodeBucket, RunResults};
use spof::scenario::load::{Loaded, load_text};
use spof::scenario::load_estimate::Sent;
use spof::scenario::model::Scenario;
use spof::scenario::resource_load::{ResourceLoad, calling_shares, estimate, in_use};
use spof::scenario::resources::{Resource, name};

/// How much may be sent: as much as fills the fullest to these shares. At the first of them hardly
/// anybody waits, so that what is held while others work is as reckoned. At the others who waits holds
/// what he has for longer, which the estimate does not know; but what passes (work on cores, bytes,
/// requests through limits) is the same at any load, and no less is held.
const LOADS: [f64; 3] = [0.03, 0.2, 0.45];
/// So far the estimate may be off: at a load of 3 % some waits are left, on cores that are shared as
/// well, where several small ones add up over the calls that one visit makes.
const TOLERANCE: f64 = 0.15;
/// Who answers first is reckoned from means and variances alone; what calls of such calls hold until then
/// may be off by as much as this.
const TOLERANCE_OF_RACES: f64 = 0.5;
/// A run is short beside what happens only at its beginning: first handshakes with each client.
const BEGINNING: f64 = 0.005;
/// The queries of a visit that nobody else's come between go to the replicas of a database in turn, so
/// that it keeps connections to more of them than if each went to any of them.
const IN_TURN: f64 = 0.5;
/// And so many standard deviations of what chance makes of so many visits, of which each differs from
/// the mean by one and a half times as much as the mean.
const NOISE: f64 = 4.0 * 1.5;
/// Of fewer visits nothing can be told.
const VISITS_FEWEST: f64 = 250.0;

fn loaded(text: &str, settings: &[(String, String)]) -> Scenario {
    let loaded: Loaded = load_text("site.yaml", text, settings);
    let shown = loaded.render(false);
    loaded.scenario.unwrap_or_else(|| panic!("{shown}\n{text}"))
}

fn run(scenario: &Scenario, seed: u64) -> RunResults {
    let plan = plan::compile(scenario);
    let mut simulation = Simulation::new(&plan, Options { seed, replication: 0, rows: RowSampling::None });
    simulation.advance(NEVER, u64::MAX);
    simulation.finish(false)
}

/// What was in use on average, in units of what there is, and how often it was taken.
struct Measured {
    in_use: f64,
    taken: f64,
}

struct Measurement<'a> {
    scenario: &'a Scenario,
    results: &'a RunResults,
    /// In nanoseconds.
    length: f64,
}

impl<'a> Measurement<'a> {
    fn of(scenario: &'a Scenario, results: &'a RunResults) -> Self {
        let from = results.bucket_edges[results.first_counted_bucket];
        Measurement { scenario, results, length: (results.ended_at - from) as f64 }
    }

    fn node(&self, number: usize) -> NodeBucket {
        let first: u32 = self.scenario.nodes[..number].iter().map(|node| node.replicas).sum();
        let records = &self.results.nodes[first as usize..][..self.scenario.nodes[number].replicas as usize];
        let buckets = records.iter().flat_map(|record| &record.buckets[self.results.first_counted_bucket..]);
        buckets.fold(NodeBucket::default(), NodeBucket::join)
    }

    /// `None` where a run does not count it.
    fn measured(&self, resource: &Resource) -> Option<Measured> {
        let Resource { kind, owner, capacity, .. } = *resource;
        match (kind, owner) {
            (ResourceKind::Cores, Owner::Node(number)) => {
                let node = &self.scenario.nodes[number as usize];
                let stands = |other: &usize| {
                    matches!(node.kind, NodeKind::Server(_))
                        && self.scenario.nodes[*other].on.is_some_and(|host| host.0 == number)
                };
                let residents = (0..self.scenario.nodes.len()).filter(stands).chain([number as usize]);
                let visits: u64 = residents.map(|number| self.node(number).visits).sum();
                let in_use = self.node(number as usize).cpu as f64 / self.length;
                Some(Measured { in_use, taken: visits as f64 })
            }
            (ResourceKind::Slots, Owner::Node(number)) => {
                let node = self.node(number as usize);
                let is_database = matches!(self.scenario.nodes[number as usize].kind, NodeKind::Database(_));
                // A session has several queries.
                let taken = node.visits as f64 / if is_database { 4.0 } else { 1.0 };
                Some(Measured { in_use: node.held as f64 / self.length, taken })
            }
            (ResourceKind::Backlog, _) => None,
            _ => {
                let mut records = self.results.resources.iter();
                let record = records.find(|record| (record.kind, record.owner) == (kind, owner))?;
                let buckets = record
                    .places
                    .iter()
                    .flat_map(|place| &place.buckets[self.results.first_counted_bucket..]);
                let (in_use, taken) = buckets
                    .fold((0.0, 0), |sum, bucket| (sum.0 + bucket.in_use as f64, sum.1 + bucket.taken));
                // Of what passes the time is counted for which it was busy.
                let unit = match kind {
                    ResourceKind::Bandwidth | ResourceKind::Rate => capacity,
                    _ => 1.0,
                };
                Some(Measured {
                    in_use: in_use / self.length * unit / self.buckets(resource),
                    taken: taken as f64,
                })
            }
        }
    }

    /// A limit per client has a bucket for each of them at each place.
    fn buckets(&self, resource: &Resource) -> f64 {
        let Owner::Limit { node, number } = resource.owner else { return 1.0 };
        let behaviour = self.scenario.nodes[node as usize].behaviour.as_ref().expect("a limit");
        let limit = behaviour.limits.iter().flatten().nth(number as usize).expect("a limit");
        let clients = self.scenario.nodes.iter().filter_map(|node| match &node.kind {
            NodeKind::User(user) => Some(f64::from(user.clients * node.replicas)),
            _ => None,
        });
        if limit.per == Per::Client { clients.sum() } else { 1.0 }
    }
}

fn is_held(kind: ResourceKind) -> bool {
    !matches!(kind, ResourceKind::Cores | ResourceKind::Bandwidth | ResourceKind::Rate)
}

fn is_shared_out(scenario: &Scenario, owner: Owner) -> bool {
    let Owner::Node(number) = owner else { return false };
    let node = &scenario.nodes[number as usize];
    matches!(node.kind, NodeKind::Database(_)) && node.replicas > 1
}

/// All users send so much more that the fullest is as full as is wanted.
fn with_load(text: &str, wanted: f64) -> Option<Scenario> {
    let scenario = loaded(text, &[]);
    let grows = |load: &ResourceLoad| load.expected.as_ref().map_or(0.0, |it| it.fullest - it.idle);
    let mut factor = 1.0;
    let mut scaled = scenario;
    // What caches let through does not grow in proportion.
    for _ in 0..20 {
        let sent = Sent::usual(&scaled)?;
        let fullest = in_use(&scaled, &sent).iter().map(grows).fold(0.0, f64::max);
        if fullest <= 0.0 {
            return None;
        }
        // However much is sent, caches may let too little through.
        factor = f64::min(factor * wanted / fullest, 20.0);
        let users = scaled.nodes.iter().filter(|node| matches!(node.kind, NodeKind::User(_)));
        let settings: Vec<(String, String)> = users
            .map(|user| (format!("{}.arrivals", user.name), format!("{:.6}/s", 100.0 * factor)))
            .collect();
        scaled = loaded(text, &settings);
    }
    Some(scaled)
}

proptest! {
    #![proptest_config(cases(60, 100))]

    #[test]
    fn runs_measure_what_was_reckoned_before_them(
        text in random_site(),
        load in prop::sample::select(&LOADS[..]),
        seed in 0_u64..1_000,
    ) {
        // Who comes first of several changes as soon as somebody waits.
        let has_races = text.contains("first:");
        let load = if has_races { LOADS[0] } else { load };
        let tolerance = if has_races { TOLERANCE_OF_RACES } else { TOLERANCE };
        let Some(scenario) = with_load(&text, load) else { return Ok(()) };
        let results = run(&scenario, seed);
        let measurement = Measurement::of(&scenario, &results);
        let sent = Sent::usual(&scenario).expect("open arrivals");
        let estimates = estimate(&scenario, &sent);
        for record in &results.resources {
            let key = (record.kind, record.owner);
            let is_known = estimates.iter().any(|one| (one.resource.kind, one.resource.owner) == key);
            prop_assert!(is_known, "{:?} {:?}\n{text}", record.kind, record.owner);
        }
        for one in &estimates {
            let Ok(expected) = &one.expected else { continue };
            let Some(measured) = measurement.measured(&one.resource) else { continue };
            let Resource { kind, owner, capacity, places } = one.resource;
            let reckoned = expected.share * capacity * f64::from(places);
            let is_rare = measured.taken < VISITS_FEWEST && kind != ResourceKind::Memory;
            if is_rare {
                continue;
            }
            let chance = if kind == ResourceKind::Memory { 0.0 } else { NOISE / measured.taken.sqrt() };
            let more = match is_held(kind) {
                true if load > LOADS[0] => f64::INFINITY,
                true if is_shared_out(&scenario, owner) => IN_TURN,
                _ => tolerance,
            };
            let beginning = BEGINNING * capacity * f64::from(places);
            let within = reckoned * (1.0 - tolerance - chance)..=reckoned * (1.0 + more + chance) + beginning;
            prop_assert!(
                within.contains(&measured.in_use),
                "{}: {} of {reckoned} in use, of {capacity} at {places} places\n{load}: {sent:?}\n{text}",
                name(&scenario, kind, owner),
                measured.in_use,
            );
        }
    }
}

/// The hit ratio of the node called `cache`, as reckoned and as simulated.
fn hit_ratios(text: &str, settings: &[(&str, &str)], cache: &str) -> (f64, f64) {
    let settings: Vec<(String, String)> =
        settings.iter().map(|(path, value)| ((*path).to_owned(), (*value).to_owned())).collect();
    let scenario = loaded(text, &settings);
    let number = scenario.nodes.iter().position(|node| node.name == cache).expect("the cache");
    let sent = Sent::usual(&scenario).expect("open arrivals");
    let results = run(&scenario, 1);
    let counted = Measurement::of(&scenario, &results).node(number);
    (1.0 - calling_shares(&scenario, &sent)[number], counted.hits as f64 / counted.lookups as f64)
}

fn check_hits(text: &str, settings: &[(&str, &str)], cache: &str) {
    let (reckoned, measured) = hit_ratios(text, settings, cache);
    assert!(
        (reckoned - measured).abs() < 0.02,
        "{settings:?}: {reckoned} was reckoned, and {measured} measured"
    );
}

#[test]
fn caches_hit_as_often_as_is_reckoned() {
    let shipped =
        |name: &str| std::fs::read_to_string(format!("scenarios/theory/{name}")).expect("a scenario");
    check_hits(&shipped("e05-lru-cache.yaml"), &[("run.requests", "200000")], "cache");
    check_hits(&shipped("e01-ttl-cache.yaml"), &[("run.requests", "100000")], "resolver");
    let site = "
run: { duration: 20m, warmup: 2m }
nodes:
  u: { kind: user, arrivals: 150/s }
  cdn: { kind: cache, objects: 5000, zipf: 1.0, ttl: 10m }
  vm: { kind: server, cores: 4, memory: 8GiB }
  app: { kind: app_server, on: vm, workers: 32 }
requests:
  r: { path: [ cdn: 0.1ms, app: 80ms ] }
";
    check_hits(site, &[], "cdn");
    for (capacity, ttl, zipf) in [
        ("500", "1h", "1"),
        ("500", "20s", "1"),
        ("100", "5s", "0.6"),
        ("2000", "60s", "1.4"),
        ("50", "30s", "0.9"),
    ] {
        let settings =
            [("cdn.capacity", capacity), ("cdn.ttl", ttl), ("cdn.zipf", zipf), ("cdn.replicas", "2")];
        check_hits(site, &settings, "cdn");
    }
}

#[test]
fn caches_behind_caches_are_asked_for_what_those_miss() {
    let site = "
run: { duration: 20m, warmup: 4m }
nodes:
  u: { kind: user, arrivals: 200/s }
  edge: { kind: cache, objects: 1000, ttl: 10s }
  shield: { kind: cache, objects: 300, zipf: 0.5, ttl: 30s }
  app: { kind: app_server, workers: 200 }
requests:
  r: { path: [ edge, shield, app: 5ms ] }
";
    check_hits(site, &[], "edge");
    check_hits(site, &[], "shield");
}
