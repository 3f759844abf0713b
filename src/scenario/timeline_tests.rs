//! What a timeline says, and what is said of its mistakes.

use super::load::load_text;
use super::model::{Scenario, What};
use super::traffic::{ClassRates, Traffic};
use crate::kernel::time::{HOUR, MINUTE, SECOND, Time};

const SHOP: &str = "
run: { duration: 1h, warmup: none, starts: Friday 18:00 }
nodes:
  visitors: { kind: user, arrivals: 30/s }
  partners: { kind: user, arrivals: 10/s, replicas: 2 }
  crowd: { kind: user, population: 5 }
  workers: { kind: station, servers: 50 }
requests:
  page: { from: [ visitors, partners ], share: 75%, path: [ workers: 10ms ] }
  api: { from: visitors, share: 25%, path: [ workers: 10ms ] }
  chat: { from: crowd, path: [ workers: 10ms ] }
timeline:
  - { at: 20m, THING }
";

fn shop(thing: &str) -> String {
    SHOP.replace("THING", thing)
}

fn check(thing: &str, expected: &[&str]) {
    let shown = load_text("shop.yaml", &shop(thing), &[]).render(false);
    assert!(shown.contains("shop.yaml:13") || expected.is_empty(), "{shown}");
    for expected in expected {
        assert!(shown.contains(expected), "expected: {expected}\nshown:\n{shown}");
    }
}

fn scenario(text: &str) -> Scenario {
    let loaded = load_text("shop.yaml", text, &[]);
    let shown = loaded.render(false);
    loaded.scenario.unwrap_or_else(|| panic!("{shown}"))
}

/// The rates of `page` and `api` at some instants, the crowd left out.
fn rates(thing: &str, instants: &[Time]) -> Vec<[f64; 2]> {
    let text = shop(thing).replace("  crowd: { kind: user, population: 5 }\n", "");
    let text = text.replace("  chat: { from: crowd, path: [ workers: 10ms ] }\n", "");
    let scenario = scenario(&text);
    let rates = ClassRates::of(&Traffic::of(&scenario)).expect("open arrivals");
    instants.iter().map(|&now| [rates.at(now)[0], rates.at(now)[1]]).collect()
}

#[test]
fn surges_reach_those_who_are_named() {
    let instants = [MINUTE, 22 * MINUTE, 59 * MINUTE];
    // Of 30 a second by the visitors, a quarter is for the API; the partners send 20.
    let usual = [42.5, 7.5];
    let check = |thing: &str, during: [f64; 2]| {
        for (found, expected) in rates(thing, &instants).iter().zip([usual, during, usual]) {
            let close = found.iter().zip(&expected).all(|(found, expected)| (found - expected).abs() < 1e-6);
            assert!(close, "{thing}: {found:?} {expected:?}");
        }
    };
    check("surge: 4x, hold: 3m", [170.0, 30.0]);
    check("surge: 4x, hold: 3m, on: partners", [102.5, 7.5]);
    check("surge: 4x, hold: 3m, on: api", [42.5, 30.0]);
    check("surge: 4x, hold: 3m, on: page", [170.0, 7.5]);
    // Those who send more usually take more of a rate.
    check("surge: 100/s, hold: 3m", [85.0, 15.0]);
    check("surge: 100/s, hold: 3m, on: partners", [122.5, 7.5]);
    check("surge: 100/s, hold: 3m, on: page", [100.0, 7.5]);
    check("surge: 2x, hold: 3m }\n  - { at: 21m, surge: 3x, on: api, hold: 3m", [85.0, 45.0]);
    check("surge: [[0s, 1x], [2m, 3x], [4m, 1x]]", [127.5, 22.5]);
    check("surge: 0x, hold: 3m", [0.0, 0.0]);
}

#[test]
fn the_clock_counts_from_the_start_of_the_run() {
    let at = |text: &str| {
        let scenario = scenario(&shop("surge: 2x").replace("20m", text));
        let What::Surge(traffic) = &scenario.timeline[0].what else { panic!("a surge") };
        traffic.surge.starts_at()
    };
    assert_eq!(at("18:30"), 30 * MINUTE);
    assert_eq!(at("Friday 18:00:05"), 5 * SECOND);
    let late = shop("surge: 2x").replace("20m", "Saturday 18:00");
    let shown = load_text("shop.yaml", &late, &[]).render(false);
    assert!(shown.contains("it would happen 1d after the start, and the run ends after 1h"), "{shown}");
    assert!(HOUR > at("Fri 18:59"));
}

