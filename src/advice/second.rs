//! A second of what has none, and what stands by.

use super::balanced::in_front;
use super::change::{Change, Family, Remedy};
use super::site::Site;
use crate::nodes::NodeKind;
use crate::parts::fault::Fault;
use crate::scenario::model::{FaultTarget, NodeId, Target};

/// How long a promotion takes, where somebody has to notice first.
const FAILOVER: &str = "30s";
const SWITCH_OVER: &str = "10s";

/// One more of a node; of a host, with all that stands on it, and behind a load balancer if users come to
/// it by its address. Two databases that know nothing of each
/// other would be no second one, so that one follows the other.
pub fn second(site: &Site, node: usize) -> Option<Change> {
    let (settings, number) = one_more(site, node)?;
    let with: Vec<usize> = if is_host(site, node) { site.hosted(node) } else { Vec::new() };
    let mut settings = vec![settings];
    let balancer = in_front(site, node);
    let is_balanced = balancer.is_some();
    settings.extend(balancer.into_iter().flatten());
    settings.extend(follower(site, node));
    for &hosted in &with {
        let replicas = site.node(hosted).replicas;
        let hosts = site.node(node).replicas;
        // As many on the new one as on each of the others.
        let each = (replicas / hosts.max(1)).max(1);
        if scales_itself(site, hosted) {
            return None;
        }
        settings.push(site.setting(hosted, "replicas", replicas + each));
        settings.extend(follower(site, hosted));
    }
    for &doubled in with.iter().chain([&node]) {
        settings.extend(site.hit_one_of(doubled));
    }
    let name = |node: &usize| site.node(*node).name.clone();
    let with = with.iter().map(name).collect();
    Some(Change::new(
        Family::Seconds,
        Remedy::Second { node: name(&node), with, number, is_balanced },
        settings,
    ))
}

fn one_more(site: &Site, node: usize) -> Option<(String, u32)> {
    let kind = &site.node(node).kind;
    if matches!(kind, NodeKind::User(_)) || scales_itself(site, node) {
        return None;
    }
    let number = site.node(node).replicas + 1;
    Some((site.setting(node, "replicas", number), number))
}

/// What makes a second database follow the first.
fn follower(site: &Site, node: usize) -> Option<String> {
    let NodeKind::Database(_) = site.node(node).kind else { return None };
    let set = site.scenario.set_of(NodeId(node as u32));
    match (site.is_given(node, "replication"), set) {
        (true, Some(set)) if set.failover.is_none() => {
            Some(site.setting(node, "replication.failover", FAILOVER))
        }
        (true, _) => None,
        // One of a group of databases follows already, and one with a backup is a set by itself.
        (false, Some(set)) if !matches!(set.target, Target::Node(_)) => None,
        (false, _) => {
            let value = format!("{{ failover: {FAILOVER}, reads: all }}");
            Some(site.setting(node, "replication", value))
        }
    }
}

fn is_host(site: &Site, node: usize) -> bool {
    matches!(site.node(node).kind, NodeKind::Server(_))
}

fn scales_itself(site: &Site, node: usize) -> bool {
    site.node(node).behaviour.as_ref().is_some_and(|behaviour| behaviour.autoscale.is_some())
}

/// One that stands by for a node that breaks by chance; of a host, for what stands on it as well.
pub fn standby(site: &Site, node: usize) -> Option<Change> {
    let breaks = |node: usize| {
        site.scenario.faults.iter().any(|fault| {
            let is_own = fault.hits == [FaultTarget::Node(NodeId(node as u32))] && !fault.together;
            is_own && fault.fault == Fault::Crash && fault.repair.is_some()
        })
    };
    let has_one =
        |node: usize| site.scenario.standbys.iter().any(|standby| standby.node == NodeId(node as u32));
    if !breaks(node) || has_one(node) {
        return None;
    }
    let hosted = if is_host(site, node) { site.hosted(node) } else { Vec::new() };
    let with: Vec<usize> = hosted.into_iter().filter(|hosted| breaks(*hosted) && !has_one(*hosted)).collect();
    let value = format!("{{ hot: 1, switch_over: {SWITCH_OVER} }}");
    let settings = [node].iter().chain(&with).map(|node| site.setting(*node, "standby", &value)).collect();
    let name = |node: &usize| site.node(*node).name.clone();
    let remedy = Remedy::Standby { node: name(&node), with: with.iter().map(name).collect() };
    Some(Change::new(Family::Seconds, remedy, settings))
}
