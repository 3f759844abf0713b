//! What stands by: spares that take the place of instances that break.
//!
//! A hot spare runs meanwhile, and breaks as what it stands by for does; nobody notices
//! before it is wanted.

use super::World;
use crate::engine::trouble::Change;
use crate::kernel::random::uniform;
use crate::kernel::table::Id;
use crate::kernel::time::{NEVER, Time};
use crate::plan::Plan;
use crate::plan::ids::Standby;

impl World {
    /// All spares are whole.
    pub(super) fn start_spares(&mut self, plan: &Plan) {
        for (number, standby) in plan.standbys.entries() {
            for _ in 0..standby.spares {
                self.add_spare(plan, number);
            }
        }
    }

    fn add_spare(&mut self, plan: &Plan, standby: Id<Standby>) {
        let break_at = match plan.standbys[standby].time_between {
            None => NEVER,
            Some(draw) => self.clockwork.now().saturating_add(self.chance.draws.take(plan, draw)),
        };
        self.trouble.add_spare(standby, break_at);
    }

    /// Whether a spare takes the place of what this fault has broken; then its repair,
    /// which needs nobody's crew, makes a new spare.
    pub(super) fn spare_jumps_in(&mut self, plan: &Plan, fault: u32) -> bool {
        let Some(standby) = self.trouble.standby_of(plan, fault) else { return false };
        if !self.a_spare_takes_over(plan, fault, standby) {
            self.trouble.wants_spare(standby, fault);
            return false;
        }
        let repair = self.time_to_repair(plan, fault);
        self.spare_is_back_after(standby, repair);
        true
    }

    /// Finds a spare that is whole, and has the broken ones repaired that it comes upon.
    fn a_spare_takes_over(&mut self, plan: &Plan, fault: u32, standby: Id<Standby>) -> bool {
        let standby_plan = &plan.standbys[standby];
        while let Some(break_at) = self.trouble.take_spare(standby) {
            if break_at <= self.clockwork.now() {
                let repair = match standby_plan.repair {
                    None => 0,
                    Some(draw) => self.chance.draws.take(plan, draw),
                };
                self.spare_is_back_after(standby, repair);
                continue;
            }
            if uniform(&mut self.chance.dice[standby_plan.die]) >= standby_plan.coverage {
                self.trouble.put_spare_back(standby, break_at);
                return false;
            }
            self.trouble.is_replaced(fault, break_at);
            let takes_over = self.clockwork.now().saturating_add(standby_plan.switch_over);
            self.trouble.expect(takes_over, Change::TakesOver(fault));
            return true;
        }
        false
    }

    fn spare_is_back_after(&mut self, standby: Id<Standby>, repair: Time) {
        let whole = self.clockwork.now().saturating_add(repair);
        self.trouble.expect(whole, Change::IsSpareAgain(standby));
    }

    /// A hot spare serves at once; a cold one boots first, as everything does that starts.
    /// What runs already is as old as it is.
    pub(super) fn standby_takes_over(&mut self, plan: &Plan, fault: u32) {
        if let Some(standby) = self.trouble.standby_of(plan, fault) {
            let boots = !plan.standbys[standby].hot;
            self.end_random_fault(plan, fault, boots);
        }
    }

    /// What this fault had broken is whole by its own repair, and needs no spare.
    pub(super) fn needs_no_spare(&mut self, plan: &Plan, fault: u32) {
        if let Some(standby) = self.trouble.standby_of(plan, fault) {
            self.trouble.wants_no_spare(standby, fault);
        }
    }

    /// There is one more spare; if somebody has been waiting for one it takes that one's place,
    /// whose repair then makes the next spare.
    pub(super) fn is_spare_again(&mut self, plan: &Plan, standby: Id<Standby>) {
        self.add_spare(plan, standby);
        let Some(fault) = self.trouble.first_without_spare(standby) else { return };
        if self.a_spare_takes_over(plan, fault, standby) {
            self.trouble.wants_no_spare(standby, fault);
            let left = self.repair_is_left_to_spare(plan, fault);
            self.spare_is_back_after(standby, left);
        }
    }
}
