//! What watches over each instance, and what it knows of deaths and starts.

use super::Trouble;
use crate::kernel::time::Time;
use crate::parts::restart::RestartPolicy;
use crate::plan::Plan;

#[derive(Clone, Debug, Default)]
pub struct Units {
    all: Vec<Unit>,
    shared: Vec<Shared>,
}

/// An incident that has hit several, and how many of those are not started yet.
#[derive(Clone, Copy, Debug)]
struct Shared {
    incident: u32,
    dead: usize,
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
    /// The random fault that has killed it, whose time begins anew then.
    pub random_fault: Option<u32>,
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
    pub fn dies(&mut self, instance: u32, death: Death) -> bool {
        let deaths = &mut self.units.all[instance as usize].deaths;
        deaths.push(death);
        deaths.len() == 1
    }

    /// Whether what watches over it starts it again.
    pub fn may_start(&mut self, instance: u32, policy: &RestartPolicy, now: Time) -> bool {
        self.units.all[instance as usize].may_start(policy, now)
    }

    /// It has died too often.
    pub fn is_given_up(&mut self, instance: u32, incident: u32) {
        self.units.all[instance as usize].given_up = Some(incident);
    }

    /// Somebody starts it himself: had it been given up? That is over then.
    pub fn is_taken_up(&mut self, instance: u32, now: Time) -> bool {
        let unit = &mut self.units.all[instance as usize];
        let Some(incident) = unit.given_up.take() else { return false };
        unit.starts.clear();
        self.close(incident, now);
        true
    }

    /// It is started again. Returns the random faults whose time begins anew.
    pub fn deaths_are_over(&mut self, instance: u32, now: Time) -> Vec<u32> {
        let deaths = std::mem::take(&mut self.units.all[instance as usize].deaths);
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
