//! From a checked scenario to a plan.

use super::balancing::{MemberPlan, RoutePlan};
use super::buckets::BucketPlan;
use super::ids::{Cache, DeadlineLane, Guard, Instance, Limit, Node, Processor, Route, View, WatchdogLane};
use super::links::Links;
use super::program::Tables;
use super::streams::Streams;
use super::{
    CachePlan, ClassPlan, GuardPlan, InstancePlan, LimitPlan, NodePlan, Plan, ProcessorPlan, Step, UsualCall,
    changes, memory, names, replication, resources, scaling, sources, structure,
};
use crate::kernel::table::{Id, Table};
use crate::kernel::time::{NEVER, Time};
use crate::nodes::NodeKind;
use crate::nodes::behaviour::Behaviour;
use crate::parts::balance::Balance;
use crate::parts::fidelity::Fidelity;
use crate::scenario::model::{NodeId, Scenario, Target};
use rustc_hash::FxHashMap;

/// Compiles a checked scenario.
pub fn compile(scenario: &Scenario) -> Plan {
    let mut compiler = Compiler::new(scenario);
    let sources = sources::compile(&mut compiler);
    let changes = changes::compile(&mut compiler);
    let replications = replication::compile(&mut compiler);
    let name_changes = names::changes(&compiler);
    let memories = memory::compile(&compiler);
    let resources = resources::compile(&compiler, &memories);
    let scalings = scaling::compile(&compiler);
    let structure = match scenario.run.fidelity {
        Fidelity::Components => structure::compile(&compiler),
        _ => Vec::new(),
    };
    let buckets = BucketPlan::of(scenario, compiler.instances.len());
    let Compiler { mut tables, streams, links, lanes, watchdogs, routes, sites, nodes, instances, .. } =
        compiler;
    for call in tables.calls.iter_mut() {
        if let [only] = &routes[call.route].members[..] {
            (call.only_peer, call.only_link) = (Some(only.instance), only.link);
        }
    }
    let turned_away = tables.place(vec![Step::TurnAway]);
    let mut plan = Plan {
        end: scenario.run.end,
        warmup: scenario.run.warmup,
        buckets,
        steps: tables.steps,
        turned_away,
        calls: tables.calls,
        usual_calls: Table::new(),
        chances: tables.chances,
        repeats: tables.repeats,
        forks: tables.forks,
        branches: tables.branches,
        lookups: tables.lookups,
        caches: compiler.caches,
        names: tables.names,
        name_changes,
        scalings,
        pools: tables.pools,
        limits: compiler.limits,
        guards: compiler.guards,
        routes,
        sites,
        links: links.plans,
        sources,
        classes: scenario.classes.iter().map(class).collect(),
        nodes,
        instances,
        processors: compiler.processors,
        draws: streams.draws,
        dice: streams.dice,
        deadline_lanes: lanes,
        watchdog_lanes: watchdogs,
        changes: changes.changes,
        random_faults: changes.random_faults,
        crews: changes.crews,
        maintenance: changes.maintenance,
        standbys: changes.standbys,
        replications,
        memories,
        resources,
        surges: changes.surges,
        fidelity: scenario.run.fidelity,
        structure,
    };
    plan.usual_calls = UsualCall::of_all(&plan);
    plan
}

/// What is known while compiling.
pub struct Compiler<'a> {
    pub scenario: &'a Scenario,
    pub tables: Tables,
    pub streams: Streams,
    pub links: Links,
    pub lanes: Table<DeadlineLane, Time>,
    watchdogs: Table<WatchdogLane, Time>,
    pub routes: Table<Route, RoutePlan>,
    pub sites: u32,
    pub nodes: Table<Node, NodePlan>,
    pub instances: Table<Instance, InstancePlan>,
    pub processors: Table<Processor, ProcessorPlan>,
    pub caches: Table<Cache, CachePlan>,
    pub limits: Table<Limit, LimitPlan>,
    pub guards: Table<Guard, GuardPlan>,
    known_routes: FxHashMap<(NodeId, Target), (Id<Route>, Id<View>)>,
    known_lanes: FxHashMap<Time, Id<DeadlineLane>>,
    /// The guard of each caller of a route that has one, by the first of its states.
    pub known_guards: FxHashMap<Id<View>, Id<Guard>>,
}

