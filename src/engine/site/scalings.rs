//! How many there are of what is scaled, what that costs, and what is switched off meanwhile.

use crate::kernel::table::{Id, Row, Table};
use crate::kernel::time::Time;
use crate::parts::autoscale::{Measure, Recommendations};
use crate::plan::ids::Instance;
use crate::plan::{Plan, ScalingPlan, ids};
use crate::results::scaling::ScalingRecord;

/// Changes that are kept; all are counted.
const CHANGES_MOST: usize = 10_000;

/// All nodes that are scaled.
#[derive(Clone, Debug)]
pub struct Scalings {
    all: Table<ids::Scaling, Scaling>,
}

/// How many there are of one node.
#[derive(Clone, Debug)]
struct Scaling {
    latest: Recommendations,
    wanted: u32,
    running: u32,
    booting: u32,
    /// Slot time held up to the latest decision.
    held: u64,
    decided_at: Time,
    /// Since when so many run and boot, and what that has cost until then.
    counted_at: Time,
    /// Of each of its replicas.
    off: Vec<Off>,
    record: ScalingRecord,
}

/// What a replica does not offer, since not all of it is wanted. The slots of one that is wanted no
/// more are off at once, though visits may be inside for some time.
#[derive(Clone, Copy, Debug, Default)]
struct Off {
    slots: u32,
    since: Moment,
    sum: TimeOff,
}

/// Since the start of the run, while its process was there.
#[derive(Clone, Copy, Debug, Default)]
pub struct TimeOff {
    /// Slot time that was off, and the time for which all slots were.
    pub slots: u128,
    pub whole: Time,
    /// Slot time that was held in the latter all the same.
    pub held: u128,
}

/// An instant in the life of a replica.
#[derive(Clone, Copy, Debug, Default)]
pub struct Moment {
    pub at: Time,
    /// For how long it has been down, and its slot time held; the latter wraps around.
    pub down: Time,
    pub held: u64,
}

/// A replica of something that is scaled.
#[derive(Clone, Copy, Debug)]
pub struct ScaledReplica {
    pub scaling: Id<ids::Scaling>,
    pub replica: u32,
}

/// What all replicas together show when it is time to decide.
#[derive(Clone, Copy, Debug)]
pub struct Seen {
    /// Slot time held since the start of the run; it wraps around.
    pub held: u64,
    pub in_line: u64,
}

/// How many run from now on, and did before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Running {
    pub before: u32,
    pub now: u32,
}

/// What has been decided: so many more are to be booted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decision {
    pub running: Running,
    pub missing: u32,
}

impl ScaledReplica {
    /// An instance as one of those that are scaled, if it is.
    pub fn of(plan: &Plan, instance: Id<Instance>) -> Option<ScaledReplica> {
        let before = plan.scalings.as_slice().partition_point(|plan| plan.first_instance <= instance);
        let scaling = Id::at(before.checked_sub(1)?);
        let row = Row::new(plan.scalings[scaling].first_instance, plan.scalings[scaling].replicas);
        row.place_of(instance).map(|replica| ScaledReplica { scaling, replica })
    }

    pub fn instance(self, plan: &Plan) -> Id<Instance> {
        plan.scalings[self.scaling].first_instance.plus(self.replica)
    }
}

impl Off {
    /// The sum up to now.
    fn up_to(&self, now: Moment, slots_most: u32) -> TimeOff {
        let up = (now.at - self.since.at).saturating_sub(now.down - self.since.down);
        let mut sum = self.sum;
        sum.slots += u128::from(up) * u128::from(self.slots);
        if self.slots >= slots_most {
            sum.whole += up;
            sum.held += u128::from(now.held.wrapping_sub(self.since.held));
        }
        sum
    }
}

impl Scalings {
    pub fn new(plan: &Plan) -> Scalings {
        Scalings { all: plan.scalings.iter().map(Scaling::new).collect() }
    }

    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    pub fn finish(self, now: Time) -> Vec<ScalingRecord> {
        let close = |mut scaling: Scaling| {
            scaling.pay(now);
            scaling.record
        };
        self.all.into_iter().map(close).collect()
    }

