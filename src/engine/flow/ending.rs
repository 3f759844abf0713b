//! How visits end, and what their callers make of it.

use crate::engine::World;
use crate::engine::site::links::Message;
use crate::engine::visit::{Answers, State, TimerKind, Visit};
use crate::kernel::table::Id;
use crate::parts::outcome::Outcome;
use crate::parts::resource::Way;
use crate::plan::ids::{Call, Instance, Link};
use crate::plan::{CallPlan, ConnectionUse, Plan};

/// How a call has ended, as its caller sees it.
#[derive(Clone, Copy)]
pub(in crate::engine) struct CallEnd {
    pub outcome: Outcome,
    /// Its request had not been sent yet.
    pub unsent: bool,
}

impl CallEnd {
    pub fn sent(outcome: Outcome) -> CallEnd {
        CallEnd { outcome, unsent: false }
    }

    /// What may not be done twice is sent again only if nobody has taken it.
    pub fn may_be_sent_again(self, call: &CallPlan) -> bool {
        let is_untaken =
            matches!(self.outcome, Outcome::Refused | Outcome::Unavailable | Outcome::TooManyRequests);
        call.idempotent || self.unsent || is_untaken
    }
}

impl World {
    /// What the loop of steps does not need at hand.
    #[inline(never)]
    pub(in crate::engine) fn end_otherwise(
        &mut self,
        plan: &Plan,
        slot: Id<Visit>,
        outcome: Outcome,
    ) -> Option<Id<Visit>> {
        self.end_visit(plan, slot, outcome)
    }

    /// The visit is done, well or not: it gives everything back and answers. Returns who
    /// goes on, if anybody does at once.
    #[inline(always)]
    pub(in crate::engine) fn end_visit(
        &mut self,
        plan: &Plan,
        slot: Id<Visit>,
        outcome: Outcome,
    ) -> Option<Id<Visit>> {
        let visit = &self.visits[slot];
        let (parent, link, flags) = (visit.parent, visit.link, visit.flags);
        let holds_something = visit.sessions.is_some() || visit.child.is_some();
        if flags.followed {
            self.note_leaving(plan, slot, outcome);
        }
        if flags.inside {
            self.leave_node(plan, slot, outcome);
        }
        if holds_something {
            self.give_sessions_back(plan, slot);
            self.abandon_children(plan, slot);
        }
        let Some(parent) = parent else {
            self.end_unanswered(plan, slot, outcome);
            return None;
        };
        if let Some(link) = link {
            self.send_answer(plan, slot, link, outcome);
            return None;
        }
        self.answered(plan, slot, parent, outcome)
    }

    /// Nobody waits for the answer: it was a whole request, or its caller has left.
    #[inline(never)]
    fn end_unanswered(&mut self, plan: &Plan, slot: Id<Visit>, outcome: Outcome) {
        let visit = &self.visits[slot];
        if visit.root == Some(slot) {
            self.request_ended(plan, slot, outcome);
        } else {
            self.close_at_peer(plan, visit.peer);
            self.note_background_loss(slot, outcome);
            self.visits.remove(slot);
        }
    }

    /// Work that its caller went on without, and that was to be done all the same, has failed.
    pub(in crate::engine) fn note_background_loss(&mut self, slot: Id<Visit>, outcome: Outcome) {
        let visit = &self.visits[slot];
        let is_lost = visit.flags.rare.background() && !outcome.is_ok();
        self.site.nodes[visit.instance].counts.background_lost += u64::from(is_lost);
    }

    fn send_answer(&mut self, plan: &Plan, slot: Id<Visit>, link: Id<Link>, outcome: Outcome) {
        let bytes = self.visits[slot].call.map_or(0, |call| plan.calls[call].response_bytes);
        let bytes = if outcome.is_ok() { bytes } else { 0 };
        let crossing = self.cross(plan, Message { link, way: Way::Back, bytes, round_trips: 0 });
        self.visits[slot].state = State::Replying(outcome);
        self.travel(plan, slot, crossing);
    }

    pub(in crate::engine) fn answer_arrives(&mut self, plan: &Plan, slot: Id<Visit>, outcome: Outcome) {
        if let Some(parent) = self.visits[slot].parent
            && let Some(next) = self.answered(plan, slot, parent, outcome)
        {
            self.run_visit(plan, next);
        }
    }

