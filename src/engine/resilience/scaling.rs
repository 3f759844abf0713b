//! Autoscaling at work: decides how many of a node there are, boots what is missing and
//! lets go of what is too many.

use crate::engine::World;
use crate::engine::trouble::Change;
use crate::kernel::time::Time;
use crate::parts::autoscale::{Measure, Recommendations};
use crate::plan::{Plan, ScalingPlan};
use crate::results::scaling::ScalingRecord;

/// Changes that are kept; all are counted.
const CHANGES_MOST: usize = 10_000;

/// How many there are of one node.
#[derive(Clone, Debug)]
pub struct Scaling {
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
struct Moment {
    at: Time,
    /// For how long it has been down, and its slot time held; the latter wraps around.
    down: Time,
    held: u64,
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

impl Scaling {
    pub fn of_all(plan: &Plan) -> Vec<Scaling> {
        let scaling = |scaling: &ScalingPlan| {
            let initial = scaling.settings.initial;
            Scaling {
                latest: Recommendations::new(&scaling.settings),
                wanted: initial,
                running: initial,
                booting: 0,
                held: 0,
                decided_at: 0,
                counted_at: 0,
                off: vec![Off::default(); scaling.replicas as usize],
                record: ScalingRecord {
                    paid: 0,
                    most: initial,
                    least: initial,
                    changes: vec![(0, initial)],
                    changed: 0,
                },
            }
        };
        plan.scalings.iter().map(scaling).collect()
    }

    /// What runs and boots costs until now.
    fn pay(&mut self, now: Time) {
        self.record.paid += u128::from(self.running + self.booting) * u128::from(now - self.counted_at);
        self.counted_at = now;
    }

    pub fn finish(mut self, now: Time) -> ScalingRecord {
        self.pay(now);
        self.record
    }
}

impl World {
    pub(in crate::engine) fn start_scaling(&mut self, plan: &Plan) {
        for (number, scaling_plan) in plan.scalings.iter().enumerate() {
            self.trouble.expect(scaling_plan.settings.every, Change::Decides(number as u32));
            self.set_running(plan, number, scaling_plan.settings.maximum, scaling_plan.settings.initial);
        }
    }

    /// It is time to decide how many there are to be.
    pub(in crate::engine) fn decide(&mut self, plan: &Plan, number: u32) {
        let scaling_plan = &plan.scalings[number as usize];
        let now = self.clockwork.now;
        self.trouble.expect(now.saturating_add(scaling_plan.settings.every), Change::Decides(number));
        let sum = self.measured(number as usize, scaling_plan);
        let scaling = &mut self.site.scalings[number as usize];
        let wanted = scaling.latest.decide(&scaling_plan.settings, scaling.wanted, sum, now);
        if wanted == scaling.wanted {
            return;
        }
        scaling.pay(now);
        scaling.wanted = wanted;
        let record = &mut scaling.record;
        (record.most, record.least) = (record.most.max(wanted), record.least.min(wanted));
        record.changed += 1;
        if record.changes.len() < CHANGES_MOST {
            record.changes.push((now, wanted));
        }
        let missing = wanted.saturating_sub(scaling.running + scaling.booting);
        scaling.booting += missing;
        let before = scaling.running;
        scaling.running = before.min(wanted);
        for _ in 0..missing {
            self.trouble.expect(now.saturating_add(scaling_plan.boot), Change::IsOneMore(number));
        }
        self.set_running(plan, number as usize, before, before.min(wanted));
    }

    /// One that was missing has booted, if it is still wanted.
    pub(in crate::engine) fn is_one_more(&mut self, plan: &Plan, number: u32) {
        let now = self.clockwork.now;
        let scaling = &mut self.site.scalings[number as usize];
        scaling.pay(now);
        scaling.booting -= 1;
        let before = scaling.running;
        scaling.running += u32::from(before < scaling.wanted);
        let running = scaling.running;
        self.set_running(plan, number as usize, before, running);
    }

    /// What all that run have had since the latest decision: utilisations added up, or
    /// those in line now.
    fn measured(&mut self, number: usize, scaling_plan: &ScalingPlan) -> f64 {
        let instances = scaling_plan.first_instance..scaling_plan.first_instance + scaling_plan.replicas;
        let nodes = &self.site.nodes[instances.start as usize..instances.end as usize];
        let held = nodes.iter().fold(0_u64, |sum, node| {
            let [served, _, _, extra] = node.integrals(self.clockwork.now);
            sum.wrapping_add(served).wrapping_add(extra)
        });
        let scaling = &mut self.site.scalings[number];
        let time = self.clockwork.now - std::mem::replace(&mut scaling.decided_at, self.clockwork.now);
        let held = held.wrapping_sub(std::mem::replace(&mut scaling.held, held));
        match scaling_plan.settings.measure {
            Measure::Queue(_) => nodes.iter().map(|node| f64::from(node.line_length)).sum(),
            Measure::Utilisation(_) => {
                held as f64 / (time.max(1) as f64 * f64::from(scaling_plan.slots_each))
            }
        }
    }

    /// Of the replicas the first so many take requests; of a station so many servers work.
    fn set_running(&mut self, plan: &Plan, number: usize, before: u32, running: u32) {
        let scaling_plan = &plan.scalings[number];
        if before == running {
            return;
        }
        if scaling_plan.settings.by_servers {
            self.switch_off(plan, number, 0, scaling_plan.settings.maximum.saturating_sub(running));
            self.trouble.condition(scaling_plan.first_instance).set_slots(running);
            self.take_condition(plan, scaling_plan.first_instance);
            return;
        }
        for replica in before.min(running)..before.max(running) {
            let goes = running <= replica;
            self.switch_off(plan, number, replica, if goes { scaling_plan.slots_each } else { 0 });
            let instance = scaling_plan.first_instance + replica;
            match goes {
                true => self.trouble.drain(instance),
                false => self.trouble.drain_no_more(instance, 1),
            }
        }
    }

    /// From now on so many slots of a replica are off.
    fn switch_off(&mut self, plan: &Plan, number: usize, replica: u32, slots: u32) {
        let (sum, now) = self.off_up_to(plan, number, replica, self.clockwork.now);
        let off = &mut self.site.scalings[number].off[replica as usize];
        (off.sum, off.since, off.slots) = (sum, now, slots);
    }

    fn off_up_to(&self, plan: &Plan, number: usize, replica: u32, at: Time) -> (TimeOff, Moment) {
        let scaling_plan = &plan.scalings[number];
        let instance = scaling_plan.first_instance + replica;
        let [served, _, _, extra] = self.site.nodes[instance as usize].integrals(at);
        let down = self.trouble.conditions().down_time(instance, at);
        let now = Moment { at, down, held: served.wrapping_add(extra) };
        let slots_most = if scaling_plan.settings.by_servers {
            scaling_plan.settings.maximum
        } else {
            scaling_plan.slots_each
        };
        (self.site.scalings[number].off[replica as usize].up_to(now, slots_most), now)
    }

    /// For how long an instance has been off, up to an instant that has not been passed.
    pub(in crate::engine) fn time_off(&self, plan: &Plan, instance: u32, at: Time) -> TimeOff {
        let number = plan.scalings.partition_point(|plan| plan.first_instance <= instance);
        let Some(number) = number.checked_sub(1) else { return TimeOff::default() };
        let replica = instance - plan.scalings[number].first_instance;
        if replica >= plan.scalings[number].replicas {
            return TimeOff::default();
        }
        self.off_up_to(plan, number, replica, at).0
    }
}
