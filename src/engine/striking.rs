//! Faults that strike instances, and are lifted from them.

use super::World;
use super::changes::Change;
use crate::kernel::time::Time;
use crate::parts::fault::Fault;
use crate::plan::{NONE, Plan};

impl World {
    pub(super) fn strike_instance(&mut self, plan: &Plan, instance: u32, fault: Fault) {
        match fault {
            Fault::Crash => self.crash(plan, instance, false),
            Fault::DataLoss => {
                self.site.replications.lose_data(plan, instance);
                self.crash(plan, instance, false);
            }
            Fault::Leak { bytes_per_s } => {
                self.trouble.memories.leak(instance, bytes_per_s, self.clockwork.now)
            }
            Fault::Failover => return self.strike_primary(plan, instance),
            Fault::Slow { factor } => {
                self.trouble.conditions[instance as usize].slowdowns.add(factor);
                self.set_speed(plan, instance);
            }
            Fault::Errors { share } => self.trouble.conditions[instance as usize].errors.add(1.0 - share),
            other => return self.for_all_at(instance, |this, one| this.strike_one(plan, one, other)),
        }
        self.take_condition(plan, instance);
    }

    fn strike_one(&mut self, plan: &Plan, instance: u32, fault: Fault) {
        if let Some(counter) = self.trouble.conditions[instance as usize].counter(fault) {
            *counter += 1;
        }
        if fault == Fault::Hang {
            self.freeze(plan, instance);
        }
        self.take_condition(plan, instance);
    }

    fn lift_from_one(&mut self, plan: &Plan, instance: u32, fault: Fault) {
        if let Some(counter) = self.trouble.conditions[instance as usize].counter(fault) {
            *counter -= 1;
        }
        if fault == Fault::Hang && self.trouble.conditions[instance as usize].hung == 0 {
            self.thaw(instance);
        }
        self.take_condition(plan, instance);
    }

    /// What hits a host hits all that stands on it.
    pub(super) fn for_all_at(&mut self, instance: u32, act: impl Fn(&mut Self, u32)) {
        let hosted = std::mem::take(&mut self.trouble.changes.hosted[instance as usize]);
        for &one in hosted.iter().chain([&instance]) {
            act(self, one);
        }
        self.trouble.changes.hosted[instance as usize] = hosted;
    }

    pub(super) fn lift_from_instance(&mut self, plan: &Plan, instance: u32, fault: Fault) {
        match fault {
            Fault::Crash => self.restart(plan, instance, true),
            Fault::DataLoss => {
                self.site.replications.restore_data(plan, instance);
                // What comes from a backup has no log to go through.
                self.trouble.conditions[instance as usize].has_crashed = false;
                self.restart(plan, instance, true);
            }
            Fault::Leak { bytes_per_s } => {
                self.trouble.memories.leak(instance, -bytes_per_s, self.clockwork.now)
            }
            Fault::Failover => return self.lift_from_primary(plan, instance),
            Fault::Slow { factor } => {
                self.trouble.conditions[instance as usize].slowdowns.remove(factor);
                self.set_speed(plan, instance);
            }
            Fault::Errors { share } => self.trouble.conditions[instance as usize].errors.remove(1.0 - share),
            other => return self.for_all_at(instance, |this, one| this.lift_from_one(plan, one, other)),
        }
        self.take_condition(plan, instance);
    }

    /// Somebody stops it, with all that stands on it: nothing has to be recovered afterwards.
    pub(super) fn stop_instance(&mut self, plan: &Plan, instance: u32) {
        self.crash(plan, instance, true);
        self.take_condition(plan, instance);
    }

    /// Everything that has to go down with an instance goes down.
    fn crash(&mut self, plan: &Plan, instance: u32, is_planned: bool) {
        let hosted = std::mem::take(&mut self.trouble.changes.hosted[instance as usize]);
        let is_host = !hosted.is_empty();
        for &one in hosted.iter().chain([&instance]) {
            self.trouble.conditions[one as usize].goes_down(is_host, self.clockwork.now);
            self.trouble.conditions[one as usize].has_crashed |= !is_planned;
            self.trouble.memories.forget_leak(one, self.clockwork.now);
            self.take_condition(plan, one);
        }
        // Nobody takes anybody in any more before the first is thrown out.
        let all: Vec<u32> = hosted.iter().copied().chain([instance]).collect();
        self.throw_everybody_out(plan, &all);
        self.trouble.changes.hosted[instance as usize] = hosted;
    }

