//! What watches over each instance, and what it knows of deaths and starts.

use super::Trouble;
use crate::kernel::table::{Id, Table};
use crate::kernel::time::Time;
use crate::parts::restart::RestartPolicy;
use crate::plan::ids::Instance;
use crate::plan::{InstancePlan, NodePlan, Plan};

#[derive(Clone, Debug, Default)]
pub struct Units {
    all: Table<Instance, Unit>,
    shared: Vec<Shared>,
}

/// An incident that has hit several, and how many of those are not started yet.
#[derive(Clone, Copy, Debug)]
struct Shared {
    incident: u32,
    dead: usize,
}

#[derive(Clone, Debug)]
struct Unit {
    /// Who starts it again, and how often.
    policy: Option<RestartPolicy>,
    /// How long it takes from its start until it serves, and how much longer after a crash.
    boot: Time,
    recovery: Time,
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
    /// The random fault that has killed it, whose time begins anew then.
    pub random_fault: Option<u32>,
}

/// What becomes of a process that has died.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sequel {
    /// Nobody watches over it.
    StaysDead,
    StartsAgainAt(Time),
    /// It has been started too often.
    IsGivenUp,
}

impl Unit {
    fn new(node: &NodePlan) -> Unit {
        Unit {
            policy: node.restart,
            boot: node.boot,
            recovery: node.recovery,
            starts: Vec::new(),
            deaths: Vec::new(),
            given_up: None,
        }
    }

    fn sequel(&mut self, now: Time) -> Sequel {
        let Some(policy) = self.policy else { return Sequel::StaysDead };
        match self.may_start(&policy, now) {
            true => Sequel::StartsAgainAt(now.saturating_add(policy.after)),
            false => Sequel::IsGivenUp,
        }
    }

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
        let unit = |instance: &InstancePlan| Unit::new(&plan.nodes[instance.node]);
        let all = if plan.has_changes() { plan.instances.iter().map(unit).collect() } else { Table::new() };
        Units { all, shared: Vec::new() }
    }

    /// One of those that the incident has hit is started again; was it the last?
    fn was_last(&mut self, incident: u32) -> bool {
        let Some(place) = self.shared.iter().position(|shared| shared.incident == incident) else {
            return true;
        };
        self.shared[place].dead -= 1;
        let is_last = self.shared[place].dead == 0;
        if is_last {
            self.shared.swap_remove(place);
        }
        is_last
    }
}

impl Trouble {
    /// An incident hits several; it is over when so many have been started again.
    pub fn hits_several(&mut self, incident: u32, count: usize) {
        self.units.shared.push(Shared { incident, dead: count });
    }

    /// A process dies; was it alive?
    pub fn dies(&mut self, instance: Id<Instance>, death: Death) -> bool {
        let deaths = &mut self.units.all[instance].deaths;
        deaths.push(death);
        deaths.len() == 1
    }

    /// What becomes of it now that it has died.
    pub fn sequel(&mut self, instance: Id<Instance>, now: Time) -> Sequel {
        self.units.all[instance].sequel(now)
    }

    /// How long it takes to boot, if it has nothing to recover.
    pub fn boot_time(&self, instance: Id<Instance>) -> Time {
        self.units.all[instance].boot
    }

    /// How long it takes to boot as it is.
    pub fn start_time(&self, instance: Id<Instance>) -> Time {
        let unit = &self.units.all[instance];
        let recovery = if self.conditions.has_crashed(instance) { unit.recovery } else { 0 };
        unit.boot.saturating_add(recovery)
    }

    /// It has died too often.
    pub fn is_given_up(&mut self, instance: Id<Instance>, incident: u32) {
        self.units.all[instance].given_up = Some(incident);
    }

    /// Somebody starts it himself: had it been given up? That is over then.
    pub fn is_taken_up(&mut self, instance: Id<Instance>, now: Time) -> bool {
        let unit = &mut self.units.all[instance];
        let Some(incident) = unit.given_up.take() else { return false };
        unit.starts.clear();
        self.close(incident, now);
        true
    }

    /// It is started again. Returns the random faults whose time begins anew.
    pub fn deaths_are_over(&mut self, instance: Id<Instance>, now: Time) -> Vec<u32> {
        let deaths = std::mem::take(&mut self.units.all[instance].deaths);
        for death in &deaths {
            if self.units.was_last(death.incident) {
                self.close(death.incident, now);
            }
        }
        deaths.iter().filter_map(|death| death.random_fault).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::time::SECOND;

    #[test]
    fn the_sixth_start_within_ten_seconds_is_one_too_many() {
        let policy = RestartPolicy::SYSTEMD;
        let (starts, deaths) = (Vec::new(), Vec::new());
        let mut unit = Unit { policy: Some(policy), boot: 0, recovery: 0, starts, deaths, given_up: None };
        let mut patient = unit.clone();
        assert!((1..=5).all(|second| unit.may_start(&policy, second * SECOND)));
        assert!(!unit.may_start(&policy, 6 * SECOND));
        assert!(unit.may_start(&policy, 11 * SECOND), "the first one is ten seconds ago");
        let policy = RestartPolicy { within: 0, ..policy };
        assert!((0..100).all(|_| patient.may_start(&policy, SECOND)));
    }
}
