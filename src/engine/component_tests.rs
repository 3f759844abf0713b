//! What is up and what is down, without requests and with them.

use super::trial;
use crate::results::RunResults;

const SITE: &str = "
run: { duration: 400h, warmup: 0s, fidelity: FIDELITY }
nodes:
  visitors: { kind: user, arrivals: { every: 1s }, timeout: 900ms, keep_alive: false }
  balancer: { kind: load_balancer, redispatch: true, retries: 9, inter: 10ms, boot: 0s }
  app:      { kind: app_server, replicas: 3, boot: 0s, mtbf: 30m, mttr: 10m }
  db:       { kind: database, boot: 0s, mtbf: 50m, mttr: 2m }
  extra:    { kind: database, boot: 0s, mtbf: 5m, mttr: 5m }
requests:
  page: { path: [ { balancer: { wait: 1us, calls: [ { app: { wait: 1us, calls: [ db: 1us, { extra: { wait: 1us, optional: true } } ] } } ] } } ] }
";

fn run(fidelity: &str) -> RunResults {
    let text = SITE.replace("FIDELITY", fidelity);
    trial::run(&trial::plan_of(&text))
}

fn unavailable(results: &RunResults) -> f64 {
    let good: u64 = results.classes[0].buckets.iter().map(|bucket| bucket.good).sum();
    1.0 - good as f64 / results.ended as f64
}

#[test]
fn without_requests_availability_is_what_requests_meet() {
    let (structure, requests) = (run("components"), run("requests"));
    let exact = 1.0 - (50.0 / 52.0) * (1.0 - 0.25_f64.powi(3));
    let (one, other) = (unavailable(&structure), unavailable(&requests));
    assert!((one - other).abs() < 0.1 * other, "{one} and {other}");
    assert!((one - exact).abs() < 0.15 * exact, "{one} and {exact}");
    assert!(structure.offered.abs_diff(400 * 3_600) <= 1, "a rest of a second is not asked in");
    assert!(structure.events * 100 < requests.events);
    let down: u64 = structure.outages.iter().map(|outage| outage.end - outage.start).sum();
    let share = down as f64 / structure.ended_at as f64;
    assert!((share - one).abs() < 1e-3, "{share} and {one}");
}
