//! Loads a scenario file: the only way in.

use super::check;
use super::files::Files;
use super::model::Scenario;
use crate::document::problem::{Look, Problem, Problems, Severity, render};
use crate::document::source::Source;
use crate::document::value::{Entry, Value};
use crate::document::{self, overrides};
use crate::nodes::fields::InForce;
use crate::parts::laws::Laws;
use std::io::Read;
use std::path::Path;

/// What has come of a scenario file.
#[derive(Debug)]
pub struct Loaded {
    /// Whether it was meant to be one, though it may have errors.
    pub is_like_a_scenario: bool,
    /// There is one if there are no errors.
    pub scenario: Option<Scenario>,
    /// Errors and warnings in the order of the file.
    pub problems: Vec<Problem>,
    pub source: Source,
    /// Each node's settings as they hold, in the order of the file.
    pub settings_in_force: Vec<NodeSettings>,
    /// What was read, with all overrides in it, if it could be read at all.
    pub document: Option<Entry>,
}

/// A node's settings with where each comes from.
#[derive(Clone, Debug)]
pub struct NodeSettings {
    pub node: String,
    pub kind: &'static str,
    pub settings: Vec<InForce>,
}

impl Loaded {
    /// A setting of a node as it holds, by its path.
    pub fn in_force(&self, path: &str) -> Option<&str> {
        in_force(&self.settings_in_force, path)
    }
}

/// A setting of a node as it holds, by its path: `gunicorn.workers`, `nodes.gunicorn.workers`.
pub fn in_force<'n>(nodes: &'n [NodeSettings], path: &str) -> Option<&'n str> {
    let path = path.strip_prefix("nodes.").unwrap_or(path);
    nodes.iter().find_map(|node| {
        let setting = path.strip_prefix(node.node.as_str())?.strip_prefix('.')?;
        node.settings.iter().find(|held| held.setting == setting).map(|held| held.value.as_str())
    })
}

/// Loads a file. Each override is a path and a value: `nodes.gunicorn.workers`, `8`.
/// The error is that the file itself cannot be read.
pub fn load(path: &Path, overrides: &[(String, String)]) -> std::io::Result<Loaded> {
    // One byte more than is allowed is enough to know that a file is too large.
    let mut bytes = Vec::new();
    std::fs::File::open(path)?.take(document::SIZE_MAX as u64 + 1).read_to_end(&mut bytes)?;
    let files = Files::beside(path);
    Ok(load_from(&path.display().to_string(), bytes, overrides, &files, None))
}

/// Loads a text that stands for a file: other files are looked for beside that.
pub fn load_instead(path: &Path, text: &str, overrides: &[(String, String)]) -> Loaded {
    load_from(&path.display().to_string(), text.as_bytes().to_vec(), overrides, &Files::beside(path), None)
}

/// Loads a text; files that it names are not found.
pub fn load_text(name: &str, text: &str, overrides: &[(String, String)]) -> Loaded {
    load_from(name, text.as_bytes().to_vec(), overrides, &Files::none(), None)
}

/// Loads a text that a program has put together, with the laws it has brought along. Whoever wrote
/// the program has never seen the text, so that places in it are told as paths. Files that it names
/// are looked for where the program runs.
pub fn load_built(name: &str, text: &str, laws: &Laws, overrides: &[(String, String)]) -> Loaded {
    load_from(name, text.as_bytes().to_vec(), overrides, &Files::beside(Path::new("")), Some(laws))
}

fn load_from(
    name: &str,
    bytes: Vec<u8>,
    overrides: &[(String, String)],
    files: &Files,
    laws: Option<&Laws>,
) -> Loaded {
    let problems = Problems::default();
    let text = String::from_utf8(bytes).unwrap_or_else(|error| {
        let offset = error.utf8_error().valid_up_to();
        problems.error_with_hint(offset..offset + 1, "this is not UTF-8", "save the file as UTF-8");
        String::from_utf8_lossy(error.as_bytes()).into_owned()
    });
    let mut source = Source::new(name, text);
    let mut root = if problems.has_errors() { None } else { document::read(&source, &problems) };
    let is_like_a_scenario = is_like_a_scenario(root.as_ref(), source.text());
    // What is no table has no sections to check, and telling of each that it is not there
    // would not help.
    root = root.filter(|root| is_table(root, &problems));
    if let (Some(root), Some(_)) = (&root, laws) {
        source.name_places(root);
    }
    if let Some(root) = &mut root {
        let sections: Vec<&str> = check::SECTIONS.iter().map(|section| section.name).collect();
        overrides::apply(root, &mut source, overrides, &sections, &problems);
    }
    let mut loaded = Loaded {
        is_like_a_scenario,
        scenario: None,
        problems: Vec::new(),
        source,
        settings_in_force: Vec::new(),
        document: None,
    };
    if let Some(root) = &root {
        let (scenario, settings) =
            check::check(root, &loaded.source, (files, laws.unwrap_or(&Laws::default())), &problems);
        loaded.scenario = scenario.filter(|_| !problems.has_errors());
        loaded.settings_in_force = settings;
    }
    loaded.document = root;
    loaded.problems = problems.into_sorted();
    loaded
}

/// Other files end in .yaml and .json, too. What cannot even be taken apart is judged by a word.
fn is_like_a_scenario(root: Option<&Entry>, text: &str) -> bool {
    const SECTION: &str = "nodes";
    match root {
        Some(root) => root.table().is_some_and(|table| table.get(SECTION).is_some()),
        None => text.contains(SECTION),
    }
}

fn is_table(root: &Entry, problems: &Problems) -> bool {
    let message = match root.value {
        Value::Table(_) => return true,
        Value::Null => "there is nothing in this file".to_string(),
        Value::Scalar(_) | Value::List(_) => {
            format!("a scenario is a table of settings, not {}", root.describe())
        }
    };
    problems.error_with_hint(root.span.clone(), message, "`spof new` writes a scenario to start from");
    false
}

impl Loaded {
    pub fn has_errors(&self) -> bool {
        self.problems.iter().any(|problem| problem.severity == Severity::Error)
    }

    /// All problems as text.
    #[cfg(any(test, feature = "inside"))]
    pub fn render(&self, coloured: bool) -> String {
        self.render_as(Look { coloured, columns: None })
    }

    pub fn render_as(&self, look: Look) -> String {
        render(&self.source, &self.problems, look)
    }
}
