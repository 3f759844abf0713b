//! The command line as a user meets it.

#[path = "support/command_line.rs"]
mod command_line;
#[path = "support/listing.rs"]
mod listing;

use assert_cmd::Command;
use command_line::spof;
use listing::files_in;
use std::fs;
use tempfile::TempDir;

const SCENARIO: &str = "
name: A shop
run: { duration: 60s, warmup: 5s, seed: 3 }
nodes:
  visitors: { kind: user, arrivals: 50/s }
  counter: { kind: station, servers: 2 }
requests:
  order: { path: [ counter: exp(20ms) ] }
expect:
  - order p99 < 10s
";

/// A folder with a scenario in it.
fn home() -> TempDir {
    let home = tempfile::tempdir().unwrap();
    fs::write(home.path().join("shop.yaml"), SCENARIO).unwrap();
    home
}

fn stdout(command: &mut Command) -> String {
    String::from_utf8(command.output().unwrap().stdout).unwrap()
}

fn stderr(command: &mut Command) -> String {
    String::from_utf8(command.output().unwrap().stderr).unwrap()
}

#[test]
fn a_run_sums_up_and_leaves_its_files() {
    let home = home();
    let output = spof(home.path(), &["simulate", "shop.yaml"]).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    for part in ["A shop", "order", "p99.9", "counter", "✔ order p99 < 10s", "output/shop/"] {
        assert!(text.contains(part), "{part} is missing in {text}");
    }
    assert!(!text.contains('\u{1b}'), "colours in a pipe");
    assert!(output.stderr.is_empty());
    let folder = home.path().join("output/shop");
    assert_eq!(
        files_in(&folder),
        [
            "availability.svg",
            "events.csv",
            "heatmap.svg",
            "histogram.csv",
            "latency.csv",
            "latency.svg",
            "nodes.csv",
            "nodes_timeline.csv",
            "outages.csv",
            "report.html",
            "resources.csv",
            "resources_timeline.csv",
            "run.json",
            "scenario.json",
            "summary.json",
            "timeline.csv",
            "timeline.svg",
            "topology.json",
            "topology.svg",
            "utilisation.svg",
            "waterfall.svg",
        ]
    );
    let rows = fs::read_to_string(folder.join("latency.csv")).unwrap();
    assert!(rows.starts_with("id,class,start_s,latency_ms,outcome,attempts,counter_ms,network_ms\n"));
    assert!(rows.lines().count() > 2_000);
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_does_not() {
    let home = home();
    for (out, seed) in [("one", "5"), ("two", "5"), ("three", "6")] {
        spof(home.path(), &["simulate", "shop.yaml", "--out", out, "--seed", seed]).assert().success();
    }
    for name in [
        "latency.csv",
        "nodes.csv",
        "resources.csv",
        "summary.json",
        "timeline.csv",
        "histogram.csv",
        "timeline.svg",
    ] {
        let read = |out: &str| fs::read(home.path().join(out).join(name)).unwrap();
        assert!(read("one") == read("two"), "{name} differs");
        assert!(read("one") != read("three"), "{name} does not depend on the seed");
    }
}

#[test]
fn charts_are_drawn_again_from_the_files_alone() {
    let home = home();
    let folder = home.path().join("run");
    spof(home.path(), &["simulate", "shop.yaml", "--out", "run", "--quiet"]).assert().success();
    let pictures = ["availability", "timeline", "latency", "heatmap", "utilisation", "waterfall", "topology"];
    let read = |name: &str| fs::read(folder.join(format!("{name}.svg"))).unwrap();
    let first: Vec<Vec<u8>> = pictures.iter().map(|name| read(name)).collect();
    pictures.iter().for_each(|name| fs::remove_file(folder.join(format!("{name}.svg"))).unwrap());
    spof(home.path(), &["render", "run"]).assert().success();
    assert!(pictures.iter().zip(first).all(|(name, before)| read(name) == before));

    // A later run takes with it what was drawn of an earlier one.
    let dark =
        ["render", "run", "--chart", "latency", "--format", "png", "--theme", "dark", "--width", "600"];
    spof(home.path(), &dark).assert().success();
    assert!(fs::read(folder.join("latency-dark.png")).unwrap().starts_with(b"\x89PNG"));
    spof(home.path(), &["simulate", "shop.yaml", "--out", "run", "--quiet", "--no-charts"])
        .assert()
        .success();
    assert!(files_in(&folder).iter().all(|name| !name.ends_with(".png") && !name.ends_with(".svg")));

    // Several runs over each other, and a table by itself.
    spof(home.path(), &["simulate", "shop.yaml", "--out", "other", "--seed", "9", "--quiet"])
        .assert()
        .success();
    spof(home.path(), &["render", "run", "other"]).assert().success();
    assert_eq!(files_in(&home.path().join("output/compared")).len(), pictures.len());
    fs::create_dir(home.path().join("alone")).unwrap();
    fs::copy(folder.join("timeline.csv"), home.path().join("alone/timeline.csv")).unwrap();
    spof(home.path(), &["render", "alone/timeline.csv"]).assert().success();
    assert_eq!(files_in(&home.path().join("alone")), ["availability.svg", "timeline.csv", "timeline.svg"]);
    fs::create_dir(home.path().join("rows")).unwrap();
    fs::copy(folder.join("latency.csv"), home.path().join("rows/latency.csv")).unwrap();
    spof(home.path(), &["render", "rows/latency.csv"]).assert().success();
    assert_eq!(files_in(&home.path().join("rows")), ["heatmap.svg", "latency.csv", "latency.svg"]);
}

#[test]
fn charts_of_what_is_no_run_are_refused_with_a_hint() {
    let home = home();
    fs::create_dir(home.path().join("empty")).unwrap();
    fs::create_dir(home.path().join("odd")).unwrap();
    fs::write(home.path().join("odd/timeline.csv"), "start_s,length_s\n").unwrap();
    for (arguments, code, part) in [
        (&["render", "empty"][..], 2, "empty holds no results of a run; name a folder"),
        (&["render", "odd"], 2, "timeline.csv:1: there is no column `class`; simulate again"),
        (&["render", "empty", "--chart", "topology"], 2, "needs topology.json, which empty does not have"),
        (&["render", "empty", "--width", "7"], 2, "7 is not in 480..=4000"),
        (&["render", "nowhere"], 3, "nowhere: "),
    ] {
        let output = spof(home.path(), arguments).output().unwrap();
        let told = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {told}");
        assert!(told.contains(part), "{arguments:?}: {told}");
    }
}

#[test]
fn json_goes_to_standard_output_and_nothing_else_does() {
    let home = home();
    let text = stdout(&mut spof(home.path(), &["simulate", "shop.yaml", "--json"]));
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(json["scenario"], "A shop");
    assert_eq!(text, fs::read_to_string(home.path().join("output/shop/summary.json")).unwrap());
    assert_eq!(stdout(&mut spof(home.path(), &["simulate", "shop.yaml", "--quiet"])), "");

    fs::copy(home.path().join("shop.yaml"), home.path().join("other.yaml")).unwrap();
    let text = stdout(&mut spof(home.path(), &["simulate", "shop.yaml", "other.yaml", "--json"]));
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(json.as_array().unwrap().len(), 2);
    assert_eq!(files_in(&home.path().join("output")), ["other", "shop"]);
}

#[test]
fn rows_are_written_as_asked_for_and_outdated_ones_go() {
    let home = home();
    let path = home.path().join("output/shop/latency.csv");
    spof(home.path(), &["simulate", "shop.yaml", "--rows", "10%"]).assert().success();
    let some = fs::read_to_string(&path).unwrap().lines().count();
    assert!((150..600).contains(&some), "{some}");
    spof(home.path(), &["simulate", "shop.yaml", "--rows", "none"]).assert().success();
    assert!(!path.exists());
    spof(home.path(), &["simulate", "shop.yaml", "--rows", "few"]).assert().code(2);
}

#[test]
fn a_failed_expectation_is_exit_code_1() {
    let home = home();
    let mut command = spof(home.path(), &["simulate", "shop.yaml", "--set", "nodes.visitors.arrivals=500/s"]);
    command.args(["--set", "run.duration=300s"]);
    let output = command.assert().code(1).get_output().clone();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("✘ order p99 < 10s") && text.contains("Goal missed"), "{text}");
}

