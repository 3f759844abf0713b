//! What stands by: spares that take the place of instances that break.

use super::Simulation;
use super::changes::Change;
use crate::kernel::random::uniform;
use crate::parts::fault::Fault;
use crate::plan::{ChangeTarget, NONE};

impl Simulation<'_> {
    /// Whether a spare takes the place of what this fault has broken; then its repair,
    /// which needs nobody's crew, makes a new spare.
    pub(super) fn spare_jumps_in(&mut self, fault: u32) -> bool {
        let plan = self.plan;
        let random = &plan.random_faults[fault as usize];
        let (Fault::Crash, [ChangeTarget::Instance(instance)]) = (random.fault, &random.targets[..]) else {
            return false;
        };
        let number = self.changes.standby_of[*instance as usize];
        if number == NONE || self.changes.spares[number as usize] == 0 {
            return false;
        }
        let standby = &plan.standbys[number as usize];
        if uniform(&mut self.dice[standby.die as usize]) >= standby.coverage {
            return false;
        }
        self.changes.spares[number as usize] -= 1;
        let takes_over = self.now.saturating_add(standby.switch_over);
        self.changes.add(takes_over, Change::TakesOver(fault));
        let whole = self.now.saturating_add(self.draws.take(plan, random.repair));
        self.changes.add(whole, Change::IsSpareAgain(fault));
        true
    }

    /// A hot spare serves at once; a cold one boots first, as everything does that starts.
    pub(super) fn standby_takes_over(&mut self, fault: u32) {
        let standby = self.standby_behind(fault);
        let boots = !self.plan.standbys[standby as usize].hot;
        self.end_random_fault(fault, boots);
    }

    pub(super) fn is_spare_again(&mut self, fault: u32) {
        let standby = self.standby_behind(fault);
        self.changes.spares[standby as usize] += 1;
    }

    /// The standby that has jumped in for what this fault has broken.
    fn standby_behind(&self, fault: u32) -> u32 {
        match &self.plan.random_faults[fault as usize].targets[..] {
            [ChangeTarget::Instance(instance)] => self.changes.standby_of[*instance as usize],
            _ => unreachable!("a spare takes the place of one instance"),
        }
    }
}
