//! The engine: runs a plan, one event after the other.
//!
//! ```text
//! while the next event comes before the horizon:
//!     take it: a visit goes on with its program until it has to wait
//!     let go on whoever got a slot meanwhile
//! ```
//!
//! A run is a value: [`Simulation::new`], [`Simulation::advance`] as often as one likes,
//! [`Simulation::finish`]. It uses no threads, no files and no wall clock. Once a peak of
//! visits in flight has been reached it allocates nothing.

mod admission;
mod balancing;
#[cfg(test)]
mod balancing_tests;
mod blame;
#[cfg(test)]
mod blame_tests;
mod breakdowns;
mod caching;
mod calls;
#[cfg(test)]
mod canary_tests;
mod chain;
mod chain_rows;
#[cfg(test)]
mod chain_tests;
mod changes;
mod choosing;
#[cfg(test)]
mod cold_tests;
#[cfg(test)]
mod component_tests;
mod components;
mod conditions;
mod crash;
mod draws;
mod ending;
#[cfg(test)]
mod fault_tests;
mod health;
mod lanes;
mod leaving;
mod maintenance;
mod memory;
#[cfg(test)]
mod memory_tests;
#[cfg(test)]
mod name_tests;
mod names;
mod network;
mod node;
mod outages;
mod path_notes;
#[cfg(test)]
mod path_tests;
mod paths;
mod plain;
mod quiet;
mod quiet_books;
#[cfg(test)]
mod quiet_tests;
mod recorder;
#[cfg(test)]
mod recovery_tests;
#[cfg(test)]
mod remedy_tests;
mod replication;
#[cfg(test)]
mod replication_tests;
mod residents;
mod resilience;
#[cfg(test)]
mod restart_tests;
mod restarting;
mod rows;
mod run;
mod sampling;
#[cfg(test)]
mod scaling_tests;
mod snapshot;
mod source;
mod standby;
#[cfg(test)]
mod standby_tests;
mod steps;
mod striking;
#[cfg(test)]
mod tests;
mod trace;
#[cfg(test)]
mod trace_tests;
mod tracer;
#[cfg(test)]
pub(crate) mod trial;
mod visit;

pub use run::Advance;
pub use snapshot::{ClassSnapshot, InstanceSnapshot, Snapshot};
pub use trace::{Doing, Span, Trace, TracedVisit};
pub use tracer::{KeptTrace, Reason, TraceWishes};

use crate::kernel::agenda::{Agenda, Event, EventQueue};
use crate::kernel::clocks::Clocks;
use crate::kernel::random::{Generator, StreamFamily};
use crate::kernel::sharing::SharedProcessor;
use crate::kernel::time::{NEVER, Time};
use crate::plan::{ChainPlan, NONE, Plan};
use crate::results::row::{RowSampling, Rows};
use crate::results::{RunResults, StopReason};
use crate::scenario::model::RunEnd;
use lanes::Lane;
use visit::{SLOT_BITS, State, Visits};

/// What may differ between runs of one plan.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    pub seed: u64,
    pub replication: u64,
    pub rows: RowSampling,
}

/// A run under way.
pub struct Simulation<'p> {
    plan: &'p Plan,
    now: Time,
    /// Nothing happens from here on.
    horizon: Time,
    stop: Option<StopReason>,
    agenda: Agenda,
    clocks: Clocks,
    clock_numbers: ClockNumbers,
    /// The number of the next event.
    sequence: u64,
    events: u64,
    visits: Visits,
    nodes: Vec<node::NodeState>,
    lines: Vec<node::SideLine>,
    processors: Vec<SharedProcessor>,
    /// The processor whose clock is to be set before the next event, or `NONE`.
    unset: u32,
    lanes: [Vec<Lane>; 2],
    draws: draws::Draws,
    dice: Vec<Generator>,
    balancers: balancing::Balancers,
    pools: Vec<node::PoolState>,
    sessions: node::Sessions,
    caches: Vec<caching::CacheState>,
    buckets: resilience::rate_limit::Buckets,
    guards: resilience::guard::Guards,
    scalings: Vec<resilience::scaling::Scaling>,
    names: Vec<names::NameState>,
    links: Vec<network::LinkState>,
    sources: Vec<source::SourceState>,
    /// Visits that got a slot and go on after the present one.
    ready: std::collections::VecDeque<u32>,
    replications: replication::Replications,
    changes: changes::Changes,
    memories: memory::Memories,
    units: restarting::Units,
    quiet: quiet::Quiet,
    /// If the plan is nothing but a row of stations.
    chain: Option<Box<chain::Chain>>,
    components: components::Components,
    /// Of each instance, if anything changes during the run.
    conditions: Vec<conditions::Condition>,
    /// Whether anything has gone wrong yet.
    disturbed: bool,
    /// How many instances drain.
    draining: u32,
    /// The caller whose call times out just now before it was sent, or `NONE`.
    unsent: u32,
    /// Decides which requests meet an error.
    fault_die: Generator,
    recorder: recorder::Recorder,
    /// Whether anybody wants to know who comes in and goes out.
    watches_insides: bool,
    residents: residents::Residents,
    rows: rows::RowKeeper,
    paths: paths::Paths,
    sample: sampling::Sample,
    /// Whether others are followed beside those of the sample, for rows or stories.
    follows_more: bool,
    tracer: tracer::Tracer,
    followed: trace::Followed,
}

