//! From the calls of a request class to the steps of its visits.

use super::compile::Compiler;
use super::steps::{BranchPlan, CallPlan, ChancePlan, ConnectionUse, ForkPlan, LookupPlan, RepeatPlan, Step};
use super::{NONE, NamePlan, PoolPlan};
use crate::kernel::time::{NEVER, to_seconds};
use crate::nodes::NodeKind;
use crate::nodes::behaviour::{Calling, Order, UNLIMITED};
use crate::nodes::user::Tls;
use crate::parts::count::Count;
use crate::parts::distribution::Distribution;
use crate::parts::resource::{Party, ResourceKind};
use crate::scenario::model::{Call, NodeId, Parallel, RequestClass, Stage, Target, Walk, Work};
use rustc_hash::FxHashMap;

/// A fixed number of calls up to this one stands as so many steps, so that nobody counts.
const UNROLLED_MOST: u32 = 16;

/// The tables that programs are made of.
#[derive(Default)]
pub struct Tables {
    pub steps: Vec<Step>,
    pub calls: Vec<CallPlan>,
    pub chances: Vec<ChancePlan>,
    pub repeats: Vec<RepeatPlan>,
    pub forks: Vec<ForkPlan>,
    pub branches: Vec<BranchPlan>,
    pub lookups: Vec<LookupPlan>,
    pub names: Vec<NamePlan>,
    pub pools: Vec<PoolPlan>,
    /// Connection pools that stand already: by caller and database.
    known_pools: FxHashMap<((bool, u32), NodeId), u32>,
    pub pool_instances: u32,
}

impl Tables {
    /// Puts finished code behind what is there and says where it starts.
    pub fn place(&mut self, code: Vec<Step>) -> u32 {
        let start = self.steps.len() as u32;
        self.steps.extend(code);
        start
    }

    pub fn add_call(&mut self, call: CallPlan) -> u32 {
        self.calls.push(call);
        self.calls.len() as u32 - 1
    }
}

/// The program of one class as one user sends it.
pub struct Program<'c, 'a> {
    pub compiler: &'c mut Compiler<'a>,
    pub class: &'a RequestClass,
    /// "user/class", for the names of streams.
    pub purpose: String,
    /// How many streams each node has had in this program, so that each gets its own name.
    used: FxHashMap<NodeId, u32>,
    /// Columns of the user's recording that give service times: (node's name, column).
    pub recorded: &'c [(String, u32)],
}

impl<'c, 'a> Program<'c, 'a> {
    pub fn new(
        compiler: &'c mut Compiler<'a>,
        class: &'a RequestClass,
        user: &str,
        recorded: &'c [(String, u32)],
    ) -> Self {
        let purpose = format!("{user}/{}", class.name);
        Program { compiler, class, purpose, used: FxHashMap::default(), recorded }
    }

    /// What a visit does from its arrival at the call's target until it is done there; the
    /// nodes that it is handed over to included, but not the end.
    pub fn visit(&mut self, call: &Call, encrypted: bool) -> Vec<Step> {
        let node = self.compiler.first_node(call.target);
        let mut code = self.entrance(node, encrypted);
        let mut fetching = self.work(node, &call.work);
        let mut rest = self.stages(node, call.target, &call.stages);
        rest.extend(self.work(node, &call.afterwards));
        let plan = &self.compiler.nodes[node.0 as usize];
        let first_instance = plan.first_instance;
        if let Some(first_cache) = plan.first_cache {
            let mut lookup =
                LookupPlan { first_cache, first_instance, skip: rest.len() as u32, skip_if_stale: 0 };
            if self.compiler.caches[first_cache as usize].uses_stale {
                self.fall_back(&mut rest, &mut lookup, node, call);
            }
            let lookups = &mut self.compiler.tables.lookups;
            lookups.push(lookup);
            fetching.push(Step::Lookup { lookup: lookups.len() as u32 - 1 });
        }
        code.append(&mut fetching);
        code.append(&mut rest);
        if let Some(next) = &call.hand_over {
            code.push(self.step_over(node, call.target, next.target));
            code.extend(self.visit(next, false));
        }
        code
    }

