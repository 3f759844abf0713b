//! The clock of changes: what happens at its time, and what that sets going.

use super::World;
use crate::engine::clockwork::Ring;
use crate::engine::flow::health;
use crate::engine::trouble::Change;
use crate::kernel::table::Id;
use crate::kernel::time::Time;
use crate::parts::fault::Fault;
use crate::plan::ids::Instance;
use crate::plan::{ChangeTarget, Plan};
use crate::results::incident::Incident;

impl World {
    /// Draws the first random faults and sets the clock of changes.
    pub(in crate::engine) fn start_changes(&mut self, plan: &Plan) {
        self.start_spares(plan);
        for (number, fault) in plan.random_faults.iter().enumerate() {
            let time = self.chance.draws.take(plan, fault.time_between);
            self.trouble.expect(time, Change::Fails(number as u32));
        }
        if plan.has_changes() {
            self.trouble.are_checked_by(health::checkers(plan, &self.site.balancers));
            self.start_scaling(plan);
        }
        for instance in plan.instances.ids() {
            self.look_whether_care_is_needed(instance);
        }
        self.start_quiet(plan);
        self.start_looking_at_memory(plan);
        self.start_backups(plan);
        self.set_change_clock();
    }

    pub(in crate::engine) fn set_change_clock(&mut self) {
        self.clockwork.set(Ring::Change, self.trouble.next_change());
    }

    /// The clock of changes rings.
    #[inline(never)]
    pub(in crate::engine) fn change(&mut self, plan: &Plan) {
        while let Some(change) = self.trouble.take_change(self.clockwork.now()) {
            if change.is_felt() {
                self.quiet_is_over(plan);
            }
            match change {
                Change::Begins(number) => self.change_begins(plan, number),
                Change::Ends(number) => self.change_ends(plan, number),
                Change::Fails(number) => self.random_fault_begins(plan, number),
                Change::IsRepaired(number) => self.random_fault_ends(plan, number),
                Change::Answers(host) => self.host_answers(host),
                Change::HasBooted(instance) => self.has_booted(plan, instance),
                Change::Maintains(number) => self.maintain(plan, number),
                Change::TakesOver(fault) => self.standby_takes_over(plan, fault),
                Change::IsSpareAgain(number) => self.is_spare_again(plan, number),
                Change::ChecksName(name) => self.check_name(plan, name),
                Change::ChangesName(number) => self.change_name(plan, number),
                Change::LooksAtMemory(host) => self.look_at_memory(plan, host),
                Change::StartsAgain(instance) => self.start_again(plan, instance),
                Change::BacksUp(set) => self.back_up(plan, set),
                Change::Rests => self.rest(plan),
                Change::Decides(number) => self.decide(plan, number),
                Change::IsOneMore(number) => self.is_one_more(plan, number),
                Change::Promotes(set) => self.promote(plan, set),
                Change::Checks(view) => self.check_peers(plan, view),
            }
        }
        self.look_at_components(plan);
        self.set_change_clock();
    }

    fn change_begins(&mut self, plan: &Plan, number: u32) {
        let change = &plan.changes[number as usize];
        let (name, target, now) = (change.name.clone(), change.target.clone(), self.clockwork.now());
        let incident = match change.planned {
            true => Incident::of_maintenance(name, target, now),
            false => Incident::of_fault(change.fault, name, target, now),
        };
        let incident = self.trouble.change_begins(number, incident);
        if change.restarts {
            return self.processes_die(plan, change, incident);
        }
        for &target in &change.targets {
            match target {
                ChangeTarget::Instance(instance) if change.planned => self.stop_instance(plan, instance),
                target => self.strike(plan, target, change.fault, change.until),
            }
        }
        self.trouble.expect(change.until, Change::Ends(number));
    }

    fn change_ends(&mut self, plan: &Plan, number: u32) {
        let change = &plan.changes[number as usize];
        self.trouble.change_ends(number, self.clockwork.now());
        for &target in &change.targets {
            self.lift(plan, target, change.fault);
        }
    }

    /// The fault has hit the target.
    pub(super) fn strike(&mut self, plan: &Plan, target: ChangeTarget, fault: Fault, until: Time) {
        match target {
            ChangeTarget::Link(link) => {
                self.site.links.strike(plan, link, fault, until, self.clockwork.now());
            }
            ChangeTarget::Instance(instance) => self.strike_instance(plan, instance, fault),
        }
    }

    /// The fault is over.
    pub(super) fn lift(&mut self, plan: &Plan, target: ChangeTarget, fault: Fault) {
        match target {
            ChangeTarget::Link(link) => {
                self.site.links.lift(plan, link, fault, self.clockwork.now());
            }
            ChangeTarget::Instance(instance) => self.lift_from_instance(plan, instance, fault),
        }
    }

    /// A process that is started again is not up until it has booted.
    pub(super) fn boot_after(&mut self, instance: Id<Instance>, wait: Time) {
        let boot = self.trouble.start_time(instance);
        let ready = self.clockwork.now().saturating_add(wait).saturating_add(boot);
        self.trouble.expect(ready, Change::HasBooted(instance));
    }
}
