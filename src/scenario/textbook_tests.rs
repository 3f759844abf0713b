//! The models of textbooks that a scenario has to be able to say.

use super::load::load_text;
use super::model::{Flow, Scenario, Stage, Warmup};
use crate::nodes::NodeKind;
use crate::nodes::cache::Holds;
use crate::parts::balance::Balance;

fn load(nodes_and_requests: &str) -> Scenario {
    let text = format!("run: {{ requests: 1000000, warmup: 1000 requests }}\n{nodes_and_requests}");
    let loaded = load_text("model.yaml", &text, &[]);
    assert!(loaded.problems.is_empty(), "{}", loaded.render(false));
    loaded.scenario.expect("there are no errors")
}

#[test]
fn one_queue_with_several_servers_and_an_end_to_patience() {
    let scenario = load(
        "nodes:
  u: { kind: user, arrivals: 9/s }
  pool: { kind: station, servers: 4, queue: 6, discipline: lifo, patience: exp(2s), occupancy: true }
requests: { job: { path: [ pool: exp(400ms) ] } }",
    );
    assert_eq!(scenario.run.warmup, Warmup::Requests(1000));
    let behaviour = scenario.nodes[1].behaviour.as_ref().expect("a station is called");
    assert_eq!((behaviour.slots, behaviour.queue, behaviour.hands_over), (4, 6, true));
    let unlimited = load(
        "nodes: { u: { kind: user, arrivals: 200/s }, cdn: { kind: station, servers: unlimited, work: pareto(shape 2.5, scale 30ms) } }
requests: { job: { path: cdn } }",
    );
    let Flow::Calls(stages) = &unlimited.classes[0].flow else { panic!("it is a path") };
    let Stage::Call(call) = &stages[0] else { panic!("it is a call") };
    assert!((call.work.wait.as_ref().expect("it has work").mean() - 0.05).abs() < 1e-12);
}

#[test]
fn closed_networks_walk_by_chance() {
    let scenario = load(
        "nodes:
  u: { kind: user, population: 20, think: exp(4s) }
  cpu: { kind: station, work: exp(125ms) }
  a: { kind: station, work: exp(300ms) }
  b: { kind: station, work: exp(200ms) }
requests:
  job: { route: { start: cpu, cpu: { a: 10/16, b: 5/16, leave: 1/16 }, a: cpu, b: cpu } }",
    );
    let Flow::Walk(walk) = &scenario.classes[0].flow else { panic!("it is a walk") };
    assert_eq!(walk.stops[0].next, [(Some(1), 0.625), (Some(2), 0.3125), (None, 0.0625)]);
    assert!(walk.stops.iter().all(|stop| stop.work.wait.is_some()));
}

#[test]
fn stations_in_a_row_hand_over() {
    let scenario = load(
        "nodes:
  u: { kind: user, arrivals: 40/s }
  a: { kind: station }
  b: { kind: station }
  c: { kind: station }
requests: { job: { path: [ a: exp(10ms), b: exp(15ms), c: exp(20ms) ] } }",
    );
    let Flow::Calls(stages) = &scenario.classes[0].flow else { panic!("it is a path") };
    let [Stage::Call(a)] = &stages[..] else { panic!("the user calls once") };
    let b = a.hand_over.as_ref().expect("it moves on");
    assert!(a.stages.is_empty() && b.stages.is_empty() && b.hand_over.is_some());
    assert_eq!(scenario.graph.edge_count(), 3);
}

#[test]
fn a_request_fans_out() {
    let scenario = load(
        "nodes:
  u: { kind: user, arrivals: 10/s }
  leaf: { kind: station, servers: unlimited }
requests: { job: { path: [ parallel: [ leaf: 100 x exp(10ms) ] ] } }",
    );
    let Flow::Calls(stages) = &scenario.classes[0].flow else { panic!("it is a path") };
    let Stage::Parallel(parallel) = &stages[0] else { panic!("it is parallel") };
    assert_eq!((parallel.calls[0].times.mean(), parallel.first), (100.0, None));
}

#[test]
fn callers_choose_among_replicas() {
    let scenario = load(
        "nodes:
  u: { kind: user, arrivals: 700/s }
  server: { kind: station, replicas: 1000 }
groups: { farm: { members: [ server ], balance: choices(3) } }
requests: { job: { path: [ farm: exp(1s) ] } }",
    );
    assert_eq!(scenario.groups[0].balance, Some(Balance::Choices(3)));
    assert_eq!(scenario.nodes[1].replicas, 1000);
}

#[test]
fn caches_know_objects() {
    let scenario = load(
        "nodes:
  u: { kind: user, arrivals: 10/s }
  lru: { kind: cache, objects: 7, zipf: 1, capacity: 3 }
  ttl: { kind: cache, objects: 1, ttl: 60s }
  origin: { kind: station, servers: unlimited }
requests:
  a: { path: [ lru: 0s, origin: 0s ] }
  b: { path: [ ttl: 0s, origin: 0s ] }",
    );
    let NodeKind::Cache(cache) = &scenario.nodes[1].kind else { panic!("it is a cache") };
    assert_eq!(cache.holds, Holds::Objects { count: 7, exponent: 1.0, capacity: Some(3), ttl: None });
}

#[test]
fn clients_try_again() {
    let scenario = load(
        "nodes:
  u: { kind: user, arrivals: 10/s, timeout: 300ms, retries: 2 }
  dependency: { kind: station, servers: unlimited }
requests: { job: { path: [ dependency: lognormal(median 100ms, sigma 0.8) ] } }",
    );
    let NodeKind::User(user) = &scenario.nodes[0].kind else { panic!("it is a user") };
    assert_eq!((user.retries, user.backoff.base, user.timeout), (2, 0, 300_000_000));
}
