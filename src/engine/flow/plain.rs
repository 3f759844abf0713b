//! The short way through nodes where nothing but a slot and a place in line matters: no
//! timer, no patience, no choice of a peer, no link. Queueing networks consist of them.

use super::admission::Entry;
use crate::engine::World;
use crate::engine::site::lists::{append, unlink};
use crate::engine::trouble::Room;
use crate::engine::visit::{State, Visit};
use crate::kernel::table::Id;
use crate::parts::outcome::Outcome;
use crate::plan::ids::{Draw, Instance};
use crate::plan::{Plan, Step};

impl World {
    /// Gets a slot and works in it, at a node where nothing but the slot and the place in
    /// line matters.
    #[inline(always)]
    pub(in crate::engine) fn serve(
        &mut self,
        plan: &Plan,
        slot: Id<Visit>,
        draw: Id<Draw>,
    ) -> Option<Id<Visit>> {
        let now = self.clockwork.now();
        let visit = &mut self.visits[slot];
        let node = &mut self.site.nodes[visit.instance];
        node.counts.visits += 1;
        if node.busy < node.slots {
            node.take(now);
            self.start_serving(plan, slot, draw);
            return None;
        }
        if node.line_length < node.line_limit {
            visit.state = State::InLine;
            node.stand_in_line(now);
            append(&mut self.visits, &mut node.head, &mut node.tail, slot);
            return None;
        }
        self.serve_full(plan, slot, draw)
    }

    /// The node is full, or in a bad condition.
    #[inline(never)]
    fn serve_full(&mut self, plan: &Plan, slot: Id<Visit>, draw: Id<Draw>) -> Option<Id<Visit>> {
        let instance = self.visits[slot].instance;
        let entry = match self.site.nodes[instance].needs_care {
            true => self.enter_in_bad_condition(plan, slot),
            false => None,
        };
        if entry.is_none() {
            let Room { slots, line_limit } = self.room(instance);
            let node = &mut self.site.nodes[instance];
            if node.busy < slots {
                node.take(self.clockwork.now());
                self.start_serving(plan, slot, draw);
                return None;
            }
            if node.line_length < line_limit {
                self.visits[slot].state = State::InLine;
                node.stand_in_line(self.clockwork.now());
                append(&mut self.visits, &mut node.head, &mut node.tail, slot);
                return None;
            }
        }
        match entry.unwrap_or_else(|| self.enter_passed(plan, slot)) {
            Entry::In | Entry::Waits => None,
            Entry::Fails(outcome) => self.end_visit(plan, slot, outcome),
        }
    }

    /// The slot is got: the work begins, and the visit goes on when it is done.
    #[inline(always)]
    fn start_serving(&mut self, plan: &Plan, slot: Id<Visit>, draw: Id<Draw>) {
        let mut time = self.chance.draws.take(plan, draw);
        if self.site.nodes[self.visits[slot].instance].needs_care {
            time = self.slowed(plan, slot, time);
            self.note_on_roll(slot, self.visits[slot].instance);
        }
        let word = self.clockwork.number(slot);
        let visit = &mut self.visits[slot];
        visit.word = word;
        visit.slots = 1;
        visit.flags.inside = true;
        visit.step = visit.step.plus(2);
        self.site.nodes[visit.instance].serve_one(self.clockwork.now());
        self.clockwork.wait_until(self.clockwork.now().saturating_add(time), word);
    }

    /// Hands the slot on and stands before the next station.
    #[inline(always)]
    pub(in crate::engine) fn pass(
        &mut self,
        plan: &Plan,
        slot: Id<Visit>,
        to: Id<Instance>,
    ) -> Option<Id<Visit>> {
        if self.visits[slot].flags.followed {
            self.note_moving_on(plan, slot);
        }
        let now = self.clockwork.now();
        let visit = &mut self.visits[slot];
        visit.step = visit.step.plus(1);
        visit.since = now;
        let from = std::mem::replace(&mut visit.instance, to);
        let step = plan.steps[visit.step];
        if std::mem::replace(&mut visit.flags.inside, false) {
            self.hand_slot_on(plan, from);
        }
        // What mostly comes next is begun without another look at the program.
        match step {
            Step::Serve { draw } => self.serve(plan, slot, draw),
            _ => Some(slot),
        }
    }

    /// The request is done, at a node where nothing but the slot matters.
    #[inline(never)]
    pub(in crate::engine) fn finish_request(&mut self, plan: &Plan, slot: Id<Visit>) {
        self.own_time_ends(plan, slot);
        self.hand_slot_on(plan, self.visits[slot].instance);
        self.request_ended(plan, slot, Outcome::Ok);
    }

    #[inline(always)]
    fn hand_slot_on(&mut self, plan: &Plan, instance: Id<Instance>) {
        let node = &mut self.site.nodes[instance];
        node.served_one(self.clockwork.now());
        if node.line_length == 0 {
            node.give_back(self.clockwork.now());
        } else if node.busy > node.slots {
            self.release_slot(plan, instance);
        } else {
            // Requests that come another way may stand in the same line.
            let next = node.head.map(|head| plan.steps[self.visits[head].step]);
            match next {
                Some(Step::Serve { .. }) => self.serve_next(plan, instance),
                _ => self.admit_next(plan, instance),
            }
        }
    }

    /// The first in the line of a node where nothing else matters takes the free slot.
    #[inline(always)]
    pub(in crate::engine) fn serve_next(&mut self, plan: &Plan, instance: Id<Instance>) {
        let node = &mut self.site.nodes[instance];
        let Some(slot) = node.head else { return };
        node.left_the_line(self.clockwork.now());
        let number = node.node;
        unlink(&mut self.visits, &mut node.head, &mut node.tail, slot);
        let visit = &mut self.visits[slot];
        visit.state = State::Going;
        let waited = self.clockwork.now() - visit.since;
        node.counts.has_waited(waited);
        if visit.flags.followed {
            self.note_wait(plan, slot);
        }
        if let Step::Serve { draw } = plan.steps[self.visits[slot].step] {
            self.start_serving(plan, slot, draw);
        }
        self.watch.waited(number, waited);
    }
}
