//! `spof sweep`, as a user meets it, against what is known of queues.

#[path = "support/command_line.rs"]
mod command_line;

use assert_cmd::Command;
use command_line::spof;
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

const SCENARIO: &str = "
name: A queue
run: { requests: 6000, warmup: 600 requests, seed: 5 }
nodes:
  users: { kind: user, arrivals: 50/s }
  web:   { kind: station, servers: 1 }
requests:
  page: { path: [ web: exp(10ms) ] }
";

fn home() -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    fs::write(home.path().join("queue.yaml"), SCENARIO).unwrap();
    home
}

fn sweep(home: &Path, arguments: &[&str]) -> Command {
    spof(home, &[&["sweep", "queue.yaml"], arguments].concat())
}

fn json(output: &[u8]) -> Value {
    serde_json::from_slice(output).unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(output)))
}

fn figure<'v>(point: &'v Value, name: &str) -> &'v Value {
    let figures = point["figures"].as_array().unwrap();
    figures.iter().find(|figure| figure["name"] == name).unwrap_or_else(|| panic!("no {name}"))
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap()
}

#[test]
fn a_curve_is_that_of_the_textbook() {
    let home = home();
    let arguments = ["--vary", "users.arrivals=20/s..80/s:20", "--replications", "10", "--json"];
    let output = sweep(home.path(), &arguments).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", text(output.stderr));
    let summary = json(&output.stdout);
    let points = summary["points"].as_array().unwrap();
    assert_eq!(points.len(), 4);
    for (point, rate) in points.iter().zip([20.0, 40.0, 60.0, 80.0]) {
        let (mean, offered) = (figure(point, "mean"), figure(point, "offered"));
        // M/M/1: 1 / (100/s - rate). One interval in twenty may miss it by a little.
        let exact_ms = 1_000.0 / (100.0 - rate);
        let half_width = mean["half_width"].as_f64().unwrap();
        let off = (mean["value"].as_f64().unwrap() - exact_ms).abs();
        assert!(off < 1.5 * half_width && half_width < 0.2 * exact_ms, "{rate}: {mean}");
        assert!((offered["value"].as_f64().unwrap() / rate - 1.0).abs() < 0.02, "{offered}");
        let full = figure(point, "web utilisation")["value"].as_f64().unwrap();
        assert!((full - rate / 100.0).abs() < 0.03, "{full}");
    }
    let table = fs::read_to_string(home.path().join("output/queue-sweep/sweep.csv")).unwrap();
    assert!(
        table.starts_with("users.arrivals,offered_per_s,offered_per_s low,offered_per_s high,"),
        "{table}"
    );
    assert_eq!(table.lines().count(), 5);
}

#[test]
fn run_n_of_a_sweep_is_run_n_of_a_study() {
    let home = home();
    let vary = ["--vary", "users.arrivals=40/s,60/s", "--replications", "3", "--json"];
    let swept = json(&sweep(home.path(), &vary).output().unwrap().stdout);
    let study = ["simulate", "queue.yaml", "--set", "users.arrivals=60/s", "--replications", "3", "--json"];
    let study = json(&spof(home.path(), &study).output().unwrap().stdout);
    let same = study["figures"].as_array().unwrap().iter().find(|figure| figure["name"] == "p99").unwrap();
    assert_eq!(figure(&swept["points"][1], "p99")["value"], same["value"]);
}

