//! Databases that follow a primary, against what can be told by hand.

use super::trial;
use crate::kernel::time::SECOND;
use crate::results::RunResults;
use crate::results::replication::ReplicationRecord;

const SHOP: &str = "
run: { duration: 20m, warmup: 0s }
nodes:
  visitors: { kind: user, arrivals: { every: 10ms }, clients: 7, timeout: none }
  app:      { kind: app_server, workers: 50 }
  mysql:    { kind: database, replicas: 3, boot: 0s, replication: { REPLICATION } }
requests:
  read:  { share: 50%, path: [ app, mysql: 1ms ] }
  write: { share: 50%, method: POST, path: [ app, mysql: { wait: 1ms, query: write } ] }
TIMELINE
";

fn run(replication: &str, timeline: &str) -> (RunResults, ReplicationRecord) {
    let text = SHOP.replace("REPLICATION", replication).replace("TIMELINE", timeline);
    let results = trial::run(&trial::plan_of(&text));
    let [record] = &results.replications[..] else { panic!("there is one set") };
    let record = record.clone();
    (results, record)
}

/// Visits to each of the three databases.
fn visits(results: &RunResults) -> [u64; 3] {
    let of = |node: usize| results.nodes[node].buckets.iter().map(|bucket| bucket.visits).sum();
    [of(2), of(3), of(4)]
}

#[test]
fn writes_go_to_the_primary_and_reads_to_the_others_in_turn() {
    let (results, record) = run("lag: 0s", "");
    let [primary, one, other] = visits(&results);
    assert_eq!((primary, one + other), (record.writes, record.replica_reads));
    assert!(one.abs_diff(other) <= 1);
    assert_eq!((record.behind_reads, record.stale_reads, record.lost_writes), (0, 0, 0));
}

#[test]
fn reads_behind_and_stale_follow_from_the_lag() {
    // A request comes every 10 ms from one of seven clients by chance, and half of them write.
    // With a lag of 95 ms a replica lacks a write unless the nine requests before were reads,
    // and the client's own unless none of the nine was a write of its own.
    let (_, record) = run("lag: 95ms", "");
    let share = |count: u64| count as f64 / record.replica_reads as f64;
    let behind = 1.0 - 0.5_f64.powi(9);
    let stale = 1.0 - (1.0 - 0.5 / 7.0_f64).powi(9);
    assert!((share(record.behind_reads) - behind).abs() < 0.003, "{}", share(record.behind_reads));
    assert!((share(record.stale_reads) - stale).abs() < 0.012, "{} {stale}", share(record.stale_reads));
}

#[test]
fn a_failover_loses_the_writes_of_the_lag() {
    let (results, record) =
        run("lag: 2s, failover: 30s", "timeline: [ { at: 10m, failover: mysql, for: 2m } ]");
    assert_eq!((record.failovers, record.without_primary), (1, 30 * SECOND));
    // 50 writes a second for two seconds.
    assert!((70..=130).contains(&record.lost_writes), "{}", record.lost_writes);
    let failed: u64 =
        results.classes[1].buckets.iter().map(|bucket| bucket.outcomes.iter().skip(1).sum::<u64>()).sum();
    assert!((1_350..=1_650).contains(&failed), "{failed} writes failed in thirty seconds");
}

#[test]
fn a_primary_that_is_back_in_time_loses_nothing() {
    let timeline = "timeline: [ { at: 10m, fail: mysql/0, for: 20s } ]";
    let (_, record) = run("lag: 2s, failover: 30s", timeline);
    assert_eq!((record.failovers, record.lost_writes), (0, 0));
    assert_eq!(record.without_primary, 20 * SECOND);
    let (_, forever) = run("lag: 2s", "timeline: [ { at: 10m, fail: mysql/0 } ]");
    assert_eq!((forever.failovers, forever.without_primary), (0, 600 * SECOND));
}

#[test]
fn with_everybody_gone_the_first_one_back_is_promoted() {
    let timeline = "
timeline:
  - { at: 10m, fail: mysql/0 }
  - { at: 10m, fail: [ mysql/1, mysql/2 ], for: 3m }";
    let (_, record) = run("lag: 1s, failover: 30s", timeline);
    assert_eq!((record.failovers, record.without_primary), (1, 210 * SECOND));
}

#[test]
fn a_breaker_for_the_primary_stops_writes_though_replicas_are_well() {
    let breaker = "workers: 50, calls: { circuit_breaker: { failures: 5, open_for: 1h } }";
    let text = SHOP.replace("workers: 50", breaker).replace("REPLICATION", "lag: 0s");
    let timeline = "timeline: [ { at: 60s, errors: mysql/0, share: 100%, for: 60s } ]";
    let results = trial::run(&trial::plan_of(&text.replace("TIMELINE", timeline)));
    // Five writes are answered with errors; then the primary is left alone to the end.
    let [primary, one, other] = visits(&results);
    assert!((2_800..3_300).contains(&primary), "{primary}");
    assert!(one + other > 50_000, "reads go on: {one} {other}");
}

#[test]
fn what_cannot_be_replicated_is_told() {
    let told = |replication: &str, replicas: &str| {
        let text =
            SHOP.replace("REPLICATION", replication).replace("TIMELINE", "").replace("replicas: 3", replicas);
        trial::told_of(&text)
    };
    assert!(told("", "replicas: 1").contains("`mysql` has no replica"));
    assert!(told("reads: everybody", "replicas: 2").contains("there is no reads `everybody`"));
    assert!(told("lagg: 1s", "replicas: 2").contains("did you mean `lag`?"));
}
