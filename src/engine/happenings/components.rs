//! Runs without requests: what changes for those who would have sent any.

use super::World;
use crate::kernel::table::Id;
use crate::plan::Plan;
use crate::plan::ids::Instance;

impl World {
    /// Looks at the needs again after a change.
    pub(super) fn look_at_components(&mut self, plan: &Plan) {
        if !self.components.have_to_be_looked_at() {
            return;
        }
        self.count_components();
        let conditions = self.trouble.conditions();
        let is_up = |instance: Id<Instance>| conditions.answers(instance);
        let cause = self.trouble.incidents().latest();
        if let Some(outage) = self.components.look(plan, is_up, cause, self.clockwork.now()) {
            self.watch.list_outage(outage);
        }
    }

    /// The outage that there is, if there is one, is over.
    pub(in crate::engine) fn end_outage_of_components(&mut self) {
        if let Some(outage) = self.components.end_outage(self.clockwork.now()) {
            self.watch.list_outage(outage);
        }
    }

    /// The answers since the last time.
    pub(in crate::engine) fn count_components(&mut self) {
        self.components.count(self.clockwork.now(), |class, outcome, asked| {
            self.watch.count_answers(class, outcome, asked);
        });
    }
}
