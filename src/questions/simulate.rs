//! What happens? One run of a scenario.

use super::error::Error;
use super::findings::Findings;
use super::rows::RowColumns;
use super::scenario::Scenario;
use crate::engine::{Advance, KeptTrace, Options, Simulation, TraceWishes};
use crate::experiment::tasks::{SLICE_EVENTS, Told, Watcher};
use crate::kernel::time::{NEVER, Time};
use crate::plan::{Plan, compile};
use crate::results::RunResults;
use crate::results::row::{RowSampling, Rows};
use std::io;

/// What is wanted of a run beside its figures. Its chance is the scenario's: `with("run.seed", 7)`.
#[derive(Clone, Copy, Debug)]
pub struct SimulateOptions {
    /// Runs that differ in this number differ in chance alone.
    pub replication: u64,
    /// Of which requests a row is kept.
    pub rows: RowSampling,
}

impl Default for SimulateOptions {
    fn default() -> SimulateOptions {
        SimulateOptions { replication: 0, rows: RowSampling::None }
    }
}

/// What came of a run.
#[derive(Debug)]
pub struct Run {
    /// Figures with their uncertainty, what they mean, and that in words.
    pub findings: Findings,
    /// Sums and counts, by class, node and stretch of time.
    pub results: RunResults,
    /// A row for each request that was asked for, as columns.
    pub rows: Option<RowColumns>,
}

/// Who goes along with a run: takes its rows and the stories of requests as they pass by, and looks
/// at it between two slices.
pub(crate) trait Companion {
    /// Up to where the run may go before the companion wants to look.
    fn until(&self) -> Time {
        NEVER
    }

    fn take_rows(&mut self, _rows: &Rows) -> io::Result<()> {
        Ok(())
    }

    fn take_traces(&mut self, _traces: &[KeptTrace]) -> io::Result<()> {
        Ok(())
    }

    /// The run has been advanced, perhaps to its end. True if it is to stop before that.
    fn looks(&mut self, simulation: &Simulation<&Plan>, advance: Advance) -> bool;
}

/// Runs the scenario from start to end.
pub fn simulate(scenario: &Scenario, options: &SimulateOptions, watcher: &dyn Watcher) -> Result<Run, Error> {
    let model = scenario.model();
    let rows = (options.rows != RowSampling::None).then(|| RowColumns::new(model));
    let mut collecting = Collecting { rows, watcher, told: Told::default() };
    let engine_options =
        Options { seed: scenario.seed(), replication: options.replication, rows: options.rows };
    let plan = compile(model);
    let accompanied = accompanied(&plan, engine_options, TraceWishes::default(), &mut collecting);
    let (results, is_stopped) = accompanied.map_err(|error| Error::NotKept(error.to_string()))?;
    if is_stopped {
        return Err(Error::Stopped);
    }
    watcher.done(1, 1);
    Ok(Run { findings: Findings::of(model, scenario.seed(), &results), results, rows: collecting.rows })
}

/// One run with a companion, and whether that one has stopped it. A sample of its requests is
/// followed, so that it can be told what they wait for.
pub(crate) fn accompanied(
    plan: &Plan,
    options: Options,
    traces: TraceWishes,
    companion: &mut dyn Companion,
) -> io::Result<(RunResults, bool)> {
    let mut simulation = Simulation::new(plan, options);
    simulation.follow_a_sample();
    simulation.keep_traces(traces, options.seed);
    loop {
        let advance = simulation.advance(companion.until(), SLICE_EVENTS);
        companion.take_rows(simulation.rows())?;
        simulation.clear_rows();
        companion.take_traces(&simulation.take_traces())?;
        let is_stopped = companion.looks(&simulation, advance);
        if advance == Advance::Ended || is_stopped {
            companion.take_traces(&simulation.take_chosen_traces())?;
            return Ok((simulation.finish(is_stopped), is_stopped));
        }
    }
}

/// Keeps rows in memory.
struct Collecting<'w> {
    rows: Option<RowColumns>,
    watcher: &'w dyn Watcher,
    told: Told,
}

impl Companion for Collecting<'_> {
    fn take_rows(&mut self, rows: &Rows) -> io::Result<()> {
        if let Some(columns) = &mut self.rows {
            columns.add(rows);
        }
        Ok(())
    }

    fn looks(&mut self, simulation: &Simulation<&Plan>, advance: Advance) -> bool {
        self.told.go_on(simulation, self.watcher);
        advance != Advance::Ended && self.watcher.breaks_off()
    }
}
