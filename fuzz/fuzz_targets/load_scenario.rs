//! No text makes the scenario loader panic or hang, and what it accepts can be compiled
//! and run for a while. The scenarios of the repository are the seeds:
//!
//! ```text
//! cargo install cargo-fuzz
//! mkdir -p fuzz/corpus/load_scenario
//! cargo +nightly fuzz run load_scenario fuzz/corpus/load_scenario scenarios
//! ```

#![no_main]

use libfuzzer_sys::fuzz_target;
use spof::engine::{Options, Simulation};
use spof::kernel::time::NEVER;
use spof::plan;
use spof::results::row::RowSampling;
use spof::scenario::load::load_text;

/// Larger scenarios may be right, but take longer than a try should.
const REPLICAS_MOST: u64 = 10_000;
const EVENTS_MOST: u64 = 2_000;

fuzz_target!(|text: &str| {
    for name in ["scenario.yaml", "scenario.toml"] {
        let loaded = load_text(name, text, &[]);
        assert_eq!(loaded.scenario.is_none(), loaded.has_errors());
        loaded.render(true);
        let Some(scenario) = loaded.scenario else { continue };
        let replicas: u64 = scenario.nodes.iter().map(|node| u64::from(node.replicas)).sum();
        if replicas > REPLICAS_MOST {
            continue;
        }
        let plan = plan::compile(&scenario);
        if plan.sources.iter().any(|source| source.clients > 100_000) {
            continue;
        }
        let options = Options { seed: 1, replication: 0, rows: RowSampling::None };
        let mut simulation = Simulation::new(&plan, options);
        simulation.advance(NEVER, EVENTS_MOST);
        simulation.finish(true);
    }
});
