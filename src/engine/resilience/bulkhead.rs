//! Bulkheads: places for the calls that a caller makes at once, to each of its peers and in all,
//! and lines of those that wait for one.
//!
//! Places at peers are pools that stand in a row: one for all peers together, in whose line stand
//! those who may go to any of them, and one for each peer, with the line of those who may go to
//! nobody else. So whoever may go anywhere goes to the first peer that has a place, as HAProxy's
//! queue of a backend has it.

use super::guard::Permission;
use crate::engine::World;
use crate::engine::sessions::Holds;
use crate::plan::{CallPlan, NONE, Plan, Policy, Step};

impl World {
    /// Places for one more call, or in a line for them.
    pub(super) fn enter_bulkheads(&mut self, plan: &Plan, slot: u32, call: &CallPlan) -> Permission {
        let guard = &plan.guards[call.guard as usize];
        if guard.pool != NONE {
            match self.enter_bulkhead(plan, slot, self.bulkhead_of(plan, call, self.visits[slot].instance)) {
                Permission::Granted => {}
                not_now => return not_now,
            }
        }
        if guard.peers == NONE { Permission::Granted } else { self.enter_at_a_peer(plan, slot, call) }
    }

    /// A place among the calls that the caller makes at once, or in the line for one.
    fn enter_bulkhead(&mut self, plan: &Plan, slot: u32, place: u32) -> Permission {
        // Whoever comes out of the line has its place already.
        if self.site.sessions.holds(self.visits[slot].sessions, Holds::Pool(place)) {
            return Permission::Granted;
        }
        let state = &mut self.site.pools[place as usize];
        if state.busy < state.size {
            state.take(self.clockwork.now);
            self.keep(slot, Holds::Pool(place));
            return Permission::Granted;
        }
        self.wait_in_line_of(plan, slot, place)
    }

    fn wait_in_line_of(&mut self, plan: &Plan, slot: u32, place: u32) -> Permission {
        let state = &mut self.site.pools[place as usize];
        if state.waits.waiting >= state.line {
            state.waits.turned_away += 1;
            return Permission::Refused;
        }
        self.stand_in_pool_line(plan, slot, place);
        Permission::Waits
    }

    /// A place at the peer that the call has to go to, or at any that may be called.
    #[inline(never)]
    fn enter_at_a_peer(&mut self, plan: &Plan, slot: u32, call: &CallPlan) -> Permission {
        let together = self.together_of(plan, call, self.visits[slot].instance);
        if self.site.sessions.place_at_peer(self.visits[slot].sessions, together).is_some() {
            return Permission::Granted;
        }
        if let Some(member) = self.only_member(plan, slot, call) {
            if self.has_place_at(together, member) {
                self.take_place_at(slot, together, member);
                return Permission::Granted;
            }
            return self.wait_in_line_of(plan, slot, together + 1 + member);
        }
        let is_first = self.site.pools[together as usize].waits.waiting == 0;
        if is_first && let Some(member) = self.member_with_place(plan, slot, call, together) {
            self.take_place_at(slot, together, member);
            return Permission::Granted;
        }
        let permission = self.wait_in_line_of(plan, slot, together);
        if !is_first {
            // A peer may be well again, and those who have come before are called first.
            self.serve_together(plan, together);
        }
        permission
    }

    /// The pool of all peers together of this caller.
    fn together_of(&self, plan: &Plan, call: &CallPlan, caller: u32) -> u32 {
        let pool = &plan.pools[plan.guards[call.guard as usize].peers as usize];
        pool.first + self.share_of(plan, call, caller) * (1 + pool.peers)
    }

    fn bulkhead_of(&self, plan: &Plan, call: &CallPlan, caller: u32) -> u32 {
        let guard = &plan.guards[call.guard as usize];
        plan.pools[guard.pool as usize].first + self.share_of(plan, call, caller)
    }

    /// The member that the call has to go to, if it may go to one only: who writes, who tries the
    /// same again, and whose client is sent to the same one each time.
    fn only_member(&mut self, plan: &Plan, slot: u32, call: &CallPlan) -> Option<u32> {
        let visit = &self.visits[slot];
        let tries_the_same = visit.tries > 0 && !call.tries_others;
        let policy = &plan.routes[call.route as usize].policy;
        let is_hashed = matches!(policy, Policy::IpHash(_) | Policy::Ring(_));
        (call.replication != NONE || tries_the_same || is_hashed)
            .then(|| self.member_for(plan, slot, call, false))
    }

    /// The peer at which the visit has got a place for the call that it makes now.
    pub(in crate::engine) fn member_reserved(&self, plan: &Plan, slot: u32, call: &CallPlan) -> Option<u32> {
        if call.guard == NONE || plan.guards[call.guard as usize].peers == NONE {
            return None;
        }
        let visit = &self.visits[slot];
        self.site.sessions.place_at_peer(visit.sessions, self.together_of(plan, call, visit.instance))
    }

