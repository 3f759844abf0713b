//! A chain of stations comes to the same bits as the events that it does without.

use super::trial::plan_of;
use super::{Advance, Options, Simulation};
use crate::kernel::table::Id;
use crate::kernel::time::{NEVER, SECOND};
use crate::plan::{ChainPlan, Plan};
use crate::results::row::{RowSampling, Rows};
use crate::results::{RunResults, StopReason};

fn text(run: &str, arrivals: &str, path: &str) -> String {
    format!(
        "
run: {{ {run} }}
nodes:
  clients: {{ kind: user, arrivals: {arrivals} }}
  web: {{ kind: station }}
  app: {{ kind: station, servers: 4 }}
  db:  {{ kind: station, servers: 2 }}
requests:
  request: {{ objective: 100ms, path: [ {path} ] }}
"
    )
}

fn simulation(plan: &Plan, seed: u64) -> Simulation<&Plan> {
    Simulation::new(plan, Options { seed, replication: 0, rows: RowSampling::None })
}

fn run_to_end(mut simulation: Simulation<&Plan>) -> (RunResults, u64) {
    while simulation.advance(NEVER, 50_000) != Advance::Ended {}
    let passed = simulation.world.chain.as_ref().map_or(0, |chain| chain.passed);
    (simulation.finish(false), passed)
}

/// All rows of a run, fetched now and then, what a sample waited for, and how many requests did
/// without events.
fn rows_of(plan: &Plan, rows: RowSampling, by_events: bool) -> (Rows, String, u64) {
    let mut run = Simulation::new(plan, Options { seed: 1, replication: 0, rows });
    run.follow_a_sample();
    if by_events {
        run.world.chain = None;
    }
    let mut all = Rows::default();
    let mut advance = Advance::Paused;
    while advance != Advance::Ended {
        advance = run.advance(NEVER, 50_000);
        all.rows.extend_from_slice(&run.rows().rows);
        all.times.extend_from_slice(&run.rows().times);
        run.clear_rows();
    }
    let passed = run.world.chain.as_ref().map_or(0, |chain| chain.passed);
    (all, format!("{:?}", run.finish(false).paths), passed)
}

/// Runs both ways; returns what they agree on, and how many requests did without events.
fn both_ways(text: &str, seed: u64) -> (RunResults, u64) {
    let plan = plan_of(text);
    let mut by_events = simulation(&plan, seed);
    by_events.world.chain = None;
    let (by_events, _) = run_to_end(by_events);
    let (by_chain, passed) = run_to_end(simulation(&plan, seed));
    assert!(format!("{by_events:?}") == format!("{by_chain:?}"), "{text}");
    (by_chain, passed)
}

const THREE: &str = "web: exp(2ms), app: exp(40ms), db: exp(5ms)";

#[test]
fn a_run_that_counts_requests_ends_with_the_very_last() {
    for seed in 1..4 {
        let run = "requests: 30000, warmup: 5000 requests";
        let (results, passed) = both_ways(&text(run, "80/s", THREE), seed);
        assert_eq!(results.ended, 35_000);
        assert!((30_000..34_700).contains(&passed), "{passed}");
    }
}

#[test]
fn a_run_ends_even_if_the_last_stretch_would_have_held_all_that_was_left() {
    for run in ["requests: 25600, warmup: 0s", "requests: 25600, warmup: 2560 requests"] {
        let (results, passed) =
            both_ways(&text(&format!("{run}, bucket: 1h"), "{ every: 10ms }", "web: constant(1ms)"), 1);
        assert_eq!(results.stop, StopReason::Requests);
        assert!(passed > 20_000, "{passed}");
    }
}

#[test]
fn a_run_of_a_given_time_does_without_events_from_start_to_end() {
    for path in [THREE, "app: lognormal(mean 30ms, cv 2)", "db: gamma(mean 20ms, cv 0.5), web: exp(1ms)"] {
        let (results, passed) = both_ways(&text("duration: 10m, warmup: 30s", "80/s", path), 1);
        assert_eq!(passed, results.ended);
        assert!(results.ended > 40_000);
    }
}

