//! Once a peak of requests in flight has been reached, a run allocates nothing, and what
//! it holds does not grow with the number of requests.
//!
//! All of it is one test: another one beside it would allocate meanwhile.

use spof::engine::{Options, Simulation};
use spof::kernel::time::NEVER;
use spof::plan;
use spof::results::row::RowSampling;
use spof::scenario::load::{load, load_text};
use spof::scenario::model::{RunEnd, Scenario, Warmup};
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};
use std::alloc::System;
use std::path::Path;

#[global_allocator]
static COUNTING: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// Thousands of clients, so that the agenda lays its ladder.
const POPULATION: &str = "
nodes:
  clients: { kind: user, population: 4000, think: \"lognormal(mean 2s, cv 2)\", timeout: 5s }
  host:    { kind: server, cores: 8 }
  nginx:   { kind: web_server, on: host, connections: 10000 }
  app:     { kind: app_server, on: host, workers: 50, software: uwsgi }
  desk:    { kind: station, servers: 4, patience: exp(300ms), hands_over: false }
requests:
  page: { path: [ nginx: 0.1ms, app: exp(3ms), { desk: { wait: exp(5ms), chance: 30%, optional: true } } ] }
";

fn from_file(name: &str) -> Scenario {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios").join(name);
    load(&path, &[]).expect("it can be read").scenario.expect("it has no errors")
}

fn population() -> Scenario {
    let loaded = load_text("population.yaml", POPULATION, &[]);
    let shown = loaded.render(false);
    loaded.scenario.unwrap_or_else(|| panic!("{shown}"))
}

/// Allocations so far, with those that were made larger, and bytes held.
fn memory() -> (usize, usize) {
    let stats = COUNTING.stats();
    (stats.allocations + stats.reallocations, stats.bytes_allocated - stats.bytes_deallocated)
}

#[test]
fn a_run_past_its_peak_allocates_nothing() {
    let cases = [
        ("one-server", from_file("one-server.yaml")),
        ("three-tier", from_file("theory/three-tier.yaml")),
        ("M/M/1", from_file("theory/mm1.yaml")),
        ("population", population()),
    ];
    for (name, mut scenario) in cases {
        // Buckets fit a run of this length, so that none are joined meanwhile.
        scenario.run.end = RunEnd::Requests(4_000_000);
        scenario.run.warmup = Warmup::Requests(1_000);
        let plan = plan::compile(&scenario);
        let options = Options { seed: 1, replication: 0, rows: RowSampling::None };
        let mut simulation = Simulation::new(&plan, options);
        simulation.advance(NEVER, 2_000_000);
        let (requests, before) = (simulation.ended_requests(), memory());
        simulation.advance(NEVER, 1_000_000);
        let after = memory();
        assert!(simulation.ended_requests() > requests + 20_000, "{name} has come to an end");
        assert_eq!(after.0 - before.0, 0, "{name}: allocations in the loop");
        assert_eq!(after.1, before.1, "{name}: bytes held");
        // A peak in flight that was never seen before may take a little more.
        simulation.advance(NEVER, 4_000_000);
        let later = memory();
        let grown = later.1.saturating_sub(after.1);
        assert!(grown < 64 << 10, "{name}: {grown} bytes more in a run three times as long");
    }
}
