//! Tries again, after a while.

use crate::engine::Simulation;
use crate::kernel::random::uniform;
use crate::kernel::time::Time;
use crate::parts::outcome::Outcome;
use crate::plan::{CallPlan, RetryPlan};

impl Simulation<'_> {
    /// How long the caller waits before it tries again; `None` if it does not.
    pub(in crate::engine) fn wait_before_retry(
        &mut self,
        slot: u32,
        call: &CallPlan,
        retry: &RetryPlan,
        outcome: Outcome,
    ) -> Option<Time> {
        let root = self.visits[slot].root;
        // A client counts the tries of its whole request, any other caller those of this call.
        let number = match retry.of_request {
            true => self.visits.requests[root as usize].attempts,
            false => u32::from(self.visits[slot].retries) + 1,
        };
        // What may not be done twice is not sent twice, unless it has not arrived.
        let may_be_sent = retry.of_request
            || call.idempotent
            || self.unsent == slot
            || matches!(outcome, Outcome::Refused | Outcome::Unavailable | Outcome::TooManyRequests);
        if number > retry.retries || !may_be_sent || !self.budget_allows_retry(slot, call) {
            return None;
        }
        match retry.of_request {
            true => self.visits.requests[root as usize].attempts += 1,
            false => self.visits[slot].retries += 1,
        }
        let luck = if retry.backoff.full_jitter { uniform(&mut self.dice[retry.die as usize]) } else { 0.0 };
        Some(retry.backoff.wait(number, luck))
    }
}
