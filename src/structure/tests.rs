//! Whole scenarios of which every figure can be told by hand.

use super::{Ledger, Part, SinglePoint, Standing, analyze};
use crate::scenario::load::load_text;

fn ledger(text: &str) -> Ledger {
    let loaded = load_text("ledger.yaml", text, &[]);
    assert!(!loaded.has_errors(), "{}", loaded.render(false));
    analyze(&loaded.scenario.unwrap(), 4).unwrap()
}

fn part<'a>(ledger: &'a Ledger, name: &str) -> &'a Part {
    ledger.parts.iter().find(|part| part.name == name).unwrap_or_else(|| panic!("there is no {name}"))
}

fn near(one: f64, other: f64) {
    assert!((one - other).abs() <= 1e-12 * other.abs().max(1e-3), "{one} is not {other}");
}

const MINUTES: f64 = 525_600.0;

#[test]
fn what_stands_on_a_server_boots_for_as_long_as_each_class_has_to_wait() {
    let ledger = ledger(
        "
nodes:
  visitors: { kind: user, arrivals: 1/s }
  host: { kind: server, boot: 0s, mtbf: 990s, mttr: 10s }
  quick: { kind: station, on: host, boot: 0s }
  slow: { kind: station, on: host, boot: 50s }
  aside: { kind: server }
  spare: { kind: station, on: aside, boot: 0s, mtbf: 90s, mttr: 10s }
groups:
  either: { members: [ slow, spare ] }
requests:
  one: { path: [ quick: 1ms ] }
  two: { path: [ quick: 1ms, slow: 1ms ] }
  three: { path: [ quick: 1ms, either: 1ms ] }
",
    );
    let unavailable = |class: usize| ledger.classes[class].unavailability;
    // Down until it is repaired; until it has booted, or breaks again before.
    let (repaired, booted) = (10.0 / 1_000.0, (10.0 - 990.0 * libm::expm1(-50.0 / 990.0)) / 1_000.0);
    near(unavailable(0), repaired);
    near(unavailable(1), booted);
    near(unavailable(2), repaired + (booted - repaired) * 0.1);
    near(ledger.any.unavailability, booted);
    near(ledger.classes[0].outages_per_year, 31_536.0);
    near(ledger.classes[0].outage_minutes_mean.unwrap(), 10.0 / 60.0);
    // One of `slow` and its host's, and one of `spare` and its host's, but `host` is enough.
    assert_eq!(ledger.classes[2].cut_sets.count_by_order, [2, 2, 0, 0]);
}

#[test]
fn importances_are_those_of_the_textbook() {
    let ledger = ledger(
        "
nodes:
  lights: { kind: user, arrivals: 1/s }
  mains: { kind: station, mtbf: 97s, mttr: 3s, boot: 0s }
  relay: { kind: station, hands_over: false, mtbf: 95s, mttr: 5s, boot: 0s }
  generator: { kind: station, hands_over: false, mtbf: 98s, mttr: 2s, boot: 0s }
requests:
  show:
    path: [ { parallel: [ { mains: 1ms }, { relay: { wait: 1ms, calls: [ { generator: 1ms } ] } } ], first: 1 } ]
",
    );
    near(ledger.any.unavailability, 0.03 * (1.0 - 0.95 * 0.98));
    near(ledger.any.cut_sets.probability_sum, 0.03 * 0.05 + 0.03 * 0.02);
    let (mains, relay) = (part(&ledger, "mains").any, part(&ledger, "relay").any);
    near(mains.birnbaum.unwrap(), 1.0 - 0.95 * 0.98);
    near(relay.birnbaum.unwrap(), 0.03 * 0.98);
    near(mains.fussell_vesely.unwrap(), 1.0);
    near(relay.fussell_vesely.unwrap(), 5.0 / 7.0);
    near(relay.costs_minutes_per_year.unwrap(), 0.03 * 0.98 * 0.05 * MINUTES);
    near(relay.criticality.unwrap(), 0.98 * 0.05 / (1.0 - 0.95 * 0.98));
    // With a second one both have to be down.
    near(relay.second_saves_minutes_per_year.unwrap(), 0.03 * 0.98 * (0.05 - 0.05 * 0.05) * MINUTES);
    assert!(ledger.single_points.is_empty());
}