    pub(in crate::engine) fn has_place_at(&self, together: u32, member: u32) -> bool {
        let pool = &self.site.pools[(together + 1 + member) as usize];
        pool.busy < pool.size
    }

    /// A member that may be called and has a place.
    fn member_with_place(&mut self, plan: &Plan, slot: u32, call: &CallPlan, together: u32) -> Option<u32> {
        let all = &self.site.pools[together as usize];
        if all.busy >= all.size {
            return None;
        }
        let visit = &self.visits[slot];
        let avoid = if visit.tries > 0 { visit.awaited } else { NONE };
        let (caller, root) = (visit.instance, visit.root);
        self.pick_with_place(plan, call, caller, root, avoid, together)
    }

    fn take_place_at(&mut self, slot: u32, together: u32, member: u32) {
        self.site.pools[together as usize].occupy(self.clockwork.now);
        self.site.pools[(together + 1 + member) as usize].take(self.clockwork.now);
        self.keep(slot, Holds::Peer { together, member });
    }

    /// A place for a hedge at another peer; without one there is no hedge.
    pub(super) fn has_place_for_hedge(&mut self, plan: &Plan, slot: u32, call: &CallPlan) -> bool {
        if plan.guards[call.guard as usize].peers == NONE {
            return true;
        }
        let together = self.together_of(plan, call, self.visits[slot].instance);
        let member = match call.replication {
            NONE => self.member_with_place(plan, slot, call, together),
            _ => {
                Some(self.member_for(plan, slot, call, true)).filter(|&one| self.has_place_at(together, one))
            }
        };
        let Some(member) = member else { return false };
        self.take_place_at(slot, together, member);
        true
    }

    /// A place at a peer is free: whoever waits for this very peer gets it, or else who has waited
    /// longest for any.
    pub(in crate::engine) fn release_peer(&mut self, plan: &Plan, together: u32, member: u32) {
        let place = together + 1 + member;
        let waiting = self.site.pools[place as usize].head;
        if waiting != NONE {
            return self.hand_place_on(plan, waiting, together, member);
        }
        self.site.pools[place as usize].give_back(self.clockwork.now);
        self.site.pools[together as usize].give_back(self.clockwork.now);
        self.serve_together(plan, together);
    }

    /// Those who wait for any peer get the places that are free.
    fn serve_together(&mut self, plan: &Plan, together: u32) {
        loop {
            let waiting = self.site.pools[together as usize].head;
            if waiting == NONE {
                return;
            }
            let Step::Call { call } = plan.steps[self.visits[waiting].step as usize] else { return };
            let call = &plan.calls[call as usize];
            let Some(member) = self.member_with_place(plan, waiting, call, together) else { return };
            self.site.pools[together as usize].occupy(self.clockwork.now);
            self.site.pools[(together + 1 + member) as usize].occupy(self.clockwork.now);
            self.hand_place_on(plan, waiting, together, member);
        }
    }

    fn hand_place_on(&mut self, plan: &Plan, waiting: u32, together: u32, member: u32) {
        self.leave_pool_line_served(plan, waiting);
        self.visits[waiting].word = 0;
        self.keep(waiting, Holds::Peer { together, member });
        self.make_ready(waiting);
    }

    /// The call to this member is over, and others of the same visit go on.
    pub(super) fn leave_peer(&mut self, plan: &Plan, slot: u32, call: &CallPlan, member: u32) {
        if plan.guards[call.guard as usize].peers == NONE {
            return;
        }
        let together = self.together_of(plan, call, self.visits[slot].instance);
        let wanted = Holds::Peer { together, member };
        if self.site.sessions.take_out(&mut self.visits[slot].sessions, wanted) {
            self.release_peer(plan, together, member);
        }
    }

    /// No call is under way any more: the places are given to the next that wait for them.
    pub(super) fn leave_bulkheads(&mut self, plan: &Plan, slot: u32, call: &CallPlan) {
        let guard = &plan.guards[call.guard as usize];
        let caller = self.visits[slot].instance;
        if guard.peers != NONE {
            let together = self.together_of(plan, call, caller);
            while let Some(member) = self.site.sessions.place_at_peer(self.visits[slot].sessions, together) {
                self.leave_peer(plan, slot, call, member);
            }
        }
        if guard.pool != NONE {
            let place = self.bulkhead_of(plan, call, caller);
            if self.site.sessions.take_out(&mut self.visits[slot].sessions, Holds::Pool(place)) {
                self.release_pool(plan, place);
            }
        }
    }
}