#[test]
fn a_queue_breaks_where_as_many_come_as_can_be_served() {
    let home = home();
    fs::write(home.path().join("loss.yaml"), SCENARIO.replace("servers: 1", "servers: 4, queue: 20"))
        .unwrap();
    for (file, vary, holds, breaks) in [
        ("queue.yaml", "users.arrivals=60/s..140/s:20", ["80/s", "100/s"], ["100/s", "120/s"]),
        // M/M/4/24 turns away less than a thousandth at 340/s, and a tenth at 440/s.
        ("loss.yaml", "users.arrivals=240/s..540/s:100", ["340/s"; 2], ["440/s"; 2]),
    ] {
        let arguments = ["sweep", file, "--vary", vary, "--json", "--replications", "6"];
        let summary = json(&spof(home.path(), &arguments).output().unwrap().stdout);
        let breaking = &summary["breaking"];
        assert!(holds.iter().any(|at| breaking["holds_at"] == *at), "{breaking}");
        assert!(breaks.iter().any(|at| breaking["breaks_at"] == *at), "{breaking}");
        let full = breaking["full"].as_array().unwrap();
        assert_eq!(full.len(), 1, "{breaking}");
        assert_eq!((&full[0]["name"], &full[0]["short_in"]), (&"the servers of web".into(), &6.into()));
        let told = summary["told"]["headline"].as_str().unwrap();
        assert!(told.contains(" of users.arrivals: the servers of web are full there ("), "{told}");
    }
    let servers = ["--set", "users.arrivals=250/s", "--vary", "web.servers=1..6", "--json"];
    let summary = json(&sweep(home.path(), &servers).output().unwrap().stdout);
    assert_eq!(summary["breaking"]["breaks_at"], "2");
    assert_eq!(summary["breaking"]["holds_at"], "3");
}

#[test]
fn files_are_the_same_to_the_byte_on_any_number_of_threads() {
    let home = home();
    let arguments = ["--vary", "users.arrivals=20/s..60/s:10", "--vary", "web.servers=1,2", "--quiet"];
    for threads in ["1", "2", "7"] {
        let out = ["--out", threads];
        let arguments = [&arguments[..], &out].concat();
        sweep(home.path(), &arguments).args(["--threads", threads]).assert().success();
    }
    for name in ["sweep.csv", "sweep.json", "sweep.svg", "report.html"] {
        let read = |threads: &str| fs::read(home.path().join(threads).join(name)).unwrap();
        assert!(read("1") == read("2") && read("1") == read("7"), "{name}");
    }
    assert_eq!(fs::read_dir(home.path().join("1")).unwrap().count(), 4, "the journal is gone");
}

/// Enough runs that a study can be stopped between them.
const LONG: [&str; 6] =
    ["--vary", "users.arrivals=20/s..80/s:5", "--set", "run.requests=10000", "--replications", "4"];

/// Starts a sweep and lets it go on until its journal has so many lines, then sends a signal.
#[cfg(unix)]
fn stopped(home: &Path, signal: &str, lines: usize) -> std::process::Output {
    use std::process::Stdio;
    let program = assert_cmd::cargo::cargo_bin("spof");
    let mut command = std::process::Command::new(program);
    command.current_dir(home).args(["sweep", "queue.yaml", "--out", signal]).args(LONG);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let journal = home.join(signal).join("sweep.journal");
    let started = Instant::now();
    while fs::read_to_string(&journal).map_or(0, |text| text.lines().count()) < lines {
        assert!(started.elapsed() < Duration::from_secs(120), "it has not begun");
        std::thread::sleep(Duration::from_millis(2));
    }
    let kill =
        std::process::Command::new("kill").args(["-s", signal, &child.id().to_string()]).status().unwrap();
    assert!(kill.success());
    child.wait_with_output().unwrap()
}

#[cfg(unix)]
#[test]
fn a_sweep_that_was_stopped_goes_on_and_ends_with_the_same_bytes() {
    let home = home();
    sweep(home.path(), &[&LONG[..], &["--out", "whole", "--quiet"]].concat()).assert().success();
    for (signal, code) in [("INT", Some(130)), ("KILL", None)] {
        let output = stopped(home.path(), signal, 6);
        let told = text(output.stderr);
        assert_eq!(output.status.code(), code, "{told}");
        assert!(code.is_none() || told.contains("The same command goes on from there."), "{told}");
        assert!(!home.path().join(signal).join("sweep.csv").exists());
        let journal = home.path().join(signal).join("sweep.journal");
        // Half a line more, as if the power had failed while it was written.
        let kept = fs::read_to_string(&journal).unwrap();
        fs::write(&journal, format!("{kept}0badc0de 1 2 3.")).unwrap();

        let other = [&LONG[..], &["--out", signal, "--seed", "9"]].concat();
        let refused = text(sweep(home.path(), &other).assert().code(2).get_output().stderr.clone());
        assert!(refused.contains("before its scenario, its settings or spof were changed"), "{refused}");
        let output = sweep(home.path(), &[&LONG[..], &["--out", signal]].concat()).output().unwrap();
        let told = text(output.stderr);
        assert_eq!(output.status.code(), Some(0), "{told}");
        assert!(told.contains("Goes on after") && told.contains("was torn"), "{told}");
        for name in ["sweep.csv", "sweep.json", "sweep.svg", "report.html"] {
            let read = |out: &str| fs::read(home.path().join(out).join(name)).unwrap();
            assert!(read(signal) == read("whole"), "{signal} {name}");
        }
        assert!(!journal.exists());
    }
}

