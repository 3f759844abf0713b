//! The conditions of all replicas. Where nothing changes during the run all are well, and there
//! is nothing to keep.

use super::Trouble;
use super::condition::{Care, Comer, Condition, Room, Treatment};
use crate::kernel::table::{Id, Table};
use crate::kernel::time::Time;
use crate::parts::release::Release;
use crate::plan::ids::Instance;
use crate::plan::{InstancePlan, Plan};

#[derive(Clone, Debug)]
pub struct Conditions {
    /// Of each instance; empty if all are well throughout.
    all: Table<Instance, Condition>,
    /// How many instances drain.
    draining: u32,
}

impl Conditions {
    pub fn new(plan: &Plan) -> Conditions {
        let well = |instance: &InstancePlan| {
            let node = &plan.nodes[instance.node];
            Condition::well(Room { slots: node.slots, line_limit: node.line })
        };
        let all = if plan.has_changes() { plan.instances.iter().map(well).collect() } else { Table::new() };
        Conditions { all, draining: 0 }
    }

    #[inline(always)]
    fn get(&self, instance: Id<Instance>) -> Option<&Condition> {
        self.all.get(instance)
    }

    pub fn is_down(&self, instance: Id<Instance>) -> bool {
        self.get(instance).is_some_and(Condition::is_down)
    }

    pub fn hangs(&self, instance: Id<Instance>) -> bool {
        self.get(instance).is_some_and(Condition::hangs)
    }

    /// Whether a health checker gets its answer.
    pub fn answers_checks(&self, instance: Id<Instance>) -> bool {
        self.get(instance).is_none_or(Condition::answers_checks)
    }

    /// Whether a request that comes in is going to be answered.
    pub fn answers(&self, instance: Id<Instance>) -> bool {
        self.get(instance).is_none_or(Condition::answers)
    }

    pub fn has_dns_outage(&self, instance: Id<Instance>) -> bool {
        self.get(instance).is_some_and(Condition::has_dns_outage)
    }

    pub fn has_crashed(&self, instance: Id<Instance>) -> bool {
        self.get(instance).is_some_and(Condition::has_crashed)
    }

    /// Whether callers that have a choice send it nothing new.
    pub fn drains(&self, instance: Id<Instance>) -> bool {
        self.get(instance).is_some_and(Condition::drains)
    }

    #[inline(always)]
    pub fn anybody_drains(&self) -> bool {
        self.draining > 0
    }

    /// For how long it has been down now.
    pub fn down_for(&self, instance: Id<Instance>, now: Time) -> Option<Time> {
        self.get(instance).and_then(|condition| condition.down_for(now))
    }

    /// For how long it has been down in all.
    pub fn down_time(&self, instance: Id<Instance>, now: Time) -> Time {
        self.get(instance).map_or(0, |condition| condition.down_time(now))
    }

    /// Whether everybody is up and warm, and nobody drains.
    pub fn are_calm(&self, now: Time) -> bool {
        self.draining == 0 && self.all.iter().all(|one| !one.is_down() && one.is_warm(now))
    }

    /// What it has when it is well, if that is kept here, since it may be less at present.
    #[inline(always)]
    pub fn room(&self, instance: Id<Instance>) -> Option<Room> {
        self.get(instance).map(Condition::room)
    }

    /// How many slots those in line may have, unless it is gone or hangs.
    pub fn slots_for_line(&self, instance: Id<Instance>) -> Option<u32> {
        self.get(instance).filter(|one| one.answers_checks()).map(|one| one.room().slots)
    }

    /// Where somebody has to look at its condition.
    pub fn care(&self, instance: Id<Instance>, now: Time) -> Care {
        self.get(instance).map_or(Care::Nowhere, |condition| condition.care(now))
    }

    /// What it does with somebody who comes in.
    pub fn treat(&self, instance: Id<Instance>, comer: Comer, now: Time) -> Treatment {
        self.get(instance).map_or(Treatment::AsUsual, |condition| condition.treat(comer, now))
    }

    /// The share of the requests that its errors let pass, if there are any.
    pub fn passes(&self, instance: Id<Instance>) -> Option<f64> {
        self.get(instance).and_then(Condition::passes)
    }

    /// Its work takes so many times as long.
    pub fn slowdown(&self, instance: Id<Instance>) -> f64 {
        self.get(instance).map_or(1.0, Condition::slowdown)
    }

    /// For how long it has been serving without what it had in memory, as far as that is felt.
    pub fn cold_for(&self, instance: Id<Instance>, now: Time) -> Option<Time> {
        self.get(instance).and_then(|condition| condition.cold_for(now))
    }

    /// The version that somebody meets there, who may be one of those who meet the canary.
    #[inline(always)]
    pub fn release(&self, instance: Id<Instance>, meets_canary: impl FnOnce(f64) -> bool) -> Release {
        self.get(instance).map_or(Release::ALIKE, |condition| condition.release(meets_canary))
    }

    /// Whether the version that runs is no better and no worse than the first.
    pub fn is_alike(&self, instance: Id<Instance>) -> bool {
        self.get(instance).is_none_or(|condition| condition.version() == Release::ALIKE)
    }
}

impl Trouble {
    /// The condition of an instance of a run in which something changes.
    pub fn condition(&mut self, instance: Id<Instance>) -> &mut Condition {
        &mut self.conditions.all[instance]
    }

    /// One more reason why it is not there. What a process has leaked goes with it.
    pub fn goes_down(&mut self, instance: Id<Instance>, is_silent: bool, is_planned: bool, now: Time) {
        self.condition(instance).goes_down(is_silent, is_planned, now);
        self.forget_leak(instance, now);
    }

    /// One reason less why it is not there.
    pub fn comes_up(&mut self, instance: Id<Instance>, now: Time) {
        let reasons = self.condition(instance).comes_up(now);
        self.drain_no_more(instance, reasons);
    }

    /// Callers that have a choice send it nothing new.
    pub fn drain(&mut self, instance: Id<Instance>) {
        let is_first = self.condition(instance).drain();
        self.conditions.draining += u32::from(is_first);
    }

    /// There are so many reasons less why not.
    pub fn drain_no_more(&mut self, instance: Id<Instance>, reasons: u32) {
        let was_last = self.condition(instance).drain_no_more(reasons);
        self.conditions.draining -= u32::from(was_last);
    }
}
