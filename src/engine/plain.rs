//! The short way through nodes where nothing but a slot and a place in line matters: no
//! timer, no patience, no choice of a peer, no link. Queueing networks consist of them.

use super::Simulation;
use super::admission::{Entry, append, unlink};
use super::visit::{SLOT_BITS, State};
use crate::kernel::agenda::{Event, EventQueue};
use crate::parts::outcome::Outcome;
use crate::plan::Step;

impl Simulation<'_> {
    /// Gets a slot and works in it, at a node where nothing but the slot and the place in
    /// line matters.
    #[inline(always)]
    pub(super) fn serve(&mut self, slot: u32, draw: u32) -> Option<u32> {
        let now = self.now;
        let visit = &mut self.visits[slot];
        let node = &mut self.nodes[visit.instance as usize];
        node.counts.visits += 1;
        if node.busy < node.slots {
            node.busy += 1;
            self.start_serving(slot, draw);
            return None;
        }
        if node.line_length < node.line_limit {
            visit.state = State::InLine;
            node.stand_in_line(now);
            append(&mut self.visits, &mut node.head, &mut node.tail, slot);
            return None;
        }
        self.serve_full(slot, draw)
    }

    /// The node is full, or in a bad condition.
    #[inline(never)]
    fn serve_full(&mut self, slot: u32, draw: u32) -> Option<u32> {
        let instance = self.visits[slot].instance;
        let entry = if self.disturbed { self.enter_in_bad_condition(slot) } else { None };
        if entry.is_none() {
            let (slots, line_limit) = self.room(instance);
            let node = &mut self.nodes[instance as usize];
            if node.busy < slots {
                node.busy += 1;
                self.start_serving(slot, draw);
                return None;
            }
            if node.line_length < line_limit {
                self.visits[slot].state = State::InLine;
                node.stand_in_line(self.now);
                append(&mut self.visits, &mut node.head, &mut node.tail, slot);
                return None;
            }
        }
        match entry.unwrap_or_else(|| self.enter_passed(slot)) {
            Entry::In | Entry::Waits => None,
            Entry::Fails(outcome) => self.end_visit(slot, outcome),
        }
    }

    /// The slot is got: the work begins, and the visit goes on when it is done.
    #[inline(always)]
    fn start_serving(&mut self, slot: u32, draw: u32) {
        let mut time = self.draws.take(self.plan, draw);
        if self.disturbed {
            time = self.slowed(slot, time);
            self.residents.came_in(slot, self.visits[slot].instance, &self.visits);
        }
        let word = (self.sequence << SLOT_BITS) | u64::from(slot);
        self.sequence += 1;
        let visit = &mut self.visits[slot];
        visit.word = word;
        visit.slots = 1;
        visit.flags.inside = true;
        visit.step += 2;
        self.nodes[visit.instance as usize].serve_one(self.now);
        self.agenda.push(Event { time: self.now.saturating_add(time), word });
    }

    /// Hands the slot on and stands before the next station.
    #[inline(always)]
    pub(super) fn pass(&mut self, slot: u32, to: u32) -> Option<u32> {
        if self.visits[slot].flags.followed {
            self.note_moving_on(slot);
        }
        let now = self.now;
        let visit = &mut self.visits[slot];
        visit.step += 1;
        visit.since = now;
        let from = std::mem::replace(&mut visit.instance, to);
        let step = self.plan.steps[visit.step as usize];
        if std::mem::replace(&mut visit.flags.inside, false) {
            self.hand_slot_on(from);
        }
        // What mostly comes next is begun without another look at the program.
        match step {
            Step::Serve { draw } => self.serve(slot, draw),
            _ => Some(slot),
        }
    }

    /// The request is done, at a node where nothing but the slot matters.
    #[inline(always)]
    pub(super) fn finish_request(&mut self, slot: u32) {
        self.own_time_ends(slot);
        self.hand_slot_on(self.visits[slot].instance);
        self.request_ended(slot, Outcome::Ok);
    }

    #[inline(always)]
    fn hand_slot_on(&mut self, instance: u32) {
        let node = &mut self.nodes[instance as usize];
        node.served_one(self.now);
        if node.line_length == 0 {
            node.busy -= 1;
        } else if node.busy > node.slots {
            self.release_slot(instance);
        } else {
            // Requests that come another way may stand in the same line.
            let next = &self.visits[node.head];
            match self.plan.steps[next.step as usize] {
                Step::Serve { .. } => self.serve_next(instance),
                _ => self.admit_next(instance),
            }
        }
    }

    /// The first in the line of a node where nothing else matters takes the free slot.
    #[inline(always)]
    pub(super) fn serve_next(&mut self, instance: u32) {
        let node = &mut self.nodes[instance as usize];
        let slot = node.head;
        node.left_the_line(self.now);
        node.counts.waited += 1;
        let number = node.node;
        unlink(&mut self.visits, &mut node.head, &mut node.tail, slot);
        let visit = &mut self.visits[slot];
        visit.state = State::Going;
        let waited = self.now - visit.since;
        if visit.flags.followed {
            self.note_wait(slot);
        }
        if let Step::Serve { draw } = self.plan.steps[self.visits[slot].step as usize] {
            self.start_serving(slot, draw);
        }
        self.recorder.waited(number, waited);
    }
}
