//! `spof analyze` against other ways to the same figures: runs of centuries, and going through
//! all states.

#[path = "support/command_line.rs"]
mod command_line;

use command_line::spof;
use proptest::prelude::*;
use proptest::test_runner::Config;
use spof::experiment::{in_parallel, run};
use spof::kernel::table::Id;
use spof::plan::ids::Instance;
use spof::plan::{ChangeTarget, Plan, compile};
use spof::results::ClassRecord;
use spof::scenario::load::load_text;
use spof::scenario::model::Scenario;
use spof::structure::{Ledger, analyze};
use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;

const CENTURIES: &str = "
name: Fifty years
run: { duration: 50y, warmup: none, seed: 1, fidelity: components }
nodes:
  visitors: { kind: user, arrivals: 10/s }
  edge:  { kind: server, boot: 2m, mtbf: 60d, mttr: 1h }
  host:  { kind: server, replicas: 2, mtbf: 6d, mttr: 4h }
  third: { kind: server, mtbf: 90d, mttr: 45m }
  lb:    { kind: load_balancer, on: edge, mtbf: 120d, mttr: 5m }
  app:   { kind: app_server, on: host, replicas: 4, mtbf: 3d, mttr: 3h }
  mysql: { kind: database, on: third, mtbf: 20d, mttr: 6h, standby: { hot: 1, switch_over: 5m, coverage: 90% } }
  files: { kind: storage, mtbf: \"weibull(shape 2, mean 30d)\", mttr: \"lognormal(median 30m, p99 4h)\" }
requests:
  page:  { share: 70%, path: [ { lb: { wait: 1ms, calls: [ { app: { wait: 6ms, calls: [ mysql: 2ms ] } } ] } } ] }
  asset: { share: 30%, path: [ { lb: { wait: 1ms, calls: [ { app: 1ms }, { files: 1ms } ] } } ] }
faults:
  - { name: power, hits: [ host/1, third ], mtbf: 40d, mttr: 2h }
timeline:
  - { at: Sunday 03:00, maintain: app, how: rolling, batch: 2, takes: 2h, every: 7d }
";

fn scenario(text: &str) -> Scenario {
    let loaded = load_text("site.yaml", text, &[]);
    let shown = loaded.render(false);
    loaded.scenario.unwrap_or_else(|| panic!("{shown}\n{text}"))
}

fn ledger(scenario: &Scenario) -> Ledger {
    analyze(scenario, 4).expect("it is small")
}

#[test]
fn two_thousand_years_come_to_the_exact_figures() {
    const RUNS: u64 = 40;
    let scenario = scenario(CENTURIES);
    let (ledger, plan) = (ledger(&scenario), compile(&scenario));
    let unavailable = in_parallel((0..RUNS).collect(), |replication| -> Vec<f64> {
        let results = run(&plan, scenario.run.seed, replication);
        let of_class = |class: &ClassRecord| {
            let good: u64 = class.buckets.iter().map(|bucket| bucket.good).sum();
            let ended: u64 = class.buckets.iter().flat_map(|bucket| bucket.outcomes).sum();
            1.0 - good as f64 / ended as f64
        };
        results.classes.iter().map(of_class).collect()
    });
    for (class, standing) in ledger.classes.iter().enumerate() {
        let values: Vec<f64> = unavailable.iter().map(|run| run[class]).collect();
        let mean = values.iter().sum::<f64>() / RUNS as f64;
        let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
        let error = (squares / (RUNS * (RUNS - 1)) as f64).sqrt();
        let off = (mean - standing.unavailability) / error;
        println!(
            "{}: {} exact, {mean} ± {error} simulated, {off:.2} errors off",
            standing.class, standing.unavailability
        );
        assert!(off.abs() < 3.5, "{}: {off} standard errors off", standing.class);
        assert!(error < 0.02 * mean, "the test would not notice anything");
    }
}

/// A site of stations on servers, of which each takes no time to boot.
#[derive(Clone, Debug)]
struct Site {
    /// For each server its replicas, and whether it breaks.
    servers: Vec<(u32, bool)>,
    /// For each station its server, its replicas, and whether it breaks.
    stations: Vec<(usize, u32, bool)>,
    /// Common causes: which servers and stations they hit.
    causes: Vec<BTreeSet<usize>>,
    /// For each class which stations it needs, and how many of those it asks side by side.
    classes: Vec<(usize, BTreeSet<usize>, usize)>,
}

fn site() -> impl Strategy<Value = Site> {
    let server = (1_u32..=2, any::<bool>());
    let station = (0_usize..3, 1_u32..=2, prop::bool::weighted(0.8));
    let class = (0_usize..4, prop::collection::btree_set(0_usize..4, 1..=3), 1_usize..=3);
    (
        prop::collection::vec(server, 1..=3),
        prop::collection::vec(station, 1..=4),
        prop::collection::vec(prop::collection::btree_set(0_usize..6, 1..=3), 0..=2),
        prop::collection::vec(class, 1..=2),
    )
        .prop_map(|(servers, stations, causes, classes)| Site { servers, stations, causes, classes })
}

/// Whatever breaks has its own times.
fn times(number: usize) -> (f64, f64) {
    (50.0 + 7.0 * number as f64, 10.0 + 3.0 * number as f64)
}

impl Site {
    fn text(&self) -> String {
        let breaks = |number: usize, breaks: bool| {
            let (between, repair) = times(number);
            if breaks { format!(", mtbf: {between}s, mttr: {repair}s") } else { String::new() }
        };
        let mut text = String::from(
            "run: { duration: 1h, fidelity: components }\nnodes:\n  visitors: { kind: user, arrivals: 1/s }\n",
        );
        for (number, (replicas, does)) in self.servers.iter().enumerate() {
            let law = breaks(number, *does);
            writeln!(text, "  n{number}: {{ kind: server, replicas: {replicas}, boot: 0s{law} }}").unwrap();
        }
        for (place, (server, replicas, does)) in self.stations.iter().enumerate() {
            let number = self.servers.len() + place;
            let (server, law) = (server % self.servers.len(), breaks(number, *does));
            writeln!(
                text,
                "  n{number}: {{ kind: station, hands_over: false, on: n{server}, replicas: {replicas}, boot: 0s{law} }}"
            )
            .unwrap();
        }
        text.push_str("requests:\n");
        let station = |number: &usize| format!("n{}", self.servers.len() + number % self.stations.len());
        for (number, (first, others, least)) in self.classes.iter().enumerate() {
            let calls: BTreeSet<String> =
                others.iter().map(|one| format!("{{ {}: 1ms }}", station(one))).collect();
            let least = least.min(&calls.len()).to_owned();
            let calls = Vec::from_iter(calls).join(", ");
            let first = station(first);
            writeln!(
                text,
                "  c{number}: {{ path: [ {{ {first}: 1ms }}, {{ parallel: [ {calls} ], first: {least} }} ] }}"
            )
            .unwrap();
        }
        let all = self.servers.len() + self.stations.len();
        if !self.causes.is_empty() {
            text.push_str("faults:\n");
        }
        for (number, hits) in self.causes.iter().enumerate() {
            let hits: BTreeSet<String> = hits.iter().map(|hit| format!("n{}", hit % all)).collect();
            let (between, repair) = times(all + number);
            let hits = Vec::from_iter(hits).join(", ");
            let name = all + number;
            writeln!(text, "  - {{ name: n{name}, hits: [ {hits} ], mtbf: {between}s, mttr: {repair}s }}")
                .unwrap();
        }
        text
    }
}

/// Which classes fail while these faults are in force.
fn failing(plan: &Plan, in_force: &dyn Fn(usize) -> bool) -> Vec<bool> {
    let struck = |instance: Id<Instance>| {
        let hits = |target: &ChangeTarget| matches!(target, ChangeTarget::Instance(hit) if *hit == instance);
        let faults = plan.random_faults.iter().enumerate();
        faults.into_iter().any(|(number, fault)| in_force(number) && fault.targets.iter().any(hits))
    };
    fails(plan, &struck)
}

/// The same if these instances are struck, each with all that stands on it.
fn fails(plan: &Plan, struck: &dyn Fn(Id<Instance>) -> bool) -> Vec<bool> {
    let is_up = |instance: Id<Instance>| {
        let host = plan.instances[instance].host;
        !(struck(instance) || host.is_some_and(struck))
    };
    plan.structure.iter().map(|need| !need.is_met(&is_up)).collect()
}

proptest! {
    #![proptest_config(Config { cases: 60, failure_persistence: None, ..Config::default() })]

    #[test]
    fn the_figures_are_those_of_all_states(site in site()) {
        let scenario = scenario(&site.text());
        let (ledger, plan) = (ledger(&scenario), compile(&scenario));
        let number = plan.random_faults.len();
        prop_assume!(number <= 13);
        let chance = |fault: usize| {
            let name = plan.random_faults[fault].name.split('/').next().unwrap_or("");
            let (between, repair) = times(name[1..].parse().expect("it ends in a number"));
            repair / (between + repair)
        };
        let chances: Vec<f64> = (0..number).map(chance).collect();
        let mut unavailable = vec![0.0; scenario.classes.len() + 1];
        for state in 0_u32..1 << number {
            let in_force = |fault: usize| state >> fault & 1 == 1;
            let probability: f64 =
                (0..number).map(|fault| if in_force(fault) { chances[fault] } else { 1.0 - chances[fault] }).product();
            let failing = failing(&plan, &in_force);
            let any = failing.iter().any(|fails| *fails);
            for (sum, fails) in unavailable.iter_mut().zip(failing.into_iter().chain([any])) {
                *sum += if fails { probability } else { 0.0 };
            }
        }
        for (exact, standing) in unavailable.iter().zip(ledger.classes.iter().chain([&ledger.any])) {
            let off = (standing.unavailability - exact).abs();
            prop_assert!(off < 1e-12, "{}: {} is not {exact}\n{}", standing.class, standing.unavailability, site.text());
        }
    }

    #[test]
    fn single_points_are_what_is_enough(site in site()) {
        let scenario = scenario(&site.text());
        let (ledger, plan) = (ledger(&scenario), compile(&scenario));
        let mut expected = BTreeSet::new();
        for (number, instance) in plan.instances.entries() {
            let node = &plan.nodes[instance.node];
            let name = if node.replicas > 1 { format!("{}/{}", node.name, instance.replica) } else { node.name.clone() };
            expected.extend(fails(&plan, &|other| other == number).contains(&true).then_some(name));
        }
        for (number, fault) in plan.random_faults.iter().enumerate().filter(|(_, fault)| fault.targets.len() > 1) {
            expected.extend(failing(&plan, &|other| other == number).contains(&true).then_some(fault.name.clone()));
        }
        // Of a common cause that hits a single instance the name tells it apart.
        let is_common = |name: &str| scenario.faults.iter().any(|fault| fault.together && fault.name == name);
        let hits_one = |name: &str| {
            plan.random_faults.iter().any(|fault| fault.name == name && fault.targets.len() == 1)
        };
        // What is enough is what makes a cut set by itself.
        let enough = ledger.single_points.len() + ledger.covered_points.len();
        prop_assert_eq!(enough as u64, ledger.any.cut_sets.count_by_order[0], "{}", site.text());
        let points = ledger.single_points.iter().chain(&ledger.covered_points);
        let found = points.map(|point| point.component.clone());
        let found: BTreeSet<String> = found.filter(|name| !(is_common(name) && hits_one(name))).collect();
        prop_assert_eq!(found, expected, "{}", site.text());
    }
}

#[test]
fn the_command_tells_the_ledger_and_what_is_wrong() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("site.yaml");
    fs::write(&path, CENTURIES).unwrap();
    let output = spof(home.path(), &["analyze", "site.yaml"]).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success() && output.stderr.is_empty());
    for part in ["Fifty years", "single points of failure", "Birnbaum", "minimal cut sets: "] {
        assert!(text.contains(part), "{part} is missing in {text}");
    }
    assert!(!text.contains('\u{1b}'), "colours in a pipe");
    let json = |arguments: &[&str]| -> serde_json::Value {
        let output = spof(home.path(), arguments).output().unwrap();
        serde_json::from_slice(&output.stdout).unwrap()
    };
    let one = json(&["analyze", "site.yaml", "--json"]);
    let two = json(&["analyze", "site.yaml", "--json", "--order", "2", "--set", "nodes.edge.mttr=2h"]);
    assert_eq!(one["any"]["cut_sets"]["count_by_order"].as_array().unwrap().len(), 4);
    assert_eq!(two["any"]["cut_sets"]["count_by_order"].as_array().unwrap().len(), 2);
    let down = |json: &serde_json::Value| json["any"]["down_minutes_per_year"].as_f64().unwrap();
    assert!(down(&two) > down(&one) + 300.0, "an hour more six times a year");
    spof(home.path(), &["analyze", "site.yaml", "--order", "0"]).assert().code(2);
    spof(home.path(), &["analyze", "nowhere.yaml"]).assert().code(3);
    fs::write(&path, "nodes: { a: { kind: station, mtbf: 1d } }").unwrap();
    spof(home.path(), &["analyze", "site.yaml"]).assert().code(2);
}

