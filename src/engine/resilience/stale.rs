//! Answers that have expired, given when nobody has a better one.

use crate::engine::World;
use crate::engine::caching::{CacheState, Found};
use crate::engine::site::sessions::Holds;
use crate::kernel::random::uniform;
use crate::plan::{LookupPlan, NONE, Plan, Step};

impl World {
    /// Asks a cache that keeps what has expired; returns how many steps are left out. What
    /// it does not have is held once it has been fetched, and not before.
    #[inline(never)]
    pub(in crate::engine) fn look_up_with_stale(
        &mut self,
        plan: &Plan,
        slot: u32,
        lookup_plan: &LookupPlan,
    ) -> u32 {
        let instance = self.visits[slot].instance;
        let number = (lookup_plan.first_cache + (instance - lookup_plan.first_instance)) as usize;
        let point = uniform(&mut self.chance.dice[plan.caches[number].die as usize]);
        let counts = &mut self.site.nodes[instance as usize].counts;
        counts.lookups += 1;
        // A share of hits says nothing of objects; the scenario's check refuses it.
        let CacheState::Objects(objects) = &mut self.site.caches[number] else { return 0 };
        let object = objects.object_at(point);
        let found = objects.find(object, self.clockwork.now);
        if found == Found::Fresh {
            counts.hits += 1;
            objects.hold(object, true, self.clockwork.now);
            return lookup_plan.skip;
        }
        let is_cold = found == Found::Nothing && objects.is_filling();
        self.keep(slot, Holds::Object(object));
        if is_cold {
            self.meets_cold_cache(plan, slot);
        }
        if found == Found::Stale { lookup_plan.skip_if_stale } else { 0 }
    }

    /// What was fetched is held from now on.
    #[inline(never)]
    pub(in crate::engine) fn store(&mut self, plan: &Plan, slot: u32, first_cache: u32) -> Option<u32> {
        let visit = &self.visits[slot];
        let replica = plan.instances[visit.instance as usize].replica;
        let object = self.site.sessions.object(visit.sessions);
        if let (Some(object), CacheState::Objects(objects)) =
            (object, &mut self.site.caches[(first_cache + replica) as usize])
        {
            objects.hold(object, false, self.clockwork.now);
        }
        self.skip(slot, 1)
    }

    /// A call has failed, but an older answer is there: the visit is done.
    #[inline(never)]
    pub(in crate::engine) fn fall_back(&mut self, plan: &Plan, slot: u32) -> Option<u32> {
        self.abandon_children(plan, slot);
        let visit = &mut self.visits[slot];
        debug_assert!(visit.child == NONE);
        let rest = &plan.steps[visit.step as usize..];
        let end = rest.iter().position(|step| *step == Step::End);
        visit.step += end.expect("every program has an end") as u32;
        Some(slot)
    }
}
