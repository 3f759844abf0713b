//! Whole scenarios: those in the repository, one spelling against another, and texts that
//! nobody would write.

use super::load::{Loaded, load, load_text};
use super::reference::reference;
use super::schema::schema;
use super::starter::STARTER;
use crate::document::problem::Problem;
use proptest::prelude::*;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn scenarios() -> Vec<PathBuf> {
    let mut folders = vec![repository().join("scenarios")];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("the folder is there") {
            let path = entry.expect("it can be listed").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "yaml") {
                found.push(path);
            }
        }
    }
    found
}

#[test]
fn the_scenarios_of_the_repository_load_without_a_problem() {
    assert!(scenarios().len() >= 7);
    for path in scenarios() {
        let loaded = load(&path, &[]).expect("it can be read");
        // A surge that is too much is what some scenarios are about.
        let is_meant = |problem: &Problem| problem.message.contains("the load goes above");
        assert!(loaded.problems.iter().all(is_meant), "{}", loaded.render(false));
        assert!(loaded.scenario.is_some());
    }
}

#[test]
fn the_starter_loads_without_a_problem() {
    let loaded = load_text("starter.yaml", STARTER, &[]);
    assert!(loaded.problems.is_empty(), "{}", loaded.render(false));
}

/// With `UPDATE=1` in the environment the file is written anew.
fn keep_equal(path: &str, text: &str) {
    let path = repository().join(path);
    if std::env::var_os("UPDATE").is_some() {
        std::fs::create_dir_all(path.parent().expect("it has a folder")).expect("it can be made");
        std::fs::write(&path, text).expect("it can be written");
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == text, "{} is out of date: run the tests with UPDATE=1", path.display());
}

#[test]
fn the_schema_and_the_reference_are_up_to_date() {
    keep_equal("docs/scenario.schema.json", &schema());
    keep_equal("docs/settings.md", &reference());
}

fn to_json(entry: &crate::document::value::Entry) -> serde_json::Value {
    use crate::document::value::Value;
    match &entry.value {
        Value::Null => serde_json::Value::Null,
        Value::Scalar(text) => serde_json::from_str(text)
            .ok()
            .filter(|value: &serde_json::Value| value.is_number() || value.is_boolean())
            .unwrap_or_else(|| text.clone().into()),
        Value::List(entries) => entries.iter().map(to_json).collect(),
        Value::Table(table) => {
            table.fields.iter().map(|field| (field.name.clone(), to_json(&field.entry))).collect()
        }
    }
}

#[test]
fn the_schema_accepts_the_scenarios() {
    let schema: serde_json::Value = serde_json::from_str(&schema()).expect("it is JSON");
    let validator = jsonschema::validator_for(&schema).expect("it is a schema");
    for path in scenarios() {
        let loaded = load(&path, &[]).expect("it can be read");
        let problems = crate::document::problem::Problems::default();
        let root = crate::document::read(&loaded.source, &problems).expect("it is YAML");
        let errors: Vec<String> =
            validator.iter_errors(&to_json(&root)).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{}: {errors:?}", path.display());
    }
    assert!(!validator.is_valid(&serde_json::json!({ "nodes": {}, "requests": {}, "node": {} })));
}

#[test]
fn yaml_json_and_toml_say_the_same() {
    let yaml = "
name: shop
run: { duration: 2m, seed: 7 }
nodes:
  u: { kind: user, arrivals: 5/s }
  web: { kind: web_server, connections: 100 }
  a: { kind: station, servers: 2 }
links: { u -> web: 2ms }
requests: { page: { path: [ web: 2ms, { a: { wait: exp(3ms), times: 2 } } ] } }
";
    let json = r#"{"name": "shop", "run": {"duration": "2m", "seed": 7},
        "nodes": {"u": {"kind": "user", "arrivals": "5/s"}, "web": {"kind": "web_server", "connections": 100},
                  "a": {"kind": "station", "servers": 2}},
        "links": {"u -> web": "2ms"},
        "requests": {"page": {"path": [{"web": "2ms"}, {"a": {"wait": "exp(3ms)", "times": 2}}]}}}"#;
    let toml = r#"
name = "shop"
run = { duration = "2m", seed = 7 }
[nodes]
u = { kind = "user", arrivals = "5/s" }
web = { kind = "web_server", connections = 1_00 }
a = { kind = "station", servers = 2 }
[links]
"u -> web" = "2ms"
[requests.page]
path = [{ web = "2ms" }, { a = { wait = "exp(3ms)", times = 2 } }]
"#;
    let shown = |name: &str, text: &str| {
        let loaded = load_text(name, text, &[]);
        assert!(loaded.problems.is_empty(), "{}", loaded.render(false));
        format!("{:#?}", loaded.scenario.expect("there are no errors"))
    };
    let expected = shown("a.yaml", yaml);
    assert_eq!(shown("a.json", json), expected);
    assert_eq!(shown("a.toml", toml), expected);
}

