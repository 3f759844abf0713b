//! The whole engine, per event: known scenarios, more and more requests in flight, more
//! and more nodes, and more and more of them that fail.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use spof::engine::{Options, Simulation};
use spof::kernel::time::{HOUR, NEVER};
use spof::plan;
use spof::results::row::RowSampling;
use spof::scenario::load::{load, load_text};
use spof::scenario::model::{RunEnd, Scenario, Warmup};
use std::path::Path;
use std::time::Duration;

/// Events in one measured round.
const ROUND: u64 = 50_000;

fn from_file(name: &str) -> Scenario {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios").join(name);
    load(&path, &[]).expect("it can be read").scenario.expect("it has no errors")
}

fn from_text(text: &str) -> Scenario {
    let loaded = load_text("bench.yaml", text, &[]);
    let shown = loaded.render(false);
    loaded.scenario.unwrap_or_else(|| panic!("{shown}"))
}

/// Lets the scenario run in, and then measures it going on and on.
fn measure(criterion: &mut Criterion, group: &str, name: &str, mut scenario: Scenario, run_in: u64) {
    scenario.run.end = RunEnd::After(1_000_000 * HOUR);
    scenario.run.warmup = Warmup::After(0);
    scenario.run.bucket = None;
    let plan = plan::compile(&scenario);
    let mut simulation = Simulation::new(&plan, Options { seed: 1, replication: 0, rows: RowSampling::None });
    simulation.advance(NEVER, run_in);
    let mut group = criterion.benchmark_group(group);
    group.throughput(Throughput::Elements(ROUND));
    group.bench_function(BenchmarkId::from_parameter(name), |bencher| {
        bencher.iter(|| simulation.advance(NEVER, ROUND));
    });
    group.finish();
}

fn scenarios(criterion: &mut Criterion) {
    for name in ["theory/mm1", "theory/three-tier", "one-server", "one-server-https"] {
        measure(criterion, "scenario", name, from_file(&format!("{name}.yaml")), 100_000);
    }
}

fn in_flight(criterion: &mut Criterion) {
    for requests in [10, 1_000, 100_000, 1_000_000_u64] {
        let text = format!(
            "
nodes:
  clients: {{ kind: user, arrivals: {requests}/s }}
  station: {{ kind: station, servers: unlimited }}
requests:
  job: {{ path: [ station: lognormal(mean 1s, cv 2) ] }}
"
        );
        measure(criterion, "in flight", &requests.to_string(), from_text(&text), 6 * requests);
    }
}

fn nodes(criterion: &mut Criterion) {
    for count in [10, 1_000, 100_000] {
        let mut text = String::from("nodes:\n  clients: { kind: user, arrivals: 500/s }\n");
        let mut members = String::new();
        for number in 0..count {
            text.push_str(&format!("  s{number}: {{ kind: station }}\n"));
            members.push_str(&format!("{}s{number}", if number > 0 { ", " } else { "" }));
        }
        text.push_str(&format!("groups:\n  all: {{ members: [ {members} ], balance: random }}\n"));
        text.push_str("requests:\n  job: { path: [ all: exp(10ms) ] }\n");
        measure(criterion, "nodes", &count.to_string(), from_text(&text), 300_000);
    }
}

/// A balancer with more and more replicas behind it, of which some are always down.
fn failing(criterion: &mut Criterion) {
    for replicas in [10, 1_000, 100_000] {
        let text = format!(
            "
nodes:
  clients: {{ kind: user, arrivals: 500/s }}
  lb: {{ kind: load_balancer, balance: random }}
  app: {{ kind: station, servers: 4, replicas: {replicas}, mtbf: 10h, mttr: 6m, boot: 0s }}
requests:
  job: {{ path: [ lb: 0ms, app: exp(10ms) ] }}
"
        );
        measure(criterion, "failing", &replicas.to_string(), from_text(&text), 300_000);
    }
}

fn short() -> Criterion {
    Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_secs(1))
}

criterion_group! { name = engine; config = short(); targets = scenarios, in_flight, nodes, failing }
criterion_main!(engine);
