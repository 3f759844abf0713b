//! Leaving early: callers that wait no longer, and workers that are killed.

use super::ending::CallEnd;
use crate::engine::World;
use crate::engine::visit::{State, Visit, slot_of};
use crate::kernel::table::Id;
use crate::nodes::behaviour::WhenCallerLeaves;
use crate::parts::outcome::Outcome;
use crate::plan::Plan;

impl World {
    /// The caller's timeout has ended the wait for this visit.
    pub(in crate::engine) fn deadline_passed(&mut self, plan: &Plan, slot: Id<Visit>) {
        let visit = &self.visits[slot];
        let instance = visit.instance;
        // It was stopped when the caller went.
        let (Some(parent), Some(call)) = (visit.parent, visit.call) else { return };
        if self.caller_hangs(slot) {
            // Nobody looks at the clock now.
            return self.notice_deadline_later(plan, slot);
        }
        // A caller that opens a connection sends its request only when it has one.
        let flags = visit.flags;
        let is_unsent = flags.fresh && !flags.connected && !flags.inside && visit.state == State::Going;
        let is_unsent = is_unsent && (visit.tries > 0 || !plan.calls[call].whole);
        if flags.followed {
            self.note_cut(plan, slot, true);
        }
        self.abandon(plan, slot);
        let end = CallEnd { outcome: Outcome::TimedOut, unsent: is_unsent };
        if let Some(next) = self.call_ended(plan, parent, call, instance, end) {
            self.run_visit(plan, next);
        }
    }

    /// A process that hangs looks at its clocks when it goes on, or after once more the same time.
    #[inline(never)]
    fn notice_deadline_later(&mut self, plan: &Plan, slot: Id<Visit>) {
        let visit = &self.visits[slot];
        let Some(call) = visit.call.map(|call| &plan.calls[call]) else { return };
        let lane = if visit.flags.connected { call.read_lane } else { call.connect_lane };
        self.start_timer(lane, slot);
    }

    /// The worker has been silent for too long: its master kills it, its request is cut
    /// off, and the slot is empty until a new worker has booted.
    pub(in crate::engine) fn watchdog_barks(&mut self, plan: &Plan, slot: Id<Visit>) {
        if self.host_hangs(plan, self.visits[slot].instance) {
            // Its master hangs as well.
            let lane = self.site.nodes[self.visits[slot].instance].watchdog_lane;
            return self.start_timer(lane, slot);
        }
        if self.visits[slot].flags.followed {
            self.note_cut(plan, slot, false);
        }
        self.withdraw_from_processor(plan, slot);
        if self.visits[slot].state == State::InPoolLine {
            self.leave_pool_line_unserved(plan, slot);
        }
        if self.visits[slot].state == State::Calling {
            self.site.nodes[self.visits[slot].instance].called(self.clockwork.now());
        }
        self.abandon_children(plan, slot);
        self.give_sessions_back(plan, slot);
        self.visits.waits_no_more(slot);
        let visit = &mut self.visits[slot];
        let (parent, call, root, instance) = (visit.parent, visit.call, visit.root, visit.instance);
        visit.word = 0;
        visit.state = State::Rebooting;
        let boot = plan.nodes[self.site.nodes[visit.instance].node].boot;
        if parent.is_some() {
            self.part_from_caller(plan, slot);
        }
        self.visits[slot].root = None;
        self.schedule(slot, self.clockwork.now().saturating_add(boot));
        if let Some(parent) = parent {
            if let Some(call) = call
                && let Some(next) =
                    self.call_ended(plan, parent, call, instance, CallEnd::sent(Outcome::Reset))
            {
                self.run_visit(plan, next);
            }
        } else if root == Some(slot) {
            unreachable!(
                "a request's first visit stands at its user or walks through stations, which have no watchdog"
            );
        }
    }

    /// A new worker has taken the place of the killed one.
    pub(in crate::engine) fn worker_is_back(&mut self, plan: &Plan, slot: Id<Visit>) {
        self.leave_node(plan, slot, Outcome::Reset);
        self.visits.remove(slot);
    }

    /// Nobody waits for these any more.
    pub(in crate::engine) fn abandon_children(&mut self, plan: &Plan, slot: Id<Visit>) {
        while let Some(child) = self.visits[slot].child {
            self.abandon(plan, child);
        }
    }

    /// The caller goes on without those that it has called and that have not answered yet.
    pub(in crate::engine) fn send_to_background(&mut self, slot: Id<Visit>) {
        let mut next = self.visits[slot].child;
        while let Some(child) = next {
            self.visits[child].flags.rare.send_to_background();
            next = self.visits[child].sibling_next;
        }
    }

    /// The caller of this visit has left. What its node makes of that is its kind's affair.
    pub(in crate::engine) fn abandon(&mut self, plan: &Plan, slot: Id<Visit>) {
        self.own_time_ends(plan, slot);
        self.part_from_caller(plan, slot);
        let visit = &self.visits[slot];
        if let State::Replying(_) = visit.state {
            self.visits.remove(slot);
            return;
        }
        let node = plan.instances[visit.instance].node;
        match plan.nodes[node].when_caller_leaves {
            WhenCallerLeaves::Stop => self.drop_visit(plan, slot),
            WhenCallerLeaves::Finish => self.orphan(plan, slot),
        }
    }

    /// It goes on, for nobody: neither it nor what it calls counts for the request any more.
    fn orphan(&mut self, plan: &Plan, slot: Id<Visit>) {
        self.visits[slot].root = None;
        self.is_followed_no_more(slot);
        let background = self.visits[slot].flags.rare.background();
        let mut next = self.visits[slot].child;
        while let Some(child) = next {
            if background {
                self.visits[child].flags.rare.send_to_background();
            }
            self.own_time_ends(plan, child);
            self.orphan(plan, child);
            next = self.visits[child].sibling_next;
        }
    }

    /// It ends at once, wherever it is, and closes its own calls.
    fn drop_visit(&mut self, plan: &Plan, slot: Id<Visit>) {
        self.visits[slot].root = None;
        self.empty_visit(plan, slot);
        self.visits.remove(slot);
    }

    /// Takes the visit out of everything that it stands in, and gives everything back.
    pub(in crate::engine) fn empty_visit(&mut self, plan: &Plan, slot: Id<Visit>) {
        self.withdraw_from_processor(plan, slot);
        match self.visits[slot].state {
            State::InLine => self.leave_line_unserved(plan, slot),
            State::InPoolLine => self.leave_pool_line_unserved(plan, slot),
            State::Calling => self.site.nodes[self.visits[slot].instance].called(self.clockwork.now()),
            _ => {}
        }
        self.abandon_children(plan, slot);
        if self.visits[slot].flags.inside {
            self.leave_node(plan, slot, Outcome::Reset);
        }
        self.give_sessions_back(plan, slot);
    }

    pub(in crate::engine) fn withdraw_from_processor(&mut self, plan: &Plan, slot: Id<Visit>) {
        let visit = &mut self.visits[slot];
        if !visit.flags.on_cpu {
            return;
        }
        debug_assert_eq!(slot_of(visit.word), slot);
        visit.flags.on_cpu = false;
        visit.word = 0;
        if let Some(processor) = plan.instances[visit.instance].processor {
            self.clockwork.withdraw(&self.visits, processor);
        }
    }
}