#[test]
fn a_yaml_bomb_is_refused() {
    let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..12 {
        let before = vec![format!("*a{}", level - 1); 10].join(", ");
        bomb.push_str(&format!("a{level}: &a{level} [{before}]\n"));
    }
    let loaded = load_text("bomb.yaml", &bomb, &[]);
    assert!(loaded.render(false).contains("values"), "{}", loaded.render(false));
    for deep in ["[".repeat(5_000_000), "{a: ".repeat(100_000), "- ".repeat(100_000)] {
        let loaded = in_time(&deep);
        assert!(loaded.render(false).contains("64 deep"), "{}", loaded.render(false));
    }
    let toml = format!("a = {}", "[".repeat(1_000_000));
    assert!(load_text("bomb.toml", &toml, &[]).has_errors());
}

/// Loads a text that would take for ever if anything grew faster than the text.
fn in_time(text: &str) -> Loaded {
    let start = Instant::now();
    let loaded = load_text("a.yaml", text, &[]);
    assert!(start.elapsed() < Duration::from_secs(40), "it took {:?}", start.elapsed());
    loaded
}

#[test]
fn ten_megabytes_are_read_in_time() {
    let mut nodes = String::from("nodes:\n  u: { kind: user, arrivals: 5/s }\n");
    let mut path = String::from("requests:\n  page:\n    path:\n      - parallel:\n");
    for number in 0..120_000 {
        nodes.push_str(&format!("  station{number}: {{ kind: station, servers: 2, queue: 6 }}\n"));
        path.push_str(&format!("        - station{number}: exp(3ms)\n"));
    }
    let loaded = in_time(&format!("{nodes}{path}"));
    assert!(loaded.scenario.is_some(), "{}", loaded.render(false));
    // The same with every line wrong.
    let wrong =
        format!("{nodes}{path}").replace("servers: 2", "server: 2").replace("- station", "- stattion");
    assert!(in_time(&wrong).has_errors());
    assert!(in_time(&"x: 1\n".repeat(2_000_000)).has_errors());
    assert!(in_time(&"abc ".repeat(2_500_000)).has_errors());
    assert!(in_time(&"?".repeat(10_000_000)).has_errors());
    assert!(in_time(&"\"".repeat(10_000_001)).has_errors());
}

/// Loads a text only to see that it comes to an end, and that its problems can be shown.
fn survive(name: &str, text: &str) {
    let loaded = load_text(name, text, &[]);
    assert_eq!(loaded.scenario.is_none(), loaded.has_errors());
    loaded.render(true);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_text_is_survived(text in any::<String>()) {
        survive("a.yaml", &text);
        survive("a.toml", &text);
    }

    #[test]
    fn text_like_yaml_is_survived(text in "([a-z*&:{}\\[\\], \n\"'|>%!?#0-9-]|: |- |\n  ){0,60}") {
        survive("a.yaml", &text);
    }

    #[test]
    fn a_changed_starter_is_survived(
        at in 0..STARTER.len(), length in 0_usize..40, new in "[a-z0-9:{}\\[\\]., \n%()/*&-]{0,12}",
    ) {
        let at = (0..=at).rev().find(|at| STARTER.is_char_boundary(*at)).unwrap_or(0);
        let end = (at + length).min(STARTER.len());
        let end = (end..=STARTER.len()).find(|end| STARTER.is_char_boundary(*end)).unwrap_or(STARTER.len());
        survive("a.yaml", &format!("{}{new}{}", &STARTER[..at], &STARTER[end..]));
    }

    #[test]
    fn a_changed_value_is_survived(
        path in prop::sample::select(vec![
            "nodes.visitors.arrivals", "nodes.server.cores", "nodes.gunicorn.workers", "nodes.nginx.replicas",
            "run.duration", "run.warmup", "run.bucket", "requests.page.share", "requests.page.path.1.gunicorn",
            "requests.page.path", "nodes.resolver.records", "links.visitors -> server.latency", "nodes.visitors.timeout",
        ]),
        value in "(-|[0-9]{1,20}|NaN|inf|1e400|exp\\(|\\)|x|%|/s|ms|d|\\.| |,|\\[|\\]|none|unlimited){0,6}",
    ) {
        let loaded = load_text("a.yaml", STARTER, &[(path.to_string(), value)]);
        assert_eq!(loaded.scenario.is_none(), loaded.has_errors());
        loaded.render(false);
    }
}
