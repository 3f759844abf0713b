//! What faults of processes and hosts do to those who come in, to those inside and to those who
//! call on.

use super::trial;
use crate::kernel::time::SECOND;
use crate::parts::outcome::Outcome;
use crate::results::{NodeBucket, RunResults};

fn run(text: &str) -> RunResults {
    trial::run(&trial::plan_of(text))
}

/// What became of the requests that ended between two seconds.
fn ended(results: &RunResults, from_s: u64, to_s: u64) -> [u64; Outcome::COUNT] {
    let mut sum = [0; Outcome::COUNT];
    for (bucket, edges) in results.classes[0].buckets.iter().zip(results.bucket_edges.windows(2)) {
        if edges[0] >= from_s * SECOND && edges[1] <= to_s * SECOND {
            sum.iter_mut().zip(bucket.outcomes).for_each(|(sum, count)| *sum += count);
        }
    }
    sum
}

fn share(ended: [u64; Outcome::COUNT], outcome: Outcome) -> f64 {
    ended[outcome as usize] as f64 / ended.iter().sum::<u64>() as f64
}

/// Visits of a node between two seconds, at its replica of this number.
fn visits(results: &RunResults, instance: usize, from_s: u64, to_s: u64) -> u64 {
    let inside = |edges: &[u64]| edges[0] >= from_s * SECOND && edges[1] <= to_s * SECOND;
    let buckets = results.nodes[instance].buckets.iter().zip(results.bucket_edges.windows(2));
    buckets.filter(|(_, edges)| inside(edges)).map(|(bucket, _)| bucket.visits).sum()
}

fn sum(results: &RunResults, instance: usize) -> NodeBucket {
    results.nodes[instance].buckets.iter().fold(NodeBucket::default(), NodeBucket::join)
}

