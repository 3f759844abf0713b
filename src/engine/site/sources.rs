//! Where requests come from: what each source sends next, and what its clients keep.

use crate::engine::visit::Request;
use crate::kernel::random::{Generator, StreamFamily};
use crate::kernel::table::Table;
use crate::kernel::time::{NEVER, Time};
use crate::parts::arrivals::{ArrivalProcess, Arrivals};
use crate::parts::rate_limit::Per;
use crate::plan::ids::Source;
use crate::plan::{ConnectionUse, Plan, Policy, SourcePlan};

/// Arrivals are drawn ahead in batches.
const BATCH: usize = 64;

#[derive(Clone)]
pub struct SourceState {
    process: Option<ArrivalProcess>,
    generator: Generator,
    instants: [Time; BATCH],
    position: usize,
    filled: usize,
    /// When its next request was due when it fell silent.
    held: Time,
    /// How much later than drawn all come, for the times that it has been silent.
    delayed: Time,
    /// Requests sent so far.
    sent: u64,
    /// Whether it makes a difference which client sends a request.
    clients_matter: bool,
    /// When each client's connection will have been closed.
    pub connections: Vec<Time>,
}

/// Those of a plan, before anything was sent.
pub fn states(plan: &Plan, family: StreamFamily) -> Table<Source, SourceState> {
    plan.sources.iter().map(|source| SourceState::new(source, family, plan)).collect()
}

impl SourceState {
    fn new(source: &SourcePlan, family: StreamFamily, plan: &Plan) -> Self {
        let closed = matches!(source.arrivals, Arrivals::Closed { .. });
        SourceState {
            process: (!closed).then(|| source.arrivals.process()),
            generator: family.stream(&source.name, "arrivals"),
            instants: [0; BATCH],
            position: 0,
            filled: 0,
            held: NEVER,
            delayed: 0,
            sent: 0,
            clients_matter: source.clients > 1 && clients_matter(plan),
            connections: vec![0; source.clients as usize],
        }
    }

    /// The next instant at which a request comes, or `NEVER`.
    #[inline(always)]
    pub fn next_arrival(&mut self) -> Time {
        if self.position == self.filled && !self.refill() {
            return NEVER;
        }
        self.position += 1;
        self.instants[self.position - 1]
    }

    /// Requests sent so far.
    #[inline(always)]
    pub fn sent(&self) -> u64 {
        self.sent
    }

    /// Whether it makes a difference which client sends a request.
    #[inline(always)]
    pub fn clients_matter(&self) -> bool {
        self.clients_matter
    }

    /// A request has been sent: the next instant.
    #[inline(always)]
    pub fn send_next(&mut self) -> Time {
        self.sent += 1;
        self.next_arrival()
    }

    #[inline(never)]
    fn refill(&mut self) -> bool {
        let Some(process) = &mut self.process else { return false };
        self.filled = process.fill(&mut self.generator, &mut self.instants);
        self.position = 0;
        if self.delayed > 0 {
            self.delay_batch(0, self.delayed);
        }
        self.filled > 0
    }

    fn delay_batch(&mut self, from: usize, by: Time) {
        for instant in &mut self.instants[from..self.filled] {
            *instant = instant.saturating_add(by);
        }
    }

    /// It falls silent before its next request, which is due then.
    pub fn hold(&mut self, due: Time) {
        self.held = due;
    }

    /// It sends on after a silence as if no time had passed; returns when.
    pub fn resume(&mut self, silence: Time) -> Time {
        self.delayed += silence;
        self.delay_batch(self.position, silence);
        if self.held == NEVER { NEVER } else { self.held.saturating_add(silence) }
    }

    /// What the recording says of a request's time at a node.
    pub fn recorded_work(&self, plan: &Plan, request: Request, column: u32) -> Time {
        match &plan.sources[request.source].arrivals {
            Arrivals::Replay(recording) => recording.work[column as usize].durations[request.record as usize],
            _ => 0,
        }
    }
}

/// Clients matter where they have caches, connections, favourite peers or limits.
fn clients_matter(plan: &Plan) -> bool {
    let hashes = plan.routes.iter().any(|route| matches!(route.policy, Policy::IpHash(_) | Policy::Ring(_)));
    let connects = plan.calls.iter().any(|call| matches!(call.connection, ConnectionUse::PerClient { .. }));
    let limits = plan.limits.iter().any(|limit| limit.per == Per::Client);
    hashes || connects || limits || !plan.names.is_empty()
}
