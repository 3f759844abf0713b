//! What callers cannot do for calls that they make side by side.

use super::model::{Call, Flow, Group, Node, NodeId, RequestClass, Stage, Target};
use crate::document::value::Span;
use crate::nodes::NodeKind;
use crate::nodes::fields::Context;
use crate::parts::caution::Caution;
use rustc_hash::FxHashSet;

struct Check<'a> {
    context: Context<'a>,
    nodes: &'a [Node],
    groups: &'a [Group],
    places: &'a [Span],
    /// Each is told once.
    told: FxHashSet<NodeId>,
}

/// Calls of a `parallel` are made once and at once: whoever is to try them again, hedge them
/// or let them wait is told that it does not.
pub fn check(context: Context, nodes: &[Node], groups: &[Group], classes: &[RequestClass], places: &[Span]) {
    let mut check = Check { context, nodes, groups, places, told: FxHashSet::default() };
    for class in classes {
        let Flow::Calls(stages) = &class.flow else { continue };
        check.stages(&class.from, stages);
    }
}

impl Check<'_> {
    fn stages(&mut self, callers: &[NodeId], stages: &[Stage]) {
        for stage in stages {
            match stage {
                Stage::Call(call) => self.call(call),
                Stage::Parallel(parallel) => {
                    for &caller in callers {
                        self.caller(caller, &parallel.calls);
                    }
                    for call in &parallel.calls {
                        self.call(call);
                    }
                }
            }
        }
    }

    fn call(&mut self, call: &Call) {
        let called: Vec<NodeId> = match call.target {
            Target::Node(node) => vec![node],
            Target::Group(group) => {
                self.groups[group as usize].members.iter().map(|member| member.node).collect()
            }
        };
        self.stages(&called, &call.stages);
        if let Some(next) = &call.hand_over {
            self.call(next);
        }
    }

    fn has_peers(&self, target: Target) -> bool {
        match target {
            Target::Node(node) => self.nodes[node.0 as usize].replicas > 1,
            Target::Group(_) => true,
        }
    }

    /// Somebody who calls several at once.
    fn caller(&mut self, caller: NodeId, calls: &[Call]) {
        let node = &self.nodes[caller.0 as usize];
        let caution = match &node.kind {
            NodeKind::User(user) => user.caution.as_deref(),
            _ => node.behaviour.as_ref().and_then(|behaviour| behaviour.calling.caution.as_ref()),
        };
        let of_user = matches!(&node.kind, NodeKind::User(user) if user.retries > 0).then_some("retries");
        let cannot: Vec<&str> =
            of_user.into_iter().chain(caution.into_iter().flat_map(what_it_wants)).collect();
        let place = self.places[caller.0 as usize].clone();
        if !cannot.is_empty() && self.told.insert(caller) {
            let message = format!(
                "`{}` calls several at once, and such calls have no `{}`",
                node.name,
                cannot.join("`, no `")
            );
            let hint = "leave it out, or let it call them one after the other, without `parallel`";
            self.context.problems.error_with_hint(place, message, hint);
        } else if let NodeKind::WebServer(_) | NodeKind::LoadBalancer(_) = node.kind
            && calls.iter().any(|call| self.has_peers(call.target))
            && self.told.insert(caller)
        {
            let message = format!("`{}` makes calls side by side once, and tries no other peer", node.name);
            let hint = "applications call several at once; let one stand behind it that does";
            self.context.problems.warning(place, message, hint);
        }
    }
}

fn what_it_wants(caution: &Caution) -> impl Iterator<Item = &'static str> + use<> {
    let wants = [
        (caution.retries > 0, "retries"),
        (caution.hedge.is_some(), "hedge"),
        (caution.bulkhead.is_some_and(|bulkhead| bulkhead.each.is_some()), "max_in_flight"),
        (caution.bulkhead.is_some_and(|bulkhead| bulkhead.in_all.is_some()), "max_in_flight_in_all"),
    ];
    wants.into_iter().filter(|(wants, _)| *wants).map(|(_, what)| what)
}
