//! Maintenance that is more than instances being down at known times: draining first,
//! batch after batch, new beside old, and writes that wait.

use super::World;
use super::changes::Change;
use crate::kernel::time::{NEVER, Time};
use crate::parts::fault::Fault;
use crate::parts::release::Release;
use crate::plan::{Plan, Way};
use crate::results::incident::Incident;

/// After so many steps a canary is what there was before, or there for good.
const CANARY_STEPS: u32 = 4;

/// How far a piece of maintenance has come.
#[derive(Clone, Copy, Debug, Default)]
pub struct Progress {
    /// The steps done.
    step: u32,
    /// Instances before this one are done.
    first: usize,
    /// `None` before it has begun.
    incident: Option<u32>,
}

impl World {
    /// The next step of a piece of maintenance; the first one begins it.
    pub(super) fn maintain(&mut self, plan: &Plan, number: u32) {
        let maintenance_plan = &plan.maintenance[number as usize];
        let mut progress = self.trouble.changes.progress[number as usize];
        let now = self.clockwork.now;
        let incident = *progress.incident.get_or_insert_with(|| {
            let incident =
                Incident::of_maintenance(maintenance_plan.name.clone(), maintenance_plan.target.clone(), now);
            self.trouble.changes.open(incident)
        });
        progress.step += 1;
        let wait = match maintenance_plan.way {
            Way::DrainAndRestart { drain, takes } => {
                self.restart_step(plan, progress.step, &maintenance_plan.instances, drain, takes)
            }
            Way::Rolling { batch, takes, pause, extra, drain } => self.rolling_step(
                plan,
                &mut progress,
                &maintenance_plan.instances,
                (batch, extra),
                (drain, takes, pause),
            ),
            Way::Migrate { takes } => {
                self.migration_step(plan, progress.step, &maintenance_plan.instances, takes)
            }
            Way::Reload { takes, drain } => {
                let ready = takes.saturating_add(self.longest_boot(plan, &maintenance_plan.instances));
                (progress.step == 1).then(|| ready.saturating_add(drain))
            }
            Way::BlueGreen { takes, drain } => {
                self.replacing_step(plan, progress.step, &maintenance_plan.instances, (takes, drain))
            }
            Way::Canary { share, bake, takes, drain, release, goes_back } => {
                let first = (share, release);
                self.canary_step(
                    plan,
                    progress.step,
                    &maintenance_plan.instances,
                    first,
                    goes_back,
                    (takes, bake, drain),
                )
            }
        };
        match wait {
            Some(wait) => {
                self.trouble.changes.add(self.clockwork.now.saturating_add(wait), Change::Maintains(number))
            }
            None => self.trouble.changes.close(incident, now),
        }
        self.trouble.changes.progress[number as usize] = progress;
    }

    /// Nothing new from now until it is up again, down after a while; returns the time to the
    /// next step.
    fn restart_step(
        &mut self,
        plan: &Plan,
        step: u32,
        instances: &[u32],
        drain: Time,
        takes: Time,
    ) -> Option<Time> {
        match step {
            1 => {
                for &instance in instances {
                    self.for_all_at(instance, |this, one| this.drain(one, true));
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
                Some(self.longest_boot(plan, instances))
            }
            _ => None,
        }
    }

    /// The same for one batch after the other. Instances that are made in addition take the
    /// place of as many in each batch, so that those never go away.
    fn rolling_step(
        &mut self,
        plan: &Plan,
        progress: &mut Progress,
        instances: &[u32],
        (batch, extra): (u32, u32),
        (drain, takes, pause): (Time, Time, Time),
    ) -> Option<Time> {
        let rest = &instances[progress.first.min(instances.len())..];
        let batch = &rest[..rest.len().min(batch as usize)];
        let replaced = batch.len().min(extra as usize);
        let wait = self.restart_step(plan, progress.step, &batch[replaced..], drain, takes);
        if wait.is_some() {
            return wait;
        }
        progress.step = 0;
        progress.first += batch.len();
        (progress.first < instances.len()).then_some(pause)
    }

    /// Writes wait until it is done.
    fn migration_step(&mut self, plan: &Plan, step: u32, instances: &[u32], takes: Time) -> Option<Time> {
        let until = if step == 1 { self.clockwork.now.saturating_add(takes) } else { 0 };
        for &instance in instances {
            self.lock_writes(plan, instance, until);
        }
        (step == 1).then_some(takes)
    }

    /// New ones are made beside the old and get everything at one instant, with cold caches.
    fn replacing_step(
        &mut self,
        plan: &Plan,
        step: u32,
        instances: &[u32],
        (takes, drain): (Time, Time),
    ) -> Option<Time> {
        match step {
            1 => Some(takes.saturating_add(self.longest_boot(plan, instances))),
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
        instances: &[u32],
        (share, release): (f64, Release),
        goes_back: bool,
        (takes, bake, drain): (Time, Time, Time),
    ) -> Option<Time> {
        match step {
            1 => Some(takes.saturating_add(self.longest_boot(plan, instances))),
            2 => {
                self.let_some_meet(plan, instances, Some((share, release)));
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

    fn let_some_meet(&mut self, plan: &Plan, instances: &[u32], canary: Option<(f64, Release)>) {
        for &instance in instances {
            self.trouble.conditions[instance as usize].canary = canary;
            self.take_condition(plan, instance);
        }
    }

    /// From now on all requests meet this version, and what was wrong with the last one is over.
    fn release(&mut self, plan: &Plan, instances: &[u32], release: Release) {
        for &instance in instances {
            self.trouble.conditions[instance as usize].version = release;
            self.clear_cache(plan, instance);
            self.take_condition(plan, instance);
        }
        for (number, maintenance_plan) in plan.maintenance.iter().enumerate() {
            let is_gone = |one: &u32| {
                instances.contains(one) || self.trouble.conditions[*one as usize].version == Release::ALIKE
            };
            let progress = self.trouble.changes.progress[number];
            if progress.step == CANARY_STEPS
                && matches!(maintenance_plan.way, Way::Canary { .. })
                && maintenance_plan.instances.iter().all(is_gone)
                && let Some(incident) =
                    progress.incident.filter(|one| self.trouble.changes.active.contains(one))
            {
                self.trouble.changes.close(incident, self.clockwork.now);
            }
        }
    }

    fn longest_boot(&self, plan: &Plan, instances: &[u32]) -> Time {
        instances.iter().map(|&instance| self.boot_time(plan, instance)).max().unwrap_or(0).min(NEVER - 1)
    }
}
