//! What breaks by chance, is repaired, and breaks again.

use super::Simulation;
use super::changes::Change;
use super::restarting::Death;
use crate::kernel::time::{NEVER, Time};
use crate::plan::{ChangeTarget, NONE};
use crate::results::incident::Incident;

impl Simulation<'_> {
    pub(super) fn random_fault_begins(&mut self, number: u32) {
        let fault = &self.plan.random_faults[number as usize];
        let name = format!("{} {}", fault.fault.name(), fault.name);
        let incident = Incident::of_chance(fault.fault, name, fault.target.clone(), self.now);
        self.changes.of_random[number as usize] = self.changes.open(incident);
        if let (NONE, &[ChangeTarget::Instance(instance)]) = (fault.repair, &fault.targets[..]) {
            let incident = self.changes.of_random[number as usize];
            return self.process_dies(instance, Death { incident, random: number });
        }
        let mut until = NEVER;
        if self.spare_jumps_in(number) {
            // The spare's coming is the end of the fault; the repair makes a new spare.
        } else if fault.crew == NONE {
            until = self.repair_begins(number);
        } else {
            let crew = &mut self.changes.crews[fault.crew as usize];
            if crew.free == 0 {
                crew.waiting.push_back(number);
            } else {
                crew.free -= 1;
                until = self.repair_begins(number);
            }
        }
        for &target in &fault.targets {
            self.strike(target, fault.fault, until);
        }
    }

    /// Returns when the repair will be done.
    fn repair_begins(&mut self, number: u32) -> Time {
        let fault = &self.plan.random_faults[number as usize];
        let done = self.now.saturating_add(self.draws.take(self.plan, fault.repair));
        self.changes.add(done, Change::IsRepaired(number));
        done
    }

    pub(super) fn random_fault_ends(&mut self, number: u32) {
        self.needs_no_spare(number);
        self.end_random_fault(number, true);
        self.crew_is_free(number);
    }

    /// Whoever has repaired this goes on to the next.
    fn crew_is_free(&mut self, number: u32) {
        let fault = &self.plan.random_faults[number as usize];
        if fault.crew != NONE {
            match self.changes.crews[fault.crew as usize].waiting.pop_front() {
                Some(next) => {
                    self.repair_begins(next);
                }
                None => self.changes.crews[fault.crew as usize].free += 1,
            }
        }
    }

    /// A spare has come while this waited for its repair or was being repaired: its crew is
    /// free, and the repair goes on without. Returns how long it still takes.
    pub(super) fn repair_is_left_to_spare(&mut self, number: u32) -> Time {
        let fault = &self.plan.random_faults[number as usize];
        if let Some(done) = self.changes.take_back(Change::IsRepaired(number)) {
            self.crew_is_free(number);
            return done - self.now;
        }
        if fault.crew != NONE {
            self.changes.crews[fault.crew as usize].waiting.retain(|&waiting| waiting != number);
        }
        self.draws.take(self.plan, fault.repair)
    }

    /// The targets are whole again, and have to boot or not; the time to the next failure begins.
    pub(super) fn end_random_fault(&mut self, number: u32, boots: bool) {
        let fault = &self.plan.random_faults[number as usize];
        self.changes.close(self.changes.of_random[number as usize], self.now);
        for &target in &fault.targets {
            match target {
                ChangeTarget::Instance(instance) if !boots => self.restart(instance, false),
                target => self.lift(target, fault.fault),
            }
        }
        self.next_random_fault(number);
    }

    /// What has failed is whole, and fails again in a while.
    pub(super) fn next_random_fault(&mut self, number: u32) {
        let time_between = self.plan.random_faults[number as usize].time_between;
        let next = match std::mem::replace(&mut self.changes.breaks_at[number as usize], NEVER) {
            NEVER => self.now.saturating_add(self.draws.take(self.plan, time_between)),
            // A spare that ran meanwhile is as old as it is, and may have broken on the way in.
            breaks_at => breaks_at.max(self.now),
        };
        self.changes.add(next, Change::Fails(number));
    }
}
