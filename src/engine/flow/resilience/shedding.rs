//! Lines that have become too slow: who is turned away, and who comes next.

use crate::engine::World;
use crate::engine::site::stations::{SideLine, SlowLine};
use crate::engine::visit::{State, Visit};
use crate::kernel::table::Id;
use crate::nodes::behaviour::Order;
use crate::parts::shedding::Shedding;
use crate::plan::Plan;
use crate::plan::ids::Instance;

impl World {
    fn shedding_of(&self, plan: &Plan, instance: Id<Instance>) -> Option<Shedding> {
        match plan.nodes[self.site.nodes[instance].node].order {
            Order::Shedding(settings) => Some(settings),
            Order::Fifo | Order::Lifo | Order::Priority | Order::Random => None,
        }
    }

    /// Before somebody is taken out of a line, those are turned away who are too many.
    #[inline(never)]
    pub(in crate::engine) fn shed(&mut self, plan: &Plan, instance: Id<Instance>, line: Id<SideLine>) {
        let Some(settings) = self.shedding_of(plan, instance).filter(|settings| settings.codel) else {
            return;
        };
        loop {
            let node = &self.site.nodes[instance];
            let is_alone = node.line_length <= 1;
            let SideLine::Slow(line) = &mut self.site.lines[line] else { return };
            let Some(oldest) = line.head else { return };
            let waited = self.clockwork.now() - self.visits[oldest].since;
            if !line.sheds(&settings, waited, is_alone, self.clockwork.now()) {
                return;
            }
            self.turn_away_from_line(plan, oldest);
        }
    }

    /// It is told so as soon as the present visit is done.
    fn turn_away_from_line(&mut self, plan: &Plan, slot: Id<Visit>) {
        self.leave_line_unserved(plan, slot);
        let visit = &mut self.visits[slot];
        visit.word = 0;
        visit.state = State::Going;
        visit.step = plan.turned_away;
        let counts = &mut self.site.nodes[visit.instance].counts;
        counts.ended += 1;
        counts.failed += 1;
        self.make_ready(slot);
    }

    /// Who comes next in such a line.
    pub(in crate::engine) fn next_in_slow_line(
        &self,
        plan: &Plan,
        instance: Id<Instance>,
        line: &SlowLine,
    ) -> Option<Id<Visit>> {
        let is_late = |settings: Shedding, head: Id<Visit>| {
            self.clockwork.now() - self.visits[head].since > settings.target
        };
        match self.shedding_of(plan, instance) {
            Some(settings)
                if settings.newest_first && line.head.is_some_and(|head| is_late(settings, head)) =>
            {
                line.tail
            }
            _ => line.head,
        }
    }
}
