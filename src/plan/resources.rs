//! What there is only so much of between nodes and beside them, and where the engine counts it.

use super::compile::Compiler;
use super::ids::{Instance, Limit, Link, Memory, Pool, Resource};
use crate::kernel::table::{Id, Table};
use crate::nodes::NodeKind;
use crate::parts::resource::{Owner, Party, ResourceKind, Way};
use crate::plan::{HostMemoryPlan, PoolPlan};
use crate::scenario::model::{NodeId, Target};

#[derive(Clone, Debug)]
pub struct ResourcePlan {
    pub kind: ResourceKind,
    pub owner: Owner,
    /// Of each place.
    pub capacity: f64,
    pub places: Vec<PlacePlan>,
}

/// Where the engine keeps it.
#[derive(Clone, Copy, Debug)]
pub enum PlacePlan {
    /// With the replica of the caller that has it, and another pool whose line is counted here.
    Pool {
        pool: Id<Pool>,
        line: Option<Id<Pool>>,
        instance: Id<Instance>,
    },
    Link {
        link: Id<Link>,
        way: Way,
    },
    Limit {
        limit: Id<Limit>,
        replica: u32,
        instance: Id<Instance>,
    },
    Memory {
        host: Id<Memory>,
    },
}

impl PoolPlan {
    /// That of one of its callers; of several peers that of all together.
    pub fn of_caller(&self, caller: u32) -> Id<Pool> {
        self.first.plus(caller * (1 + self.peers))
    }
}

impl Party {
    pub fn of(target: Target) -> Party {
        match target {
            Target::Node(node) => Party::Node(node.0),
            Target::Group(group) => Party::Group(group),
        }
    }
}

pub fn compile(
    compiler: &Compiler,
    memories: &Table<Memory, HostMemoryPlan>,
) -> Table<Resource, ResourcePlan> {
    let mut plans = Table::from(pools(compiler));
    plans.extend(links(compiler));
    plans.extend(limits(compiler));
    plans.extend(hosts(compiler, memories));
    plans
}

fn pools(compiler: &Compiler) -> Vec<ResourcePlan> {
    let pool = |pool: &PoolPlan| ResourcePlan {
        kind: pool.kind,
        owner: Owner::Calls { from: pool.from, to: pool.to },
        capacity: f64::from(pool.size),
        places: (0..pool.callers).flat_map(|caller| places(pool, caller)).collect(),
    };
    compiler.tables.pools.iter().map(pool).collect()
}

/// Those of one caller: its pool, or those of its peers, of which the first counts those who wait for
/// any of them.
fn places(pool: &PoolPlan, caller: u32) -> Vec<PlacePlan> {
    let first = pool.of_caller(caller);
    let instance = pool.first_instance.plus(caller);
    if pool.peers == 0 {
        return vec![PlacePlan::Pool { pool: first, line: None, instance }];
    }
    let line = |peer: u32| (peer == 0).then_some(first);
    (0..pool.peers)
        .map(|peer| PlacePlan::Pool { pool: first.plus(1 + peer), line: line(peer), instance })
        .collect()
}

fn links(compiler: &Compiler) -> Vec<ResourcePlan> {
    let links = (0..).zip(&compiler.scenario.links);
    let limited = links.filter_map(|(link, plan)| Some((link, plan.bandwidth?)));
    let both = limited.flat_map(|(link, bandwidth)| Way::BOTH.map(|way| (link, way, bandwidth)));
    both.map(|(link, way, bandwidth)| ResourcePlan {
        kind: ResourceKind::Bandwidth,
        owner: Owner::Link { link, way },
        capacity: bandwidth,
        places: vec![PlacePlan::Link { link: Id::numbered(link), way }],
    })
    .collect()
}

fn limits(compiler: &Compiler) -> Vec<ResourcePlan> {
    let mut plans = Vec::new();
    for (node, plan) in compiler.nodes.entries() {
        let rates =
            compiler.behaviour(NodeId(node.number())).map_or([None, None], |behaviour| behaviour.limits);
        for (limit, (number, rate)) in plan.limits.iter().zip((0..).zip(rates.into_iter().flatten())) {
            let place = |replica: u32| PlacePlan::Limit {
                limit,
                replica,
                instance: plan.first_instance.plus(replica),
            };
            plans.push(ResourcePlan {
                kind: ResourceKind::Rate,
                owner: Owner::Limit { node: node.number(), number },
                capacity: rate.rate,
                places: (0..plan.replicas).map(place).collect(),
            });
        }
    }
    plans
}

/// Of hosts on which what is needed never changes there is nothing to count.
fn hosts(compiler: &Compiler, memories: &Table<Memory, HostMemoryPlan>) -> Vec<ResourcePlan> {
    let mut plans: Vec<ResourcePlan> = Vec::new();
    for (host, memory) in memories.entries() {
        let node = compiler.instances[memory.instance].node.number();
        debug_assert!(matches!(compiler.node(NodeId(node)).kind, NodeKind::Server(_)));
        let place = PlacePlan::Memory { host };
        match plans.last_mut() {
            Some(plan) if plan.owner == Owner::Node(node) => plan.places.push(place),
            _ => plans.push(ResourcePlan {
                kind: ResourceKind::Memory,
                owner: Owner::Node(node),
                capacity: memory.bytes as f64,
                places: vec![place],
            }),
        }
    }
    plans
}