#[test]
fn bad_scenarios_and_usage_are_exit_code_2() {
    let home = home();
    fs::write(home.path().join("bad.yaml"), SCENARIO.replace("arrivals", "arivals")).unwrap();
    for command in ["simulate", "check"] {
        let told = stderr(spof(home.path(), &[command, "bad.yaml"]).arg("shop.yaml"));
        assert!(told.contains("arivals") && told.contains("bad.yaml:5"), "{told}");
        spof(home.path(), &[command, "bad.yaml"]).assert().code(2);
    }
    assert!(!home.path().join("output").exists(), "a bad scenario leaves no folder");
    spof(home.path(), &["simulate"]).assert().code(2);
    spof(home.path(), &["simulate", "shop.yaml", "--setting"]).assert().code(2);
    spof(home.path(), &["simulate", "shop.yaml", "--set", "seed"]).assert().code(2);
    spof(home.path(), &["simulate", "shop.yaml", "./shop.yaml"]).assert().code(2);
}

#[test]
fn what_is_no_option_is_answered_with_what_to_write() {
    let home = home();
    for (words, told) in [
        (&["simulate", "shop.yaml", "--duration", "5m"][..], "'--set run.duration=5m'"),
        (&["check", "shop.yaml", "--counter.servers=8"], "'--set counter.servers=8'"),
        (&["simulate", "shop.yaml", "--threads", "0"], "0 is not in 1..=1024"),
        (&["sweep", "shop.yaml", "--vary", "counter.servers=1-8"], "a range has two dots: 1..8"),
        (&["sweep", "shop.yaml", "--vary", "counter.servers=one,two"], "--> --vary:1:17"),
        (
            &["sweep", "shop.yaml", "--vary", "counter.servers=1,2", "--set", "visitors.retries=no"],
            "--> --set:1:18",
        ),
    ] {
        let output = spof(home.path(), words).output().unwrap();
        let shown = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.code() == Some(2) && shown.contains(told), "{words:?}: {shown}");
    }
}

