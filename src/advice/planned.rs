//! Other ways of doing what is planned.

use super::change::{Change, Family, Remedy};
use super::evidence::Evidence;
use super::site::Site;
use crate::nodes::NodeKind;
use crate::scenario::model::{FaultTarget, How, Maintenance, What};

/// How long what is in flight may take to end.
const DRAIN: &str = "10s";

pub fn planned(site: &Site, evidence: &Evidence) -> Vec<Change> {
    let mut changes = Vec::new();
    for (number, happening) in site.scenario.timeline.iter().enumerate() {
        let What::Maintenance(maintenance) = &happening.what else { continue };
        if !evidence.planned.iter().any(|event| event.label == happening.name) {
            continue;
        }
        for way in ways(site, maintenance) {
            let settings = way.settings.iter();
            let settings =
                settings.map(|(name, value)| format!("timeline.{number}.{name}={value}")).collect();
            let remedy = Remedy::Planned {
                event: happening.name.clone(),
                how: way.how.to_owned(),
                is_drained: way.settings.iter().any(|(name, _)| *name == "drain"),
                more: u32::from(way.settings.iter().any(|(name, _)| *name == "surge")),
            };
            changes.push(Change::new(Family::Maintenance, remedy, settings));
        }
    }
    changes
}

struct Way {
    how: &'static str,
    settings: Vec<(&'static str, String)>,
}

/// What else could be done, as far as it says so itself; whether a node can be treated so is checked
/// with the scenario.
fn ways(site: &Site, maintenance: &Maintenance) -> Vec<Way> {
    let nodes = maintenance.targets.iter().filter_map(|target| match target {
        FaultTarget::Node(node) | FaultTarget::Replica(node, _) => Some(node.0 as usize),
        FaultTarget::Link(_) => None,
    });
    let nodes: Vec<usize> = nodes.collect();
    let all = |is: fn(&NodeKind) -> bool| nodes.iter().all(|node| is(&site.node(*node).kind));
    let instances: u32 = maintenance
        .targets
        .iter()
        .map(|target| match target {
            FaultTarget::Node(node) => site.node(node.0 as usize).replicas,
            _ => 1,
        })
        .sum();
    let set = |name, value: &str| (name, value.to_owned());
    let mut ways = Vec::new();
    let mut add = |how, settings| ways.push(Way { how, settings });
    let how = maintenance.how;
    let reloads = |kind: &NodeKind| {
        matches!(kind, NodeKind::WebServer(_) | NodeKind::AppServer(_) | NodeKind::LoadBalancer(_))
    };
    if how != How::Reload && all(reloads) {
        add("reload", vec![set("how", "reload")]);
    }
    if how != How::Rolling {
        let mut settings = vec![set("how", "rolling"), set("drain", DRAIN)];
        if instances == 1 {
            settings.push(set("surge", "1"));
        }
        add("rolling", settings);
    } else if maintenance.extra == 0 {
        add("rolling", vec![set("surge", "1")]);
    }
    if how != How::BlueGreen && all(|kind| !matches!(kind, NodeKind::Server(_))) {
        add("blue_green", vec![set("how", "blue_green")]);
    }
    if maintenance.drain == 0 && how != How::Migrate {
        add(name_of(how), vec![set("drain", DRAIN)]);
    }
    ways
}

fn name_of(how: How) -> &'static str {
    match how {
        How::StopStart => "stop_start",
        How::Restart => "restart",
        How::Reload => "reload",
        How::Rolling => "rolling",
        How::BlueGreen => "blue_green",
        How::Canary => "canary",
        How::Migrate => "migrate",
    }
}
