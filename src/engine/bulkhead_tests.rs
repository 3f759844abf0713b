//! How many calls are made at once, to each peer and in all, and who waits for whom.

use super::trial;
use crate::kernel::time::SECOND;
use crate::parts::outcome::Outcome;
use crate::results::{NodeBucket, RunResults};
use crate::theory::queues;

/// Three replicas or members behind one caller.
const SITE: &str = "
run: { duration: LENGTH, warmup: none, bucket: 1s }
nodes:
  users: { kind: user, arrivals: ARRIVALS, clients: CLIENTS, timeout: none }
  lb: { kind: load_balancer, maxconn: 1000000, timeout_server: none, SETTINGS }
  app: { kind: app_server, replicas: 3, workers: 1, timeout: none, backlog: 100000 }
requests:
  page: { path: [ lb: 0ms, app: { wait: WORK } ] }
";

struct Site {
    arrivals: &'static str,
    settings: &'static str,
    work: &'static str,
}

impl Site {
    fn text(&self, length: &str) -> String {
        SITE.replace("LENGTH", length)
            .replace("ARRIVALS", self.arrivals)
            .replace("CLIENTS", "1000")
            .replace("SETTINGS", self.settings)
            .replace("WORK", self.work)
    }
}

fn run(text: &str) -> RunResults {
    trial::run(&trial::plan_of(text))
}

fn count(results: &RunResults, outcome: Outcome) -> u64 {
    results.classes[0].buckets.iter().map(|bucket| bucket.outcomes[outcome as usize]).sum()
}

fn sum(results: &RunResults, instance: usize) -> NodeBucket {
    results.nodes[instance].buckets.iter().fold(NodeBucket::default(), NodeBucket::join)
}

fn mean_s(results: &RunResults) -> f64 {
    let sum: u128 = results.classes[0].buckets.iter().map(|bucket| bucket.latency_sum).sum();
    sum as f64 * 1e-9 / count(results, Outcome::Ok) as f64
}

fn near(found: f64, expected: f64, tolerance: f64) {
    assert!((found / expected - 1.0).abs() < tolerance, "{found} instead of {expected}");
}

#[test]
fn each_peer_has_as_many_calls_at_once_as_are_said() {
    let site = Site { arrivals: "{ every: 10ms }", settings: "calls: { max_in_flight: 1 }", work: "100ms" };
    let results = run(&site.text("100s"));
    // Three at a time, each of which takes a tenth of a second.
    near(count(&results, Outcome::Ok) as f64, 3_000.0, 0.01);
    for app in 2..5 {
        let app = sum(&results, app);
        assert_eq!(app.queue_max, 0, "never more than one is there");
        near(app.ended as f64, 1_000.0, 0.01);
    }
    let two = Site { settings: "calls: { max_in_flight: 2 }", ..site };
    let results = run(&two.text("100s"));
    assert!((2..5).all(|app| sum(&results, app).queue_max == 1), "one is served, one waits there");
}

#[test]
fn members_of_a_group_are_peers_like_replicas() {
    let site = Site { arrivals: "{ every: 10ms }", settings: "calls: { max_in_flight: 1 }", work: "100ms" };
    let group = "  b: { kind: app_server, workers: 1 }\ngroups:\n  all: { members: [ app, b ] }\nrequests:";
    let text = site.text("100s").replace("requests:", group).replace("app: { wait", "all: { wait");
    let results = run(&text);
    near(count(&results, Outcome::Ok) as f64, 4_000.0, 0.01);
}

#[test]
fn whoever_may_go_to_any_waits_in_one_line_for_all() {
    // Whatever the policy, it is the queue with three servers, and not three queues.
    for settings in [
        "calls: { max_in_flight: 1 }, balance: round_robin",
        "calls: { max_in_flight: 1 }, balance: least_connections",
        "calls: { max_in_flight: 1 }, balance: random",
        "calls: { max_in_flight: 1 }, balance: two_choices",
    ] {
        let site = Site { arrivals: "24/s", settings, work: "exp(100ms)" };
        let results = run(&site.text("4000s"));
        near(mean_s(&results), 0.1 + queues::wait_of_many(3, 24.0, 0.1), 0.06);
        assert!((2..5).all(|app| sum(&results, app).queue_max == 0), "{settings}");
    }
}

#[test]
fn a_client_that_is_sent_to_the_same_peer_waits_for_that_one() {
    let site = Site {
        arrivals: "{ every: 50ms }",
        settings: "calls: { max_in_flight: 1 }, balance: consistent_hash",
        work: "100ms",
    };
    let results = run(&site.text("100s").replace("clients: 1000", "clients: 1"));
    near(count(&results, Outcome::Ok) as f64, 1_000.0, 0.01);
    assert_eq!((2..5).filter(|&app| sum(&results, app).visits > 0).count(), 1);
}

