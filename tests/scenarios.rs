//! Every scenario of the repository loads, fits the schema, runs, loses no request, and
//! meets its own expectations.

#[path = "support/command_line.rs"]
mod command_line;

use command_line::spof;
use spof::analysis::summarise::summarise;
use spof::analysis::topology::topology;
use spof::document::problem::{Problem, Problems};
use spof::document::source::Source;
use spof::document::value::{Entry, Value};
use spof::experiment::{in_parallel, run};
use spof::output::record::{Findings, Topology};
use spof::plan::compile;
use spof::results::{RunResults, StopReason};
use spof::scenario::load::load;
use spof::scenario::model::Scenario;
use spof::structure::analyze;
use std::collections::BTreeSet;
use std::fs::{read_dir, read_to_string, remove_dir_all};
use std::path::{Path, PathBuf};
use std::process::Output;

const AS_IT_STANDS: &[(&str, &str)] = &[];
const SHORT: &[(&str, &str)] = &[("run.requests", "20000"), ("run.warmup", "1000 requests")];
const SHORT_NETWORK: &[(&str, &str)] = &[("run.requests", "2000"), ("run.warmup", "100 requests")];

/// Each scenario, with what makes it short enough for a test. The oracle runs those below
/// `theory/` in full.
const SCENARIOS: &[(&str, &[(&str, &str)])] = &[
    ("one-server.yaml", AS_IT_STANDS),
    ("one-server-https.yaml", AS_IT_STANDS),
    ("one-server-php-fpm.yaml", AS_IT_STANDS),
    ("one-server-static-heavy.yaml", AS_IT_STANDS),
    ("one-server-uwsgi.yaml", AS_IT_STANDS),
    ("spof-server-down.yaml", AS_IT_STANDS),
    ("maintenance-restart.yaml", AS_IT_STANDS),
    ("maintenance-rolling.yaml", AS_IT_STANDS),
    ("traffic-surge.yaml", AS_IT_STANDS),
    ("surge-during-reboot.yaml", AS_IT_STANDS),
    ("retry-storm.yaml", AS_IT_STANDS),
    ("retry-budget.yaml", AS_IT_STANDS),
    ("load-shedding.yaml", AS_IT_STANDS),
    ("autoscaling.yaml", AS_IT_STANDS),
    ("same-money-one-large.yaml", AS_IT_STANDS),
    ("same-money-two-small.yaml", AS_IT_STANDS),
    ("gray-failure.yaml", AS_IT_STANDS),
    ("database-failover.yaml", AS_IT_STANDS),
    ("dns-failover.yaml", AS_IT_STANDS),
    ("year-of-failures.yaml", AS_IT_STANDS),
    ("course/0-simple-web-stack.yaml", AS_IT_STANDS),
    ("course/1-distributed.yaml", AS_IT_STANDS),
    ("course/2-secured-and-monitored.yaml", AS_IT_STANDS),
    ("course/3-scaled-up.yaml", AS_IT_STANDS),
    ("theory/mm1.yaml", SHORT),
    ("theory/three-tier.yaml", SHORT),
    // Its expectations are close to the answer, so it takes more requests to meet them.
    ("theory/a01-mm1.yaml", &[("run.requests", "1000000")]),
    ("theory/a02-mm1-busy.yaml", SHORT),
    ("theory/a03-mm2.yaml", SHORT),
    ("theory/a04-mm4.yaml", SHORT),
    ("theory/a06-erlang-b.yaml", SHORT),
    ("theory/a08-mm4-10.yaml", SHORT),
    ("theory/a09-md1.yaml", SHORT),
    ("theory/a10-erlang-service.yaml", SHORT),
    ("theory/a21-mg-infinity.yaml", &[("run.duration", "5m")]),
    ("theory/a22-finite-source.yaml", SHORT),
    ("theory/b01-jackson.yaml", SHORT_NETWORK),
    ("theory/b02-tandem.yaml", SHORT),
    ("theory/b05-closed-network.yaml", SHORT_NETWORK),
    ("theory/b11-one-slow-leaf-of-100.yaml", SHORT_NETWORK),
    ("theory/b11-one-slow-leaf-of-2000.yaml", SHORT_NETWORK),
    ("theory/b11-slowest-of-100.yaml", SHORT_NETWORK),
    ("theory/c01-one-line.yaml", SHORT),
    ("theory/c01-ten-lines.yaml", SHORT),
    ("theory/c05-supermarket.yaml", SHORT),
    ("theory/d01-repairable-server.yaml", &[("run.duration", "100000s")]),
    ("theory/d02-three-servers.yaml", &[("run.duration", "100000s")]),
    ("theory/d06-cold-standby.yaml", AS_IT_STANDS),
    ("theory/d06-hot-pair.yaml", AS_IT_STANDS),
    ("theory/d08-maintenance.yaml", &[("run.duration", "100000s")]),
    ("theory/d11-fifty-thousand-servers.yaml", AS_IT_STANDS),
    ("theory/d14-power-supply.yaml", AS_IT_STANDS),
    ("theory/e01-ttl-cache.yaml", SHORT),
    ("theory/e05-lru-cache.yaml", SHORT),
    ("theory/f01-step-surge.yaml", AS_IT_STANDS),
    ("theory/f05-layered-retries.yaml", SHORT_NETWORK),
    ("theory/f05-retries.yaml", SHORT),
    ("theory/f06-timeout-retry.yaml", SHORT),
    ("theory/f09-autoscaling.yaml", AS_IT_STANDS),
    ("theory/g01-coverage.yaml", AS_IT_STANDS),
];

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// All files that are scenarios by their ending, in the folder and below it.
fn scenario_files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in read_dir(folder).expect("the folder is there") {
        let path = entry.expect("it can be listed").path();
        if path.is_dir() {
            found.extend(scenario_files(&path));
        } else if path
            .extension()
            .is_some_and(|ending| ["yaml", "yml", "toml", "json"].iter().any(|one| ending == *one))
        {
            found.push(path);
        }
    }
    found
}

