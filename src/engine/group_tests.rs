//! Members of a group, each with what it does, how it calls, and what leads from it.

use super::trial;
use crate::kernel::time::to_seconds;
use crate::parts::outcome::Outcome;
use crate::parts::resource::{Owner, ResourceKind};
use crate::results::{NodeBucket, RunResults};
use crate::scenario::load_estimate::Sent;
use crate::scenario::resource_load::{ResourceLoad, in_use};

fn run(text: &str) -> RunResults {
    trial::run(&trial::plan_of(text))
}

fn node(results: &RunResults, number: usize) -> NodeBucket {
    results.nodes[number].buckets.iter().fold(NodeBucket::default(), NodeBucket::join)
}

/// Seconds that a visit was served at the first replica of a node, on average.
fn served(results: &RunResults, number: usize) -> f64 {
    let sum = node(results, number);
    sum.served as f64 * 1e-9 / sum.started as f64
}

fn count(results: &RunResults, outcome: Outcome) -> u64 {
    results.classes[0].buckets.iter().map(|bucket| bucket.outcomes[outcome as usize]).sum()
}

fn near(found: f64, expected: f64) {
    assert!((found / expected - 1.0).abs() < 0.03, "{found} instead of {expected}");
}

const FARM: &str = "
run: { duration: 2000s, warmup: none }
nodes:
  clients: { kind: user, arrivals: 8/s }
  slow: { kind: station, servers: unlimited, work: 500ms }
  fast: { kind: station, servers: unlimited, work: 1ms }
groups:
  farm: { members: [ slow, fast ] }
requests:
  job: { path: [ farm ] }
";

#[test]
fn each_member_does_its_own_work_where_the_path_says_nothing() {
    let results = run(FARM);
    near(served(&results, 1), 0.5);
    near(served(&results, 2), 0.001);
    let written = run(&FARM.replace("[ farm ]", "[ farm: 20ms ]"));
    near(served(&written, 1), 0.02);
    near(served(&written, 2), 0.02);
}

#[test]
fn each_member_does_its_own_work_for_a_caller_that_waits_for_it() {
    let results = run(&FARM.replace("arrivals: 8/s", "arrivals: 8/s, timeout: 400ms"));
    near(served(&results, 2), 0.001);
    // The slow one is too slow for this timeout, and gets half of the requests.
    near(count(&results, Outcome::TimedOut) as f64 / results.ended as f64, 0.5);
}

#[test]
fn a_walk_does_at_each_member_what_that_does() {
    let walk = "{ route: { start: farm, farm: { farm: 50%, leave: 50% } } }";
    let results = run(&FARM.replace("{ path: [ farm ] }", walk));
    near(served(&results, 1), 0.5);
    near(served(&results, 2), 0.001);
    // Whoever has been there comes again with every second one.
    near((node(&results, 1).visits + node(&results, 2).visits) as f64 / results.offered as f64, 2.0);
}

#[test]
fn a_station_hands_over_to_members_that_do_their_own_work() {
    let text = FARM.replace("groups:", "  front: { kind: station, servers: unlimited, work: 2ms }\ngroups:");
    let results = run(&text.replace("[ farm ]", "[ front, farm ]"));
    near(served(&results, 1), 0.5);
    near(served(&results, 2), 0.001);
    near(served(&results, 3), 0.002);
}

