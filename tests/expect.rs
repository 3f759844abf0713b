//! `spof test`, as a user and a service that runs tests meet it.

#[path = "support/command_line.rs"]
mod command_line;

use assert_cmd::Command;
use command_line::spof;
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::{self, Output};

/// Answers take 20 ms on average: an M/M/1 queue at half of what it can do.
const QUEUE: &str = "name: \"A <queue> & 'more'\"
run: { requests: 3000, warmup: 300 requests, seed: 5 }
nodes:
  users: { kind: user, arrivals: 50/s }
  web:   { kind: station }
requests:
  page: { path: [ web: exp(10ms) ] }
";

/// One of each kind, and two files that are no scenarios.
fn home() -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    fs::create_dir_all(home.path().join("site/deep")).unwrap();
    for (name, more) in [
        ("a.yaml", "expect:\n  - mean < 30ms\n  - web utilisation < 80%\n"),
        ("b.yaml", "expect:\n  - availability > 99%\n\n  - mean < 15ms\n"),
        ("deep/c.yaml", "expect: [ mean < 20ms ]\n"),
        ("d.yaml", ""),
        ("e.yaml", "expect: [ pge p99 < 1s ]\n"),
    ] {
        fs::write(home.path().join("site").join(name), format!("{QUEUE}{more}")).unwrap();
    }
    fs::write(home.path().join("site/compose.yaml"), "services: { web: { image: nginx } }\n").unwrap();
    fs::write(home.path().join("site/list.json"), "[1, 2]").unwrap();
    home
}

fn test(home: &Path, arguments: &[&str]) -> Command {
    let mut command = spof(home, &[&["test"], arguments].concat());
    // This may itself be run by GitHub.
    command.env_remove("GITHUB_ACTIONS").env_remove("GITHUB_WORKSPACE");
    command
}