#[test]
fn mistakes_are_told_with_place_and_hint() {
    for (thing, expected) in [
        ("surge: 4", &["`4` is neither a factor nor a rate", "`4x`"][..]),
        ("surge: -4x", &["out of range"]),
        ("surge: 4x, hold: 3", &["`hold`", "3ms or 3s"]),
        ("surge: 4x, on: visitor", &["no user and no class `visitor`", "did you mean `visitors`?"]),
        ("surge: 4x, on: workers", &["`workers` is a station; users and classes surge"]),
        ("surge: 4x, on: crowd", &["`crowd` cannot surge", "as fast as it is answered"]),
        ("surge: 4x, on: chat", &["no user that sends `chat` can surge"]),
        ("surge: 0.5x, on: api", &["`api` alone cannot be sent less than usual", "user node of its own"]),
        ("surge: 3/s, on: api", &["3/s where 7.5/s is usual"]),
        ("surge: 4x, fall: 1m, decay: 1m", &["either falls or decays"]),
        ("surge: 4x, decay: 0s", &["decays within no time"]),
        ("surge: 4x, hold: 2m, every: 1m", &["comes again before it has gone"]),
        ("surge: 4x, every: 1h", &["comes again before it has gone", "`hold`"]),
        ("surge: [[0s, 1x]]", &["two points at least"]),
        ("surge: [[1m, 1x], [0s, 2x]]", &["the times of a profile rise"]),
        ("surge: [[0s, 1x], [1m, 2/s]]", &["factors or of rates"]),
        ("surge: [[0s, 1x], [1m, 2x]], ramp: 1m", &["a profile says by itself"]),
        ("surge: nowhere.csv", &["nowhere.csv"]),
        ("surge: { a: 1 }", &["a factor or a rate, not a table"]),
        (
            "serge: 4x",
            &["nothing in this entry says what happens; `serge` is not known", "did you mean `surge`?"],
        ),
        ("for: 4m", &["`for` is not known", "there is `surge`"]),
        ("surge: 4x, ramps: 1m", &["no setting `ramps`", "did you mean `ramp`?"]),
    ] {
        check(thing, expected);
    }
    for (at, expected) in [
        ("-5m", "before the start"),
        ("1h", "the run ends after 1h"),
        ("25:00", "no instant"),
        ("Freitag 10:00", "no day of the week"),
    ] {
        let shown = load_text("shop.yaml", &shop("surge: 4x").replace("20m", at), &[]).render(false);
        assert!(shown.contains(expected) && shown.contains("shop.yaml:13:11"), "{shown}");
    }
    let shown = load_text("shop.yaml", &SHOP.replace("\n  - { at: 20m, THING }", " soon"), &[]).render(false);
    assert!(shown.contains("`timeline` is to be a list"), "{shown}");
}

#[test]
fn a_surge_above_capacity_is_foretold() {
    // F01: 50 a second are served, 80 come for a minute, then 30; 1800 wait, for 90 s.
    let text = "
run: { duration: 6m }
nodes:
  clients: { kind: user, arrivals: 30/s }
  workers: { kind: station, servers: 50 }
requests:
  request: { path: [ workers: exp(1s) ] }
timeline:
  - { at: 2m, surge: 80/s, hold: 1m }
";
    let warned = |text: &str, expected: &[&str]| {
        let shown = load_text("f01.yaml", text, &[]).render(false);
        for expected in expected {
            assert!(shown.contains(expected), "expected: {expected}\nshown:\n{shown}");
        }
        assert!(!expected.is_empty() || shown.is_empty(), "{shown}");
    };
    warned(
        text,
        &[
            "at 2m the load goes above the slots of `workers` for 1m, up to 160%",
            "another 1m30s until that is served",
            "f01.yaml:9",
        ],
    );
    warned(&text.replace("2m, surge", "0s, surge"), &["at 0 s the load goes above", "for 1m"]);
    // From 30 to 80 within 50 s: the 50 are passed after 20.
    warned(
        &text.replace("hold: 1m", "ramp: 50s, hold: 10s, fall: 0s"),
        &["at 2m20s the load goes above the slots of `workers` for 40 s"],
    );
    warned(&text.replace(", hold: 1m", ""), &["to the end"]);
    warned(&text.replace("80/s", "45/s"), &[]);
}
