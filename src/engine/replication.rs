//! Databases that follow a primary: writes reach them late, and one of them takes the
//! primary's place when it is gone.

use super::World;
use super::trouble::Change;
use crate::kernel::time::{NEVER, Time};
use crate::parts::fault::Fault;
use crate::plan::{CallPlan, NONE, Plan, ReplicationPlan, Step};
use crate::results::replication::ReplicationRecord;
use crate::scenario::model::Reads;
use std::collections::VecDeque;

/// All sets, and who belongs to which.
#[derive(Clone, Debug)]
pub struct Replications {
    pub sets: Vec<SetState>,
    /// Of each instance its set, or `NONE`; empty if there are no sets.
    set_of: Vec<u32>,
}

#[derive(Clone, Debug)]
pub struct SetState {
    /// Members are counted in the order of the plan's instances.
    primary: usize,
    /// Of each member, when it will have each of the writes that it lacks, oldest first.
    lacks: Vec<VecDeque<Time>>,
    /// Since then the primary has been gone, and nothing reaches the replicas; `NEVER`: it is there.
    gone_since: Time,
    is_promoting: bool,
    /// Who answered the latest read.
    reader: usize,
    /// Of each member, whether its disk still has the data.
    has_data: Vec<bool>,
    /// So many of the writes that are left are in the latest backup too.
    backed_up: u64,
    /// Primaries that a `failover` has brought down.
    brought_down: Vec<u32>,
    /// The number of each client's latest write, by source.
    latest: Vec<Vec<u64>>,
    pub record: ReplicationRecord,
}

impl Replications {
    pub fn new(plan: &Plan) -> Self {
        let mut set_of =
            if plan.replications.is_empty() { Vec::new() } else { vec![NONE; plan.instances.len()] };
        let mut sets = Vec::new();
        for (number, set) in plan.replications.iter().enumerate() {
            for &instance in &set.instances {
                set_of[instance as usize] = number as u32;
            }
            sets.push(SetState {
                primary: 0,
                lacks: vec![VecDeque::new(); set.instances.len()],
                gone_since: NEVER,
                is_promoting: false,
                has_data: vec![true; set.instances.len()],
                backed_up: 0,
                reader: 0,
                brought_down: Vec::new(),
                latest: plan.sources.iter().map(|source| vec![0; source.clients as usize]).collect(),
                record: ReplicationRecord::default(),
            });
        }
        Replications { sets, set_of }
    }

    fn set_of(&self, instance: u32) -> Option<usize> {
        self.set_of.get(instance as usize).filter(|&&set| set != NONE).map(|&set| set as usize)
    }

    /// The records at the end of a run.
    pub fn finish(self, now: Time) -> Vec<ReplicationRecord> {
        let close = |mut set: SetState| {
            set.record.without_primary += now.saturating_sub(set.gone_since);
            set.record
        };
        self.sets.into_iter().map(close).collect()
    }
}

impl SetState {
    /// Forgets the writes that a member has by now.
    fn catch_up(&mut self, member: usize, now: Time) {
        let until = now.min(self.gone_since);
        let lacks = &mut self.lacks[member];
        while lacks.front().is_some_and(|&due| due <= until) {
            lacks.pop_front();
        }
    }

    /// Writes that no failover and no disk has lost.
    fn writes_left(&self) -> u64 {
        self.record.writes - self.record.lost_writes
    }

    /// The backup is all there is. Nothing is written until it is restored, so that it does no
    /// harm to find this out again.
    fn go_back_to_backup(&mut self) {
        self.record.lost_writes += self.writes_left().saturating_sub(self.backed_up);
        self.lacks.iter_mut().for_each(VecDeque::clear);
    }
}

impl World {
    /// The member of a set for this call: the primary for writes, and for reads whoever
    /// answers them, in turn.
    pub(super) fn replicated_member(&self, plan: &Plan, call: &CallPlan, caller: u32) -> u32 {
        let set_plan = &plan.replications[call.replication as usize];
        let set = &self.site.replications.sets[call.replication as usize];
        if call.writes || set_plan.reads == Reads::Primary {
            return set.primary as u32;
        }
        let count = set_plan.instances.len();
        let mut in_turn = (1..=count).map(|step| (set.reader + step) % count);
        let may_read = |&member: &usize| {
            (set_plan.reads == Reads::All || member != set.primary)
                && !self.is_left_out(set_plan, member)
                && self.breaker_permits(plan, call, caller, member as u32)
        };
        in_turn.find(may_read).unwrap_or(set.primary) as u32
    }

