//! What it costs to write every request to `latency.csv`, per row: the text alone, and
//! the whole run with rows beside the same run without.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use spof::engine::{Advance, Options, Simulation};
use spof::kernel::time::NEVER;
use spof::output::latency_csv::LatencyCsv;
use spof::plan;
use spof::results::row::RowSampling;
use spof::scenario::load::load;
use spof::scenario::model::{RunEnd, Scenario};
use std::path::Path;
use std::time::Duration;

const REQUESTS: u64 = 50_000;

fn one_server() -> Scenario {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/one-server.yaml");
    let mut scenario = load(&path, &[]).expect("it can be read").scenario.expect("it has no errors");
    scenario.run.end = RunEnd::Requests(REQUESTS);
    scenario
}

fn run(scenario: &Scenario, rows: RowSampling) -> u64 {
    let plan = plan::compile(scenario);
    let mut simulation = Simulation::new(&plan, Options { seed: 1, replication: 0, rows });
    let mut file = LatencyCsv::new(std::io::sink(), scenario);
    loop {
        let advance = simulation.advance(NEVER, u64::MAX);
        file.write(simulation.rows()).expect("a sink takes everything");
        simulation.clear_rows();
        if matches!(advance, Advance::Ended) {
            return simulation.finish(false).ended;
        }
    }
}

fn text_of_rows(criterion: &mut Criterion) {
    let scenario = one_server();
    let plan = plan::compile(&scenario);
    let options = Options { seed: 1, replication: 0, rows: RowSampling::All };
    let mut simulation = Simulation::new(&plan, options);
    while !matches!(simulation.advance(NEVER, u64::MAX), Advance::RowsFull) {}
    let mut file = LatencyCsv::new(std::io::sink(), &scenario);
    let mut group = criterion.benchmark_group("latency.csv");
    group.throughput(Throughput::Elements(simulation.rows().rows.len() as u64));
    group.bench_function("text", |bencher| bencher.iter(|| file.write(simulation.rows()).is_ok()));
    group.finish();
}

fn runs(criterion: &mut Criterion) {
    let scenario = one_server();
    let mut group = criterion.benchmark_group("latency.csv");
    group.throughput(Throughput::Elements(REQUESTS));
    group.bench_function("run without rows", |bencher| bencher.iter(|| run(&scenario, RowSampling::None)));
    group.bench_function("run with all rows", |bencher| bencher.iter(|| run(&scenario, RowSampling::All)));
    group.finish();
}

fn short() -> Criterion {
    Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_secs(2))
}

criterion_group! { name = csv; config = short(); targets = text_of_rows, runs }
criterion_main!(csv);
