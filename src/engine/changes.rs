//! What goes wrong, and when: changes at known times and random faults, in an agenda of
//! their own behind one clock, so that a run in which nothing changes never looks at it.

use super::World;
use super::health::{self, Checker};
use super::maintenance::Progress;
use super::site::balancers::ViewHandle;
use super::standby::Spares;
use crate::kernel::time::{NEVER, Time};
use crate::parts::fault::Fault;
use crate::plan::{CallPlan, ChangeTarget, ConnectionUse, NONE, Plan};
use crate::results::incident::Incident;
use rustc_hash::FxHashMap;
use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

/// Incidents that are listed one by one. Those beyond are listed once for all that are alike, of
/// which there are no more than there are things that can go wrong.
const LISTED_MOST: usize = 100_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Change {
    Begins(u32),
    Ends(u32),
    Fails(u32),
    IsRepaired(u32),
    HasBooted(u32),
    /// A host's kernel has booted.
    Answers(u32),
    /// A caller asks all of its peers whether they are there.
    Checks(ViewHandle),
    /// The next step of a piece of maintenance.
    Maintains(u32),
    /// What stands by takes an instance's place.
    TakesOver(u32),
    /// Is it quiet enough to simulate no requests, or are they to be simulated again?
    Rests,
    /// Is there memory left on a host?
    LooksAtMemory(u32),
    /// What has died is started.
    StartsAgain(u32),
    /// A set of databases is backed up.
    BacksUp(u32),
    /// A zone asks whether anybody answers at the addresses of a name.
    ChecksName(u32),
    /// A name leads elsewhere.
    ChangesName(u32),
    /// A replica becomes the primary of a set of databases.
    Promotes(u32),
    /// It is decided how many of a node there are to be.
    Decides(u32),
    /// One that was missing has booted.
    IsOneMore(u32),
    /// What a spare has replaced is whole again, and is a spare of this standby now.
    IsSpareAgain(u32),
}

impl Change {
    /// Whether requests may fare otherwise from then on.
    fn is_felt(self) -> bool {
        !matches!(
            self,
            Change::Rests
                | Change::Checks(_)
                | Change::ChecksName(_)
                | Change::LooksAtMemory(_)
                | Change::BacksUp(_)
                | Change::Decides(_)
        )
    }
}

#[derive(Clone, Debug)]
pub struct Changes {
    pending: BinaryHeap<Reverse<(Time, u64, Change)>>,
    sequence: u64,
    pub(super) crews: Vec<Crew>,
    /// The incident that each change and each random fault has opened, or `NONE`.
    pub(super) of_change: Vec<u32>,
    pub(super) of_random: Vec<u32>,
    /// How far each piece of maintenance has come.
    pub progress: Vec<Progress>,
    /// Of each standby.
    pub spares: Vec<Spares>,
    /// When the spare breaks that has taken the place of what each random fault had broken.
    pub breaks_at: Vec<Time>,
    /// The standby of each instance, or `NONE`.
    pub standby_of: Vec<u32>,
    pub incidents: Vec<Incident>,
    pub unlisted: u64,
    /// Of what is not listed one by one: the place of all that has this kind, name and target.
    together: FxHashMap<(&'static str, String, String), u32>,
    /// Incidents in force, the latest last.
    pub active: Vec<u32>,
    /// The incident that was over last, and when.
    pub latest_over: Option<(u32, Time)>,
    /// Who checks each instance.
    pub checkers: Vec<Vec<Checker>>,
    /// The sources whose clients keep connections to each instance.
    pub greets: Vec<Vec<u32>>,
    /// The instances that stand on each server's instance.
    pub hosted: Vec<Vec<u32>>,
}

/// Repairers, and the random faults that wait for one.
#[derive(Clone, Debug)]
pub(super) struct Crew {
    pub free: u32,
    pub waiting: VecDeque<u32>,
}

impl Changes {
    pub fn new(plan: &Plan) -> Self {
        let mut changes = Changes {
            pending: BinaryHeap::new(),
            sequence: 0,
            crews: plan.crews.iter().map(|&free| Crew { free, waiting: VecDeque::new() }).collect(),
            of_change: vec![NONE; plan.changes.len()],
            of_random: vec![NONE; plan.random_faults.len()],
            progress: vec![Progress::default(); plan.maintenance.len()],
            spares: vec![Spares::default(); plan.standbys.len()],
            breaks_at: vec![NEVER; plan.random_faults.len()],
            standby_of: Vec::new(),
            incidents: Vec::new(),
            unlisted: 0,
            together: FxHashMap::default(),
            active: Vec::new(),
            latest_over: None,
            checkers: Vec::new(),
            greets: Vec::new(),
            hosted: Vec::new(),
        };
        if plan.has_changes() {
            changes.hosted = vec![Vec::new(); plan.instances.len()];
            for (number, instance) in plan.instances.iter().enumerate() {
                if instance.host != NONE {
                    changes.hosted[instance.host as usize].push(number as u32);
                }
            }
            changes.standby_of = vec![NONE; plan.instances.len()];
            changes.greets = greets(plan);
        }
        for (number, standby) in plan.standbys.iter().enumerate() {
            for &instance in &standby.instances {
                changes.standby_of[instance as usize] = number as u32;
            }
        }
        for (number, maintenance) in plan.maintenance.iter().enumerate() {
            changes.add(maintenance.at, Change::Maintains(number as u32));
        }
        for (number, change) in plan.changes.iter().enumerate() {
            changes.add(change.at, Change::Begins(number as u32));
        }
        for (number, change) in plan.name_changes.iter().enumerate() {
            changes.add(change.at, Change::ChangesName(number as u32));
        }
        changes
    }

