//! Importance sampling, against figures that are known exactly and runs that are long enough.

use super::rare_events::{RareShare, rare_share};
use super::tasks::{Unwatched, Watcher};
use crate::scenario::load::load_text;
use crate::scenario::model::Scenario;
use crate::structure::{Breakables, NotAlone, analyze};

fn scenario(nodes: &str, path: &str, more: &str) -> Scenario {
    let text = format!(
        "run: {{ duration: 1h }}\nnodes:\n  users: {{ kind: user, arrivals: 1/s }}\n{nodes}\
         requests:\n  page: {{ path: [ {path} ] }}\n{more}"
    );
    let loaded = load_text("rare.yaml", &text, &[]);
    let shown = loaded.render(false);
    loaded.scenario.unwrap_or_else(|| panic!("{shown}\n{text}"))
}

fn measured(scenario: &Scenario, seed: u64) -> RareShare {
    rare_share(&Breakables::of(scenario).unwrap(), 0, seed, &Unwatched).expect("failures are seen")
}

/// The exact figure lies within 4.5 of the standard errors, and the interval is narrow enough to
/// notice an error of a tenth.
fn agrees(found: RareShare, exact: f64) {
    let standard_error = found.half_width / 2.093;
    assert!((found.share - exact).abs() < 4.5 * standard_error, "{found:?} instead of {exact}");
    assert!(found.half_width < 0.1 * exact, "{found:?}");
}

#[test]
fn three_in_parallel_are_down_as_rarely_as_they_are() {
    // Each is down for 1 of 1,000 hours.
    let scenario = scenario(
        "  lb: { kind: load_balancer }\n  app: { kind: station, replicas: 3, mtbf: 999h, mttr: 1h, boot: 0s }\n",
        "lb: 0ms, app: 1ms",
        "",
    );
    let found = measured(&scenario, 1);
    agrees(found, 1e-9);
    assert!(found.gain > 1e5, "{found:?}");
    assert!(found.losses > 10_000, "{found:?}");
}

#[test]
fn a_whole_site_comes_to_the_exact_ledger() {
    let scenario = scenario(
        "  host: { kind: server, replicas: 2, mtbf: 200d, mttr: 4h, boot: 10m }\n  \
           lb: { kind: load_balancer, on: host, replicas: 2, mtbf: 300d, mttr: 10m, boot: 1m }\n  \
           app: { kind: station, on: host, replicas: 4, mtbf: 30d, mttr: 20m, boot: 30s, hands_over: false }\n",
        "lb: 0ms, app: 1ms",
        "faults:\n  - { name: power, hits: [ host/0, host/1 ], mtbf: 100y, mttr: 2h }\n",
    );
    let exact = analyze(&scenario, 4).unwrap().classes[0].unavailability;
    assert!(exact < 1e-5, "{exact}");
    agrees(measured(&scenario, 3), exact);
}

#[test]
fn intervals_hold_the_truth_as_often_as_they_say() {
    let scenario = scenario(
        "  lb: { kind: load_balancer }\n  app: { kind: station, replicas: 2, mtbf: 999h, mttr: 1h, boot: 0s }\n",
        "lb: 0ms, app: 1ms",
        "",
    );
    let breakables = Breakables::of(&scenario).unwrap();
    let holds = |seed: &u64| {
        let found = rare_share(&breakables, 0, *seed, &Unwatched).unwrap();
        (found.share - 1e-6).abs() <= found.half_width
    };
    // 95 % of 200; the standard deviation is 3.
    let held = (0..200).filter(holds).count();
    assert!((180..=199).contains(&held), "{held}");
}

#[test]
fn those_who_wait_for_a_crew_are_down_for_longer() {
    // Two machines and one repairer: (m / l)^2 : 2 m / l : 2, so that both are down for twice as long.
    let nodes = "  lb: { kind: load_balancer }\n  app: { kind: station, replicas: 2, mtbf: 1000h, mttr: 1h, boot: 0s, crew: one }\n";
    let scenario = scenario(nodes, "lb: 0ms, app: 1ms", "crews: { one: 1 }\n");
    let load = 1e-3_f64;
    let both = 2.0 * load * load;
    agrees(measured(&scenario, 5), both / (1.0 + 2.0 * load + both));
}

#[test]
fn what_does_not_fit_is_told() {
    let of = |nodes: &str, more: &str| {
        let scenario = scenario(nodes, "app: 1ms", more);
        Breakables::of(&scenario).map(|breakables| breakables.all.len())
    };
    assert_eq!(of("  app: { kind: station }\n", ""), Err(NotAlone::NothingBreaks));
    assert_eq!(of("  app: { kind: station, mtbf: 1h, mttr: 1m }\n", ""), Ok(1));
    let weekly = "timeline: [ { at: 10m, maintain: app, takes: 1m, every: 7d } ]\n";
    assert_eq!(of("  app: { kind: station, mtbf: 1h, mttr: 1m }\n", weekly), Err(NotAlone::Calendar));
}

#[test]
fn broken_off_means_nothing() {
    struct Impatient;
    impl Watcher for Impatient {
        fn breaks_off(&self) -> bool {
            true
        }
        fn done(&self, _: u64, _: u64) {}
    }
    let scenario = scenario("  app: { kind: station, mtbf: 1h, mttr: 1m }\n", "app: 1ms", "");
    assert_eq!(rare_share(&Breakables::of(&scenario).unwrap(), 0, 1, &Impatient), None);
}
