//! Answers that have expired, given when nobody has a better one.

use crate::engine::World;
use crate::engine::site::caches::KeptAnswer;
use crate::engine::site::sessions::Holds;
use crate::engine::visit::Visit;
use crate::kernel::table::Id;
use crate::plan::ids::Cache;
use crate::plan::{LookupPlan, Plan, Step};

impl World {
    /// Asks a cache that keeps what has expired; returns how many steps are left out. What
    /// it does not have is held once it has been fetched, and not before.
    #[inline(never)]
    pub(in crate::engine) fn look_up_with_stale(
        &mut self,
        plan: &Plan,
        slot: Id<Visit>,
        lookup_plan: &LookupPlan,
    ) -> u32 {
        let instance = self.visits[slot].instance;
        let cache = lookup_plan.first_cache.plus(instance.places_behind(lookup_plan.first_instance));
        let die = &mut self.chance.dice[plan.caches[cache].die];
        let answer = self.site.caches.ask_for_kept(cache, die, self.clockwork.now());
        let counts = &mut self.site.nodes[instance].counts;
        counts.lookups += 1;
        match answer {
            KeptAnswer::Fresh => {
                counts.hits += 1;
                lookup_plan.skip
            }
            KeptAnswer::Expired { object } => {
                self.keep(slot, Holds::Object(object));
                lookup_plan.skip_if_stale
            }
            KeptAnswer::Nothing { object, cold } => {
                self.keep(slot, Holds::Object(object));
                if cold {
                    self.meets_cold_cache(plan, slot);
                }
                0
            }
            KeptAnswer::Unknown => 0,
        }
    }

    /// What was fetched is held from now on.
    #[inline(never)]
    pub(in crate::engine) fn store(
        &mut self,
        plan: &Plan,
        slot: Id<Visit>,
        first_cache: Id<Cache>,
    ) -> Option<Id<Visit>> {
        let visit = &self.visits[slot];
        let replica = plan.instances[visit.instance].replica;
        if let Some(object) = self.site.sessions.object(visit.sessions) {
            self.site.caches.store(first_cache.plus(replica), object, self.clockwork.now());
        }
        self.skip(slot, 1)
    }

    /// A call has failed, but an older answer is there: the visit is done.
    #[inline(never)]
    pub(in crate::engine) fn fall_back(&mut self, plan: &Plan, slot: Id<Visit>) -> Option<Id<Visit>> {
        self.abandon_children(plan, slot);
        let visit = &mut self.visits[slot];
        debug_assert!(visit.child.is_none());
        let rest = &plan.steps.as_slice()[visit.step.index()..];
        let end = rest.iter().position(|step| *step == Step::End);
        visit.step = visit.step.plus(end.expect("every program has an end") as u32);
        Some(slot)
    }
}