#[test]
fn a_latin_hypercube_takes_any_value_of_an_axis() {
    let home = home();
    let arguments = ["--vary", "users.arrivals=20/s..60/s", "--vary", "web.servers=1..4", "--latin", "8"];
    let output = sweep(home.path(), &[&arguments[..], &["--replications", "2", "--json"]].concat());
    let summary = json(&standard_output(output));
    let points = summary["points"].as_array().unwrap();
    let part = |point: &Value| (point["values"][0]["number"].as_f64().unwrap() - 20.0) / 40.0 * 8.0;
    let mut parts: Vec<u64> = points.iter().map(|point| part(point) as u64).collect();
    parts.sort_unstable();
    assert_eq!(parts, [0, 1, 2, 3, 4, 5, 6, 7]);
}

#[test]
fn a_link_that_is_full_is_named() {
    let home = home();
    let site = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/one-server.yaml");
    let arguments = [
        "sweep",
        site.to_str().unwrap(),
        "--vary",
        "visitors.arrivals=60/s,140/s",
        "--set",
        "run.duration=3m",
        "--replications",
        "3",
        "--json",
    ];
    let summary = json(&standard_output(spof(home.path(), &arguments)));
    // 140/s × (70 % of 30 kB + 30 % of 80 kB) are a little more than 50 Mbit/s.
    let breaking = &summary["breaking"];
    assert_eq!(breaking["full"][0]["name"], "the link visitors -> server (answers)", "{breaking}");
    let told = summary["told"]["headline"].as_str().unwrap();
    let named = "It breaks between 60/s and 140/s of visitors.arrivals: the link visitors -> server (answers) is full \
                 there (100 %)";
    assert!(told.starts_with(named), "{told}");
    // The gauge that this rests on stands beside the others, and so does what is fullest.
    let busy = &summary["points"][1];
    assert!(figure(busy, "link visitors -> server (answers) in use")["value"].as_f64().unwrap() > 0.99);
    assert_eq!(busy["fullest"]["name"], "the link visitors -> server (answers)");
    assert_eq!(busy["stands"], "broken");
}

fn standard_output(mut command: Command) -> Vec<u8> {
    command.output().unwrap().stdout
}

#[test]
fn a_load_that_goes_up_and_down_shows_what_keeps_itself_going() {
    let home = home();
    let storm = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/retry-storm.yaml");
    let storm = storm.to_str().unwrap();
    let loads = ["--vary", "visitors.arrivals=10/s..130/s:40", "--up-and-down", "--hold", "4m"];
    let arguments = [&loads[..], &["--set", "timeline=[]", "--json"]].concat();
    let run = |more: &[&str]| -> Value {
        let arguments = [&["sweep", storm, "--replications", "3"][..], &arguments[..], more].concat();
        json(&standard_output(spof(home.path(), &arguments)))
    };
    let summary = run(&[]);
    assert_eq!(summary["points"].as_array().unwrap().len(), 8);
    assert_eq!(summary["breaking"]["breaks_at"], "130/s", "on the way up");
    // 130/s are more than four cores can do; afterwards, five tries of each are so even at 50/s.
    let worse = summary["hysteresis"]["worse_on_the_way_down"].as_array().unwrap();
    assert!(worse.contains(&Value::from("50/s")) && !worse.contains(&Value::from("10/s")), "{worse:?}");
    let told = summary["told"]["headline"].as_str().unwrap();
    assert!(
        told.starts_with("What begins at the top outlasts it: ") && told.ends_with("and it is over at 10/s."),
        "{told}"
    );
    assert_eq!(summary["told"]["is_bad"], true);
    let patient = run(&["--set", "visitors.retries=0"]);
    let worse = patient["hysteresis"]["worse_on_the_way_down"].as_array().unwrap();
    assert!(!worse.contains(&Value::from("50/s")), "{worse:?}");
}

