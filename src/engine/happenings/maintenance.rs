//! Maintenance that is more than instances being down at known times: draining first,
//! batch after batch, new beside old, and writes that wait.

use super::World;
use crate::engine::trouble::{Canary, Change};
use crate::kernel::table::Id;
use crate::kernel::time::{NEVER, Time};
use crate::parts::fault::Fault;
use crate::parts::release::Release;
use crate::plan::ids::Instance;
use crate::plan::{Plan, Way};
use crate::results::incident::Incident;

/// After so many steps a canary is what there was before, or there for good.
const CANARY_STEPS: u32 = 4;

/// Nothing new for a while, then so much time until it boots.
#[derive(Clone, Copy)]
struct Restart {
    drain: Time,
    takes: Time,
}

/// A new version is tried out for a while, and is there for good or goes back.
#[derive(Clone, Copy)]
struct TryOut {
    canary: Canary,
    bake: Time,
    goes_back: bool,
}

impl World {
    /// The next step of a piece of maintenance; the first one begins it.
    pub(super) fn maintain(&mut self, plan: &Plan, number: u32) {
        let maintenance = &plan.maintenance[number as usize];
        let now = self.clockwork.now();
        let incident = || Incident::of_maintenance(maintenance.name.clone(), maintenance.target.clone(), now);
        let step = self.trouble.next_step(number, incident);
        let instances = &maintenance.instances;
        let wait = match maintenance.way {
            Way::DrainAndRestart { drain, takes } => {
                self.restart_step(plan, step, instances, Restart { drain, takes })
            }
            Way::Rolling { batch, takes, pause, extra, drain } => {
                let first = self.trouble.first_to_do(number).min(instances.len());
                let rest = &instances[first..];
                let batch = &rest[..rest.len().min(batch as usize)];
                // Instances that are made in addition take the place of as many in each batch, so
                // that those never go away.
                let replaced = batch.len().min(extra as usize);
                let wait = self.restart_step(plan, step, &batch[replaced..], Restart { drain, takes });
                wait.or_else(|| {
                    self.trouble.batch_is_done(number, batch.len());
                    (batch.len() < rest.len()).then_some(pause)
                })
            }
            Way::Migrate { takes } => self.migration_step(plan, step, instances, takes),
            Way::Reload { takes, drain } => {
                let ready = takes.saturating_add(self.longest_boot(instances));
                (step == 1).then(|| ready.saturating_add(drain))
            }
            Way::BlueGreen { takes, drain } => {
                self.replacing_step(plan, step, instances, Restart { drain, takes })
            }
            Way::Canary { share, bake, takes, drain, release, goes_back } => {
                let try_out = TryOut { canary: Canary { share, release }, bake, goes_back };
                self.canary_step(plan, step, instances, try_out, Restart { drain, takes })
            }
        };
        match wait {
            Some(wait) => self.trouble.expect(now.saturating_add(wait), Change::Maintains(number)),
            None => self.trouble.maintenance_is_over(number, now),
        }
    }

    /// Nothing new from now until it is up again, down after a while; returns the time to the
    /// next step.
    fn restart_step(
        &mut self,
        plan: &Plan,
        step: u32,
        instances: &[Id<Instance>],
        Restart { drain, takes }: Restart,
    ) -> Option<Time> {
        match step {
            1 => {
                for &instance in instances {
                    self.for_all_at(instance, |this, one| this.trouble.drain(one));
                }
                Some(drain)
            }
            2 => {
                for &instance in instances {
                    self.drain_until_up(instance);
                    self.stop_instance(plan, instance);
                }
                Some(takes)
            }
            3 => {
                for &instance in instances {
                    self.lift_from_instance(plan, instance, Fault::Crash);
                }
                Some(self.longest_boot(instances))
            }
            _ => None,
        }
    }

    /// Writes wait until it is done.
    fn migration_step(
        &mut self,
        plan: &Plan,
        step: u32,
        instances: &[Id<Instance>],
        takes: Time,
    ) -> Option<Time> {
        let until = (step == 1).then(|| self.clockwork.now().saturating_add(takes));
        for &instance in instances {
            self.trouble.condition(instance).lock_writes(until);
            self.take_condition(plan, instance);
        }
        (step == 1).then_some(takes)
    }

    /// New ones are made beside the old and get everything at one instant, with cold caches.
    fn replacing_step(
        &mut self,
        plan: &Plan,
        step: u32,
        instances: &[Id<Instance>],
        Restart { drain, takes }: Restart,
    ) -> Option<Time> {
        match step {
            1 => Some(takes.saturating_add(self.longest_boot(instances))),
            2 => {
                self.release(plan, instances, Release::ALIKE);
                Some(drain)
            }
            _ => None,
        }
    }

    /// The same, but at first the new ones get only a share.
    fn canary_step(
        &mut self,
        plan: &Plan,
        step: u32,
        instances: &[Id<Instance>],
        TryOut { canary, bake, goes_back }: TryOut,
        Restart { drain, takes }: Restart,
    ) -> Option<Time> {
        let release = canary.release;
        match step {
            1 => Some(takes.saturating_add(self.longest_boot(instances))),
            2 => {
                self.let_some_meet(plan, instances, Some(canary));
                Some(bake)
            }
            3 => {
                self.let_some_meet(plan, instances, None);
                if !goes_back {
                    self.release(plan, instances, release);
                }
                Some(drain)
            }
            // Whatever is wrong with it goes on until there is another version.
            CANARY_STEPS if !goes_back && release != Release::ALIKE => Some(NEVER),
            _ => None,
        }
    }

    fn let_some_meet(&mut self, plan: &Plan, instances: &[Id<Instance>], canary: Option<Canary>) {
        for &instance in instances {
            self.trouble.condition(instance).show_some(canary);
            self.take_condition(plan, instance);
        }
    }

    /// From now on all requests meet this version, and what was wrong with the last one is over.
    fn release(&mut self, plan: &Plan, instances: &[Id<Instance>], release: Release) {
        for &instance in instances {
            self.trouble.condition(instance).show_all(release);
            self.clear_cache(plan, instance);
            self.take_condition(plan, instance);
        }
        for (number, maintenance) in (0..).zip(&plan.maintenance) {
            let conditions = self.trouble.conditions();
            let is_gone = |one: &Id<Instance>| instances.contains(one) || conditions.is_alike(*one);
            if matches!(maintenance.way, Way::Canary { .. })
                && self.trouble.is_after_step(number, CANARY_STEPS)
                && maintenance.instances.iter().all(is_gone)
            {
                self.trouble.maintenance_is_over(number, self.clockwork.now());
            }
        }
    }

    fn longest_boot(&self, instances: &[Id<Instance>]) -> Time {
        instances.iter().map(|&instance| self.trouble.boot_time(instance)).max().unwrap_or(0).min(NEVER - 1)
    }
}
