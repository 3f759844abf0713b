//! What is not simulated in quiet times comes out as if it had been.

use super::trial;
use crate::kernel::time::{HOUR, SECOND};
use crate::results::{ClassBucket, RunResults};

const SITE: &str = "
run: { duration: DAYS, warmup: 1h, FIDELITY }
nodes:
  visitors: { kind: user, arrivals: 2/s, timeout: 5s }
  server:   { kind: server, cores: 1, boot: 0s }
  nginx:    { kind: web_server, on: server }
  app:      { kind: app_server, on: server, workers: 2, boot: 0s, mtbf: 20d, mttr: 10m }
requests:
  page: { share: 80%, path: [ nginx: 0.2ms, app: exp(100ms) ] }
  file: { share: 20%, path: [ nginx: 0.1ms ] }
TIMELINE
";

fn run(days: &str, fidelity: &str, timeline: &str) -> RunResults {
    let text = SITE.replace("DAYS", days).replace("FIDELITY", fidelity).replace("TIMELINE", timeline);
    trial::run(&trial::plan_of(&text))
}

fn class(results: &RunResults, class: usize) -> ClassBucket {
    results.classes[class].buckets.iter().fold(ClassBucket::default(), ClassBucket::join)
}

fn near(one: f64, other: f64, tolerance: f64, what: &str) {
    assert!((one - other).abs() <= tolerance * other.abs(), "{what}: {one} and {other}");
}

#[test]
fn books_are_kept_however_much_is_skipped() {
    let timeline = "
timeline:
  - { at: 5h, fail: server, for: 10m }
  - { at: 5h, slow: app, by: 2x, for: 2h }
  - { at: 30h, maintain: app, how: restart, takes: 1m }
  - { at: 31h, fail: app, for: 1m }";
    let results = run("3d", "fidelity: incidents, settle: 5m, lead: 1m, sample: 10m", timeline);
    let sum = |bucket: &ClassBucket| bucket.outcomes.iter().sum::<u64>();
    let offered: u64 = (0..2).map(|number| class(&results, number).offered).sum();
    let ended: u64 = (0..2).map(|number| sum(&class(&results, number))).sum();
    assert_eq!((offered, ended), (results.offered, results.ended));
    assert!(offered.abs_diff(ended + results.in_flight) < 50, "{offered} {ended}");
    assert!(results.skipped > 60 * HOUR && results.skipped < 70 * HOUR, "{}", results.skipped);
    near(results.offered as f64, 3.0 * 86_400.0 * 2.0, 0.01, "offered");
}

#[test]
fn traffic_of_which_no_part_stands_for_the_rest_is_refused() {
    let told = |from: &str, to: &str, timeline: &str| {
        let text = SITE.replace("DAYS", "10d").replace("FIDELITY", "fidelity: incidents");
        let text = text.replace(from, to).replace("TIMELINE", timeline);
        trial::told_of(&text)
    };
    assert!(told("arrivals: 2/s", "population: 3, think: 1s", "").contains("it waits for its answers"));
    let daily = "arrivals: { rate: [[0s, 1/s], [1h, 3/s]], repeat: 1d }";
    assert!(told("arrivals: 2/s", daily, "").contains("changes with the time"));
    let surge = "timeline: [ { at: 1h, surge: 2x, hold: 1m } ]";
    assert!(told("cores: 1", "cores: 2", surge).contains("there is no surge"));
    let scaled = "replicas: 2, autoscale: { minimum: 1, maximum: 3, target: 50% }, mtbf: 20d";
    assert!(told("mtbf: 20d", scaled, "").contains("`app` scales with its load"));
    assert!(told("duration: 10d", "requests: 10", "").contains("cannot end after a number of them"));
}

#[test]
fn requests_count_again_no_sooner_than_after_the_lead() {
    // Each change of the first two asks whether it is quiet, at another time.
    let timeline = "
timeline:
  - { at: 5h, slow: app, by: 1.01x, for: 61s }
  - { at: 18003s, slow: nginx, by: 1.01x, for: 30s }
  - { at: 30h, fail: app, for: 1m }";
    let results = run("2d", "fidelity: incidents, settle: 5m, lead: 10m, sample: 10m", timeline);
    // Ten minutes before each of three incidents, those with what follows them, and the sample.
    let simulated = 48 * HOUR - results.skipped;
    let silences = 3;
    let least = silences * 10 * 60 * SECOND;
    assert!(simulated > least, "{} s", simulated / SECOND);
    assert!(results.events < 2 * 3 * 3_600 * 10, "{}", results.events);
}

#[test]
fn what_happens_together_disturbs_the_quiet_once() {
    let skipped = |slow: &str| {
        let timeline = format!("timeline: [ {slow} {{ at: 20h, fail: app, for: 1m }} ]");
        run("1d", "fidelity: incidents, settle: 5m, lead: 10m, sample: 10m", &timeline).skipped
    };
    let slow = |node: &str| format!("{{ at: 5h, slow: {node}, by: 1.01x, for: 61s }},");
    assert_eq!(skipped(&slow("app")), skipped(&(slow("app") + &slow("nginx"))));
}

#[test]
fn a_site_that_is_never_calm_is_simulated_all_along() {
    let timeline = "timeline: [ { at: 1m, slow: app, by: 2x } ]";
    let results = run("10h", "fidelity: incidents", timeline);
    assert_eq!(results.skipped, 0);
}
