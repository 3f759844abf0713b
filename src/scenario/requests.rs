//! `requests`: the classes of requests that users send.

use super::model::{Flow, Group, NodeId, RequestClass};
use super::nodes::Directory;
use super::paths::PathReader;
use super::walks;
use crate::document::problem::Severity;
use crate::document::value::{Entry, Field, Value};
use crate::nodes::NodeKind;
use crate::nodes::fields::{Context, Fields, Refusal, report_refusal};
use crate::nodes::setting::{Setting, Takes};
use rustc_hash::FxHashSet;

pub const SETTINGS: &[Setting] = &[
    Setting::optional(
        "share",
        Takes::Share,
        "its share of what its users send; what is left over is shared alike",
    ),
    Setting::optional(
        "from",
        Takes::Form("a user or a list of users"),
        "the users that send it; all if not given",
    ),
    Setting::optional(
        "path",
        Takes::Form("a list of calls such as `[ nginx: 0.2ms, gunicorn: exp(6ms) ]`"),
        "who calls whom",
    ),
    Setting::optional(
        "route",
        Takes::Form("a table of stops with where the request goes from each"),
        "a walk by chance (instead of `path`)",
    ),
    Setting::optional("objective", Takes::Duration, "a good answer that took longer does not count as good"),
    Setting::new("request_size", Takes::Size, "1kB", "spof: a URL with its headers", "what is sent"),
    Setting::new("response_size", Takes::Size, "10kB", "spof: a small page", "what comes back"),
    Setting::new(
        "method",
        Takes::Word(METHODS),
        "GET",
        "spof",
        "a proxy sends POST, LOCK and PATCH only once",
    ),
    Setting::new(
        "priority",
        Takes::Whole(0, 255),
        "0",
        "spof",
        "the lowest goes first where a line goes by priority",
    ),
];

const METHODS: &[&str] = &["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "LOCK"];

/// Each class has statistics of its own, and may come from every user.
const CLASSES_MAX: usize = 1_000;
const USERS_MAX: usize = 10_000;

/// Shares that miss one by no more than this are taken as rounded.
const SUM_TOLERANCE: f64 = 1e-3;

pub fn read<'a>(
    context: Context<'a>,
    section: &'a [Field],
    directory: &Directory<'a>,
    groups: &[Group],
) -> Vec<RequestClass> {
    let reader = PathReader { context, directory, groups };
    let users: Vec<NodeId> = (0..directory.nodes.len() as u32)
        .map(NodeId)
        .filter(|id| matches!(directory.get(*id).kind, NodeKind::User(_)))
        .collect();
    let mut classes = Vec::new();
    // A share that is not given is told from one of nothing until all are known.
    let mut shares = Vec::new();
    if section.len() > CLASSES_MAX || users.len() > USERS_MAX {
        let message =
            format!("a scenario has at most {CLASSES_MAX} request classes and {USERS_MAX} user nodes");
        context.problems.error_with_hint(0..0, message, "one user node stands for any number of clients");
        return classes;
    }
    for field in section {
        let (class, share) = read_class(&reader, field, &users);
        classes.push(class);
        shares.push(share);
    }
    share_the_rest(&mut classes, &shares, directory.nodes.len());
    check_shares(context, section, directory, &classes, &users);
    if classes.is_empty() && !context.problems.has_errors() {
        let hint = "add one: `page: { path: [ nginx: 2ms ] }`";
        context.problems.error_with_hint(0..0, "the scenario has no requests", hint);
    }
    classes
}

