//! `spof export --to csv --table` writes what stands in the run's files, for a reader of CSV
//! from elsewhere.

#[path = "support/command_line.rs"]
mod command_line;

use command_line::spof;
use serde_json::Value;
use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::sync::OnceLock;
use tempfile::TempDir;

const SCENARIO: &str = r#"
name: A shop
run: { duration: 1m, warmup: 5s, seed: 3 }
nodes:
  visitors: { kind: user, arrivals: 60/s, timeout: 2s }
  host:     { kind: server, cores: 2 }
  nginx:    { kind: web_server, on: host }
  app:      { kind: app_server, on: host, workers: 2, replicas: 2 }
requests:
  page:    { share: 70%, path: [ nginx: 0.2ms, app: exp(9ms) ] }
  "a, \"b\"": { share: 30%, path: [ nginx: 0.1ms ] }
timeline:
  - { at: 30s, fail: host, for: 8s }
expect:
  - page p99 < 500ms
"#;

fn run() -> &'static Path {
    static RUN: OnceLock<TempDir> = OnceLock::new();
    let home = RUN.get_or_init(|| {
        let home = tempfile::tempdir().unwrap();
        fs::write(home.path().join("shop.yaml"), SCENARIO).unwrap();
        let simulate = ["simulate", "shop.yaml", "--out", "run", "--quiet", "--no-charts", "--trace", "1%"];
        spof(home.path(), &simulate).assert().success();
        let packed = [
            "simulate",
            "shop.yaml",
            "--out",
            "packed",
            "--quiet",
            "--no-charts",
            "--rows-file",
            "latency.csv.gz",
        ];
        spof(home.path(), &packed).assert().success();
        home
    });
    home.path()
}

