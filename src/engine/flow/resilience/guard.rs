//! Callers that take care: breakers that let nobody through, and what is noted when a call begins
//! and ends.

use crate::engine::World;
use crate::engine::flow::ending::CallEnd;
use crate::engine::site::guards::{Closed, GuardedPeer};
use crate::engine::visit::Visit;
use crate::kernel::table::Id;
use crate::parts::outcome::Outcome;
use crate::plan::ids::{Call, Instance};
use crate::plan::{CallPlan, Plan, Step};

/// Whether a call may be made.
pub enum Permission {
    Granted,
    /// In line until another call of the same caller ends.
    Waits,
    Refused,
}

impl World {
    /// Whether a careful caller makes this call now.
    #[inline(never)]
    pub(in crate::engine) fn ask_guard(
        &mut self,
        plan: &Plan,
        slot: Id<Visit>,
        call: Id<Call>,
    ) -> Permission {
        let call_plan = &plan.calls[call];
        let caller = self.visits[slot].instance;
        if has_breaker(plan, call_plan) && !self.any_breaker_permits(plan, call_plan, caller) {
            return Permission::Refused;
        }
        self.enter_bulkheads(plan, slot, call_plan)
    }

    /// Whether anybody who could take the call may be called.
    fn any_breaker_permits(&self, plan: &Plan, call: &CallPlan, caller: Id<Instance>) -> bool {
        if let Some(set) = call.replication {
            return self.breaker_permits(plan, call, caller, self.replicated_member(plan, call, set, caller));
        }
        let peers = plan.routes[call.route].members.len() as u32;
        (0..peers).any(|member| self.breaker_permits(plan, call, caller, member))
    }

    /// Whether the breaker of a caller for one of its peers lets a call through.
    pub(in crate::engine) fn breaker_permits(
        &self,
        plan: &Plan,
        call: &CallPlan,
        caller: Id<Instance>,
        member: u32,
    ) -> bool {
        self.site.guards.permits(plan, call, GuardedPeer { caller, member }, self.clockwork.now())
    }

    /// The call is not made: nobody was asked, so that nobody's health is in doubt.
    #[inline(never)]
    pub(in crate::engine) fn refuse_call(
        &mut self,
        plan: &Plan,
        slot: Id<Visit>,
        call: Id<Call>,
    ) -> Option<Id<Visit>> {
        // It may have got a place in all, and none at a peer.
        self.leave_bulkheads(plan, slot, &plan.calls[call]);
        self.try_again_or_fail(plan, slot, call, CallEnd::sent(Outcome::Unavailable))
    }

    /// A careful caller has sent a call to an instance.
    #[inline(never)]
    pub(in crate::engine) fn guarded_call_begins(
        &mut self,
        plan: &Plan,
        slot: Id<Visit>,
        call: &CallPlan,
        to: Id<Instance>,
    ) {
        let Some(guard) = call.guard.map(|guard| &plan.guards[guard]) else { return };
        if guard.breaker.is_some() {
            let peer = self.guarded_peer(plan, slot, call, to);
            self.site.guards.call_begins(plan, call, peer, self.clockwork.now());
        }
        if let Some(hedge) = guard.hedge
            && let Step::Call { .. } = plan.steps[self.visits[slot].step]
            && self.calls_under_way(slot, hedge.at_most) <= hedge.at_most
        {
            self.schedule(slot, self.clockwork.now().saturating_add(hedge.after));
        }
    }

    fn guarded_peer(&self, plan: &Plan, slot: Id<Visit>, call: &CallPlan, to: Id<Instance>) -> GuardedPeer {
        GuardedPeer { caller: self.visits[slot].instance, member: self.member_of(plan, slot, call, to) }
    }

    /// A call of a careful caller has come to its end. Returns whether the caller waits on,
    /// for others that it has sent meanwhile.
    #[inline(never)]
    pub(in crate::engine) fn guarded_call_ended(
        &mut self,
        plan: &Plan,
        slot: Id<Visit>,
        call: &CallPlan,
        by: Id<Instance>,
        outcome: Outcome,
    ) -> bool {
        let caller = self.visits[slot].instance;
        if has_breaker(plan, call) {
            let peer = self.guarded_peer(plan, slot, call, by);
            let closed = self.site.guards.call_ended(plan, call, peer, outcome, self.clockwork.now());
            if let Some(Closed { before, after }) = closed {
                self.site.balancers.count_ailing(!before, !after);
            }
        }
        if self.visits[slot].flags.rare.forks() {
            return false;
        }
        if call.only_peer.is_none() {
            // Who has failed is not always whom it has called last.
            self.visits[slot].latest_peer = self.member_of(plan, slot, call, by);
        }
        if !outcome.is_ok() && self.visits[slot].child.is_some() {
            if call.only_peer.is_none() {
                self.leave_peer(plan, slot, call, self.visits[slot].latest_peer);
            }
            return true;
        }
        let visit = &mut self.visits[slot];
        visit.word = 0;
        self.abandon_children(plan, slot);
        self.leave_bulkheads(plan, slot, call);
        if outcome.is_ok() {
            self.visits[slot].retries = 0;
            self.site.guards.earn(plan, call, caller);
        }
        false
    }

    /// Whether there is a token for one more retry.
    pub(super) fn budget_allows_retry(&mut self, plan: &Plan, slot: Id<Visit>, call: &CallPlan) -> bool {
        self.site.guards.allows_retry(plan, call, self.visits[slot].instance)
    }
}

fn has_breaker(plan: &Plan, call: &CallPlan) -> bool {
    call.guard.is_some_and(|guard| plan.guards[guard].breaker.is_some())
}
