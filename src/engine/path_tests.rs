//! What requests wait for, part by part, where it can be told by hand.

use super::trial::plan_of;
use super::{Advance, Options, Simulation};
use crate::kernel::table::Id;
use crate::kernel::time::{MILLISECOND, NEVER, Time};
use crate::plan::Plan;
use crate::results::path::{Part, Place};
use crate::results::row::RowSampling;

/// Of the good answers, in the order of their ends, what each waited for, in milliseconds.
fn waits(text: &str) -> Vec<Vec<(String, f64)>> {
    let plan = plan_of(text);
    let mut simulation = Simulation::new(&plan, Options { seed: 1, replication: 0, rows: RowSampling::None });
    simulation.follow_a_sample();
    while simulation.advance(NEVER, 1 << 20) != Advance::Ended {}
    let results = simulation.finish(false);
    let mut all: Vec<(Time, Vec<(String, f64)>)> = Vec::new();
    for (path, parts) in results.paths.classes.iter().flat_map(|class| class.all()) {
        assert_eq!(parts.iter().map(|(_, time)| time).sum::<Time>(), path.latency);
        let mut told: Vec<(String, f64)> = parts
            .iter()
            .map(|&(part, time)| (named(&plan, part), time as f64 / MILLISECOND as f64))
            .collect();
        told.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        all.push((path.end(), told));
    }
    all.sort_by_key(|(end, _)| *end);
    all.into_iter().map(|(_, told)| told).collect()
}

fn named(plan: &Plan, part: Part) -> String {
    let node = |number: u32| plan.nodes[Id::numbered(number)].name.as_str();
    let place = match part.place() {
        Place::Node(number) => node(number).to_owned(),
        Place::Call { from, to } => format!("{} -> {}", node(from), node(to)),
        Place::Link(number) => format!("link {number}"),
    };
    format!("{} {place}", part.cause().name())
}

/// What the given one of the good answers waited for.
fn waited(number: usize, text: &str) -> Vec<(String, f64)> {
    waits(text).swap_remove(number)
}

fn told(parts: &[(&str, f64)]) -> Vec<(String, f64)> {
    parts.iter().map(|&(name, time)| (name.to_owned(), time)).collect()
}

/// One request a second, at each of so many replicas of the user, over a site with such nodes.
fn site(nodes: &str, path: &str, rest: &str) -> String {
    format!(
        "
run: {{ duration: 5s, warmup: 0s }}
nodes:
{nodes}
requests:
  page: {{ path: [ {path} ] }}
{rest}"
    )
}

const USER: &str = "  u: { kind: user, arrivals: { every: 1s } }\n";
/// Two who come at the same instant.
const TWO: &str = "  u: { kind: user, arrivals: { every: 1s }, replicas: 2 }\n";

fn stations(names: &[&str]) -> String {
    names
        .iter()
        .map(|name| format!("  {name}: {{ kind: station, servers: unlimited, hands_over: false }}\n"))
        .collect()
}

#[test]
fn of_calls_side_by_side_only_the_one_counts_whose_end_was_waited_for() {
    let nodes = format!("{USER}{}", stations(&["app", "fast", "slow", "inner", "idle"]));
    let path = "app: { wait: 10ms, calls: [ { parallel: [ { fast: 1ms }, \
                { slow: { wait: 3ms, calls: [ { parallel: [ { inner: 2ms }, { idle: 1ms } ] } ] } } ] } ] }";
    assert_eq!(
        waited(0, &site(&nodes, path, "")),
        told(&[("service app", 10.0), ("service slow", 3.0), ("service inner", 2.0)])
    );
}

#[test]
fn what_goes_on_in_the_background_counts_nothing() {
    let nodes = format!("{USER}{}", stations(&["app", "ack", "background"]));
    let path = "app: { wait: 10ms, calls: [ { parallel: [ ack: 1ms, background: 300ms ], first: 1 } ] }";
    assert_eq!(waited(0, &site(&nodes, path, "")), told(&[("service app", 10.0), ("service ack", 1.0)]));
}

