//! Hedged requests: one more call, to another peer, if the answer takes long.

use crate::engine::Simulation;
use crate::plan::{NONE, Step};

impl Simulation<'_> {
    /// No answer has come for as long as the caller waits with calling another peer.
    #[inline(never)]
    pub(in crate::engine) fn hedge(&mut self, slot: u32) {
        let visit = &self.visits[slot];
        let Step::Call { call } = self.plan.steps[visit.step as usize] else { return };
        let plan = &self.plan.calls[call as usize];
        let caller = visit.instance;
        let members = self.plan.routes[plan.route as usize].members.len() as u32;
        let is_permitted = (0..members).any(|member| self.breaker_permits(plan, caller, member));
        if is_permitted
            && !(self.disturbed && self.hangs(caller))
            && self.make_room_for(1)
            && self.has_place_for_hedge(slot, plan)
            && let Some(child) = self.begin_call(slot, call)
        {
            self.run_visit(child);
        }
    }

    /// How many calls the visit waits for, counted no further than is of interest.
    pub(super) fn calls_under_way(&self, slot: u32, enough: u32) -> u32 {
        let mut child = self.visits[slot].child;
        let mut count = 0;
        while child != NONE && count <= enough {
            count += 1;
            child = self.visits[child].sibling_next;
        }
        count
    }
}