    /// The steps of a random walk. They are placed at once, since branches lead to
    /// absolute steps.
    pub fn walk(&mut self, user: NodeId, walk: &Walk) -> u32 {
        let mut starts = vec![NONE; walk.stops.len()];
        let mut code: Vec<Step> = Vec::new();
        let mut branches = Vec::new();
        let first_step = self.compiler.tables.steps.len() as u32;
        let mut from = (user, Target::Node(user));
        for (place, stop) in walk.stops.iter().enumerate() {
            starts[place] = first_step + code.len() as u32;
            let node = self.compiler.first_node(stop.target);
            // From whichever stop the walk comes, it is the same route.
            code.push(self.step_over(from.0, from.1, stop.target));
            if let Some(Step::Move { call }) = code.last() {
                // A stop may have more replicas than the one that the route was made for.
                self.compiler.tables.calls[*call as usize].site_per_replica = false;
            }
            from = (node, stop.target);
            code.extend(self.entrance(node, false));
            code.extend(self.work(node, &stop.work));
            let name = self.stream_name(node, "branch");
            let die = self.compiler.streams.die(&self.compiler.node(node).name, &name);
            branches.push((self.compiler.tables.branches.len(), place));
            code.push(Step::Branch { branch: self.compiler.tables.branches.len() as u32 });
            self.compiler.tables.branches.push(BranchPlan { ways: Vec::new(), die });
        }
        let end = first_step + code.len() as u32;
        code.push(Step::End);
        // Where a walk comes from is not known, so all of its stops have to be plain.
        let all_plain = code.iter().all(|step| match step {
            Step::Move { call } => self.leads_to_plain(*call),
            _ => true,
        });
        if all_plain {
            self.join_steps(&mut code);
        }
        for (branch, place) in branches {
            let mut sum = 0.0;
            self.compiler.tables.branches[branch].ways = walk.stops[place]
                .next
                .iter()
                .map(|&(next, probability)| {
                    sum += probability;
                    (sum, next.map_or(end, |next| starts[next as usize]))
                })
                .collect();
        }
        self.compiler.tables.place(code)
    }

    /// Joins steps of a request that walks through stations by itself, where no timer, no
    /// link and no choice comes between them.
    pub fn join_steps(&self, code: &mut [Step]) {
        let compiler = &self.compiler;
        let mut at_plain = false;
        for place in 0..code.len() {
            match code[place] {
                Step::Move { call } => {
                    let route = &compiler.routes[compiler.tables.calls[call as usize].route as usize];
                    let from_plain = at_plain || place == 0;
                    at_plain = self.leads_to_plain(call);
                    let [member] = &route.members[..] else { continue };
                    if from_plain && member.link == NONE {
                        code[place] = Step::Pass { instance: member.instance };
                    }
                }
                // The second half of a pair stays where jumps may lead, but is never reached.
                Step::Enter { .. } if at_plain => {
                    if let Some(&Step::Wait { draw }) = code.get(place + 1) {
                        code[place] = Step::Serve { draw };
                    }
                }
                Step::End if at_plain => code[place] = Step::Finish,
                _ => {}
            }
        }
    }

    /// Whether the move leads to one replica, so that nobody counts who is open where,
    /// and that one is plain.
    fn leads_to_plain(&self, call: u32) -> bool {
        let route = &self.compiler.routes[self.compiler.tables.calls[call as usize].route as usize];
        matches!(&route.members[..], [member] if self.is_plain(member.instance))
    }

    /// Whether nothing but its slots and its line matters about a replica.
    fn is_plain(&self, instance: u32) -> bool {
        let node = &self.compiler.nodes[self.compiler.instances[instance as usize].node as usize];
        node.watchdog_lane == NONE
            && node.patience == NONE
            && node.order == Order::Fifo
            && !node.track_occupancy
    }

    /// The calls that a node makes, one after the other.
    pub fn stages(&mut self, caller: NodeId, caller_target: Target, stages: &[Stage]) -> Vec<Step> {
        let mut code = Vec::new();
        for stage in stages {
            match stage {
                Stage::Call(call) => code.extend(self.repeated_call(caller, caller_target, call)),
                Stage::Parallel(parallel) => code.push(self.fork(caller, caller_target, parallel)),
            }
        }
        code
    }

