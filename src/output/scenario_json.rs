//! `scenario.json`: the scenario as it was run, with the settings that the command line changed,
//! the defaults in force, and the command that makes the same run again.

use crate::nodes::fields::{InForce, Origin};
use crate::scenario::given::Given;
use crate::scenario::load::{Loaded, NodeSettings};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Script {
    /// Without its folder, which does not change what comes out.
    pub file: String,
    pub command: String,
    pub changed: Vec<Changed>,
    pub nodes: Vec<Settled>,
    pub text: String,
}

/// A setting that the command line has changed.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Changed {
    pub setting: String,
    pub value: String,
}

/// A node with its settings in force.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Settled {
    pub node: String,
    pub kind: Cow<'static, str>,
    pub settings: Vec<Setting>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Setting {
    pub setting: String,
    pub value: String,
    pub given: bool,
    /// Where a default comes from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<Cow<'static, str>>,
}

impl Script {
    pub fn of(given: &Given, loaded: &Loaded, more: &[(String, String)], seed: u64) -> Script {
        let (file, changed) = (given.path(), given.settings_with(more));
        let file = file.file_name().unwrap_or(file.as_os_str()).to_string_lossy().into_owned();
        let mut command = format!("spof simulate {} --seed {seed}", for_shell(&file));
        for (setting, value) in &changed {
            command.push_str(&format!(" --set {}", for_shell(&format!("{setting}={value}"))));
        }
        let changed = changed.iter();
        Script {
            file,
            command,
            changed: changed
                .map(|(setting, value)| Changed { setting: setting.clone(), value: value.clone() })
                .collect(),
            nodes: loaded.settings_in_force.iter().map(Settled::of).collect(),
            text: loaded.source.text().to_owned(),
        }
    }
}

impl Settled {
    fn of(node: &NodeSettings) -> Settled {
        let setting = |held: &InForce| {
            let source = match held.origin {
                Origin::Given => None,
                Origin::Default { source } => Some(source),
            };
            let (setting, value) = (held.setting.clone(), held.value.clone());
            Setting { setting, value, given: source.is_none(), source: source.map(Cow::Borrowed) }
        };
        Settled {
            node: node.node.clone(),
            kind: node.kind.into(),
            settings: node.settings.iter().map(setting).collect(),
        }
    }
}

/// Settings as they are typed behind a command.
pub fn options(settings: &[String]) -> String {
    let options: Vec<String> =
        settings.iter().map(|setting| format!("--set {}", for_shell(setting))).collect();
    options.join(" ")
}

/// In quotes where a shell would read something into it.
pub fn for_shell(word: &str) -> String {
    let is_plain = |letter: char| letter.is_alphanumeric() || "-_./=:,%+@".contains(letter);
    if !word.is_empty() && word.chars().all(is_plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::load::load_text;
    use std::path::Path;

    #[test]
    fn the_command_makes_the_same_run_again() {
        let text = "
run: { duration: 1s }
nodes: { visitors: { kind: user, arrivals: 5/s }, app: { kind: station } }
requests: { page: { path: [ app: 5ms ] } }
";
        let changed = [("nodes.app.servers".to_owned(), "2".to_owned()), ("name".into(), "it's".into())];
        let loaded = load_text("some/where/a shop.yaml", text, &changed);
        assert!(!loaded.has_errors(), "{:?}", loaded.problems);
        let script = Script::of(&Path::new("some/where/a shop.yaml").into(), &loaded, &changed, 7);
        assert_eq!(
            script.command,
            r"spof simulate 'a shop.yaml' --seed 7 --set nodes.app.servers=2 --set 'name=it'\''s'"
        );
        assert_eq!(script.text, text);
        let servers = script.nodes[1].settings.iter().find(|setting| setting.setting == "servers");
        assert_eq!(servers.map(|setting| (&*setting.value, setting.given)), Some(("2", true)));
        assert!(script.nodes[1].settings.iter().any(|setting| setting.source.is_some()));
    }
}
