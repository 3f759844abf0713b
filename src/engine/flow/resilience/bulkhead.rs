//! Bulkheads: places for the calls that a caller makes at once, to each of its peers and in all,
//! and lines of those that wait for one.
//!
//! Places at peers are pools that stand in a row: one for all peers together, in whose line stand
//! those who may go to any of them, and one for each peer, with the line of those who may go to
//! nobody else. So whoever may go anywhere goes to the first peer that has a place, as HAProxy's
//! queue of a backend has it.

use super::guard::Permission;
use crate::engine::World;
use crate::engine::site::pools::PlaceAtPeer;
use crate::engine::site::sessions::Holds;
use crate::engine::visit::Visit;
use crate::kernel::table::Id;
use crate::plan::ids::{Instance, Pool};
use crate::plan::{CallPlan, Plan, Step};

impl World {
    /// Places for one more call, or in a line for them.
    pub(super) fn enter_bulkheads(&mut self, plan: &Plan, slot: Id<Visit>, call: &CallPlan) -> Permission {
        let caller = self.visits[slot].instance;
        if let Some(pool) = self.bulkhead_of(plan, call, caller) {
            match self.enter_bulkhead(plan, slot, pool) {
                Permission::Granted => {}
                not_now => return not_now,
            }
        }
        match self.together_of(plan, call, caller) {
            None => Permission::Granted,
            Some(together) => self.enter_at_a_peer(plan, slot, call, together),
        }
    }

    /// A place among the calls that the caller makes at once, or in the line for one.
    fn enter_bulkhead(&mut self, plan: &Plan, slot: Id<Visit>, pool: Id<Pool>) -> Permission {
        // Whoever comes out of the line has its place already.
        if self.site.sessions.holds(self.visits[slot].sessions, Holds::Pool(pool)) {
            return Permission::Granted;
        }
        if self.site.pools.take(pool, self.clockwork.now()) {
            self.keep(slot, Holds::Pool(pool));
            return Permission::Granted;
        }
        self.wait_in_line_of(plan, slot, pool)
    }

    fn wait_in_line_of(&mut self, plan: &Plan, slot: Id<Visit>, pool: Id<Pool>) -> Permission {
        if !self.site.pools.admits_to_line(pool) {
            return Permission::Refused;
        }
        self.stand_in_pool_line(plan, slot, pool);
        Permission::Waits
    }

    /// A place at the peer that the call has to go to, or at any that may be called.
    #[inline(never)]
    fn enter_at_a_peer(
        &mut self,
        plan: &Plan,
        slot: Id<Visit>,
        call: &CallPlan,
        together: Id<Pool>,
    ) -> Permission {
        if self.site.sessions.place_at_peer(self.visits[slot].sessions, together).is_some() {
            return Permission::Granted;
        }
        if let Some(member) = self.only_member(plan, slot, call) {
            let place = PlaceAtPeer { together, member };
            if self.site.pools.has_room_at(place) {
                self.take_place_at(slot, place);
                return Permission::Granted;
            }
            return self.wait_in_line_of(plan, slot, place.pool());
        }
        let is_first = !self.site.pools.somebody_waits(together);
        if is_first && let Some(place) = self.free_place(plan, slot, call, together) {
            self.take_place_at(slot, place);
            return Permission::Granted;
        }
        let permission = self.wait_in_line_of(plan, slot, together);
        if !is_first {
            // A peer may be well again, and those who have come before are called first.
            self.serve_together(plan, together);
        }
        permission
    }

    /// The pool of all peers together of this caller, if it has places at each.
    fn together_of(&self, plan: &Plan, call: &CallPlan, caller: Id<Instance>) -> Option<Id<Pool>> {
        let peers = plan.guards[call.guard?].peers?;
        Some(plan.pools[peers].of_caller(plan.share_of(call, caller)))
    }

    fn bulkhead_of(&self, plan: &Plan, call: &CallPlan, caller: Id<Instance>) -> Option<Id<Pool>> {
        let pool = plan.guards[call.guard?].pool?;
        Some(plan.pools[pool].of_caller(plan.share_of(call, caller)))
    }

    /// The member that the call has to go to, if it may go to one only: who writes, who tries the
    /// same again, and whose client is sent to the same one each time.
    fn only_member(&mut self, plan: &Plan, slot: Id<Visit>, call: &CallPlan) -> Option<u32> {
        let visit = &self.visits[slot];
        let tries_the_same = visit.tries > 0 && !call.tries_others;
        let goes_by_client = plan.routes[call.route].policy.goes_by_client();
        (call.replication.is_some() || tries_the_same || goes_by_client)
            .then(|| self.member_for(plan, slot, call, false))
    }