#[test]
fn formats_go_by_the_tools_that_read_them_too() {
    let home = home();
    spof(home.path(), &["simulate", "shop.yaml", "--quiet", "--no-charts", "--no-report"]).assert().success();
    for format in ["openmetrics", "prometheus"] {
        let text = stdout(&mut spof(home.path(), &["export", "output/shop", "--to", format, "--out", "-"]));
        assert!(text.ends_with("# EOF\n"), "{format}");
    }
}

#[test]
fn unreadable_and_unwritable_files_are_exit_code_3() {
    let home = home();
    spof(home.path(), &["simulate", "nowhere.yaml"]).assert().code(3);
    spof(home.path(), &["check", "nowhere.yaml"]).assert().code(3);
    for (named, hint) in [
        ("shopp.yaml", "did you mean shop.yaml?"),
        ("nowhere.toml", "`spof new FILE` writes a scenario"),
        (".", "name a scenario file in it"),
        ("-", "/dev/stdin"),
    ] {
        let told = stderr(&mut spof(home.path(), &["check", named]));
        assert!(told.contains(hint), "{told}");
    }
    fs::write(home.path().join("file"), "").unwrap();
    let told = stderr(&mut spof(home.path(), &["simulate", "shop.yaml", "--out", "file"]));
    assert!(told.contains("a file is in the way"), "{told}");
    let told = stderr(&mut spof(home.path(), &["simulate", "shop.yaml", "--out", "file/deep"]));
    assert!(told.contains("cannot create the folder file/deep"), "{told}");
    spof(home.path(), &["simulate", "shop.yaml", "--out", "file/deep"]).assert().code(3);
}

#[test]
fn a_folder_with_other_files_is_refused_without_force() {
    let home = home();
    let told = stderr(&mut spof(home.path(), &["simulate", "shop.yaml", "--out", "."]));
    assert!(told.contains("shop.yaml") && told.contains("--force"), "{told}");
    spof(home.path(), &["simulate", "shop.yaml", "--out", "."]).assert().code(2);
    assert_eq!(files_in(home.path()), ["shop.yaml"]);
    spof(home.path(), &["simulate", "shop.yaml", "--out", ".", "--force"]).assert().success();
    spof(home.path(), &["simulate", "shop.yaml", "--out", "new"]).assert().success();
    spof(home.path(), &["simulate", "shop.yaml", "--out", "new"]).assert().success();
}

#[cfg(unix)]
#[test]
fn a_broken_pipe_is_silent() {
    let home = home();
    for arguments in [&["simulate", "shop.yaml", "--json"][..], &["completions", "bash"], &["man"]] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = std::process::Command::new(assert_cmd::cargo::cargo_bin("spof"))
            .current_dir(home.path())
            .args(arguments)
            .stdout(writer)
            .output()
            .unwrap();
        assert!(output.status.success(), "{arguments:?}");
        assert!(output.stderr.is_empty(), "{arguments:?}");
    }
}

#[test]
fn a_starter_is_written_once_checks_and_runs() {
    let home = tempfile::tempdir().unwrap();
    spof(home.path(), &["new"]).assert().success();
    spof(home.path(), &["new"]).assert().code(2);
    spof(home.path(), &["new", "--force"]).assert().success();
    spof(home.path(), &["check", "scenario.yaml"]).assert().success();
    let printed = stdout(&mut spof(home.path(), &["new", "-"]));
    assert_eq!(printed, fs::read_to_string(home.path().join("scenario.yaml")).unwrap());
}

