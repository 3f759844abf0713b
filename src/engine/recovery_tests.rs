//! Databases that have just started: recovery after a crash, and a cold buffer pool.

use super::trial;
use crate::kernel::time::{SECOND, Time};
use crate::results::RunResults;

const SITE: &str = "
run: { duration: 10m, warmup: 0s, bucket: 1s }
nodes:
  visitors: { kind: user, arrivals: { every: 250ms }, timeout: 1s }
  app:      { kind: app_server, workers: 4, boot: 0s }
  mysql:    { kind: database, boot: 5s, recovery: 30s, buffer_pool: { cold: 5x, warms_in: 100s } }
requests:
  page: { path: [ app: 0ms, mysql: { wait: 10ms } ] }
timeline: [ TIMELINE ]
";

fn run(timeline: &str) -> RunResults {
    trial::run(&trial::plan_of(&SITE.replace("TIMELINE", timeline)))
}

const MYSQL: usize = 2;

fn down_s(results: &RunResults) -> f64 {
    results.nodes[MYSQL].buckets.iter().map(|bucket| bucket.down).sum::<u128>() as f64 / SECOND as f64
}

/// The mean latency of those that ended within that second.
fn latency_ms(results: &RunResults, second: Time) -> f64 {
    let place = results.bucket_edges.iter().position(|&edge| edge == second * SECOND).expect("an edge");
    let bucket = &results.classes[0].buckets[place];
    bucket.latency_sum as f64 / bucket.outcomes[0] as f64 / 1e6
}

#[test]
fn a_crash_is_recovered_from_and_a_planned_stop_needs_none() {
    assert_eq!(down_s(&run("{ at: 1m, fail: mysql, for: 10s }")), 10.0 + 5.0 + 30.0);
    assert_eq!(down_s(&run("{ at: 1m, kill: mysql }")), 0.1 + 5.0 + 30.0);
    assert_eq!(down_s(&run("{ at: 1m, maintain: mysql, takes: 10s }")), 10.0 + 5.0);
    assert_eq!(down_s(&run("{ at: 1m, maintain: mysql, takes: 10s, drain: 5s }")), 10.0 + 5.0);
}

#[test]
fn queries_are_slow_after_a_start_and_evenly_less_so() {
    for (timeline, up_s) in
        [("{ at: 60s, maintain: mysql, takes: 10s }", 75), ("{ at: 60s, fail: mysql, for: 10s }", 105)]
    {
        let results = run(timeline);
        assert!((latency_ms(&results, 50) - 10.0).abs() < 1e-6);
        for age in [1, 25, 50, 99] {
            // Those who come within a second, four of them, find it a little warmer each.
            let expected = 10.0 * (5.0 - 4.0 * (age as f64 + 0.375) / 100.0);
            let found = latency_ms(&results, up_s + age);
            assert!((found - expected).abs() < 0.1, "{timeline}, {age} s: {found} instead of {expected}");
        }
        assert!((latency_ms(&results, up_s + 101) - 10.0).abs() < 1e-6);
    }
}

#[test]
fn it_is_not_quiet_while_the_pool_is_cold() {
    let text = SITE.replace(
        "10m, warmup: 0s, bucket: 1s",
        "10h, warmup: 0s, fidelity: incidents, settle: 10s, lead: 10s",
    );
    let text = text.replace("TIMELINE", "{ at: 5h, maintain: mysql, takes: 10s }");
    let cold = trial::run(&trial::plan_of(&text));
    let warm = trial::run(&trial::plan_of(&text.replace(", buffer_pool: { cold: 5x, warms_in: 100s }", "")));
    assert!(warm.skipped - cold.skipped >= 80 * SECOND, "{} {}", warm.skipped, cold.skipped);
}

#[test]
fn mistakes_are_told() {
    let told = |pool: &str| {
        trial::told_of(&SITE.replace("{ cold: 5x, warms_in: 100s }", pool).replace("TIMELINE", ""))
    };
    assert!(told("{ cold: 5 }").contains("`5` is no factor"));
    assert!(told("{ cold: 0.5x }").contains("makes nothing slower"));
    assert!(told("{ warms_in: 5m }").contains("has no `cold`"));
    assert!(told("{ cold: 5x, warms_in: 0s }").contains("never was cold"));
}
