//! What calls, faults and backups mean for databases that follow a primary.

use crate::engine::World;
use crate::engine::site::guards::GuardedPeer;
use crate::engine::site::replications::Access;
use crate::engine::trouble::Change;
use crate::engine::visit::Visit;
use crate::kernel::table::Id;
use crate::parts::fault::Fault;
use crate::plan::ids::{Instance, Replication};
use crate::plan::{CallPlan, Plan, ReplicationPlan, Step};

impl World {
    /// The member of a set for this call: the primary for writes, and for reads whoever
    /// answers them, in turn.
    pub(in crate::engine) fn replicated_member(
        &self,
        plan: &Plan,
        call: &CallPlan,
        set: Id<Replication>,
        caller: Id<Instance>,
    ) -> u32 {
        let set_plan = &plan.replications[set];
        let now = self.clockwork.now();
        let may_be_asked = |member: u32| {
            !self.is_left_out(set_plan, member)
                && self.site.guards.permits(plan, call, GuardedPeer { caller, member }, now)
        };
        self.site.replications.member_for(plan, call, set, may_be_asked)
    }

    /// Whoever would promote a replica also notices, after the same time, that one is gone.
    fn is_left_out(&self, replication_plan: &ReplicationPlan, member: u32) -> bool {
        let instance = replication_plan.instances[member as usize];
        let conditions = self.trouble.conditions();
        let down_for = conditions.down_for(instance, self.clockwork.now());
        conditions.drains(instance) || down_for.is_some_and(|time| time >= replication_plan.failover)
    }

    /// A write or a read is done at its database.
    pub(in crate::engine) fn replicate(
        &mut self,
        plan: &Plan,
        slot: Id<Visit>,
        step: Step,
    ) -> Option<Id<Visit>> {
        let visit = &self.visits[slot];
        let (client, now) = (self.client_of(visit.root), self.clockwork.now());
        let access = Access { instance: visit.instance, client, now };
        match step {
            Step::Commit { set } => {
                let (conditions, draws) = (self.trouble.conditions(), &mut self.chance.draws);
                let is_gone = |instance: Id<Instance>| !conditions.answers_checks(instance);
                let lag = || draws.take(plan, plan.replications[set].lag);
                self.site.replications.commit(plan, set, access, is_gone, lag);
            }
            Step::ReadDone { set } => self.site.replications.read_done(plan, set, access),
            _ => unreachable!("no other step is about replication"),
        }
        self.skip(slot, 1)
    }

    /// A database may answer otherwise than before.
    pub(in crate::engine) fn watch_replication(&mut self, plan: &Plan, instance: Id<Instance>) {
        let (conditions, now) = (self.trouble.conditions(), self.clockwork.now());
        let answers = |instance: Id<Instance>| conditions.answers_checks(instance);
        if let Some(set) = self.site.replications.watch(plan, instance, answers, now) {
            let due = now.saturating_add(plan.replications[set].failover);
            self.trouble.expect(due, Change::Promotes(set));
        }
    }

    /// The replica that lacks least takes the primary's place, unless that one is back.
    pub(in crate::engine) fn promote(&mut self, plan: &Plan, set: Id<Replication>) {
        let conditions = self.trouble.conditions();
        let answers = |instance: Id<Instance>| conditions.answers_checks(instance);
        self.site.replications.promote(plan, set, answers, self.clockwork.now());
    }

    pub(in crate::engine) fn start_backups(&mut self, plan: &Plan) {
        for (number, set) in plan.replications.entries() {
            if let Some(backup) = set.backup {
                self.trouble.expect(backup.every, Change::BacksUp(number));
            }
        }
    }

    pub(in crate::engine) fn back_up(&mut self, plan: &Plan, number: Id<Replication>) {
        let Some(backup) = plan.replications[number].backup else { return };
        self.site.replications.back_up(number);
        let next = self.clockwork.now().saturating_add(backup.every);
        self.trouble.expect(next, Change::BacksUp(number));
    }

    /// `failover` hits whoever is the primary now; without a set, the database itself.
    pub(in crate::engine) fn strike_primary(&mut self, plan: &Plan, instance: Id<Instance>) {
        if self.site.replications.bring_down(plan, instance) {
            self.strike_instance(plan, instance, Fault::Crash);
        }
    }

    pub(in crate::engine) fn lift_from_primary(&mut self, plan: &Plan, instance: Id<Instance>) {
        if self.site.replications.let_up(instance) {
            self.lift_from_instance(plan, instance, Fault::Crash);
        }
    }
}
