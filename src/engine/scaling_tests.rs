//! What autoscaling does, against what can be told by hand.

use super::remedy_tests::run;
use crate::kernel::time::to_seconds;

#[test]
fn replicas_come_as_they_are_needed_and_go_when_they_are_not() {
    let run = run("
run: { duration: 40m, warmup: none }
nodes:
  visitors: { kind: user, arrivals: { every: 10ms } }
  lb: { kind: load_balancer, maxconn: 10000 }
  app: { kind: app_server, workers: 10, replicas: 2, boot: 20s, autoscale: { minimum: 2, maximum: 10, target: 50% } }
requests:
  page: { path: [ lb: 0ms, app: { wait: 100ms } ] }
timeline:
  - { at: 605s, surge: 2.5x, hold: 10m }
");
    let scaling = &run.results.scalings[0];
    // Ten workers in use, so that two are half busy; then all twenty and a backlog, and then 25 of fifty.
    let wanted: Vec<u32> = scaling.changes.iter().map(|&(_, wanted)| wanted).collect();
    assert_eq!((scaling.least, scaling.most), (2, 6), "{:?}", scaling.changes);
    assert_eq!((wanted[0], wanted.last()), (2, Some(&2)), "{:?}", scaling.changes);
    // It is seen at 10 min 15 s; five minutes after the surge they go.
    let first = scaling.changes[1];
    assert!((to_seconds(first.0) - 615.0).abs() < 1e-6 && first.1 == 4, "{:?}", scaling.changes);
    let gone = scaling.changes.last().expect("a change").0;
    assert!((to_seconds(gone) - 1_515.0).abs() <= 31.0, "{:?}", scaling.changes);
    let hours = scaling.paid as f64 * 1e-9 / 3_600.0;
    assert!(((2.0 * 40.0 + 2.5 * 10.0) / 60.0..5.0 * 40.0 / 60.0).contains(&hours), "{hours}");
    // Once they are there nobody waits, and all get the same.
    let last = run.rows.iter().rev().take(1_000).map(|row| to_seconds(row.latency));
    assert!(last.clone().fold(0.0, f64::max) < 0.101);
    assert!(
        run.node(5).visits.abs_diff(run.node(6).visits) < 4_000,
        "{} {}",
        run.node(5).visits,
        run.node(6).visits
    );
}
