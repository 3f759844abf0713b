//! How callers find out who is not well, and what they do then.

use super::change::{Change, Family, Remedy};
use super::evidence::Evidence;
use super::site::Site;
use super::steps;
use crate::document::value::Value;
use crate::kernel::time::{SECOND, Time, to_seconds};
use crate::nodes::NodeKind;
use crate::parts::balance::Balance;
use crate::parts::quantity::parse_time;
use crate::scenario::model::Group;

/// Sooner than most do.
const INTER: &str = "500ms";
const INTER_AT_MOST: Time = SECOND / 2;
const FALL: u32 = 2;
/// Zones that check do so in a third of the time; this is often enough.
const SOONER: f64 = 1.0 / 3.0;
const DNS_INTER_LEAST: Time = 2 * SECOND;
/// Clients that ask again soon follow soon.
const TTL: &str = "10s";
const TTL_AT_MOST: Time = 10 * SECOND;
/// A breaker that a small site's traffic can open, and that tries again soon.
const BREAKER: &str = "{ failure_share: 50%, window: 50, least: 20, open_for: 10s }";

pub fn checks(site: &Site, evidence: &Evidence) -> Vec<Change> {
    if evidence.faults.is_empty() && evidence.planned.is_empty() {
        return Vec::new();
    }
    let mut changes = Vec::new();
    for node in 0..site.scenario.nodes.len() {
        if let NodeKind::Dns(_) = site.node(node).kind {
            changes.extend(sooner_by_name(site, node));
        }
        if !has_choice(site, node) {
            continue;
        }
        if let NodeKind::LoadBalancer(balancer) = &site.node(node).kind {
            if balancer.check && (balancer.inter > INTER_AT_MOST || balancer.fall > FALL) {
                changes.push(sooner(site, node));
            }
            if !balancer.redispatch {
                changes.push(set(site, node, "redispatch", "false", "true"));
            }
        }
        let is_careful = site.is_given(node, "calls.circuit_breaker");
        if site.node(node).behaviour.is_some() && !is_careful {
            let remedy = Remedy::Breaker { caller: site.node(node).name.clone() };
            let settings = vec![site.setting(node, "calls.circuit_breaker", BREAKER)];
            changes.push(Change::new(Family::Checks, remedy, settings));
        }
        changes.extend(turns(site, node));
    }
    changes
}

/// Whether a caller can choose among several.
fn has_choice(site: &Site, node: usize) -> bool {
    let called = site.called_by(node);
    called.len() > 1 && !groups_called(site, &called).is_empty()
        || called.iter().any(|called| site.node(*called).replicas > 1)
}

/// Declared groups of several that are among those whom somebody calls.
fn groups_called<'s>(site: &'s Site, called: &[usize]) -> Vec<&'s Group> {
    let among = |group: &&Group| {
        let mut members = group.members.iter().map(|member| member.node.0 as usize);
        members.all(|member| called.contains(&member))
    };
    let is_choice = |group: &&Group| {
        let replicas = group.members.iter().map(|member| site.node(member.node.0 as usize).replicas);
        replicas.sum::<u32>() > 1
    };
    site.scenario.groups.iter().filter(among).filter(is_choice).collect()
}

fn sooner(site: &Site, node: usize) -> Change {
    let now = |setting: &str| site.in_force(node, setting).unwrap_or_default().to_owned();
    let remedy = Remedy::Setting {
        of: site.node(node).name.clone(),
        setting: "inter".to_owned(),
        from: Some(now("inter")),
        to: INTER.to_owned(),
    };
    let settings = vec![site.setting(node, "inter", INTER), site.setting(node, "fall", FALL)];
    Change::new(Family::Checks, remedy, settings)
}

/// Where names lead to several addresses that are checked: checks that come sooner, and answers that are
/// remembered for less long.
fn sooner_by_name(site: &Site, node: usize) -> Vec<Change> {
    let NodeKind::Dns(dns) = &site.node(node).kind else { return Vec::new() };
    let Some(checks) = dns.failover else { return Vec::new() };
    let mut changes = Vec::new();
    if checks.inter > DNS_INTER_LEAST {
        let to = steps::time(to_seconds(checks.inter) * SOONER);
        let from = steps::spell_time(to_seconds(checks.inter));
        changes.push(set(site, node, "failover.inter", &from, &to));
    }
    changes.extend(shorter_memory(site, node));
    changes
}

/// Each record with a shorter time to live.
fn shorter_memory(site: &Site, node: usize) -> Option<Change> {
    let records = site.entry(&["nodes", &site.node(node).name, "records"])?;
    let Value::List(records) = &records.value else { return None };
    let mut settings = Vec::new();
    let mut longest: Option<String> = None;
    for (place, record) in records.iter().enumerate() {
        let words: Vec<&str> = record.scalar()?.split_whitespace().collect();
        let [name, kind, target, ttl] = words[..] else { continue };
        if parse_time(ttl).is_ok_and(|ttl| ttl > TTL_AT_MOST) {
            let record = format!("{name} {kind} {target} {TTL}");
            settings.push(site.setting(node, &format!("records.{place}"), record));
            longest.get_or_insert(ttl.to_owned());
        }
    }
    let remedy = Remedy::Setting {
        of: site.node(node).name.clone(),
        setting: "ttl".to_owned(),
        from: longest,
        to: TTL.to_owned(),
    };
    (!settings.is_empty()).then(|| Change::new(Family::Checks, remedy, settings))
}

/// The other way of taking turns: by load, or without looking at it. Whoever fails at once is idle.
fn turns(site: &Site, node: usize) -> Vec<Change> {
    let other = |balance: &Balance| match balance {
        Balance::LeastConnections => ("least_connections", "round_robin"),
        _ => ("round_robin", "least_connections"),
    };
    let own = match &site.node(node).kind {
        NodeKind::WebServer(web) => &web.balance,
        NodeKind::LoadBalancer(balancer) => &balancer.balance,
        _ => return Vec::new(),
    };
    let called = site.called_by(node);
    let declared = groups_called(site, &called).into_iter().filter_map(|group| {
        let (from, to) = other(group.balance.as_ref()?);
        let remedy = Remedy::Setting {
            of: group.name.clone(),
            setting: "balance".to_owned(),
            from: Some(from.to_owned()),
            to: to.to_owned(),
        };
        Some(Change::new(Family::Checks, remedy, vec![format!("groups.{}.balance={to}", group.name)]))
    });
    let declared: Vec<Change> = declared.collect();
    if !declared.is_empty() {
        return declared;
    }
    let (from, to) = other(own);
    vec![set(site, node, "balance", from, to)]
}

fn set(site: &Site, node: usize, setting: &str, from: &str, to: &str) -> Change {
    let remedy = Remedy::Setting {
        of: site.node(node).name.clone(),
        setting: setting.to_owned(),
        from: Some(from.to_owned()),
        to: to.to_owned(),
    };
    Change::new(Family::Checks, remedy, vec![site.setting(node, setting, to)])
}
