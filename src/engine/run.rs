//! The loop.

use super::visit::{DEADLINE, EVENTS_MOST, SLOT_MASK, State, WATCHDOG};
use super::{EDGE_CLOCK, Simulation};
use crate::kernel::agenda::{Agenda, EventQueue};
use crate::kernel::time::{NEVER, Time};
use crate::plan::NONE;
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

impl Simulation<'_> {
    /// Lets everything happen that comes before `until`, but no more than so many events; a row
    /// of stations goes on to the end of its stretch.
    pub fn advance(&mut self, until: Time, events_at_most: u64) -> Advance {
        if self.sequence > EVENTS_MOST - 2 * events_at_most.min(EVENTS_MOST / 4) {
            self.stop(StopReason::TooManyEvents);
        }
        let last = self.events.saturating_add(events_at_most);
        while self.events < last {
            let part =
                if self.chain.is_some() { last.min(self.events + EVENTS_BETWEEN_CHAINS) } else { last };
            let advance = self.advance_chain(until, last).or_else(|| self.advance_by_events(until, part));
            if let Some(advance) = advance {
                return advance;
            }
        }
        Advance::Paused
    }

    /// `None`: the events allowed are used up.
    fn advance_by_events(&mut self, until: Time, last: u64) -> Option<Advance> {
        while self.events < last {
            if self.rows.full() {
                return Some(Advance::RowsFull);
            }
            if !self.next_event(until.min(self.horizon)) {
                return Some(if self.horizon <= until { Advance::Ended } else { Advance::Paused });
            }
        }
        None
    }

    /// Handles one event that comes before the limit; false if there is none.
    #[inline(always)]
    fn next_event(&mut self, limit: Time) -> bool {
        let clock = self.clocks.first();
        if let Some(event) = self.agenda.pop_before(clock.time.min(limit)) {
            let slot = (event.word & SLOT_MASK) as u32;
            // A visit that no longer waits for this event has forgotten it.
            if self.visits[slot].word == event.word {
                self.now = event.time;
                self.events += 1;
                self.visits[slot].word = 0;
                self.go_on(slot);
                self.settle();
            }
            if let Some(keys) = self.agenda.come_near() {
                self.visits.touch(keys);
            }
            return true;
        }
        if clock.time >= limit {
            return false;
        }
        self.now = clock.time;
        self.events += 1;
        self.ring(clock.clock);
        self.settle();
        true
    }

    /// The visit goes on after the present one.
    #[inline(always)]
    pub(super) fn make_ready(&mut self, slot: u32) {
        self.visits[slot].flags.ready = true;
        self.ready.push_back(slot);
    }

    /// Lets those go on who got a slot, then sets the clocks of changed processors.
    #[inline(always)]
    fn settle(&mut self) {
        while let Some(slot) = self.ready.pop_front() {
            let visit = &mut self.visits[slot];
            // Whoever left meanwhile goes nowhere, even if its place has been taken again.
            if visit.flags.ready && visit.state != State::Free {
                visit.flags.ready = false;
                self.run_visit(slot);
            }
        }
        if self.unset != NONE {
            self.set_processor_clock(self.unset);
            self.unset = NONE;
        }
    }

    /// A visit's own event has come.
    #[inline(always)]
    fn go_on(&mut self, slot: u32) {
        if self.visits[slot].state == State::Going {
            self.run_visit(slot);
        } else {
            self.go_on_otherwise(slot);
        }
    }

    #[inline(never)]
    fn go_on_otherwise(&mut self, slot: u32) {
        match self.visits[slot].state {
            State::InLine => self.give_up_in_line(slot),
            State::InPoolLine => self.give_up_in_pool_line(slot),
            State::Replying(outcome) => self.answer_arrives(slot, outcome),
            State::Rebooting => self.worker_is_back(slot),
            State::Thinking => self.think_no_more(slot),
            State::Calling => self.hedge(slot),
            State::Going | State::Free => unreachable!("no event is pending in this state"),
        }
    }

    #[inline(always)]
    fn ring(&mut self, clock: u32) {
        let numbers = self.clock_numbers;
        if clock >= numbers.first_processor {
            self.processor_rings(clock - numbers.first_processor);
        } else if clock >= numbers.first_source {
            self.arrive(clock - numbers.first_source);
        } else if clock == EDGE_CLOCK {
            self.edge();
        } else if Some(clock) == numbers.changes {
            self.change();
        } else {
            let kind = if clock >= numbers.first_lane[WATCHDOG] { WATCHDOG } else { DEADLINE };
            self.lane_rings(kind, clock - numbers.first_lane[kind]);
        }
    }

    /// Some job of a shared processor should be done.
    fn processor_rings(&mut self, processor: u32) {
        let visits = &self.visits;
        let stale = |word: u64| visits[(word & SLOT_MASK) as u32].word != word;
        let done = self.processors[processor as usize].finished(self.now, stale);
        self.unset_clock(processor);
        if let Some(word) = done {
            let slot = (word & SLOT_MASK) as u32;
            self.visits[slot].word = 0;
            self.visits[slot].flags.on_cpu = false;
            self.run_visit(slot);
        }
    }

    /// The processor's next finish has changed: its clock is set once, before the next event.
    #[inline(always)]
    pub(super) fn unset_clock(&mut self, processor: u32) {
        if self.unset != processor {
            if self.unset != NONE {
                self.set_processor_clock(self.unset);
            }
            self.unset = processor;
        }
    }

    #[inline(always)]
    fn set_processor_clock(&mut self, processor: u32) {
        let visits = &self.visits;
        let stale = |word: u64| visits[(word & SLOT_MASK) as u32].word != word;
        let next = self.processors[processor as usize].next(stale);
        self.clocks.set(self.clock_numbers.first_processor + processor, next);
    }

    /// A lane's clock may ring early, for somebody who has left; then it is set anew.
    fn lane_rings(&mut self, kind: usize, lane: u32) {
        let due = self.lanes[kind][lane as usize].due(&self.visits, kind, self.now);
        if let Some(slot) = due {
            self.lanes[kind][lane as usize].leave(&mut self.visits, kind, slot);
            if kind == DEADLINE { self.deadline_passed(slot) } else { self.watchdog_barks(slot) }
        }
        let next = self.lanes[kind][lane as usize].next(&self.visits, kind);
        self.clocks.set(self.clock_numbers.first_lane[kind] + lane, next);
    }

    /// The edge of a time bucket.
    pub(super) fn edge(&mut self) {
        self.cut_bucket();
        if matches!(self.plan.end, RunEnd::Requests(_)) && self.nothing_is_left() {
            self.stop(StopReason::NothingLeft);
        }
        self.clocks.set(EDGE_CLOCK, self.now.saturating_add(self.recorder.bucket_width()));
    }

    /// Whether no request will come or end any more. Faults and checks may go on for ever,
    /// and matter only to requests that are there.
    fn nothing_is_left(&mut self) -> bool {
        self.clocks.set(EDGE_CLOCK, NEVER);
        if self.in_flight() == 0
            && let Some(clock) = self.clock_numbers.changes
        {
            self.clocks.set(clock, NEVER);
        }
        let left = self.clocks.first().time;
        self.set_change_clock();
        left == NEVER && Agenda::is_empty(&self.agenda)
    }
}