#[test]
fn every_scenario_is_listed() {
    let home = repository().join("scenarios");
    let mut listed: Vec<PathBuf> = SCENARIOS.iter().map(|(path, _)| home.join(path)).collect();
    let mut found = scenario_files(&home);
    listed.sort();
    found.sort();
    assert_eq!(found, listed, "a scenario is run by this test if it is in its list");
}

#[test]
fn every_scenario_runs_well() {
    let problems = in_parallel(SCENARIOS.to_vec(), |(path, settings)| problems_of(path, settings));
    let problems: Vec<String> = problems.concat();
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

fn problems_of(name: &str, settings: &[(&str, &str)]) -> Vec<String> {
    let path = repository().join("scenarios").join(name);
    let as_it_stands = load(&path, &[]).expect("it can be read");
    // A surge that is too much is what some scenarios are about.
    let is_meant = |problem: &Problem| problem.message.contains("the load goes above");
    if !as_it_stands.problems.iter().all(is_meant) {
        return vec![as_it_stands.render(false)];
    }
    let settings: Vec<(String, String)> =
        settings.iter().map(|&(path, value)| (path.to_owned(), value.to_owned())).collect();
    let loaded = load(&path, &settings).expect("it can be read");
    let Some(scenario) = &loaded.scenario else { return vec![loaded.render(false)] };
    let results = run(&compile(scenario), scenario.run.seed, 0);
    let summary = summarise(scenario, scenario.run.seed, &results);
    let mut problems = Vec::new();
    if !matches!(results.stop, StopReason::Horizon | StopReason::Requests) {
        problems.push(format!("{name} stopped {}", summary.run.stopped));
    }
    if results.ended == 0 || results.offered != results.ended + results.in_flight {
        problems.push(format!(
            "{name}: {} requests came in, {} ended and {} are in flight",
            results.offered, results.ended, results.in_flight
        ));
    }
    problems.extend(single_points_apart(scenario, &results).map(|apart| format!("{name}: {apart}")));
    for expectation in summary.expectations.iter().filter(|expectation| !expectation.holds) {
        problems.push(format!("{name}: {} does not hold: {:?}", expectation.text, expectation.measured));
    }
    problems
}

/// So long they need not be here; in full they take minutes, and other tests look at what comes of them.
const SHORTER: &[(&str, &[(&str, &str)])] = &[
    ("theory/a01-mm1.yaml", SHORT),
    ("theory/d14-power-supply.yaml", &[("run.duration", "600000s")]),
    ("year-of-failures.yaml", &[("run.duration", "60d")]),
];

/// With everything that a run leaves behind if nobody says otherwise: a row for each request, charts,
/// and the report.
#[test]
fn every_scenario_is_simulated_with_the_usual_options() {
    let folder = tempfile::tempdir().expect("a folder");
    let problems = in_parallel(SCENARIOS.to_vec(), |(name, settings)| {
        let shorter = SHORTER.iter().find(|(shorter, _)| *shorter == name);
        let settings = shorter.map_or(settings, |(_, settings)| settings);
        let out = folder.path().join(name.replace(['/', '.'], "-"));
        let file = repository().join("scenarios").join(name);
        let mut words = vec!["simulate".to_owned(), file.display().to_string()];
        words.extend(["--out".to_owned(), out.display().to_string()]);
        words.extend(settings.iter().map(|(path, value)| format!("--set={path}={value}")));
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let output = spof(repository(), &words).output().expect("it runs");
        let problems = what_is_wrong(&output, &out);
        // Rows take much room, and nobody looks at them any more.
        remove_dir_all(&out).expect("it is there");
        problems.map(|problem| format!("{name}: {problem}"))
    });
    let problems: Vec<String> = problems.into_iter().flatten().collect();
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

fn what_is_wrong(output: &Output, out: &Path) -> Option<String> {
    // What a shorter run is expected to show, it need not.
    if !matches!(output.status.code(), Some(0 | 1)) {
        return Some(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    for name in ["latency.csv", "summary.json", "report.html", "timeline.svg", "topology.svg"] {
        if !out.join(name).exists() {
            return Some(format!("there is no {name}"));
        }
    }
    let read = |name: &str| read_to_string(out.join(name)).expect("it is there");
    // A figure that is no number would be read as nothing.
    let summary = serde_json::from_str::<Findings>(&read("summary.json")).err();
    let topology = serde_json::from_str::<Topology>(&read("topology.json")).err();
    summary.or(topology).map(|error| error.to_string())
}

/// The ledger, and what pictures and reports are made of, have one answer to what a single point of
/// failure is.
fn single_points_apart(scenario: &Scenario, results: &RunResults) -> Option<String> {
    let ledger = analyze(scenario, 1).expect("it is not entangled");
    let topology = topology(scenario, results);
    let of_ledger: BTreeSet<(&str, &str, &[String])> = ledger
        .single_points
        .iter()
        .map(|point| (point.component.as_str(), point.kind, point.classes.as_slice()))
        .collect();
    let of_topology: BTreeSet<(&str, &str, &[String])> = topology
        .single_points
        .iter()
        .map(|point| (point.component.as_str(), &*point.kind, point.classes.as_slice()))
        .collect();
    if of_ledger != of_topology {
        return Some(format!("the ledger has {of_ledger:?}, the topology {of_topology:?}"));
    }
    let framed: BTreeSet<(&str, &String)> = topology
        .nodes
        .iter()
        .flat_map(|node| node.single_point_of.iter().map(|class| (node.name.as_str(), class)))
        .collect();
    let of_nodes: BTreeSet<(&str, &String)> = of_ledger
        .iter()
        .filter(|(_, kind, _)| !["fault", "zone", "certificate"].contains(kind))
        .flat_map(|(component, _, classes)| {
            let name = component.split('/').next().unwrap_or(component);
            classes.iter().map(move |class| (name, class))
        })
        .collect();
    (framed != of_nodes).then(|| format!("the ledger has {of_nodes:?}, the nodes {framed:?}"))
}

#[test]
fn every_scenario_fits_the_schema() {
    let schema = read_to_string(repository().join("docs/scenario.schema.json")).expect("it is there");
    let schema: serde_json::Value = serde_json::from_str(&schema).expect("it is JSON");
    let validator = jsonschema::validator_for(&schema).expect("it is a schema");
    for (name, _) in SCENARIOS {
        let text = read_to_string(repository().join("scenarios").join(name)).expect("it is there");
        let root = spof::document::read(&Source::new(*name, text), &Problems::default()).expect("it is YAML");
        let errors: Vec<String> =
            validator.iter_errors(&to_json(&root)).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{name}: {errors:?}");
    }
}

/// As an editor sees it, to which a bare number is no text.
fn to_json(entry: &Entry) -> serde_json::Value {
    match &entry.value {
        Value::Null => serde_json::Value::Null,
        Value::Scalar(text) => match serde_json::from_str(text) {
            Ok(value @ (serde_json::Value::Number(_) | serde_json::Value::Bool(_))) => value,
            _ => text.clone().into(),
        },
        Value::List(entries) => entries.iter().map(to_json).collect(),
        Value::Table(table) => {
            table.fields.iter().map(|field| (field.name.clone(), to_json(&field.entry))).collect()
        }
    }
}
