//! `links`: what lies between two nodes.

use super::model::{Link, NodeId};
use super::nodes::Directory;
use crate::document::problem::{Severity, listed};
use crate::document::value::{Field, Span, Value};
use crate::nodes::fields::{Context, Fields, parse_distribution, report_refusal};
use crate::nodes::setting::{Setting, Takes};
use crate::parts::distribution::Distribution;
use rustc_hash::FxHashSet;

pub const SETTINGS: &[Setting] = &[
    Setting::new("latency", Takes::Distribution, "0s", "spof: none", "the time a message travels, one way"),
    Setting::optional("jitter", Takes::Distribution, "added to each message's latency"),
    Setting::new("loss", Takes::Share, "0%", "spof: none", "share of messages lost and sent again"),
    Setting::optional("bandwidth", Takes::Bandwidth, "what the link carries"),
];

/// The links, and where the name of each stands.
pub fn read<'a>(context: Context<'a>, section: &'a [Field], directory: &Directory) -> (Vec<Link>, Vec<Span>) {
    let (mut links, mut places) = (Vec::new(), Vec::new());
    let mut joined: FxHashSet<(NodeId, NodeId)> = FxHashSet::default();
    for field in section {
        let settings = read_settings(context, field);
        let Some((from, to, both)) = read_ends(context, field, directory) else { continue };
        let mut directions = vec![(from, to)];
        if both {
            directions.push((to, from));
        }
        for (from, to) in directions {
            if !joined.insert((from, to)) {
                let message = format!(
                    "there is a link from `{}` to `{}` already",
                    directory.get(from).name,
                    directory.get(to).name
                );
                context.problems.error(field.name_span.clone(), message);
            }
            links.push(Link { from, to, ..settings.clone() });
            places.push(field.name_span.clone());
        }
    }
    (links, places)
}

/// The ends of `a -> b` or `a <-> b`, and whether it leads both ways.
fn read_ends(context: Context, field: &Field, directory: &Directory) -> Option<(NodeId, NodeId, bool)> {
    let (ends, both) = match (field.name.split_once("<->"), field.name.split_once("->")) {
        (Some(ends), _) => (ends, true),
        (None, Some(ends)) => (ends, false),
        (None, None) => {
            let message = format!("`{}` does not say between which nodes", field.name);
            context.problems.error_with_hint(field.name_span.clone(), message, "write `visitors -> nginx`");
            return None;
        }
    };
    let find = |name: &str| match directory.node(name.trim()) {
        Ok(id) => Some(id),
        Err(_) if directory.members_of(name.trim()).is_some() => {
            let message = format!("`{}` is a group, and a link leads from one node to another", name.trim());
            let hint =
                format!("write a link for each of its members: {}", member_links(ends, both, directory));
            context.problems.error_with_hint(field.name_span.clone(), message, hint);
            None
        }
        Err(refusal) => {
            context.problems.report(Severity::Error, field.name_span.clone(), refusal.problem, refusal.hint);
            None
        }
    };
    let (from, to) = (find(ends.0), find(ends.1));
    let (from, to) = (from?, to?);
    if from == to {
        context.problems.error(field.name_span.clone(), "a link leads from one node to another");
        return None;
    }
    Some((from, to, both))
}

/// The links that one from or to a group stands for.
fn member_links(ends: (&str, &str), both: bool, directory: &Directory) -> String {
    let members = |name: &str| match directory.members_of(name.trim()) {
        Some(members) => members.into_iter().map(str::to_owned).collect(),
        None => vec![name.trim().to_owned()],
    };
    let arrow = if both { "<->" } else { "->" };
    let (from, to): (Vec<String>, Vec<String>) = (members(ends.0), members(ends.1));
    let links: Vec<String> =
        from.iter().flat_map(|from| to.iter().map(move |to| format!("{from} {arrow} {to}"))).collect();
    listed(&links)
}

/// A link's settings; its ends are filled in later.
fn read_settings<'a>(context: Context<'a>, field: &'a Field) -> Link {
    let mut link = Link {
        from: NodeId(0),
        to: NodeId(0),
        latency: Distribution::Constant(0.0),
        jitter: None,
        loss: 0.0,
        bandwidth: None,
    };
    // A distribution alone is the latency.
    if let Value::Scalar(text) = &field.entry.value {
        match parse_distribution(context, text) {
            Ok(latency) => link.latency = latency,
            Err(refusal) => report_refusal(context, &field.entry, "latency", refusal),
        }
        return link;
    }
    let mut fields = Fields::new(context, format!("link `{}`", field.name), &field.entry, vec![SETTINGS]);
    fields.span = field.name_span.clone();
    if let Some(latency) = fields.optional_distribution("latency") {
        link.latency = latency;
    }
    link.jitter = fields.optional_distribution("jitter");
    link.loss = fields.share("loss");
    link.bandwidth = fields.optional_bandwidth("bandwidth");
    if link.loss >= 1.0 {
        let message = "a link that loses every message never delivers one";
        context.problems.error_with_hint(fields.place("loss"), message, "a share below 100%");
    }
    fields.finish();
    link
}
