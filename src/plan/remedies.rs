//! Remedies, prepared: what nodes do about too much.

use super::compile::Compiler;
use super::ids::{Guard, Instance, Limit, PoolSet, Route};
use super::program::Program;
use super::steps::{CallPlan, LookupPlan, RetriesOf, RetryPlan};
use super::{PoolPlan, Step};
use crate::kernel::table::{Id, Row};
use crate::kernel::time::NEVER;
use crate::nodes::behaviour::Behaviour;
use crate::parts::caution::{Caution, Hedge};
use crate::parts::circuit_breaker::BreakerSettings;
use crate::parts::outcome::Outcome;
use crate::parts::rate_limit::{Bucket, Per};
use crate::parts::resource::{Party, ResourceKind};
use crate::parts::retry_budget::RetryBudget;
use crate::scenario::model::{Call, NodeId, Target};

/// What a careful caller keeps of those it calls; each of its replicas has its own.
#[derive(Clone, Debug)]
pub struct GuardPlan {
    pub budget: Option<RetryBudget>,
    pub breaker: Option<BreakerSettings>,
    pub hedge: Option<Hedge>,
    /// The pool whose places are its calls at once.
    pub pool: Option<Id<PoolSet>>,
    /// The pool whose places are its calls at once to each of several peers.
    pub peers: Option<Id<PoolSet>>,
    pub route: Id<Route>,
    /// The first of the states of its replicas, and how many there are.
    pub first: u32,
    pub replicas: u32,
}

/// A rate limit of one node; each of its replicas keeps its own buckets.
#[derive(Clone, Debug)]
pub struct LimitPlan {
    pub bucket: Bucket,
    pub delays: bool,
    pub per: Per,
    pub answer: Outcome,
    pub first_instance: Id<Instance>,
    pub replicas: u32,
}

impl Compiler<'_> {
    /// The limits of a node that is being added, which its programs will ask.
    pub fn add_limits(
        &mut self,
        behaviour: &Behaviour,
        first_instance: Id<Instance>,
        replicas: u32,
    ) -> Row<Limit> {
        let first = self.limits.next_id();
        self.limits.extend(behaviour.limits.iter().flatten().map(|limit| LimitPlan {
            bucket: limit.bucket(),
            delays: limit.delays,
            per: limit.per,
            answer: limit.answer,
            first_instance,
            replicas,
        }));
        Row::new(first, self.limits.len() as u32 - first.number())
    }

    /// The steps that ask a node's limits: those in front of its line, and those behind it.
    pub fn limit_steps(&self, node: NodeId) -> (Vec<Step>, Vec<Step>) {
        let limits = self.behaviour(node).map_or([None, None], |behaviour| behaviour.limits);
        let numbers = self.nodes[Id::numbered(node.0)].limits;
        let in_front = |wanted| {
            let asked = numbers
                .iter()
                .zip(limits.into_iter().flatten())
                .filter(move |(_, limit)| limit.in_front == wanted);
            asked.map(|(limit, _)| Step::Limit { limit }).collect()
        };
        (in_front(true), in_front(false))
    }

    /// What a caller keeps of those it reaches by this call; all its calls to them share it.
    pub fn guard(&mut self, caller: NodeId, target: Target, call: &CallPlan, caution: &Caution) -> Id<Guard> {
        let known = self.known_guards.get(&call.site).copied();
        if let Some(known) = known {
            return known;
        }
        let node = &self.nodes[Id::numbered(caller.0)];
        let (first_instance, replicas) = (node.first_instance, node.replicas);
        let members = self.routes[call.route].members.len() as u32;
        let (mut pool, mut peers) = (None, None);
        if let Some(bulkhead) = caution.bulkhead {
            let mut add = |kind: ResourceKind, size: u32, peers: u32| {
                let tables = &mut self.tables;
                let first = Id::numbered(tables.pool_instances);
                tables.pool_instances += replicas * (1 + peers);
                tables.pools.push(PoolPlan {
                    kind,
                    from: Party::Node(caller.0),
                    to: Party::of(target),
                    first,
                    first_instance,
                    size,
                    wait: bulkhead.wait,
                    callers: replicas,
                    line: bulkhead.line,
                    peers,
                })
            };
            if members == 1 {
                pool = Some(add(ResourceKind::InFlight, bulkhead.of_one_peer(), 0));
            } else {
                pool = bulkhead.in_all.map(|size| add(ResourceKind::InFlightInAll, size, 0));
                peers = bulkhead.each.map(|size| add(ResourceKind::InFlight, size, members));
            }
        }
        let first = self.guards.iter().last().map_or(0, |guard| guard.first + guard.replicas);
        let (budget, breaker, hedge) = (caution.budget, caution.breaker, caution.hedge);
        let route = call.route;
        let guard = GuardPlan { budget, breaker, hedge, pool, peers, route, first, replicas };
        let number = self.guards.push(guard);
        self.known_guards.insert(call.site, number);
        number
    }
}

impl Program<'_, '_> {
    /// Fetches once as always, and once more for those who find an object that has expired:
    /// they are done as soon as a call fails.
    pub fn fall_back(
        &mut self,
        fetching: &mut Vec<Step>,
        lookup: &mut LookupPlan,
        cache: NodeId,
        call: &Call,
    ) {
        let store = Step::Store { first_cache: lookup.first_cache };
        fetching.extend([store, Step::End]);
        lookup.skip = fetching.len() as u32 - 1;
        lookup.skip_if_stale = fetching.len() as u32;
        let again = self.stages_again(cache, &call.stages);
        for &step in &again {
            let forks = &self.compiler.tables.forks;
            let calls = match step {
                Step::Call { call } => vec![call],
                Step::Fork { fork } => forks[fork].calls.iter().map(|&(call, ..)| call).collect(),
                _ => Vec::new(),
            };
            for call in calls {
                self.compiler.tables.calls[call].falls_back = true;
            }
        }
        fetching.extend(again);
        fetching.extend(self.work(cache, &call.afterwards));
        fetching.push(store);
    }

    /// The call of a careful caller.
    pub fn take_care(&mut self, call: &mut CallPlan, (caller, target): (NodeId, Target), caution: &Caution) {
        if caution.timeout != NEVER {
            (call.connect_lane, call.read_lane) = (self.compiler.lane(caution.timeout), None);
            call.whole = true;
        }
        if caution.retries > 0 {
            let name = self.stream_name(caller, "backoff");
            let die = self.compiler.streams.die(&self.compiler.node(caller).name, &name);
            let (retries, backoff) = (caution.retries, caution.backoff);
            call.retry = Some(RetryPlan { retries, backoff, die, counts: RetriesOf::Call });
        }
        call.guard = Some(self.compiler.guard(caller, target, call, caution));
    }
}
