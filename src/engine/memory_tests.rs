//! Memory that runs out, and data that come from a backup.

use super::trial;
use crate::kernel::time::{MINUTE, SECOND, Time};
use crate::results::RunResults;

const SITE: &str = "
run: { duration: 30m, warmup: 0s }
nodes:
  visitors: { kind: user, arrivals: { every: 100ms }, timeout: none }
  server:   { kind: server, cores: 4, memory: 1GiB, boot: 0s }
  app:      { kind: app_server, on: server, workers: 4, memory_per_worker: 100MiB, boot: 1s APP }
  mysql:    { kind: database, on: server, memory_base: 200MiB, boot: 0s MYSQL }
requests:
  page: { path: [ app, mysql: { wait: 1ms, query: write } ] }
timeline: [ TIMELINE ]
";

fn text(app: &str, mysql: &str, timeline: &str) -> String {
    SITE.replace(" APP", app).replace(" MYSQL", mysql).replace("TIMELINE", timeline)
}

fn run(app: &str, mysql: &str, timeline: &str) -> RunResults {
    trial::run(&trial::plan_of(&text(app, mysql, timeline)))
}

/// When processes were killed for want of memory, by name.
fn kills(results: &RunResults) -> Vec<(&str, Time)> {
    let incidents = results.incidents.iter().filter(|incident| incident.kind == "out_of_memory");
    incidents.map(|incident| (incident.target.as_str(), incident.start)).collect()
}

#[test]
fn a_leak_is_killed_again_and_again_until_it_is_mended() {
    // 1024 - 400 - 200 MiB are left, and gone after 212 s; then it starts anew.
    let results = run("", "", "{ at: 60s, leak: app, by: 2MiB/s, for: 10m }");
    let kills = kills(&results);
    let expected = [272, 484];
    assert_eq!(kills.len(), expected.len(), "{kills:?}");
    for ((name, at), expected) in kills.iter().zip(expected) {
        assert_eq!(*name, "app");
        assert!(at.abs_diff(expected * SECOND) < 3 * SECOND, "{at}");
    }
    assert_eq!(run("", "", "").incidents.len(), 0);
}

#[test]
fn requests_that_pile_up_use_the_memory_up() {
    // The database hangs: ten requests a second wait in the application's backlog, until there
    // are 424 of a megabyte each.
    let results = run(", memory_per_request: 1MiB", "", "{ at: 60s, hang: mysql, for: 5m }");
    let kills = kills(&results);
    assert!(kills[0].1.abs_diff((60 + 42) * SECOND) < 3 * SECOND, "{kills:?}");
    assert!(kills.iter().all(|(name, _)| *name == "app") && kills.len() > 3, "{kills:?}");
}

#[test]
fn the_fattest_is_killed_and_given_up_when_it_needs_too_much_at_once() {
    let results = run(", memory_per_request: 1KiB", ", memory_per_request: 900MiB", "");
    let kills = kills(&results);
    assert_eq!(kills.len(), 6, "systemd starts it five times: {kills:?}");
    assert!(kills.iter().all(|(name, _)| *name == "mysql"));
    let last = results.incidents.last().expect("an incident");
    assert_eq!(last.end, None, "it stays down");
}

#[test]
fn what_was_written_since_the_backup_is_lost_with_the_disk() {
    let backup = ", backup: { every: 4m, restore: 5m }";
    let results = run("", backup, "{ at: 10m, lose_data: mysql }");
    let record = &results.replications[0];
    // Ten writes a second since the backup at eight minutes.
    assert!(record.lost_writes.abs_diff(1_200) <= 2, "{}", record.lost_writes);
    assert_eq!(record.without_primary, 5 * MINUTE);
    assert_eq!(results.incidents[0].end, Some(15 * MINUTE));
}

#[test]
fn with_a_replica_only_the_lag_is_lost_with_the_disk() {
    let replicated =
        ", replicas: 2, replication: { lag: 1s, failover: 20s }, backup: { every: 4m, restore: 5m }";
    let results = run("", replicated, "{ at: 10m, lose_data: mysql/0 }");
    let record = &results.replications[0];
    assert!((9..=11).contains(&record.lost_writes), "{}", record.lost_writes);
    assert_eq!((record.failovers, record.without_primary), (1, 20 * SECOND));
}

#[test]
fn with_every_copy_gone_the_backup_is_all_there_is() {
    let replicated =
        ", replicas: 2, replication: { lag: 1s, failover: 20s }, backup: { every: 4m, restore: 5m }";
    let results = run("", replicated, "{ at: 10m, lose_data: mysql }");
    let record = &results.replications[0];
    assert!(record.lost_writes.abs_diff(1_200) <= 2, "{}", record.lost_writes);
}

#[test]
fn what_a_failover_has_lost_is_not_lost_again_with_the_disk() {
    let replicated =
        ", replicas: 2, replication: { lag: 10s, failover: 20s }, backup: { every: 8m, restore: 5m }";
    let timeline = "{ at: 9m, failover: mysql, for: 2m }, { at: 12m, lose_data: mysql }";
    let results = run("", replicated, timeline);
    let record = &results.replications[0];
    // A hundred of the lag and none while there is no primary; all since eight minutes.
    let since_the_backup = 10 * (4 * 60 - 20);
    assert!(record.lost_writes.abs_diff(since_the_backup) <= 25, "{}", record.lost_writes);
}

#[test]
fn quiet_times_cost_no_looks_at_the_memory() {
    let text = text(", memory_per_request: 1MiB", "", "")
        .replace("30m, warmup: 0s", "100d, warmup: 0s, fidelity: incidents");
    let results = trial::run(&trial::plan_of(&text));
    assert!(results.events < 500_000, "{}", results.events);
}

#[test]
fn mistakes_are_told() {
    let told =
        |from: &str, to: &str, timeline: &str| trial::told_of(&text("", "", timeline).replace(from, to));
    let leak = "{ at: 1m, leak: app, by: 1MiB/s }";
    assert!(told(", memory: 1GiB", "", leak).contains("nothing limits the memory of `app`"));
    assert!(told("1MiB/s", "1MiB", leak).contains("is no growth of memory"));
    assert!(told("", "", "{ at: 1m, lose_data: mysql }").contains("`mysql` has no backup"));
    assert!(told("timeout: none", "timeout: none, memory_base: 1GiB", "").contains("a user has no"));
}
