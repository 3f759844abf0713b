//! Processes that have died and are started again, as systemd does it, until they die too
//! often.

use super::World;
use super::changes::Change;
use crate::kernel::time::Time;
use crate::parts::fault::Fault;
use crate::parts::restart::RestartPolicy;
use crate::plan::{ChangeTarget, NONE, Plan};
use crate::results::incident::Incident;

/// What watches over each instance.
#[derive(Clone, Debug, Default)]
pub struct Units {
    all: Vec<Unit>,
    /// Incidents that hit several, and how many of those are not started yet.
    shared: Vec<(u32, usize)>,
}

#[derive(Clone, Debug, Default)]
struct Unit {
    /// Its latest starts, the oldest first.
    starts: Vec<Time>,
    /// Why it is dead; nothing while it lives.
    deaths: Vec<Death>,
    /// The incident of its being given up.
    given_up: Option<u32>,
}

/// Why a process is dead.
#[derive(Clone, Copy, Debug)]
pub struct Death {
    /// Over when it is started again.
    pub incident: u32,
    /// The random fault that has killed it, whose time begins anew then, or `NONE`.
    pub random: u32,
}

impl Unit {
    /// systemd gives up on what has to be started too often.
    fn may_start(&mut self, policy: &RestartPolicy, now: Time) -> bool {
        self.starts.retain(|&start| start.saturating_add(policy.within) > now);
        let may = self.starts.len() < policy.starts_most as usize;
        if may {
            self.starts.push(now);
        }
        may
    }
}

impl Units {
    pub fn new(plan: &Plan) -> Self {
        let count = if plan.has_changes() { plan.instances.len() } else { 0 };
        Units { all: vec![Unit::default(); count], shared: Vec::new() }
    }

    /// The incident is over when so many have been started again.
    pub fn share(&mut self, incident: u32, count: usize) {
        self.shared.push((incident, count));
    }

    /// One of those that the incident has hit is started again; was it the last?
    fn was_last(&mut self, incident: u32) -> bool {
        let Some(place) = self.shared.iter().position(|&(shared, _)| shared == incident) else { return true };
        self.shared[place].1 -= 1;
        let is_last = self.shared[place].1 == 0;
        if is_last {
            self.shared.swap_remove(place);
        }
        is_last
    }
}

impl World {
    /// All of them at once; the incident is over when the last one is started again.
    pub(super) fn processes_die(&mut self, plan: &Plan, number: u32) {
        let change = &plan.changes[number as usize];
        let incident = self.trouble.changes.of_change[number as usize];
        self.trouble.units.share(incident, change.targets.len());
        for &target in &change.targets {
            if let ChangeTarget::Instance(instance) = target {
                self.process_dies(plan, instance, Death { incident, random: NONE });
            }
        }
    }

    /// The process dies, and is started again in a while if anything watches over it.
    pub(super) fn process_dies(&mut self, plan: &Plan, instance: u32, death: Death) {
        let place = instance as usize;
        let was_alive = self.trouble.units.all[place].deaths.is_empty();
        self.trouble.units.all[place].deaths.push(death);
        if !was_alive {
            // What is dead cannot die, and whoever starts it makes no difference.
            return;
        }
        self.strike_instance(plan, instance, Fault::Crash);
        let node = &plan.nodes[plan.instances[place].node as usize];
        let Some(policy) = &node.restart else { return };
        if self.trouble.units.all[place].may_start(policy, self.clockwork.now) {
            self.trouble
                .changes
                .add(self.clockwork.now.saturating_add(policy.after), Change::StartsAgain(instance));
        } else {
            self.give_up(plan, instance);
        }
    }

    /// From now on it stays down, until somebody starts it or its host.
    fn give_up(&mut self, plan: &Plan, instance: u32) {
        let target = plan.name_of(instance);
        let name = format!("start limit hit: {target}");
        let incident = self.trouble.changes.open(Incident::of_start_limit(name, target, self.clockwork.now));
        self.trouble.units.all[instance as usize].given_up = Some(incident);
        // Whatever began before: it is this that makes it last.
        self.watch.is_due_to(incident);
        self.components.is_due_to(incident);
    }

    /// systemd starts what has died.
    pub(super) fn start_again(&mut self, plan: &Plan, instance: u32) {
        self.deaths_are_over(plan, instance);
        self.lift_from_instance(plan, instance, Fault::Crash);
    }

    fn deaths_are_over(&mut self, plan: &Plan, instance: u32) {
        for death in std::mem::take(&mut self.trouble.units.all[instance as usize].deaths) {
            if self.trouble.units.was_last(death.incident) {
                self.trouble.changes.close(death.incident, self.clockwork.now);
            }
            if death.random != NONE {
                self.next_random_fault(plan, death.random);
            }
        }
    }

    /// Somebody starts an instance that systemd had given up, on a host that takes so long
    /// to boot.
    pub(super) fn take_up_again(&mut self, plan: &Plan, instance: u32, host_boot: Time) {
        let unit = &mut self.trouble.units.all[instance as usize];
        if let Some(incident) = unit.given_up.take() {
            unit.starts.clear();
            self.trouble.changes.close(incident, self.clockwork.now);
            self.deaths_are_over(plan, instance);
            self.boot_after(plan, instance, host_boot);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::time::SECOND;

    #[test]
    fn the_sixth_start_within_ten_seconds_is_one_too_many() {
        let mut unit = Unit::default();
        let policy = RestartPolicy::SYSTEMD;
        assert!((1..=5).all(|second| unit.may_start(&policy, second * SECOND)));
        assert!(!unit.may_start(&policy, 6 * SECOND));
        assert!(unit.may_start(&policy, 11 * SECOND), "the first one is ten seconds ago");
        let mut patient = Unit::default();
        let policy = RestartPolicy { within: 0, ..policy };
        assert!((0..100).all(|_| patient.may_start(&policy, SECOND)));
    }
}
