//! A time bucket ends: whoever has something to say about it tells the watch, by value.

use super::World;
use super::waits::Waits;
use super::watch::{InstanceTotals, Usage};
use crate::kernel::sharing::Totals;
use crate::kernel::time::Time;
use crate::plan::{NONE, PlacePlan, Plan};

impl World {
    /// Puts the present time bucket away and begins the next.
    pub(super) fn cut_bucket(&mut self, plan: &Plan) {
        if self.quiet.is_on() {
            self.quiet_before_cut();
        }
        if self.components.is_on() {
            self.count_components();
        }
        let now = self.clockwork.now;
        let Some(cut) = self.watch.open_cut(now) else { return };
        for instance in 0..plan.instances.len() as u32 {
            let totals = self.totals_of(plan, instance);
            self.watch.cut_instance(instance, totals);
        }
        for (number, resource) in plan.resources.iter().enumerate() {
            for (place, at) in resource.places.iter().enumerate() {
                let usage = self.usage_of(plan, *at, number);
                self.watch.cut_place(number, place, &usage);
            }
        }
        if self.quiet.is_on() {
            self.quiet_after_cut();
        }
        self.watch.close_cut(cut, now);
    }

    fn totals_of(&mut self, plan: &Plan, instance: u32) -> InstanceTotals {
        let now = self.clockwork.now;
        let off = self.time_off(plan, instance, now);
        let processor = plan.instances[instance as usize].processor;
        let own = processor != NONE && plan.processors[processor as usize].instance == instance;
        let (processor, jobs_most) = match own {
            true => {
                let processor = &mut self.clockwork.processors[processor as usize];
                (processor.totals(now), processor.take_most())
            }
            false => (Totals::default(), 0),
        };
        let node = &mut self.site.nodes[instance as usize];
        InstanceTotals {
            counts: node.counts,
            integrals: node.integrals(now),
            full: node.time_full(now),
            down: self.trouble.conditions().down_time(instance, now),
            slots_off: off.slots,
            off: off.whole,
            held_off: off.held,
            processor,
            queue_most: std::mem::replace(&mut node.queue_max, node.line_length),
            jobs_most,
        }
    }

    /// What there is to say of a place of the resource with this number.
    fn usage_of(&mut self, plan: &Plan, place: PlacePlan, number: usize) -> Usage {
        let now = self.clockwork.now;
        match place {
            PlacePlan::Pool { pool, line, instance } => {
                let down = self.time_absent(plan, instance);
                let pool = &mut self.site.pools[pool as usize];
                let [in_use, full] = pool.integrals(now);
                let own = usage_of_line(&mut pool.waits, now);
                let usage = match line {
                    NONE => own,
                    line => own.with(&usage_of_line(&mut self.site.pools[line as usize].waits, now)),
                };
                Usage { in_use: u128::from(in_use), full, down, ..usage }
            }
            PlacePlan::Link { link, way } => {
                let link = &mut self.site.links[link as usize];
                let down = link.time_cut(now);
                let sending = &mut link.sending[way as usize];
                sending.catch_up(now, &mut |wait| self.watch.waited_for_resource(number, wait));
                let busy = sending.busy(now);
                let usage = usage_of_line(&mut sending.waits, now);
                Usage { in_use: u128::from(busy), full: busy, down, ..usage }
            }
            PlacePlan::Limit { limit, replica, instance } => {
                let down = self.time_absent(plan, instance);
                let passing = self.site.buckets.passing(limit, replica);
                passing.catch_up(now, &mut |wait| self.watch.waited_for_resource(number, wait));
                let limit_plan = &plan.limits[limit as usize];
                let [busy, full] = passing.integrals(limit_plan, now);
                let usage = usage_of_line(passing.waits(limit_plan), now);
                Usage { in_use: u128::from(busy), full, down, ..usage }
            }
            PlacePlan::Memory { host } => {
                let down = self.time_absent(plan, plan.memories[host as usize].instance);
                let seen = self.memory_used(host);
                let (in_use, full, turned_away) = (seen.in_use, seen.full_time, seen.kills);
                Usage { in_use, full, down, turned_away, ..Usage::default() }
            }
        }
    }

    /// For how long an instance has been down, or switched off by autoscaling.
    fn time_absent(&self, plan: &Plan, instance: u32) -> Time {
        let down = self.trouble.conditions().down_time(instance, self.clockwork.now);
        down + self.time_off(plan, instance, self.clockwork.now).whole
    }
}

/// Of those who wait in a line.
fn usage_of_line(waits: &mut Waits, now: Time) -> Usage {
    Usage {
        waiting: waits.area(now),
        waiting_most: waits.take_most(),
        taken: waits.taken,
        waited: waits.waited,
        waited_time: waits.waited_time,
        left: waits.left,
        left_time: waits.left_time,
        turned_away: waits.turned_away,
        ..Usage::default()
    }
}
