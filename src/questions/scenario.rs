//! A scenario that has been read and checked, together with what it was read from, so that the same
//! with other settings can be had.

use super::error::{Error, Mistakes};
use crate::advice::Site;
use crate::document::lines::in_lines;
use crate::document::problem::{Look, Problem, render};
use crate::document::source::Source;
use crate::document::value::Value;
use crate::scenario::given::{Given, Settings};
use crate::scenario::load::{Loaded, in_force, load_text};
use crate::scenario::model;
use std::path::Path;

/// Reads a scenario file (YAML, TOML or JSON) and checks all of it.
pub fn load(path: impl AsRef<Path>) -> Result<Scenario, Error> {
    Scenario::given(&Given::from(path.as_ref()))
}

/// A checked scenario: nothing in it can fail any more.
#[derive(Clone, Debug)]
pub struct Scenario {
    site: Site,
    source: Source,
    warnings: Vec<Problem>,
}

impl Scenario {
    /// Reads a text. Files that it names are not found.
    pub fn parse(text: &str) -> Result<Scenario, Error> {
        let given = Given::of_text(Path::new("scenario"), text, Settings::new());
        Scenario::of(&given, load_text("scenario", text, &[]))
    }

    /// As somebody gives it: a file, or a text beside which files are looked for.
    pub(crate) fn given(given: &Given) -> Result<Scenario, Error> {
        let unreadable = |error| Error::Unreadable { path: given.path().to_owned(), error };
        Scenario::of(given, given.load(&[]).map_err(unreadable)?)
    }

    /// What it was read from is kept: the file may change.
    fn of(given: &Given, loaded: Loaded) -> Result<Scenario, Error> {
        let site = Site::of(given, &[], &loaded);
        let Loaded { problems, source, .. } = loaded;
        match site {
            Some(site) => Ok(Scenario { site, source, warnings: problems }),
            None => Err(Error::Mistakes(Box::new(Mistakes::new(source, problems)))),
        }
    }

    /// The same with another value for a setting, both as they stand in a file:
    /// `("gunicorn.workers", 8)`, `("run.duration", "10m")`.
    pub fn with(&self, path: impl ToString, value: impl ToString) -> Result<Scenario, Error> {
        self.with_all([(path, value)])
    }

    /// The same with several other values, which have to make sense together only.
    pub fn with_all<Path: ToString, Value: ToString>(
        &self,
        settings: impl IntoIterator<Item = (Path, Value)>,
    ) -> Result<Scenario, Error> {
        let more = settings.into_iter().map(|(path, value)| (path.to_string(), value.to_string()));
        Scenario::given(&self.site.given_with(&more.collect::<Settings>()))
    }

    /// The same with more entries at the end of its timeline.
    pub(crate) fn with_timeline(&self, entries: impl Iterator<Item = String>) -> Result<Scenario, Error> {
        let there = match self.site.entry(&["timeline"]).map(|entry| &entry.value) {
            Some(Value::List(there)) => there.len(),
            _ => 0,
        };
        let added = entries.enumerate().map(|(place, entry)| (format!("timeline.{}", there + place), entry));
        let added: Settings = added.collect();
        if added.is_empty() { Ok(self.clone()) } else { self.with_all(added) }
    }

    /// What its file calls it.
    pub fn name(&self) -> &str {
        &self.model().name
    }

    /// The seed of all chance.
    pub fn seed(&self) -> u64 {
        self.model().run.seed
    }

    /// A node's setting as it holds, whether it was given or is a default: `gunicorn.workers`.
    pub fn setting(&self, path: &str) -> Option<&str> {
        in_force(self.site.settings_in_force(), path)
    }

    /// All settings of nodes as they hold: node, setting and value.
    pub fn settings(&self) -> impl Iterator<Item = (&str, &str, &str)> {
        self.site.settings_in_force().iter().flat_map(|node| {
            let name = node.node.as_str();
            node.settings.iter().map(move |held| (name, held.setting.as_str(), held.value.as_str()))
        })
    }

    /// It as a file would have it, with all that was set; remarks are lost. A law of a program is named
    /// in it, and what reads it back without the program refuses to go on.
    pub fn to_yaml(&self) -> String {
        self.site.entry(&[]).map(in_lines).unwrap_or_default()
    }

    /// What is doubtful in it, as a terminal shows it; empty if nothing is.
    pub fn warnings(&self) -> String {
        render(&self.source, &self.warnings, Look::default())
    }

    pub(crate) fn model(&self) -> &model::Scenario {
        &self.site.scenario
    }

    pub(crate) fn site(&self) -> &Site {
        &self.site
    }
}
