//! `spof solve`, against Erlang's formulas.

#[path = "support/command_line.rs"]
mod command_line;

use command_line::spof;
use serde_json::Value;
use std::fs;
use std::path::Path;

const SCENARIO: &str = "
name: A counter
run: { duration: 20m, warmup: 30s, seed: 3 }
nodes:
  users: { kind: user, arrivals: 90/s }
  desk:  { kind: station, servers: 10 }
requests:
  order: { path: [ desk: exp(100ms) ] }
";

fn home() -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    fs::write(home.path().join("desk.yaml"), SCENARIO).unwrap();
    home
}

fn solve(home: &Path, arguments: &[&str]) -> (Option<i32>, Value) {
    let output = spof(home, &[&["solve", "desk.yaml", "--json"], arguments].concat()).output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    let summary = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{told}"));
    (output.status.code(), summary)
}

fn refused(home: &Path, arguments: &[&str]) -> String {
    let output = spof(home, &[&["solve", "desk.yaml"], arguments].concat()).output().unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{told}");
    told
}

/// The mean time at a desk of so many clerks, of whom each needs 100 ms, in milliseconds (Erlang C).
fn sojourn_ms(rate_per_s: f64, servers: u32) -> f64 {
    let load = rate_per_s * 0.1;
    if load >= f64::from(servers) {
        return f64::INFINITY;
    }
    let blocked = (1..=servers).fold(1.0, |blocked, number| {
        let offered = load * blocked;
        offered / (f64::from(number) + offered)
    });
    let share = load / f64::from(servers);
    let waits = blocked / (1.0 - share * (1.0 - blocked));
    100.0 + waits * 100.0 / (f64::from(servers) - load)
}

#[test]
fn as_many_clerks_as_erlang_says() {
    let home = home();
    for (rate, bound_ms) in [(90.0, 130.0), (90.0, 105.0), (35.0, 110.0), (150.0, 103.0)] {
        let exact = (1..=64).find(|servers| sojourn_ms(rate, *servers) < bound_ms).unwrap();
        // The simulation can tell the two sides of the bound apart.
        assert!(sojourn_ms(rate, exact) < 0.99 * bound_ms || sojourn_ms(rate, exact - 1) > 1.02 * bound_ms);
        let goal = format!("mean < {bound_ms}ms, errors < 1%");
        let arrivals = format!("users.arrivals={rate}/s");
        let (code, summary) =
            solve(home.path(), &["--for", &goal, "--vary", "desk.servers=1..64", "--set", &arrivals]);
        assert_eq!(code, Some(0));
        assert_eq!(summary["answer"]["values"][0], exact.to_string(), "{rate}/s, {bound_ms} ms");
        assert_eq!(summary["is_monotone"], true);
        assert!(summary["tried"].as_array().unwrap().len() <= 9, "halving takes few");
        let below = &summary["below"][0];
        assert_eq!(below["values"][0], (exact - 1).to_string());
        assert_ne!(below["goals"][0]["standing"], "met");
    }
}

#[test]
fn of_two_settings_the_one_to_be_minimised_comes_first() {
    let home = home();
    let vary =
        ["--for", "mean < 130ms", "--vary", "desk.servers=1..20", "--vary", "users.arrivals=60/s,90/s"];
    let (code, summary) = solve(home.path(), &vary);
    // More load is not better: then all are tried, cheapest first.
    assert_eq!((code, &summary["is_monotone"]), (Some(0), &Value::from(false)));
    let exact = (1..=20).find(|servers| sojourn_ms(60.0, *servers) < 130.0).unwrap();
    assert_eq!(summary["answer"]["values"], serde_json::json!([exact.to_string(), "60/s"]));
    let (_, summary) = solve(home.path(), &[&vary[..], &["--minimize", "users.arrivals"]].concat());
    assert_eq!(summary["axes"], serde_json::json!(["users.arrivals", "desk.servers"]));
}

