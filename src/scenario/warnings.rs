//! What is no mistake in a scenario, but probably not meant.

use super::load_estimate::{NodeLoad, estimate};
use super::model::{NodeId, Scenario, What};
use super::{link_load, surge_load};
use crate::document::value::Span;
use crate::kernel::time::to_seconds;
use crate::nodes::NodeKind;
use crate::nodes::fields::Context;
use crate::parts::quantity::{format_share, format_size, format_span};

/// Above this a queue is long and slow to settle.
const HIGH_UTILISATION: f64 = 0.95;

/// Where names and the verbs of the timeline stand.
#[derive(Clone, Copy)]
pub struct Places<'p> {
    pub nodes: &'p [Span],
    pub links: &'p [Span],
    pub timeline: &'p [Span],
    pub groups: &'p [Span],
    pub crews: &'p [Span],
    pub classes: &'p [Span],
}

pub fn warn(context: Context, scenario: &Scenario, places: Places) {
    warn_of_memory(context, scenario, places.nodes);
    warn_of_traffic(context, scenario, places.links);
    if let Some(loads) = estimate(scenario) {
        warn_of_load(context, scenario, &loads, places.nodes);
    }
    warn_of_surges(context, scenario, places.timeline);
}

/// What surges ask of nodes that manage without them.
fn warn_of_surges(context: Context, scenario: &Scenario, places: &[Span]) {
    let duration = |time| format_span(to_seconds(time));
    for excess in surge_load::excesses(scenario) {
        let begun =
            scenario.timeline.iter().zip(places).filter_map(|(happening, place)| match &happening.what {
                What::Surge(traffic) if traffic.surge.starts_at() <= excess.from => {
                    Some((traffic.surge.starts_at(), place))
                }
                _ => None,
            });
        // The surge that came last is the one that is too much.
        let Some((_, place)) = begun.max_by_key(|(starts_at, _)| *starts_at) else { continue };
        let length = match excess.until {
            Some(until) => format!("for {}", duration(until - excess.from)),
            None => "to the end".to_string(),
        };
        let message = format!(
            "at {} the load goes above the {} of `{}` {length}, up to {}",
            duration(excess.from),
            excess.of_what,
            scenario.nodes[excess.node].name,
            format_share(excess.peak)
        );
        let hint = match excess.drains_in {
            Some(time) => {
                format!("if all of it waits, it takes another {} until that is served", duration(time))
            }
            None => "what is too much waits, or is turned away".to_string(),
        };
        context.problems.warning(place.clone(), message, hint);
    }
}

fn warn_of_load(context: Context, scenario: &Scenario, loads: &[NodeLoad], places: &[Span]) {
    for ((node, load), place) in scenario.nodes.iter().zip(loads).zip(places) {
        let measures = [(load.core_utilisation, "cores"), (load.slot_utilisation, "slots")];
        for (utilisation, of_what) in measures {
            let Some(utilisation) = utilisation.filter(|utilisation| *utilisation > HIGH_UTILISATION) else {
                continue;
            };
            let share = format_share(utilisation);
            let message = if utilisation > 1.0 {
                format!("`{}` is overloaded: the offered load takes {share} of its {of_what}", node.name)
            } else {
                format!(
                    "`{}` is close to its limit: the offered load takes {share} of its {of_what}",
                    node.name
                )
            };
            let hint = if utilisation > 1.0 {
                "its queue grows as long as the run lasts; give it more, or send less"
            } else {
                "waits are long and take long to settle here; run it long enough"
            };
            context.problems.warning(place.clone(), message, hint);
        }
    }
}

/// What users send and get has to fit through their links.
fn warn_of_traffic(context: Context, scenario: &Scenario, places: &[Span]) {
    let Some(loads) = link_load::estimate(scenario) else { return };
    for ((link, load), place) in scenario.links.iter().zip(loads).zip(places) {
        if load <= HIGH_UTILISATION {
            continue;
        }
        let [from, to] = [link.from, link.to].map(|node| &scenario.nodes[node.0 as usize].name);
        let full = if load > 1.0 { "overloaded" } else { "close to its limit" };
        let message = format!(
            "the link from `{from}` to `{to}` is {full}: the offered load takes {} of its bandwidth",
            format_share(load)
        );
        context.problems.warning(place.clone(), message, "give it more, or send less or smaller answers");
    }
}

/// The workers of each host have to fit into its memory.
fn warn_of_memory(context: Context, scenario: &Scenario, places: &[Span]) {
    let mut needed = vec![0_f64; scenario.nodes.len()];
    for node in &scenario.nodes {
        if let Some(NodeId(host)) = node.on {
            let hosts = scenario.nodes[host as usize].replicas;
            let on_each = f64::from(node.replicas.div_ceil(hosts));
            let bytes = node.memory.base as f64;
            needed[host as usize] += bytes * on_each;
        }
    }
    for ((node, needed), place) in scenario.nodes.iter().zip(needed).zip(places) {
        if let NodeKind::Server(server) = &node.kind
            && let Some(memory) = server.memory
            && needed > memory as f64
        {
            let message = format!(
                "the workers on `{}` need {}, more than its {}",
                node.name,
                format_size(needed as u64),
                format_size(memory)
            );
            context.problems.warning(place.clone(), message, "take fewer workers or more memory");
        }
    }
}
