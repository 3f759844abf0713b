//! How fast a scenario runs: the bare engine, without rows and without files.
//!
//! ```text
//! cargo run --release --example speed -- scenarios/theory/mm1.yaml [REQUESTS] [SEED]
//! ```
//!
//! `benches/callgrind/run.sh` and `benches/peers/run.sh` are built on it.

use spof::engine::{Advance, Options, Simulation};
use spof::kernel::time::NEVER;
use spof::plan;
use spof::results::row::RowSampling;
use spof::scenario::load::load;
use spof::scenario::model::{RunEnd, Scenario, Warmup};
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let (file, requests, seed) = (arguments.next(), arguments.next(), arguments.next());
    let number = |text: Option<String>| text.map(|text| text.parse::<u64>());
    let (Some(file), Ok(requests), Ok(seed)) = (file, number(requests).transpose(), number(seed).transpose())
    else {
        eprintln!("usage: speed FILE [REQUESTS] [SEED]");
        return ExitCode::from(2);
    };
    match read(&file) {
        Ok(mut scenario) => {
            if let Some(requests) = requests {
                scenario.run.end = RunEnd::Requests(requests);
                scenario.run.warmup = Warmup::After(0);
            }
            measure(&file, &scenario, seed.unwrap_or(1));
            ExitCode::SUCCESS
        }
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::from(2)
        }
    }
}

fn read(file: &str) -> Result<Scenario, String> {
    let loaded = load(Path::new(file), &[]).map_err(|error| format!("{file}: {error}"))?;
    let shown = loaded.render(false);
    loaded.scenario.ok_or(shown)
}

fn measure(file: &str, scenario: &Scenario, seed: u64) {
    let plan = plan::compile(scenario);
    let options = Options { seed, replication: 0, rows: RowSampling::None };
    let mut simulation = Simulation::new(&plan, options);
    let start = Instant::now();
    while !matches!(simulation.advance(NEVER, u64::MAX), Advance::Ended) {}
    let wall = start.elapsed().as_secs_f64();
    let results = simulation.finish(false);
    let per = |number: u64| wall * 1e9 / number.max(1) as f64;
    println!(
        "scenario={file} requests={} events={} wall_s={wall:.6} request_ns={:.2} event_ns={:.2}",
        results.ended,
        results.events,
        per(results.ended),
        per(results.events),
    );
}
