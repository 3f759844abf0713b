//! Rate limits: who comes too often is turned away, or waits for his turn.

use crate::engine::World;
use crate::engine::site::limits::Asker;
use crate::engine::visit::Visit;
use crate::kernel::table::Id;
use crate::plan::Plan;
use crate::plan::ids::Limit;
use crate::results::path::Cause;

impl World {
    /// The visit passes a limit at once or later, or is turned away. Returns who goes on.
    #[inline(never)]
    pub(in crate::engine) fn ask_limit(
        &mut self,
        plan: &Plan,
        slot: Id<Visit>,
        number: Id<Limit>,
    ) -> Option<Id<Visit>> {
        let limit = &plan.limits[number];
        let visit = &self.visits[slot];
        let (instance, root, is_inside) = (visit.instance, visit.root, visit.flags.inside);
        // A process that is gone turns nobody away: whoever comes finds that out next.
        if !is_inside && self.is_down(instance) {
            return self.skip(slot, 1);
        }
        let asker = Asker { limit: number, instance, client: self.client_of(root) };
        let mut waited = |wait| self.watch.waited_for_limit(number, wait);
        match self.site.limits.ask(plan, asker, self.clockwork.now(), &mut waited) {
            Some(wait) if wait > 0 && limit.delays => {
                self.visits[slot].step = self.visits[slot].step.plus(1);
                if self.visits[slot].flags.followed {
                    self.note_delay(plan, slot, Cause::RateLimit, wait);
                }
                self.schedule(slot, self.clockwork.now().saturating_add(wait));
                None
            }
            Some(_) => self.skip(slot, 1),
            None => {
                if !is_inside {
                    let counts = &mut self.site.nodes[instance].counts;
                    counts.visits += 1;
                    counts.ended += 1;
                    counts.failed += 1;
                }
                self.end_visit(plan, slot, limit.answer)
            }
        }
    }
}
