//! A new version that gets a share of the requests first, against what can be told by hand.

use super::trial;
use crate::kernel::time::SECOND;
use crate::parts::outcome::Outcome;
use crate::results::RunResults;

const SITE: &str = "
run: { duration: 1h, warmup: 0s, bucket: 1m }
nodes:
  visitors: { kind: user, arrivals: { every: 20ms }, timeout: 5s }
  nginx:    { kind: web_server }
  app:      { kind: app_server, workers: 100, replicas: 3, boot: 0s }
requests:
  page: { path: [ nginx: 0ms, app: 10ms ] }
timeline: [ { at: 10m, maintain: app, how: canary, takes: 5m, share: 10%, bake: 15m SETTINGS } ]
";

fn run(settings: &str) -> RunResults {
    trial::run(&trial::plan_of(&SITE.replace(" SETTINGS", settings)))
}

/// The share that failed, and the mean latency of the others, from one minute to another.
fn fared(results: &RunResults, from_min: usize, to_min: usize) -> (f64, f64) {
    let buckets = &results.classes[0].buckets[from_min..to_min];
    let sum = |count: &dyn Fn(&crate::results::ClassBucket) -> f64| buckets.iter().map(count).sum::<f64>();
    let ok = sum(&|bucket| bucket.outcomes[Outcome::Ok as usize] as f64);
    let all = sum(&|bucket| bucket.outcomes.iter().sum::<u64>() as f64);
    (1.0 - ok / all, sum(&|bucket| bucket.latency_sum as f64) / ok / 1e6)
}

fn near(found: f64, expected: f64, tolerance: f64) {
    assert!((found - expected).abs() <= tolerance * expected, "{found} instead of {expected}");
}

#[test]
fn a_canary_shows_its_errors_to_its_share_and_then_to_all() {
    let results = run(", errors: 40%");
    assert_eq!(fared(&results, 0, 15).0, 0.0, "it is not made yet");
    near(fared(&results, 15, 30).0, 0.1 * 0.4, 0.08);
    near(fared(&results, 30, 60).0, 0.4, 0.02);
    let [incident] = &results.incidents[..] else { panic!("{:?}", results.incidents) };
    assert_eq!((incident.start, incident.end), (600 * SECOND, None), "it is still there");
}

#[test]
fn a_canary_that_is_taken_back_has_cost_its_share() {
    let results = run(", errors: 40%, then: back");
    near(fared(&results, 15, 30).0, 0.1 * 0.4, 0.08);
    assert_eq!(fared(&results, 31, 60).0, 0.0);
    assert_eq!(results.incidents[0].end, Some(1_800 * SECOND));
}

#[test]
fn a_slow_version_slows_those_who_meet_it() {
    let results = run(", slow: 5x");
    let base = fared(&results, 0, 15).1;
    near(fared(&results, 15, 30).1, 0.9 * base + 0.1 * 5.0 * base, 0.03);
    near(fared(&results, 31, 60).1, 5.0 * base, 1e-6);
    assert_eq!(fared(&results, 15, 60).0, 0.0);
}

#[test]
fn one_that_is_as_good_as_the_old_one_is_not_noticed() {
    let results = run("");
    let usual = fared(&results, 0, 10);
    assert_eq!(fared(&results, 10, 60), usual);
    assert_eq!(results.incidents[0].end, Some(1_800 * SECOND));
}

#[test]
fn the_next_version_takes_the_place_of_a_bad_one() {
    let next = "}, { at: 40m, maintain: app, how: blue_green, takes: 1m";
    let results = run(&format!(", errors: 40%{next}"));
    near(fared(&results, 30, 41).0, 0.4, 0.03);
    assert_eq!(fared(&results, 42, 60).0, 0.0);
    let [bad, _] = &results.incidents[..] else { panic!("{:?}", results.incidents) };
    assert_eq!(bad.end, Some(2_460 * SECOND));
    let next = "}, { at: 40m, maintain: app, how: canary, share: 25%, takes: 0s, bake: 10m";
    let results = run(&format!(", errors: 40%{next}"));
    near(fared(&results, 40, 50).0, 0.75 * 0.4, 0.05);
    assert_eq!(fared(&results, 51, 60).0, 0.0);
    assert_eq!(results.incidents[0].end, Some(3_000 * SECOND));
}

#[test]
fn a_version_is_slow_on_cores_of_its_own_too() {
    let on_cores = SITE
        .replace("kind: app_server, workers: 100", "kind: station, discipline: ps, servers: 100")
        .replace("nginx: 0ms, app: 10ms", "app: 10ms");
    let text = on_cores.replace(" SETTINGS", ", slow: 5x");
    let results = trial::run(&trial::plan_of(&text));
    let base = fared(&results, 0, 15).1;
    near(fared(&results, 31, 60).1, 5.0 * base, 1e-3);
}

#[test]
fn only_a_canary_has_a_share() {
    let told =
        |settings: &str| trial::told_of(&SITE.replace("canary", "blue_green").replace(" SETTINGS", settings));
    assert!(told(", errors: 5%").contains("`how: blue_green` has no `errors`"));
    assert!(told(", then: back").contains("has no `then`"));
}
