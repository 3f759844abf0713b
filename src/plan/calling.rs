//! Calls: whom a node calls, how, and what its callers keep for that.

use super::ids::{Node, Route, StepPlace};
use super::program::Program;
use super::steps::{CallPlan, ConnectionUse, Step};
use super::{PoolPlan, ids};
use crate::kernel::table::Id;
use crate::kernel::time::NEVER;
use crate::nodes::NodeKind;
use crate::nodes::behaviour::{Calling, UNLIMITED};
use crate::nodes::user::Tls;
use crate::parts::resource::{Party, ResourceKind};
use crate::scenario::model::{Call, NodeId, Target};

impl Program<'_, '_> {
    /// One call, with the called visit's own program.
    pub fn call(&mut self, caller: NodeId, call: &Call) -> Id<ids::Call> {
        let calling =
            self.compiler.behaviour(caller).map_or(Calling::PLAIN, |behaviour| behaviour.calling.clone());
        let mut plan = self.plain_call(caller, call);
        plan.connect_lane = self.compiler.lane(calling.connect_timeout);
        plan.read_lane = self.compiler.lane(calling.read_timeout);
        plan.tries = calling.tries;
        plan.tries_others = calling.tries_others;
        plan.health = calling.health;
        plan.connection = if calling.keeps_connections { ConnectionUse::Kept } else { ConnectionUse::Fresh };
        plan.round_trips = 1;
        plan.answers = calling.answers;
        plan.takes_extra_slot = calling.takes_extra_slot;
        if let Some(caution) = &calling.caution {
            self.take_care(&mut plan, (caller, call.target), caution);
        }
        self.look_up(&mut plan, call.target, &calling);
        self.compiler.tables.add_call(plan)
    }

    /// A resolver is asked as the C library does it: a datagram and no connection, again if no
    /// answer comes, and whoever asks does not get on without one.
    fn look_up(&mut self, plan: &mut CallPlan, target: Target, calling: &Calling) {
        let compiler = &mut self.compiler;
        let NodeKind::Dns(dns) = &compiler.node(compiler.first_node(target)).kind else { return };
        let patience = calling.caution.as_ref().map_or(NEVER, |caution| caution.timeout);
        plan.connect_lane = compiler.lane(dns.timeout.min(patience));
        plan.read_lane = None;
        plan.whole = plan.connect_lane.is_some();
        plan.tries = dns.attempts.max(1);
        plan.tries_others = true;
        plan.idempotent = true;
        plan.connection = ConnectionUse::Kept;
        plan.takes_extra_slot = false;
        plan.answers = calling.answers.without_name();
    }

    /// A call with nothing of its caller's settings in it.
    pub fn plain_call(&mut self, caller: NodeId, call: &Call) -> CallPlan {
        let encrypted =
            matches!(&self.compiler.node(caller).kind, NodeKind::User(user) if user.tls != Tls::None);
        let sets = &self.compiler.scenario.replications;
        let set = sets.iter().position(|set| set.target == call.target).map(Id::at);
        let last = match set {
            None => None,
            Some(set) if call.write => Some(Step::Commit { set }),
            Some(set) => Some(Step::ReadDone { set }),
        };
        let nodes = self.compiler.scenario.nodes_of(call.target);
        let bodies: Vec<(NodeId, Id<StepPlace>)> =
            nodes.iter().map(|&node| (node, self.body(node, call, encrypted, last))).collect();
        let (route, site) = self.compiler.route(caller, call.target);
        CallPlan {
            body: bodies[0].1,
            bodies: if nodes.len() > 1 { self.by_member(route, &bodies) } else { Vec::new() },
            encrypted,
            optional: call.optional,
            idempotent: self.class.idempotent && !call.write,
            writes: call.write,
            replication: set,
            request_bytes: self.class.request_bytes,
            response_bytes: self.class.response_bytes,
            keeps_session: matches!(
                self.compiler.node(self.compiler.first_node(call.target)).kind,
                NodeKind::Database(_)
            ),
            ..CallPlan::plain(route, site)
        }
    }

    /// Leaves a node for good, and what is done then up to the end, which is not in it unless
    /// members of a group do it each in its own way.
    pub fn move_to(&mut self, from: NodeId, next: &Call) -> Vec<Step> {
        let nodes = self.compiler.scenario.nodes_of(next.target);
        let (call, step) = self.step_over(from, next.target);
        let mut code = vec![step];
        if let [only] = nodes[..] {
            code.extend(self.visit(only, next, false));
            return code;
        }
        let bodies: Vec<(NodeId, Id<StepPlace>)> =
            nodes.iter().map(|&node| (node, self.body(node, next, false, None))).collect();
        let route = self.compiler.tables.calls[call].route;
        self.compiler.tables.calls[call].bodies = self.by_member(route, &bodies);
        code
    }

    /// Leaving one station for the next: the call that says whom for, and the step.
    pub fn step_over(&mut self, from: NodeId, to: Target) -> (Id<ids::Call>, Step) {
        let (route, site) = self.compiler.route(from, to);
        let mut plan = CallPlan::plain(route, site);
        plan.request_bytes = self.class.request_bytes;
        let call = self.compiler.tables.add_call(plan);
        (call, Step::Move { call })
    }

    /// For each member of a route the step at which those who come to it begin.
    pub fn by_member(&self, route: Id<Route>, by_node: &[(NodeId, Id<StepPlace>)]) -> Vec<Id<StepPlace>> {
        let of_node: rustc_hash::FxHashMap<Id<Node>, Id<StepPlace>> =
            by_node.iter().map(|&(node, step)| (Id::numbered(node.0), step)).collect();
        let members = &self.compiler.routes[route].members;
        members.iter().map(|member| of_node[&self.compiler.instances[member.instance].node]).collect()
    }

    /// The step that takes a connection of the caller's pool, if this is a call to a
    /// database from a node that has one.
    pub fn borrow(&mut self, caller: NodeId, call: &Call) -> Option<Step> {
        let database = self.compiler.first_node(call.target);
        if !matches!(self.compiler.node(database).kind, NodeKind::Database(_)) {
            return None;
        }
        let pool = self.compiler.behaviour(caller)?.calling.pool?;
        let node = &self.compiler.nodes[Id::numbered(caller.0)];
        let tables = &mut self.compiler.tables;
        let known = tables.known_pools.get(&(caller, call.target)).copied();
        let number = known.unwrap_or_else(|| {
            let number = tables.pools.push(PoolPlan {
                kind: ResourceKind::Pool,
                from: Party::Node(caller.0),
                to: Party::of(call.target),
                first: Id::numbered(tables.pool_instances),
                first_instance: node.first_instance,
                size: pool.size.saturating_mul(pool.processes),
                wait: if pool.wait == 0 { NEVER } else { pool.wait },
                callers: node.replicas,
                line: UNLIMITED,
                peers: 0,
            });
            tables.pool_instances += node.replicas;
            tables.known_pools.insert((caller, call.target), number);
            number
        });
        Some(Step::Borrow { pool: number })
    }
}
