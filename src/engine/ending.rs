//! How visits end, and what their callers make of it.

use super::Simulation;
use super::sessions::Holds;
use super::visit::{DEADLINE, State, WATCHDOG};
use crate::parts::outcome::Outcome;
use crate::parts::resource::Way;
use crate::plan::{CallPlan, ConnectionUse, NONE, Step};

impl Simulation<'_> {
    /// The visit is done, well or not: it gives everything back and answers. Returns who
    /// goes on, if anybody does at once.
    #[inline(always)]
    pub(super) fn end_visit(&mut self, slot: u32, outcome: Outcome) -> Option<u32> {
        let visit = &self.visits[slot];
        let (parent, link, flags) = (visit.parent, visit.link, visit.flags);
        let holds_something = visit.sessions != NONE || visit.child != NONE;
        if flags.followed {
            self.note_leaving(slot, outcome);
        }
        if flags.inside {
            self.leave_node(slot, outcome);
        }
        if holds_something {
            self.give_sessions_back(slot);
            self.abandon_children(slot);
        }
        if parent == NONE {
            self.end_unanswered(slot, outcome);
            return None;
        }
        if link != NONE {
            self.send_answer(slot, link, outcome);
            return None;
        }
        self.answered(slot, outcome)
    }

    /// Nobody waits for the answer: it was a whole request, or its caller has left.
    #[inline(never)]
    fn end_unanswered(&mut self, slot: u32, outcome: Outcome) {
        let visit = &self.visits[slot];
        if visit.root == slot {
            self.request_ended(slot, outcome);
        } else {
            self.close_at_peer(visit.peer);
            self.note_background_loss(slot, outcome);
            self.visits.remove(slot);
        }
    }

    /// Work that its caller went on without, and that was to be done all the same, has failed.
    pub(super) fn note_background_loss(&mut self, slot: u32, outcome: Outcome) {
        let visit = &self.visits[slot];
        let is_lost = visit.flags.rare.background() && !outcome.is_ok();
        self.nodes[visit.instance as usize].counts.background_lost += u64::from(is_lost);
    }

    fn send_answer(&mut self, slot: u32, link: u32, outcome: Outcome) {
        let bytes = self.plan.calls[self.visits[slot].call as usize].response_bytes;
        let travel = self.travel(link, Way::Back, if outcome.is_ok() { bytes } else { 0 }, 0);
        let visit = &mut self.visits[slot];
        visit.state = State::Replying(outcome);
        visit.since = self.now.saturating_add(travel);
        if visit.flags.followed {
            self.note_crossing(slot, travel);
        }
        self.schedule(slot, self.now.saturating_add(travel));
    }

    pub(super) fn answer_arrives(&mut self, slot: u32, outcome: Outcome) {
        if let Some(next) = self.answered(slot, outcome) {
            self.run_visit(next);
        }
    }

    /// The answer has come to the caller.
    #[inline(always)]
    fn answered(&mut self, slot: u32, outcome: Outcome) -> Option<u32> {
        if self.disturbed && self.caller_hangs(slot) {
            self.keep_answer(slot, outcome);
            return None;
        }
        let (parent, call) = self.unlink_from_caller(slot);
        let visit = &self.visits[slot];
        let instance = visit.instance;
        if visit.flags.followed {
            self.note_ended(slot, parent);
        }
        self.visits.remove(slot);
        self.call_ended(parent, call, instance, outcome)
    }

    /// The caller no longer counts this visit among those that it waits for.
    pub(super) fn part_from_caller(&mut self, slot: u32) {
        self.unlink_from_caller(slot);
        self.is_followed_no_more(slot);
        let visit = &mut self.visits[slot];
        visit.parent = NONE;
        visit.peer = NONE;
    }

    /// Takes the visit out of its caller's list; returns the caller and its call.
    #[inline(always)]
    fn unlink_from_caller(&mut self, slot: u32) -> (u32, u32) {
        self.stop_timer(DEADLINE, slot);
        let visit = &self.visits[slot];
        let (next, previous) = (visit.sibling_next, visit.sibling_previous);
        let (parent, call, peer) = (visit.parent, visit.call, visit.peer);
        match previous {
            NONE => self.visits[parent].child = next,
            previous => self.visits[previous].sibling_next = next,
        }
        if next != NONE {
            self.visits[next].sibling_previous = previous;
        }
        self.close_at_peer(peer);
        (parent, call)
    }

    /// A call has been ended by an instance: the caller goes on, tries again, or fails itself.
    #[inline(always)]
    pub(super) fn call_ended(&mut self, slot: u32, call: u32, by: u32, outcome: Outcome) -> Option<u32> {
        let plan = &self.plan.calls[call as usize];
        if plan.guard != NONE && self.guarded_call_ended(slot, plan, by, outcome) {
            return None;
        }
        if plan.takes_extra_slot {
            self.give_extra_slot_back(slot);
        }
        let visit = &mut self.visits[slot];
        if visit.pending > 0 {
            return self.forked_call_ended(slot, plan, by, outcome);
        }
        visit.state = State::Going;
        visit.since = self.now;
        let is_followed = visit.flags.followed;
        self.nodes[visit.instance as usize].called(self.now);
        if is_followed {
            self.note_answer(slot);
        }
        if outcome.is_ok() {
            // A good answer is news only of peers that were not well.
            if plan.only_peer == NONE && self.balancers.ailing > 0 {
                self.tell_health(slot, plan, outcome);
            }
            let visit = &mut self.visits[slot];
            visit.tries = 0;
            visit.step += 1;
            if matches!(plan.connection, ConnectionUse::PerClient { .. }) {
                let kept_for = self.plan.instances[by as usize].keepalive;
                self.client_connection_until(slot, self.now.saturating_add(kept_for));
            }
            return Some(slot);
        }
        self.call_failed(slot, call, outcome)
    }

    /// Tries again, goes on without, or fails with it.
    #[inline(never)]
    pub(super) fn call_failed(&mut self, slot: u32, call: u32, outcome: Outcome) -> Option<u32> {
        let plan = &self.plan.calls[call as usize];
        if matches!(plan.connection, ConnectionUse::PerClient { .. }) {
            self.client_connection_until(slot, 0);
        }
        if plan.only_peer == NONE {
            self.tell_health(slot, plan, outcome);
        }
        let tries = self.visits[slot].tries;
        if self.may_try_another_peer(slot, plan, u32::from(tries), outcome) {
            self.note_retry(slot);
            return Some(slot);
        }
        self.try_again_or_fail(slot, call, outcome)
    }

    /// No other peer is tried: all of them are after a while, or the caller does without.
    pub(super) fn try_again_or_fail(&mut self, slot: u32, call: u32, outcome: Outcome) -> Option<u32> {
        let plan = &self.plan.calls[call as usize];
        self.visits[slot].tries = 0;
        if let Some(retry) = &plan.retry
            && let Some(wait) = self.wait_before_retry(slot, plan, retry, outcome)
        {
            self.note_retry(slot);
            if wait == 0 {
                return Some(slot);
            }
            self.schedule(slot, self.now.saturating_add(wait));
            return None;
        }
        self.visits[slot].retries = 0;
        self.note_no_retry(slot);
        if plan.optional {
            self.nodes[self.visits[slot].instance as usize].counts.optional_lost += 1;
            return self.skip(slot, 1);
        }
        if plan.falls_back {
            return self.fall_back(slot);
        }
        self.end_visit(slot, plan.answers.to(outcome))
    }

    /// `proxy_next_upstream error timeout`: whether the next peer is tried.
    fn may_try_another_peer(&self, slot: u32, plan: &CallPlan, tries: u32, outcome: Outcome) -> bool {
        let peers = self.plan.routes[plan.route as usize].members.len() as u32;
        // Tries are counted in 16 bits.
        let most = if plan.tries == 0 { peers } else { plan.tries }.min(u32::from(u16::MAX));
        let transport = matches!(outcome, Outcome::Refused | Outcome::Reset | Outcome::TimedOut);
        // What may not be done twice is sent again only if it was not sent at all.
        let may_be_sent = plan.idempotent || outcome == Outcome::Refused || self.unsent == slot;
        transport && tries < most && may_be_sent
    }

    /// One of several calls made at once.
    fn forked_call_ended(&mut self, slot: u32, plan: &CallPlan, by: u32, outcome: Outcome) -> Option<u32> {
        let visit = &mut self.visits[slot];
        visit.pending -= 1;
        visit.awaited -= u32::from(outcome.is_ok() || plan.optional);
        if visit.awaited > 0 && visit.pending >= visit.awaited {
            // It goes on without this one, which was to be done all the same.
            let is_lost = !outcome.is_ok() && !plan.optional;
            self.nodes[by as usize].counts.background_lost += u64::from(is_lost);
            return None;
        }
        let enough = visit.awaited == 0;
        let is_followed = visit.flags.followed;
        visit.state = State::Going;
        visit.since = self.now;
        visit.pending = 0;
        visit.awaited = 0;
        visit.tries = 0;
        self.nodes[visit.instance as usize].called(self.now);
        if enough {
            self.send_to_background(slot);
        }
        if is_followed {
            self.note_answer(slot);
        }
        self.abandon_children(slot);
        match enough {
            true => self.skip(slot, 1),
            false if plan.falls_back => self.fall_back(slot),
            false => self.end_visit(slot, plan.answers.to(outcome)),
        }
    }

    /// Leaves the node: the slot is free for the next in line.
    #[inline(always)]
    pub(super) fn leave_node(&mut self, slot: u32, outcome: Outcome) {
        self.stop_timer(WATCHDOG, slot);
        let visit = &mut self.visits[slot];
        let (instance, slots) = (visit.instance, visit.slots);
        visit.flags.inside = false;
        visit.slots = 0;
        let unwanted = visit.root == NONE && !visit.flags.rare.background();
        let node = &mut self.nodes[instance as usize];
        node.served_one(self.now);
        node.counts.failed += u64::from(!outcome.is_ok());
        node.counts.unwanted += u64::from(unwanted);
        if visit.flags.rare.in_session() {
            visit.flags.rare.leave_session();
            node.hold_extra(1, self.now);
        } else {
            for _ in 1..slots {
                self.nodes[instance as usize].hold_extra(-1, self.now);
                self.release_slot(instance);
            }
            self.release_slot(instance);
        }
        self.note_occupancy(instance);
    }

    fn give_extra_slot_back(&mut self, slot: u32) {
        let visit = &mut self.visits[slot];
        let instance = visit.instance;
        if visit.slots > 1 {
            visit.slots -= 1;
            self.nodes[instance as usize].hold_extra(-1, self.now);
            self.release_slot(instance);
        }
    }

    /// Gives back the connections that the visit has held until now.
    #[inline(never)]
    pub(super) fn give_sessions_back(&mut self, slot: u32) {
        let mut place = std::mem::replace(&mut self.visits[slot].sessions, NONE);
        while place != NONE {
            let session = self.sessions.remove(place);
            place = session.next;
            match session.holds {
                Holds::Connection(instance) => {
                    self.nodes[instance as usize].hold_extra(-1, self.now);
                    self.release_slot(instance);
                }
                Holds::Pool(pool) => self.release_pool(pool),
                Holds::Peer { together, member } => self.release_peer(together, member),
                Holds::Object(_) => {}
            }
        }
    }

    /// A connection of a pool is free: the next in its line gets it.
    pub(super) fn release_pool(&mut self, pool: u32) {
        let next = self.pools[pool as usize].head;
        // Those who wait in a process that is gone get nothing: they are about to be reset.
        if next == NONE || (self.disturbed && self.is_at_gone_process(next)) {
            self.pools[pool as usize].give_back(self.now);
            return;
        }
        self.leave_pool_line_served(next);
        self.visits[next].word = 0;
        self.keep(next, Holds::Pool(pool));
        // A call that waited for others of its caller is made now.
        if let Step::Borrow { .. } = self.plan.steps[self.visits[next].step as usize] {
            self.visits[next].step += 1;
        }
        self.make_ready(next);
    }

    pub(super) fn leave_pool_line(&mut self, slot: u32) {
        if self.visits[slot].flags.followed {
            self.note_stretch(slot);
        }
        let visit = &mut self.visits[slot];
        let pool = std::mem::replace(&mut visit.pending, 0);
        visit.state = State::Going;
        let state = &mut self.pools[pool as usize];
        super::admission::unlink(&mut self.visits, &mut state.head, &mut state.tail, slot);
    }

    /// Somebody in the line of a pool gets what he has waited for.
    pub(super) fn leave_pool_line_served(&mut self, slot: u32) {
        let visit = &self.visits[slot];
        let (pool, waited) = (visit.pending, self.now - visit.since);
        self.leave_pool_line(slot);
        self.pools[pool as usize].waits.served(waited, self.now);
        self.recorder.waited_for_pool(pool, waited);
    }

    /// Somebody leaves the line of a pool without having got anything.
    pub(super) fn leave_pool_line_unserved(&mut self, slot: u32) {
        let visit = &self.visits[slot];
        let (pool, waited) = (visit.pending, self.now - visit.since);
        self.leave_pool_line(slot);
        self.pools[pool as usize].waits.leaves(waited, self.now);
    }

    /// No connection of the pool was free in time: the application fails. Or no earlier
    /// call has ended, and this one is not made.
    pub(super) fn give_up_in_pool_line(&mut self, slot: u32) {
        if self.disturbed && self.hangs(self.visits[slot].instance) {
            return;
        }
        self.leave_pool_line_unserved(slot);
        let next = match self.plan.steps[self.visits[slot].step as usize] {
            Step::Call { call } => self.refuse_call(slot, call),
            _ => self.end_visit(slot, Outcome::ServerError),
        };
        if let Some(next) = next {
            self.run_visit(next);
        }
    }

    fn client_connection_until(&mut self, slot: u32, until: u64) {
        let root = self.visits[slot].root;
        if root != NONE {
            let request = self.visits.requests[root as usize];
            self.sources[request.source as usize].connections[request.client as usize] = until;
        }
    }
}