    /// What has crashed is started again, and boots unless it has done so before.
    pub(super) fn restart(&mut self, plan: &Plan, instance: u32, boots: bool) {
        let hosted = std::mem::take(&mut self.trouble.changes.hosted[instance as usize]);
        let is_host = !hosted.is_empty();
        for &one in hosted.iter().chain([&instance]) {
            let host = if one == instance { 0 } else { self.boot_time(plan, instance) };
            self.take_up_again(plan, one, host);
            if boots {
                self.boot_after(plan, one, host);
            } else {
                self.comes_up(plan, one);
            }
        }
        self.trouble.changes.hosted[instance as usize] = hosted;
        if is_host && boots {
            let answers = self.clockwork.now.saturating_add(self.boot_time(plan, instance));
            self.trouble.changes.add(answers, Change::Answers(instance));
        } else if is_host {
            self.host_answers(instance);
        }
    }

    /// A host's kernel is there again: from now on a port without its process refuses.
    pub(super) fn host_answers(&mut self, host: u32) {
        for &one in self.trouble.changes.hosted[host as usize].iter().chain([&host]) {
            self.trouble.conditions[one as usize].silent -= 1;
        }
    }

    /// It serves from now on, without what it had in memory.
    pub(super) fn has_booted(&mut self, plan: &Plan, instance: u32) {
        let node = plan.instances[instance as usize].node;
        if let Some(pool) = &plan.nodes[node as usize].buffer_pool {
            let condition = &mut self.trouble.conditions[instance as usize];
            condition.cold_since = self.clockwork.now;
            condition.cold_until = self.clockwork.now.saturating_add(pool.warms_in);
        }
        self.comes_up(plan, instance);
    }

    fn comes_up(&mut self, plan: &Plan, instance: u32) {
        let condition = &mut self.trouble.conditions[instance as usize];
        condition.comes_up(self.clockwork.now);
        if !condition.is_down() {
            for _ in 0..std::mem::take(&mut condition.drained_until_up) {
                self.drain(instance, false);
            }
        }
        self.take_condition(plan, instance);
    }

    /// Callers that have a choice send it nothing new, or there is one reason less why not.
    pub(super) fn drain(&mut self, instance: u32, drains: bool) {
        let drained_for = &mut self.trouble.conditions[instance as usize].drained_for;
        if drains {
            self.trouble.draining += u32::from(*drained_for == 0);
            *drained_for += 1;
        } else {
            *drained_for -= 1;
            self.trouble.draining -= u32::from(*drained_for == 0);
        }
    }

    /// What drains is about to be stopped, and gets nothing new before it is up again.
    pub(super) fn drain_until_up(&mut self, instance: u32) {
        self.for_all_at(instance, |this, one| this.trouble.conditions[one as usize].drained_until_up += 1);
    }

    /// Writes to this database wait until then; 0: no longer.
    pub(super) fn lock_writes(&mut self, plan: &Plan, instance: u32, until: Time) {
        self.trouble.conditions[instance as usize].writes_locked_until = until;
        self.take_condition(plan, instance);
    }

    /// The processor whose cores are this very instance's, or `NONE`.
    pub(super) fn own_processor(&self, plan: &Plan, instance: u32) -> u32 {
        match plan.instances[instance as usize].processor {
            NONE => NONE,
            processor if plan.processors[processor as usize].instance == instance => processor,
            _ => NONE,
        }
    }

    /// A host that is slowed down slows all work on it, also what is under way.
    fn set_speed(&mut self, plan: &Plan, instance: u32) {
        let processor = self.own_processor(plan, instance);
        if processor == NONE {
            return;
        }
        let speed = plan.processors[processor as usize].speed;
        let factor = self.trouble.conditions[instance as usize].slowdowns.product;
        self.clockwork.processors[processor as usize].set_speed(self.clockwork.now, speed / factor);
        self.unset_clock(processor);
    }
}