    /// The next read goes to the one behind this member.
    pub(super) fn note_reader(&mut self, call: &CallPlan, member: u32) {
        if !call.writes {
            self.site.replications.sets[call.replication as usize].reader = member as usize;
        }
    }

    /// Whoever would promote a replica also notices, after the same time, that one is gone.
    fn is_left_out(&self, replication_plan: &ReplicationPlan, member: usize) -> bool {
        let (instance, conditions) = (replication_plan.instances[member], self.trouble.conditions());
        let down_for = conditions.down_for(instance, self.clockwork.now);
        conditions.drains(instance) || down_for.is_some_and(|time| time >= replication_plan.failover)
    }

    /// A write or a read is done at its database.
    pub(super) fn replicate(&mut self, plan: &Plan, slot: u32, step: Step) -> Option<u32> {
        match step {
            Step::Commit { set } => self.commit(plan, slot, set),
            Step::ReadDone { set } => self.read_done(plan, slot, set),
            _ => unreachable!("no other step is about replication"),
        }
        self.skip(slot, 1)
    }

    /// A write is done at its database.
    fn commit(&mut self, plan: &Plan, slot: u32, number: u32) {
        let set_plan = &plan.replications[number as usize];
        let visit = &self.visits[slot];
        let (instance, root, now) = (visit.instance, visit.root, self.clockwork.now);
        let set = &mut self.site.replications.sets[number as usize];
        if set_plan.instances[set.primary] != instance {
            // Another has become the primary meanwhile: what this one takes nobody gets.
            set.record.writes += 1;
            set.record.lost_writes += 1;
            return;
        }
        set.record.writes += 1;
        if root != NONE {
            let request = &self.visits.requests[root as usize];
            set.latest[request.source as usize][request.client as usize] = set.record.writes;
        }
        for member in 0..set_plan.instances.len() {
            let set = &mut self.site.replications.sets[number as usize];
            let follows = self.trouble.conditions().answers_checks(set_plan.instances[member]);
            if member == set.primary || !follows {
                continue;
            }
            let due = now.saturating_add(self.chance.draws.take(plan, set_plan.lag));
            // Writes arrive in the order in which they were made.
            let due = set.lacks[member].back().map_or(due, |&last| last.max(due));
            set.catch_up(member, now);
            if due > now {
                set.lacks[member].push_back(due);
            }
        }
    }

    /// A read is done at its database.
    fn read_done(&mut self, plan: &Plan, slot: u32, number: u32) {
        let set_plan = &plan.replications[number as usize];
        let visit = &self.visits[slot];
        let (instance, root, now) = (visit.instance, visit.root, self.clockwork.now);
        let set = &mut self.site.replications.sets[number as usize];
        let Some(member) = set_plan.instances.iter().position(|&one| one == instance) else { return };
        if member == set.primary {
            return;
        }
        set.record.replica_reads += 1;
        set.catch_up(member, now);
        let has = set.record.writes - set.lacks[member].len() as u64;
        set.record.behind_reads += u64::from(has < set.record.writes);
        if root != NONE {
            let request = &self.visits.requests[root as usize];
            let own = set.latest[request.source as usize][request.client as usize];
            set.record.stale_reads += u64::from(own > has);
        }
    }

    /// A database may answer otherwise than before.
    pub(super) fn watch_replication(&mut self, plan: &Plan, instance: u32) {
        let Some(number) = self.site.replications.set_of(instance) else { return };
        let set_plan = &plan.replications[number];
        let now = self.clockwork.now;
        let answers = self.trouble.conditions().answers_checks(instance);
        let set = &mut self.site.replications.sets[number];
        let is_primary = set_plan.instances[set.primary] == instance;
        if is_primary && answers && set.gone_since != NEVER {
            set.record.without_primary += now - set.gone_since;
            set.gone_since = NEVER;
        } else if is_primary && !answers {
            set.gone_since = set.gone_since.min(now);
        } else if !is_primary && !answers {
            // When it is back it is given all that it lacks before it serves.
            let member = set_plan.instances.iter().position(|&one| one == instance);
            set.lacks[member.expect("a member of its set")].clear();
        }
        let someone_else =
            set_plan.instances.iter().any(|&one| self.trouble.conditions().answers_checks(one));
        if set.gone_since != NEVER && someone_else && !set.is_promoting && set_plan.failover != NEVER {
            set.is_promoting = true;
            self.trouble.expect(now.saturating_add(set_plan.failover), Change::Promotes(number as u32));
        }
    }

