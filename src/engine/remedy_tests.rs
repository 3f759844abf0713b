//! What remedies do to requests, against answers that are known.

use super::trial::plan_of;
use super::{Advance, Options, Simulation};
use crate::kernel::time::{NEVER, to_seconds};
use crate::parts::outcome::Outcome;
use crate::results::row::{Row, RowSampling};
use crate::results::{NodeBucket, RunResults};

/// What came of a scenario.
pub(super) struct Run {
    pub results: RunResults,
    pub rows: Vec<Row>,
}

pub(super) fn run(text: &str) -> Run {
    let plan = plan_of(text);
    let mut simulation = Simulation::new(&plan, Options { seed: 1, replication: 0, rows: RowSampling::All });
    let mut rows = Vec::new();
    loop {
        let advance = simulation.advance(NEVER, 1 << 20);
        rows.extend_from_slice(&simulation.rows().rows);
        simulation.clear_rows();
        if advance == Advance::Ended {
            return Run { results: simulation.finish(false), rows };
        }
    }
}

impl Run {
    /// How many requests ended so.
    pub fn count(&self, outcome: Outcome) -> u64 {
        self.rows.iter().filter(|row| row.outcome == outcome).count() as u64
    }

    pub fn share(&self, outcome: Outcome) -> f64 {
        self.count(outcome) as f64 / self.rows.len() as f64
    }

    /// What happened at the instance with this number.
    pub fn node(&self, number: usize) -> NodeBucket {
        let buckets = self.results.nodes[number].buckets.iter();
        buckets.fold(NodeBucket::default(), NodeBucket::join)
    }

    /// In seconds.
    pub fn latencies(&self, outcome: Outcome) -> Vec<f64> {
        let wanted = self.rows.iter().filter(|row| row.outcome == outcome);
        wanted.map(|row| to_seconds(row.latency)).collect()
    }
}

pub(super) fn close(measured: f64, expected: f64, tolerance: f64) {
    assert!((measured / expected - 1.0).abs() < tolerance, "{measured} is not {expected}");
}