#[test]
fn replicas_count_together_and_maintenance_takes_them_one_by_one() {
    let ledger = ledger(
        "
run: { duration: 30d }
nodes:
  visitors: { kind: user, arrivals: 1/s }
  app: { kind: station, replicas: 2, boot: 0s, mtbf: 90s, mttr: 10s }
requests:
  page: { path: [ app: 1ms ] }
timeline:
  - { at: 1h, maintain: app, how: rolling, batch: 1, takes: 12h, every: 10d }
",
    );
    // For a tenth of the time one of them is away, and never both.
    near(ledger.any.unavailability, 0.9 * 0.01 + 0.1 * 0.1);
    let app = part(&ledger, "app").any;
    near(app.costs_minutes_per_year.unwrap(), ledger.any.unavailability * MINUTES);
    near(part(&ledger, "rolling app").any.costs_minutes_per_year.unwrap(), 0.1 * 0.09 * MINUTES);
}

#[test]
fn what_has_no_second_is_said_without_any_figures() {
    let ledger = ledger(
        "
nodes:
  visitors: { kind: user, visits: \"https://www.shop.com\", arrivals: 1/s }
  names: { kind: dns, records: [ www.shop.com A 1.1.1.1 60s ] }
  edge: { kind: server, address: 1.1.1.1, zone: a }
  box: { kind: server, zone: b, replicas: 2 }
  proxy: { kind: web_server, on: edge }
  cache: { kind: cache, on: edge, objects: 10, capacity: 5 }
  app: { kind: app_server, on: box, replicas: 2 }
  db: { kind: database, on: box, replicas: 3 }
requests:
  page: { path: [ proxy: 1ms, cache: 1ms, app: 1ms, db: 1ms ] }
  file: { path: [ proxy: 1ms ] }
",
    );
    assert!(!ledger.has_figures);
    let sentences: Vec<&str> = ledger.single_points.iter().map(|point| point.sentence.as_str()).collect();
    let expected = [
        "names alone knows the addresses: one failure takes the site down; no `mtbf` is given",
        "proxy and cache both stand in zone a: one failure takes the site down; no `mtbf` is given",
        "proxy and cache both stand on edge: one failure takes the site down; no `mtbf` is given",
        "proxy has no second: one failure takes the site down; no `mtbf` is given",
        "cache has no second: one failure takes every page down; no `mtbf` is given",
        "app and db both stand in zone b: one failure takes every page down; no `mtbf` is given",
        "www.shop.com shows one certificate: once it expires, the site is down; nobody says who renews it",
    ];
    let sorted = |mut sentences: Vec<&str>| {
        sentences.sort_unstable();
        sentences.join("\n")
    };
    assert_eq!(sorted(sentences), sorted(expected.to_vec()));
    // The first box carries one app and two databases, the second one of each: a box and the
    // other, the app on the other, or the only database on it; or both apps.
    assert_eq!(ledger.classes[0].cut_sets.count_by_order[1], 5);
}

#[test]
fn what_stands_by_is_told_beside_the_single_points() {
    let ledger = ledger(
        "
nodes:
  visitors: { kind: user, arrivals: 1/s }
  host: { kind: server, mtbf: 9d, mttr: 1h, standby: { cold: 2 } }
  app: { kind: app_server, on: host, mtbf: 9d, mttr: 1h, standby: { hot: 1, switch_over: 3s } }
  db: { kind: database, mtbf: 9d, mttr: 1h }
requests:
  page: { path: [ app: 1ms, db: 1ms ] }
",
    );
    let sentences = |points: &[SinglePoint]| -> Vec<String> {
        let told = points.iter().map(|point| point.sentence.rsplit_once("; ").unwrap().0.to_owned());
        told.collect()
    };
    assert_eq!(sentences(&ledger.single_points), ["db has no second: one failure takes the site down"]);
    assert_eq!(
        sentences(&ledger.covered_points),
        [
            "app has a hot standby, which takes over after 3 s if it is whole: until then the site is down",
            "host has 2 cold standbys, one of which takes over at once and boots if it is whole: until then the \
             site is down",
        ]
    );
    assert!(ledger.covered_points.iter().all(|point| point.minutes_per_year > Some(0.0)));
}

#[test]
fn figures_are_at_best_where_nobody_says_how_often_something_fails() {
    let site = |database: &str| {
        ledger(&format!(
            "
nodes:
  visitors: {{ kind: user, visits: \"https://www.shop.com\", arrivals: 1/s }}
  names: {{ kind: dns, records: [ www.shop.com A 1.1.1.1 60s ], mtbf: 9d, mttr: 1h }}
  edge: {{ kind: server, address: 1.1.1.1, replicas: 2, mtbf: 9d, mttr: 1h }}
  app: {{ kind: web_server, on: edge, replicas: 2, mtbf: 9d, mttr: 1h }}
  db: {{ kind: database, {database} }}
requests:
  page: {{ path: [ app: 1ms, db: 1ms ] }}
  file: {{ path: [ app: 1ms ] }}
faults:
  - {{ name: certificate, hits: app, kind: expire_certificate, mtbf: 1y, mttr: 1h }}
"
        ))
    };
    let unknown = |standing: &Standing| {
        assert_eq!(standing.at_best, !standing.unknown.is_empty());
        standing.unknown.join(", ")
    };
    let partly = site("");
    assert_eq!(partly.classes.iter().map(unknown).collect::<Vec<_>>(), ["db", ""]);
    assert_eq!(unknown(&partly.any), "db");
    assert!(partly.has_figures);
    let wholly = site("mtbf: 9d, mttr: 1h");
    assert_eq!(wholly.classes.iter().map(unknown).collect::<Vec<_>>(), ["", ""]);
    assert_eq!(unknown(&wholly.any), "");
}

#[test]
fn common_causes_and_zones_are_told_apart_and_links_are_left_out() {
    let ledger = ledger(
        "
nodes:
  visitors: { kind: user, arrivals: 1/s }
  box: { kind: server, zone: b, replicas: 2 }
  app: { kind: app_server, on: box, replicas: 2 }
links:
  visitors -> box: { latency: 1ms }
requests:
  page: { path: [ app: 1ms ] }
faults:
  - { name: flood, hits: box, mtbf: 1y, mttr: 1d }
  - { name: cable, hits: visitors -> box, kind: partition, mtbf: 1y, mttr: 1d }
  - { name: weary, hits: app, kind: slow, by: 2x, mtbf: 1y, mttr: 1d }
",
    );
    let names: Vec<&str> = ledger.single_points.iter().map(|point| point.component.as_str()).collect();
    assert_eq!(names, ["flood"], "the flood is the zone's");
    let told = ledger.notes.join("\n");
    assert!(told.contains("`cable` (partition)") && told.contains("`weary` (slow)"), "{told}");
}

#[test]
fn processes_that_are_started_again_are_away_until_then() {
    let site = |between: &str| {
        ledger(&format!(
            "
nodes:
  visitors: {{ kind: user, arrivals: 1/s }}
  app: {{ kind: app_server, boot: 0s, mtbf: {between}, restart_after: 1s }}
requests:
  page: {{ path: [ app: 1ms ] }}
"
        ))
    };
    let (rarely, often) = (site("999s"), site("9s"));
    near(rarely.any.unavailability, 1.0 / 1_000.0);
    near(often.any.unavailability, 1.0 / 10.0);
    near(part(&rarely, "app").mttr_hours.unwrap(), 1.0 / 3_600.0);
    let is_given_up = |ledger: &Ledger| ledger.notes.join("\n").contains("`app` may die more than 5 times");
    assert!(is_given_up(&often), "{:?}", often.notes);
    assert!(!is_given_up(&site("30d")));
}

#[test]
fn standbys_that_are_too_many_are_told() {
    let site = |replicas: u32, standby: &str| {
        ledger(&format!(
            "
nodes:
  visitors: {{ kind: user, arrivals: 1/s }}
  app: {{ kind: storage, boot: 0s, replicas: {replicas}, mtbf: 10d, mttr: 2d, standby: {{ {standby} }} }}
requests:
  page: {{ path: [ app: 1ms ] }}
"
        ))
    };
    // Two days of repair in ten of running, and only hot ones break meanwhile.
    let (hot, cold) = (site(1, "hot: 1"), site(1, "cold: 1"));
    near(cold.any.unavailability, 0.02 / 1.22);
    near(hot.any.unavailability, 0.14 / (2.0 + 0.4 + 0.14));
    let told = |ledger: &Ledger| ledger.notes.join("\n");
    assert!(!told(&hot).contains("are counted") && !told(&cold).contains("are counted"));
    let many = site(1, "hot: 30");
    assert!(told(&many).contains("of the 30 standbys of `app`, "), "{}", told(&many));
    let shared = site(1_000, "hot: 1");
    assert!(told(&shared).contains("the standbys of `app` are not counted"), "{}", told(&shared));
}
