//! Repairers, and the random faults that wait for one.

use super::Trouble;
use crate::kernel::table::{Id, Table};
use crate::plan::{Plan, ids};
use std::collections::VecDeque;

#[derive(Clone, Debug)]
pub struct Crews {
    all: Table<ids::Crew, Crew>,
}

#[derive(Clone, Debug)]
struct Crew {
    free: u32,
    waiting: VecDeque<u32>,
}

impl Crews {
    pub fn new(plan: &Plan) -> Crews {
        let all = plan.crews.iter().map(|&free| Crew { free, waiting: VecDeque::new() });
        Crews { all: all.collect() }
    }
}

impl Trouble {
    /// A fault wants somebody of this crew. If nobody is free it waits for its turn.
    pub fn gets_repairer(&mut self, crew: Id<ids::Crew>, fault: u32) -> bool {
        let crew = &mut self.crews.all[crew];
        if crew.free == 0 {
            crew.waiting.push_back(fault);
            return false;
        }
        crew.free -= 1;
        true
    }

    /// Somebody of this crew is done. Returns the fault that is repaired next.
    pub fn repairer_is_free(&mut self, crew: Id<ids::Crew>) -> Option<u32> {
        let crew = &mut self.crews.all[crew];
        let next = crew.waiting.pop_front();
        crew.free += u32::from(next.is_none());
        next
    }

    /// The fault needs nobody of this crew any more.
    pub fn needs_no_repairer(&mut self, crew: Id<ids::Crew>, fault: u32) {
        self.crews.all[crew].waiting.retain(|&waiting| waiting != fault);
    }
}