#[test]
fn all_peers_together_have_a_bound_of_their_own() {
    let site =
        Site { arrivals: "{ every: 10ms }", settings: "calls: { max_in_flight_in_all: 2 }", work: "100ms" };
    near(count(&run(&site.text("100s")), Outcome::Ok) as f64, 2_000.0, 0.01);
    let both = Site { settings: "calls: { max_in_flight: 1, max_in_flight_in_all: 2 }", ..site };
    let results = run(&both.text("100s"));
    near(count(&results, Outcome::Ok) as f64, 2_000.0, 0.01);
    let wide = Site { settings: "calls: { max_in_flight: 1, max_in_flight_in_all: 50 }", ..both };
    near(count(&run(&wide.text("100s")), Outcome::Ok) as f64, 3_000.0, 0.01);
}

#[test]
fn without_a_line_as_many_are_lost_as_erlang_says() {
    for settings in [
        "calls: { max_in_flight: 1, queue: 0 }",
        "calls: { max_in_flight: 9, max_in_flight_in_all: 3, queue: 0 }, balance: least_connections",
    ] {
        let site = Site { arrivals: "20/s", settings, work: "exp(100ms)" };
        let results = run(&site.text("4000s"));
        let lost = count(&results, Outcome::Unavailable) as f64 / results.ended as f64;
        near(lost, queues::erlang_b(3, 2.0), 0.03);
    }
}

#[test]
fn who_waits_too_long_for_a_peer_fails_and_leaves_its_place() {
    let site = Site {
        arrivals: "{ every: 20ms }",
        settings: "calls: { max_in_flight: 1, max_in_flight_in_all: 100, queue_timeout: 1s }",
        work: "100ms",
    };
    let results = run(&site.text("100s"));
    // Thirty a second are served, the other twenty wait for a second.
    near(count(&results, Outcome::Ok) as f64, 3_000.0, 0.02);
    near(count(&results, Outcome::Unavailable) as f64, 2_000.0, 0.05);
    assert!(results.in_flight <= 60, "{}", results.in_flight);
}

#[test]
fn each_replica_of_a_caller_has_places_of_its_own() {
    let site = Site { arrivals: "{ every: 10ms }", settings: "calls: { max_in_flight: 1 }", work: "100ms" };
    let text = site.text("100s").replace("kind: load_balancer,", "kind: load_balancer, replicas: 2,");
    let results = run(&text.replace("workers: 1,", "workers: 9,"));
    near(count(&results, Outcome::Ok) as f64, 6_000.0, 0.01);
}

#[test]
fn a_line_moves_on_when_peers_fail_and_come_back() {
    for settings in [
        "calls: { max_in_flight: 1 }",
        "calls: { max_in_flight: 1 }, redispatch: true, balance: least_connections",
        "calls: { max_in_flight: 1, retries: 2, backoff: { base: 100ms } }, check: false",
        "calls: { max_in_flight: 1, circuit_breaker: { failures: 3, open_for: 5s } }",
    ] {
        let site = Site { arrivals: "{ every: 40ms }", settings, work: "100ms" };
        let timeline =
            "timeline:\n  - { at: 20s, fail: app/0, for: 30s }\n  - { at: 60s, fail: app, for: 10s }\n";
        let results = run(&format!("{}{timeline}", site.text("200s")));
        assert!(results.in_flight < 10, "{settings}: {}", results.in_flight);
        let last = results.bucket_edges.iter().position(|&edge| edge >= 150 * SECOND).expect("an edge");
        let late: u64 = results.classes[0].buckets[last..].iter().map(|bucket| bucket.good).sum();
        near(late as f64, 1_250.0, 0.02);
        assert!((2..5).all(|app| sum(&results, app).queue_max == 0), "{settings}");
    }
}

#[test]
fn a_hedge_goes_where_there_is_a_place() {
    let settings = "calls: { max_in_flight: 1, hedge: { after: 10ms, at_most: 2 } }";
    let site = Site { arrivals: "{ every: 40ms }", settings, work: "exp(60ms)" };
    let results = run(&site.text("400s"));
    let visits: u64 = (2..5).map(|app| sum(&results, app).visits).sum();
    assert!(visits > 11_000, "hedges are made: {visits}");
    assert!(results.in_flight < 30, "{}", results.in_flight);
}

#[test]
fn a_primary_has_its_own_line_for_those_who_write() {
    let results = run("
run: { duration: 100s, warmup: none }
nodes:
  users: { kind: user, arrivals: { every: 10ms } }
  app: { kind: app_server, workers: 100000, timeout: none, calls: { max_in_flight: 1 } }
  db: { kind: database, replicas: 3, connect: 0s, replication: { lag: 0s, reads: replicas } }
requests:
  read: { share: 80%, path: [ app: 0ms, db: { wait: 20ms } ] }
  write: { share: 20%, path: [ app: 0ms, db: { wait: 20ms, query: write } ] }
");
    // Two replicas serve a hundred reads a second of eighty, the primary fifty writes of twenty.
    let good = |class: usize| results.classes[class].buckets.iter().map(|bucket| bucket.good).sum::<u64>();
    near(good(0) as f64, 8_000.0, 0.04);
    near(good(1) as f64, 2_000.0, 0.06);
    assert!(sum(&results, 2).visits < 2_400);
}