    pub(super) fn add(&mut self, time: Time, change: Change) {
        if time != NEVER {
            self.pending.push(Reverse((time, self.sequence, change)));
            self.sequence += 1;
        }
    }

    /// This was going to happen, and does not; when would it have?
    pub(super) fn take_back(&mut self, change: Change) -> Option<Time> {
        let found = self.pending.iter().find(|Reverse((.., pending))| *pending == change);
        let time = found.map(|Reverse((time, ..))| *time);
        self.forget(|pending| pending == change);
        time
    }

    /// These are not going to happen.
    pub(super) fn forget(&mut self, which: impl Fn(Change) -> bool) {
        self.pending.retain(|Reverse((.., change))| !which(*change));
    }

    fn next(&self) -> Time {
        self.pending.peek().map_or(NEVER, |Reverse((time, ..))| *time)
    }

    /// When something changes that is going to be felt.
    pub(super) fn next_but_checks(&self) -> Time {
        let felt = self.pending.iter().filter(|Reverse((.., change))| change.is_felt());
        felt.map(|Reverse((time, ..))| *time).min().unwrap_or(NEVER)
    }

    pub(super) fn open(&mut self, incident: Incident) -> u32 {
        let mut number = self.incidents.len() as u32;
        if self.incidents.len() >= LISTED_MOST {
            self.unlisted += 1;
            let alike = (incident.kind, incident.name.clone(), incident.target.clone());
            number = *self.together.entry(alike).or_insert(number);
        }
        match self.incidents.get_mut(number as usize) {
            Some(known) => (known.times, known.end) = (known.times + 1, None),
            None => self.incidents.push(incident),
        }
        self.active.push(number);
        number
    }

    pub(super) fn close(&mut self, number: u32, now: Time) {
        if let Some(place) = self.active.iter().position(|&active| active == number) {
            self.active.remove(place);
            self.latest_over = Some((number, now));
        }
        // It may stand for another one as well that is still in force.
        if !self.active.contains(&number)
            && let Some(incident) = self.incidents.get_mut(number as usize)
        {
            incident.end = Some(now);
        }
    }
}

/// Of each instance, the sources whose clients keep connections to it.
fn greets(plan: &Plan) -> Vec<Vec<u32>> {
    let mut greets: Vec<Vec<u32>> = vec![Vec::new(); plan.instances.len()];
    let kept = |call: &CallPlan| match call.connection {
        ConnectionUse::PerClient { source } => Some((source, call.route)),
        _ => None,
    };
    for (source, route) in plan.calls.iter().filter_map(kept) {
        for member in &plan.routes[route as usize].members {
            let sources = &mut greets[member.instance as usize];
            if !sources.contains(&source) {
                sources.push(source);
            }
        }
    }
    greets
}

impl World {
    /// Draws the first random faults and sets the clock of changes.
    pub(super) fn start_changes(&mut self, plan: &Plan) {
        self.start_spares(plan);
        for (number, fault) in plan.random_faults.iter().enumerate() {
            let time = self.chance.draws.take(plan, fault.time_between);
            self.trouble.changes.add(time, Change::Fails(number as u32));
        }
        if plan.has_changes() {
            self.trouble.changes.checkers = health::checkers(plan, &self.site.balancers);
            self.start_scaling(plan);
        }
        self.start_quiet(plan);
        self.start_looking_at_memory(plan);
        self.start_backups(plan);
        self.set_change_clock();
    }

    pub(super) fn set_change_clock(&mut self) {
        if let Some(clock) = self.clockwork.numbers.changes {
            self.clockwork.clocks.set(clock, self.trouble.changes.next());
        }
    }

