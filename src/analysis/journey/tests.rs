use super::*;
use crate::analysis::waterfall::{Activity, waterfall};
use crate::scenario::load::{load, load_text};
use std::path::{Path, PathBuf};

fn scenario(text: &str) -> Scenario {
    let loaded = load_text("test.yaml", text, &[]);
    loaded.scenario.unwrap_or_else(|| panic!("{:?}", loaded.problems))
}

fn shipped(name: &str) -> Scenario {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios").join(name);
    load(&path, &[]).unwrap().scenario.unwrap()
}

fn close(value: f64, expected: f64) {
    assert!((value - expected).abs() <= 1e-9 * expected.abs().max(1.0), "{value} is not {expected}");
}

#[test]
fn the_one_server_takes_what_its_parts_take() {
    let scenario = shipped("one-server.yaml");
    let explanation = explain(&scenario, 0);
    let journey = &explanation.journey;
    let one_way_ms = 1e3 * scenario.links[0].latency.mean();
    // 60 requests a second ask for records that live for 300 s, and 1,000 clients keep
    // their connections for 75 s.
    let resolve_ms = 30.0 / (1.0 + 60.0 * 300.0);
    let connect_ms = libm::exp(-0.06 * 75.0) * 2.0 * one_way_ms;
    // 1 kB there and 30 kB back at 50 Mbit/s.
    let expected = [resolve_ms, connect_ms, one_way_ms + 0.16, 0.2, 6.0, 6.0, one_way_ms + 4.8];
    assert_eq!(journey.steps.len(), expected.len());
    for (step, expected_ms) in journey.steps.iter().zip(expected) {
        close(step.expected_ms, expected_ms);
    }
    close(journey.expected_ms, expected.iter().sum());
    assert_eq!(journey.path(), ["nginx", "gunicorn", "mysql"]);
    assert_eq!(journey.places[0].place, "network");

    // 42 pages a second of 12.2 ms, and 18 assets of 0.1 ms, on two cores.
    let resources = &explanation.offered.resources;
    let cores = resources.iter().find(|resource| resource.name == "cores of server").unwrap();
    close(cores.utilisation.unwrap(), (42.0 * 0.0122 + 18.0 * 0.0001) / 2.0);
    let bottleneck = explanation.offered.bottleneck().unwrap();
    assert_eq!(bottleneck.name, "link visitors -> server (answers)");
    let busy = bottleneck.utilisation.unwrap();
    close(busy, (42.0 * 30e3 + 18.0 * 80e3) / 6.25e6);
    close(bottleneck.saturates_at_per_s.unwrap(), 60.0 / busy);
}

#[test]
fn failures_are_told_as_the_user_sees_them() {
    let journey = explain(&shipped("one-server.yaml"), 0).journey;
    let seen = |number: usize, wanted: fn(&Trouble) -> bool| {
        let hazard = journey.steps[number].hazards.iter().find(|hazard| wanted(&hazard.trouble));
        hazard.unwrap_or_else(|| panic!("step {number} has no such hazard")).user_sees
    };
    assert_eq!(seen(4, |t| matches!(t, Trouble::WorkerKilled { .. })), Some("502 Bad Gateway"));
    assert_eq!(seen(4, |t| matches!(t, Trouble::TooLate { .. })), Some("504 Gateway Timeout"));
    assert_eq!(seen(5, |t| matches!(t, Trouble::TurnedAway { .. })), Some("500 Internal Server Error"));
    assert_eq!(seen(5, |t| matches!(t, Trouble::WorkForNobody)), None);
}

#[test]
fn a_closed_population_sends_no_faster_than_it_is_answered() {
    let scenario = scenario(
        "
run: { duration: 1m }
nodes:
  staff: { kind: user, population: 10, think: exp(1s) }
  desk: { kind: station }
requests:
  form: { path: [ desk: exp(100ms) ] }",
    );
    let explanation = explain(&scenario, 0);
    assert!(explanation.offered.at_most);
    close(explanation.classes[0].rate_per_s.unwrap(), 10.0 / 1.1);
    let desk = explanation.offered.bottleneck().unwrap();
    close(desk.utilisation.unwrap(), 1.0 / 1.1);
    close(desk.saturates_at_users.unwrap(), 11.0);
}