/// Which clock is whose.
#[derive(Clone, Copy, Debug)]
struct ClockNumbers {
    /// Of what goes wrong, if anything does.
    changes: Option<u32>,
    first_lane: [u32; 2],
    first_source: u32,
    first_processor: u32,
    count: u32,
}

/// The clock of the edges of time buckets. It comes first, so that what happens at an
/// edge is counted behind it.
const EDGE_CLOCK: u32 = 0;

impl ClockNumbers {
    fn of(plan: &Plan) -> Self {
        let deadlines = plan.deadline_lanes.len() as u32;
        let watchdogs = plan.watchdog_lanes.len() as u32;
        let changes = plan.has_changes().then_some(1);
        let first_deadline = 1 + u32::from(changes.is_some());
        let first_source = first_deadline + deadlines + watchdogs;
        let first_processor = first_source + plan.sources.len() as u32;
        ClockNumbers {
            changes,
            first_lane: [first_deadline, first_deadline + deadlines],
            first_source,
            first_processor,
            count: first_processor + plan.processors.len() as u32,
        }
    }
}

fn processors(plan: &Plan) -> Vec<SharedProcessor> {
    let processors = plan.processors.iter();
    processors.map(|processor| SharedProcessor::new(processor.cores, processor.speed)).collect()
}

impl<'p> Simulation<'p> {
    pub fn new(plan: &'p Plan, options: Options) -> Self {
        let family = StreamFamily::new(options.seed, options.replication);
        let clock_numbers = ClockNumbers::of(plan);
        let lanes = |delays: &[Time]| delays.iter().map(|&delay| Lane::new(delay)).collect();
        let (nodes, lines) = node::states(plan);
        let mut simulation = Simulation {
            plan,
            now: 0,
            horizon: match plan.end {
                RunEnd::After(duration) => duration,
                RunEnd::Requests(_) => NEVER,
            },
            stop: None,
            agenda: Agenda::new(),
            clocks: Clocks::new(clock_numbers.count as usize),
            clock_numbers,
            sequence: 1,
            events: 0,
            visits: Visits::new(),
            nodes,
            lines,
            unset: NONE,
            processors: processors(plan),
            lanes: [lanes(&plan.deadline_lanes), lanes(&plan.watchdog_lanes)],
            draws: draws::Draws::new(plan, family),
            dice: plan.dice.iter().map(|die| family.stream(&die.name, &die.purpose)).collect(),
            balancers: balancing::Balancers::new(plan),
            pools: node::pools(plan),
            sessions: node::Sessions::default(),
            caches: plan.caches.iter().map(caching::CacheState::new).collect(),
            buckets: resilience::rate_limit::Buckets::new(plan),
            guards: resilience::guard::Guards::new(plan),
            scalings: resilience::scaling::Scaling::of_all(plan),
            names: plan.names.iter().map(|name| names::NameState::new(plan, name)).collect(),
            links: plan.links.iter().map(network::LinkState::new).collect(),
            sources: plan
                .sources
                .iter()
                .map(|source| source::SourceState::new(source, family, plan))
                .collect(),
            ready: std::collections::VecDeque::with_capacity(64),
            replications: replication::Replications::new(plan),
            changes: changes::Changes::new(plan),
            memories: memory::Memories::new(plan),
            units: restarting::Units::new(plan),
            quiet: quiet::Quiet::new(plan),
            chain: ChainPlan::of(plan).map(|plan| Box::new(chain::Chain::of(&plan))),
            components: components::Components::new(plan),
            conditions: conditions::Condition::of_all(plan),
            disturbed: false,
            draining: 0,
            unsent: NONE,
            fault_die: family.stream("faults", "errors"),
            recorder: recorder::Recorder::new(plan),
            watches_insides: plan.nodes.iter().any(|node| node.track_occupancy),
            residents: residents::Residents::default(),
            rows: rows::RowKeeper::new(options, plan),
            paths: paths::Paths::new(path_notes::columns(plan)),
            sample: sampling::Sample::of_nobody(plan, options.seed),
            follows_more: options.rows != RowSampling::None,
            tracer: tracer::Tracer::default(),
            followed: trace::Followed::default(),
        };
        simulation.clocks.set(EDGE_CLOCK, plan.buckets.first_edge);
        simulation.start_changes();
        if !simulation.components.is_on() {
            simulation.start_sources();
        }
        simulation
    }

