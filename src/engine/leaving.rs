//! Leaving early: callers that wait no longer, and workers that are killed.

use super::Simulation;
use super::visit::{SLOT_MASK, State};
use crate::nodes::behaviour::WhenCallerLeaves;
use crate::parts::outcome::Outcome;
use crate::plan::NONE;

impl Simulation<'_> {
    /// The caller's timeout has ended the wait for this visit.
    pub(super) fn deadline_passed(&mut self, slot: u32) {
        let visit = &self.visits[slot];
        let (parent, call, instance) = (visit.parent, visit.call, visit.instance);
        // A caller that opens a connection sends its request only when it has one.
        let flags = visit.flags;
        let is_unsent = flags.fresh && !flags.connected && !flags.inside && visit.state == State::Going;
        let is_unsent = is_unsent && (visit.tries > 0 || !self.plan.calls[call as usize].whole);
        if flags.followed {
            self.note_cut(slot, true);
        }
        self.abandon(slot);
        self.unsent = if is_unsent { parent } else { NONE };
        let next = self.call_ended(parent, call, instance, Outcome::TimedOut);
        self.unsent = NONE;
        if let Some(next) = next {
            self.run_visit(next);
        }
    }

    /// The worker has been silent for too long: its master kills it, its request is cut
    /// off, and the slot is empty until a new worker has booted.
    pub(super) fn watchdog_barks(&mut self, slot: u32) {
        if self.visits[slot].flags.followed {
            self.note_cut(slot, false);
        }
        self.withdraw_from_processor(slot);
        if self.visits[slot].state == State::InPoolLine {
            self.leave_pool_line(slot);
        }
        if self.visits[slot].state == State::Calling {
            self.nodes[self.visits[slot].instance as usize].called(self.now);
        }
        self.abandon_children(slot);
        self.give_sessions_back(slot);
        let visit = &mut self.visits[slot];
        let (parent, call, root, instance) = (visit.parent, visit.call, visit.root, visit.instance);
        visit.pending = 0;
        visit.word = 0;
        visit.state = State::Rebooting;
        let boot = self.plan.nodes[self.nodes[visit.instance as usize].node as usize].boot;
        if parent != NONE {
            self.part_from_caller(slot);
        }
        self.visits[slot].root = NONE;
        self.schedule(slot, self.now.saturating_add(boot));
        if parent != NONE {
            if let Some(next) = self.call_ended(parent, call, instance, Outcome::Reset) {
                self.run_visit(next);
            }
        } else if root == slot {
            unreachable!(
                "a request's first visit stands at its user or walks through stations, which have no watchdog"
            );
        }
    }

    /// A new worker has taken the place of the killed one.
    pub(super) fn worker_is_back(&mut self, slot: u32) {
        self.leave_node(slot, Outcome::Reset);
        self.visits.remove(slot);
    }

    /// Nobody waits for these any more.
    pub(super) fn abandon_children(&mut self, slot: u32) {
        loop {
            let child = self.visits[slot].child;
            if child == NONE {
                return;
            }
            self.abandon(child);
        }
    }

    /// The caller of this visit has left. What its node makes of that is its kind's affair.
    pub(super) fn abandon(&mut self, slot: u32) {
        self.own_time_ends(slot);
        self.part_from_caller(slot);
        let visit = &self.visits[slot];
        if let State::Replying(_) = visit.state {
            self.visits.remove(slot);
            return;
        }
        let node = self.plan.instances[visit.instance as usize].node;
        match self.plan.nodes[node as usize].when_caller_leaves {
            WhenCallerLeaves::Stop => self.drop_visit(slot),
            WhenCallerLeaves::Finish => self.orphan(slot),
        }
    }

    /// It goes on, for nobody: neither it nor what it calls counts for the request any more.
    fn orphan(&mut self, slot: u32) {
        self.visits[slot].root = NONE;
        self.is_followed_no_more(slot);
        let mut child = self.visits[slot].child;
        while child != NONE {
            self.own_time_ends(child);
            self.orphan(child);
            child = self.visits[child].sibling_next;
        }
    }

    /// It ends at once, wherever it is, and closes its own calls.
    fn drop_visit(&mut self, slot: u32) {
        self.visits[slot].root = NONE;
        self.empty_visit(slot);
        self.visits.remove(slot);
    }

    /// Takes the visit out of everything that it stands in, and gives everything back.
    pub(super) fn empty_visit(&mut self, slot: u32) {
        self.withdraw_from_processor(slot);
        match self.visits[slot].state {
            State::InLine => self.leave_line(slot),
            State::InPoolLine => self.leave_pool_line(slot),
            State::Calling => self.nodes[self.visits[slot].instance as usize].called(self.now),
            _ => {}
        }
        self.abandon_children(slot);
        if self.visits[slot].flags.inside {
            self.leave_node(slot, Outcome::Reset);
        }
        self.give_sessions_back(slot);
    }

    pub(super) fn withdraw_from_processor(&mut self, slot: u32) {
        let visit = &mut self.visits[slot];
        if !visit.flags.on_cpu {
            return;
        }
        debug_assert_eq!(visit.word & SLOT_MASK, u64::from(slot));
        visit.flags.on_cpu = false;
        visit.word = 0;
        let processor = self.plan.instances[visit.instance as usize].processor;
        self.processors[processor as usize].withdraw(self.now);
        self.unset_clock(processor);
    }
}
