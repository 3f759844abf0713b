//! `spof compare`, as a user meets it.

#[path = "support/command_line.rs"]
mod command_line;

use assert_cmd::Command;
use command_line::spof;
use serde_json::Value;
use std::fs;
use std::path::Path;

const QUEUE: &str = "
name: A queue
run: { requests: 3000, warmup: 300 requests, seed: 5 }
nodes:
  users: { kind: user, arrivals: 50/s }
  web:   { kind: station, cost: 73/month }
requests:
  page:  { share: 70%, path: [ web: exp(10ms) ] }
  asset: { share: 30%, path: [ web: exp(5ms) ] }
";

const FASTER: &str = "faster: requests.page.path.0.web=exp(9ms); nodes.web.cost=146/month";
const ALIKE: &str = "alike: nodes.users.clients=900";

fn home() -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    fs::write(home.path().join("queue.yaml"), QUEUE).unwrap();
    fs::write(home.path().join("other.yaml"), QUEUE.replace("asset", "image").replace("9ms", "8ms")).unwrap();
    home
}

/// What is told, in one line.
fn told(output: &[u8]) -> String {
    String::from_utf8_lossy(output).split_whitespace().collect::<Vec<_>>().join(" ")
}

fn compare(home: &Path, arguments: &[&str]) -> Command {
    spof(home, &[&["compare"], arguments].concat())
}

fn json(path: &Path) -> Value {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

fn figure<'v>(comparison: &'v Value, name: &str) -> &'v Value {
    let figures = comparison["figures"].as_array().unwrap();
    figures.iter().find(|figure| figure["name"] == name).unwrap_or_else(|| panic!("{name}"))
}

#[test]
fn files_are_the_same_to_the_byte_on_any_number_of_threads() {
    let home = home();
    for threads in ["1", "2", "7"] {
        let arguments =
            ["queue.yaml", "--variant", FASTER, "--replications", "9", "--out", threads, "--quiet"];
        compare(home.path(), &arguments).args(["--threads", threads]).assert().success().stdout("");
    }
    let mut names: Vec<String> = fs::read_dir(home.path().join("1"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(
        names,
        [
            "compare-availability.svg",
            "compare-differences.svg",
            "compare-latency.svg",
            "compare-timeline.svg",
            "compare.csv",
            "compare.json",
            "report.html"
        ]
    );
    for name in names {
        let read = |threads: &str| fs::read(home.path().join(threads).join(&name)).unwrap();
        assert!(read("1") == read("2") && read("1") == read("7"), "{name}");
    }
}

#[test]
fn a_variant_is_told_from_the_file_as_it_stands() {
    let home = home();
    let arguments = ["queue.yaml", "--variant", FASTER, "--measure", "web utilisation"];
    let output = compare(home.path(), &arguments).output().unwrap();
    let told = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0), "{told}");
    let line = |start: &str| {
        let found = told.lines().find(|line| line.trim_start().starts_with(start));
        found.unwrap_or_else(|| panic!("{start} in {told}")).to_owned()
    };
    assert!(line("mean ").contains("better") && line("p99 ").contains("better"), "{told}");
    let cost = line("cost ").split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(cost, "cost 73.0/month 146/month +73.0/month +100 % worse");
    assert!(line("errors ").contains("the same in every run"), "{told}");
    assert!(line("web utilisation").contains("lower"), "{told}");
    assert!(!told.contains("page mean"), "{told}");
    let whole = self::told(told.as_bytes());
    assert!(whole.starts_with("With `faster` it is better: in p99 ("), "{told}");
    assert!(
        whole.contains(", mean and p50; but worse in cost (146/month instead of 73.0/month, +73.0/month)"),
        "{told}"
    );
    assert!(told.contains("Without common chance it would have taken"), "{told}");
    assert!(told.lines().all(|line| line.chars().count() <= 100), "{told}");

    let comparison = json(&home.path().join("output/compare-queue/compare.json"));
    assert_eq!(comparison["replications"], 20);
    assert_eq!(comparison["variants"][1]["settings"][1], "nodes.web.cost=146/month");
    let mean = &figure(&comparison, "page mean")["differences"][0];
    assert_eq!(mean["verdict"], "better");
    let (value, half_width) = (mean["value"].as_f64().unwrap(), mean["half_width"].as_f64().unwrap());
    assert!(mean["pairing_gain"].as_f64().unwrap() > 2.0, "{mean}");

    // The table has the pairs from which this comes.
    let mut table = csv::Reader::from_path(home.path().join("output/compare-queue/compare.csv")).unwrap();
    let place = table.headers().unwrap().iter().position(|name| name == "page mean_ms").unwrap();
    let rows: Vec<csv::StringRecord> = table.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 40);
    assert_eq!(rows[3].iter().take(2).collect::<Vec<_>>(), ["1", "faster"]);
    let mean_ms = |row: &csv::StringRecord| row[place].parse::<f64>().unwrap();
    let differences: Vec<f64> = rows.chunks(2).map(|pair| mean_ms(&pair[1]) - mean_ms(&pair[0])).collect();
    let mean = differences.iter().sum::<f64>() / 20.0;
    let squares: f64 = differences.iter().map(|difference| (difference - mean).powi(2)).sum();
    assert!((mean / value - 1.0).abs() < 1e-3, "{mean} and {value}");
    // t is 2.093 for 19 degrees of freedom.
    assert!((2.093 * (squares / 19.0 / 20.0).sqrt() / half_width - 1.0).abs() < 1e-3, "{half_width}");
}

