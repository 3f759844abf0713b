//! `groups`: nodes among which callers pick.

use super::model::{Group, Member};
use super::nodes::Directory;
use super::replication;
use crate::document::problem::Severity;
use crate::document::value::{Entry, Field, Value};
use crate::nodes::balancing;
use crate::nodes::database::REPLICATION;
use crate::nodes::fields::{Context, Fields, Refusal, report_refusal};
use crate::nodes::setting::{Setting, Takes};
use rustc_hash::FxHashSet;

pub const SETTINGS: &[Setting] = &[
    Setting::required(
        "members",
        Takes::Form("a list such as `[ app1, { app2: { weight: 3 } } ]`"),
        "who belongs to it",
    ),
    Setting::optional("balance", balancing::TAKES, "how a peer is picked; as the caller does if not given"),
    REPLICATION,
];

pub const MEMBER_SETTINGS: &[Setting] = &[
    Setting::new("weight", Takes::Whole(1, 65_535), "1", "nginx: weight", "its share next to the others"),
    Setting::new("backup", Takes::Flag, "false", "nginx: backup", "is picked only when the others are down"),
];

pub fn read<'a>(
    context: Context<'a>,
    section: &'a [Field],
    mut directory: Directory<'a>,
) -> (Directory<'a>, Vec<Group>) {
    let mut groups = Vec::new();
    for field in section {
        if directory.node_ids.contains_key(field.name.as_str()) {
            let message = format!("there is a node `{}` already", field.name);
            context.problems.error_with_hint(
                field.name_span.clone(),
                message,
                "call the group something else",
            );
        }
        let mut fields = Fields::new(context, format!("`{}`", field.name), &field.entry, vec![SETTINGS]);
        fields.span = field.name_span.clone();
        let members = match fields.form("members") {
            Some(entry) => read_members(context, entry, &directory),
            None => Vec::new(),
        };
        check_alike(context, field, &members, &directory);
        let balance = fields.parse("balance", balancing::parse);
        let replication = replication::of(&mut fields);
        fields.finish();
        directory.group_ids.insert(&field.name, groups.len() as u32);
        directory.group_members.push(members.iter().map(|member| member.node).collect());
        directory.group_replications.push(replication);
        groups.push(Group { name: field.name.clone(), members, balance });
    }
    (directory, groups)
}

fn read_members(context: Context, entry: &Entry, directory: &Directory) -> Vec<Member> {
    let Value::List(entries) = &entry.value else {
        let message = format!("`members` takes a list of nodes, not {}", entry.describe());
        context.problems.error(entry.span.clone(), message);
        return Vec::new();
    };
    let mut members: Vec<Member> = Vec::new();
    let mut seen = FxHashSet::default();
    for entry in entries {
        let Some(member) = read_member(context, entry, directory) else { continue };
        if !seen.insert(member.node) {
            context.problems.error_with_hint(
                entry.span.clone(),
                "this member stands twice in the group",
                "give it a weight instead: `{ app: { weight: 2 } }`",
            );
        }
        members.push(member);
    }
    if !members.is_empty() && members.iter().all(|member| member.backup) {
        let hint = "leave `backup` out of one";
        context.problems.error_with_hint(entry.span.clone(), "all members of this group are backups", hint);
    }
    if entries.is_empty() {
        context.problems.error_with_hint(entry.span.clone(), "this group has no members", "name a node");
    }
    members
}

fn read_member(context: Context, entry: &Entry, directory: &Directory) -> Option<Member> {
    let nothing = Entry::new(Value::Null, entry.span.clone());
    let (name, settings, span) = match &entry.value {
        Value::Scalar(name) => (name.as_str(), &nothing, &entry.span),
        Value::Table(table) if table.fields.len() == 1 => {
            let field = &table.fields[0];
            (field.name.as_str(), &field.entry, &field.name_span)
        }
        _ => {
            let refusal = Refusal::new("a member is one node", "`app1`, or `{ app1: { weight: 3 } }`");
            report_refusal(context, entry, "", refusal);
            return None;
        }
    };
    let mut fields = Fields::new(context, format!("member `{name}`"), settings, vec![MEMBER_SETTINGS]);
    let weight = fields.whole("weight");
    let backup = fields.flag("backup");
    fields.finish();
    match directory.node(name) {
        Ok(node) if directory.get(node).behaviour.is_some() => Some(Member { node, weight, backup }),
        Ok(node) => {
            let message =
                format!("`{name}` is {}, which nobody calls", directory.get(node).kind.with_article());
            context.problems.error(span.clone(), message);
            None
        }
        Err(refusal) => {
            context.problems.report(Severity::Error, span.clone(), refusal.problem, refusal.hint);
            None
        }
    }
}

/// Work is written once for all members, so it has to mean the same for each.
fn check_alike(context: Context, field: &Field, members: &[Member], directory: &Directory) {
    let Some((first, rest)) = members.split_first() else { return };
    let hands_over =
        |member: &Member| directory.get(member.node).behaviour.as_ref().is_some_and(|it| it.hands_over);
    let kind = |member: &Member| std::mem::discriminant(&directory.get(member.node).kind);
    let stands = |member: &Member| directory.get(member.node).on.is_some();
    for member in rest {
        let difference = if kind(member) != kind(first) {
            "are of different kinds"
        } else if hands_over(member) != hands_over(first) {
            "do not all hand over"
        } else if stands(member) != stands(first) {
            "do not all stand on a server"
        } else {
            continue;
        };
        let message = format!("the members of `{}` {difference}", field.name);
        let hint = "a visit's work has to mean the same whoever is picked";
        context.problems.error_with_hint(field.name_span.clone(), message, hint);
        return;
    }
}
