//! Whoever borrows from a pool, waits in its line, and gives back what visits hold.

use crate::engine::World;
use crate::engine::site::sessions::Holds;
use crate::engine::visit::Visit;
use crate::kernel::table::Id;
use crate::kernel::time::{NEVER, Time};
use crate::parts::outcome::Outcome;
use crate::plan::ids::{Pool, PoolSet};
use crate::plan::{Plan, Step};

impl World {
    /// Takes a connection of the caller's own pool, which it keeps until it is done.
    pub(in crate::engine) fn borrow(
        &mut self,
        plan: &Plan,
        slot: Id<Visit>,
        pool: Id<PoolSet>,
    ) -> Option<Id<Visit>> {
        let pool_plan = &plan.pools[pool];
        let pool = pool_plan.of_caller(self.visits[slot].instance.places_behind(pool_plan.first_instance));
        let holds = Holds::Pool(pool);
        if self.site.sessions.holds(self.visits[slot].sessions, holds) {
            return self.skip(slot, 1);
        }
        if self.site.pools.take(pool, self.clockwork.now()) {
            self.keep(slot, holds);
            return self.skip(slot, 1);
        }
        self.stand_in_pool_line(plan, slot, pool);
        None
    }

    pub(in crate::engine) fn stand_in_pool_line(&mut self, plan: &Plan, slot: Id<Visit>, pool: Id<Pool>) {
        if self.visits[slot].flags.followed {
            self.note_stretch(plan, slot);
        }
        let now = self.clockwork.now();
        let patience = self.site.pools.join_line(pool, &mut self.visits, slot, now);
        self.own_time_ends(plan, slot);
        self.visits.wait_in_pool_line(slot, pool, now);
        if patience != NEVER {
            self.schedule(slot, now.saturating_add(patience));
        }
    }

    /// It holds one more thing until it is done.
    pub(in crate::engine) fn keep(&mut self, slot: Id<Visit>, holds: Holds) {
        self.site.sessions.add(&mut self.visits[slot].sessions, holds);
    }

    /// Gives back the connections that the visit has held until now.
    #[inline(never)]
    pub(in crate::engine) fn give_sessions_back(&mut self, plan: &Plan, slot: Id<Visit>) {
        let mut held = self.visits[slot].sessions.take();
        while let Some(holds) = self.site.sessions.take_first(&mut held) {
            match holds {
                Holds::Connection(instance) => {
                    self.site.nodes[instance].hold_extra(-1, self.clockwork.now());
                    self.release_slot(plan, instance);
                }
                Holds::Pool(pool) => self.release_pool(plan, pool),
                Holds::Peer(place) => self.release_peer(plan, place),
                Holds::Object(_) => {}
            }
        }
    }

    /// A connection of a pool is free: the next in its line gets it.
    pub(in crate::engine) fn release_pool(&mut self, plan: &Plan, pool: Id<Pool>) {
        // Those who wait in a process that is gone get nothing: they are about to be reset.
        let next = self.site.pools.first_in_line(pool).filter(|&next| !self.is_at_gone_process(next));
        let Some(next) = next else { return self.site.pools.give_back(pool, self.clockwork.now()) };
        self.leave_pool_line_served(plan, next);
        self.keep(next, Holds::Pool(pool));
        // A call that waited for others of its caller is made now.
        if let Step::Borrow { .. } = plan.steps[self.visits[next].step] {
            self.visits[next].step = self.visits[next].step.plus(1);
        }
        self.make_ready(next);
    }

    /// It stands in the line no more. Returns whose line that was, and for how long it has waited.
    fn leave_pool_line(&mut self, plan: &Plan, slot: Id<Visit>) -> (Id<Pool>, Time) {
        if self.visits[slot].flags.followed {
            self.note_stretch(plan, slot);
        }
        (self.visits.leave_pool_line(slot), self.clockwork.now() - self.visits[slot].since)
    }

    /// Somebody in the line of a pool gets what he has waited for.
    pub(in crate::engine) fn leave_pool_line_served(&mut self, plan: &Plan, slot: Id<Visit>) {
        let (pool, waited) = self.leave_pool_line(plan, slot);
        self.visits[slot].word = 0;
        self.site.pools.serve(pool, &mut self.visits, slot, waited, self.clockwork.now());
        self.watch.waited_for_pool(pool, waited);
    }

    /// Somebody leaves the line of a pool without having got anything.
    pub(in crate::engine) fn leave_pool_line_unserved(&mut self, plan: &Plan, slot: Id<Visit>) {
        let (pool, waited) = self.leave_pool_line(plan, slot);
        self.site.pools.leave_line(pool, &mut self.visits, slot, waited, self.clockwork.now());
    }

    /// No connection of the pool was free in time: the application fails. Or no earlier
    /// call has ended, and this one is not made.
    pub(in crate::engine) fn give_up_in_pool_line(&mut self, plan: &Plan, slot: Id<Visit>) {
        if self.hangs(self.visits[slot].instance) {
            return;
        }
        self.leave_pool_line_unserved(plan, slot);
        let next = match plan.steps[self.visits[slot].step] {
            Step::Call { call } => self.refuse_call(plan, slot, call),
            _ => self.end_visit(plan, slot, Outcome::ServerError),
        };
        if let Some(next) = next {
            self.run_visit(plan, next);
        }
    }
}