#[test]
fn the_cheapest_of_all_combinations_is_found() {
    let home = home();
    // More of the cheap desk makes up for fewer of the dear one.
    let text = SCENARIO
        .replace("  desk:", "  cheap: { kind: station, servers: 4, replicas: 2, cost: 1/h }\n  dear:")
        .replace("servers: 10 }", "servers: 4, replicas: 2, cost: 10/h }")
        .replace("desk: exp(100ms)", "cheap: exp(100ms), dear: exp(100ms)")
        .replace("90/s", "50/s");
    fs::write(home.path().join("desk.yaml"), text).unwrap();
    let vary = ["--vary", "cheap.replicas=1..4", "--vary", "dear.replicas=1..4"];
    let sweep = [&["sweep", "desk.yaml", "--json"][..], &vary].concat();
    let swept: Value = serde_json::from_slice(&spof(home.path(), &sweep).output().unwrap().stdout).unwrap();
    let figure = |point: &Value, name: &str| -> f64 {
        let figures = point["figures"].as_array().unwrap();
        figures.iter().find(|figure| figure["name"] == name).unwrap()["value"].as_f64().unwrap()
    };
    let points = swept["points"].as_array().unwrap();
    let good = points.iter().filter(|point| figure(point, "mean") < 230.0);
    let cheapest = good.min_by(|a, b| figure(a, "cost").total_cmp(&figure(b, "cost"))).unwrap();
    let (code, summary) =
        solve(home.path(), &[&["--for", "mean < 230ms", "--minimize", "cost"], &vary[..]].concat());
    let answer = &summary["answer"];
    assert_eq!(code, Some(0));
    for axis in 0..2 {
        assert_eq!(answer["values"][axis], cheapest["values"][axis]["text"], "{answer}");
    }
    assert_eq!(answer["nodes_per_month"].as_f64().unwrap(), figure(cheapest, "cost"));
    assert!(summary["tried"].as_array().unwrap().len() < points.len());
}

#[test]
fn what_cannot_be_met_ends_with_the_nearest_and_why() {
    let home = home();
    let arguments =
        ["--for", "mean < 90ms, errors < 1%", "--vary", "desk.servers=11..14", "--replications", "5"];
    let (code, summary) = solve(home.path(), &arguments);
    assert_eq!((code, &summary["answer"]), (Some(1), &Value::Null));
    assert_eq!(summary["nearest"]["values"][0], "14");
    assert_eq!(summary["nearest"]["goals"][0]["standing"], "missed");
    assert_eq!(summary["nearest"]["goals"][1]["standing"], "met");
    let output = spof(home.path(), &[&["solve", "desk.yaml"][..], &arguments].concat()).output().unwrap();
    let told = String::from_utf8(output.stdout).unwrap();
    assert!(told.contains("Nearest is desk.servers=14: mean < 90ms fails"), "{told}");
}

#[test]
fn the_answer_is_the_same_on_any_number_of_threads() {
    let home = home();
    let read = |threads: &str| {
        let arguments =
            ["solve", "desk.yaml", "--for", "p99 < 500ms", "--vary", "desk.servers=8..16", "--quiet"];
        let arguments = [&arguments[..], &["--out", threads]].concat();
        spof(home.path(), &arguments).args(["--threads", threads]).assert().success();
        fs::read(home.path().join(threads).join("solve.json")).unwrap()
    };
    assert!(read("1") == read("3"));
}

#[test]
fn mistakes_are_told_with_what_to_write() {
    let home = home();
    for (arguments, told) in [
        (&["--vary", "desk.servers=1..9"][..], "--for <GOALS>"),
        (&["--for", "mean < 90ms"], "--vary <PATH=VALUES>"),
        (
            &["--for", "mean ~ 90ms", "--vary", "desk.servers=1..9"],
            "--for: this expectation compares nothing",
        ),
        (&["--for", "mean < fast", "--vary", "desk.servers=1..9"], "--for: "),
        (&["--for", "p9x < 90ms", "--vary", "desk.servers=1..9"], "did you mean `p99`?"),
        (&["--for", "desc utilisation < 90%", "--vary", "desk.servers=1..9"], "did you mean `desk`?"),
        (&["--for", "mean < 90ms,", "--vary", "desk.servers=1..9"], "compares nothing"),
        (&["--for", "mean < 90ms", "--vary", "desk.serverz=1..9"], "did you mean `servers`?"),
        (
            &["--for", "mean < 90ms", "--vary", "desk.servers=1..9", "--minimize", "users"],
            "one of the settings that are varied: desk.servers",
        ),
        (
            &["--for", "mean < 90ms", "--vary", "desk.servers=1..9", "--minimize", "cost"],
            "no node has a price; give nodes their `cost: 0.10/h`",
        ),
        (&["--for", "cost < 5/month", "--vary", "desk.servers=1..9"], "nothing in this scenario has a price"),
        (&["--for", "mean < 90ms", "--vary", "users.arrivals=1/s..9/s"], "write a step"),
    ] {
        let error = refused(home.path(), arguments);
        assert!(error.contains(told), "{arguments:?}: {error}");
    }
    assert!(!home.path().join("output").exists());
}
