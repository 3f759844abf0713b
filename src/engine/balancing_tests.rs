//! Who is chosen while some are out or start slowly, against what can be told by hand.

use super::trial;
use crate::kernel::time::SECOND;
use crate::results::RunResults;

const SITE: &str = "
run: { duration: 400s, warmup: 0s, bucket: 1s }
nodes:
  visitors: { kind: user, arrivals: { every: 10ms }, clients: 100000, timeout: 5s }
  lb:       { kind: load_balancer, inter: 1s, fall: 1, rise: 1, redispatch: true, SETTINGS }
  a:        { kind: app_server, workers: 8, boot: 0s }
  b:        { kind: app_server, workers: 8, boot: 0s }
  c:        { kind: app_server, workers: 8, boot: 0s }
groups:
  apps: { members: [ a: { WEIGHT }, b, c ] }
requests:
  page: { path: [ lb: 0ms, apps: 1ms ] }
timeline: [ { at: 100s, fail: a, for: 100s } ]
";

fn run(settings: &str, weight: &str) -> RunResults {
    let text = SITE.replace("SETTINGS", settings).replace("WEIGHT", weight);
    trial::run(&trial::plan_of(&text))
}

/// Visits of `a`, `b` and `c` from one second to another.
fn visits(results: &RunResults, from_s: u64, to_s: u64) -> [f64; 3] {
    let inside = |edges: &[u64]| edges[0] >= from_s * SECOND && edges[1] <= to_s * SECOND;
    [2, 3, 4].map(|node| {
        let buckets = results.nodes[node].buckets.iter().zip(results.bucket_edges.windows(2));
        buckets.filter(|(_, edges)| inside(edges)).map(|(bucket, _)| bucket.visits).sum::<u64>() as f64
    })
}

fn near(found: f64, expected: f64, tolerance: f64, what: &str) {
    assert!((found - expected).abs() <= tolerance * expected, "{what}: {found} instead of {expected}");
}

const POLICIES: &[&str] =
    &["round_robin", "least_connections", "random", "two_choices", "ip_hash", "consistent_hash"];

#[test]
fn the_share_of_one_that_is_out_goes_to_all_others() {
    for policy in POLICIES {
        let results = run(&format!("balance: {policy}"), "weight: 1");
        let [a, b, c] = visits(&results, 105, 195);
        assert_eq!(a, 0.0, "{policy}");
        near(b + c, 9_000.0, 0.01, policy);
        // One part in a hundred and sixty of a ring is more uneven than a draw.
        let tolerance = if *policy == "consistent_hash" { 0.15 } else { 0.05 };
        near(b, 4_500.0, tolerance, policy);
        let [_, before, _] = visits(&results, 5, 95);
        near(before, 3_000.0, 0.15, policy);
    }
}

#[test]
fn the_weights_of_the_rest_hold() {
    for policy in ["round_robin", "random", "least_connections", "ip_hash"] {
        // `a`, weighing one, is out; `b` weighs one as well and `c` three.
        let text =
            SITE.replace("WEIGHT", "weight: 1").replace("b, c ]", "b: { weight: 1 }, c: { weight: 3 } ]");
        let text = text.replace("SETTINGS", &format!("balance: {policy}"));
        // Least connections goes by weights only where there are connections.
        let text = text.replace("apps: 1ms", "apps: 700ms").replace("workers: 8", "workers: 200");
        let [a, b, c] = visits(&trial::run(&trial::plan_of(&text)), 105, 195);
        assert_eq!(a, 0.0, "{policy}");
        near(c / b, 3.0, 0.1, policy);
    }
}

#[test]
fn a_ring_moves_only_the_clients_of_the_one_that_is_out() {
    let text = SITE.replace("SETTINGS", "balance: consistent_hash").replace("WEIGHT", "weight: 1");
    let text = text.replace("clients: 100000", "clients: 1");
    let results = trial::run(&trial::plan_of(&text));
    let before = visits(&results, 5, 95);
    let home = before.iter().position(|&visits| visits > 0.0).expect("somebody serves the client");
    let during = visits(&results, 105, 195);
    assert_eq!(before.iter().filter(|&&visits| visits > 0.0).count(), 1);
    assert_eq!(during.iter().filter(|&&visits| visits > 0.0).count(), 1);
    assert_eq!(during[home] == 0.0, home == 0, "{before:?} {during:?}");
    assert_eq!(visits(&results, 205, 395)[home], 19_000.0);
}