#[test]
fn whoever_stands_in_line_waits_for_a_turn_and_not_for_work() {
    let nodes = format!("{TWO}  desk: {{ kind: station }}\n");
    assert_eq!(
        waited(1, &site(&nodes, "desk: 40ms", "")),
        told(&[("queue desk", 40.0), ("service desk", 40.0)])
    );
}

#[test]
fn a_wait_for_a_connection_is_told_with_its_caller_and_the_database() {
    let nodes = format!(
        "{TWO}  app: {{ kind: app_server, software: gunicorn-gthread, threads: 9, \
         pool: {{ size: 1, overflow: 0, wait: 9s }} }}\n  db: {{ kind: database, connect: 0ms }}\n"
    );
    let waits = waits(&site(&nodes, "app: { wait: 10ms }, db: { wait: 100ms }", ""));
    assert_eq!(waits[0], told(&[("service db", 100.0), ("service app", 10.0)]));
    assert_eq!(waits[1], told(&[("pool app -> db", 100.0), ("service db", 100.0), ("service app", 10.0)]));
}

#[test]
fn a_wait_for_a_place_among_the_calls_in_flight_is_told_as_such() {
    let caller =
        "  caller: { kind: station, servers: unlimited, hands_over: false, calls: { max_in_flight: 1 } }\n";
    let nodes = format!("{TWO}{caller}{}", stations(&["called"]));
    assert_eq!(
        waited(1, &site(&nodes, "caller: 1ms, called: 30ms", "")),
        told(&[("max_in_flight caller -> called", 30.0), ("service called", 30.0), ("service caller", 1.0)])
    );
}

#[test]
fn a_rate_limit_holds_back() {
    let nodes =
        format!("{TWO}  web: {{ kind: web_server, limit_req: {{ rate: 10/s, burst: 5, per: site }} }}\n");
    assert_eq!(
        waited(1, &site(&nodes, "web: { wait: 5ms }", "")),
        told(&[("rate_limit web", 100.0), ("service web", 5.0)])
    );
}

#[test]
fn a_full_link_and_sending_are_not_latency() {
    let nodes = format!("{TWO}{}", stations(&["app"]));
    // 100 kB at 8 Mbps take 100 ms; the request is small, and weighs nothing here.
    let text = site(&nodes, "app: 2ms", "links:\n  u -> app: { latency: 10ms, bandwidth: 8Mbps }\n");
    let text = text.replace("path:", "request_size: 0B, response_size: 100kB, path:");
    assert_eq!(
        waited(1, &text),
        told(&[
            ("full_link link 0", 100.0),
            ("sending link 0", 100.0),
            ("network link 0", 40.0),
            ("service app", 2.0)
        ])
    );
}

#[test]
fn what_a_cut_link_swallows_is_sent_again() {
    let nodes = format!("{USER}{}", stations(&["app"]));
    let rest = "links:\n  u -> app: { latency: 10ms }\ntimeline:\n  - { at: 990ms, partition: u -> app, for: 150ms }\n";
    let text = site(&nodes, "app: 2ms", rest);
    // The handshake comes first: its SYN is repeated after a second.
    assert_eq!(
        waited(0, &text),
        told(&[("retransmission link 0", 1_000.0), ("network link 0", 40.0), ("service app", 2.0)])
    );
}

#[test]
fn syns_that_nobody_takes_are_no_network() {
    let two = TWO.replace("1s", "3s");
    let nodes = format!("{two}  app: {{ kind: app_server, workers: 1, backlog: 0 }}\n");
    assert_eq!(
        waited(1, &site(&nodes, "app: { wait: 100ms }", "")),
        told(&[("syn app", 1_000.0), ("service app", 100.0)])
    );
}