    /// The peer at which the visit has got a place for the call that it makes now.
    pub(in crate::engine) fn member_reserved(
        &self,
        plan: &Plan,
        slot: Id<Visit>,
        call: &CallPlan,
    ) -> Option<u32> {
        let visit = &self.visits[slot];
        let together = self.together_of(plan, call, visit.instance)?;
        self.site.sessions.place_at_peer(visit.sessions, together).map(|place| place.member)
    }

    /// A place that is free at a member that may be called.
    fn free_place(
        &mut self,
        plan: &Plan,
        slot: Id<Visit>,
        call: &CallPlan,
        together: Id<Pool>,
    ) -> Option<PlaceAtPeer> {
        if !self.site.pools.has_room(together) {
            return None;
        }
        let visit = &self.visits[slot];
        let avoid = if visit.tries > 0 { Some(visit.latest_peer) } else { None };
        let (caller, root) = (visit.instance, visit.root);
        self.pick_with_place(plan, call, caller, root, avoid, together)
    }

    fn take_place_at(&mut self, slot: Id<Visit>, place: PlaceAtPeer) {
        self.site.pools.take_at(place, self.clockwork.now());
        self.keep(slot, Holds::Peer(place));
    }

    /// A place for a hedge at another peer; without one there is no hedge.
    pub(super) fn has_place_for_hedge(&mut self, plan: &Plan, slot: Id<Visit>, call: &CallPlan) -> bool {
        let Some(together) = self.together_of(plan, call, self.visits[slot].instance) else { return true };
        let place = match call.replication {
            None => self.free_place(plan, slot, call, together),
            Some(_) => {
                let place = PlaceAtPeer { together, member: self.member_for(plan, slot, call, true) };
                Some(place).filter(|&place| self.site.pools.has_room_at(place))
            }
        };
        let Some(place) = place else { return false };
        self.take_place_at(slot, place);
        true
    }

    /// A place at a peer is free: whoever waits for this very peer gets it, or else who has waited
    /// longest for any.
    pub(in crate::engine) fn release_peer(&mut self, plan: &Plan, place: PlaceAtPeer) {
        if let Some(waiting) = self.site.pools.first_in_line(place.pool()) {
            return self.hand_place_on(plan, waiting, place);
        }
        self.site.pools.give_back_at(place, self.clockwork.now());
        self.serve_together(plan, place.together);
    }

    /// Those who wait for any peer get the places that are free.
    fn serve_together(&mut self, plan: &Plan, together: Id<Pool>) {
        while let Some(waiting) = self.site.pools.first_in_line(together) {
            let Step::Call { call } = plan.steps[self.visits[waiting].step] else { return };
            let call = &plan.calls[call];
            let Some(place) = self.free_place(plan, waiting, call, together) else { return };
            self.site.pools.occupy_at(place, self.clockwork.now());
            self.hand_place_on(plan, waiting, place);
        }
    }

    fn hand_place_on(&mut self, plan: &Plan, waiting: Id<Visit>, place: PlaceAtPeer) {
        self.leave_pool_line_served(plan, waiting);
        self.keep(waiting, Holds::Peer(place));
        self.make_ready(waiting);
    }

    /// The call to this member is over, and others of the same visit go on.
    pub(super) fn leave_peer(&mut self, plan: &Plan, slot: Id<Visit>, call: &CallPlan, member: u32) {
        let Some(together) = self.together_of(plan, call, self.visits[slot].instance) else { return };
        let place = PlaceAtPeer { together, member };
        if self.site.sessions.take_out(&mut self.visits[slot].sessions, Holds::Peer(place)) {
            self.release_peer(plan, place);
        }
    }

    /// No call is under way any more: the places are given to the next that wait for them.
    pub(super) fn leave_bulkheads(&mut self, plan: &Plan, slot: Id<Visit>, call: &CallPlan) {
        let caller = self.visits[slot].instance;
        if let Some(together) = self.together_of(plan, call, caller) {
            while let Some(place) = self.site.sessions.place_at_peer(self.visits[slot].sessions, together) {
                self.leave_peer(plan, slot, call, place.member);
            }
        }
        if let Some(pool) = self.bulkhead_of(plan, call, caller)
            && self.site.sessions.take_out(&mut self.visits[slot].sessions, Holds::Pool(pool))
        {
            self.release_pool(plan, pool);
        }
    }
}
