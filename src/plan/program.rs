//! From the calls of a request class to the steps of its visits.

use super::compile::Compiler;
use super::ids::{Branch, Chance, Fork, Lookup, Name, PoolSet, Repeat, StepPlace};
use super::steps::{BranchPlan, CallPlan, ChancePlan, ForkPlan, LookupPlan, RepeatPlan, Step};
use super::{NamePlan, PoolPlan, ids};
use crate::kernel::table::{Id, Table};
use crate::kernel::time::to_seconds;
use crate::nodes::NodeKind;
use crate::parts::count::Count;
use crate::parts::distribution::Distribution;
use crate::scenario::model::{Call, NodeId, Parallel, RequestClass, Stage, Target, Work};
use rustc_hash::FxHashMap;

/// A fixed number of calls up to this one stands as so many steps, so that nobody counts.
const UNROLLED_MOST: u32 = 16;

/// The tables that programs are made of.
#[derive(Default)]
pub struct Tables {
    pub steps: Table<StepPlace, Step>,
    pub calls: Table<ids::Call, CallPlan>,
    pub chances: Table<Chance, ChancePlan>,
    pub repeats: Table<Repeat, RepeatPlan>,
    pub forks: Table<Fork, ForkPlan>,
    pub branches: Table<Branch, BranchPlan>,
    pub lookups: Table<Lookup, LookupPlan>,
    pub names: Table<Name, NamePlan>,
    pub pools: Table<PoolSet, PoolPlan>,
    /// Connection pools that stand already: by caller and what it calls.
    pub known_pools: FxHashMap<(NodeId, Target), Id<PoolSet>>,
    pub pool_instances: u32,
}

impl Tables {
    /// Puts finished code behind what is there and says where it starts.
    pub fn place(&mut self, code: Vec<Step>) -> Id<StepPlace> {
        let start = self.steps.next_id();
        self.steps.extend(code);
        start
    }

    pub fn add_call(&mut self, call: CallPlan) -> Id<ids::Call> {
        self.calls.push(call)
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
    /// What visits do at a node, where it stands already: whoever calls, it is the same.
    bodies: FxHashMap<BodyKey, Id<StepPlace>>,
    /// Calls that are compiled once more, since something else follows when they fail.
    edition: u32,
}

/// A call of the scenario by its place in memory, the node that it comes to, whether it comes
/// encrypted, and its edition.
type BodyKey = (usize, NodeId, bool, u32);

impl<'c, 'a> Program<'c, 'a> {
    pub fn new(
        compiler: &'c mut Compiler<'a>,
        class: &'a RequestClass,
        user: &str,
        recorded: &'c [(String, u32)],
    ) -> Self {
        let purpose = format!("{user}/{}", class.name);
        let (used, bodies) = (FxHashMap::default(), FxHashMap::default());
        Program { compiler, class, purpose, used, recorded, bodies, edition: 0 }
    }

    /// Where the program starts of those who come to a node by a call, its end included.
    pub fn body(&mut self, node: NodeId, call: &Call, encrypted: bool, last: Option<Step>) -> Id<StepPlace> {
        let key = (std::ptr::from_ref(call) as usize, node, encrypted, self.edition);
        if let Some(&body) = self.bodies.get(&key) {
            return body;
        }
        let mut code = self.visit(node, call, encrypted);
        code.extend(last);
        code.push(Step::End);
        let body = self.compiler.tables.place(code);
        self.bodies.insert(key, body);
        body
    }

    /// The stages once more, as calls of their own.
    pub fn stages_again(&mut self, caller: NodeId, stages: &[Stage]) -> Vec<Step> {
        self.edition += 1;
        self.stages(caller, stages)
    }

