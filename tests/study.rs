//! `spof simulate --replications` and `--until`, as a user meets them.

#[path = "support/command_line.rs"]
mod command_line;

use assert_cmd::Command;
use command_line::spof;
use serde_json::Value;
use std::fs;
use std::path::Path;

const SCENARIO: &str = "
name: A queue
run: { requests: 4000, warmup: 400 requests, seed: 5 }
nodes:
  users: { kind: user, arrivals: 50/s }
  web:   { kind: station }
requests:
  page: { path: [ web: exp(10ms) ] }
expect: EXPECT
";

fn home(expect: &str) -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    fs::write(home.path().join("queue.yaml"), SCENARIO.replace("EXPECT", expect)).unwrap();
    home
}

fn simulate(home: &Path, arguments: &[&str]) -> Command {
    spof(home, &[&["simulate", "queue.yaml", "--no-charts", "--no-report"], arguments].concat())
}

fn json(path: &Path) -> Value {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

#[test]
fn files_are_the_same_to_the_byte_on_any_number_of_threads() {
    let home = home("[]");
    for threads in ["1", "2", "7"] {
        let arguments = ["--replications", "25", "--out", threads, "--quiet"];
        simulate(home.path(), &arguments).args(["--threads", threads]).assert().success();
    }
    for name in ["replications.csv", "replications.json", "summary.json", "latency.csv"] {
        let read = |threads: &str| fs::read(home.path().join(threads).join(name)).unwrap();
        assert!(read("1") == read("2") && read("1") == read("7"), "{name}");
    }
}

#[test]
fn the_first_line_is_the_plain_run_and_the_table_is_their_mean() {
    let home = home("[]");
    simulate(home.path(), &["--replications", "12", "--out", "many", "--quiet"]).assert().success();
    simulate(home.path(), &["--out", "one", "--quiet"]).assert().success();
    let mut table = csv::Reader::from_path(home.path().join("many/replications.csv")).unwrap();
    let place = table.headers().unwrap().iter().position(|name| name == "p99_ms").unwrap();
    let p99_ms: Vec<f64> = table.records().map(|record| record.unwrap()[place].parse().unwrap()).collect();
    let plain = json(&home.path().join("one/summary.json"));
    assert_eq!(plain["total"]["p99_ms"]["value"].as_f64(), Some(p99_ms[0]));
    assert_eq!(p99_ms.len(), 12);

    let summary = json(&home.path().join("many/replications.json"));
    let figures = summary["figures"].as_array().unwrap();
    let p99 = figures.iter().find(|figure| figure["name"] == "p99").unwrap();
    let mean = p99_ms.iter().sum::<f64>() / 12.0;
    let squares: f64 = p99_ms.iter().map(|one| (one - mean) * (one - mean)).sum();
    // t is 2.200985 for 11 degrees of freedom.
    let half_width = 2.200_985 * (squares / 11.0 / 12.0).sqrt();
    assert!((p99["value"].as_f64().unwrap() / mean - 1.0).abs() < 1e-12);
    assert!((p99["half_width"].as_f64().unwrap() / half_width - 1.0).abs() < 1e-6);
    // What belongs to the many is taken away by a plain run in the same folder.
    simulate(home.path(), &["--out", "many", "--quiet"]).assert().success();
    assert!(!home.path().join("many/replications.json").exists());
}

#[test]
fn it_goes_on_until_the_goal_is_reached_or_says_that_it_is_not() {
    let home = home("[]");
    let output = simulate(home.path(), &["--until", "mean ±1.5%, web utilisation +-1%", "--json"]).output();
    let output = output.unwrap();
    assert_eq!(output.status.code(), Some(0));
    let summary: Value = serde_json::from_slice(&output.stdout).unwrap();
    let goals = summary["goals"].as_array().unwrap();
    assert!(goals.len() == 2 && goals.iter().all(|goal| goal["reached"] == true), "{goals:?}");
    let wanted = |goal: &Value| goal["half_width_wanted"].as_f64().unwrap();
    assert!(goals.iter().all(|goal| goal["half_width"].as_f64().unwrap() <= wanted(goal)));
    assert!(summary["replications"].as_u64().unwrap() > 20, "{}", summary["replications"]);

    let hard = simulate(home.path(), &["--until", "mean ±0.01%", "--at-most", "25"]).output().unwrap();
    let told = String::from_utf8(hard.stdout).unwrap();
    assert_eq!(hard.status.code(), Some(1));
    assert!(told.contains("25 replications, which is all that --at-most allows"), "{told}");
    assert!(told.contains("(not reached)"), "{told}");

    let late = ["--until", "mean ±0.001%", "--at-most", "1000000", "--time-limit", "200ms"];
    let late = simulate(home.path(), &late).output().unwrap();
    let told = String::from_utf8(late.stdout).unwrap();
    assert!(told.contains("then the time limit of 200 ms was over"), "{told}");
}

#[test]
fn expectations_are_passed_failed_or_left_open() {
    for (expect, mark, code) in [
        ("[ 'mean < 25ms' ]", "✔ mean < 25ms", 0),
        ("[ 'mean < 15ms' ]", "✘ mean < 15ms", 1),
        ("[ 'mean < 20ms' ]", "? mean < 20ms", 0),
    ] {
        let home = home(expect);
        let output = simulate(home.path(), &["--replications", "8"]).output().unwrap();
        let told = String::from_utf8(output.stdout).unwrap();
        assert!(told.contains(mark), "{told}");
        assert_eq!(output.status.code(), Some(code), "{told}");
    }
}

#[test]
fn mistakes_are_told() {
    let home = home("[]");
    for (arguments, told) in [
        (&["--until", "p9x ±2%"][..], "`p9x` cannot be measured; did you mean `p99`?"),
        (&["--until", "page p99"], "does not say how exactly; write it like `p99 ±2%`"),
        (&["--until", "p99 ±2%", "--replications", "3"], "cannot be used with"),
        (&["--replications", "1"], "1 is not in 2..=1000000"),
        (&["--time-limit", "3s"], "--time-limit needs --replications, --until or --advise"),
        (&["--time-limit", "soon", "--replications", "3"], "soon"),
        (&["--at-most", "5"], "--until <GOALS>"),
    ] {
        let output = simulate(home.path(), arguments).output().unwrap();
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{error}");
        assert!(error.contains(told), "{error}");
        assert!(!home.path().join("output").exists());
    }
}