const RARE: &str = "
run: { duration: 1h, seed: 2 }
nodes:
  visitors: { kind: user, arrivals: 10/s }
  edge: { kind: load_balancer, replicas: 2, mtbf: 120d, mttr: 30m, boot: 0s }
  app:  { kind: station, replicas: 3, mtbf: 30d, mttr: 1h, boot: 0s, hands_over: false }
  disk: { kind: storage, mtbf: 60d, mttr: 2h }
requests:
  page: { share: 90%, path: [ { edge: { wait: 1ms, calls: [ app: 1ms ] } } ] }
  file: { share: 10%, path: [ { edge: { wait: 1ms, calls: [ disk: 1ms ] } } ] }
";

#[test]
fn what_was_reckoned_is_measured_however_rare_it_is() {
    let home = tempfile::tempdir().unwrap();
    fs::write(home.path().join("rare.yaml"), RARE).unwrap();
    let command = |threads: &str| {
        let mut command = spof(home.path(), &["analyze", "rare.yaml", "--simulate", "--json"]);
        command.args(["--threads", threads]).output().unwrap()
    };
    let output = command("1");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.stdout, command("3").stdout, "threads change nothing");
    let ledger: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let classes = ledger["simulated"]["classes"].as_array().unwrap();
    for (class, name) in classes.iter().zip(["page", "file"]) {
        assert_eq!(class["class"], name);
        assert_eq!(class["agrees"], true, "{class}");
        let (exact, width) = (class["exact"].as_f64().unwrap(), class["half_width"].as_f64().unwrap());
        assert!(width < 0.2 * exact, "{class}");
    }
    // Both edges, or all three applications.
    let exact = classes[0]["exact"].as_f64().unwrap();
    assert!((1e-9..1e-6).contains(&exact), "{exact}");
    assert!(classes[0]["variance_gain"].as_f64().unwrap() > 1_000.0, "{}", classes[0]);
    assert!(classes[1]["how"].as_str().unwrap().ends_with("years of failures simulated"));

    let calm = RARE.lines().map(|line| match line.find(", mtbf") {
        Some(place) => format!("{} }}", &line[..place]),
        _ => line.to_owned(),
    });
    fs::write(home.path().join("calm.yaml"), Vec::from_iter(calm).join("\n")).unwrap();
    let refused = spof(home.path(), &["analyze", "calm.yaml", "--simulate"]).output().unwrap();
    assert_eq!(refused.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("nothing to simulate"));
}