#[test]
fn the_manual_and_the_completions_know_every_command() {
    let home = tempfile::tempdir().unwrap();
    spof(home.path(), &["man", "--out", "man"]).assert().success();
    let pages = files_in(&home.path().join("man"));
    for command in ["simulate", "check", "explain", "new", "schema", "completions", "man"] {
        assert!(pages.contains(&format!("spof-{command}.1")), "{pages:?}");
        for shell in ["bash", "zsh", "fish"] {
            assert!(stdout(&mut spof(home.path(), &["completions", shell])).contains(command));
        }
    }
    let schema = stdout(&mut spof(home.path(), &["schema"]));
    serde_json::from_str::<serde_json::Value>(&schema).unwrap();
}

#[cfg(unix)]
#[test]
fn ctrl_c_stops_the_run_and_writes_what_there_is() {
    use std::time::Duration;
    let home = home();
    let child = std::process::Command::new(assert_cmd::cargo::cargo_bin("spof"))
        .current_dir(home.path())
        .args(["simulate", "shop.yaml", "--rows", "none", "--set", "run.duration=10000d"])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    // It watches for Ctrl-C before it makes the folder.
    while !home.path().join("output/shop").exists() {
        std::thread::sleep(Duration::from_millis(10));
    }
    std::thread::sleep(Duration::from_millis(200));
    let process = child.id().to_string();
    std::process::Command::new("kill").args(["-INT", &process]).status().unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130));
    let (text, told) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(text.contains("The run was stopped after"), "{text}");
    assert!(told.contains("Stopped. What there was is in output/shop"), "{told}");
    let summary = fs::read_to_string(home.path().join("output/shop/summary.json")).unwrap();
    assert!(summary.contains("\"stopped\": \"by the user\""));
}

#[test]
fn a_journey_is_told_in_a_pipe_without_colours_and_as_data() {
    let home = home();
    let text = stdout(&mut spof(home.path(), &["explain", "shop.yaml", "order"]));
    for part in ["What happens to a request `order`", "counter serves it", "settings in force"] {
        assert!(text.contains(part), "{part} is missing in {text}");
    }
    assert!(!text.contains('\u{1b}') && !text.contains('█'), "{text}");
    let json = stdout(&mut spof(home.path(), &["explain", "shop.yaml", "--json"]));
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["journey"]["expected_ms"], 20.0);

    let mut command = spof(home.path(), &["explain", "shop.yaml", "ordre"]);
    assert!(stderr(&mut command).contains("did you mean `order`?"));
    command.assert().code(2);
    assert!(!home.path().join("output").exists(), "explaining leaves nothing behind");
}

const LOST_CACHE: &str = "
name: A shop behind a cache
run: { duration: 6m, warmup: 2m, seed: 3 }
nodes:
  visitors: { kind: user, arrivals: 60/s, timeout: 10s }
  cache: { kind: cache, objects: 300, zipf: 0.5, capacity: 300 }
  origin: { kind: station, servers: 4 }
requests:
  page: { path: [ cache: 1ms, origin: exp(60ms) ] }
timeline:
  - { at: 3m, fail: cache, for: 1s }
";

#[test]
fn slow_requests_of_a_lost_cache_are_put_down_to_it() {
    let home = tempfile::tempdir().unwrap();
    fs::write(home.path().join("shop.yaml"), LOST_CACHE).unwrap();
    spof(home.path(), &["simulate", "shop.yaml", "--no-charts", "--quiet"]).assert().success();
    let summary = fs::read_to_string(home.path().join("output/shop/summary.json")).unwrap();
    let summary: serde_json::Value = serde_json::from_str(&summary).unwrap();
    let parts = summary["tail"]["parts"].as_array().unwrap();
    let share = |part: &serde_json::Value| part["share"].as_f64().unwrap();
    assert!((parts.iter().map(share).sum::<f64>() - 1.0).abs() < 1e-9);
    let cold = parts.iter().filter(|part| part["cause"] == "cold_cache");
    assert!(cold.clone().all(|part| part["place"] == "cache"));
    assert!(cold.map(share).sum::<f64>() > 0.9, "{parts:?}");
    let told = stdout(&mut spof(home.path(), &["explain", "output/shop", "--slowest", "3"]));
    assert!(told.contains("cold cache at cache"), "{told}");
    let report = fs::read_to_string(home.path().join("output/shop/report.html")).unwrap();
    assert!(report.contains("cold cache"));
}