impl<'a> Compiler<'a> {
    fn new(scenario: &'a Scenario) -> Self {
        let mut streams = Streams::default();
        let links = Links::compile(scenario, &mut streams);
        let mut compiler = Compiler {
            scenario,
            tables: Tables::default(),
            streams,
            links,
            lanes: Table::new(),
            watchdogs: Table::new(),
            routes: Table::new(),
            sites: 0,
            nodes: Table::new(),
            instances: Table::new(),
            processors: Table::new(),
            caches: Table::new(),
            limits: Table::new(),
            guards: Table::new(),
            known_routes: FxHashMap::default(),
            known_lanes: FxHashMap::default(),
            known_guards: FxHashMap::default(),
        };
        for node in 0..scenario.nodes.len() {
            compiler.add_node(NodeId(node as u32));
        }
        compiler.place_on_hosts();
        compiler
    }

    pub fn node(&self, node: NodeId) -> &'a crate::scenario::model::Node {
        &self.scenario.nodes[node.0 as usize]
    }

    /// The behaviour of what a call may reach.
    pub fn behaviour(&self, node: NodeId) -> Option<&'a Behaviour> {
        self.node(node).behaviour.as_ref()
    }

    /// The node itself, or the first of the group: to ask of what kind they are, which is the same
    /// for all members.
    pub fn first_node(&self, target: Target) -> NodeId {
        match target {
            Target::Node(node) => node,
            Target::Group(group) => self.scenario.groups[group as usize].members[0].node,
        }
    }

    /// Whom a route leads to.
    pub fn target_of(&self, route: Id<Route>) -> Target {
        let known = self.known_routes.iter().find(|(_, (known, _))| *known == route);
        known.map(|((_, target), _)| *target).expect("a route that has been made")
    }

    pub fn lane(&mut self, delay: Time) -> Option<Id<DeadlineLane>> {
        if delay == NEVER {
            return None;
        }
        let lanes = &mut self.lanes;
        Some(*self.known_lanes.entry(delay).or_insert_with(|| lanes.push(delay)))
    }

    fn add_node(&mut self, id: NodeId) {
        let node = self.node(id);
        let behaviour = node.behaviour.clone().unwrap_or(Behaviour::OPEN);
        let watchdog_lane = match behaviour.watchdog {
            NEVER => None,
            after => {
                let known = self.watchdogs.iter().position(|&delay| delay == after).map(Id::at);
                Some(known.unwrap_or_else(|| self.watchdogs.push(after)))
            }
        };
        let patience = behaviour.patience.as_ref();
        let first_instance = self.instances.next_id();
        let is_cache = matches!(node.kind, NodeKind::Cache(_));
        let first_cache = is_cache.then_some(self.caches.next_id());
        let (recovery, buffer_pool) = match &node.kind {
            NodeKind::Database(database) => (database.recovery, database.buffer_pool),
            _ => (0, None),
        };
        let limits = self.add_limits(&behaviour, first_instance, node.replicas);
        self.nodes.push(NodePlan {
            name: node.name.clone(),
            first_instance,
            replicas: node.replicas,
            slots: behaviour.slots,
            line: behaviour.queue,
            when_full: behaviour.when_full,
            order: behaviour.order,
            patience: patience.map(|law| self.streams.draw(&node.name, "patience", law)),
            watchdog_lane,
            boot: node.boot,
            recovery,
            buffer_pool,
            restart: node.restart,
            when_caller_leaves: behaviour.when_caller_leaves,
            track_occupancy: behaviour.track_occupancy,
            die: self.streams.die(&node.name, "line"),
            first_cache,
            limits,
        });
        for replica in 0..node.replicas {
            self.add_instance(id, replica, behaviour.shared_cores);
        }
    }

    fn add_instance(&mut self, id: NodeId, replica: u32, shared_cores: Option<u32>) {
        let node = self.node(id);
        let instance = self.instances.next_id();
        let cores_and_speed = match &node.kind {
            NodeKind::Server(server) => Some((server.cores, server.speed)),
            _ => shared_cores.map(|cores| (cores, 1.0)),
        };
        let processor = cores_and_speed
            .map(|(cores, speed)| self.processors.push(ProcessorPlan { instance, cores, speed }));
        if let NodeKind::Cache(cache) = &node.kind {
            let die = self.streams.die(&node.name, &format!("look-up/{replica}"));
            let (holds, uses_stale) = (cache.holds.clone(), cache.uses_stale);
            self.caches.push(CachePlan { holds, uses_stale, die });
        }
        let keepalive = match &node.kind {
            NodeKind::WebServer(web_server) => web_server.keepalive_timeout,
            _ => NEVER,
        };
        self.instances.push(InstancePlan {
            node: Id::numbered(id.0),
            replica,
            host: None,
            processor,
            keepalive,
        });
    }

    fn place_on_hosts(&mut self) {
        for place in self.instances.ids() {
            let InstancePlan { node, replica, .. } = self.instances[place];
            if let Some(host) = self.node(NodeId(node.number())).on {
                let plan = &self.nodes[Id::numbered(host.0)];
                let host = plan.first_instance.plus(replica % plan.replicas);
                let processor = self.instances[host].processor;
                let instance = &mut self.instances[place];
                instance.host = Some(host);
                // A station that shares cores of its own keeps them.
                if instance.processor.is_none() {
                    instance.processor = processor;
                }
            }
        }
    }

    /// The route from one node to a target and the first of its balancing states.
    pub fn route(&mut self, from: NodeId, target: Target) -> (Id<Route>, Id<View>) {
        if let Some(&known) = self.known_routes.get(&(from, target)) {
            return known;
        }
        let caller = self.node(from);
        let (listed, balance, name) = match target {
            Target::Node(node) => (vec![(node, 1, false)], own_balance(&caller.kind), &self.node(node).name),
            Target::Group(group) => {
                let group = &self.scenario.groups[group as usize];
                let listed = group.members.iter().map(|member| (member.node, member.weight, member.backup));
                (listed.collect(), group.balance.unwrap_or(own_balance(&caller.kind)), &group.name)
            }
        };
        let (mut members, mut names) = (Vec::new(), Vec::new());
        let mut primaries = 0;
        for wanted in [false, true] {
            for &(node, weight, _) in listed.iter().filter(|&&(_, _, backup)| backup == wanted) {
                let link = self.links.between(self.scenario, from, node);
                let plan = &self.nodes[Id::numbered(node.0)];
                for replica in 0..plan.replicas {
                    members.push(MemberPlan { instance: plan.first_instance.plus(replica), weight, link });
                    names.push(format!("{}/{replica}", plan.name));
                }
            }
            if !wanted {
                primaries = members.len() as u32;
            }
        }
        if primaries == 0 {
            // Backups alone serve as if they were none.
            primaries = members.len() as u32;
        }
        let die = self.streams.die(&caller.name, &format!("balance/{name}"));
        let route = self.routes.push(RoutePlan::new(members, primaries, balance, &names, die));
        let known = (route, Id::numbered(self.sites));
        self.sites += caller.replicas;
        self.known_routes.insert((from, target), known);
        known
    }
}

/// How a node spreads its calls when the group does not say.
fn own_balance(kind: &NodeKind) -> Balance {
    match kind {
        NodeKind::WebServer(web_server) => web_server.balance,
        NodeKind::LoadBalancer(load_balancer) => load_balancer.balance,
        _ => Balance::default(),
    }
}

fn class(class: &crate::scenario::model::RequestClass) -> ClassPlan {
    ClassPlan { objective: class.objective.unwrap_or(NEVER), priority: class.priority }
}
