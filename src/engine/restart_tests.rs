//! Processes that die and are started again, or given up.

use super::trial;
use crate::kernel::time::{MILLISECOND, MINUTE, SECOND, Time};
use crate::results::RunResults;

const SITE: &str = "
run: { duration: 20m, warmup: 0s }
nodes:
  visitors: { kind: user, arrivals: { every: 100ms }, timeout: 5s }
  nginx:    { kind: web_server }
  app:      { kind: app_server, workers: 4, boot: BOOT SETTINGS }
requests:
  page: { path: [ nginx: 0.1ms, app: 1ms ] }
timeline: [ TIMELINE ]
";

fn run(boot: &str, settings: &str, timeline: &str) -> RunResults {
    let text = SITE.replace("BOOT", boot).replace(" SETTINGS", settings).replace("TIMELINE", timeline);
    trial::run(&trial::plan_of(&text))
}

const APP: usize = 2;

fn down(results: &RunResults) -> Time {
    results.nodes[APP].buckets.iter().map(|bucket| bucket.down).sum::<u128>() as Time
}

/// Kills so many seconds apart.
fn kills(at_s: std::ops::Range<u64>) -> String {
    at_s.map(|at| format!("{{ at: {at}s, kill: app }}")).collect::<Vec<_>>().join(", ")
}

#[test]
fn what_dies_is_started_again_at_once_and_boots() {
    let results = run("2s", "", "{ at: 1m, kill: app }");
    assert_eq!(down(&results), 2_100 * MILLISECOND);
    assert_eq!(results.incidents[0].end, Some(60_100 * MILLISECOND));
    let results = run("2s", ", restart_after: 5s", "{ at: 1m, crash: app }");
    assert_eq!(down(&results), 7 * SECOND);
    let results = run("2s", "", "{ at: 1m, crash: app, for: 10s }");
    assert_eq!(down(&results), 12 * SECOND, "it could not be started for so long");
}

#[test]
fn what_is_not_started_again_stays_down() {
    for (settings, timeline) in [(", restart: no", "{ at: 1m, kill: app }"), ("", "{ at: 1m, fail: app }")] {
        let results = run("2s", settings, timeline);
        assert_eq!(down(&results), 19 * MINUTE);
        assert_eq!(results.incidents[0].end, None);
    }
}

#[test]
fn what_dies_too_often_is_given_up_and_said_to_be_the_cause() {
    let results = run("0s", "", &kills(60..66));
    // Five starts of 0.1 s each, and no sixth.
    assert_eq!(down(&results), 500 * MILLISECOND + (20 * 60 - 65) * SECOND);
    let last = results.incidents.last().expect("an incident");
    assert_eq!((last.kind, last.target.as_str(), last.end), ("start_limit_hit", "app", None));
    assert_eq!(last.start, 65 * SECOND);
    let cause = results.outages.last().and_then(|outage| outage.cause).expect("a cause");
    assert_eq!(results.incidents[cause as usize].name, "start limit hit: app");
    for settings in [", restart_limit: 6", ", restart_within: 4s", ", restart_within: 0s"] {
        assert_eq!(down(&run("0s", settings, &kills(60..66))), 600 * MILLISECOND, "{settings}");
    }
}

#[test]
fn what_was_given_up_serves_again_when_somebody_starts_it() {
    let timeline = kills(60..66) + ", { at: 2m, maintain: app, takes: 1s }";
    let results = run("0s", "", &timeline);
    assert_eq!(down(&results), (500 + 56_000) * MILLISECOND);
    assert!(results.incidents.iter().all(|incident| incident.end.is_some()), "{:?}", results.incidents);
    // It may die five times more.
    let timeline = timeline + ", " + &kills(130..135);
    assert_eq!(down(&run("0s", "", &timeline)), (500 + 56_000 + 500) * MILLISECOND);
}

#[test]
fn one_that_dies_at_random_needs_no_repair() {
    let text = SITE.replace("20m", "2000h").replace("every: 100ms", "every: 1h");
    let text = text.replace("BOOT SETTINGS", "10s, mtbf: 30m").replace("timeline: [ TIMELINE ]", "");
    let results = trial::run(&trial::plan_of(&text));
    let unavailable = down(&results) as f64 / results.ended_at as f64;
    let expected = 10.1 / (30.0 * 60.0 + 10.1);
    // Some four thousand deaths: two standard errors are 3 %.
    assert!((unavailable / expected - 1.0).abs() < 0.04, "{unavailable} instead of {expected}");
}

#[test]
fn one_of_several_that_die_together_may_be_given_up() {
    let text = SITE.replace("BOOT SETTINGS", "0s, replicas: 2, restart_limit: 1, restart_within: 1h");
    let timeline = "{ at: 1m, kill: app/0 }, { at: 2m, kill: app }";
    let results = trial::run(&trial::plan_of(&text.replace("TIMELINE", timeline)));
    let names: Vec<&str> = results.incidents.iter().map(|incident| incident.name.as_str()).collect();
    assert_eq!(names, ["kill app/0", "kill app", "start limit hit: app/0"]);
    let ends: Vec<bool> = results.incidents.iter().map(|incident| incident.end.is_some()).collect();
    assert_eq!(ends, [true, false, false]);
}

#[test]
fn mistakes_are_told() {
    let told = |settings: &str| {
        let text = SITE.replace("BOOT SETTINGS", &format!("0s, {settings}"));
        trial::told_of(&text.replace("TIMELINE", ""))
    };
    assert!(told("restart: sometimes").contains("there is no restart `sometimes`"));
    assert!(told("restart: no, restart_after: 1s").contains("what is not started again"));
    assert!(told("restart: no, mtbf: 1d").contains("`mtbf` needs `mttr`"));
    assert!(told("mtbf: 1d, crew: us").contains("a crew has nothing to do"));
    let host = SITE.replace("BOOT SETTINGS", "0s, on: host").replace("TIMELINE", "");
    let host = host.replace("  nginx:", "  host: { kind: server, restart: always }\n  nginx:");
    assert!(trial::told_of(&host).contains("a server is no process"));
}