    /// It is time to decide how many there are to be; `None`: as many as before.
    pub fn decide(
        &mut self,
        plan: &ScalingPlan,
        number: Id<ids::Scaling>,
        seen: Seen,
        now: Time,
    ) -> Option<Decision> {
        self.all[number].decide(plan, seen, now)
    }

    /// One that was missing has booted; it runs if it is still wanted.
    pub fn is_one_more(&mut self, number: Id<ids::Scaling>, now: Time) -> Running {
        let scaling = &mut self.all[number];
        scaling.pay(now);
        scaling.booting -= 1;
        let before = scaling.running;
        scaling.running += u32::from(before < scaling.wanted);
        Running { before, now: scaling.running }
    }

    fn off(&mut self, one: ScaledReplica) -> &mut Off {
        &mut self.all[one.scaling].off[one.replica as usize]
    }

    /// From now on so many slots of a replica are off.
    pub fn switch_off(&mut self, plan: &Plan, one: ScaledReplica, slots: u32, now: Moment) {
        let sum = self.time_off(plan, one, now);
        let off = self.off(one);
        (off.sum, off.since, off.slots) = (sum, now, slots);
    }

    /// For how long a replica has been off, up to now.
    pub fn time_off(&self, plan: &Plan, one: ScaledReplica, now: Moment) -> TimeOff {
        let scaling = &plan.scalings[one.scaling];
        let by_servers = scaling.settings.by_servers;
        let slots_most = if by_servers { scaling.settings.maximum } else { scaling.slots_each };
        self.all[one.scaling].off[one.replica as usize].up_to(now, slots_most)
    }
}

impl Scaling {
    fn new(plan: &ScalingPlan) -> Scaling {
        let initial = plan.settings.initial;
        Scaling {
            latest: Recommendations::new(&plan.settings),
            wanted: initial,
            running: initial,
            booting: 0,
            held: 0,
            decided_at: 0,
            counted_at: 0,
            off: vec![Off::default(); plan.replicas as usize],
            record: ScalingRecord {
                paid: 0,
                most: initial,
                least: initial,
                changes: vec![(0, initial)],
                changed: 0,
            },
        }
    }

    /// What runs and boots costs until now.
    fn pay(&mut self, now: Time) {
        self.record.paid += u128::from(self.running + self.booting) * u128::from(now - self.counted_at);
        self.counted_at = now;
    }

    /// What all that run have had since the latest decision: utilisations added up, or
    /// those in line now.
    fn measure(&mut self, plan: &ScalingPlan, seen: Seen, now: Time) -> f64 {
        let time = now - std::mem::replace(&mut self.decided_at, now);
        let held = seen.held.wrapping_sub(std::mem::replace(&mut self.held, seen.held));
        match plan.settings.measure {
            Measure::Queue(_) => seen.in_line as f64,
            Measure::Utilisation(_) => held as f64 / (time.max(1) as f64 * f64::from(plan.slots_each)),
        }
    }

    fn decide(&mut self, plan: &ScalingPlan, seen: Seen, now: Time) -> Option<Decision> {
        let sum = self.measure(plan, seen, now);
        let wanted = self.latest.decide(&plan.settings, self.wanted, sum, now);
        if wanted == self.wanted {
            return None;
        }
        self.pay(now);
        self.wanted = wanted;
        let record = &mut self.record;
        (record.most, record.least) = (record.most.max(wanted), record.least.min(wanted));
        record.changed += 1;
        if record.changes.len() < CHANGES_MOST {
            record.changes.push((now, wanted));
        }
        let missing = wanted.saturating_sub(self.running + self.booting);
        self.booting += missing;
        let running = Running { before: self.running, now: self.running.min(wanted) };
        self.running = running.now;
        Some(Decision { running, missing })
    }
}
