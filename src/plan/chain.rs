//! A row of plain stations that all requests go through, one behind the other.

use super::ids::{Class, Draw, Instance, StepPlace};
use super::{Plan, Step};
use crate::kernel::table::Id;
use crate::nodes::behaviour::UNLIMITED;

/// Where the requests of such a plan stand, in order.
#[derive(Clone, Debug)]
pub struct ChainPlan {
    pub class: Id<Class>,
    pub stations: Vec<ChainStation>,
}

#[derive(Clone, Copy, Debug)]
pub struct ChainStation {
    pub instance: Id<Instance>,
    /// How long a request is served.
    pub draw: Id<Draw>,
    /// The step at which it takes its slot.
    pub step: Id<StepPlace>,
}

impl ChainPlan {
    /// The chain of a plan in which there is nothing else.
    pub fn of(plan: &Plan) -> Option<ChainPlan> {
        let [source] = plan.sources.as_slice() else { return None };
        let [program] = &source.programs[..] else { return None };
        if source.think.is_some() || plan.has_changes() {
            return None;
        }
        let stations = stations(plan, program.start)?;
        let is_endless = |station: &ChainStation| {
            let node = plan.instances[station.instance].node;
            plan.nodes[node].line == UNLIMITED
        };
        stations.iter().all(is_endless).then_some(ChainPlan { class: program.class, stations })
    }
}

/// The stations of a program that leads from one to the next, to each of them once.
fn stations(plan: &Plan, start: Id<StepPlace>) -> Option<Vec<ChainStation>> {
    let mut stations: Vec<ChainStation> = Vec::new();
    let mut step = start;
    loop {
        match plan.steps[step] {
            Step::Pass { instance } => {
                let Step::Serve { draw } = plan.steps[step.plus(1)] else { return None };
                let is_same = |one: &ChainStation| one.instance == instance || one.draw == draw;
                if stations.iter().any(is_same) {
                    return None;
                }
                stations.push(ChainStation { instance, draw, step: step.plus(1) });
                step = step.plus(3);
            }
            Step::Finish => return (!stations.is_empty()).then_some(stations),
            _ => return None,
        }
    }
}
