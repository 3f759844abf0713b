//! The loop.

use super::World;
use super::clockwork::{Next, Ring};
use super::visit::{State, Visit};
use crate::kernel::table::Id;
use crate::kernel::time::{NEVER, Time};
use crate::plan::Plan;
use crate::plan::ids::{DeadlineLane, Processor, WatchdogLane};
use crate::results::StopReason;
use crate::scenario::model::RunEnd;

/// Why [`Simulation::advance`](super::Simulation::advance) came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Advance {
    /// Everything before the instant asked for has happened.
    Reached,
    /// The events allowed are used up.
    Paused,
    /// The rows have to be fetched before the run can go on.
    RowsFull,
    /// The run is over.
    Ended,
}

/// After so many events it is asked again whether the run can do without them.
const EVENTS_BETWEEN_CHAINS: u64 = 10_000;

/// After so many events it is looked whether time has passed.
const EVENTS_BETWEEN_LOOKS: u64 = 1 << 18;

impl World {
    /// Lets everything happen that comes before `until`, but no more than so many events; a row
    /// of stations goes on to the end of its stretch.
    pub fn advance(&mut self, plan: &Plan, until: Time, events_at_most: u64) -> Advance {
        if !self.clockwork.has_numbers_for(events_at_most) {
            self.stop(StopReason::TooManyEvents);
        }
        let last = self.clockwork.events().saturating_add(events_at_most);
        let part = if self.chain.is_some() { EVENTS_BETWEEN_CHAINS } else { EVENTS_BETWEEN_LOOKS };
        while self.clockwork.events() < last {
            self.look_whether_time_passes(plan);
            let part = last.min(self.clockwork.events() + part);
            let advance =
                self.advance_chain(plan, until, last).or_else(|| self.advance_by_events(plan, until, part));
            if let Some(advance) = advance {
                return advance;
            }
        }
        Advance::Paused
    }

    /// `None`: the events allowed are used up.
    fn advance_by_events(&mut self, plan: &Plan, until: Time, last: u64) -> Option<Advance> {
        while self.clockwork.events() < last {
            if self.watch.rows_are_full() {
                return Some(Advance::RowsFull);
            }
            if !self.next_event(plan, until.min(self.clockwork.horizon())) {
                return Some(if self.clockwork.horizon() <= until {
                    Advance::Ended
                } else {
                    Advance::Reached
                });
            }
        }
        None
    }

    /// Handles one event that comes before the limit; false if there is none.
    #[inline(always)]
    fn next_event(&mut self, plan: &Plan, limit: Time) -> bool {
        match self.clockwork.take_next(&mut self.visits, limit) {
            Next::Visit(slot) => {
                self.go_on(plan, slot);
                self.settle(plan);
                self.clockwork.fetch_what_is_near(&self.visits);
            }
            Next::Stale => self.clockwork.fetch_what_is_near(&self.visits),
            Next::Ring(ring) => {
                self.ring(plan, ring);
                self.settle(plan);
            }
            Next::Nothing => return false,
        }
        true
    }

    /// The visit goes on after the present one.
    #[inline(always)]
    pub(super) fn make_ready(&mut self, slot: Id<Visit>) {
        self.visits[slot].flags.ready = true;
        self.clockwork.make_ready(slot);
    }

    /// Lets those go on who got a slot, then sets the clocks of changed processors.
    #[inline(always)]
    fn settle(&mut self, plan: &Plan) {
        while let Some(slot) = self.clockwork.take_ready() {
            let visit = &mut self.visits[slot];
            // Whoever left meanwhile goes nowhere, even if its place has been taken again.
            if visit.flags.ready && visit.state != State::Free {
                visit.flags.ready = false;
                self.run_visit(plan, slot);
            }
        }
        self.clockwork.settle(&self.visits);
    }

    /// A visit's own event has come.
    #[inline(always)]
    fn go_on(&mut self, plan: &Plan, slot: Id<Visit>) {
        if self.visits[slot].state == State::Going {
            self.run_visit(plan, slot);
        } else {
            self.go_on_otherwise(plan, slot);
        }
    }

    #[inline(never)]
    fn go_on_otherwise(&mut self, plan: &Plan, slot: Id<Visit>) {
        match self.visits[slot].state {
            State::InLine => self.give_up_in_line(plan, slot),
            State::InPoolLine => self.give_up_in_pool_line(plan, slot),
            State::Replying(outcome) => self.answer_arrives(plan, slot, outcome),
            State::Rebooting => self.worker_is_back(plan, slot),
            State::Thinking => self.think_no_more(plan, slot),
            State::Calling => self.hedge(plan, slot),
            State::Going | State::Free => unreachable!("no event is pending in this state"),
        }
    }

    #[inline(always)]
    fn ring(&mut self, plan: &Plan, ring: Ring) {
        match ring {
            Ring::Processor(processor) => self.processor_rings(plan, processor),
            Ring::Source(source) => self.arrive(plan, source),
            Ring::Edge => self.edge(plan),
            Ring::Change => self.change(plan),
            Ring::Deadline(lane) => self.deadline_rings(plan, lane),
            Ring::Watchdog(lane) => self.watchdog_rings(plan, lane),
        }
    }

    /// Some job of a shared processor should be done.
    #[inline(always)]
    fn processor_rings(&mut self, plan: &Plan, processor: Id<Processor>) {
        if let Some(slot) = self.clockwork.finished(&mut self.visits, processor) {
            self.run_visit(plan, slot);
        }
    }

    /// A lane's clock may ring early, for somebody who has left; then it is set anew.
    fn deadline_rings(&mut self, plan: &Plan, lane: Id<DeadlineLane>) {
        if let Some(slot) = self.clockwork.run_out(&mut self.visits, lane) {
            self.deadline_passed(plan, slot);
        }
        self.clockwork.set_lane_clock(&self.visits, lane);
    }

    fn watchdog_rings(&mut self, plan: &Plan, lane: Id<WatchdogLane>) {
        if let Some(slot) = self.clockwork.run_out(&mut self.visits, lane) {
            self.watchdog_barks(plan, slot);
        }
        self.clockwork.set_lane_clock(&self.visits, lane);
    }

    /// The edge of a time bucket.
    pub(super) fn edge(&mut self, plan: &Plan) {
        self.cut_bucket(plan);
        if matches!(plan.end, RunEnd::Requests(_)) && self.nothing_is_left() {
            self.stop(StopReason::NothingLeft);
        }
        self.clockwork.set(Ring::Edge, self.clockwork.now().saturating_add(self.watch.bucket_width()));
    }

    /// Whether no request will come or end any more. Faults and checks may go on for ever,
    /// and matter only to requests that are there.
    fn nothing_is_left(&mut self) -> bool {
        self.clockwork.set(Ring::Edge, NEVER);
        if self.in_flight() == 0 {
            self.clockwork.set(Ring::Change, NEVER);
        }
        let is_over = self.clockwork.is_over();
        self.set_change_clock();
        is_over
    }
}
