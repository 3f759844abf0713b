//! What is behind a cold cache is told from what is not, and no time is told twice.

use super::trial::plan_of;
use super::{Advance, Options, Simulation};
use crate::kernel::time::{MILLISECOND, NEVER, SECOND, Time};
use crate::results::path::{Cause, Path};
use crate::results::row::RowSampling;

/// A hit takes 1 ms, a miss 101 ms. After a minute the cache is gone for a second.
const SHOP: &str = "
run: { duration: 2m, warmup: 0s }
nodes:
  visitors: { kind: user, arrivals: 50/s, timeout: 10s }
  cache: { kind: cache, objects: 20, zipf: 0, capacity: 20, boot: 0s }
  origin: { kind: station, servers: 1000 }
requests:
  page: { path: [ cache: 1ms, origin: 100ms ] }
timeline:
  - { at: 60s, fail: cache, for: 1s }
";

/// What a good answer waited for.
struct Waited {
    path: Path,
    cold: Time,
    others: Time,
}

fn run(text: &str) -> Vec<Waited> {
    let plan = plan_of(text);
    let mut simulation = Simulation::new(&plan, Options { seed: 1, replication: 0, rows: RowSampling::None });
    simulation.follow_a_sample();
    while simulation.advance(NEVER, 1 << 16) != Advance::Ended {}
    let results = simulation.finish(false);
    assert_eq!(results.paths.classes[0].one_in, 1);
    let sum = |times: &[(crate::results::path::Part, Time)], cold: bool| -> Time {
        let wanted = times.iter().filter(|(part, _)| (part.cause() == Cause::ColdCache) == cold);
        wanted.map(|(_, time)| time).sum()
    };
    let all = results.paths.classes[0].all();
    all.map(|(&path, times)| Waited { path, cold: sum(times, true), others: sum(times, false) }).collect()
}

#[test]
fn a_miss_of_a_cache_that_fills_up_is_told_apart_and_the_rest_is_what_it_was() {
    let all = run(SHOP);
    for Waited { path, cold, others } in &all {
        assert_eq!(cold + others, path.latency, "{path:?}");
        // All that comes after the first look is the cache's, and nothing before.
        match cold {
            0 => assert_eq!(path.latency, MILLISECOND),
            cold => assert_eq!(*cold, 100 * MILLISECOND),
        }
    }
    // Twenty objects are fetched at the start, and once more after the crash.
    let cold = |from: Time, to: Time| {
        all.iter().filter(|one| one.cold > 0 && (from..to).contains(&one.path.start)).count()
    };
    assert_eq!((cold(0, 30 * SECOND), cold(30 * SECOND, 60 * SECOND)), (20, 0));
    assert_eq!(cold(60 * SECOND, 120 * SECOND), 20);
}

#[test]
fn a_full_cache_that_is_too_small_is_not_cold() {
    let text =
        SHOP.replace("capacity: 20", "capacity: 5").replace("  - { at: 60s, fail: cache, for: 1s }", "");
    let text = text.replace("timeline:\n", "");
    let all = run(&text);
    assert_eq!(all.iter().filter(|waited| waited.cold > 0).count(), 5);
    let slow = all.iter().filter(|waited| waited.path.latency > 100 * MILLISECOND);
    assert!(slow.count() > 1_000);
}

#[test]
fn with_lines_losses_retries_and_stale_answers_no_time_is_told_twice() {
    let text = "
run: { duration: 3m, warmup: 0s }
nodes:
  visitors: { kind: user, arrivals: 60/s, timeout: 1s, retries: 1 }
  host: { kind: server, cores: 2 }
  nginx: { kind: web_server, on: host }
  cache: { kind: cache, objects: 2000, ttl: 20s, use_stale: true }
  app: { kind: app_server, on: host, workers: 1 }
links:
  visitors -> host: { latency: \"lognormal(median 20ms, p99 80ms)\", loss: 2% }
  nginx -> cache: { latency: 1ms, loss: 2% }
requests:
  page: { path: [ nginx: 0.2ms, cache: 0.1ms, app: exp(14ms) ] }
timeline:
  - { at: 60s, fail: cache, for: 5s }
  - { at: 120s, fail: app, for: 5s }
";
    let all = run(text);
    let cold: Vec<&Waited> = all.iter().filter(|waited| waited.cold > 0).collect();
    assert!(cold.len() > 500);
    for Waited { path, cold, others } in &all {
        assert_eq!(cold + others, path.latency, "{cold} and {others} of {path:?}");
    }
    // The network in front of the cache, and tries in vain, are not behind it.
    let sum = |number: fn(&Waited) -> Time| cold.iter().map(|waited| number(waited)).sum::<Time>();
    let (behind, before) = (sum(|waited| waited.cold), sum(|waited| waited.others));
    assert!(behind > before / 10 && before > behind / 10, "{behind} behind, {before} before");
}
