//! Processes that have died and are started again, as systemd does it, until they die too
//! often.

use super::World;
use crate::engine::trouble::{Change, Death, Sequel};
use crate::kernel::table::Id;
use crate::kernel::time::Time;
use crate::parts::fault::Fault;
use crate::plan::ids::Instance;
use crate::plan::{ChangePlan, ChangeTarget, Plan};
use crate::results::incident::Incident;

impl World {
    /// All of them at once; the incident is over when the last one is started again.
    pub(super) fn processes_die(&mut self, plan: &Plan, change: &ChangePlan, incident: u32) {
        self.trouble.hits_several(incident, change.targets.len());
        for &target in &change.targets {
            if let ChangeTarget::Instance(instance) = target {
                self.process_dies(plan, instance, Death { incident, random_fault: None });
            }
        }
    }

    /// The process dies, and is started again in a while if anything watches over it.
    pub(super) fn process_dies(&mut self, plan: &Plan, instance: Id<Instance>, death: Death) {
        if !self.trouble.dies(instance, death) {
            // What is dead cannot die, and whoever starts it makes no difference.
            return;
        }
        self.strike_instance(plan, instance, Fault::Crash);
        match self.trouble.sequel(instance, self.clockwork.now()) {
            Sequel::StaysDead => {}
            Sequel::StartsAgainAt(time) => self.trouble.expect(time, Change::StartsAgain(instance)),
            Sequel::IsGivenUp => self.give_up(plan, instance),
        }
    }

    /// From now on it stays down, until somebody starts it or its host.
    fn give_up(&mut self, plan: &Plan, instance: Id<Instance>) {
        let target = plan.name_of(instance);
        let name = format!("start limit hit: {target}");
        let incident = self.trouble.open(Incident::of_start_limit(name, target, self.clockwork.now()));
        self.trouble.is_given_up(instance, incident);
        // Whatever began before: it is this that makes it last.
        self.watch.is_due_to(incident);
        self.components.is_due_to(incident);
    }

    /// systemd starts what has died.
    pub(super) fn start_again(&mut self, plan: &Plan, instance: Id<Instance>) {
        self.deaths_are_over(plan, instance);
        self.lift_from_instance(plan, instance, Fault::Crash);
    }

    fn deaths_are_over(&mut self, plan: &Plan, instance: Id<Instance>) {
        for fault in self.trouble.deaths_are_over(instance, self.clockwork.now()) {
            self.next_random_fault(plan, fault);
        }
    }

    /// Somebody starts an instance that systemd had given up, on a host that takes so long
    /// to boot.
    pub(super) fn take_up_again(&mut self, plan: &Plan, instance: Id<Instance>, host_boot: Time) {
        if self.trouble.is_taken_up(instance, self.clockwork.now()) {
            self.deaths_are_over(plan, instance);
            self.boot_after(instance, host_boot);
        }
    }
}