#[test]
fn a_walk_comes_to_its_stops_as_often_as_chance_has_it() {
    let scenario = scenario(
        "
run: { duration: 1m }
nodes:
  jobs: { kind: user, arrivals: 1/s }
  cpu: { kind: station }
  disk: { kind: station }
requests:
  job: { route: { start: cpu, cpu: { disk: 75%, leave: 25% }, disk: cpu, work: { cpu: 10ms, disk: 20ms } } }",
    );
    let journey = explain(&scenario, 0).journey;
    let times: Vec<f64> = journey.steps.iter().map(|step| step.times).collect();
    assert!((times[0] - 4.0).abs() < 1e-6 && (times[1] - 3.0).abs() < 1e-6, "{times:?}");
    assert!((journey.expected_ms - 100.0).abs() < 1e-4, "{}", journey.expected_ms);
}

const SHOP: &str = "
run: { duration: 100s, warmup: 10s, seed: 1 }
nodes:
  visitors: { kind: user, clients: 1, arrivals: { every: 1s } }
  web: { kind: station, hands_over: false }
  a: { kind: station }
  b: { kind: station }
links:
  visitors -> web: { latency: 10ms }
requests:
  page: { path: [ web: 1ms, parallel: [ a: 5ms, b: 2ms ] ] }";

#[test]
fn of_calls_at_the_same_time_the_slowest_counts() {
    let journey = explain(&scenario(SHOP), 0).journey;
    close(journey.expected_ms, 26.0);
    assert!(journey.at_least);
    assert_eq!(journey.steps.iter().filter(|step| step.side_by_side).count(), 2);
}

#[test]
fn a_simulated_request_is_followed_through_each_of_its_visits() {
    let waterfall = waterfall(&scenario(SHOP), 0).unwrap();
    close(waterfall.latency_ms, 26.0);
    let bar = |node: &str| waterfall.bars.iter().find(|bar| bar.node == node).unwrap();
    assert_eq!(waterfall.bars.len(), 4);
    assert_eq!([bar("visitors").depth, bar("web").depth, bar("b").depth], [0, 1, 2]);
    let web = bar("web");
    let kinds: Vec<Activity> = web.pieces.iter().map(|piece| piece.doing).collect();
    assert_eq!(kinds, [Activity::Travelling, Activity::Working, Activity::Travelling]);
    for (value, expected) in [
        (web.from_ms, 0.0),
        (web.until_ms, 26.0),
        (web.travelling_ms, 20.0),
        (web.working_ms, 1.0),
        (bar("a").from_ms, 11.0),
        (bar("a").until_ms, 16.0),
        (bar("b").until_ms, 13.0),
    ] {
        close(value, expected);
    }
}

#[test]
fn waiting_in_line_is_told_apart_from_work() {
    let text = SHOP.replace("parallel: [ a: 5ms, b: 2ms ]", "parallel: [ a: 5ms, a: 5ms ]");
    let waterfall = waterfall(&scenario(&text), 0).unwrap();
    let mut lines: Vec<f64> =
        waterfall.bars.iter().filter(|bar| bar.node == "a").map(|bar| bar.in_line_ms).collect();
    lines.sort_by(f64::total_cmp);
    assert_eq!(lines.len(), 2);
    close(lines[0], 0.0);
    close(lines[1], 5.0);
}

fn scenario_files(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            scenario_files(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "yaml") {
            files.push(path);
        }
    }
}

#[test]
fn every_scenario_can_be_explained() {
    let mut files = Vec::new();
    scenario_files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios"), &mut files);
    assert!(!files.is_empty());
    for file in files {
        let Some(scenario) = load(&file, &[]).unwrap().scenario else { continue };
        for class in 0..scenario.classes.len() {
            let journey = explain(&scenario, class).journey;
            assert!(!journey.steps.is_empty(), "{} has no steps", file.display());
            assert!(waterfall(&scenario, class).is_some(), "{} has no request to show", file.display());
        }
    }
}

#[test]
fn what_happens_is_told_in_its_order() {
    let scenario = scenario(
        "
run: { duration: 2d }
nodes:
  visitors: { kind: user, arrivals: 10/s }
  workers: { kind: station, servers: 50 }
requests:
  page: { path: [ workers: 10ms ] }
timeline:
  - { at: 19:00, surge: 2x, hold: 1h, every: 1d }
  - { at: 20m, surge: 100/s, ramp: 30s, hold: 3m, on: page }
  - { at: 1d, surge: 3x }
",
    );
    let lines = explain(&scenario, 0).timeline;
    let told: Vec<_> = lines
        .iter()
        .map(|line| (line.name.as_str(), line.at_s, line.lasts_s.map(|s| s.round() as u32), line.every_s))
        .collect();
    let expected = [
        ("surge 100/s on page", 1200.0, Some(240), None),
        ("surge 2x", 68_400.0, Some(3600), Some(86_400.0)),
        ("surge 3x", 86_400.0, None, None),
    ];
    assert_eq!(told, expected);
}