    /// What a visit does from its arrival at a node until it is done there; the nodes that it is
    /// handed over to included, but not the end.
    pub fn visit(&mut self, node: NodeId, call: &Call, encrypted: bool) -> Vec<Step> {
        let mut code = self.entrance(node, encrypted);
        let mut fetching = self.work(node, call.work_at(node));
        let mut rest = self.stages(node, &call.stages);
        rest.extend(self.work(node, &call.afterwards));
        let plan = &self.compiler.nodes[Id::numbered(node.0)];
        let first_instance = plan.first_instance;
        if let Some(first_cache) = plan.first_cache {
            let mut lookup =
                LookupPlan { first_cache, first_instance, skip: rest.len() as u32, skip_if_stale: 0 };
            if self.compiler.caches[first_cache].uses_stale {
                self.fall_back(&mut rest, &mut lookup, node, call);
            }
            let lookups = &mut self.compiler.tables.lookups;
            fetching.push(Step::Lookup { lookup: lookups.push(lookup) });
        }
        code.append(&mut fetching);
        code.append(&mut rest);
        if let Some(next) = &call.hand_over {
            code.extend(self.move_to(node, next));
        }
        code
    }

    /// The calls that a node makes, one after the other.
    pub fn stages(&mut self, caller: NodeId, stages: &[Stage]) -> Vec<Step> {
        let mut code = Vec::new();
        for stage in stages {
            match stage {
                Stage::Call(call) => code.extend(self.repeated_call(caller, call)),
                Stage::Parallel(parallel) => {
                    code.extend(self.borrow_for_all(caller, parallel));
                    code.push(self.fork(caller, parallel));
                }
            }
        }
        code
    }

    fn repeated_call(&mut self, caller: NodeId, call: &Call) -> Vec<Step> {
        let borrow = self.borrow(caller, call);
        let number = self.call(caller, call);
        let mut code = Vec::from_iter(borrow);
        if let Count::Fixed(times @ 1..=UNROLLED_MOST) = call.times {
            code.extend((0..times).map(|_| Step::Call { call: number }));
        } else {
            code.push(Step::Call { call: number });
            let name = self.stream_name(caller, "repeat");
            let die = self.compiler.streams.die(&self.compiler.node(caller).name, &name);
            let repeats = &mut self.compiler.tables.repeats;
            let repeat = repeats.push(RepeatPlan { count: call.times, die, skip: code.len() as u32 + 1 });
            code.push(Step::Again { back: code.len() as u32 });
            code.insert(0, Step::Repeat { repeat });
        }
        if call.chance < 1.0 {
            let name = self.stream_name(caller, "chance");
            let die = self.compiler.streams.die(&self.compiler.node(caller).name, &name);
            let chances = &mut self.compiler.tables.chances;
            let chance = chances.push(ChancePlan { probability: call.chance, die, skip: code.len() as u32 });
            code.insert(0, Step::Chance { chance });
        }
        code
    }

    /// What is asked side by side is asked over one connection of each pool, taken before.
    fn borrow_for_all(&mut self, caller: NodeId, parallel: &Parallel) -> Vec<Step> {
        let mut steps = Vec::new();
        for call in &parallel.calls {
            let step = self.borrow(caller, call);
            steps.extend(step.filter(|step| !steps.contains(step)));
        }
        steps
    }

    fn fork(&mut self, caller: NodeId, parallel: &Parallel) -> Step {
        let calls =
            parallel.calls.iter().map(|call| (self.call(caller, call), call.times, call.chance)).collect();
        let name = self.stream_name(caller, "fork");
        let die = self.compiler.streams.die(&self.compiler.node(caller).name, &name);
        let forks = &mut self.compiler.tables.forks;
        Step::Fork { fork: forks.push(ForkPlan { calls, first: parallel.first, die }) }
    }

    /// Getting in: a slot, and what a new connection costs.
    pub fn entrance(&mut self, node: NodeId, encrypted: bool) -> Vec<Step> {
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
        if let NodeKind::Dns(_) = self.compiler.node(node).kind {
            code.push(Step::Ask);
        }
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

    /// A name for one more stream of this node in this program.
    pub fn stream_name(&mut self, node: NodeId, what: &str) -> String {
        let used = self.used.entry(node).or_insert(0);
        *used += 1;
        format!("{}/{what}/{used}", self.purpose)
    }
}
