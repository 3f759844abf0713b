//! More of what was full.

use super::change::{Change, Family, Remedy};
use super::site::Site;
use super::steps;
use crate::nodes::NodeKind;
use crate::parts::quantity::parse_count;
use crate::parts::resource::{Owner, Party, ResourceKind};
use crate::scenario::resources::{Resource, owner};

/// Where it cannot be reckoned how much would be enough, this many times as much is tried first.
const FIRST_TIMES: f64 = 2.0;
/// Twice doubled: no larger step is tried.
const TIMES_MOST: f64 = 4.0;
/// Less than this much more would hardly be noticed.
const TIMES_LEAST: f64 = 1.2;

/// The setting that says how much there is.
struct Knob {
    /// Of a node, or the path of a link.
    path: Path,
    setting: &'static str,
    /// Its value, and how much of the resource one of it makes, beside what there is without.
    now: f64,
    each: f64,
    fixed: f64,
    takes: Takes,
}

enum Path {
    Node(usize),
    Link(String),
}

#[derive(Clone, Copy)]
enum Takes {
    Count,
    Bandwidth,
    Rate,
    Size,
}

/// More of a resource: as much as is enough, if somebody knows; or twice as much.
pub fn more(site: &Site, resource: &Resource, enough: Option<f64>) -> Option<Change> {
    let times = match enough.map(|enough| enough / resource.capacity) {
        // It has been full although it should not have been: something else takes it up.
        None | Some(..=1.0) => FIRST_TIMES,
        Some(times) => times.clamp(TIMES_LEAST, TIMES_MOST),
    };
    change(site, resource, times)
}

/// Twice as much again, for what was not enough.
pub fn still_more(site: &Site, resource: &Resource) -> Option<Change> {
    change(site, resource, TIMES_MOST)
}

fn change(site: &Site, resource: &Resource, times: f64) -> Option<Change> {
    let knob = knob(site, resource)?;
    let wanted = ((resource.capacity * times - knob.fixed) / knob.each).max(knob.now * TIMES_LEAST);
    let (from, to) = match knob.takes {
        Takes::Count => (steps::digits(knob.now), steps::count(wanted).to_string()),
        Takes::Bandwidth => (steps::spell_bandwidth(knob.now), steps::bandwidth(wanted)),
        Takes::Rate => (steps::spell_rate(knob.now), steps::rate(wanted)),
        Takes::Size => (steps::spell_size(knob.now), steps::size(wanted)),
    };
    let mut settings = vec![match &knob.path {
        Path::Node(node) => site.setting(*node, knob.setting, &to),
        Path::Link(path) => format!("{path}.{}={to}", knob.setting),
    }];
    if let (ResourceKind::Cores | ResourceKind::Memory, Path::Node(node)) = (resource.kind, &knob.path) {
        settings.extend(price_of_larger(site, *node, resource, &to, knob.now));
    }
    let of = owner(&site.scenario, resource.owner);
    Some(Change::new(
        Family::Capacity,
        Remedy::More { of, setting: knob.setting.to_owned(), from, to },
        settings,
    ))
}

/// A machine with twice the cores costs twice as much, as clouds have it; memory by itself has no price.
fn price_of_larger(site: &Site, node: usize, resource: &Resource, to: &str, now: f64) -> Option<String> {
    let per_hour = site.node(node).cost_per_hour.filter(|_| resource.kind == ResourceKind::Cores)?;
    let times = to.parse::<f64>().ok()? / now;
    Some(site.setting(node, "cost", format!("{}/h", steps::digits(per_hour * times))))
}

