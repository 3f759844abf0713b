//! Single points of failure, in plain words.

use super::components::{Component, Sort};
use super::function::{Model, Variables};
use super::ledger::{SECONDS_PER_YEAR, SinglePoint};
use super::single_points::Enough;
use crate::kernel::table::Id;
use crate::kernel::time::to_seconds;
use crate::nodes::NodeKind;
use crate::parts::quantity::format_duration;
use crate::plan::{NONE, StandbyPlan};
use crate::scenario::model::Scenario;
use std::collections::BTreeSet;

/// Longer lists are cut.
const NAMED_MOST: usize = 5;

/// What is enough to fail some class, those that cost most first: without anything that stands by,
/// and with.
pub fn told(
    scenario: &Scenario,
    model: &Model,
    of_components: &Variables,
    enough: &[Enough],
) -> (Vec<SinglePoint>, Vec<SinglePoint>) {
    let (mut single, mut covered) = (Vec::new(), Vec::new());
    for Enough { component: number, classes } in enough {
        let component = &model.components[*number as usize];
        let chance = of_components.chances[of_components.first_of[*number as usize] as usize];
        let down_s = component.law.is_some().then_some(chance * SECONDS_PER_YEAR);
        let names: Vec<String> = classes.iter().map(|&class| scenario.classes[class].name.clone()).collect();
        let lost = match names.len() == scenario.classes.len() {
            true => "the site".to_owned(),
            false => format!("every {}", listed(&names, "and")),
        };
        let effect = match (component.sort, component.standby) {
            (Sort::Certificate, _) => format!("once it expires, {lost} is down"),
            (_, Some(_)) => format!("until then {lost} is down"),
            _ => format!("one failure takes {lost} down"),
        };
        let frequency = match down_s {
            Some(down_s) => format!("{} a year", format_duration(down_s)),
            None if component.sort == Sort::Certificate => "nobody says who renews it".to_owned(),
            None => "no `mtbf` is given".to_owned(),
        };
        let reason = match component.standby {
            Some(standby) => stands_by(&component.name, &model.plan.standbys[Id::at(standby)]),
            None => reason(scenario, model, component),
        };
        let points = if component.standby.is_some() { &mut covered } else { &mut single };
        points.push(SinglePoint {
            component: component.told_name(),
            kind: component.kind(scenario),
            sentence: format!("{reason}: {effect}; {frequency}"),
            classes: names,
            minutes_per_year: down_s.map(|down_s| down_s / 60.0),
        });
    }
    let rank = |point: &SinglePoint| point.minutes_per_year.unwrap_or(-1.0);
    for points in [&mut single, &mut covered] {
        points.sort_by(|one, other| rank(other).total_cmp(&rank(one)));
    }
    (single, covered)
}

/// "mysql has a hot standby, which takes over after 30 s if it is whole"
fn stands_by(name: &str, standby: &StandbyPlan) -> String {
    let heat = if standby.hot { "hot" } else { "cold" };
    let (number, which) = match standby.spares {
        1 => (format!("a {heat} standby"), "which"),
        several => (format!("{several} {heat} standbys"), "one of which"),
    };
    let when = match standby.switch_over {
        0 => "at once".to_owned(),
        time => format!("after {}", format_duration(to_seconds(time))),
    };
    let boots = if standby.hot { "" } else { " and boots" };
    format!("{name} has {number}, {which} takes over {when}{boots} if it is whole")
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
        hit.iter().map(|&instance| model.plan.instances[Id::numbered(instance)].node.number()).collect();
    let is_gone = |node: u32| {
        let plan = &model.plan.nodes[Id::numbered(node)];
        let mut replicas = plan.instances().iter().map(Id::number);
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
