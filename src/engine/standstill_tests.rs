//! Runs in which simulated time stands still, and others in which there is only much to do.

use super::trial;
use crate::kernel::time::{SECOND, to_seconds};
use crate::results::{RunResults, StopReason};

fn run(text: &str) -> RunResults {
    trial::run(&trial::plan_of(text))
}

const LOAD_TEST: &str = "
run: { duration: 2s }
nodes:
  others: { kind: user, arrivals: 10/s }
  wrk: { kind: user, population: 10 }
  nginx: { kind: web_server }
  app: { kind: app_server }
requests:
  page: { from: wrk, path: [ nginx: 1ms ] }
  other: { from: others, path: [ app: 1ms ] }
";

#[test]
fn a_run_whose_time_stands_still_ends_with_the_names_of_those_in_the_loop() {
    let results = run(&format!("{LOAD_TEST}timeline: [ {{ at: 1s, fail: nginx, for: 10s }} ]\n"));
    assert_eq!(results.stop, StopReason::StandsStill);
    assert_eq!(results.standstill, ["wrk", "nginx"]);
    assert!((to_seconds(results.ended_at) - 1.0).abs() < 1e-3, "{}", results.ended_at);
    assert!(results.events < 4_000_000, "{}", results.events);
    let limited =
        run(&LOAD_TEST.replace("web_server }", "web_server, rate_limit: { rate: 1/s, burst: 1 } }"));
    assert_eq!((limited.stop, limited.standstill.len()), (StopReason::StandsStill, 2));
}

#[test]
fn a_crowd_that_comes_at_one_instant_is_no_standstill() {
    let text = LOAD_TEST
        .replace("population: 10", "population: 60000, think: 1s, timeout: 500ms")
        .replace("web_server", "web_server, connections: 100000")
        .replace("nginx: 1ms", "nginx: { wait: 0ms, calls: [ app: 10 x 0ms ] }")
        .replace("duration: 2s", "duration: 1500ms");
    let results = run(&text.replace("app_server }", "app_server, workers: 1000000 }"));
    assert_eq!((results.stop, results.ended_at), (StopReason::Horizon, 3 * SECOND / 2));
    assert!(results.standstill.is_empty());
}
