//! Where requests come from, and where they end.

use crate::engine::World;
use crate::engine::clockwork::Ring;
use crate::engine::visit::{Request, State, Visit};
use crate::engine::watch::{Failure, Suspect, Suspects};
use crate::kernel::random::{below, uniform};
use crate::kernel::table::Id;
use crate::kernel::time::Time;
use crate::parts::arrivals::Arrivals;
use crate::parts::outcome::Outcome;
use crate::plan::ids::{Class, Source};
use crate::plan::{Plan, SourcePlan};
use crate::results::StopReason;

impl World {
    pub(in crate::engine) fn start_sources(&mut self, plan: &Plan) {
        for number in plan.sources.ids() {
            if let Arrivals::Closed { population, .. } = plan.sources[number].arrivals {
                for client in 0..population {
                    self.think(plan, number, client);
                }
            } else {
                let first = self.site.sources[number].next_arrival();
                self.clockwork.set(Ring::Source(number), first);
            }
        }
    }

    /// A request comes from an open source.
    #[inline(always)]
    pub(in crate::engine) fn arrive(&mut self, plan: &Plan, number: Id<Source>) {
        let source = &mut self.site.sources[number];
        let record = source.sent() as u32;
        let next = source.send_next();
        self.clockwork.set(Ring::Source(number), next);
        if !self.make_room_for(1) {
            return;
        }
        let source_plan = &plan.sources[number];
        let client = if self.site.sources[number].clients_matter() {
            below(&mut self.chance.dice[source_plan.die], source_plan.clients)
        } else {
            0
        };
        let slot = self.visits.add(source_plan.instance, Id::FIRST, Id::FIRST, self.clockwork.now());
        self.begin_request(plan, slot, number, client, record);
    }

    /// A client of a closed population thinks before it sends its next request.
    fn think(&mut self, plan: &Plan, number: Id<Source>, client: u32) {
        if !self.make_room_for(1) {
            return;
        }
        let source = &plan.sources[number];
        let Some(think) = source.think else { return };
        let slot = self.visits.add(source.instance, Id::FIRST, Id::FIRST, self.clockwork.now());
        self.visits[slot].state = State::Thinking;
        self.visits[slot].root = Some(slot);
        self.visits.requests[slot] = Request { source: number, client, ..Request::default() };
        let time = self.chance.draws.take(plan, think);
        self.schedule(slot, self.clockwork.now().saturating_add(time));
    }

    pub(in crate::engine) fn think_no_more(&mut self, plan: &Plan, slot: Id<Visit>) {
        let Request { source, client, .. } = self.visits.requests[slot];
        self.visits[slot].state = State::Going;
        self.begin_request(plan, slot, source, client, 0);
    }

    /// The visit becomes the first of a new request.
    #[inline(always)]
    fn begin_request(&mut self, plan: &Plan, slot: Id<Visit>, number: Id<Source>, client: u32, record: u32) {
        let source_plan = &plan.sources[number];
        let program = self.choose_program(source_plan, record);
        let visit = &mut self.visits[slot];
        visit.root = Some(slot);
        visit.step = source_plan.programs[program].start;
        visit.class = source_plan.programs[program].class;
        visit.since = self.clockwork.now();
        let class = source_plan.programs[program].class;
        let id = self.watch.offer(class);
        self.visits.requests[slot] =
            Request { start: self.clockwork.now(), id, source: number, client, record, attempts: 1 };
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
        let point = uniform(&mut self.chance.dice[source_plan.die]);
        let last = source_plan.programs.len() - 1;
        source_plan.programs.iter().position(|program| point < program.cumulated_share).unwrap_or(last)
    }

    /// The request has its one outcome.
    #[inline(always)]
    pub(in crate::engine) fn request_ended(&mut self, plan: &Plan, slot: Id<Visit>, outcome: Outcome) {
        let Request { start, source, client, attempts, .. } = self.visits.requests[slot];
        let visit = &self.visits[slot];
        let (class, peer, followed) = (visit.class, visit.peer, visit.flags.followed);
        let objective = plan.classes[class].objective;
        self.close_at_peer(plan, peer);
        if followed {
            self.note_end(plan, slot, outcome);
        }
        self.visits.remove(slot);
        let latency = self.clockwork.now() - start;
        if !outcome.is_ok() {
            self.request_failed(plan, start, attempts, class, outcome);
        }
        self.watch.ends(class, outcome, latency, latency <= objective, attempts);
        if plan.sources[source].think.is_some() {
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
    fn request_failed(
        &mut self,
        plan: &Plan,
        start: Time,
        attempts: u32,
        class: Id<Class>,
        outcome: Outcome,
    ) {
        let (suspects, now) = (self.suspects(), self.clockwork.now());
        let failure = Failure { class, outcome, sent: start, attempts };
        self.watch.fails(&failure, &suspects, &plan.surges, now);
    }
    /// Who may be to blame for what happens now.
    pub(in crate::engine) fn suspects(&self) -> Suspects {
        let incidents = self.trouble.incidents();
        let suspect = |incident: u32| {
            let known = incidents.get(incident);
            Suspect { incident, is_planned: known.is_some_and(|known| known.planned) }
        };
        Suspects {
            in_force: incidents.latest().map(suspect),
            over: incidents.latest_over().map(|(incident, end)| (suspect(incident), end)),
        }
    }
}