    /// The answer has come to the caller.
    #[inline(always)]
    fn answered(
        &mut self,
        plan: &Plan,
        slot: Id<Visit>,
        parent: Id<Visit>,
        outcome: Outcome,
    ) -> Option<Id<Visit>> {
        let caller = &self.visits[parent];
        if self.site.nodes[caller.instance].needs_care && self.caller_hangs(slot) {
            self.keep_answer(slot, outcome);
            return None;
        }
        let call = self.unlink_from_caller(plan, slot, parent);
        let visit = &self.visits[slot];
        let instance = visit.instance;
        if visit.flags.followed {
            self.note_ended(slot, parent);
        }
        self.visits.remove(slot);
        self.call_ended(plan, parent, call?, instance, CallEnd::sent(outcome))
    }

    /// The caller no longer counts this visit among those that it waits for.
    pub(in crate::engine) fn part_from_caller(&mut self, plan: &Plan, slot: Id<Visit>) {
        if let Some(parent) = self.visits[slot].parent {
            self.unlink_from_caller(plan, slot, parent);
        }
        self.is_followed_no_more(slot);
        let visit = &mut self.visits[slot];
        visit.parent = None;
        visit.peer = None;
    }

    /// Takes the visit out of its caller's list; returns the caller's call.
    #[inline(always)]
    fn unlink_from_caller(&mut self, plan: &Plan, slot: Id<Visit>, parent: Id<Visit>) -> Option<Id<Call>> {
        self.stop_timer(plan, TimerKind::Deadline, slot);
        let visit = &self.visits[slot];
        let (next, previous) = (visit.sibling_next, visit.sibling_previous);
        let (call, peer) = (visit.call, visit.peer);
        match previous {
            None => self.visits[parent].child = next,
            Some(previous) => self.visits[previous].sibling_next = next,
        }
        if let Some(next) = next {
            self.visits[next].sibling_previous = previous;
        }
        self.close_at_peer(plan, peer);
        call
    }

    /// A call has been ended by an instance: the caller goes on, tries again, or fails itself.
    #[inline(always)]
    pub(in crate::engine) fn call_ended(
        &mut self,
        plan: &Plan,
        slot: Id<Visit>,
        call: Id<Call>,
        by: Id<Instance>,
        end: CallEnd,
    ) -> Option<Id<Visit>> {
        let CallEnd { outcome, .. } = end;
        let call_plan = &plan.calls[call];
        // A good answer is news only of peers that were not well.
        if call_plan.only_peer.is_none() && !(outcome.is_ok() && self.site.balancers.are_all_well()) {
            self.tell_health(plan, slot, call_plan, by, outcome);
        }
        if call_plan.guard.is_some() && self.guarded_call_ended(plan, slot, call_plan, by, outcome) {
            return None;
        }
        if call_plan.takes_extra_slot {
            self.give_extra_slot_back(plan, slot);
        }
        let visit = &mut self.visits[slot];
        if visit.flags.rare.forks() {
            return self.forked_call_ended(plan, slot, call_plan, by, outcome);
        }
        visit.state = State::Going;
        visit.since = self.clockwork.now();
        let is_followed = visit.flags.followed;
        self.site.nodes[visit.instance].called(self.clockwork.now());
        if is_followed {
            self.note_answer(plan, slot);
        }
        if outcome.is_ok() {
            let visit = &mut self.visits[slot];
            visit.tries = 0;
            visit.step = visit.step.plus(1);
            if matches!(call_plan.connection, ConnectionUse::PerClient { .. }) {
                let kept_for = plan.instances[by].keepalive;
                self.client_connection_until(slot, self.clockwork.now().saturating_add(kept_for));
            }
            return Some(slot);
        }
        self.call_failed(plan, slot, call, end)
    }

    /// Tries again, goes on without, or fails with it.
    #[inline(never)]
    pub(in crate::engine) fn call_failed(
        &mut self,
        plan: &Plan,
        slot: Id<Visit>,
        call: Id<Call>,
        end: CallEnd,
    ) -> Option<Id<Visit>> {
        let call_plan = &plan.calls[call];
        if matches!(call_plan.connection, ConnectionUse::PerClient { .. }) {
            self.client_connection_until(slot, 0);
        }
        let tries = self.visits[slot].tries;
        if may_try_another_peer(plan, call_plan, u32::from(tries), end) {
            self.note_retry(slot);
            return Some(slot);
        }
        self.try_again_or_fail(plan, slot, call, end)
    }