#[test]
fn tries_that_came_to_nothing_are_told_together_whoever_made_them() {
    let client =
        "  u: { kind: user, arrivals: { every: 1s }, retries: 3, backoff: { base: 300ms, factor: 1 } }\n";
    let nodes = format!("{client}  app: {{ kind: app_server, boot: 0s }}\n");
    let fault = "timeline:\n  - { at: 990ms, fail: app, for: 100ms }\n";
    assert_eq!(
        waited(0, &site(&nodes, "app: { wait: 5ms }", fault)),
        told(&[("retry u -> app", 300.0), ("service app", 5.0)])
    );
    let caller = "  caller: { kind: station, servers: unlimited, hands_over: false, \
                  calls: { timeout: 50ms, retries: 1 } }\n";
    let nodes = format!("{USER}{caller}{}", stations(&["called"]));
    let fault = "timeline:\n  - { at: 990ms, slow: called, by: 100x, for: 30ms }\n";
    assert_eq!(
        waited(0, &site(&nodes, "caller: 7ms, called: 1ms", fault)),
        told(&[("retry caller -> called", 50.0), ("service caller", 7.0), ("service called", 1.0)])
    );
}

#[test]
fn a_wait_that_ended_without_an_answer_is_waiting_whatever_the_called_did() {
    let caller =
        "  caller: { kind: station, servers: unlimited, hands_over: false, calls: { timeout: 50ms } }\n";
    let nodes = format!("{USER}{caller}{}", stations(&["called", "deep"]));
    let path =
        "caller: { wait: 7ms, calls: [ { called: { wait: 10ms, calls: [ deep: 1s ], optional: true } } ] }";
    assert_eq!(
        waited(0, &site(&nodes, path, "")),
        told(&[("waiting caller -> called", 50.0), ("service caller", 7.0)])
    );
}

#[test]
fn a_hedge_that_wins_tells_how_long_it_was_held_back() {
    let caller = "  caller: { kind: station, servers: unlimited, hands_over: false, \
                  calls: { hedge: { after: 20ms } } }\n";
    let called = "  called: { kind: station, servers: unlimited, replicas: 2 }\n";
    let fault = "timeline:\n  - { at: 0s, slow: called/0, by: 100x }\n";
    let text = site(&format!("{USER}{caller}{called}"), "caller: 1ms, called: 2ms", fault);
    let hedged =
        told(&[("waiting caller -> called", 20.0), ("service called", 2.0), ("service caller", 1.0)]);
    // Turns come to the slow one for each first try.
    assert_eq!(waits(&text), vec![hedged; 4]);
}

#[test]
fn writes_that_a_migration_holds_up_stand_in_line() {
    let nodes = format!("{USER}  app: {{ kind: app_server }}\n  db: {{ kind: database, connect: 0ms }}\n");
    let rest = "timeline:\n  - { at: 900ms, maintain: db, how: migrate, takes: 300ms }\n";
    let path = "app: { wait: 1ms }, { db: { wait: 4ms, query: write } }";
    assert_eq!(
        waited(0, &site(&nodes, path, rest)),
        told(&[("queue db", 199.0), ("service db", 4.0), ("service app", 1.0)])
    );
}

#[test]
fn thousands_of_calls_are_added_up_while_they_are_made() {
    let nodes = format!("{USER}{}", stations(&["app", "db"]));
    let text = site(&nodes, "app: 1ms, db: 2000 x 10us", "");
    let plan = plan_of(&text);
    let mut simulation = Simulation::new(&plan, Options { seed: 1, replication: 0, rows: RowSampling::All });
    while simulation.advance(NEVER, 1 << 20) != Advance::Ended {}
    assert_eq!(simulation.rows().rows.len(), 4);
    assert!(simulation.rows().times.chunks(5).all(|times| times[1..3] == [MILLISECOND, 20 * MILLISECOND]));
    let kept = simulation.world.watch.stretches_in_store();
    assert!(kept < 200, "{kept} stretches for one request at a time");
    assert_eq!(waited(0, &text), told(&[("service db", 20.0), ("service app", 1.0)]));
}
