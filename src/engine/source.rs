//! Where requests come from, and where they end.

use super::World;
use super::visit::{Request, State};
use super::watch::{Failure, Suspect, Suspects};
use crate::kernel::random::Generator;
use crate::kernel::random::{StreamFamily, below, uniform};
use crate::kernel::time::{NEVER, Time};
use crate::parts::arrivals::{ArrivalProcess, Arrivals};
use crate::parts::outcome::Outcome;
use crate::parts::rate_limit::Per;
use crate::plan::{ConnectionUse, NONE, Plan, Policy, SourcePlan};
use crate::results::StopReason;

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
    pub held: Time,
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
pub(super) fn states(plan: &Plan, family: StreamFamily) -> Vec<SourceState> {
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
    fn next_arrival(&mut self) -> Time {
        if self.position == self.filled && !self.refill() {
            return NEVER;
        }
        self.position += 1;
        self.instants[self.position - 1]
    }

    /// A request that needs nothing but its instant has been sent: the next instant.
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

    /// It sends on after a silence as if no time had passed; returns when.
    pub fn resume(&mut self, silence: Time) -> Time {
        self.delayed += silence;
        self.delay_batch(self.position, silence);
        if self.held == NEVER { NEVER } else { self.held.saturating_add(silence) }
    }

    /// What the recording says of a request's time at a node.
    pub fn recorded_work(&self, plan: &Plan, request: Request, column: u32) -> Time {
        match &plan.sources[request.source as usize].arrivals {
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

impl World {
    pub(super) fn start_sources(&mut self, plan: &Plan) {
        for number in 0..plan.sources.len() as u32 {
            if let Arrivals::Closed { population, .. } = plan.sources[number as usize].arrivals {
                for client in 0..population {
                    self.think(plan, number, client);
                }
            } else {
                let first = self.site.sources[number as usize].next_arrival();
                self.clockwork.clocks.set(self.clockwork.numbers.first_source + number, first);
            }
        }
    }

    /// A request comes from an open source.
    #[inline(always)]
    pub(super) fn arrive(&mut self, plan: &Plan, number: u32) {
        let source = &mut self.site.sources[number as usize];
        let next = source.next_arrival();
        let record = source.sent as u32;
        source.sent += 1;
        self.clockwork.clocks.set(self.clockwork.numbers.first_source + number, next);
        if !self.make_room_for(1) {
            return;
        }
        let source_plan = &plan.sources[number as usize];
        let client = if self.site.sources[number as usize].clients_matter {
            below(&mut self.chance.dice[source_plan.die as usize], source_plan.clients)
        } else {
            0
        };
        let slot = self.visits.add(source_plan.instance, 0, 0, self.clockwork.now);
        self.begin_request(plan, slot, number, client, record);
    }

    /// A client of a closed population thinks before it sends its next request.
    fn think(&mut self, plan: &Plan, number: u32, client: u32) {
        if !self.make_room_for(1) {
            return;
        }
        let source = &plan.sources[number as usize];
        let slot = self.visits.add(source.instance, 0, 0, self.clockwork.now);
        self.visits[slot].state = State::Thinking;
        self.visits[slot].root = slot;
        self.visits.requests[slot as usize] = Request { source: number, client, ..Request::default() };
        let time = self.chance.draws.take(plan, source.think);
        self.schedule(slot, self.clockwork.now.saturating_add(time));
    }

    pub(super) fn think_no_more(&mut self, plan: &Plan, slot: u32) {
        let Request { source, client, .. } = self.visits.requests[slot as usize];
        self.visits[slot].state = State::Going;
        self.begin_request(plan, slot, source, client, 0);
    }

    /// The visit becomes the first of a new request.
    #[inline(always)]
    fn begin_request(&mut self, plan: &Plan, slot: u32, number: u32, client: u32, record: u32) {
        let source_plan = &plan.sources[number as usize];
        let program = self.choose_program(source_plan, record);
        let visit = &mut self.visits[slot];
        visit.root = slot;
        visit.step = source_plan.programs[program].start;
        visit.class = source_plan.programs[program].class;
        visit.since = self.clockwork.now;
        let class = source_plan.programs[program].class;
        let id = self.watch.offer(class);
        self.visits.requests[slot as usize] =
            Request { start: self.clockwork.now, id, source: number, client, record, attempts: 1 };
        if let Some(number) = self.watch.follows(class, id) {
            self.note_beginning(plan, slot, id, number);
        }
        self.run_visit(plan, slot);
    }

    #[inline(always)]
    fn choose_program(&mut self, source_plan: &SourcePlan, record: u32) -> usize {
        if source_plan.programs.len() == 1 {
            return 0;
        }
        if let Arrivals::Replay(recording) = &source_plan.arrivals
            && let Some(classes) = &recording.classes
        {
            return source_plan.recorded_programs[classes[record as usize] as usize] as usize;
        }
        let point = uniform(&mut self.chance.dice[source_plan.die as usize]);
        let last = source_plan.programs.len() - 1;
        source_plan.programs.iter().position(|program| point < program.cumulated_share).unwrap_or(last)
    }

    /// The request has its one outcome.
    #[inline(always)]
    pub(super) fn request_ended(&mut self, plan: &Plan, slot: u32, outcome: Outcome) {
        let Request { start, source, client, attempts, .. } = self.visits.requests[slot as usize];
        let visit = &self.visits[slot];
        let (class, peer, followed) = (visit.class, visit.peer, visit.flags.followed);
        let objective = plan.classes[class as usize].objective;
        self.close_at_peer(plan, peer);
        if followed {
            self.note_end(plan, slot, outcome);
        }
        self.visits.remove(slot);
        let latency = self.clockwork.now - start;
        if !outcome.is_ok() {
            self.request_failed(plan, start, attempts, class, outcome);
        }
        self.watch.ends(class, outcome, latency, latency <= objective, attempts);
        if plan.sources[source as usize].think != NONE {
            self.think(plan, source, client);
        }
        if self.watch.is_at_a_mark() {
            self.mark_reached(plan);
        }
    }

    /// With this request the warm-up ends, or the run.
    #[inline(never)]
    fn mark_reached(&mut self, plan: &Plan) {
        if self.watch.is_at_the_last_request() {
            self.stop(StopReason::Requests);
        } else {
            self.cut_bucket(plan);
            self.watch.warmup_requests_have_ended();
        }
    }

    #[inline(never)]
    fn request_failed(&mut self, plan: &Plan, start: Time, attempts: u32, class: u32, outcome: Outcome) {
        let (suspects, now) = (self.suspects(), self.clockwork.now);
        let failure = Failure { class, outcome, sent: start, attempts };
        self.watch.fails(&failure, &suspects, &plan.surges, now);
    }
    /// Who may be to blame for what happens now.
    pub(super) fn suspects(&self) -> Suspects {
        let changes = &self.trouble.changes;
        let suspect = |incident: u32| {
            let known = changes.incidents.get(incident as usize);
            Suspect { incident, is_planned: known.is_some_and(|known| known.planned) }
        };
        Suspects {
            in_force: changes.active.last().map(|&incident| suspect(incident)),
            over: changes.latest_over.map(|(incident, end)| (suspect(incident), end)),
        }
    }
}