const PROXY: &str = "
run: { duration: 4m, warmup: none, bucket: 1s }
nodes:
  users: { kind: user, tls: \"1.3\", arrivals: { every: 10ms }, clients: 1, timeout: 20s }
  box:   { kind: server, cores: 4 }
  nginx: { kind: web_server, on: box }
  app:   { kind: app_server, on: box, workers: 8 }
requests:
  page: { path: [ nginx: 0.1ms, app: 1ms ] }
timeline:
  - { at: 1m, HAPPENS }
";

#[test]
fn a_proxy_fails_the_share_of_errors_that_is_said_and_passes_the_others_on() {
    let results = run(&PROXY.replace("HAPPENS", "errors: nginx, share: 10%, for: 1m"));
    let during = ended(&results, 61, 119);
    assert!((share(during, Outcome::ServerError) - 0.1).abs() < 0.015, "{during:?}");
    assert!((share(during, Outcome::Ok) - 0.9).abs() < 0.015, "{during:?}");
    assert_eq!(share(ended(&results, 121, 240), Outcome::Ok), 1.0);
}

#[test]
fn a_canary_of_a_proxy_fails_its_share_of_its_share() {
    let canary = "maintain: nginx, how: canary, share: 10%, errors: 50%, bake: 2m, then: back";
    let during = ended(&run(&PROXY.replace("HAPPENS", canary)), 62, 178);
    assert!((share(during, Outcome::ServerError) - 0.05).abs() < 0.01, "{during:?}");
}

#[test]
fn writes_wait_for_a_migration_and_calls_of_those_who_wait_go_on() {
    let text = PROXY.replace(
        "app:   { kind: app_server, on: box, workers: 8 }",
        "app:   { kind: app_server, on: box, workers: 8 }\n  db: { kind: database, on: box }",
    );
    let text = text.replace("app: 1ms ]", "app: 1ms, db: { cpu: 1ms, query: write } ]");
    let results = run(&text.replace("HAPPENS", "maintain: db, how: migrate, takes: 5s"));
    assert_eq!(share(ended(&results, 60, 240), Outcome::Ok), 1.0);
}

#[test]
fn a_kept_connection_is_not_asked_for_the_certificate_again() {
    let expired = "expire_certificate: nginx, for: 1m";
    let kept = ended(&run(&PROXY.replace("HAPPENS", expired)), 61, 119);
    assert_eq!(share(kept, Outcome::Ok), 1.0, "{kept:?}");
    let fresh = PROXY.replace("clients: 1,", "clients: 1, keep_alive: false,").replace("HAPPENS", expired);
    assert_eq!(share(ended(&run(&fresh), 61, 119), Outcome::Refused), 1.0);
}

#[test]
fn errors_are_met_once_however_often_a_syn_is_sent() {
    // One worker for four times as much: nearly every SYN is dropped, some several times.
    let results = run("
run: { duration: 30m, warmup: none }
nodes:
  users: { kind: user, arrivals: 40/s, timeout: 100s }
  app:   { kind: app_server, workers: 1, backlog: 1, timeout: none }
requests:
  page: { path: [ app: { wait: 100ms } ] }
timeline:
  - { at: 0s, errors: app, share: 20% }
");
    let app = sum(&results, 1);
    // Failing takes no time, so that of those who are looked at one in five fails.
    let served = app.ended - app.failed;
    let failed = ended(&results, 0, 1_800)[Outcome::ServerError as usize];
    let share = failed as f64 / (failed + served) as f64;
    assert!((share - 0.2).abs() < 0.02, "{share}");
}

const HOST: &str = "
run: { duration: 10m, warmup: none, bucket: 1s }
nodes:
  users: { kind: user, arrivals: { every: 50ms }, timeout: 5s }
  host: { kind: server, cores: 4 RANDOM }
  app: { kind: app_server, on: host, workers: 8 }
  far: { kind: server, cores: 4 }
  db: { kind: database, on: far }
requests:
  job: { path: [ app: 20ms, db: { wait: 30ms } ] }
";

#[test]
fn all_that_stands_on_a_host_that_hangs_hangs_and_is_given_back() {
    let hang = "timeline: [ { at: 2m, hang: host, for: 1m } ]\n";
    let results = run(&format!("{}{hang}", HOST.replace(" RANDOM", "")));
    // Not even those whose database has answered are.
    assert_eq!(ended(&results, 120, 179)[Outcome::Ok as usize], 0);
    let during = ended(&results, 126, 179);
    assert_eq!(share(during, Outcome::TimedOut), 1.0, "{during:?}");
    // Those who have left are served as well, and after them everybody.
    let after = ended(&results, 200, 600);
    assert_eq!(share(after, Outcome::Ok), 1.0, "{after:?}");
    assert!(results.in_flight <= 2, "{}", results.in_flight);
}

#[test]
fn a_host_that_hangs_by_chance_does_the_same() {
    let faults = "faults: [ { name: stall, hits: host, kind: hang, mtbf: 2m, mttr: 1m } ]\n";
    let results = run(&format!("{}{faults}", HOST.replace(" RANDOM", "").replace("10m", "10h")));
    let ended = ended(&results, 0, 36_000);
    // A third of the time, but for those who came in its last five seconds, and a little longer
    // while those are served who have left.
    let lost = share(ended, Outcome::TimedOut);
    assert!((0.28..0.42).contains(&lost), "{lost}");
}

#[test]
fn a_full_disk_of_a_host_is_that_of_all_on_it() {
    let text = HOST.replace(" RANDOM", "").replace("wait: 30ms", "wait: 30ms, query: write");
    let results = run(&format!("{text}timeline: [ {{ at: 2m, fill_disk: far, for: 1m }} ]\n"));
    assert_eq!(share(ended(&results, 121, 179), Outcome::ServerError), 1.0);
    assert_eq!(share(ended(&results, 181, 600), Outcome::Ok), 1.0);
}

const DRAINED: &str = "
run: { duration: 10m, warmup: none, bucket: 1s }
nodes:
  users: { kind: user, arrivals: { every: 5ms }, timeout: 10s }
  lb:    { kind: load_balancer, SETTINGS }
  hosts: { kind: server, replicas: 6, boot: 10s }
  app:   { kind: app_server, on: hosts, software: gunicorn-gthread, replicas: 6, threads: 50, timeout: none, boot: 20s }
requests:
  page: { path: [ lb: 0ms, app: { wait: 10ms } ] }
timeline:
  - { at: 2m, maintain: WHAT, how: rolling, batch: 2, takes: 5s, drain: 10s }
";

#[test]
fn what_was_drained_gets_nothing_before_it_is_up_again() {
    for settings in ["check: true", "check: false", "inter: 20s", "redispatch: true"] {
        let results = run(&DRAINED.replace("SETTINGS", settings).replace("WHAT", "app"));
        assert_eq!(share(ended(&results, 0, 600), Outcome::Ok), 1.0, "{settings}");
        // Drained from 120 s on, down from 130 s, back at 155 s.
        let app = results.nodes.len() - 6;
        assert_eq!(visits(&results, app, 121, 155), 0, "{settings}");
        assert!(visits(&results, app, 165, 600) > 10_000, "{settings}");
    }
}

#[test]
fn what_stands_on_a_drained_host_is_drained_and_comes_back_when_it_has_booted_itself() {
    let results = run(&DRAINED.replace("SETTINGS", "check: false").replace("WHAT", "hosts"));
    assert_eq!(share(ended(&results, 0, 600), Outcome::Ok), 1.0);
    // Down at 130 s; the host is up at 145 s and its application at 165 s.
    let app = results.nodes.len() - 6;
    assert_eq!(visits(&results, app, 121, 165), 0);
    assert!(visits(&results, app, 170, 600) > 10_000);
}

#[test]
fn maintenance_leaves_out_what_autoscaling_has_switched_off() {
    let text = DRAINED.replace("SETTINGS", "check: false").replace("WHAT", "app");
    let text = text.replace("threads: 50,", "threads: 50, autoscale: { minimum: 4, maximum: 6 },");
    let results = run(&text.replace("replicas: 6, threads", "replicas: 4, threads"));
    let last = results.nodes.len() - 1;
    assert_eq!(visits(&results, last, 0, 600), 0, "nobody has asked for a sixth");
}

const DISCOVERY: &str = "
run: { duration: 10m, warmup: none, bucket: 1s }
nodes:
  users: { kind: user, arrivals: { every: 100ms }, timeout: 60s }
  dns: { kind: dns, records: [ db.internal A 10.0.0.1 5s ] }
  app: { kind: app_server, workers: 400, timeout: none }
  h: { kind: server, address: 10.0.0.1 }
  db: { kind: database, on: h, max_connections: 1000 }
requests:
  page: { path: [ app: { wait: 1ms, calls: [ dns, db: 1ms ] } ] }
timeline:
  - { at: 5m, dns_outage: dns, for: 1m }
";

#[test]
fn a_resolver_in_a_path_resolves_nothing_during_its_outage() {
    let results = run(DISCOVERY);
    // The C library waits for five seconds, twice; then the application fails.
    let during = ended(&results, 301, 360);
    assert_eq!(during[Outcome::Ok as usize], 0, "{during:?}");
    let told = ended(&results, 312, 360);
    assert_eq!(share(told, Outcome::ServerError), 1.0, "{told:?}");
    let lookups = visits(&results, 1, 310, 350);
    assert!((780..=820).contains(&lookups), "each is asked for twice: {lookups}");
    let after = ended(&results, 375, 600);
    assert_eq!(share(after, Outcome::Ok), 1.0, "{after:?}");
}

#[test]
fn who_cannot_do_without_a_name_says_so_in_its_own_words() {
    let nginx = DISCOVERY
        .replace("app: { kind: app_server, workers: 400, timeout: none }", "app: { kind: web_server }");
    let told = ended(&run(&nginx), 312, 360);
    assert_eq!(share(told, Outcome::BadGateway), 1.0, "{told:?}");
    // Without a patience of its own the caller waits until the resolver gives up.
    let patient = DISCOVERY.replace("5s ] }", "5s ], timeout: none }");
    let told = ended(&run(&patient), 312, 360);
    assert_eq!(share(told, Outcome::ServerError), 1.0, "{told:?}");
}
