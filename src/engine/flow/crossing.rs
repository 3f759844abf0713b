//! Calls and answers on their way over links.

use crate::engine::World;
use crate::engine::site::links::{Crossing, Message};

use crate::engine::visit::Visit;
use crate::kernel::table::Id;
use crate::plan::Plan;

impl World {
    /// What a message takes that is sent over a link now.
    pub(in crate::engine) fn cross(&mut self, plan: &Plan, message: Message) -> Crossing {
        let waited = |wait| self.watch.waited_for_link(message.link, message.way, wait);
        self.site.links.cross(plan, message, &mut self.chance, self.clockwork.now(), waited)
    }

    /// The visit, or its answer, is there when it has crossed the link.
    #[inline(always)]
    pub(in crate::engine) fn travel(&mut self, plan: &Plan, slot: Id<Visit>, crossing: Crossing) {
        let arrives = self.clockwork.now().saturating_add(crossing.time);
        let visit = &mut self.visits[slot];
        visit.since = arrives;
        if visit.flags.followed {
            self.note_crossing(plan, slot, crossing);
        }
        self.schedule(slot, arrives);
    }
}