#[test]
fn several_files_are_held_against_the_first() {
    let home = home();
    fs::write(home.path().join("third.yaml"), QUEUE.replace("A queue", "Slow").replace("10ms", "12ms"))
        .unwrap();
    let arguments =
        ["queue.yaml", "other.yaml", "third.yaml", "--replications", "6", "--json", "--no-charts"];
    let output = compare(home.path(), &arguments).output().unwrap();
    assert!(output.status.success());
    let comparison: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(output.stdout, fs::read(home.path().join("output/compare-queue/compare.json")).unwrap());
    let names: Vec<&str> =
        comparison["variants"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["queue", "other", "third"], "two have the same name, so that files tell them apart");
    assert_eq!(comparison["level_of_each"], 0.975);
    assert_eq!(figure(&comparison, "mean")["differences"][1]["verdict"], "worse");
    let has = |class: &str| comparison["figures"].as_array().unwrap().iter().any(|one| one["class"] == class);
    assert!(has("page") && !has("asset"), "classes that all have");
    assert!(
        comparison["notices"][0].as_str().unwrap().contains("request classes are not those of queue: other.")
    );
    assert!(!home.path().join("output/compare-queue/compare-latency.svg").exists());
}

#[test]
fn what_cannot_be_told_says_how_many_would() {
    let home = home();
    let with = |more: &[&str]| {
        let arguments = [
            &["queue.yaml", "--variant", ALIKE, "--variant", "near: requests.asset.path.0.web=exp(5.01ms)"],
            more,
        ];
        compare(home.path(), &arguments.concat()).output().unwrap()
    };
    let output = with(&["--replications", "3"]);
    let told_few = told(&output.stdout);
    assert!(told_few.contains("cannot tell") || told_few.contains("at most"), "{told_few}");
    assert!(told_few.contains("each by itself in 97.5 (Bonferroni)"), "{told_few}");
    assert!(
        told_few.contains("With `alike` it is no different: availability, p99, cost, mean and 3 more"),
        "{told_few}"
    );
    let output = with(&["--until", "mean ±1%, availability ±0.1%"]);
    let enough = told(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{enough}");
    assert!(
        enough.contains("✔ mean ±1% of near") && enough.contains("as many as the goals need"),
        "{enough}"
    );
    let output = with(&["--until", "p99 ±0.0001%", "--at-most", "21"]);
    let never = told(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{never}");
    assert!(never.contains("(not reached)") && never.contains("all that --at-most allows"), "{never}");
}

#[test]
fn time_that_is_over_leaves_whole_pairs_or_nothing() {
    let home = home();
    let output =
        compare(home.path(), &["queue.yaml", "--variant", FASTER, "--time-limit", "0s"]).output().unwrap();
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{error}");
    assert!(error.contains("not one replication of all of them was done; give them more time"), "{error}");
    let arguments =
        ["queue.yaml", "--variant", FASTER, "--time-limit", "1s", "--replications", "100000", "--quiet"];
    compare(home.path(), &arguments).assert().success();
    let comparison = json(&home.path().join("output/compare-queue/compare.json"));
    let replications = comparison["replications"].as_u64().unwrap();
    assert!((1..100_000).contains(&replications));
    assert_eq!(comparison["stopped"], "then the time limit of 1 s was over");
    let lines =
        fs::read_to_string(home.path().join("output/compare-queue/compare.csv")).unwrap().lines().count();
    assert_eq!(lines as u64, 1 + 2 * replications);
}

#[test]
fn mistakes_are_told() {
    let home = home();
    fs::write(home.path().join("taken"), "").unwrap();
    let nine: Vec<String> =
        (0..8).map(|number| format!("v{number}: nodes.users.arrivals={number}/s")).collect();
    let mut too_many = vec!["queue.yaml"];
    nine.iter().for_each(|variant| too_many.extend(["--variant", variant]));
    for (arguments, told) in [
        (&["queue.yaml"][..], "one scenario alone is compared with nothing"),
        (&[], "required"),
        (&["queue.yaml", "missing.yaml"], "cannot read missing.yaml"),
        (&["queue.yaml", "other.yaml", "--variant", FASTER], "--variant changes the one file that is named"),
        (&["queue.yaml", "--variant", "faster"], "write 'NAME: PATH=VALUE'"),
        (&["queue.yaml", "--variant", "faster:"], "write 'NAME: PATH=VALUE'"),
        (&["queue.yaml", "--variant", ": nodes.users.arrivals=2/s"], "write 'NAME: PATH=VALUE'"),
        (&["queue.yaml", "--variant", "x: nodes.wbe.cost=1/h"], "did you mean `web`?"),
        (&["queue.yaml", "--variant", "x: nodes.web.cost=1"], "in the variant `x`"),
        (&["queue.yaml", "--variant", ALIKE, "--variant", ALIKE], "two are called `alike`"),
        (&["queue.yaml", "--variant", "x: run.seed=2"], "leave run.seed out of the variant `x`"),
        (
            &["queue.yaml", "--variant", FASTER, "--measure", "pag p95"],
            "--measure, in `as it stands`: there is no",
        ),
        (
            &["queue.yaml", "other.yaml", "--measure", "asset p95"],
            "in `other`: there is no request class `asset`",
        ),
        (&["queue.yaml", "--variant", FASTER, "--until", "p99"], "does not say how exactly"),
        (&["queue.yaml", "--variant", FASTER, "--replications", "1"], "1 is not in 2..=100000"),
        (&["queue.yaml", "--variant", FASTER, "--at-most", "5"], "--until <GOALS>"),
        (&["queue.yaml", "--variant", FASTER, "--out", "taken"], "cannot write to taken"),
        (&too_many, "at most 8 can be compared at once, and these are 9"),
    ] {
        let output = compare(home.path(), arguments).output().unwrap();
        let error = String::from_utf8(output.stderr).unwrap();
        assert!(matches!(output.status.code(), Some(2 | 3)), "{error}");
        assert!(error.contains(told), "{arguments:?}: {error}");
        assert!(!home.path().join("output").exists());
    }
}
