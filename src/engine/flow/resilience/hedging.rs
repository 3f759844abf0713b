//! Hedged requests: one more call, to another peer, if the answer takes long.

use crate::engine::World;
use crate::engine::visit::Visit;
use crate::kernel::table::Id;
use crate::plan::{Plan, Step};

impl World {
    /// No answer has come for as long as the caller waits with calling another peer.
    #[inline(never)]
    pub(in crate::engine) fn hedge(&mut self, plan: &Plan, slot: Id<Visit>) {
        let visit = &self.visits[slot];
        let Step::Call { call } = plan.steps[visit.step] else { return };
        let call_plan = &plan.calls[call];
        let caller = visit.instance;
        let members = plan.routes[call_plan.route].members.len() as u32;
        let is_permitted = (0..members).any(|member| self.breaker_permits(plan, call_plan, caller, member));
        if is_permitted
            && !self.hangs(caller)
            && self.make_room_for(1)
            && self.has_place_for_hedge(plan, slot, call_plan)
            && let Some(child) = self.begin_call(plan, slot, call)
        {
            self.run_visit(plan, child);
        }
    }

    /// How many calls the visit waits for, counted no further than is of interest.
    pub(super) fn calls_under_way(&self, slot: Id<Visit>, enough: u32) -> u32 {
        let mut child = self.visits[slot].child;
        let mut count = 0;
        while let Some(slot) = child
            && count <= enough
        {
            count += 1;
            child = self.visits[slot].sibling_next;
        }
        count
    }
}
