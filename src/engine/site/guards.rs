//! What careful callers keep of those they call: breakers and budgets for retries.

use crate::kernel::table::Id;
use crate::kernel::time::Time;
use crate::parts::circuit_breaker::{BreakerSettings, CircuitBreaker};
use crate::parts::outcome::Outcome;
use crate::parts::retry_budget::Tokens;
use crate::plan::ids::Instance;
use crate::plan::{CallPlan, Plan};

/// Those of all replicas of all careful callers.
#[derive(Clone, Debug)]
pub struct Guards {
    all: Vec<Guard>,
    /// One for each peer of each, where there are any.
    breakers: Vec<CircuitBreaker>,
}

#[derive(Clone, Debug)]
struct Guard {
    tokens: Option<Tokens>,
    /// Where its breakers begin.
    first_breaker: u32,
}

/// One of a careful caller's peers.
#[derive(Clone, Copy)]
pub struct GuardedPeer {
    pub caller: Id<Instance>,
    pub member: u32,
}

/// Whether a breaker was closed before something was told of its peer, and whether it is so after.
#[derive(Clone, Copy)]
pub struct Closed {
    pub before: bool,
    pub after: bool,
}

impl Guards {
    pub fn new(plan: &Plan) -> Self {
        let mut guards = Guards { all: Vec::new(), breakers: Vec::new() };
        for guard in &plan.guards {
            for _ in 0..guard.replicas {
                let tokens = guard.budget.map(|budget| budget.tokens());
                guards.all.push(Guard { tokens, first_breaker: guards.breakers.len() as u32 });
                let peers = plan.routes[guard.route].members.len();
                let breakers = guard.breaker.iter().flat_map(|settings| {
                    std::iter::repeat_with(|| CircuitBreaker::new(settings)).take(peers)
                });
                guards.breakers.extend(breakers);
            }
        }
        guards
    }

    /// How the breaker of a caller for one of its peers is set, and which of all it is.
    fn breaker_of<'p>(
        &self,
        plan: &'p Plan,
        call: &CallPlan,
        peer: GuardedPeer,
    ) -> Option<(&'p BreakerSettings, usize)> {
        let guard = &plan.guards[call.guard?];
        let settings = guard.breaker.as_ref()?;
        let own = &self.all[(guard.first + plan.share_of(call, peer.caller)) as usize];
        Some((settings, (own.first_breaker + peer.member) as usize))
    }

    fn tokens(&mut self, plan: &Plan, call: &CallPlan, caller: Id<Instance>) -> Option<&mut Tokens> {
        let first = plan.guards[call.guard?].first;
        self.all[(first + plan.share_of(call, caller)) as usize].tokens.as_mut()
    }

    /// Whether the breaker of a caller for one of its peers lets a call through.
    pub fn permits(&self, plan: &Plan, call: &CallPlan, peer: GuardedPeer, now: Time) -> bool {
        let breaker = self.breaker_of(plan, call, peer);
        breaker.is_none_or(|(settings, place)| self.breakers[place].permits(settings, now))
    }

    /// A call is sent to a peer.
    pub fn call_begins(&mut self, plan: &Plan, call: &CallPlan, peer: GuardedPeer, now: Time) {
        if let Some((settings, place)) = self.breaker_of(plan, call, peer) {
            self.breakers[place].call_begins(settings, now);
        }
    }

    /// A call to a peer has ended so; `None`: there is no breaker that it could tell anything.
    pub fn call_ended(
        &mut self,
        plan: &Plan,
        call: &CallPlan,
        peer: GuardedPeer,
        outcome: Outcome,
        now: Time,
    ) -> Option<Closed> {
        let (settings, place) = self.breaker_of(plan, call, peer)?;
        let breaker = &mut self.breakers[place];
        let before = breaker.is_closed();
        // Who asks too often is told so; that is no failure of the peer's.
        let is_well = matches!(outcome, Outcome::Ok | Outcome::TooManyRequests);
        breaker.call_ended(settings, is_well, now);
        Some(Closed { before, after: breaker.is_closed() })
    }

    /// A good answer earns a part of a retry.
    pub fn earn(&mut self, plan: &Plan, call: &CallPlan, caller: Id<Instance>) {
        if let Some(budget) = call.guard.and_then(|guard| plan.guards[guard].budget.as_ref())
            && let Some(tokens) = self.tokens(plan, call, caller)
        {
            tokens.earn(budget);
        }
    }

    /// Whether there is a token for one more retry; it is taken.
    pub fn allows_retry(&mut self, plan: &Plan, call: &CallPlan, caller: Id<Instance>) -> bool {
        self.tokens(plan, call, caller).is_none_or(Tokens::take)
    }
}
