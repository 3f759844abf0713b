//! What a run that skips requests cannot have in it.

use super::model::{Happening, Node, RunSettings, What};
use crate::document::value::Span;
use crate::nodes::NodeKind;
use crate::nodes::fields::Context;
use crate::parts::arrivals::Arrivals;
use crate::parts::fidelity::Fidelity;

/// Nodes and happenings come with the places where they stand.
pub fn check(
    context: Context,
    run: &RunSettings,
    nodes: (&[Node], &[Span]),
    timeline: (&[Happening], &[Span]),
) {
    match run.fidelity {
        Fidelity::Requests => {}
        Fidelity::Incidents { .. } => check_steady(context, nodes, timeline),
        Fidelity::Components => check_surges(context, timeline, "no requests are simulated"),
    }
    if run.fidelity != Fidelity::Requests {
        check_scaling(context, nodes);
    }
}

/// The load is not there all the time, or never.
fn check_scaling(context: Context, nodes: (&[Node], &[Span])) {
    for (node, place) in nodes.0.iter().zip(nodes.1) {
        if node.behaviour.as_ref().is_some_and(|behaviour| behaviour.autoscale.is_some()) {
            let message = format!("`{}` scales with its load, and that needs every request", node.name);
            let hint = "leave `autoscale` out, or give the run `fidelity: requests`";
            context.problems.error_with_hint(place.clone(), message, hint);
        }
    }
}

/// One stretch of the traffic has to stand for all others.
fn check_steady(context: Context, nodes: (&[Node], &[Span]), timeline: (&[Happening], &[Span])) {
    const HINT: &str = "give it a rate such as `60/s`, or the run `fidelity: requests`";
    for (node, place) in nodes.0.iter().zip(nodes.1) {
        if let NodeKind::User(user) = &node.kind {
            let what = match user.arrivals {
                Arrivals::Poisson { .. }
                | Arrivals::Every { .. }
                | Arrivals::Renewal(_)
                | Arrivals::OnOff { .. } => continue,
                Arrivals::Closed { .. } => "waits for its answers",
                Arrivals::Rate(_) | Arrivals::Replay(_) | Arrivals::Surged(_) | Arrivals::Custom(_) => {
                    "changes with the time"
                }
            };
            let message = format!("no part of the traffic of `{}` stands for the rest: it {what}", node.name);
            context.problems.error_with_hint(place.clone(), message, HINT);
        }
        if node.behaviour.as_ref().is_some_and(|behaviour| behaviour.track_occupancy) {
            let message = format!("the occupancy of `{}` needs every request", node.name);
            context.problems.error_with_hint(place.clone(), message, "leave `occupancy` out");
        }
    }
    check_surges(context, timeline, "one stretch of the traffic stands for all");
}

fn check_surges(context: Context, timeline: (&[Happening], &[Span]), why: &str) {
    for (happening, place) in timeline.0.iter().zip(timeline.1) {
        if let What::Surge(_) = happening.what {
            let message = format!("there is no surge where {why}");
            let hint = "leave `fidelity` out, or the surge";
            context.problems.error_with_hint(place.clone(), message, hint);
        }
    }
}
