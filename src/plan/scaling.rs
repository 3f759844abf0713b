//! Nodes of which there are more or fewer as the load asks for.

use super::compile::Compiler;
use super::ids::{Instance, Scaling};
use crate::kernel::table::{Id, Table};
use crate::kernel::time::Time;
use crate::parts::autoscale::Autoscale;

#[derive(Clone, Debug)]
pub struct ScalingPlan {
    pub settings: Autoscale,
    pub first_instance: Id<Instance>,
    pub replicas: u32,
    /// Slots of each replica, or of each server.
    pub slots_each: u32,
    pub boot: Time,
}

pub fn compile(compiler: &Compiler) -> Table<Scaling, ScalingPlan> {
    let nodes = compiler.scenario.nodes.iter().zip(&compiler.nodes);
    let scaled = nodes.filter_map(|(node, plan)| {
        let settings = node.behaviour.as_ref()?.autoscale?;
        let slots_each = if settings.by_servers { 1 } else { plan.slots };
        let (first_instance, replicas) = (plan.first_instance, plan.replicas);
        Some(ScalingPlan { settings, first_instance, replicas, slots_each, boot: plan.boot })
    });
    scaled.collect()
}