    pub fn now(&self) -> Time {
        self.now
    }

    /// Requests that have ended, warm-up included.
    pub fn ended_requests(&self) -> u64 {
        self.recorder.ended
    }

    pub fn in_flight(&self) -> u64 {
        self.recorder.offered - self.recorder.ended
    }

    /// Events handled so far.
    pub fn events(&self) -> u64 {
        self.events
    }

    /// How much of the run is done, from 0 to 1.
    pub fn progress(&self) -> f64 {
        match self.plan.end {
            RunEnd::After(duration) => self.now as f64 / duration as f64,
            RunEnd::Requests(requests) => {
                self.recorder.ended as f64 / (requests + self.recorder.warmup_requests) as f64
            }
        }
    }

    /// Rows that wait to be written.
    pub fn rows(&self) -> &Rows {
        &self.rows.rows
    }

    /// Closes the books; `interrupted` says that somebody stopped the run before its end.
    pub fn finish(mut self, interrupted: bool) -> RunResults {
        let stop = match self.stop {
            Some(reason) => reason,
            None if interrupted => StopReason::Interrupted,
            None => StopReason::Horizon,
        };
        if stop == StopReason::Horizon && self.horizon != NEVER {
            self.now = self.horizon;
        }
        let in_flight = self.visits.all.iter().enumerate().filter(|(slot, visit)| {
            visit.root == *slot as u32 && !matches!(visit.state, State::Free | State::Thinking)
        });
        let in_chain = self.chain.as_ref().map_or(0, |chain| chain.in_flight());
        let in_flight = (in_flight.count() + in_chain) as u64;
        assert_eq!(
            self.recorder.offered,
            self.recorder.ended + in_flight,
            "requests in must be requests out and requests in flight"
        );
        self.cut_bucket();
        self.end_outage_of_components();
        let (incidents, unlisted) = (self.changes.incidents, self.changes.unlisted);
        let mut results =
            self.recorder.finish(self.plan, &self.nodes, self.now, stop, self.events, in_flight);
        (results.incidents, results.unlisted_incidents) = (incidents, unlisted);
        results.offered = results.offered + self.quiet.added[0] - self.quiet.discarded[0];
        results.ended = results.ended + self.quiet.added[1] - self.quiet.discarded[1];
        results.skipped = self.quiet.skipped;
        results.paths = self.sample.finish(self.quiet.added[1]);
        results.scalings = self.scalings.into_iter().map(|scaling| scaling.finish(self.now)).collect();
        results.replications = self.replications.finish(self.now);
        results
    }

    /// Lets the visit go on with its program at the given instant.
    #[inline(always)]
    fn schedule(&mut self, slot: u32, time: Time) {
        let word = (self.sequence << SLOT_BITS) | u64::from(slot);
        self.sequence += 1;
        self.visits[slot].word = word;
        self.agenda.push(Event { time, word });
    }

    /// Ends the run at this instant.
    fn stop(&mut self, reason: StopReason) {
        if self.stop.is_none() {
            self.stop = Some(reason);
            self.horizon = self.now;
        }
    }

    /// Whether so many visits can be made; if not, the run ends, and says so.
    #[inline(always)]
    fn make_room_for(&mut self, count: usize) -> bool {
        let room = self.visits.has_room_for(count);
        if !room {
            self.stop(StopReason::TooManyInFlight);
        }
        room
    }
}