fn exported(folder: &str, table: &str, more: &[&str]) -> (Vec<String>, Vec<HashMap<String, String>>) {
    let arguments = ["export", folder, "--to", "csv", "--table", table, "--out", "-"];
    let output = spof(run(), &[&arguments, more].concat()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    read(&output.stdout)
}

fn read(bytes: &[u8]) -> (Vec<String>, Vec<HashMap<String, String>>) {
    let mut reader = csv::Reader::from_reader(bytes);
    let header: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let rows = reader.deserialize().map(|row| row.unwrap()).collect();
    (header, rows)
}

fn json(file: &str) -> Value {
    serde_json::from_str(&fs::read_to_string(run().join("run").join(file)).unwrap()).unwrap()
}

/// Whether a field says what a JSON value does.
fn same(field: &str, value: &Value) -> bool {
    match value {
        Value::Null => field.is_empty(),
        Value::String(text) => field == text,
        Value::Number(number) => field.parse::<f64>().ok() == number.as_f64(),
        Value::Bool(truth) => field == truth.to_string(),
        _ => false,
    }
}

#[test]
fn tables_that_are_files_come_out_as_they_are() {
    let home = run();
    for table in ["latency", "timeline", "histogram", "nodes", "nodes_timeline", "events", "outages"] {
        let file = fs::read(home.join("run").join(format!("{table}.csv"))).unwrap();
        let (known, exported) = (read(&file), exported("run", table, &[]));
        assert!(!known.1.is_empty(), "{table} is empty");
        assert!(known == exported, "{table} differs");
    }
    // Packed rows are the same.
    assert!(exported("packed", "latency", &[]) == exported("run", "latency", &[]));
}

#[test]
fn lists_of_the_json_files_become_lines() {
    let (summary, topology) = (json("summary.json"), json("topology.json"));
    let tables = [
        ("node_figures", &summary["nodes"]),
        ("tail", &summary["tail"]["parts"]),
        ("causes", &summary["availability"]["by_cause"]),
        ("expectations", &summary["expectations"]),
        ("notices", &summary["notices"]),
        ("topology", &topology["nodes"]),
        ("calls", &topology["calls"]),
    ];
    for (table, list) in tables {
        let (_, rows) = exported("run", table, &[]);
        let list = list.as_array().unwrap();
        assert_eq!(rows.len(), list.len(), "{table}");
        for (row, object) in rows.iter().zip(list) {
            for (name, value) in object.as_object().unwrap() {
                match value {
                    Value::Object(figure) => {
                        for (part, value) in figure {
                            let column =
                                if part == "value" { name.clone() } else { format!("{name}_{part}") };
                            assert!(same(&row[&column], value), "{table}: {column} in {row:?}");
                        }
                    }
                    Value::Array(texts) => {
                        let texts: Vec<&str> = texts.iter().map(|text| text.as_str().unwrap()).collect();
                        assert_eq!(row[name], texts.join(";"));
                    }
                    value => assert!(same(&row[name], value), "{table}: {name} in {row:?}"),
                }
            }
        }
    }
}

#[test]
fn classes_have_all_before_each_and_figures_in_order() {
    let (header, rows) = exported("run", "classes", &[]);
    let summary = json("summary.json");
    assert_eq!(header[..2], ["name", "offered"]);
    let names: Vec<&str> = rows.iter().map(|row| row["name"].as_str()).collect();
    assert_eq!(names, ["all", "page", "a, \"b\""]);
    for (row, class) in rows[1..].iter().zip(summary["classes"].as_array().unwrap()) {
        assert!(same(&row["p99_ms"], &class["p99_ms"]["value"]));
        assert!(same(&row["p99_ms_half_width"], &class["p99_ms"]["half_width"]));
        assert!(same(&row["outcomes_ok"], &class["outcomes"]["ok"]));
    }
}

#[test]
fn every_figure_of_the_summary_has_a_line() {
    let (header, rows) = exported("run", "summary", &[]);
    assert_eq!(header, ["figure", "value"]);
    let value = |name: &str| {
        &rows.iter().find(|row| row["figure"] == name).unwrap_or_else(|| panic!("{name}"))["value"]
    };
    let summary = json("summary.json");
    assert!(same(value("total.p99_ms.value"), &summary["total"]["p99_ms"]["value"]));
    assert!(same(value("classes.page.offered"), &summary["classes"][0]["offered"]));
    assert!(same(value("nodes.app.utilisation"), &summary["nodes"][3]["utilisation"]));
    let (_, time_spent) = exported("run", "time_spent", &[]);
    let page = summary["time_spent"][0]["parts"].as_array().unwrap();
    let all = time_spent.iter().filter(|row| row["class"] == "page" && row["of"] == "all");
    assert_eq!(all.clone().count(), page.len());
    for (row, place) in all.zip(page) {
        assert!(same(&row["place"], &place["place"]) && same(&row["mean_ms"], &place["mean_ms"]));
    }
}

#[test]
fn columns_and_classes_are_chosen() {
    let (header, rows) = exported("run", "latency", &["--columns", "latency_ms,class", "--class", "page"]);
    assert_eq!(header, ["latency_ms", "class"]);
    let (_, all) = exported("run", "latency", &[]);
    let pages: Vec<&String> =
        all.iter().filter(|row| row["class"] == "page").map(|row| &row["latency_ms"]).collect();
    assert_eq!(rows.iter().map(|row| &row["latency_ms"]).collect::<Vec<&String>>(), pages);
    let (header, rows) = exported("run", "classes", &["--columns", "name", "--class", "a, \"b\""]);
    assert_eq!((header.len(), rows.len(), rows[0]["name"].as_str()), (1, 1, "a, \"b\""));
    let (header, visits) = exported("run", "visits", &["--columns", "node,length_ms"]);
    assert!(header == ["node", "length_ms"] && !visits.is_empty());
}

#[test]
fn a_table_goes_beside_the_files_of_the_run_and_replaces_none() {
    let home = run();
    let before = fs::read(home.join("run/nodes.csv")).unwrap();
    let output = spof(home, &["export", "run", "--to", "csv", "--table", "nodes"]).output().unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap().trim(), "run/nodes.export.csv");
    assert_eq!(fs::read(home.join("run/nodes.csv")).unwrap(), before);
    assert_eq!(read(&fs::read(home.join("run/nodes.export.csv")).unwrap()), read(&before));
}

#[test]
fn what_is_not_there_is_told_with_what_is() {
    let cases: [(&[&str], &[&str]); 6] = [
        (&["--table", "nonsense"], &["visits", "latency", "outages", "classes", "summary"]),
        (&["--table", "nodes", "--columns", "node,speed"], &["`speed`", "utilisation"]),
        (&["--table", "nodes", "--class", "page"], &["`nodes` is not by class"]),
        (&["--table", "timeline", "--class", "none"], &["no class `none`"]),
        (&["--to", "hgrm", "--table", "nodes"], &["--to"]),
        (&["--columns", "nonsense"], &["`nonsense`", "length_ms"]),
    ];
    for (arguments, told) in cases {
        let before: &[&str] = if arguments[0] == "--to" { &[] } else { &["--to", "csv"] };
        let all = [&["export", "run"], before, arguments, &["--out", "-"]].concat();
        let output = spof(run(), &all).output().unwrap();
        let text = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{text}");
        for part in told {
            assert!(text.contains(part), "{part} is missing in {text}");
        }
    }
}