#[test]
fn mistakes_of_all_points_are_told_once() {
    let home = home();
    let output = sweep(home.path(), &["--vary", "web.serverz=1..50"]).output().unwrap();
    let told = text(output.stderr);
    assert_eq!(output.status.code(), Some(2), "{told}");
    assert_eq!(told.matches("serverz`").count(), 1, "{told}");
    assert!(told.contains("did you mean `servers`?") && told.contains("(at 50 of 50 points)"), "{told}");
    assert!(!home.path().join("output").exists(), "nothing has run");
    let told = text(sweep(home.path(), &["--vary", "web.servers=0..3"]).output().unwrap().stderr);
    assert!(told.contains("(at 1 of 4 points)"), "{told}");
}

#[test]
fn mistakes_are_told_with_what_to_write() {
    let home = home();
    let vary = |values: &'static str| vec!["--vary", values];
    for (arguments, told) in [
        (vec![], "--vary <PATH=VALUES>"),
        (vary("web.servers"), "write PATH=VALUES"),
        (vary("web.servers=4..1"), "write the smaller end first"),
        (vary("users.arrivals=20/s..60/s"), "write a step, as in 50/s..500/s:50"),
        (vary("users.arrivals=20/s..60/min:10"), "write all of it in one"),
        (vary("wep.servers=1,2"), "did you mean `web`?"),
        (vec!["--vary", "web.servers=1,2", "--vary", "nodes.web.servers=3,4"], "is varied twice"),
        (vec!["--vary", "web.servers=1,2", "--set", "web.servers=3"], "is set and varied"),
        (vec!["--vary", "web.servers=1,2", "--measure", "p98"], "did you mean `p99`?"),
        (vec!["--vary", "web.servers=1,2", "--served", "0%"], "write a share such as 99%"),
        (vec!["--vary", "web.servers=1,2", "--up-and-down"], "vary the arrivals of one user"),
        (vec!["--vary", "users.arrivals=1/s,lots", "--up-and-down"], "is not a rate"),
        (vec!["--vary", "users.arrivals=1/s,2/s", "--hold", "1m"], "--up-and-down"),
        (vec!["--vary", "web.servers=1..200", "--vary", "users.clients=1..200"], "--latin"),
        (vec!["--vary", "web.servers=1,2", "--replications", "0"], "0 is not in 1..=100000"),
    ] {
        let output = sweep(home.path(), &arguments).output().unwrap();
        let error = text(output.stderr);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {error}");
        assert!(error.contains(told), "{arguments:?}: {error}");
        assert!(!home.path().join("output").exists(), "{arguments:?} leaves something behind");
    }
}

#[cfg(not(feature = "parquet"))]
#[test]
fn parquet_is_there_for_those_who_build_it() {
    let home = home();
    let output = sweep(home.path(), &["--vary", "web.servers=1,2", "--parquet"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(text(output.stderr).contains("--features parquet"));
}

#[cfg(feature = "parquet")]
#[test]
fn parquet_has_the_figures_of_the_table() {
    use parquet::file::reader::{FileReader, SerializedFileReader};
    use parquet::record::RowAccessor;
    let home = home();
    let arguments = ["--vary", "web.servers=1,2,3", "--parquet", "--out", "swept", "--quiet"];
    sweep(home.path(), &arguments).assert().success();
    let mut table = csv::Reader::from_path(home.path().join("swept/sweep.csv")).unwrap();
    let file = fs::File::open(home.path().join("swept/sweep.parquet")).unwrap();
    let rows = SerializedFileReader::new(file).unwrap();
    let rows: Vec<_> = rows.get_row_iter(None).unwrap().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 3);
    for (record, row) in table.records().map(Result::unwrap).zip(&rows) {
        assert_eq!(row.get_string(0).unwrap(), &record[0]);
        for place in 1..record.len() {
            let figure = row.get_double(place).unwrap();
            let cell = &record[place];
            assert!(cell.is_empty() && figure.is_nan() || cell.parse() == Ok(figure), "{cell} {figure}");
        }
    }
}
