//! What stands by: spares that take the place of instances that break.
//!
//! A hot spare runs meanwhile, and breaks as what it stands by for does; nobody notices
//! before it is wanted.

use super::World;
use super::changes::Change;
use crate::kernel::random::uniform;
use crate::kernel::time::{NEVER, Time};
use crate::parts::fault::Fault;
use crate::plan::{ChangeTarget, NONE, Plan};

/// The spares of one standby.
#[derive(Clone, Debug, Default)]
pub struct Spares {
    /// Of each that nobody knows to be broken, when it breaks while it stands by.
    pub break_at: Vec<Time>,
    /// Faults that wait for a spare or for their own repair, whichever comes first.
    waiting: Vec<u32>,
}

impl World {
    /// All spares are whole.
    pub(super) fn start_spares(&mut self, plan: &Plan) {
        for (number, standby) in plan.standbys.iter().enumerate() {
            for _ in 0..standby.spares {
                self.add_spare(plan, number);
            }
        }
    }

    fn add_spare(&mut self, plan: &Plan, number: usize) {
        let time_between = plan.standbys[number].time_between;
        let break_at = match time_between {
            NONE => NEVER,
            draw => self.clockwork.now.saturating_add(self.chance.draws.take(plan, draw)),
        };
        self.trouble.changes.spares[number].break_at.push(break_at);
    }

    /// Whether a spare takes the place of what this fault has broken; then its repair,
    /// which needs nobody's crew, makes a new spare.
    pub(super) fn spare_jumps_in(&mut self, plan: &Plan, fault: u32) -> bool {
        let Some(number) = standby_of(plan, &self.trouble.changes.standby_of, fault) else { return false };
        if !self.a_spare_takes_over(plan, fault, number) {
            let spares = &mut self.trouble.changes.spares[number];
            if spares.break_at.is_empty() {
                spares.waiting.push(fault);
            }
            return false;
        }
        let repair = self.chance.draws.take(plan, plan.random_faults[fault as usize].repair);
        self.spare_is_back_at(number, repair);
        true
    }

    /// Finds a spare that is whole, and has the broken ones repaired that it comes upon.
    fn a_spare_takes_over(&mut self, plan: &Plan, fault: u32, number: usize) -> bool {
        let standby = &plan.standbys[number];
        while !self.trouble.changes.spares[number].break_at.is_empty() {
            let break_at = self.trouble.changes.spares[number].break_at.remove(0);
            if break_at <= self.clockwork.now {
                let repair =
                    if standby.repair == NONE { 0 } else { self.chance.draws.take(plan, standby.repair) };
                self.spare_is_back_at(number, repair);
                continue;
            }
            if uniform(&mut self.chance.dice[standby.die as usize]) >= standby.coverage {
                self.trouble.changes.spares[number].break_at.insert(0, break_at);
                return false;
            }
            let takes_over = self.clockwork.now.saturating_add(standby.switch_over);
            self.trouble.changes.breaks_at[fault as usize] = break_at;
            self.trouble.changes.add(takes_over, Change::TakesOver(fault));
            return true;
        }
        false
    }

    fn spare_is_back_at(&mut self, number: usize, repair: Time) {
        let whole = self.clockwork.now.saturating_add(repair);
        self.trouble.changes.add(whole, Change::IsSpareAgain(number as u32));
    }

    /// A hot spare serves at once; a cold one boots first, as everything does that starts.
    /// What runs already is as old as it is.
    pub(super) fn standby_takes_over(&mut self, plan: &Plan, fault: u32) {
        let Some(number) = standby_of(plan, &self.trouble.changes.standby_of, fault) else { return };
        let boots = !plan.standbys[number].hot;
        self.end_random_fault(plan, fault, boots);
    }

    /// What this fault had broken is whole by its own repair, and needs no spare.
    pub(super) fn needs_no_spare(&mut self, plan: &Plan, fault: u32) {
        if let Some(number) = standby_of(plan, &self.trouble.changes.standby_of, fault) {
            self.trouble.changes.spares[number].waiting.retain(|&waiting| waiting != fault);
        }
    }

    /// There is one more spare; if somebody has been waiting for one it takes that one's place,
    /// whose repair then makes the next spare.
    pub(super) fn is_spare_again(&mut self, plan: &Plan, number: u32) {
        let number = number as usize;
        self.add_spare(plan, number);
        let Some(&fault) = self.trouble.changes.spares[number].waiting.first() else { return };
        if self.a_spare_takes_over(plan, fault, number) {
            self.trouble.changes.spares[number].waiting.remove(0);
            let left = self.repair_is_left_to_spare(plan, fault);
            self.spare_is_back_at(number, left);
        }
    }
}

/// The standby of the one instance that this fault crashes.
fn standby_of(plan: &Plan, standby_of: &[u32], fault: u32) -> Option<usize> {
    let random = &plan.random_faults[fault as usize];
    match (random.fault, &random.targets[..]) {
        (Fault::Crash, [ChangeTarget::Instance(instance)]) => Some(standby_of[*instance as usize])
            .filter(|&number| number != NONE)
            .map(|number| number as usize),
        _ => None,
    }
}
