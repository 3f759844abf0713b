//! Databases that follow a primary: writes reach them late, and one of them takes the
//! primary's place when it is gone.

use super::Client;
use crate::kernel::table::{Id, Table};
use crate::kernel::time::{NEVER, Time};
use crate::plan::ids::{Instance, Replication, Source};
use crate::plan::{CallPlan, Plan, ReplicationPlan};
use crate::results::replication::ReplicationRecord;
use crate::scenario::model::Reads;
use std::collections::VecDeque;

/// All sets, and who belongs to which.
#[derive(Clone, Debug)]
pub struct Replications {
    sets: Table<Replication, Set>,
    /// Of each instance its set; empty if there are no sets.
    set_of: Table<Instance, Option<Id<Replication>>>,
}

#[derive(Clone, Debug)]
struct Set {
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
    brought_down: Vec<Id<Instance>>,
    /// The number of each client's latest write, by source.
    latest: Table<Source, Vec<u64>>,
    record: ReplicationRecord,
}

/// A member of a set, which may be the database that was asked for.
#[derive(Clone, Copy)]
struct Membership {
    set: Id<Replication>,
    member: usize,
}

impl Replications {
    pub fn new(plan: &Plan) -> Self {
        let mut set_of = if plan.replications.is_empty() {
            Table::new()
        } else {
            Table::filled(None, plan.instances.len())
        };
        for (number, set) in plan.replications.entries() {
            for &instance in &set.instances {
                set_of[instance] = Some(number);
            }
        }
        Replications { sets: plan.replications.iter().map(|set| Set::new(plan, set)).collect(), set_of }
    }

    fn set_of(&self, instance: Id<Instance>) -> Option<Id<Replication>> {
        self.set_of.get(instance).copied().flatten()
    }

    fn membership_of(&self, plan: &Plan, instance: Id<Instance>) -> Option<Membership> {
        let set = self.set_of(instance)?;
        let member = plan.replications[set].instances.iter().position(|&one| one == instance)?;
        Some(Membership { set, member })
    }

    /// The records at the end of a run.
    pub fn finish(self, now: Time) -> Vec<ReplicationRecord> {
        let close = |mut set: Set| {
            set.record.without_primary += now.saturating_sub(set.gone_since);
            set.record
        };
        self.sets.into_iter().map(close).collect()
    }

    /// The member of a set for this call: the primary for writes, and for reads whoever answers them
    /// and may be asked, in turn.
    pub fn member_for(
        &self,
        plan: &Plan,
        call: &CallPlan,
        set: Id<Replication>,
        may_be_asked: impl Fn(u32) -> bool,
    ) -> u32 {
        let set_plan = &plan.replications[set];
        let set = &self.sets[set];
        let answers_reads = |member: usize| match set_plan.reads {
            Reads::Primary => false,
            Reads::Replicas => member != set.primary,
            Reads::All => true,
        };
        if call.writes {
            return set.primary as u32;
        }
        let count = set_plan.instances.len();
        let mut in_turn = (1..=count).map(|step| (set.reader + step) % count);
        let reader = in_turn.find(|&member| answers_reads(member) && may_be_asked(member as u32));
        reader.unwrap_or(set.primary) as u32
    }

    /// The next read goes to the one behind this member.
    pub fn note_reader(&mut self, call: &CallPlan, set: Id<Replication>, member: u32) {
        if !call.writes {
            self.sets[set].reader = member as usize;
        }
    }

    /// A write is done at its database. Whoever is there will have it after a `lag`.
    pub fn commit(
        &mut self,
        plan: &Plan,
        number: Id<Replication>,
        write: Access,
        is_gone: impl Fn(Id<Instance>) -> bool,
        mut lag: impl FnMut() -> Time,
    ) {
        let set_plan = &plan.replications[number];
        let set = &mut self.sets[number];
        let Access { instance, client, now } = write;
        set.record.writes += 1;
        if set_plan.instances[set.primary] != instance {
            // Another has become the primary meanwhile: what this one takes nobody gets.
            set.record.lost_writes += 1;
            return;
        }
        if let Some(client) = client {
            set.latest[client.source][client.number as usize] = set.record.writes;
        }
        for (member, &instance) in set_plan.instances.iter().enumerate() {
            if member == set.primary || is_gone(instance) {
                continue;
            }
            let due = now.saturating_add(lag());
            // Writes arrive in the order in which they were made.
            let due = set.lacks[member].back().map_or(due, |&last| last.max(due));
            set.catch_up(member, now);
            if due > now {
                set.lacks[member].push_back(due);
            }
        }
    }

    /// A read is done at its database.
    pub fn read_done(&mut self, plan: &Plan, number: Id<Replication>, read: Access) {
        let Access { instance, client, now } = read;
        let set = &mut self.sets[number];
        let members = &plan.replications[number].instances;
        let Some(member) = members.iter().position(|&one| one == instance) else { return };
        if member == set.primary {
            return;
        }
        set.record.replica_reads += 1;
        set.catch_up(member, now);
        let has = set.record.writes - set.lacks[member].len() as u64;
        set.record.behind_reads += u64::from(has < set.record.writes);
        if let Some(client) = client {
            let own = set.latest[client.source][client.number as usize];
            set.record.stale_reads += u64::from(own > has);
        }
    }