fn told(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn error(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// The seconds that it took are those of this machine.
fn without_seconds(told: &str) -> String {
    told.rsplit_once(" in ").map_or(told.to_owned(), |(told, _)| told.to_owned())
}

const FEW: [&str; 2] = ["--at-most", "20"];

#[test]
fn a_folder_is_tested_in_the_order_of_names() {
    let home = home();
    let output = test(home.path(), &["site", "--at-most", "20"]).output().unwrap();
    let (told, error) = (told(&output), error(&output));
    assert_eq!(output.status.code(), Some(2), "there is an error: {told}");
    let places: Vec<Option<usize>> =
        ["a.yaml", "b.yaml", "d.yaml", "deep/c.yaml", "e.yaml"].map(|name| told.find(name)).to_vec();
    assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{told}");
    for line in [
        "✔ mean < 30ms",
        "✔ web utilisation < 80%",
        "✔ availability > 99%",
        "✘ mean < 15ms",
        "? mean < 20ms",
        "20 replications, and still undecided",
        "d.yaml  has no `expect`",
        "e.yaml  cannot be tested",
        "failed: 3 passed, 1 failed, 1 undecided, 1 error, 1 scenario without `expect`; 40 replications",
    ] {
        assert!(told.contains(line), "{line}:\n{told}");
    }
    assert!(error.contains("there is no request class `pge`"), "{error}");
    assert!(!told.contains("compose") && !error.contains("compose") && !error.contains("list.json"));
}

#[test]
fn the_exit_code_is_the_worst_that_happened() {
    let home = home();
    for (arguments, code) in [
        (&["site/a.yaml"][..], 0),
        (&["site/b.yaml"], 1),
        (&["site/deep"], 1),
        (&["site/deep", "--undecided", "pass"], 0),
        (&["site/a.yaml", "site/d.yaml"], 0),
        (&["site/d.yaml"], 2),
        (&["site/e.yaml", "site/b.yaml"], 2),
        (&["site/a.yaml", "site/none.yaml"], 3),
    ] {
        let output = test(home.path(), &[arguments, &FEW].concat()).output().unwrap();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {}", error(&output));
    }
}

#[test]
fn verdicts_are_the_same_on_any_number_of_threads() {
    let home = home();
    let on = |threads: &str| {
        let mut command = test(home.path(), &["site", "--json", "--undecided", "pass", "--at-most", "20"]);
        command.args(["--threads", threads]).output().unwrap().stdout
    };
    assert!(on("1") == on("3"));
    let json: Value = serde_json::from_slice(&on("2")).unwrap();
    assert_eq!(json["tally"]["passed"], 3);
    let b = json["files"].as_array().unwrap().iter().find(|file| file["file"] == "site/b.yaml").unwrap();
    let failed = &b["expectations"][1];
    assert_eq!(
        (&failed["verdict"], &failed["line"], &failed["replications"]),
        (&"fail".into(), &11.into(), &10.into())
    );
    let half_width = failed["half_width"].as_f64().unwrap();
    let mean = failed["value"].as_f64().unwrap();
    assert!((mean - 20.0).abs() < 3.0 * half_width && mean - half_width > 15.0, "{failed}");
}

#[test]
fn a_close_call_takes_more_replications_and_none_beyond_the_limit() {
    let home = home();
    let path = home.path().join("site/close.yaml");
    fs::write(&path, format!("{QUEUE}expect: [ mean < 20.2ms ]\n")).unwrap();
    let replications = |more: &[&str]| {
        let output = test(home.path(), &[&["site/close.yaml", "--json"], more].concat()).output().unwrap();
        let json: Value = serde_json::from_slice(&output.stdout).unwrap();
        let file = &json["files"][0];
        (
            file["replications"].as_u64().unwrap(),
            file["expectations"][0]["verdict"].as_str().unwrap().to_owned(),
        )
    };
    let (needed, verdict) = replications(&["--at-most", "640"]);
    assert!(needed > 10 && verdict == "pass", "{needed}: {verdict}");
    let (allowed, verdict) = replications(&["--at-most", "2"]);
    assert_eq!((allowed, verdict.as_str()), (2, "undecided"));
    let (begun, verdict) = replications(&["--time-limit", "1ns"]);
    assert_eq!((begun, verdict.as_str()), (0, "undecided"));
}

#[test]
fn services_find_the_line_of_what_failed() {
    let home = home();
    let remarks = |command: &mut Command| {
        let output = command.output().unwrap();
        let lines = told(&output) + &error(&output);
        lines.lines().filter(|line| line.starts_with("::")).map(str::to_owned).collect::<Vec<_>>()
    };
    let arguments = ["site", "--at-most", "20"];
    let found = remarks(test(home.path(), &arguments).env("GITHUB_ACTIONS", "true"));
    assert_eq!(found.len(), 3, "{found:?}");
    assert!(
        found[0].starts_with("::error file=site/b.yaml,line=11,title=failed%3A mean < 15ms::"),
        "{found:?}"
    );
    assert!(found[1].starts_with("::error file=site/deep/c.yaml,line=8,title=undecided%3A mean < 20ms::"));
    assert!(found[2].starts_with("::error file=site/e.yaml,line=8,title=the scenario is wrong::there is no"));
    let passing = [&arguments[..], &["--undecided", "pass", "--annotations", "github", "--json"]].concat();
    let found = remarks(&mut test(home.path(), &passing));
    assert!(found[1].starts_with("::warning file=site/deep/c.yaml,line=8"), "{found:?}");
    let none = [&arguments[..], &["--annotations", "none"]].concat();
    assert_eq!(remarks(test(home.path(), &none).env("GITHUB_ACTIONS", "true")), [""; 0]);
    // The runner knows files from the root of what it has checked out.
    let mut inside = test(&home.path().join("site"), &["b.yaml", "--annotations", "github"]);
    let root = fs::canonicalize(home.path()).unwrap();
    inside.current_dir(root.join("site"));
    let found = remarks(inside.env("GITHUB_WORKSPACE", &root));
    assert!(found[0].starts_with("::error file=site/b.yaml,line=11"), "{found:?}");
}

/// Python's reader of XML tells what is in the file.
const READER: &str = "
import json, sys, xml.etree.ElementTree as tree
root = tree.parse(sys.argv[1]).getroot()
cases = [{'suite': suite.get('name'), 'name': case.get('name'), 'class': case.get('classname'), 'line': case.get('line'),
          'inside': [child.tag for child in case]} for suite in root for case in suite]
print(json.dumps({'counts': root.attrib, 'suites': [suite.attrib for suite in root], 'cases': cases}))
";

#[test]
fn junit_readers_find_a_case_for_each_expectation() {
    let home = home();
    let arguments = ["site", "--junit", "out/report.xml", "--quiet", "--at-most", "20"];
    let quiet = test(home.path(), &arguments).output().unwrap();
    assert_eq!(told(&quiet), "");
    let mut python = process::Command::new("python3");
    let Ok(output) = python.args(["-c", READER]).arg(home.path().join("out/report.xml")).output() else {
        assert!(std::env::var_os("CI").is_none(), "python3 is missing");
        return eprintln!("python3 is missing, which reads the report");
    };
    let found: Value =
        serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", error(&output)));
    let counts = |key: &str| found["counts"][key].as_str().unwrap().parse::<u64>().unwrap();
    assert_eq!([counts("tests"), counts("failures"), counts("errors"), counts("skipped")], [7, 2, 1, 1]);
    let suites = found["suites"].as_array().unwrap();
    let of_suites =
        |key: &str| -> u64 { suites.iter().map(|s| s[key].as_str().unwrap().parse::<u64>().unwrap()).sum() };
    assert_eq!([of_suites("tests"), of_suites("failures"), of_suites("errors")], [7, 2, 1]);
    let cases = found["cases"].as_array().unwrap();
    let inside: Vec<&str> = cases.iter().map(|case| case["inside"][0].as_str().unwrap_or("")).collect();
    assert_eq!(inside, ["", "", "", "failure", "skipped", "failure", "error"]);
    assert_eq!(cases[3]["name"], "mean < 15ms");
    assert_eq!((&cases[3]["suite"], &cases[3]["line"]), (&"site/b.yaml".into(), &"11".into()));
    assert_eq!(cases[3]["class"], "A <queue> & 'more'");
}

#[test]
fn settings_and_seeds_reach_all_scenarios() {
    let home = home();
    let tested = |more: &[&str]| {
        let output =
            test(home.path(), &[&["site/b.yaml", "--at-most", "20"], more].concat()).output().unwrap();
        (output.status.code(), without_seconds(&told(&output)))
    };
    let (code, plain) = tested(&[]);
    assert_eq!(code, Some(1));
    let (code, faster) = tested(&["--set", "requests.page.path=[web: exp(2ms)]"]);
    assert_eq!(code, Some(0), "{faster}");
    let (_, other) = tested(&["--seed", "6"]);
    assert_ne!(plain, other);
}

#[test]
fn mistakes_are_told() {
    let home = home();
    fs::create_dir(home.path().join("empty")).unwrap();
    for (arguments, code, expected) in [
        (&["empty"][..], 2, "in empty there is no scenario: no file ends in .yaml, .yml, .toml, .json"),
        (&["nowhere"], 3, "cannot read nowhere"),
        (
            &["site/d.yaml"],
            2,
            "nothing was tested: there is no scenario with `expect`; write what is to hold",
        ),
        (&["site/compose.yaml"], 2, "compose.yaml"),
        (&["site", "--at-most", "1"], 2, "1 is not in 2..=1000000"),
        (&["site", "--undecided", "maybe"], 2, "possible values: pass, fail"),
        (&["site", "--annotations", "gitlab"], 2, "possible values: github, none"),
        (&["site", "--time-limit", "soon"], 2, "soon"),
        (&["site/a.yaml", "--junit", "site", "--at-most", "2"], 3, "site"),
        (&[], 2, "<FILE|DIR>"),
    ] {
        let output = test(home.path(), arguments).output().unwrap();
        let told = error(&output);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {told}");
        assert!(told.contains(expected), "{arguments:?}: {told}");
    }
}