#[test]
fn backups_take_turns() {
    let text = SITE.replace("SETTINGS", "").replace("WEIGHT", "weight: 1");
    let text = text.replace("b, c ]", "b: { backup: true }, c: { backup: true } ]");
    let results = trial::run(&trial::plan_of(&text));
    assert_eq!(visits(&results, 5, 95), [9_000.0, 0.0, 0.0]);
    assert_eq!(visits(&results, 105, 195), [0.0, 4_500.0, 4_500.0]);
}

#[test]
fn one_that_is_back_takes_its_share_by_and_by() {
    // With n others and the share x of its weight it gets x / (n + x) of the requests; over the
    // slow start these are 1 - 2 ln(3 / 2) of all for two others.
    let share = 1.0 - 2.0 * 1.5_f64.ln();
    for policy in ["round_robin", "least_connections", "random"] {
        let results = run(&format!("balance: {policy}, slow_start: 100s"), "weight: 1");
        let [a, b, c] = visits(&results, 201, 301);
        near(a, share * 10_000.0, 0.06, policy);
        // The draws of one policy differ by chance; this is 4.5 standard deviations.
        near(b, c, if *policy == *"random" { 0.1 } else { 0.05 }, policy);
        let [early, ..] = visits(&results, 201, 211);
        near(early, 1_000.0 * 0.05 / 2.05, 0.5, policy);
        let [after, ..] = visits(&results, 305, 395);
        near(after, 3_000.0, 0.05, policy);
        let [at_once, ..] = visits(&run(&format!("balance: {policy}"), "weight: 1"), 202, 212);
        near(at_once, 333.0, 0.15, policy);
    }
}

#[test]
fn a_heavy_one_that_is_back_gets_its_weight_back_by_and_by() {
    // 2x / (2 + 2x) of the requests, which over the slow start is 1 - ln 2 of all.
    let [a, b, c] = visits(&run("slow_start: 100s", "weight: 2"), 201, 301);
    near(a, (1.0 - 2.0_f64.ln()) * 10_000.0, 0.03, "smooth round robin");
    near(b, c, 0.01, "the others");
}

#[test]
fn nginx_starts_an_upstream_slowly_that_answers_again() {
    let text = SITE.replace("WEIGHT", "weight: 1").replace("SETTINGS", "");
    let front = text.find("load_balancer").map(|from| from..text[from..].find("}\n").expect("an end") + from);
    let mut text = text;
    text.replace_range(front.expect("a balancer"), "web_server, fail_timeout: 1s, slow_start: 100s ");
    let [a, ..] = visits(&trial::run(&trial::plan_of(&text)), 201, 301);
    near(a, (1.0 - 2.0 * 1.5_f64.ln()) * 10_000.0, 0.05, "slow start");
}

/// nginx counts failures of the upstream that it has asked, whether it asks another one or not, and
/// however many it asks at once.
#[test]
fn who_asks_nobody_else_leaves_out_the_one_that_has_failed() {
    let lb = "lb:       { kind: load_balancer, inter: 1s, fall: 1, rise: 1, redispatch: true, SETTINGS }";
    let site = SITE
        .replace(lb, "lb: { kind: web_server, proxy_next_upstream: false }")
        .replace("WEIGHT", "weight: 1")
        .replace("fail: a,", "fail: c,");
    let side_by_side = site.replace("apps: 1ms ] }", "parallel: [ apps: 1ms, apps: 1ms ] ] }");
    for (site, calls) in [(site, 1.0), (side_by_side, 2.0)] {
        let results = trial::run(&trial::plan_of(&site));
        let [a, b, c] = visits(&results, 110, 190);
        // Once in every `fail_timeout` of 10 s one request tries it.
        assert!((6.0..=9.0).contains(&c), "{c}");
        near(a, 4_000.0 * calls, 0.01, "half of all");
        near(b, 4_000.0 * calls, 0.01, "half of all");
    }
}

#[test]
fn a_slow_start_that_nobody_would_see_is_refused() {
    let told =
        |settings: &str| trial::told_of(&SITE.replace("SETTINGS", settings).replace("WEIGHT", "weight: 1"));
    assert!(told("slow_start: 10s, balance: ip_hash").contains("none by and by"));
    assert!(told("slow_start: 10s, check: false").contains("does not notice that it is back"));
}