    /// A database may answer otherwise than before. Returns the set of which a replica is to be
    /// promoted after its time for that.
    pub fn watch(
        &mut self,
        plan: &Plan,
        instance: Id<Instance>,
        answers: impl Fn(Id<Instance>) -> bool,
        now: Time,
    ) -> Option<Id<Replication>> {
        let Membership { set: number, member } = self.membership_of(plan, instance)?;
        let set_plan = &plan.replications[number];
        let set = &mut self.sets[number];
        let answers_itself = answers(instance);
        if member != set.primary {
            if !answers_itself {
                // When it is back it is given all that it lacks before it serves.
                set.lacks[member].clear();
            }
        } else if !answers_itself {
            set.gone_since = set.gone_since.min(now);
        } else if set.gone_since != NEVER {
            set.record.without_primary += now - set.gone_since;
            set.gone_since = NEVER;
        }
        let someone_else = || set_plan.instances.iter().any(|&one| answers(one));
        let promotes =
            set.gone_since != NEVER && someone_else() && !set.is_promoting && set_plan.failover != NEVER;
        set.is_promoting |= promotes;
        promotes.then_some(number)
    }

    /// The replica that lacks least takes the primary's place, unless that one is back.
    pub fn promote(
        &mut self,
        plan: &Plan,
        number: Id<Replication>,
        answers: impl Fn(Id<Instance>) -> bool,
        now: Time,
    ) {
        let instances = &plan.replications[number].instances;
        let set = &mut self.sets[number];
        set.is_promoting = false;
        if set.gone_since == NEVER {
            return;
        }
        for member in 0..instances.len() {
            set.catch_up(member, now);
        }
        let answering = (0..instances.len()).filter(|&member| answers(instances[member]));
        let Some(best) = answering.min_by_key(|&member| set.lacks[member].len()) else { return };
        set.promote(best, now);
    }

    /// What is written up to now is in the backup too.
    pub fn back_up(&mut self, number: Id<Replication>) {
        let set = &mut self.sets[number];
        set.backed_up = set.writes_left();
    }

    /// The data of an instance are gone. If nobody takes its place, everything written since
    /// the latest backup is lost.
    pub fn lose_data(&mut self, plan: &Plan, instance: Id<Instance>) {
        let Some(Membership { set: number, member }) = self.membership_of(plan, instance) else { return };
        let set = &mut self.sets[number];
        set.has_data[member] = false;
        let nobody_else = plan.replications[number].failover == NEVER && member == set.primary;
        if nobody_else || !set.has_data.contains(&true) {
            set.go_back_to_backup();
        }
    }

    /// An instance has data again: the primary's, or those of the backup if it is that itself.
    pub fn restore_data(&mut self, plan: &Plan, instance: Id<Instance>) {
        let Some(Membership { set: number, member }) = self.membership_of(plan, instance) else { return };
        let set = &mut self.sets[number];
        set.has_data[member] = true;
        if member == set.primary {
            set.go_back_to_backup();
        }
    }

    /// `failover` hits whoever is the primary now; without a set, the database itself. Returns
    /// whether this one is brought down.
    pub fn bring_down(&mut self, plan: &Plan, instance: Id<Instance>) -> bool {
        let Some(number) = self.set_of(instance) else { return true };
        let set = &mut self.sets[number];
        let is_primary = plan.replications[number].instances[set.primary] == instance;
        let is_hit = is_primary && !set.brought_down.contains(&instance);
        if is_hit {
            set.brought_down.push(instance);
        }
        is_hit
    }

    /// That is over. Returns whether this one was brought down.
    pub fn let_up(&mut self, instance: Id<Instance>) -> bool {
        let Some(number) = self.set_of(instance) else { return true };
        let brought_down = &mut self.sets[number].brought_down;
        let place = brought_down.iter().position(|&one| one == instance);
        if let Some(place) = place {
            brought_down.swap_remove(place);
        }
        place.is_some()
    }
}

/// A write or a read that is done at a database.
#[derive(Clone, Copy)]
pub struct Access {
    pub instance: Id<Instance>,
    /// `None`: nobody waits for it.
    pub client: Option<Client>,
    pub now: Time,
}

impl Set {
    fn new(plan: &Plan, set: &ReplicationPlan) -> Set {
        Set {
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
        }
    }

    /// Forgets the writes that a member has by now.
    fn catch_up(&mut self, member: usize, now: Time) {
        let until = now.min(self.gone_since);
        let lacks = &mut self.lacks[member];
        while lacks.front().is_some_and(|&due| due <= until) {
            lacks.pop_front();
        }
    }

    fn promote(&mut self, member: usize, now: Time) {
        let lost = self.lacks[member].len();
        self.record.lost_writes += lost as u64;
        self.record.failovers += 1;
        self.record.without_primary += now - self.gone_since;
        for lacks in &mut self.lacks {
            // Nobody will ever get what the new primary has not got.
            lacks.truncate(lacks.len().saturating_sub(lost));
        }
        self.lacks[self.primary].clear();
        (self.primary, self.gone_since) = (member, NEVER);
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
