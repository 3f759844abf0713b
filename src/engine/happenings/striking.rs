//! Faults that strike instances, and are lifted from them.

use super::World;
use crate::engine::trouble::Change;
use crate::kernel::table::Id;
use crate::parts::fault::Fault;
use crate::plan::Plan;
use crate::plan::ids::{Instance, Processor};

impl World {
    pub(in crate::engine) fn strike_instance(&mut self, plan: &Plan, instance: Id<Instance>, fault: Fault) {
        match fault {
            Fault::Crash => self.crash(plan, instance, false),
            Fault::DataLoss => {
                self.site.replications.lose_data(plan, instance);
                self.crash(plan, instance, false);
            }
            Fault::Leak { bytes_per_s } => self.trouble.leak(instance, bytes_per_s, self.clockwork.now()),
            Fault::Failover => return self.strike_primary(plan, instance),
            Fault::Slow { factor } => {
                self.trouble.condition(instance).is_slowed(factor);
                self.set_speed(plan, instance);
            }
            Fault::Errors { share } => self.trouble.condition(instance).errs(share),
            Fault::Hang
            | Fault::BlackHole
            | Fault::FullDisk
            | Fault::DnsOutage
            | Fault::ExpiredCertificate => {
                return self.for_all_at(instance, |this, one| this.strike_one(plan, one, fault));
            }
            // These hit links.
            Fault::Delay { .. } | Fault::Loss { .. } | Fault::Throttle { .. } | Fault::Partition => {}
        }
        self.take_condition(plan, instance);
    }

    fn strike_one(&mut self, plan: &Plan, instance: Id<Instance>, fault: Fault) {
        self.trouble.condition(instance).suffers(fault);
        if fault == Fault::Hang {
            self.freeze(plan, instance);
        }
        self.take_condition(plan, instance);
    }

    fn lift_from_one(&mut self, plan: &Plan, instance: Id<Instance>, fault: Fault) {
        self.trouble.condition(instance).suffers_no_more(fault);
        if fault == Fault::Hang && !self.hangs(instance) {
            self.thaw(instance);
        }
        self.take_condition(plan, instance);
    }

    /// What hits a host hits all that stands on it.
    pub(super) fn for_all_at(&mut self, instance: Id<Instance>, act: impl Fn(&mut Self, Id<Instance>)) {
        for one in self.trouble.all_at(instance) {
            act(self, one);
        }
    }

    pub(in crate::engine) fn lift_from_instance(
        &mut self,
        plan: &Plan,
        instance: Id<Instance>,
        fault: Fault,
    ) {
        match fault {
            Fault::Crash => self.restart(plan, instance, true),
            Fault::DataLoss => {
                self.site.replications.restore_data(plan, instance);
                self.trouble.condition(instance).is_restored();
                self.restart(plan, instance, true);
            }
            Fault::Leak { bytes_per_s } => self.trouble.leak(instance, -bytes_per_s, self.clockwork.now()),
            Fault::Failover => return self.lift_from_primary(plan, instance),
            Fault::Slow { factor } => {
                self.trouble.condition(instance).is_slowed_no_more(factor);
                self.set_speed(plan, instance);
            }
            Fault::Errors { share } => self.trouble.condition(instance).errs_no_more(share),
            Fault::Hang
            | Fault::BlackHole
            | Fault::FullDisk
            | Fault::DnsOutage
            | Fault::ExpiredCertificate => {
                return self.for_all_at(instance, |this, one| this.lift_from_one(plan, one, fault));
            }
            // These hit links.
            Fault::Delay { .. } | Fault::Loss { .. } | Fault::Throttle { .. } | Fault::Partition => {}
        }
        self.take_condition(plan, instance);
    }

    /// Somebody stops it, with all that stands on it: nothing has to be recovered afterwards.
    pub(super) fn stop_instance(&mut self, plan: &Plan, instance: Id<Instance>) {
        self.crash(plan, instance, true);
        self.take_condition(plan, instance);
    }

    /// Everything that has to go down with an instance goes down.
    fn crash(&mut self, plan: &Plan, instance: Id<Instance>, is_planned: bool) {
        let is_silent = self.trouble.is_host(instance);
        let all = self.trouble.all_at(instance);
        for &one in &all {
            self.trouble.goes_down(one, is_silent, is_planned, self.clockwork.now());
            self.take_condition(plan, one);
        }
        // Nobody takes anybody in any more before the first is thrown out.
        self.throw_everybody_out(plan, &all);
    }

    /// What has crashed is started again, and boots unless it has done so before.
    pub(super) fn restart(&mut self, plan: &Plan, instance: Id<Instance>, boots: bool) {
        for one in self.trouble.all_at(instance) {
            let host = if one == instance { 0 } else { self.trouble.boot_time(instance) };
            self.take_up_again(plan, one, host);
            if boots {
                self.boot_after(one, host);
            } else {
                self.comes_up(plan, one);
            }
        }
        let is_host = self.trouble.is_host(instance);
        if is_host && boots {
            let answers = self.clockwork.now().saturating_add(self.trouble.boot_time(instance));
            self.trouble.expect(answers, Change::Answers(instance));
        } else if is_host {
            self.host_answers(instance);
        }
    }

    /// A host's kernel is there again: from now on a port without its process refuses.
    pub(super) fn host_answers(&mut self, host: Id<Instance>) {
        self.for_all_at(host, |this, one| this.trouble.condition(one).host_answers());
    }

    /// It serves from now on, without what it had in memory.
    pub(super) fn has_booted(&mut self, plan: &Plan, instance: Id<Instance>) {
        let node = plan.instances[instance].node;
        if let Some(pool) = &plan.nodes[node].buffer_pool {
            self.trouble.condition(instance).starts_cold(self.clockwork.now(), pool.warms_in);
        }
        self.comes_up(plan, instance);
    }

    fn comes_up(&mut self, plan: &Plan, instance: Id<Instance>) {
        self.trouble.comes_up(instance, self.clockwork.now());
        self.take_condition(plan, instance);
    }

    /// What drains is about to be stopped, and gets nothing new before it is up again.
    pub(super) fn drain_until_up(&mut self, instance: Id<Instance>) {
        self.for_all_at(instance, |this, one| this.trouble.condition(one).drain_until_up());
    }

    /// The processor whose cores are this very instance's, if any are.
    pub(in crate::engine) fn own_processor(
        &self,
        plan: &Plan,
        instance: Id<Instance>,
    ) -> Option<Id<Processor>> {
        let processor = plan.instances[instance].processor?;
        (plan.processors[processor].instance == instance).then_some(processor)
    }

    /// A host that is slowed down slows all work on it, also what is under way.
    fn set_speed(&mut self, plan: &Plan, instance: Id<Instance>) {
        let Some(processor) = self.own_processor(plan, instance) else {
            return;
        };
        let speed = plan.processors[processor].speed;
        let factor = self.trouble.conditions().slowdown(instance);
        self.clockwork.set_speed(&self.visits, processor, speed / factor);
    }
}
