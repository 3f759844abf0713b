//! Paths: who calls whom.
//!
//! Each element of a path is called by the one before it, which holds its slot meanwhile,
//! or hands the visit over if that is how the node works. After `parallel` the caller
//! goes on, since there is no single node that could.

use super::model::{Call, Group, Parallel, Stage, Target, Work};
use super::nodes::Directory;
use super::work::{self, Place};
use crate::document::problem::Severity;
use crate::document::value::{Entry, Span, Value};
use crate::nodes::NodeKind;
use crate::nodes::fields::{Context, Refusal, report_refusal};
use crate::parts::quantity;

/// Calls are not nested deeper than this.
const NESTING_MAX: usize = 100;

#[derive(Clone, Copy)]
pub struct PathReader<'a, 'd> {
    pub context: Context<'a>,
    pub directory: &'d Directory<'a>,
    pub groups: &'d [Group],
}

const ELEMENT_HINT: &str =
    "an element is `nginx`, `nginx: 2ms`, `nginx: { calls: [ … ] }` or `parallel: [ … ]`";

impl<'a, 'd> PathReader<'a, 'd> {
    /// The stages of a path's first caller.
    pub fn read(&self, entry: &'a Entry) -> Vec<Stage> {
        let stages = match self.elements(entry, "path") {
            Some(elements) => self.chain(elements, 0),
            None => return Vec::new(),
        };
        if stages.is_empty() && !self.context.problems.has_errors() {
            let hint = "name at least one node: `path: [ nginx ]`";
            self.context.problems.error_with_hint(entry.span.clone(), "this path leads nowhere", hint);
        }
        stages
    }