#[test]
fn each_member_waits_as_long_as_it_says() {
    let results = run("
run: { duration: 500s, warmup: none }
nodes:
  clients: { kind: user, arrivals: { every: 50ms } }
  web1: { kind: web_server, proxy_read_timeout: 100ms }
  web2: { kind: web_server, proxy_read_timeout: 60s }
  lb: { kind: load_balancer }
  app: { kind: app_server, workers: 100 }
groups:
  web: { members: [ web1, web2 ] }
requests:
  job: { path: [ lb, web: 0s, app: 200ms ] }
");
    near(count(&results, Outcome::GatewayTimeout) as f64 / results.ended as f64, 0.5);
    assert_eq!(node(&results, 2).failed, 0, "the second has patience");
}

#[test]
fn each_member_tries_again_as_often_as_it_says() {
    let results = run("
run: { duration: 500s, warmup: none }
nodes:
  clients: { kind: user, arrivals: { every: 50ms } }
  lb: { kind: load_balancer }
  app1: { kind: app_server, workers: 50, calls: { retries: 3 } }
  app2: { kind: app_server, workers: 50 }
  api: { kind: app_server, workers: 50 }
groups:
  apps: { members: [ app1, app2 ] }
requests:
  job: { path: [ lb, apps: 1ms, api: 1ms ] }
timeline:
  - { at: 0s, black_hole: api }
");
    // Half of the requests are tried once, the others four times.
    near(node(&results, 4).visits as f64 / results.ended as f64, 2.5);
}

#[test]
fn each_member_has_links_of_its_own() {
    let results = run("
run: { duration: 500s, warmup: none }
nodes:
  clients: { kind: user, arrivals: { every: 50ms } }
  lb: { kind: load_balancer }
  app1: { kind: app_server, workers: 50, pool: { size: 50 } }
  app2: { kind: app_server, workers: 50, pool: { size: 50 } }
  db: { kind: database }
groups:
  apps: { members: [ app1, app2 ] }
links:
  app1 -> db: { latency: 1ms }
  app2 -> db: { latency: 50ms }
requests:
  job: { path: [ lb, apps: 0ms, db: 1ms ] }
");
    // There and back, and a millisecond of work.
    near(served(&results, 2), 0.003);
    near(served(&results, 3), 0.101);
}

#[test]
fn a_walk_goes_over_the_links_between_its_stops() {
    let results = run("
run: { duration: 500s, warmup: none }
nodes:
  clients: { kind: user, arrivals: { every: 50ms } }
  cpu: { kind: station, servers: unlimited }
  near: { kind: station, servers: unlimited }
  far: { kind: station, servers: unlimited }
links:
  clients -> cpu: { latency: 300ms }
  cpu -> far: { latency: 80ms }
requests:
  job: { route: { start: cpu, cpu: { near: 50%, far: 50% }, near: far, far: leave } }
");
    // In at 300 ms; half go on to the far one at once, the others by way of the near one.
    let sum: u128 = results.classes[0].buckets.iter().map(|bucket| bucket.latency_sum).sum();
    near(sum as f64 * 1e-9 / results.ended as f64, 0.34);
    assert!(to_seconds(results.ended_at) >= 500.0);
}

const CACHES: &str = "
run: { duration: 500s, warmup: none }
nodes:
  clients: { kind: user, arrivals: { every: 50ms } }
  lb: { kind: load_balancer }
  good: { kind: cache, hit_ratio: 90% }
  bad: { kind: cache, hit_ratio: 10% }
  origin: { kind: app_server, workers: 50 }
groups:
  caches: { members: [ good, bad ] }
requests:
  job: { path: [ lb, caches: 1ms, origin: 1ms ] }
";

#[test]
fn caches_of_a_group_hold_what_each_of_them_holds() {
    let results = run(CACHES);
    let ratio = |number: usize| node(&results, number).hits as f64 / node(&results, number).lookups as f64;
    near(ratio(2), 0.9);
    assert!((ratio(3) - 0.1).abs() < 0.02, "{}", ratio(3));
}

#[test]
fn each_member_keeps_a_clients_connection_as_long_as_it_says() {
    let results = |first: &str, second: &str| {
        let text = "
run: { duration: 500s, warmup: none }
nodes:
  clients: { kind: user, arrivals: { every: 10s }, clients: 1 }
  web1: { kind: web_server, keepalive_timeout: FIRST }
  web2: { kind: web_server, keepalive_timeout: SECOND }
groups:
  web: { members: [ web1, web2 ] }
links:
  clients -> web1: { latency: 100ms }
  clients -> web2: { latency: 100ms }
requests:
  job: { path: [ web: 0s ] }
";
        let results = run(&text.replace("FIRST", first).replace("SECOND", second));
        let sum: u128 = results.classes[0].buckets.iter().map(|bucket| bucket.latency_sum).sum();
        sum as f64 * 1e-9 / results.ended as f64
    };
    // A new connection takes one round trip more.
    near(results("60s", "60s"), 0.2);
    near(results("5s", "60s"), 0.3);
    near(results("60s", "5s"), 0.3);
    near(results("5s", "5s"), 0.4);
}

#[test]
fn the_load_of_each_member_is_estimated_from_its_own_work() {
    let scenario = |text: &str| {
        let loaded = crate::scenario::load::load_text("test.yaml", text, &[]);
        loaded.scenario.expect("a scenario without mistakes")
    };
    let slots_taken = |text: &str, node: u32| {
        let scenario = scenario(text);
        let loads = in_use(&scenario, &Sent::usual(&scenario).expect("rates are known"));
        let slots = |load: &&ResourceLoad| {
            (load.resource.kind, load.resource.owner) == (ResourceKind::Slots, Owner::Node(node))
        };
        let load = loads.iter().find(slots).expect("its slots are limited");
        let share = load.expected.as_ref().expect("it can be reckoned").share;
        share * load.resource.capacity * f64::from(load.resource.places)
    };
    let limited = FARM.replace("servers: unlimited", "servers: 1000");
    near(slots_taken(&limited, 1), 2.0);
    near(slots_taken(&limited, 2), 0.004);
}