fn read_class<'a>(
    reader: &PathReader<'a, '_>,
    field: &'a Field,
    users: &[NodeId],
) -> (RequestClass, Option<f64>) {
    let context = reader.context;
    let mut fields = Fields::new(context, format!("`{}`", field.name), &field.entry, vec![SETTINGS]);
    fields.span = field.name_span.clone();
    let share = fields.optional_share("share");
    let from = match fields.form("from") {
        Some(entry) => read_users(context, entry, reader.directory),
        None => users.to_vec(),
    };
    let flow = match (fields.form("path"), fields.form("route")) {
        (Some(path), None) => Flow::Calls(reader.read(path)),
        (None, Some(route)) => match walks::read(reader, route) {
            Some(walk) => Flow::Walk(walk),
            None => Flow::Calls(Vec::new()),
        },
        (path, _) => {
            let message = match path {
                Some(_) => format!("`{}` has both a `path` and a `route`", field.name),
                None => format!("`{}` has no `path`", field.name),
            };
            let hint = "say who calls whom: `path: [ nginx: 0.2ms, gunicorn: exp(6ms) ]`";
            context.problems.error_with_hint(field.name_span.clone(), message, hint);
            Flow::Calls(Vec::new())
        }
    };
    let method = METHODS[fields.word("method")];
    let class = RequestClass {
        name: field.name.clone(),
        share: share.unwrap_or(0.0),
        from,
        flow,
        objective: fields.optional_duration("objective"),
        request_bytes: fields.optional_size("request_size").unwrap_or(0),
        response_bytes: fields.optional_size("response_size").unwrap_or(0),
        idempotent: !matches!(method, "POST" | "PATCH" | "LOCK"),
        cacheable: matches!(method, "GET" | "HEAD"),
        priority: fields.whole("priority") as u8,
    };
    fields.finish();
    (class, share)
}

fn read_users(context: Context, entry: &Entry, directory: &Directory) -> Vec<NodeId> {
    let entries = match &entry.value {
        Value::List(entries) => entries.as_slice(),
        _ => std::slice::from_ref(entry),
    };
    let mut users = Vec::new();
    let mut seen = FxHashSet::default();
    for entry in entries {
        let Some(name) = entry.scalar() else {
            let refusal = Refusal::new("`from` takes the name of a user", "`from: visitors`");
            report_refusal(context, entry, "", refusal);
            continue;
        };
        match directory.node_ids.get(name) {
            Some(id) if matches!(directory.get(*id).kind, NodeKind::User(_)) => {
                if seen.insert(*id) {
                    users.push(*id);
                }
            }
            Some(id) => {
                let message = format!(
                    "`{name}` is {}; requests come from a `user`",
                    directory.get(*id).kind.with_article()
                );
                context.problems.error(entry.span.clone(), message);
            }
            None => {
                let message = format!("there is no user `{name}`");
                let hint = directory.suggest(name, &[]);
                context.problems.report(Severity::Error, entry.span.clone(), message, hint);
            }
        }
    }
    users
}

/// Classes without a share divide what the others of their user leave.
fn share_the_rest(classes: &mut [RequestClass], shares: &[Option<f64>], nodes: usize) {
    let mut given = vec![0.0; nodes];
    let mut others = vec![0_u32; nodes];
    for (class, share) in classes.iter().zip(shares) {
        for user in &class.from {
            given[user.0 as usize] += share.unwrap_or(0.0);
            others[user.0 as usize] += u32::from(share.is_none());
        }
    }
    for (class, share) in classes.iter_mut().zip(shares) {
        if let (None, Some(user)) = (share, class.from.first()) {
            let (given, others) = (given[user.0 as usize], others[user.0 as usize]);
            class.share = f64::max(1.0 - given, 0.0) / f64::from(others);
        }
    }
}

fn check_shares(
    context: Context,
    section: &[Field],
    directory: &Directory,
    classes: &[RequestClass],
    users: &[NodeId],
) {
    if classes.is_empty() {
        return;
    }
    // Each user's sum of shares, and the last of its classes.
    let mut sums = vec![(0.0, None); directory.nodes.len()];
    for (number, class) in classes.iter().enumerate() {
        for user in &class.from {
            let (sum, last) = &mut sums[user.0 as usize];
            *sum += class.share;
            *last = Some(number);
        }
    }
    for user in users {
        let (sum, last) = sums[user.0 as usize];
        let name = &directory.get(*user).name;
        let Some(last) = last else {
            let hint = "add it to a class's `from`, or leave it out";
            let message = format!("no request class comes from `{name}`");
            context.problems.error_with_hint(directory.places[user.0 as usize].clone(), message, hint);
            continue;
        };
        if sum <= 0.0 {
            let message = format!("the classes that `{name}` sends have a share of nothing");
            context.problems.error(section[last].name_span.clone(), message);
        } else if (sum - 1.0).abs() > SUM_TOLERANCE {
            let message = format!("the shares of what `{name}` sends add up to {:.4}%", sum * 100.0);
            context.problems.warning(
                section[last].name_span.clone(),
                message.replace(".0000%", "%"),
                "they are taken in proportion to each other",
            );
        }
    }
}
