//! Autoscaling at work: decides how many of a node there are, boots what is missing and
//! lets go of what is too many.

use crate::engine::World;
use crate::engine::site::scalings::{Moment, Running, ScaledReplica, Seen, TimeOff};
use crate::engine::trouble::Change;
use crate::kernel::table::{Id, Row};
use crate::kernel::time::Time;
use crate::plan::ids::{Instance, Scaling};
use crate::plan::{Plan, ScalingPlan};

impl World {
    pub(in crate::engine) fn start_scaling(&mut self, plan: &Plan) {
        for (number, scaling_plan) in plan.scalings.entries() {
            let settings = &scaling_plan.settings;
            self.trouble.expect(settings.every, Change::Decides(number));
            self.set_running(plan, number, Running { before: settings.maximum, now: settings.initial });
        }
    }

    /// It is time to decide how many there are to be.
    pub(in crate::engine) fn decide(&mut self, plan: &Plan, number: Id<Scaling>) {
        let scaling_plan = &plan.scalings[number];
        let now = self.clockwork.now();
        self.trouble.expect(now.saturating_add(scaling_plan.settings.every), Change::Decides(number));
        let seen = self.seen(scaling_plan);
        let Some(decision) = self.site.scalings.decide(scaling_plan, number, seen, now) else { return };
        for _ in 0..decision.missing {
            self.trouble.expect(now.saturating_add(scaling_plan.boot), Change::IsOneMore(number));
        }
        self.set_running(plan, number, decision.running);
    }

    /// One that was missing has booted, if it is still wanted.
    pub(in crate::engine) fn is_one_more(&mut self, plan: &Plan, number: Id<Scaling>) {
        let running = self.site.scalings.is_one_more(number, self.clockwork.now());
        self.set_running(plan, number, running);
    }

    fn seen(&self, scaling_plan: &ScalingPlan) -> Seen {
        let instances = Row::new(scaling_plan.first_instance, scaling_plan.replicas);
        let nodes = self.site.nodes.row(instances);
        let held = nodes.iter().fold(0_u64, |sum, node| {
            let [served, _, _, extra] = node.integrals(self.clockwork.now());
            sum.wrapping_add(served).wrapping_add(extra)
        });
        Seen { held, in_line: nodes.iter().map(|node| u64::from(node.line_length)).sum() }
    }

    /// Of the replicas the first so many take requests; of a station so many servers work.
    fn set_running(&mut self, plan: &Plan, number: Id<Scaling>, running: Running) {
        let Running { before, now } = running;
        let scaling_plan = &plan.scalings[number];
        if before == now {
            return;
        }
        if scaling_plan.settings.by_servers {
            let station = ScaledReplica { scaling: number, replica: 0 };
            self.switch_off(plan, station, scaling_plan.settings.maximum.saturating_sub(now));
            self.trouble.condition(scaling_plan.first_instance).set_slots(now);
            self.take_condition(plan, scaling_plan.first_instance);
            return;
        }
        for replica in before.min(now)..before.max(now) {
            let one = ScaledReplica { scaling: number, replica };
            let goes = now <= replica;
            self.switch_off(plan, one, if goes { scaling_plan.slots_each } else { 0 });
            match goes {
                true => self.trouble.drain(one.instance(plan)),
                false => self.trouble.drain_no_more(one.instance(plan), 1),
            }
        }
    }

    /// From now on so many slots of a replica are off.
    fn switch_off(&mut self, plan: &Plan, one: ScaledReplica, slots: u32) {
        let moment = self.moment_of(plan, one, self.clockwork.now());
        self.site.scalings.switch_off(plan, one, slots, moment);
    }

    fn moment_of(&self, plan: &Plan, one: ScaledReplica, at: Time) -> Moment {
        let instance = one.instance(plan);
        let [served, _, _, extra] = self.site.nodes[instance].integrals(at);
        let down = self.trouble.conditions().down_time(instance, at);
        Moment { at, down, held: served.wrapping_add(extra) }
    }

    /// For how long an instance has been off, up to an instant that has not been passed.
    pub(in crate::engine) fn time_off(&self, plan: &Plan, instance: Id<Instance>, at: Time) -> TimeOff {
        let Some(one) = ScaledReplica::of(plan, instance) else { return TimeOff::default() };
        self.site.scalings.time_off(plan, one, self.moment_of(plan, one, at))
    }
}
