//! `fidelity: incidents` against `fidelity: requests`: they differ by no more than their
//! intervals allow.

use super::summarise::summarise;
use super::summary::{Estimate, Summary};
use crate::engine::trial;
use crate::kernel::time::HOUR;
use crate::plan::compile;
use crate::results::{NodeBucket, RunResults};
use crate::scenario::load::load_text;
use crate::stats::student::two_sided_t;

const SITE: &str = "
run: { duration: 40d, warmup: 1h, FIDELITY }
nodes:
  visitors: { kind: user, arrivals: 1/s, timeout: 5s }
  server:   { kind: server, cores: 1, boot: 0s }
  nginx:    { kind: web_server, on: server }
  app:      { kind: app_server, on: server, workers: 2, boot: 0s, mtbf: 6d, mttr: 10m }
requests:
  page: { share: 80%, path: [ nginx: 0.2ms, app: exp(200ms) ] }
  file: { share: 20%, path: [ nginx: 0.1ms ] }
";

fn run(fidelity: &str) -> (RunResults, Summary) {
    let scenario = load_text("site.yaml", &SITE.replace("FIDELITY", fidelity), &[]).scenario.unwrap();
    let results = trial::run(&compile(&scenario));
    let summary = summarise(&scenario, 1, &results);
    (results, summary)
}

/// How much wider an interval of 99.9 % is than one of 95 %, made of ten batches: so that one
/// pair of runs with a given seed is a test.
fn widening() -> f64 {
    two_sided_t(9, 0.999) / two_sided_t(9, 0.95)
}

fn assert_alike(one: &Estimate, other: &Estimate, what: &str) {
    let told = |estimate: &Estimate| -> (f64, f64) {
        let interval = estimate.value.zip(estimate.half_width);
        interval.unwrap_or_else(|| panic!("{what}: {estimate:?}"))
    };
    let ((one, one_width), (other, other_width)) = (told(one), told(other));
    let allowed = widening() * one_width.hypot(other_width);
    assert!(allowed < 0.2 * other, "{what}: whatever comes out would be within {allowed} of {other}");
    assert!((one - other).abs() <= allowed, "{what}: {one} ± {one_width} and {other} ± {other_width}");
}

fn down(results: &RunResults) -> Vec<u128> {
    let sum = |buckets: &Vec<NodeBucket>| buckets.iter().map(|bucket| bucket.down).sum();
    results.nodes.iter().map(|node| sum(&node.buckets)).collect()
}

#[test]
fn forty_days_with_breakdowns_are_the_same_with_a_hundredth_of_the_events() {
    let (all, all_told) = run("fidelity: requests");
    let (some, some_told) = run("fidelity: incidents, sample: 3h");
    for (one, other) in
        some_told.classes.iter().zip(&all_told.classes).chain([(&some_told.total, &all_told.total)])
    {
        let of_class = |what: &str| format!("{what} of {}", one.name);
        assert_alike(&one.good_share, &other.good_share, &of_class("availability"));
        assert_alike(&one.mean_ms, &other.mean_ms, &of_class("mean latency"));
        assert_alike(&one.p99_ms, &other.p99_ms, &of_class("p99"));
    }
    assert!(some.skipped > 900 * HOUR, "{}", some.skipped / HOUR);
    assert!(all.events > 100 * some.events, "{} and {} events", all.events, some.events);
    assert!(all.incidents.len() > 2, "nothing broke");
    assert_eq!((all.incidents.len(), all.outages.len()), (some.incidents.len(), some.outages.len()));
    assert_eq!(down(&all), down(&some));
}
