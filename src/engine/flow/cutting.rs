//! A time bucket ends: whoever has something to say about it tells the watch, by value.

use crate::engine::World;
use crate::engine::site::links::Carried;
use crate::engine::site::passing::Passed;
use crate::engine::site::waits::{Reading, WaitCounts};
use crate::engine::watch::{InstanceTotals, Usage};
use crate::kernel::sharing::Totals;
use crate::kernel::table::Id;
use crate::kernel::time::Time;
use crate::plan::ids::{Instance, Resource};
use crate::plan::{PlacePlan, Plan};

impl World {
    /// Puts the present time bucket away and begins the next.
    pub(in crate::engine) fn cut_bucket(&mut self, plan: &Plan) {
        if self.quiet.is_on() {
            self.quiet_before_cut();
        }
        if self.components.is_on() {
            self.count_components();
        }
        let now = self.clockwork.now();
        let Some(cut) = self.watch.open_cut(now) else { return };
        for instance in plan.instances.ids() {
            let totals = self.totals_of(plan, instance);
            self.watch.cut_instance(instance, totals);
        }
        for (number, resource) in plan.resources.entries() {
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

    fn totals_of(&mut self, plan: &Plan, instance: Id<Instance>) -> InstanceTotals {
        let now = self.clockwork.now();
        let off = self.time_off(plan, instance, now);
        let own = self.own_processor(plan, instance);
        let (processor, jobs_most) = match own {
            Some(processor) => {
                (self.clockwork.totals_of(processor, now), self.clockwork.take_most_jobs(processor))
            }
            None => (Totals::default(), 0),
        };
        let node = &mut self.site.nodes[instance];
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
    fn usage_of(&mut self, plan: &Plan, place: PlacePlan, number: Id<Resource>) -> Usage {
        let now = self.clockwork.now();
        match place {
            PlacePlan::Pool { pool, line, instance } => {
                let down = self.time_absent(plan, instance);
                let held = self.site.pools.held(pool, now);
                let own = self.site.pools.read_waits(pool, now);
                let waits = match line {
                    None => own,
                    Some(line) => own.with(&self.site.pools.read_waits(line, now)),
                };
                Usage { in_use: u128::from(held.in_use), full: held.full, down, waits }
            }
            PlacePlan::Link { link, way } => {
                let mut waited = |wait| self.watch.waited_for_resource(number, wait);
                let Carried { busy, cut, waits } = self.site.links.read(link, way, now, &mut waited);
                Usage { in_use: u128::from(busy), full: busy, down: cut, waits }
            }
            PlacePlan::Limit { limit, replica, instance } => {
                let down = self.time_absent(plan, instance);
                let mut waited = |wait| self.watch.waited_for_resource(number, wait);
                let passed = self.site.limits.read(plan, limit, replica, now, &mut waited);
                let Passed { busy, full, waits } = passed;
                Usage { in_use: u128::from(busy), full, down, waits }
            }
            PlacePlan::Memory { host } => {
                let down = self.time_absent(plan, plan.memories[host].instance);
                let seen = self.memory_used(host);
                // Whoever is killed was turned away.
                let counts = WaitCounts { turned_away: seen.kills, ..WaitCounts::default() };
                let waits = Reading { counts, ..Reading::default() };
                Usage { in_use: seen.in_use, full: seen.full_time, down, waits }
            }
        }
    }

    /// For how long an instance has been down, or switched off by autoscaling.
    fn time_absent(&self, plan: &Plan, instance: Id<Instance>) -> Time {
        let down = self.trouble.conditions().down_time(instance, self.clockwork.now());
        down + self.time_off(plan, instance, self.clockwork.now()).whole
    }
}