    /// No other peer is tried: all of them are after a while, or the caller does without.
    pub(in crate::engine) fn try_again_or_fail(
        &mut self,
        plan: &Plan,
        slot: Id<Visit>,
        call: Id<Call>,
        end: CallEnd,
    ) -> Option<Id<Visit>> {
        let call_plan = &plan.calls[call];
        self.visits[slot].tries = 0;
        if let Some(retry) = &call_plan.retry
            && let Some(wait) = self.wait_before_retry(plan, slot, call_plan, retry, end)
        {
            self.note_retry(slot);
            if wait == 0 {
                return Some(slot);
            }
            self.schedule(slot, self.clockwork.now().saturating_add(wait));
            return None;
        }
        self.visits[slot].retries = 0;
        self.note_no_retry(slot);
        if call_plan.optional {
            self.site.nodes[self.visits[slot].instance].counts.optional_lost += 1;
            return self.skip(slot, 1);
        }
        if call_plan.falls_back {
            return self.fall_back(plan, slot);
        }
        self.end_visit(plan, slot, call_plan.answers.to(end.outcome))
    }

    /// One of several calls made at once.
    fn forked_call_ended(
        &mut self,
        plan: &Plan,
        slot: Id<Visit>,
        call_plan: &CallPlan,
        by: Id<Instance>,
        outcome: Outcome,
    ) -> Option<Id<Visit>> {
        let Answers { under_way, wanted } =
            self.visits.one_has_ended(slot, outcome.is_ok() || call_plan.optional);
        if wanted > 0 && under_way >= wanted {
            // It goes on without this one, which was to be done all the same.
            let is_lost = !outcome.is_ok() && !call_plan.optional;
            self.site.nodes[by].counts.background_lost += u64::from(is_lost);
            return None;
        }
        let enough = wanted == 0;
        self.visits.waits_no_more(slot);
        let visit = &mut self.visits[slot];
        let is_followed = visit.flags.followed;
        visit.state = State::Going;
        visit.since = self.clockwork.now();
        visit.tries = 0;
        self.site.nodes[visit.instance].called(self.clockwork.now());
        if enough {
            self.send_to_background(slot);
        }
        if is_followed {
            self.note_answer(plan, slot);
        }
        self.abandon_children(plan, slot);
        if enough {
            self.skip(slot, 1)
        } else if call_plan.falls_back {
            self.fall_back(plan, slot)
        } else {
            self.end_visit(plan, slot, call_plan.answers.to(outcome))
        }
    }

    /// Leaves the node: the slot is free for the next in line.
    #[inline(always)]
    pub(in crate::engine) fn leave_node(&mut self, plan: &Plan, slot: Id<Visit>, outcome: Outcome) {
        self.stop_timer(plan, TimerKind::Watchdog, slot);
        let visit = &mut self.visits[slot];
        let (instance, slots) = (visit.instance, visit.slots);
        visit.flags.inside = false;
        visit.slots = 0;
        let unwanted = visit.root.is_none() && !visit.flags.rare.background();
        let node = &mut self.site.nodes[instance];
        node.served_one(self.clockwork.now());
        node.counts.failed += u64::from(!outcome.is_ok());
        node.counts.unwanted += u64::from(unwanted);
        if visit.flags.rare.in_session() {
            visit.flags.rare.leave_session();
            node.hold_extra(1, self.clockwork.now());
        } else {
            for _ in 1..slots {
                self.site.nodes[instance].hold_extra(-1, self.clockwork.now());
                self.release_slot(plan, instance);
            }
            self.release_slot(plan, instance);
        }
        self.note_occupancy(instance);
    }

    pub(in crate::engine) fn give_extra_slot_back(&mut self, plan: &Plan, slot: Id<Visit>) {
        let visit = &mut self.visits[slot];
        let instance = visit.instance;
        if visit.slots > 1 {
            visit.slots -= 1;
            self.site.nodes[instance].hold_extra(-1, self.clockwork.now());
            self.release_slot(plan, instance);
        }
    }

    fn client_connection_until(&mut self, slot: Id<Visit>, until: u64) {
        if let Some(root) = self.visits[slot].root {
            let request = self.visits.requests[root];
            self.site.sources[request.source].connections[request.client as usize] = until;
        }
    }
}

/// `proxy_next_upstream error timeout`: whether the next peer is tried.
fn may_try_another_peer(plan: &Plan, call_plan: &CallPlan, tries: u32, end: CallEnd) -> bool {
    let peers = plan.routes[call_plan.route].members.len() as u32;
    // Tries are counted in 16 bits.
    let most = if call_plan.tries == 0 { peers } else { call_plan.tries }.min(u32::from(u16::MAX));
    end.outcome.is_no_answer() && tries < most && end.may_be_sent_again(call_plan)
}
