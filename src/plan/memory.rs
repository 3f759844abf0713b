//! Hosts whose memory may run out.

use super::compile::Compiler;
use super::ids::{Instance, Memory};
use crate::kernel::table::{Id, Table};
use crate::nodes::NodeKind;
use crate::parts::fault::Fault;
use crate::scenario::model::{FaultTarget, NodeId, What};

/// A host, and who shares its memory.
#[derive(Clone, Debug)]
pub struct HostMemoryPlan {
    /// The host itself.
    pub instance: Id<Instance>,
    pub bytes: u64,
    pub residents: Vec<ResidentPlan>,
}

/// What a process on a host needs.
#[derive(Clone, Copy, Debug)]
pub struct ResidentPlan {
    pub instance: Id<Instance>,
    pub base: u64,
    pub per_request: u64,
}

/// Only those hosts on which what is needed changes during the run.
pub fn compile(compiler: &Compiler) -> Table<Memory, HostMemoryPlan> {
    let mut plans = Table::new();
    for (number, instance) in compiler.instances.entries() {
        let NodeKind::Server(server) = &compiler.node(NodeId(instance.node.number())).kind else { continue };
        let Some(bytes) = server.memory else { continue };
        let hosted = compiler.instances.entries().filter(|(_, other)| other.host == Some(number));
        let residents: Vec<ResidentPlan> = hosted
            .map(|(place, other)| {
                let memory = compiler.node(NodeId(other.node.number())).memory;
                ResidentPlan { instance: place, base: memory.base, per_request: memory.per_request }
            })
            .collect();
        let leaks = |resident: &ResidentPlan| leaks(compiler, resident.instance);
        if residents.iter().any(|resident| resident.per_request > 0 || leaks(resident)) {
            plans.push(HostMemoryPlan { instance: number, bytes, residents });
        }
    }
    plans
}

/// Whether it leaks memory at some time.
fn leaks(compiler: &Compiler, instance: Id<Instance>) -> bool {
    let scenario = compiler.scenario;
    let place = &compiler.instances[instance];
    let is_hit = |target: &FaultTarget| match *target {
        FaultTarget::Node(node) => node.0 == place.node.number(),
        FaultTarget::Replica(node, replica) => node.0 == place.node.number() && replica == place.replica,
        FaultTarget::Link(_) => false,
    };
    let timed = scenario.timeline.iter().filter_map(|happening| match &happening.what {
        What::Fault(fault) => Some((fault.fault, &fault.targets)),
        _ => None,
    });
    let random = scenario.faults.iter().map(|fault| (fault.fault, &fault.hits));
    timed
        .chain(random)
        .any(|(fault, targets)| matches!(fault, Fault::Leak { .. }) && targets.iter().any(is_hit))
}