#[test]
fn what_piles_up_is_counted_in_every_bucket() {
    let (results, passed) = both_ways(&text("duration: 5m, bucket: 1s, warmup: 0s", "130/s", THREE), 2);
    assert!(results.in_flight > 5_000, "{}", results.in_flight);
    assert_eq!(passed, results.ended);
}

#[test]
fn rows_are_the_same_and_so_is_what_requests_waited_for() {
    // The warm-up ends by events in between, with requests in line and at work.
    for run in ["requests: 20000, warmup: 9000 requests", "duration: 5m, warmup: 0s"] {
        let plan = plan_of(&text(run, "95/s", THREE));
        let (_, paths, _) = rows_of(&plan, RowSampling::None, false);
        for sampling in [RowSampling::All, RowSampling::Share(0.3)] {
            let (by_chain, paths_by_chain, passed) = rows_of(&plan, sampling, false);
            let (by_events, paths_by_events, _) = rows_of(&plan, sampling, true);
            assert!(passed > 20_000, "{passed}");
            assert!(by_chain.rows.len() > 6_000);
            assert!(by_chain.rows == by_events.rows);
            assert!(by_chain.times == by_events.times);
            assert!(paths == paths_by_chain && paths == paths_by_events);
        }
    }
}

#[test]
fn traffic_may_change_and_come_to_an_end() {
    let table = "{ rate: [[0s, 20/s], [1m, 90/s], [2m, 0/s]] }";
    let (results, passed) = both_ways(&text("duration: 5m, warmup: 0s", table, THREE), 3);
    assert_eq!((results.in_flight, results.stop), (0, StopReason::Horizon));
    assert!(passed > 0);
}

#[test]
fn at_any_instant_all_is_as_events_would_have_left_it() {
    let plan = plan_of(&text("duration: 2m, warmup: 0s", "95/s", THREE));
    let (mut by_chain, mut by_events) = (simulation(&plan, 1), simulation(&plan, 1));
    by_events.world.chain = None;
    for second in [1, 7, 8, 33, 90] {
        for run in [&mut by_chain, &mut by_events] {
            assert_eq!(run.advance(second * SECOND, 1 << 30), Advance::Reached);
        }
        assert_eq!(
            format!("{:?}", by_chain.world.site.nodes[Id::numbered(1)].counts),
            format!("{:?}", by_events.world.site.nodes[Id::numbered(1)].counts)
        );
        for (one, other) in by_chain.world.site.nodes.iter().zip(&by_events.world.site.nodes) {
            let inside =
                |node: &crate::engine::site::stations::NodeState| (node.busy, node.serving, node.line_length);
            assert_eq!(inside(one), inside(other), "at {second} s");
            assert_eq!(one.integrals(second * SECOND), other.integrals(second * SECOND));
        }
        assert_eq!(by_chain.in_flight(), by_events.in_flight());
        assert_eq!(by_chain.events(), by_events.events());
    }
    assert!(by_chain.in_flight() > 0 && by_chain.world.visits.all.is_empty());
}

#[test]
fn only_rows_of_plain_stations_are_chains() {
    let is_chain = |text: &str| ChainPlan::of(&plan_of(text)).is_some();
    let good = text("duration: 1m", "80/s", THREE);
    assert!(is_chain(&good));
    let other = |from: &str, to: &str| {
        assert!(good.contains(from));
        is_chain(&good.replace(from, to))
    };
    assert!(!other("servers: 4", "servers: 4, queue: 10"));
    assert!(!other("servers: 4", "servers: 4, patience: 1s"));
    assert!(!other("servers: 4", "servers: 4, discipline: lifo"));
    assert!(!other("servers: 4", "servers: 4, mtbf: 1h, mttr: 1m"));
    assert!(!other("servers: 4", "servers: 4, replicas: 2"));
    assert!(!other("arrivals: 80/s", "population: 8, think: 1s"));
    assert!(!other("db: exp(5ms)", "db: exp(5ms), web: exp(1ms)"));
    assert!(!other("requests:", "links: { web -> app: { latency: 1ms } }\nrequests:"));
    assert!(!other("db: exp(5ms) ] }", "db: exp(5ms) ] }\n  other: { path: [ web: 1ms ] }"));
}
