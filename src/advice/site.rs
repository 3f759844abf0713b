//! A scenario with the document that it was read from, so that changes of it can be said in settings.

use super::change::as_settings;
use crate::document::problem::Severity;
use crate::document::value::{Entry, Value};
use crate::nodes::fields::Origin;
use crate::scenario::check::SECTIONS;
use crate::scenario::faults::VERBS;
use crate::scenario::given::Given;
use crate::scenario::load::{Loaded, NodeSettings};
use crate::scenario::model::{Node, NodeId, Scenario};

#[derive(Clone, Debug)]
pub struct Site {
    /// The text as it was read, with what was set before anything was tried.
    given: Given,
    pub scenario: Scenario,
    document: Entry,
    in_force: Vec<NodeSettings>,
}

impl Site {
    /// Nothing if it has errors.
    pub fn of(given: &Given, settings: &[(String, String)], loaded: &Loaded) -> Option<Site> {
        let all = given.settings_with(settings);
        Some(Site {
            given: given.as_read(loaded.source.text(), all),
            scenario: loaded.scenario.clone()?,
            document: loaded.document.clone()?,
            in_force: loaded.settings_in_force.clone(),
        })
    }

    /// The text as it was read, with what was set before, and more settings.
    pub fn given_with(&self, more: &[(String, String)]) -> Given {
        self.given.with(more)
    }

    /// Each node's settings as they hold.
    pub fn settings_in_force(&self) -> &[NodeSettings] {
        &self.in_force
    }

    /// The scenario's file, without its folder.
    pub fn file(&self) -> String {
        let path = self.given.path();
        path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
    }

    /// What was set before, as it is typed.
    pub fn settings(&self) -> Vec<String> {
        let all = self.given.settings_with(&[]);
        all.iter().map(|(path, value)| format!("{path}={value}")).collect()
    }

    /// With these settings besides, checked as any scenario is; the error is what is wrong with it.
    pub fn changed<'s>(&self, settings: impl IntoIterator<Item = &'s String>) -> Result<Scenario, String> {
        let loaded = self.given.load(&as_settings(settings)).map_err(|error| error.to_string())?;
        let wrong = loaded.problems.into_iter().find(|problem| problem.severity == Severity::Error);
        loaded
            .scenario
            .ok_or_else(|| wrong.map_or_else(|| "it is no scenario".to_owned(), |wrong| wrong.message))
    }

    /// The same scenario with a change in it.
    pub fn with<'s>(&self, settings: impl IntoIterator<Item = &'s String>) -> Option<Site> {
        let settings = as_settings(settings);
        let loaded = self.given.load(&settings).ok()?;
        Site::of(&self.given, &settings, &loaded)
    }

    pub fn node(&self, node: usize) -> &Node {
        &self.scenario.nodes[node]
    }

    pub fn node_named(&self, name: &str) -> Option<usize> {
        self.scenario.nodes.iter().position(|node| node.name == name)
    }

    /// The nodes that stand on a host.
    pub fn hosted(&self, host: usize) -> Vec<usize> {
        let stands = |node: &usize| self.node(*node).on == Some(NodeId(host as u32));
        (0..self.scenario.nodes.len()).filter(stands).collect()
    }

    /// The nodes that call one, in the order of the file.
    pub fn callers(&self, node: usize) -> Vec<usize> {
        self.ends().filter(|(_, to)| *to == node).map(|(from, _)| from).collect()
    }

    /// The nodes that one calls.
    pub fn called_by(&self, node: usize) -> Vec<usize> {
        self.ends().filter(|(from, _)| *from == node).map(|(_, to)| to).collect()
    }

    fn ends(&self) -> impl Iterator<Item = (usize, usize)> {
        let graph = &self.scenario.graph;
        let ends = graph.edge_indices().filter_map(|edge| graph.edge_endpoints(edge));
        let mut ends: Vec<(usize, usize)> =
            ends.map(|(from, to)| (graph[from].0 as usize, graph[to].0 as usize)).collect();
        ends.sort_unstable();
        ends.dedup();
        ends.into_iter()
    }

    /// A setting of a node as it holds: `workers`, `pool.size`.
    pub fn in_force(&self, node: usize, setting: &str) -> Option<&str> {
        let held = self.in_force.get(node)?.settings.iter().find(|held| held.setting == setting);
        held.map(|held| held.value.as_str())
    }

    /// Whether somebody has written anything for it, or for a part of it.
    pub fn is_given(&self, node: usize, setting: &str) -> bool {
        let held = self.in_force.get(node).into_iter().flat_map(|node| &node.settings);
        let is_it = |name: &str| {
            name == setting || name.strip_prefix(setting).is_some_and(|rest| rest.starts_with('.'))
        };
        held.filter(|held| held.origin == Origin::Given).any(|held| is_it(&held.setting))
    }

    /// `gunicorn.workers=8`; a node that is called as a section is named in full.
    pub fn setting(&self, node: usize, name: &str, value: impl std::fmt::Display) -> String {
        let node = &self.node(node).name;
        let is_section = SECTIONS.iter().any(|section| section.name == node);
        format!("{}{node}.{name}={value}", if is_section { "nodes." } else { "" })
    }

    /// The path of a link, whichever way it is written.
    pub fn link_path(&self, link: usize) -> Option<String> {
        let link = &self.scenario.links[link];
        let [from, to] = [link.from, link.to].map(|end| self.node(end.0 as usize).name.as_str());
        let joins = |name: &str| match (name.split_once("<->"), name.split_once("->")) {
            (Some((one, other)), _) => {
                let ends = (one.trim(), other.trim());
                ends == (from, to) || ends == (to, from)
            }
            (None, Some((one, other))) => (one.trim(), other.trim()) == (from, to),
            (None, None) => false,
        };
        let mut names = self.entry(&["links"])?.table()?.names();
        names.find(|name| joins(name) && !name.contains('.')).map(|name| format!("links.{name}"))
    }

    pub fn entry(&self, path: &[&str]) -> Option<&Entry> {
        path.iter().try_fold(&self.document, |entry, name| match &entry.value {
            Value::Table(table) => table.get(name).map(|field| &field.entry),
            Value::List(entries) => entries.get(name.parse::<usize>().ok()?),
            _ => None,
        })
    }

    /// What a fault of the timeline has to hit instead, where it hits all of a node that there is to be
    /// one more of: of two machines one breaks.
    pub fn hit_one_of(&self, node: usize) -> Vec<String> {
        let name = self.node(node).name.as_str();
        let Some(Value::List(entries)) = self.entry(&["timeline"]).map(|entry| &entry.value) else {
            return Vec::new();
        };
        let mut settings = Vec::new();
        for (number, entry) in entries.iter().enumerate() {
            let fields = entry.table().map_or(&[][..], |table| &table.fields);
            // What is planned is done to all of them.
            if fields.iter().any(|field| field.name == "maintain") {
                continue;
            }
            let faults = fields.iter().filter(|field| VERBS.iter().any(|(verb, _)| *verb == field.name));
            for field in faults {
                let path = format!("timeline.{number}.{}", field.name);
                match &field.entry.value {
                    Value::Scalar(target) if target.trim() == name => {
                        settings.push(format!("{path}={name}/0"))
                    }
                    Value::List(targets) => {
                        let is_it = |entry: &Entry| entry.scalar().is_some_and(|text| text.trim() == name);
                        let hit = targets.iter().enumerate().filter(|(_, entry)| is_it(entry));
                        settings.extend(hit.map(|(place, _)| format!("{path}.{place}={name}/0")));
                    }
                    _ => {}
                }
            }
        }
        settings
    }
}
