//! The loop.

use super::visit::{DEADLINE, EVENTS_MOST, SLOT_MASK, State, WATCHDOG};
use super::{EDGE_CLOCK, World};
use crate::kernel::agenda::{Agenda, EventQueue};
use crate::kernel::time::{NEVER, Time};
use crate::plan::{NONE, Plan};
use crate::results::StopReason;
use crate::scenario::model::RunEnd;

/// Why [`Simulation::advance`] came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Advance {
    /// The instant asked for is reached, or the events allowed are used up.
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
        if self.clockwork.sequence > EVENTS_MOST - 2 * events_at_most.min(EVENTS_MOST / 4) {
            self.stop(StopReason::TooManyEvents);
        }
        let last = self.clockwork.events.saturating_add(events_at_most);
        let part = if self.chain.is_some() { EVENTS_BETWEEN_CHAINS } else { EVENTS_BETWEEN_LOOKS };
        while self.clockwork.events < last {
            self.look_whether_time_passes(plan);
            let part = last.min(self.clockwork.events + part);
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
        while self.clockwork.events < last {
            if self.watch.rows_are_full() {
                return Some(Advance::RowsFull);
            }
            if !self.next_event(plan, until.min(self.clockwork.horizon)) {
                return Some(if self.clockwork.horizon <= until { Advance::Ended } else { Advance::Paused });
            }
        }
        None
    }

    /// Handles one event that comes before the limit; false if there is none.
    #[inline(always)]
    fn next_event(&mut self, plan: &Plan, limit: Time) -> bool {
        let clock = self.clockwork.clocks.first();
        if let Some(event) = self.clockwork.agenda.pop_before(clock.time.min(limit)) {
            let slot = (event.word & SLOT_MASK) as u32;
            // A visit that no longer waits for this event has forgotten it.
            if self.visits[slot].word == event.word {
                self.clockwork.now = event.time;
                self.clockwork.events += 1;
                self.visits[slot].word = 0;
                self.go_on(plan, slot);
                self.settle(plan);
            }
            if let Some(keys) = self.clockwork.agenda.come_near() {
                self.visits.touch(keys);
            }
            return true;
        }
        if clock.time >= limit {
            return false;
        }
        self.clockwork.now = clock.time;
        self.clockwork.events += 1;
        self.ring(plan, clock.clock);
        self.settle(plan);
        true
    }

    /// The visit goes on after the present one.
    #[inline(always)]
    pub(super) fn make_ready(&mut self, slot: u32) {
        self.visits[slot].flags.ready = true;
        self.clockwork.ready.push_back(slot);
    }

    /// Lets those go on who got a slot, then sets the clocks of changed processors.
    #[inline(always)]
    fn settle(&mut self, plan: &Plan) {
        while let Some(slot) = self.clockwork.ready.pop_front() {
            let visit = &mut self.visits[slot];
            // Whoever left meanwhile goes nowhere, even if its place has been taken again.
            if visit.flags.ready && visit.state != State::Free {
                visit.flags.ready = false;
                self.run_visit(plan, slot);
            }
        }
        if self.clockwork.unset != NONE {
            self.set_processor_clock(self.clockwork.unset);
            self.clockwork.unset = NONE;
        }
    }

    /// A visit's own event has come.
    #[inline(always)]
    fn go_on(&mut self, plan: &Plan, slot: u32) {
        if self.visits[slot].state == State::Going {
            self.run_visit(plan, slot);
        } else {
            self.go_on_otherwise(plan, slot);
        }
    }

    #[inline(never)]
    fn go_on_otherwise(&mut self, plan: &Plan, slot: u32) {
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
    fn ring(&mut self, plan: &Plan, clock: u32) {
        let numbers = self.clockwork.numbers;
        if clock >= numbers.first_processor {
            self.processor_rings(plan, clock - numbers.first_processor);
        } else if clock >= numbers.first_source {
            self.arrive(plan, clock - numbers.first_source);
        } else if clock == EDGE_CLOCK {
            self.edge(plan);
        } else if Some(clock) == numbers.changes {
            self.change(plan);
        } else {
            let kind = if clock >= numbers.first_lane[WATCHDOG] { WATCHDOG } else { DEADLINE };
            self.lane_rings(plan, kind, clock - numbers.first_lane[kind]);
        }
    }

    /// Some job of a shared processor should be done.
    fn processor_rings(&mut self, plan: &Plan, processor: u32) {
        let visits = &self.visits;
        let stale = |word: u64| visits[(word & SLOT_MASK) as u32].word != word;
        let done = self.clockwork.processors[processor as usize].finished(self.clockwork.now, stale);
        self.unset_clock(processor);
        if let Some(word) = done {
            let slot = (word & SLOT_MASK) as u32;
            self.visits[slot].word = 0;
            self.visits[slot].flags.on_cpu = false;
            self.run_visit(plan, slot);
        }
    }

    /// The processor's next finish has changed: its clock is set once, before the next event.
    #[inline(always)]
    pub(super) fn unset_clock(&mut self, processor: u32) {
        if self.clockwork.unset != processor {
            if self.clockwork.unset != NONE {
                self.set_clock_of_another(self.clockwork.unset);
            }
            self.clockwork.unset = processor;
        }
    }

    /// Work goes on at one host and begins at another.
    #[inline(never)]
    fn set_clock_of_another(&mut self, processor: u32) {
        self.set_processor_clock(processor);
    }

    #[inline(always)]
    fn set_processor_clock(&mut self, processor: u32) {
        let visits = &self.visits;
        let stale = |word: u64| visits[(word & SLOT_MASK) as u32].word != word;
        let next = self.clockwork.processors[processor as usize].next(stale);
        self.clockwork.clocks.set(self.clockwork.numbers.first_processor + processor, next);
    }

    /// A lane's clock may ring early, for somebody who has left; then it is set anew.
    fn lane_rings(&mut self, plan: &Plan, kind: usize, lane: u32) {
        let due = self.clockwork.lanes[kind][lane as usize].due(&self.visits, kind, self.clockwork.now);
        if let Some(slot) = due {
            self.clockwork.lanes[kind][lane as usize].leave(&mut self.visits, kind, slot);
            if kind == DEADLINE { self.deadline_passed(plan, slot) } else { self.watchdog_barks(plan, slot) }
        }
        let next = self.clockwork.lanes[kind][lane as usize].next(&self.visits, kind);
        self.clockwork.clocks.set(self.clockwork.numbers.first_lane[kind] + lane, next);
    }

    /// The edge of a time bucket.
    pub(super) fn edge(&mut self, plan: &Plan) {
        self.cut_bucket(plan);
        if matches!(plan.end, RunEnd::Requests(_)) && self.nothing_is_left() {
            self.stop(StopReason::NothingLeft);
        }
        self.clockwork.clocks.set(EDGE_CLOCK, self.clockwork.now.saturating_add(self.watch.bucket_width()));
    }

    /// Whether no request will come or end any more. Faults and checks may go on for ever,
    /// and matter only to requests that are there.
    fn nothing_is_left(&mut self) -> bool {
        self.clockwork.clocks.set(EDGE_CLOCK, NEVER);
        if self.in_flight() == 0
            && let Some(clock) = self.clockwork.numbers.changes
        {
            self.clockwork.clocks.set(clock, NEVER);
        }
        let left = self.clockwork.clocks.first().time;
        self.set_change_clock();
        left == NEVER && Agenda::is_empty(&self.clockwork.agenda)
    }
}
