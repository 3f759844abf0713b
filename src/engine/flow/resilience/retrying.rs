//! Tries again, after a while.

use crate::engine::World;
use crate::engine::flow::ending::CallEnd;
use crate::engine::visit::Visit;
use crate::kernel::random::uniform;
use crate::kernel::table::Id;
use crate::kernel::time::Time;
use crate::plan::{CallPlan, Plan, RetriesOf, RetryPlan};

impl World {
    /// How long the caller waits before it tries again; `None` if it does not.
    pub(in crate::engine) fn wait_before_retry(
        &mut self,
        plan: &Plan,
        slot: Id<Visit>,
        call: &CallPlan,
        retry: &RetryPlan,
        end: CallEnd,
    ) -> Option<Time> {
        let root = self.visits[slot].root;
        // A client counts the tries of its whole request, any other caller those of this call.
        let (number, may_be_sent) = match retry.counts {
            RetriesOf::Request => (self.visits.requests[root?].attempts, true),
            RetriesOf::Call => (u32::from(self.visits[slot].retries) + 1, end.may_be_sent_again(call)),
        };
        if number > retry.retries || !may_be_sent || !self.budget_allows_retry(plan, slot, call) {
            return None;
        }
        match retry.counts {
            RetriesOf::Request => self.visits.requests[root?].attempts += 1,
            RetriesOf::Call => self.visits[slot].retries += 1,
        }
        let luck = if retry.backoff.full_jitter { uniform(&mut self.chance.dice[retry.die]) } else { 0.0 };
        Some(retry.backoff.wait(number, luck))
    }
}