    /// The replica that lacks least takes the primary's place, unless that one is back.
    pub(super) fn promote(&mut self, plan: &Plan, number: u32) {
        let set_plan = &plan.replications[number as usize];
        let now = self.clockwork.now;
        let set = &mut self.site.replications.sets[number as usize];
        set.is_promoting = false;
        if set.gone_since == NEVER {
            return;
        }
        for member in 0..set_plan.instances.len() {
            set.catch_up(member, now);
        }
        let answers = |&member: &usize| self.trouble.conditions().answers_checks(set_plan.instances[member]);
        let best =
            (0..set_plan.instances.len()).filter(answers).min_by_key(|&member| set.lacks[member].len());
        let Some(best) = best else { return };
        let lost = set.lacks[best].len();
        set.record.lost_writes += lost as u64;
        set.record.failovers += 1;
        set.record.without_primary += now - set.gone_since;
        for lacks in &mut set.lacks {
            // Nobody will ever get what the new primary has not got.
            lacks.truncate(lacks.len().saturating_sub(lost));
        }
        set.lacks[set.primary].clear();
        (set.primary, set.gone_since) = (best, NEVER);
    }

    pub(super) fn start_backups(&mut self, plan: &Plan) {
        for (number, set) in plan.replications.iter().enumerate() {
            if let Some(backup) = set.backup {
                self.trouble.expect(backup.every, Change::BacksUp(number as u32));
            }
        }
    }

    pub(super) fn back_up(&mut self, plan: &Plan, number: u32) {
        let Some(backup) = plan.replications[number as usize].backup else { return };
        let set = &mut self.site.replications.sets[number as usize];
        set.backed_up = set.writes_left();
        self.trouble.expect(self.clockwork.now.saturating_add(backup.every), Change::BacksUp(number));
    }

    /// The data of an instance are gone. If nobody takes its place, everything written since
    /// the latest backup is lost.
    pub(super) fn lose_data(&mut self, plan: &Plan, instance: u32) {
        let Some(number) = self.site.replications.set_of(instance) else { return };
        let set_plan = &plan.replications[number];
        let set = &mut self.site.replications.sets[number];
        let Some(member) = set_plan.instances.iter().position(|&one| one == instance) else { return };
        set.has_data[member] = false;
        let nobody_else = set_plan.failover == NEVER && member == set.primary;
        if nobody_else || !set.has_data.contains(&true) {
            set.go_back_to_backup();
        }
    }

    /// An instance has data again: the primary's, or those of the backup if it is that itself.
    pub(super) fn restore_data(&mut self, plan: &Plan, instance: u32) {
        let Some(number) = self.site.replications.set_of(instance) else { return };
        let set_plan = &plan.replications[number];
        let set = &mut self.site.replications.sets[number];
        let Some(member) = set_plan.instances.iter().position(|&one| one == instance) else { return };
        set.has_data[member] = true;
        if member == set.primary {
            set.go_back_to_backup();
        }
    }

    /// `failover` hits whoever is the primary now; without a set, the database itself.
    pub(super) fn strike_primary(&mut self, plan: &Plan, instance: u32) {
        if let Some(number) = self.site.replications.set_of(instance) {
            let set = &mut self.site.replications.sets[number];
            let is_primary = plan.replications[number].instances[set.primary] == instance;
            if !is_primary || set.brought_down.contains(&instance) {
                return;
            }
            set.brought_down.push(instance);
        }
        self.strike_instance(plan, instance, Fault::Crash);
    }

    pub(super) fn lift_from_primary(&mut self, plan: &Plan, instance: u32) {
        if let Some(number) = self.site.replications.set_of(instance) {
            let brought_down = &mut self.site.replications.sets[number].brought_down;
            let Some(place) = brought_down.iter().position(|&one| one == instance) else { return };
            brought_down.swap_remove(place);
        }
        self.lift_from_instance(plan, instance, Fault::Crash);
    }
}
