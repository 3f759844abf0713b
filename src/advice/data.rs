//! What keeps data, and brings them back sooner.

use super::change::{Change, Family, Remedy};
use super::evidence::Evidence;
use super::site::Site;
use super::steps;
use crate::kernel::time::{SECOND, Time, to_seconds};
use crate::nodes::NodeKind;
use crate::parts::fault::Fault;
use crate::scenario::model::{NodeId, Replication, Target};

const EVERY: &str = "1h";
const EVERY_AT_MOST: Time = 3_600 * SECOND;
const RESTORE: &str = "10m";
const RESTORE_AT_MOST: Time = 600 * SECOND;
/// A promotion in so much less time takes somebody, or something, that notices sooner.
const SOONER: f64 = 1.0 / 3.0;
const FAILOVER_LEAST: Time = SECOND;
const FAILOVER: &str = "30s";

pub fn data(site: &Site, evidence: &Evidence) -> Vec<Change> {
    let is_hit = |kind: &str| evidence.faults.iter().any(|event| event.kind == kind);
    let mut changes = Vec::new();
    if is_hit(Fault::DataLoss.name()) {
        changes.extend((0..site.scenario.nodes.len()).filter_map(|node| backup(site, node)));
    }
    let loses_primaries =
        [Fault::Failover, Fault::Crash, Fault::DataLoss].iter().any(|fault| is_hit(fault.name()));
    if loses_primaries {
        changes.extend(site.scenario.replications.iter().filter_map(|set| promotion(site, set)));
    }
    changes
}

fn backup(site: &Site, node: usize) -> Option<Change> {
    let NodeKind::Database(_) = site.node(node).kind else { return None };
    let now = site.scenario.set_of(NodeId(node as u32)).and_then(|set| set.backup);
    let is_good = now.is_some_and(|now| now.every <= EVERY_AT_MOST && now.restore <= RESTORE_AT_MOST);
    if is_good {
        return None;
    }
    let remedy = Remedy::Backup {
        node: site.node(node).name.clone(),
        every: EVERY.to_owned(),
        restore: RESTORE.to_owned(),
    };
    let value = format!("{{ every: {EVERY}, restore: {RESTORE} }}");
    Some(Change::new(Family::Data, remedy, vec![site.setting(node, "backup", value)]))
}

/// A replica that is promoted, or is sooner.
fn promotion(site: &Site, set: &Replication) -> Option<Change> {
    let (name, path) = match set.target {
        Target::Node(node) => {
            let node = node.0 as usize;
            if site.node(node).replicas < 2 {
                return None;
            }
            (site.node(node).name.clone(), site.setting(node, "replication.failover", ""))
        }
        Target::Group(group) => {
            let name = site.scenario.groups[group as usize].name.clone();
            let path = format!("groups.{name}.replication.failover=");
            (name, path)
        }
    };
    let to = match set.failover {
        Some(now) if now > FAILOVER_LEAST => steps::time(to_seconds(now) * SOONER),
        Some(_) => return None,
        None => FAILOVER.to_owned(),
    };
    let remedy = Remedy::Setting {
        of: name,
        setting: "replication.failover".to_owned(),
        from: set.failover.map(|now| steps::spell_time(to_seconds(now))),
        to: to.clone(),
    };
    Some(Change::new(Family::Data, remedy, vec![format!("{path}{to}")]))
}
