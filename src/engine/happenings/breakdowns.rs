//! What breaks by chance, is repaired, and breaks again.

use super::World;
use crate::engine::trouble::{Change, Death};
use crate::kernel::time::{NEVER, Time};
use crate::plan::{ChangeTarget, Plan};
use crate::results::incident::Incident;

impl World {
    pub(super) fn random_fault_begins(&mut self, plan: &Plan, number: u32) {
        let fault = &plan.random_faults[number as usize];
        let name = format!("{} {}", fault.fault.name(), fault.name);
        let incident = Incident::of_chance(fault.fault, name, fault.target.clone(), self.clockwork.now());
        let incident = self.trouble.random_fault_begins(number, incident);
        if let (None, &[ChangeTarget::Instance(instance)]) = (fault.repair, &fault.targets[..]) {
            return self.process_dies(plan, instance, Death { incident, random_fault: Some(number) });
        }
        let mut until = NEVER;
        if self.spare_jumps_in(plan, number) {
            // The spare's coming is the end of the fault; the repair makes a new spare.
        } else if fault.crew.is_none_or(|crew| self.trouble.gets_repairer(crew, number)) {
            until = self.repair_begins(plan, number);
        }
        for &target in &fault.targets {
            self.strike(plan, target, fault.fault, until);
        }
    }

    /// Returns when the repair will be done.
    fn repair_begins(&mut self, plan: &Plan, number: u32) -> Time {
        let time = self.time_to_repair(plan, number);
        let done = self.clockwork.now().saturating_add(time);
        self.trouble.expect(done, Change::IsRepaired(number));
        done
    }

    /// The next repair of it takes so long; one of which nothing is said takes no time.
    pub(super) fn time_to_repair(&mut self, plan: &Plan, number: u32) -> Time {
        let repair = plan.random_faults[number as usize].repair;
        repair.map_or(0, |repair| self.chance.draws.take(plan, repair))
    }

    pub(super) fn random_fault_ends(&mut self, plan: &Plan, number: u32) {
        self.needs_no_spare(plan, number);
        self.end_random_fault(plan, number, true);
        self.crew_is_free(plan, number);
    }

    /// Whoever has repaired this goes on to the next.
    fn crew_is_free(&mut self, plan: &Plan, number: u32) {
        let crew = plan.random_faults[number as usize].crew;
        if let Some(next) = crew.and_then(|crew| self.trouble.repairer_is_free(crew)) {
            self.repair_begins(plan, next);
        }
    }

    /// A spare has come while this waited for its repair or was being repaired: its crew is
    /// free, and the repair goes on without. Returns how long it still takes.
    pub(super) fn repair_is_left_to_spare(&mut self, plan: &Plan, number: u32) -> Time {
        let fault = &plan.random_faults[number as usize];
        if let Some(done) = self.trouble.take_back(Change::IsRepaired(number)) {
            self.crew_is_free(plan, number);
            return done - self.clockwork.now();
        }
        if let Some(crew) = fault.crew {
            self.trouble.needs_no_repairer(crew, number);
        }
        self.time_to_repair(plan, number)
    }

    /// The targets are whole again, and have to boot or not; the time to the next failure begins.
    pub(super) fn end_random_fault(&mut self, plan: &Plan, number: u32, boots: bool) {
        let fault = &plan.random_faults[number as usize];
        self.trouble.random_fault_ends(number, self.clockwork.now());
        for &target in &fault.targets {
            match target {
                ChangeTarget::Instance(instance) if !boots => self.restart(plan, instance, false),
                target => self.lift(plan, target, fault.fault),
            }
        }
        self.next_random_fault(plan, number);
    }

    /// What has failed is whole, and fails again in a while.
    pub(super) fn next_random_fault(&mut self, plan: &Plan, number: u32) {
        let time_between = plan.random_faults[number as usize].time_between;
        let now = self.clockwork.now();
        let next = match self.trouble.take_break_of_spare(number) {
            None => now.saturating_add(self.chance.draws.take(plan, time_between)),
            // A spare that ran meanwhile is as old as it is, and may have broken on the way in.
            Some(breaks_at) => breaks_at.max(now),
        };
        self.trouble.expect(next, Change::Fails(number));
    }
}
