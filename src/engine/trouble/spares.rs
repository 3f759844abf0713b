//! What stands by: spares, and the faults that wait for one.

use super::Trouble;
use crate::kernel::table::{Id, Table};
use crate::kernel::time::{NEVER, Time};
use crate::parts::fault::Fault;
use crate::plan::ids::{Instance, Standby};
use crate::plan::{ChangeTarget, Plan};
use std::collections::VecDeque;

#[derive(Clone, Debug)]
pub struct Standbys {
    all: Table<Standby, Spares>,
    /// The standby of each instance that has one; empty if there are none.
    of_instances: Table<Instance, Option<Id<Standby>>>,
    /// When the spare breaks that has taken the place of what each random fault had broken.
    breaks_at: Vec<Option<Time>>,
}

/// The spares of one standby.
#[derive(Clone, Debug, Default)]
struct Spares {
    /// Of each that nobody knows to be broken, when it breaks while it stands by.
    break_at: VecDeque<Time>,
    /// Faults that wait for a spare or for their own repair, whichever comes first.
    waiting: Vec<u32>,
}

impl Standbys {
    pub fn new(plan: &Plan) -> Standbys {
        let instances = if plan.standbys.is_empty() { 0 } else { plan.instances.len() };
        let mut of_instances = Table::filled(None, instances);
        for (number, standby) in plan.standbys.entries() {
            for &instance in &standby.instances {
                of_instances[instance] = Some(number);
            }
        }
        Standbys {
            all: Table::filled(Spares::default(), plan.standbys.len()),
            of_instances,
            breaks_at: vec![None; plan.random_faults.len()],
        }
    }
}

impl Trouble {
    /// The standby of the one instance that this fault crashes.
    pub fn standby_of(&self, plan: &Plan, fault: u32) -> Option<Id<Standby>> {
        let random = &plan.random_faults[fault as usize];
        let [ChangeTarget::Instance(instance)] = random.targets[..] else { return None };
        let standby = self.spares.of_instances.get(instance).copied().flatten();
        standby.filter(|_| random.fault == Fault::Crash)
    }

    /// One more, that breaks then if it still stands by.
    pub fn add_spare(&mut self, standby: Id<Standby>, break_at: Time) {
        self.spares.all[standby].break_at.push_back(break_at);
    }

    /// Takes the first one, and says when it breaks, or has broken.
    pub fn take_spare(&mut self, standby: Id<Standby>) -> Option<Time> {
        self.spares.all[standby].break_at.pop_front()
    }

    /// The switch to it has failed: it is the first one again.
    pub fn put_spare_back(&mut self, standby: Id<Standby>, break_at: Time) {
        self.spares.all[standby].break_at.push_front(break_at);
    }

    /// The fault gets the next spare, if there are none left that the switch has failed to reach.
    pub fn wants_spare(&mut self, standby: Id<Standby>, fault: u32) {
        let spares = &mut self.spares.all[standby];
        if spares.break_at.is_empty() {
            spares.waiting.push(fault);
        }
    }

    pub fn wants_no_spare(&mut self, standby: Id<Standby>, fault: u32) {
        self.spares.all[standby].waiting.retain(|&waiting| waiting != fault);
    }

    /// The fault that has waited longest for a spare.
    pub fn first_without_spare(&self, standby: Id<Standby>) -> Option<u32> {
        self.spares.all[standby].waiting.first().copied()
    }

    /// A spare takes the place of what the fault has broken.
    pub fn is_replaced(&mut self, fault: u32, break_at: Time) {
        self.spares.breaks_at[fault as usize] = Some(break_at);
    }

    /// When what is in the place of this breaks, if that is a spare that was going to.
    pub fn take_break_of_spare(&mut self, fault: u32) -> Option<Time> {
        self.spares.breaks_at[fault as usize].take().filter(|&time| time != NEVER)
    }
}
