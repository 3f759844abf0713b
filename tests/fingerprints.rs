//! Fingerprints of runs: when one changes, what has changed is told, and from where on.
//!
//! They are kept in `tests/fingerprints.txt`. When outcomes change on purpose, write it anew with
//! `UPDATE=1 cargo test --test fingerprints`, and say in the commit what this test said before.

use spof::engine::{Advance, Options, Simulation};
use spof::kernel::time::NEVER;
use spof::plan;
use spof::results::RunResults;
use spof::results::fingerprint::{Fingerprint, Ingredient};
use spof::results::row::{RowSampling, Rows};
use spof::scenario::load::load;
use std::path::Path;

/// Scenarios that between them go everywhere in the engine, each with what makes it short.
const SCENARIOS: [(&str, &[&str]); 9] = [
    ("one-server.yaml", &["run.duration=20s", "run.warmup=2s"]),
    ("gray-failure.yaml", &["run.duration=25s", "run.warmup=2s", "timeline.0.at=8s", "timeline.0.for=9s"]),
    ("retry-storm.yaml", &["run.duration=40s", "run.warmup=2s", "timeline.0.at=8s", "timeline.0.for=9s"]),
    ("course/3-scaled-up.yaml", &["run.duration=10d"]),
    ("theory/three-tier.yaml", &["run.requests=4000", "run.warmup=none"]),
    ("theory/b01-jackson.yaml", &["run.requests=100", "run.warmup=none"]),
    ("year-of-failures.yaml", &["run.duration=60d", "run.warmup=20s", "visitors.arrivals=1/s"]),
    ("theory/e05-lru-cache.yaml", &["run.requests=4000", "run.warmup=none"]),
    (
        "database-failover.yaml",
        &["run.duration=60s", "run.warmup=2s", "timeline.0.at=10s", "timeline.0.for=20s"],
    ),
];

/// A run and all its rows, in the order in which the requests ended.
fn run(name: &str, settings: &[&str], seed: u64) -> (RunResults, Rows) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios").join(name);
    let settings = settings.iter().map(|setting| setting.split_once('=').expect("a path and a value"));
    let settings: Vec<_> = settings.map(|(path, value)| (path.to_string(), value.to_string())).collect();
    let loaded = load(&path, &settings).expect("it can be read");
    let shown = loaded.render(false);
    let plan = plan::compile(&loaded.scenario.unwrap_or_else(|| panic!("{shown}")));
    let mut simulation = Simulation::new(&plan, Options { seed, replication: 0, rows: RowSampling::All });
    let mut all = Rows::default();
    loop {
        let advance = simulation.advance(NEVER, u64::MAX);
        let rows = simulation.rows();
        all.columns = rows.columns;
        all.rows.extend_from_slice(&rows.rows);
        all.times.extend_from_slice(&rows.times);
        simulation.clear_rows();
        if advance == Advance::Ended {
            return (simulation.finish(false), all);
        }
    }
}

fn fingerprint(results: &RunResults, rows: &Rows) -> Fingerprint {
    Fingerprint::of(results, rows, &Ingredient::ALL)
}

/// `one-server: order, starts the same; latencies differ from …`
fn told(name: &str, differences: &[String]) -> String {
    let differs = |ingredient: &Ingredient| {
        differences.iter().any(|difference| difference.starts_with(ingredient.name()))
    };
    let (other, same): (Vec<Ingredient>, Vec<Ingredient>) = Ingredient::ALL.into_iter().partition(differs);
    assert!(!other.is_empty(), "{differences:?}");
    let same: Vec<&str> = same.into_iter().map(Ingredient::name).collect();
    format!("{name}: the same {}; {}", same.join(", "), differences.join("; "))
}

#[test]
fn runs_are_as_they_were() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fingerprints.txt");
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    let (mut written, mut changed) = (String::new(), Vec::new());
    for (file, settings) in SCENARIOS {
        let name = file.trim_end_matches(".yaml");
        let (results, rows) = run(file, settings, 1);
        let fingerprint = fingerprint(&results, &rows);
        let own: Vec<&str> =
            kept.lines().filter_map(|line| line.strip_prefix(name)?.strip_prefix(' ')).collect();
        let differences = fingerprint.differences_from(&own);
        if !differences.is_empty() {
            changed.push(told(name, &differences));
        }
        for line in fingerprint.lines() {
            written.push_str(&format!("{name} {line}\n"));
        }
    }
    if std::env::var_os("UPDATE").is_some() {
        println!("{}", changed.join("\n"));
        std::fs::write(&path, &written).expect("it can be written");
        return;
    }
    assert!(changed.is_empty(), "{}\nif runs were to change, run this with UPDATE=1", changed.join("\n"));
    assert_eq!(kept, written, "what is kept has lines too many");
}

#[test]
fn what_differs_is_told_and_nothing_else() {
    let (file, settings) = SCENARIOS[0];
    let (results, rows) = run(file, settings, 1);
    let before = fingerprint(&results, &rows);
    assert_eq!(before.differences(&before), Vec::<String>::new());
    let lines = before.lines();
    assert_eq!(lines.len(), Ingredient::ALL.len());

    // One answer comes a nanosecond later.
    let mut late = rows.clone();
    let place = late.rows.len() / 2;
    late.rows[place].latency += 1;
    let id = late.rows[place].id;
    let after = fingerprint(&results, &late);
    assert_eq!(after.differences(&before), [format!("latencies differ from request {id} on")]);
    let roughly = after.differences_from(&lines);
    assert_eq!(roughly.len(), 1, "{roughly:?}");
    assert!(roughly[0].starts_with("latencies differ from somewhere between request "), "{roughly:?}");

    // Two change places.
    let mut swapped = rows.clone();
    swapped.rows.swap(7, 8);
    let (one, other) = (rows.columns * 7, rows.columns * 8);
    for column in 0..rows.columns {
        swapped.times.swap(one + column, other + column);
    }
    let after = fingerprint(&results, &swapped);
    assert_eq!(after.differences(&before), ["order differs from end 8 on"]);

    // A bucket counts a visit more.
    let mut counted = results.clone();
    let node = counted.nodes.iter().position(|node| node.buckets[3].visits > 0).expect("somebody comes");
    counted.nodes[node].buckets[3].visits += 1;
    let differences = fingerprint(&counted, &rows).differences(&before);
    assert_eq!(differences.len(), 2, "{differences:?}");
    assert_eq!(differences[0], "counts differ from bucket 4 on");
    assert!(differences[1].starts_with("sums differ: visits "), "{differences:?}");

    // Another seed has hardly anything in common.
    let (results, rows) = run(file, settings, 2);
    let differences = fingerprint(&results, &rows).differences(&before);
    assert!(differences.contains(&"starts differ from request 0 on".to_string()), "{differences:?}");
    let chosen = Fingerprint::of(&results, &rows, &[Ingredient::Incidents]);
    assert_eq!(chosen.lines().len(), 1);
}