    /// Leaving one station for the next.
    pub fn step_over(&mut self, from: NodeId, from_target: Target, to: Target) -> Step {
        let (route, site) = self.compiler.route(from, to);
        let mut plan = CallPlan::plain(route, site);
        plan.site_per_replica = matches!(from_target, Target::Node(_));
        plan.request_bytes = self.class.request_bytes;
        Step::Move { call: self.compiler.tables.add_call(plan) }
    }

    fn repeated_call(&mut self, caller: NodeId, caller_target: Target, call: &Call) -> Vec<Step> {
        let borrow = self.borrow(caller, caller_target, call);
        let number = self.call(caller, caller_target, call);
        let mut code = Vec::from_iter(borrow);
        if let Count::Fixed(times @ 1..=UNROLLED_MOST) = call.times {
            code.extend((0..times).map(|_| Step::Call { call: number }));
        } else {
            code.push(Step::Call { call: number });
            let name = self.stream_name(caller, "repeat");
            let die = self.compiler.streams.die(&self.compiler.node(caller).name, &name);
            let repeats = &mut self.compiler.tables.repeats;
            repeats.push(RepeatPlan { count: call.times, die, skip: code.len() as u32 + 1 });
            code.push(Step::Again { back: code.len() as u32 });
            code.insert(0, Step::Repeat { repeat: repeats.len() as u32 - 1 });
        }
        if call.chance < 1.0 {
            let name = self.stream_name(caller, "chance");
            let die = self.compiler.streams.die(&self.compiler.node(caller).name, &name);
            let chances = &mut self.compiler.tables.chances;
            chances.push(ChancePlan { probability: call.chance, die, skip: code.len() as u32 });
            code.insert(0, Step::Chance { chance: chances.len() as u32 - 1 });
        }
        code
    }

    fn fork(&mut self, caller: NodeId, caller_target: Target, parallel: &Parallel) -> Step {
        let calls = parallel
            .calls
            .iter()
            .map(|call| (self.call(caller, caller_target, call), call.times, call.chance))
            .collect();
        let name = self.stream_name(caller, "fork");
        let die = self.compiler.streams.die(&self.compiler.node(caller).name, &name);
        let forks = &mut self.compiler.tables.forks;
        forks.push(ForkPlan { calls, first: parallel.first.unwrap_or(NONE), die });
        Step::Fork { fork: forks.len() as u32 - 1 }
    }

    /// One call, with the called visit's own program.
    fn call(&mut self, caller: NodeId, caller_target: Target, call: &Call) -> u32 {
        let calling =
            self.compiler.behaviour(caller).map_or(Calling::PLAIN, |behaviour| behaviour.calling.clone());
        let mut plan = self.plain_call(caller, caller_target, call);
        plan.connect_lane = self.compiler.lane(calling.connect_timeout);
        plan.read_lane = self.compiler.lane(calling.read_timeout);
        plan.tries = calling.tries;
        plan.tries_others = calling.tries_others;
        plan.health = calling.health;
        plan.connection = if calling.keeps_connections { ConnectionUse::Kept } else { ConnectionUse::Fresh };
        plan.round_trips = 1;
        plan.answers = calling.answers;
        if let Some(caution) = &calling.caution {
            self.take_care(&mut plan, (caller, call.target), caution);
        }
        plan.takes_extra_slot = calling.takes_extra_slot;
        self.compiler.tables.add_call(plan)
    }