fn knob(site: &Site, resource: &Resource) -> Option<Knob> {
    let of_node = |node: u32, setting, now: f64, each: f64, takes| {
        Some(Knob { path: Path::Node(node as usize), setting, now, each, fixed: 0.0, takes })
    };
    match (resource.kind, resource.owner) {
        (ResourceKind::Bandwidth, Owner::Link { link, .. }) => Some(Knob {
            path: Path::Link(site.link_path(link as usize)?),
            setting: "bandwidth",
            now: resource.capacity,
            each: 1.0,
            fixed: 0.0,
            takes: Takes::Bandwidth,
        }),
        (ResourceKind::Cores, Owner::Node(node)) => match &site.node(node as usize).kind {
            NodeKind::Server(server) => of_node(node, "cores", f64::from(server.cores), 1.0, Takes::Count),
            _ => counted(site, node, "servers", resource.capacity),
        },
        (ResourceKind::Memory, Owner::Node(node)) => {
            of_node(node, "memory", resource.capacity, 1.0, Takes::Size)
        }
        (ResourceKind::Slots, Owner::Node(node)) => {
            counted(site, node, slots(site, node)?, resource.capacity)
        }
        (ResourceKind::Backlog, Owner::Node(node)) => {
            let node_kind = &site.node(node as usize).kind;
            let setting = match node_kind {
                _ if site.is_given(node as usize, "queue_limit") => "queue_limit",
                NodeKind::WebServer(_) | NodeKind::AppServer(_) | NodeKind::LoadBalancer(_) => "backlog",
                NodeKind::Station(_) => "queue",
                _ => return None,
            };
            counted(site, node, setting, resource.capacity)
        }
        (ResourceKind::Pool, Owner::Calls { from: Party::Node(node), .. }) => {
            let NodeKind::AppServer(app) = &site.node(node as usize).kind else { return None };
            let (pool, workers) = (app.pool?, f64::from(app.workers));
            let fixed = f64::from(pool.overflow) * workers;
            let knob = of_node(node, "pool.size", f64::from(pool.size), workers, Takes::Count)?;
            Some(Knob { fixed, ..knob })
        }
        (ResourceKind::InFlight, Owner::Calls { from: Party::Node(node), .. }) => {
            counted(site, node, "calls.max_in_flight", resource.capacity)
        }
        (ResourceKind::Rate, Owner::Limit { node, number }) => {
            let limits = site.node(node as usize).behaviour.as_ref()?.limits;
            let is_nginx = limits[0].is_some() && number == 0;
            let setting = if is_nginx { "limit_req.rate" } else { "rate_limit.rate" };
            of_node(node, setting, resource.capacity, 1.0, Takes::Rate)
        }
        _ => None,
    }
}

/// A setting that is a number, of which each makes an equal part of what there is.
fn counted(site: &Site, node: u32, setting: &'static str, capacity: f64) -> Option<Knob> {
    let now = parse_count(site.in_force(node as usize, setting)?).ok()? as f64;
    let path = Path::Node(node as usize);
    (now > 0.0).then_some(Knob { path, setting, now, each: capacity / now, fixed: 0.0, takes: Takes::Count })
}

/// What says how many slots a node has; nothing where it scales by itself.
fn slots(site: &Site, node: u32) -> Option<&'static str> {
    let node = site.node(node as usize);
    let scales = node.behaviour.as_ref().and_then(|behaviour| behaviour.autoscale);
    Some(match &node.kind {
        NodeKind::WebServer(_) => "connections",
        NodeKind::AppServer(_) => "workers",
        NodeKind::Database(_) => "max_connections",
        NodeKind::LoadBalancer(_) => "maxconn",
        NodeKind::Storage(_) => "channels",
        NodeKind::Station(_) if scales.is_none_or(|scale| !scale.by_servers) => "servers",
        _ => return None,
    })
}

/// What lets a node that scales itself have more, and have them sooner.
pub fn scaling(site: &Site, node: usize) -> Vec<Change> {
    let Some(scale) = site.node(node).behaviour.as_ref().and_then(|behaviour| behaviour.autoscale) else {
        return Vec::new();
    };
    let set = |setting: &str, from: u32, to: u64| {
        let remedy = Remedy::Setting {
            of: site.node(node).name.clone(),
            setting: setting.to_owned(),
            from: Some(from.to_string()),
            to: to.to_string(),
        };
        Change::new(Family::Capacity, remedy, vec![site.setting(node, setting, to)])
    };
    let twice = |number: u32| steps::count(f64::from(number) * FIRST_TIMES);
    let mut changes = vec![set("autoscale.maximum", scale.maximum, twice(scale.maximum))];
    let least = twice(scale.minimum).min(u64::from(scale.maximum));
    if least > u64::from(scale.minimum) {
        changes.push(set("autoscale.minimum", scale.minimum, least));
    }
    changes
}