    /// The clock of changes rings.
    #[inline(never)]
    pub(super) fn change(&mut self, plan: &Plan) {
        while self.trouble.changes.next() <= self.clockwork.now {
            let Some(Reverse((_, _, change))) = self.trouble.changes.pending.pop() else { break };
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
        let incident = match change.planned {
            true => Incident::of_maintenance(change.name.clone(), change.target.clone(), self.clockwork.now),
            false => Incident::of_fault(
                change.fault,
                change.name.clone(),
                change.target.clone(),
                self.clockwork.now,
            ),
        };
        self.trouble.changes.of_change[number as usize] = self.trouble.changes.open(incident);
        if change.restarts {
            return self.processes_die(plan, number);
        }
        for &target in &change.targets {
            match target {
                ChangeTarget::Instance(instance) if change.planned => self.stop_instance(plan, instance),
                target => self.strike(plan, target, change.fault, change.until),
            }
        }
        self.trouble.changes.add(change.until, Change::Ends(number));
    }

    fn change_ends(&mut self, plan: &Plan, number: u32) {
        let change = &plan.changes[number as usize];
        self.trouble.changes.close(self.trouble.changes.of_change[number as usize], self.clockwork.now);
        for &target in &change.targets {
            self.lift(plan, target, change.fault);
        }
    }

    /// The fault has hit the target.
    pub(super) fn strike(&mut self, plan: &Plan, target: ChangeTarget, fault: Fault, until: Time) {
        match target {
            ChangeTarget::Link(link) => {
                self.site.links.strike(plan, link, fault, until, self.clockwork.now);
            }
            ChangeTarget::Instance(instance) => self.strike_instance(plan, instance, fault),
        }
    }

    /// The fault is over.
    pub(super) fn lift(&mut self, plan: &Plan, target: ChangeTarget, fault: Fault) {
        match target {
            ChangeTarget::Link(link) => {
                self.site.links.lift(plan, link, fault, self.clockwork.now);
            }
            ChangeTarget::Instance(instance) => self.lift_from_instance(plan, instance, fault),
        }
    }

    /// A process that is started again is not up until it has booted.
    pub(super) fn boot_after(&mut self, plan: &Plan, instance: u32, wait: Time) {
        let node = &plan.nodes[plan.instances[instance as usize].node as usize];
        let has_crashed = self.trouble.conditions[instance as usize].has_crashed;
        let boot = node.boot.saturating_add(if has_crashed { node.recovery } else { 0 });
        let ready = self.clockwork.now.saturating_add(wait).saturating_add(boot);
        self.trouble.changes.add(ready, Change::HasBooted(instance));
    }

    pub(super) fn boot_time(&self, plan: &Plan, instance: u32) -> Time {
        let node = plan.instances[instance as usize].node;
        plan.nodes[node as usize].boot
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::trial;

    #[test]
    fn what_is_beyond_the_list_is_listed_once_for_all_that_is_alike() {
        let plan = trial::plan_of(
            "
run: { duration: 1m }
nodes: { users: { kind: user, arrivals: 1/s }, app: { kind: station } }
requests: { page: { path: [ app: 1ms ] } }
",
        );
        let mut changes = Changes::new(&plan);
        let crash = |name: &str, start: Time| {
            Incident::of_fault(Fault::Crash, name.to_owned(), "app".to_owned(), start)
        };
        for number in 0..LISTED_MOST as Time {
            let opened = changes.open(crash("a", number));
            changes.close(opened, number + 1);
        }
        assert_eq!((changes.incidents.len(), changes.unlisted), (LISTED_MOST, 0));
        let start = LISTED_MOST as Time;
        let (one, other) = (changes.open(crash("a", start)), changes.open(crash("b", start + 1)));
        let again = changes.open(crash("a", start + 2));
        assert!(one == again && one != other, "alike is alike");
        changes.close(one, start + 3);
        let told = |changes: &Changes, number: u32| {
            let incident = &changes.incidents[number as usize];
            (incident.name.clone(), incident.times, incident.start, incident.end)
        };
        assert_eq!(told(&changes, one), ("a".to_owned(), 2, start, None), "the other one is still in force");
        changes.close(again, start + 4);
        changes.close(other, start + 5);
        assert_eq!(told(&changes, one), ("a".to_owned(), 2, start, Some(start + 4)));
        assert_eq!(told(&changes, other), ("b".to_owned(), 1, start + 1, Some(start + 5)));
        assert_eq!((changes.incidents.len(), changes.unlisted), (LISTED_MOST + 2, 3));
        assert!(changes.active.is_empty());
    }
}
