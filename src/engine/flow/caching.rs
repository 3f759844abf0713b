//! Whoever asks a cache.

use crate::engine::World;
use crate::engine::site::caches::Answer;
use crate::engine::visit::Visit;
use crate::kernel::table::Id;
use crate::plan::Plan;
use crate::plan::ids::Lookup;

impl World {
    /// Asks the cache at which the visit stands; returns how many steps it leaves out.
    pub(in crate::engine) fn look_up(&mut self, plan: &Plan, slot: Id<Visit>, lookup: Id<Lookup>) -> u32 {
        let lookup_plan = &plan.lookups[lookup];
        if plan.caches[lookup_plan.first_cache].uses_stale {
            return self.look_up_with_stale(plan, slot, lookup_plan);
        }
        let instance = self.visits[slot].instance;
        let cache = lookup_plan.first_cache.plus(instance.places_behind(lookup_plan.first_instance));
        let die = &mut self.chance.dice[plan.caches[cache].die];
        let answer = self.site.caches.ask(cache, die, self.clockwork.now());
        let counts = &mut self.site.nodes[instance].counts;
        counts.lookups += 1;
        match answer {
            Answer::Hit => {
                counts.hits += 1;
                lookup_plan.skip
            }
            Answer::Miss { cold } => {
                if cold {
                    self.meets_cold_cache(plan, slot);
                }
                0
            }
        }
    }
}
