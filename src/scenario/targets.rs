//! What a fault hits: `app`, one replica `app[2]` (or `app/2`), all of a group, a link `a -> b`, or a list.

use super::model::{FaultTarget, Link};
use super::nodes::Directory;
use crate::document::value::{Entry, Value};
use crate::nodes::NodeKind;
use crate::nodes::fields::{Context, Refusal, report_refusal};

pub const FORM: &str =
    "a node, one replica (the first is `app/0`), a group, a link `a -> b`, or a list of them";

/// What can be hit.
#[derive(Clone, Copy)]
pub struct Targets<'t, 'd> {
    pub context: Context<'t>,
    pub directory: &'t Directory<'d>,
    pub links: &'t [Link],
}

impl Targets<'_, '_> {
    /// All that an entry names; `None` if something there is wrong, which has been told.
    pub fn read(&self, name: &str, entry: &Entry) -> Option<Vec<FaultTarget>> {
        let entries = match &entry.value {
            Value::List(entries) => entries.as_slice(),
            _ => std::slice::from_ref(entry),
        };
        let mut targets = Vec::new();
        let mut good = true;
        for entry in entries {
            let read = match entry.scalar() {
                Some(text) => self.parse(text),
                None => {
                    Err(Refusal::new(format!("{} is no target", entry.describe()), format!("write {FORM}")))
                }
            };
            match read {
                Ok(read) => targets.extend(read),
                Err(refusal) => {
                    good = false;
                    report_refusal(self.context, entry, name, refusal);
                }
            }
        }
        if entries.is_empty() {
            let refusal = Refusal::new("this list names nothing", format!("write {FORM}"));
            report_refusal(self.context, entry, name, refusal);
            return None;
        }
        let mut seen = rustc_hash::FxHashSet::default();
        if let Some(place) = targets.iter().position(|target| !seen.insert(*target)) {
            let message = "something stands twice in this list";
            let place = entries.get(place).unwrap_or(entry).span.clone();
            self.context.problems.error_with_hint(place, message, "name each once");
            return None;
        }
        good.then_some(targets)
    }

    fn parse(&self, text: &str) -> Result<Vec<FaultTarget>, Refusal> {
        if let Some((from, to)) = text.split_once("<->") {
            return Ok(vec![self.link(from, to)?, self.link(to, from)?]);
        }
        if let Some((from, to)) = text.split_once("->") {
            return Ok(vec![self.link(from, to)?]);
        }
        let (name, replica) = match text.split_once(['[', '/']) {
            Some((name, rest)) => (name.trim(), Some(rest.trim_end_matches(']').trim())),
            None => (text.trim(), None),
        };
        if let (Some(&group), None) = (self.directory.group_ids.get(name), replica) {
            let members = &self.directory.group_members[group as usize];
            return Ok(members.iter().map(|&id| FaultTarget::Node(id)).collect());
        }
        let id = self.directory.node(name)?;
        let node = self.directory.get(id);
        if let NodeKind::User(_) = node.kind {
            let problem = format!("`{name}` is a user, and nothing happens to users");
            return Err(Refusal::new(problem, "hit what they visit, or the link on the way"));
        }
        let Some(replica) = replica else { return Ok(vec![FaultTarget::Node(id)]) };
        match replica.parse::<u32>() {
            Ok(replica) if replica < node.replicas => Ok(vec![FaultTarget::Replica(id, replica)]),
            _ => {
                let hint = match node.replicas {
                    1 => format!("there is only one: `{name}`"),
                    count => format!("they are `{name}/0` to `{name}/{}`", count - 1),
                };
                Err(Refusal::new(format!("`{name}` has no replica {replica}"), hint))
            }
        }
    }

    /// The declared link, or the one of the other direction where there is none for this.
    fn link(&self, from: &str, to: &str) -> Result<FaultTarget, Refusal> {
        let (from, to) = (from.trim(), to.trim());
        let ends = (self.directory.node(from)?, self.directory.node(to)?);
        let find = |from, to| self.links.iter().position(|link| link.from == from && link.to == to);
        match find(ends.0, ends.1).or_else(|| find(ends.1, ends.0)) {
            Some(link) => Ok(FaultTarget::Link(link as u32)),
            None => {
                let problem = format!("there is no link from `{from}` to `{to}`");
                Err(Refusal::new(problem, format!("declare it: `links: {{ {from} -> {to}: 0.1ms }}`")))
            }
        }
    }
}