    /// A call with nothing of its caller's settings in it.
    pub fn plain_call(&mut self, caller: NodeId, caller_target: Target, call: &Call) -> CallPlan {
        let encrypted =
            matches!(&self.compiler.node(caller).kind, NodeKind::User(user) if user.tls != Tls::None);
        let mut body = self.visit(call, encrypted);
        let sets = &self.compiler.scenario.replications;
        let set = sets.iter().position(|set| set.target == call.target).map_or(NONE, |set| set as u32);
        if set != NONE {
            body.push(if call.write { Step::Commit { set } } else { Step::ReadDone { set } });
        }
        body.push(Step::End);
        let body = self.compiler.tables.place(body);
        let (route, site) = self.compiler.route(caller, call.target);
        CallPlan {
            body,
            site_per_replica: matches!(caller_target, Target::Node(_)),
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

    /// Getting in: a slot, and what a new connection costs.
    fn entrance(&mut self, node: NodeId, encrypted: bool) -> Vec<Step> {
        let handshake = match &self.compiler.node(node).kind {
            NodeKind::WebServer(web_server) if encrypted => web_server.tls_handshake,
            NodeKind::Database(database) => database.connect,
            _ => 0,
        };
        let kept = if handshake > 0 { 2 } else { 1 };
        let enter = match self.compiler.node(node).kind {
            NodeKind::Database(_) => Step::EnterSession { kept },
            _ => Step::Enter { kept },
        };
        let (mut code, behind) = self.compiler.limit_steps(node);
        code.push(enter);
        if handshake > 0 {
            code.push(Step::Handshake { nanoseconds: u32::try_from(handshake).unwrap_or(u32::MAX) });
        }
        code.extend(behind);
        code
    }

    pub fn work(&mut self, node: NodeId, work: &Work) -> Vec<Step> {
        let name = self.compiler.node(node).name.clone();
        let shares = self.compiler.node(node).on.is_some()
            || self.compiler.behaviour(node).is_some_and(|behaviour| behaviour.shared_cores.is_some());
        let empty = work.cpu.is_none() && work.wait.is_none() && work.overhead == 0;
        if let Some(&(_, column)) = self.recorded.iter().find(|(recorded, _)| *recorded == name) {
            let step = if shares { Step::RecordedCpu { column } } else { Step::RecordedWait { column } };
            return if empty { Vec::new() } else { vec![step] };
        }
        let mut code = Vec::new();
        if let Some(cpu) = &work.cpu {
            let purpose = self.stream_name(node, "cpu");
            let draw = self.compiler.streams.draw(&name, &purpose, cpu);
            code.push(if shares { Step::Cpu { draw } } else { Step::Wait { draw } });
        }
        let overhead = to_seconds(work.overhead);
        let wait = match (&work.wait, work.overhead) {
            (None, 0) => None,
            (None, _) => Some(Distribution::Constant(overhead)),
            (Some(wait), 0) => Some(wait.clone()),
            (Some(wait), _) => Some(Distribution::Shifted { by: overhead, of: Box::new(wait.clone()) }),
        };
        if let Some(wait) = wait {
            let purpose = self.stream_name(node, "wait");
            let draw = self.compiler.streams.draw(&name, &purpose, &wait);
            // At a station with processor sharing all work is shared.
            let own_cores =
                self.compiler.behaviour(node).is_some_and(|behaviour| behaviour.shared_cores.is_some());
            code.push(if own_cores { Step::Cpu { draw } } else { Step::Wait { draw } });
        }
        code
    }

    /// The step that takes a connection of the caller's pool, if this is a call to a
    /// database from a node that has one.
    fn borrow(&mut self, caller: NodeId, caller_target: Target, call: &Call) -> Option<Step> {
        let database = self.compiler.first_node(call.target);
        if !matches!(self.compiler.node(database).kind, NodeKind::Database(_)) {
            return None;
        }
        let pool = self.compiler.behaviour(caller)?.calling.pool?;
        let (key, callers) = self.compiler.callers(caller_target);
        let tables = &mut self.compiler.tables;
        let known = tables.known_pools.get(&(key, database)).copied();
        let number = known.unwrap_or_else(|| {
            tables.pools.push(PoolPlan {
                kind: ResourceKind::Pool,
                from: Party::of(caller_target),
                to: Party::of(call.target),
                first: tables.pool_instances,
                first_instance: callers.start,
                size: pool.size.saturating_mul(pool.processes),
                wait: if pool.wait == 0 { NEVER } else { pool.wait },
                callers: callers.end - callers.start,
                each: 1,
                line: UNLIMITED,
            });
            tables.pool_instances += callers.end - callers.start;
            let number = tables.pools.len() as u32 - 1;
            tables.known_pools.insert((key, database), number);
            number
        });
        Some(Step::Borrow { pool: number })
    }

    /// A name for one more stream of this node in this program.
    pub fn stream_name(&mut self, node: NodeId, what: &str) -> String {
        let used = self.used.entry(node).or_insert(0);
        *used += 1;
        format!("{}/{what}/{used}", self.purpose)
    }
}
