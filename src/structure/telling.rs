//! Single points of failure, in plain words.

use super::components::{Component, Sort};
use super::function::{Model, Variables};
use super::ledger::{SECONDS_PER_YEAR, SinglePoint};
use super::loss::Loss;
use crate::nodes::NodeKind;
use crate::parts::quantity::format_duration;
use crate::plan::NONE;
use crate::scenario::model::Scenario;
use std::collections::BTreeSet;

/// Longer lists are cut.
const NAMED_MOST: usize = 5;

/// What is enough to fail some class, those that cost most first.
pub fn single_points(
    scenario: &Scenario,
    model: &Model,
    of_components: &Variables,
    classes: &[Loss],
) -> Vec<SinglePoint> {
    let mut points = Vec::new();
    for &number in &model.order {
        let lost: Vec<usize> = (0..classes.len())
            .filter(|&class| classes[class].single.binary_search(&number).is_ok())
            .collect();
        if lost.is_empty() {
            continue;
        }
        let component = &model.components[number as usize];
        let chance = of_components.chances[of_components.first_of[number as usize] as usize];
        let down_s = component.law.is_some().then_some(chance * SECONDS_PER_YEAR);
        let names: Vec<String> = lost.iter().map(|&class| scenario.classes[class].name.clone()).collect();
        let lost = match names.len() == scenario.classes.len() {
            true => "the site".to_owned(),
            false => format!("every {}", listed(&names, "and")),
        };
        let effect = match component.sort {
            Sort::Certificate => format!("once it expires, {lost} is down"),
            _ => format!("one failure takes {lost} down"),
        };
        let frequency = match down_s {
            Some(down_s) => format!("{} a year", format_duration(down_s)),
            None if component.sort == Sort::Certificate => "nobody says who renews it".to_owned(),
            None => "no `mtbf` is given".to_owned(),
        };
        points.push(SinglePoint {
            component: component.told_name(),
            kind: component.kind(scenario),
            sentence: format!("{}: {effect}; {frequency}", reason(scenario, model, component)),
            classes: names,
            minutes_per_year: down_s.map(|down_s| down_s / 60.0),
        });
    }
    let rank = |point: &SinglePoint| point.minutes_per_year.unwrap_or(-1.0);
    points.sort_by(|one, other| rank(other).total_cmp(&rank(one)));
    points
}

/// Why one failure is enough.
fn reason(scenario: &Scenario, model: &Model, component: &Component) -> String {
    let struck = struck(scenario, model, component);
    let name = &component.name;
    match component.sort {
        Sort::Certificate => format!("{name} shows one certificate"),
        Sort::Zone => format!("{} in zone {name}", all_stand(&struck)),
        Sort::Common => format!("{name} hits {}", listed(&struck, "and")),
        Sort::Replica(node) => match &scenario.nodes[node].kind {
            NodeKind::Server(_) => format!("{} on {name}", all_stand(&struck)),
            NodeKind::Dns(_) => format!("{name} alone knows the addresses"),
            NodeKind::LoadBalancer(_) => format!("all requests go through one load balancer, {name}"),
            _ if scenario.standbys.iter().any(|standby| standby.node.0 as usize == node) => {
                format!("{name} has only a standby, which takes over late or not at all")
            }
            _ if scenario.nodes[node].replicas > 1 => format!("{name} is needed beside its like"),
            _ => format!("{name} has no second"),
        },
    }
}

/// "nginx, gunicorn and mysql all stand"
fn all_stand(struck: &[String]) -> String {
    match struck {
        [] => "what is needed stands".to_owned(),
        [one] => format!("{one} stands"),
        [_, _] => format!("{} both stand", listed(struck, "and")),
        several => format!("{} all stand", listed(several, "and")),
    }
}

/// The nodes that are needed and of which a component leaves nothing, hosts left out where
/// something stands on them.
fn struck(scenario: &Scenario, model: &Model, component: &Component) -> Vec<String> {
    let hit: BTreeSet<u32> = component.strikes.iter().map(|strike| strike.instance).collect();
    let nodes: BTreeSet<u32> =
        hit.iter().map(|&instance| model.plan.instances[instance as usize].node).collect();
    let is_gone = |node: u32| {
        let plan = &model.plan.nodes[node as usize];
        let mut replicas = plan.first_instance..plan.first_instance + plan.replicas;
        replicas.clone().any(|instance| model.is_needed(instance))
            && replicas.all(|instance| hit.contains(&instance))
    };
    let gone = nodes.into_iter().filter(|&node| node != NONE && is_gone(node));
    gone.map(|node| scenario.nodes[node as usize].name.clone()).collect()
}

/// "one", "one and other", "one, other and third".
pub fn listed(names: &[String], word: &str) -> String {
    match names {
        [] => "nothing".to_owned(),
        [one] => one.clone(),
        [first @ .., last] if names.len() <= NAMED_MOST => format!("{} {word} {last}", first.join(", ")),
        several => format!("{} and {} more", several[..NAMED_MOST].join(", "), several.len() - NAMED_MOST),
    }
}