#[test]
fn a_bucket_of_one_token_loses_as_many_as_a_server_without_a_line() {
    let run = run("
run: { requests: 200000, warmup: none }
nodes:
  visitors: { kind: user, arrivals: 20/s }
  gate: { kind: station, servers: unlimited, rate_limit: { rate: 10/s } }
requests:
  page: { path: [ gate: 1ms ] }
");
    close(run.share(Outcome::TooManyRequests), 2.0 / 3.0, 0.01);
    let gate = run.node(1);
    assert_eq!(gate.failed, run.count(Outcome::TooManyRequests));
    assert_eq!((gate.visits, gate.started), (200_000, 200_000 - gate.failed));
}

#[test]
fn nginx_lets_the_burst_through_at_once_or_in_turn_and_answers_503_to_the_others() {
    let site = |limit: &str| {
        run(&format!(
            "
run: {{ duration: 60s, warmup: none }}
nodes:
  visitors: {{ kind: user, arrivals: {{ every: 10ms }}, clients: 1 }}
  nginx: {{ kind: web_server, limit_req: {{ rate: 10/s, burst: 20{limit} }} }}
requests:
  page: {{ path: [ nginx: 1ms ] }}
"
        ))
    };
    let at_once = site(", nodelay: true");
    // One and the burst, and then as the rate allows.
    assert!((at_once.count(Outcome::Ok) as i64 - (21 + 600)).abs() <= 2, "{}", at_once.count(Outcome::Ok));
    assert!(at_once.latencies(Outcome::Ok).iter().all(|latency| *latency < 0.0011));
    let in_turn = site("");
    assert!((in_turn.count(Outcome::Ok) as i64 - 600).abs() <= 2, "{}", in_turn.count(Outcome::Ok));
    let latencies = in_turn.latencies(Outcome::Ok);
    // Whoever comes late finds twenty before him, each a tenth of a second apart.
    assert!(latencies[400..].iter().all(|latency| (1.9..=2.002).contains(latency)), "{latencies:?}");
    assert!(in_turn.latencies(Outcome::Unavailable).iter().all(|latency| *latency == 0.0));
}

#[test]
fn clients_have_buckets_of_their_own() {
    let site = |per: &str| {
        run(&format!(
            "
run: {{ duration: 200s, warmup: none }}
nodes:
  visitors: {{ kind: user, arrivals: 50/s, clients: 1000 }}
  app: {{ kind: app_server, workers: 8, rate_limit: {{ rate: 1/s, burst: 5, per: {per} }} }}
requests:
  page: {{ path: [ app: 1ms ] }}
"
        ))
    };
    assert_eq!(site("client").count(Outcome::TooManyRequests), 0);
    let one = site("site");
    assert!((one.count(Outcome::Ok) as i64 - 205).abs() <= 1, "{}", one.count(Outcome::Ok));
}

/// A caller with these settings and one that it calls, of which the rest is given.
fn caller_and_called(arrivals: &str, calls: &str, called: &str, rest: &str) -> Run {
    run(&format!(
        "
run: {{ {rest} }}
nodes:
  visitors: {{ kind: user, arrivals: {arrivals} }}
  caller: {{ kind: station, servers: unlimited, hands_over: false, calls: {{ {calls} }} }}
  called: {{ kind: station, servers: unlimited, {called} }}
requests:
  page: {{ path: [ caller: 1us, called: {{ }} ] }}
"
    ))
}

const CALLED: usize = 2;

#[test]
fn layers_that_try_again_multiply() {
    let run = run("
run: { requests: 1000, warmup: none }
nodes:
  visitors: { kind: user, arrivals: 10/s }
  web: { kind: station, servers: unlimited, hands_over: false, calls: { retries: 3 } }
  app: { kind: station, servers: unlimited, hands_over: false, calls: { retries: 3 } }
  api: { kind: station, servers: unlimited, hands_over: false, calls: { retries: 3 } }
  bottom: { kind: station, servers: unlimited }
requests:
  page: { path: [ web: 1ms, app: 1ms, api: 1ms, bottom: 1ms ] }
timeline:
  - { at: 0s, errors: bottom, share: 100% }
");
    assert_eq!(run.node(4).visits, 64_000);
    assert_eq!(run.count(Outcome::ServerError), 1_000);
}

#[test]
fn a_budget_bounds_the_retries() {
    let retries = |share: &str| {
        let run = run(&format!(
            "
run: {{ requests: 100000, warmup: none }}
nodes:
  visitors: {{ kind: user, arrivals: 100/s }}
  caller: {{ kind: station, servers: unlimited, hands_over: false, calls: {{ retries: 3, retry_budget: 10% }} }}
  called: {{ kind: station, servers: unlimited }}
requests:
  page: {{ path: [ caller: 1us, called: 1ms ] }}
timeline:
  - {{ at: 0s, errors: called, share: {share} }}
"
        ));
        run.node(CALLED).visits - 100_000
    };
    assert_eq!(retries("100%"), 10, "what was saved up in the beginning");
    // A retry for ten successes, of which retries have some themselves: r = (s + r s) / 10.
    close(retries("50%") as f64, 100_000.0 * 0.05 / 0.95, 0.03);
    // With few failures all of them are tried again.
    close(retries("2%") as f64, 100_000.0 * 0.02 / 0.98, 0.03);
}

#[test]
fn waits_between_tries_grow() {
    let run = run("
run: { requests: 100, warmup: none }
nodes:
  visitors: { kind: user, arrivals: 1/s }
  app: { kind: app_server, workers: 10, calls: { retries: 3, backoff: { base: 100ms } } }
  mysql: { kind: database }
requests:
  page: { path: [ app: 10ms, mysql: 1ms ] }
timeline:
  - { at: 0s, fail: mysql }
");
    // Refused at once, four times, after 100, 200 and 400 ms.
    assert!(run.latencies(Outcome::ServerError).iter().all(|latency| (latency - 0.71).abs() < 1e-6));
    assert_eq!(run.count(Outcome::ServerError), 100);
}

#[test]
fn a_breaker_spares_a_peer_that_fails_and_finds_out_when_it_is_well() {
    let run = run("
run: { duration: 30s, warmup: none }
nodes:
  visitors: { kind: user, arrivals: { every: 10ms } }
  caller: { kind: station, servers: unlimited, hands_over: false, calls: { circuit_breaker: { failures: 5, open_for: 1s, trials: 1 } } }
  called: { kind: station, servers: unlimited }
requests:
  page: { path: [ caller: 1us, called: 1ms ] }
timeline:
  - { at: 10s, errors: called, share: 100%, for: 10s }
");
    // Five that open it, and one trial in each second.
    assert!((14..=15).contains(&run.count(Outcome::ServerError)), "{}", run.count(Outcome::ServerError));
    let refused = run.count(Outcome::Unavailable);
    assert!((980..=1_090).contains(&refused), "{refused}");
    let last = run.rows.iter().rposition(|row| !row.outcome.is_ok()).expect("some fail");
    assert!(to_seconds(run.rows[last].start) < 21.1);
}

#[test]
fn a_breaker_leaves_out_the_one_of_several_that_fails() {
    let run = run("
run: { duration: 100s, warmup: none }
nodes:
  visitors: { kind: user, arrivals: 100/s }
  lb: { kind: load_balancer, calls: { circuit_breaker: { window: 20, open_for: 10s, trials: 2 } } }
  app: { kind: station, replicas: 2, servers: unlimited }
requests:
  page: { path: [ lb: 0ms, app: 5ms ] }
timeline:
  - { at: 0s, errors: app/0, share: 100% }
");
    // Twenty that open it, and two trials whenever it has been open for ten seconds.
    let failed = run.count(Outcome::ServerError);
    assert!((20 + 9..=20 + 20).contains(&failed), "{failed}");
    assert_eq!(run.count(Outcome::Unavailable), 0);
}

#[test]
fn a_bulkhead_without_a_line_loses_as_many_as_erlang_says() {
    let rest = "requests: 300000, warmup: none";
    let lost = |queue: &str| {
        caller_and_called("20/s", &format!("max_in_flight: 2, queue: {queue}"), "work: exp(100ms)", rest)
    };
    close(lost("0").share(Outcome::Unavailable), 0.4, 0.01);
    close(lost("1").share(Outcome::Unavailable), 2.0 / 7.0, 0.01);
}

#[test]
fn who_waits_too_long_for_a_place_fails() {
    let run = caller_and_called(
        "{ every: 100ms }",
        "max_in_flight: 1, queue_timeout: 250ms",
        "work: 1s",
        "duration: 100s, warmup: none",
    );
    let waits = run.latencies(Outcome::Unavailable);
    assert!(waits.len() > 800 && waits.iter().all(|wait| (wait - 0.250001).abs() < 1e-6), "{waits:?}");
    assert!(run.latencies(Outcome::Ok).iter().all(|latency| *latency < 1.251));
}

#[test]
fn a_hedge_cuts_the_tail_as_the_minimum_of_two_does() {
    let run = caller_and_called(
        "10/s",
        "hedge: { after: 1s }",
        "replicas: 2, work: exp(1s), when_caller_leaves: stop",
        "requests: 200000, warmup: none",
    );
    let latencies = run.latencies(Outcome::Ok);
    let mean = latencies.iter().sum::<f64>() / latencies.len() as f64;
    let late = (-1.0_f64).exp();
    close(mean, 1.0 - late + late / 2.0, 0.01);
    let calls = run.node(CALLED).visits + run.node(CALLED + 1).visits;
    close(calls as f64, 200_000.0 * (1.0 + late), 0.01);
}

#[test]
fn a_hedge_serves_when_the_first_call_fails() {
    let run = run("
run: { duration: 100s, warmup: none }
nodes:
  visitors: { kind: user, arrivals: 10/s }
  caller: { kind: station, servers: unlimited, hands_over: false, calls: { hedge: { after: 20ms }, timeout: 50ms } }
  called: { kind: station, replicas: 2, servers: unlimited, when_caller_leaves: stop }
requests:
  page: { path: [ caller: 1us, called: 1ms ] }
timeline:
  - { at: 0s, hang: called/0 }
");
    // Whoever is sent to the one that hangs is served by the other, a little later.
    assert_eq!(run.count(Outcome::Ok), run.rows.len() as u64);
    let (late, others): (Vec<f64>, Vec<f64>) =
        run.latencies(Outcome::Ok).into_iter().partition(|latency| *latency > 0.01);
    assert!(late.len() > 300 && late.iter().all(|latency| (latency - 0.021_001).abs() < 1e-6), "{late:?}");
    assert!(others.len() > 100 && others.iter().all(|latency| (latency - 0.001_001).abs() < 1e-6));
}

#[test]
fn a_short_line_turns_away_as_many_as_theory_says() {
    let run = run("
run: { requests: 300000, warmup: none }
nodes:
  visitors: { kind: user, arrivals: 100/s }
  app: { kind: station, queue_limit: 2 }
requests:
  page: { path: [ app: exp(10ms) ] }
");
    // Four numbers of visits inside, all equally likely.
    close(run.share(Outcome::Unavailable), 0.25, 0.01);
}

/// Half as much again as one worker can do, for a minute.
fn overloaded(app: &str) -> Run {
    run(&format!(
        "
run: {{ duration: 60s, warmup: none }}
nodes:
  visitors: {{ kind: user, arrivals: 150/s }}
  app: {{ kind: app_server, workers: 1{app} }}
requests:
  page: {{ path: [ app: 10ms ] }}
"
    ))
}

/// The median of the second half.
fn late_median(run: &Run) -> f64 {
    let mut latencies = run.latencies(Outcome::Ok).split_off(3_000);
    latencies.sort_by(f64::total_cmp);
    latencies[latencies.len() / 2]
}

#[test]
fn codel_keeps_waits_short_and_the_worker_busy() {
    assert!(late_median(&overloaded("")) > 10.0);
    let run = overloaded(", shedding: {}");
    assert!(late_median(&run) < 0.2, "{}", late_median(&run));
    assert!(run.count(Outcome::Ok) > 5_900);
    close(run.share(Outcome::Unavailable), 1.0 / 3.0, 0.06);
    assert_eq!(run.node(1).failed, run.count(Outcome::Unavailable));
}

#[test]
fn the_newest_are_served_at_once_while_the_oldest_wait() {
    let run = overloaded(", shedding: { by: adaptive_lifo }");
    assert!(late_median(&run) < 0.1, "{}", late_median(&run));
    assert!(run.count(Outcome::Ok) > 5_900);
    assert_eq!(run.count(Outcome::Unavailable), 0);
}

#[test]
fn a_cache_answers_with_what_has_expired_while_its_origin_fails() {
    let site = |stale: &str| {
        run(&format!(
            "
run: {{ duration: 30s, warmup: none }}
nodes:
  visitors: {{ kind: user, arrivals: {{ every: 10ms }} }}
  cache: {{ kind: cache, objects: 1, ttl: 990ms{stale} }}
  app: {{ kind: station, servers: unlimited }}
requests:
  page: {{ path: [ cache: 1us, app: 0ms ] }}
timeline:
  - {{ at: 10s, errors: app, share: 100%, for: 10s }}
"
        ))
    };
    // The object is fetched once in a second, and in vain ten times.
    let without = site("");
    assert_eq!((without.count(Outcome::ServerError), without.node(2).visits), (10, 31));
    // What has expired is still good enough, but everybody asks for a better one.
    let with = site(", use_stale: true");
    assert_eq!(with.count(Outcome::ServerError), 0);
    let (visits, failed) = (with.node(2).visits, with.node(2).failed);
    assert!((900..=1_001).contains(&failed) && (20..=22).contains(&(visits - failed)), "{visits} {failed}");
}

#[test]
fn members_of_a_group_have_pools_of_their_own() {
    let run = run("
run: { duration: 20s, warmup: none }
nodes:
  visitors: { kind: user, arrivals: { every: 10ms } }
  nginx: { kind: web_server }
  app1: { kind: app_server, workers: 9, pool: { size: 1, overflow: 0 }, calls: { max_in_flight: 1 } }
  app2: { kind: app_server, workers: 9, pool: { size: 1, overflow: 0 }, calls: { max_in_flight: 1 } }
  mysql: { kind: database }
groups:
  apps: { members: [ app1, app2 ] }
requests:
  page: { path: [ nginx: 0ms, apps: 1ms, mysql: 15ms ] }
");
    // Each has nine connections, and makes one call at a time.
    assert!(run.latencies(Outcome::Ok).len() > 1_000);
    assert_eq!(run.node(4).queue_max, 0);
    assert!(run.node(2).visits.abs_diff(run.node(3).visits) <= 1);
}
