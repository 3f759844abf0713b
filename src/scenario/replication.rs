//! `replication` of a group of databases, or of one with replicas: who takes the writes,
//! how far the others lag behind, and who is promoted when the primary is gone.

use super::model::{Backup, Group, NodeId, Reads, Replication, Target};
use super::nodes::Directory;
use crate::document::value::Span;
use crate::nodes::NodeKind;
use crate::nodes::fields::{Context, Fields};
use crate::parts::distribution::Distribution;

/// What a `replication` says, before it is known whose it is.
#[derive(Clone)]
pub struct ReplicationRead {
    lag: Distribution,
    failover: Option<u64>,
    reads: Reads,
    place: Span,
}

/// The table, if it is given.
pub fn of(fields: &mut Fields) -> Option<ReplicationRead> {
    let place = fields.place("replication");
    let read = |fields: &mut Fields| ReplicationRead {
        lag: fields.optional_distribution("lag").unwrap_or(Distribution::Constant(0.0)),
        failover: fields.optional_duration("failover"),
        reads: [Reads::Replicas, Reads::All, Reads::Primary][fields.word("reads")],
        place,
    };
    fields.is_given("replication").then(|| fields.within("replication", read))
}

/// How a database is backed up, if it is.
pub fn backup_of(fields: &mut Fields) -> Option<Backup> {
    let read = |fields: &mut Fields| {
        let every = fields.duration("every");
        if every == 0 {
            let message = "a backup takes some time to come round again";
            fields.context.problems.error_with_hint(fields.place("every"), message, "`every: 1d`");
        }
        Backup { every: every.max(1), restore: fields.duration("restore") }
    };
    fields.is_given("backup").then(|| fields.within("backup", read))
}

/// All sets of databases, once every name is known. A database with a backup is one by itself.
pub fn all(context: Context, directory: &Directory, groups: &[Group]) -> Vec<Replication> {
    let nodes = directory.replications.iter().enumerate();
    let of_nodes = nodes.filter_map(|(number, read)| {
        let id = NodeId(number as u32);
        Some((Target::Node(id), vec![id], directory.get(id).name.as_str(), read.as_ref()?))
    });
    let of_groups = groups.iter().enumerate().filter_map(|(number, group)| {
        let members = group.members.iter().map(|member| member.node).collect();
        let read = directory.group_replications[number].as_ref()?;
        Some((Target::Group(number as u32), members, group.name.as_str(), read))
    });
    let mut sets = Vec::new();
    for (target, members, name, read) in of_nodes.chain(of_groups) {
        let databases = members.iter().all(|&id| matches!(directory.get(id).kind, NodeKind::Database(_)));
        let count: u32 = members.iter().map(|&id| directory.get(id).replicas).sum();
        if !databases {
            let message = format!("`{name}` has members that are no databases");
            let hint = "leave `replication` out, or the others";
            context.problems.error_with_hint(read.place.clone(), message, hint);
        } else if count < 2 {
            let message = format!("`{name}` has no replica");
            context.problems.error_with_hint(read.place.clone(), message, "give it `replicas: 2`");
        }
        sets.push(Replication {
            target,
            lag: read.lag.clone(),
            failover: read.failover,
            reads: read.reads,
            backup: members.iter().find_map(|id| directory.backups[id.0 as usize]),
        });
    }
    for (number, backup) in directory.backups.iter().enumerate() {
        let id = NodeId(number as u32);
        if backup.is_some() && !directory.is_replicated(id) {
            sets.push(Replication {
                target: Target::Node(id),
                lag: Distribution::Constant(0.0),
                failover: None,
                reads: Reads::All,
                backup: *backup,
            });
        }
    }
    sets
}
