//! Sets of databases of which one takes the writes.

use super::compile::Compiler;
use super::ids::{Draw, Instance, Replication};
use crate::kernel::table::{Id, Table};
use crate::kernel::time::{NEVER, Time};
use crate::scenario::model::{Backup, Reads, Target};

#[derive(Clone, Debug)]
pub struct ReplicationPlan {
    /// The first is the primary at the start.
    pub instances: Vec<Id<Instance>>,
    /// From a write's commit until a replica has it.
    pub lag: Id<Draw>,
    /// From the primary's loss until a replica is promoted; `NEVER`: nobody is.
    pub failover: Time,
    pub reads: Reads,
    pub backup: Option<Backup>,
}

pub fn compile(compiler: &mut Compiler) -> Table<Replication, ReplicationPlan> {
    let scenario = compiler.scenario;
    let mut plans = Table::new();
    for set in &scenario.replications {
        let (name, nodes) = match set.target {
            Target::Node(node) => (&compiler.node(node).name, vec![node]),
            Target::Group(group) => {
                let group = &scenario.groups[group as usize];
                (&group.name, group.members.iter().map(|member| member.node).collect())
            }
        };
        let instances = nodes.into_iter().flat_map(|node| {
            let plan = &compiler.nodes[Id::numbered(node.0)];
            plan.instances().iter()
        });
        plans.push(ReplicationPlan {
            instances: instances.collect(),
            lag: compiler.streams.draw(name, "replication lag", &set.lag),
            failover: set.failover.unwrap_or(NEVER),
            reads: set.reads,
            backup: set.backup,
        });
    }
    plans
}
