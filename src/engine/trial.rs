//! What the tests of the engine share: a scenario's text, run to its end.

use super::{Advance, Options, Simulation};
use crate::kernel::time::NEVER;
use crate::plan::{Plan, compile};
use crate::results::RunResults;
use crate::results::row::RowSampling;
use crate::scenario::load::load_text;

/// The plan of a good scenario.
pub fn plan_of(text: &str) -> Plan {
    let loaded = load_text("test.yaml", text, &[]);
    let shown = loaded.render(false);
    compile(&loaded.scenario.unwrap_or_else(|| panic!("{shown}")))
}

/// From start to end, without rows.
pub fn run(plan: &Plan) -> RunResults {
    let mut simulation = Simulation::new(plan, Options { seed: 1, replication: 0, rows: RowSampling::None });
    while simulation.advance(NEVER, 1 << 20) != Advance::Ended {}
    simulation.finish(false)
}

/// All that is said of a scenario.
pub fn told_of(text: &str) -> String {
    load_text("test.yaml", text, &[]).render(false)
}
