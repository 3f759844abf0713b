//! What has to be up for a request of each class to be answered.

use super::compile::Compiler;
use super::ids::Instance;
use crate::kernel::table::Id;
use crate::scenario::load_estimate::expected_visits;
use crate::scenario::model::{Call, Flow, RequestClass, Stage, Target};

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Need {
    /// One of these instances, with the server that it stands on.
    AnyOf(Vec<Id<Instance>>),
    /// At least so many of these.
    AtLeast(u32, Vec<Need>),
}

impl Need {
    fn all(needs: Vec<Need>) -> Need {
        Need::AtLeast(needs.len() as u32, needs)
    }

    /// Whether it is met, if this is what is up.
    pub fn is_met(&self, is_up: &impl Fn(Id<Instance>) -> bool) -> bool {
        match self {
            Need::AnyOf(instances) => instances.iter().any(|&instance| is_up(instance)),
            Need::AtLeast(least, needs) => {
                let mut met = 0;
                // Whoever counts no further than needed is done early.
                *least == 0
                    || needs.iter().any(|need| {
                        met += u32::from(need.is_met(is_up));
                        met >= *least
                    })
            }
        }
    }
}

/// In the order of the scenario's classes.
pub fn compile(compiler: &Compiler) -> Vec<Need> {
    compiler.scenario.classes.iter().map(|class| of_class(compiler, class)).collect()
}

fn of_class(compiler: &Compiler, class: &RequestClass) -> Need {
    // Some requests of a class with several users need each of their resolvers, and count for all.
    let mut resolvers: Vec<_> =
        class.from.iter().filter_map(|user| compiler.scenario.resolver_of(*user)).collect();
    resolvers.sort_unstable();
    resolvers.dedup();
    let mut needs: Vec<Need> =
        resolvers.into_iter().map(|resolver| any_of(compiler, Target::Node(resolver), false)).collect();
    match &class.flow {
        Flow::Calls(stages) => needs.extend(of_stages(compiler, stages)),
        Flow::Walk(walk) => {
            let reached = walk.stops.iter().zip(expected_visits(walk)).filter(|(_, visits)| *visits > 0.0);
            needs.extend(reached.map(|(stop, _)| any_of(compiler, stop.target, false)));
        }
    }
    Need::all(needs)
}

fn of_stages<'s>(compiler: &'s Compiler, stages: &'s [Stage]) -> impl Iterator<Item = Need> + 's {
    stages.iter().filter_map(|stage| match stage {
        Stage::Call(call) => of_call(compiler, call),
        Stage::Parallel(parallel) => Some(match parallel.first {
            None => Need::all(parallel.calls.iter().filter_map(|call| of_call(compiler, call)).collect()),
            Some(first) => first_of(compiler, &parallel.calls, first),
        }),
    })
}

/// So many answers are waited for, of all calls that are made side by side.
fn first_of(compiler: &Compiler, calls: &[Call], first: u32) -> Need {
    let mut needs = Vec::new();
    let (mut made, mut without) = (0, 0);
    for call in calls {
        // More copies than are waited for make no difference.
        let copies = (call.times.mean().round() as u32).clamp(1, first);
        made += copies;
        match of_call(compiler, call) {
            Some(need) => needs.extend(std::iter::repeat_n(need, copies as usize)),
            None => without += copies,
        }
    }
    Need::AtLeast(first.min(made).saturating_sub(without), needs)
}

/// `None`: the request does well without it.
fn of_call(compiler: &Compiler, call: &Call) -> Option<Need> {
    if call.optional || call.chance <= 0.0 || call.times.mean() <= 0.0 {
        return None;
    }
    let mut needs = vec![any_of(compiler, call.target, call.write)];
    needs.extend(of_stages(compiler, &call.stages));
    needs.extend(call.hand_over.as_ref().and_then(|next| of_call(compiler, next)));
    Some(Need::all(needs))
}

/// Anybody whom a caller may pick. Where nobody is promoted, only the first of a set of
/// databases takes writes.
fn any_of(compiler: &Compiler, target: Target, write: bool) -> Need {
    let scenario = compiler.scenario;
    let nodes = match target {
        Target::Node(node) => vec![node],
        Target::Group(group) => {
            scenario.groups[group as usize].members.iter().map(|member| member.node).collect()
        }
    };
    let instances = nodes.into_iter().flat_map(|node| {
        let plan = &compiler.nodes[Id::numbered(node.0)];
        plan.instances().iter()
    });
    let set = scenario.replications.iter().find(|set| set.target == target);
    let only_primary = write && set.is_some_and(|set| set.failover.is_none());
    Need::AnyOf(instances.take(if only_primary { 1 } else { usize::MAX }).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn needs_are_met_by_those_who_are_up() {
        let any = |up: &[u32]| Need::AnyOf(up.iter().copied().map(Id::numbered).collect());
        let need = Need::all(vec![any(&[0, 1]), Need::AtLeast(2, vec![any(&[2]), any(&[3]), any(&[4])])]);
        let met = |up: &[u32]| need.is_met(&|instance| up.contains(&instance.number()));
        assert!(met(&[0, 2, 3]) && met(&[1, 3, 4]) && met(&[0, 1, 2, 3, 4]));
        assert!(!met(&[0, 2]) && !met(&[2, 3, 4]) && !met(&[]));
        assert!(Need::all(vec![]).is_met(&|_| false), "nothing is needed");
    }
}