    /// A list; a lone name is a list of one.
    fn elements(&self, entry: &'a Entry, what: &str) -> Option<&'a [Entry]> {
        match &entry.value {
            Value::List(entries) => Some(entries),
            Value::Scalar(_) => Some(std::slice::from_ref(entry)),
            Value::Null | Value::Table(_) => {
                let message = format!("`{what}` takes a list of calls, not {}", entry.describe());
                self.context.problems.error_with_hint(entry.span.clone(), message, ELEMENT_HINT);
                None
            }
        }
    }

    /// Elements of which each is called by the one before.
    fn chain(&self, elements: &'a [Entry], depth: usize) -> Vec<Stage> {
        let Some((first, rest)) = elements.split_first() else { return Vec::new() };
        if depth + elements.len() > NESTING_MAX {
            let message = format!("calls are nested more than {NESTING_MAX} deep here");
            self.context.problems.error(first.span.clone(), message);
            return Vec::new();
        }
        match self.stage(first, depth) {
            None => {
                // What follows is read for its mistakes only.
                self.chain(rest, depth + 1);
                Vec::new()
            }
            Some(Stage::Parallel(parallel)) => {
                let mut stages = vec![Stage::Parallel(parallel)];
                stages.extend(self.chain(rest, depth + 1));
                stages
            }
            Some(Stage::Call(mut call)) => {
                let onward = self.chain(rest, depth + 1);
                if self.hands_over(call.target) {
                    call.hand_over = self.handed_over(onward, rest);
                } else {
                    call.stages.extend(onward);
                }
                vec![Stage::Call(call)]
            }
        }
    }

    /// Where a visit moves on to: one call.
    fn handed_over(&self, onward: Vec<Stage>, rest: &[Entry]) -> Option<Box<Call>> {
        let mut onward = onward.into_iter();
        match (onward.next(), onward.next()) {
            (None, _) => None,
            (Some(Stage::Call(call)), None) => Some(Box::new(call)),
            _ => {
                self.context.problems.error_with_hint(
                    rest[0].span.clone(),
                    "a visit moves on from a station to one node, not to several",
                    "give the station `hands_over: false`, so that it waits for them",
                );
                None
            }
        }
    }

    fn stage(&self, element: &'a Entry, depth: usize) -> Option<Stage> {
        match &element.value {
            Value::Scalar(name) => self.call(name, &element.span, None, depth),
            Value::Table(table) => {
                if let Some(parallel) = table.get("parallel") {
                    for field in &table.fields {
                        if field.name != "parallel" && field.name != "first" {
                            let message = format!("`parallel` has no setting `{}`", field.name);
                            let hint =
                                "beside it only `first: 2` may stand: it goes on after so many answers";
                            self.context.problems.error_with_hint(field.name_span.clone(), message, hint);
                        }
                    }
                    let first = table.get("first").map(|field| &field.entry);
                    return self.parallel(&parallel.entry, first, depth);
                }
                match &table.fields[..] {
                    [field] => self.call(&field.name, &field.name_span, Some(&field.entry), depth),
                    _ => {
                        self.refuse(element, "an element of a path names one node");
                        None
                    }
                }
            }
            Value::Null | Value::List(_) => {
                self.refuse(element, &format!("an element of a path is not {}", element.describe()));
                None
            }
        }
    }

    fn call(&self, name: &'a str, span: &Span, entry: Option<&'a Entry>, depth: usize) -> Option<Stage> {
        let target = self.target(name, span)?;
        let node = self.directory.get(self.directory_node(target)?);
        let default = self.directory.works[self.directory_node(target)?.0 as usize];
        let place = Place {
            name,
            plain_is_cpu: node.on.is_some()
                && !matches!(node.kind, NodeKind::Station(_) | NodeKind::Storage(_) | NodeKind::Dns(_)),
            has_host: node.on.is_some(),
        };
        static NOTHING: Entry = Entry { value: Value::Null, span: 0..0 };
        let written = work::read(self.context, entry.unwrap_or(&NOTHING), default, place);
        let mut stages = Vec::new();
        if let Some(calls) = written.calls {
            for element in self.elements(calls, "calls").unwrap_or_default() {
                stages.extend(self.branch(element, depth + 1));
            }
        }
        if written.write && !matches!(node.kind, NodeKind::Database(_)) {
            let message = format!("`{name}` is no database, so it has no queries");
            self.context.problems.error(span.clone(), message);
        }
        Some(Stage::Call(Call {
            target,
            work: written.work,
            times: written.times,
            chance: written.chance,
            optional: written.optional,
            write: written.write,
            stages,
            afterwards: written.afterwards,
            hand_over: None,
        }))
    }

    /// One of several calls: an element, or a list of elements that call each other.
    fn branch(&self, element: &'a Entry, depth: usize) -> Vec<Stage> {
        match &element.value {
            Value::List(elements) => self.chain(elements, depth),
            _ => self.chain(std::slice::from_ref(element), depth),
        }
    }

    fn parallel(&self, entry: &'a Entry, first: Option<&'a Entry>, depth: usize) -> Option<Stage> {
        let mut calls = Vec::new();
        for element in self.elements(entry, "parallel")? {
            let mut stages = self.branch(element, depth + 1).into_iter();
            match (stages.next(), stages.next()) {
                (Some(Stage::Call(call)), None) => calls.push(call),
                (None, _) => {}
                _ => self.refuse(element, "a branch of `parallel` begins with one call"),
            }
        }
        let first = first.and_then(|entry| {
            let count = entry.scalar().map(quantity::parse_count);
            match count {
                Some(Ok(count)) if (1..=1_000_000).contains(&count) => Some(count as u32),
                _ => {
                    let refusal = Refusal::new("`first` takes a whole number from 1", "`first: 2`");
                    report_refusal(self.context, entry, "", refusal);
                    None
                }
            }
        });
        if calls.is_empty() {
            if !self.context.problems.has_errors() {
                self.refuse(entry, "`parallel` has no calls");
            }
            return None;
        }
        Some(Stage::Parallel(Parallel { calls, first }))
    }

    /// The node or group of this name, if it can be called.
    pub fn target(&self, name: &str, span: &Span) -> Option<Target> {
        if let Some(group) = self.directory.group_ids.get(name) {
            return Some(Target::Group(*group));
        }
        let Some(id) = self.directory.node_ids.get(name).copied() else {
            let hint = match name {
                "first" => {
                    Some("`first` stands beside `parallel`: `{ parallel: [ … ], first: 2 }`".to_string())
                }
                _ => without_colon(name, |node| self.directory.node_ids.contains_key(node))
                    .or_else(|| self.directory.suggest(name, self.groups)),
            };
            self.context.problems.report(
                Severity::Error,
                span.clone(),
                format!("there is no node `{name}`"),
                hint,
            );
            return None;
        };
        let node = self.directory.get(id);
        let hint = match node.kind {
            NodeKind::User(_) => "a path begins with the first node that the user calls",
            NodeKind::Server(_) => "call what stands on it",
            _ => return Some(Target::Node(id)),
        };
        let message = format!("`{name}` is {}, which nobody calls", node.kind.with_article());
        self.context.problems.error_with_hint(span.clone(), message, hint);
        None
    }

    /// The node itself, or one that stands for its group.
    pub fn directory_node(&self, target: Target) -> Option<super::model::NodeId> {
        match target {
            Target::Node(id) => Some(id),
            Target::Group(group) => self.groups[group as usize].members.first().map(|member| member.node),
        }
    }

    fn hands_over(&self, target: Target) -> bool {
        self.directory_node(target)
            .and_then(|id| self.directory.get(id).behaviour.as_ref())
            .is_some_and(|behaviour| behaviour.hands_over)
    }

    fn refuse(&self, entry: &Entry, message: &str) {
        self.context.problems.error_with_hint(entry.span.clone(), message, ELEMENT_HINT);
    }
}

/// The work of a stop of a walk, which is always the stop's own.
pub fn stop_work<'a>(
    reader: &PathReader<'a, '_>,
    target: Target,
    name: &str,
    entry: Option<&'a Entry>,
) -> Work {
    static NOTHING: Entry = Entry { value: Value::Null, span: 0..0 };
    let default = reader.directory_node(target).and_then(|id| reader.directory.works[id.0 as usize]);
    let place = Place { name, plain_is_cpu: false, has_host: false };
    work::read(reader.context, entry.unwrap_or(&NOTHING), default, place).work
}

/// `nginx 0.2ms`, where a colon has been forgotten.
fn without_colon(written: &str, is_node: impl Fn(&str) -> bool) -> Option<String> {
    let (node, work) = written.split_once(' ')?;
    is_node(node).then(|| format!("write `{node}: {}`", work.trim()))
}
