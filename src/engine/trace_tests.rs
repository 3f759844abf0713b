//! The stories of requests come to their latencies, and keeping them changes nothing.

use super::trial::plan_of;
use super::{Advance, KeptTrace, Options, Reason, Simulation, TraceWishes};
use crate::kernel::time::{MILLISECOND, NEVER, Time};
use crate::parts::outcome::Outcome;
use crate::plan::Plan;
use crate::results::path::Cause;
use crate::results::row::{NO_INCIDENT, Row, RowSampling};

/// One thing after the other, with lines, losses, retries, and a server that is gone for a while.
const SHOP: &str = "
run: { duration: 2m, warmup: 0s }
nodes:
  visitors: { kind: user, arrivals: 60/s, timeout: 2s, retries: 1 }
  host: { kind: server, cores: 2 }
  nginx: { kind: web_server, on: host }
  app: { kind: app_server, on: host, workers: 2 }
  mysql: { kind: database, on: host }
links:
  visitors -> host: { latency: \"lognormal(median 20ms, p99 80ms)\", loss: 2% }
requests:
  page: { share: 70%, path: [ nginx: 0.2ms, app: exp(9ms), mysql: 3 x exp(2ms) ] }
  asset: { share: 30%, path: [ nginx: 0.1ms ] }
timeline:
  - { at: 60s, fail: host, for: 5s }
";

fn shop() -> Plan {
    plan_of(SHOP)
}

fn run(plan: &Plan, wishes: TraceWishes) -> (Vec<Row>, Vec<KeptTrace>) {
    let mut simulation = Simulation::new(plan, Options { seed: 1, replication: 0, rows: RowSampling::All });
    simulation.keep_traces(wishes, 1);
    let (mut rows, mut traces) = (Vec::new(), Vec::new());
    loop {
        let advance = simulation.advance(NEVER, 1 << 16);
        rows.extend_from_slice(&simulation.rows().rows);
        simulation.clear_rows();
        traces.extend(simulation.take_traces());
        if advance == Advance::Ended {
            traces.extend(simulation.take_chosen_traces());
            return (rows, traces);
        }
    }
}

#[test]
fn a_story_has_no_gaps_and_is_as_long_as_the_request() {
    let plan = shop();
    let (rows, traces) = run(&plan, TraceWishes { share: 1.0, ..TraceWishes::default() });
    assert_eq!(rows.len(), traces.len());
    let mut several = 0;
    for (row, kept) in rows.iter().zip(&traces) {
        assert_eq!(kept.parts.iter().map(|(_, time)| time).sum::<Time>(), row.latency);
        assert_eq!((*row, kept.reason), (kept.row, Reason::Sampled));
        let (start, end) = (row.start, row.start + row.latency);
        let first = &kept.trace.visits[0];
        assert_eq!((first.from, first.until, first.outcome), (start, end, Some(row.outcome)));
        let mut spans: Vec<(Time, Time)> = Vec::new();
        for visit in &kept.trace.visits {
            assert!(visit.from <= visit.until && visit.until <= end, "{visit:?}");
            spans.extend(visit.spans.iter().map(|span| (span.from, span.until)));
        }
        if row.attempts > 1 || !row.outcome.is_ok() {
            several += 1;
            continue;
        }
        // One thing comes after the other, from the beginning to the end.
        spans.sort_unstable();
        let ended = spans.iter().fold(start, |now, &(from, until)| {
            assert_eq!(now, from, "request {}: {:?}", row.id, kept.trace);
            until
        });
        assert_eq!(ended, end);
    }
    assert!(several > 100, "{several}");
}

#[test]
fn what_kept_a_request_comes_to_its_latency() {
    let plan = shop();
    let mut simulation = Simulation::new(&plan, Options { seed: 1, replication: 0, rows: RowSampling::None });
    simulation.follow_a_sample();
    while simulation.advance(NEVER, 1 << 16) != Advance::Ended {}
    let results = simulation.finish(false);
    let (mut good, mut retried, mut resent, mut disturbed) = (0, 0, 0, 0);
    for (path, parts) in results.paths.classes.iter().flat_map(|class| class.all()) {
        assert_eq!(parts.iter().map(|(_, time)| time).sum::<Time>(), path.latency, "{path:?}: {parts:?}");
        let has = |cause: Cause| usize::from(parts.iter().any(|(part, _)| part.cause() == cause));
        good += 1;
        retried += has(Cause::Retry);
        resent += has(Cause::Retransmission);
        disturbed += usize::from(path.during != NO_INCIDENT);
    }
    assert!(good > 4_000 && retried > 5 && resent > 100, "{good}, {retried}, {resent}");
    // While the host is down, few answers come that were sent before.
    assert!((1..100).contains(&disturbed), "{disturbed}");
}

#[test]
fn the_slowest_are_the_slowest_and_the_failed_have_failed() {
    let plan = shop();
    let wishes = TraceWishes { share: 0.0, slowest: 20, failed: 15 };
    let (rows, traces) = run(&plan, wishes);
    let (undisturbed, none) = run(&plan, TraceWishes::default());
    assert!(rows == undisturbed && none.is_empty());
    let mut slowest: Vec<&Row> = rows.iter().filter(|row| row.outcome.is_ok()).collect();
    slowest.sort_by_key(|row| (std::cmp::Reverse(row.latency), row.id));
    let found: Vec<u64> = traces[..20].iter().map(|kept| kept.row.id).collect();
    assert_eq!(found, slowest[..20].iter().map(|row| row.id).collect::<Vec<_>>());
    assert!(slowest[0].latency > 500 * MILLISECOND);
    assert_eq!(traces.len(), 35);
    assert!(traces[20..].iter().all(|kept| kept.row.outcome != Outcome::Ok && kept.reason == Reason::Failed));
}

#[test]
fn a_share_is_about_that_share_and_others_than_those_with_rows() {
    let plan = shop();
    let (rows, traces) = run(&plan, TraceWishes { share: 0.1, ..TraceWishes::default() });
    let share = traces.len() as f64 / rows.len() as f64;
    assert!((0.085..0.115).contains(&share), "{share}");
}
