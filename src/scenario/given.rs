//! A scenario as somebody gives it: the name of a file, or a text that stands for one.

use super::load::{Loaded, load, load_built, load_instead};
use crate::parts::laws::Laws;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Paths and values, as `--set` takes them.
pub type Settings = Vec<(String, String)>;

#[derive(Clone, Debug, PartialEq)]
pub struct Given {
    path: PathBuf,
    /// What stands in the file, for those who have it already.
    text: Option<Arc<str>>,
    /// These belong to it, whatever else is set.
    settings: Settings,
    /// A program has put the text together, and brought these along.
    laws: Option<Laws>,
}

impl Given {
    /// Files that it names are looked for beside the path.
    pub fn of_text(path: &Path, text: &str, settings: Settings) -> Given {
        Given { path: path.to_owned(), text: Some(text.into()), settings, laws: None }
    }

    /// A text that a program has put together.
    pub fn built(name: &str, text: &str, laws: Laws) -> Given {
        Given { laws: Some(laws), ..Given::of_text(Path::new(name), text, Settings::new()) }
    }

    /// The same, as it was read.
    pub fn as_read(&self, text: &str, settings: Settings) -> Given {
        Given { laws: self.laws.clone(), ..Given::of_text(&self.path, text, settings) }
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    pub fn name(&self) -> String {
        self.path.display().to_string()
    }

    /// The file's name without its ending.
    pub fn stem(&self) -> String {
        self.path.file_stem().unwrap_or("scenario".as_ref()).to_string_lossy().into_owned()
    }

    /// Its own settings, and more of them.
    pub fn settings_with(&self, more: &[(String, String)]) -> Settings {
        [self.settings.as_slice(), more].concat()
    }

    /// The same, with more settings of its own.
    pub fn with(&self, more: &[(String, String)]) -> Given {
        Given { settings: self.settings_with(more), ..self.clone() }
    }

    /// Each setting is a path and a value: `nodes.gunicorn.workers`, `8`. The error is that the
    /// file itself cannot be read.
    pub fn load(&self, more: &[(String, String)]) -> std::io::Result<Loaded> {
        let settings = self.settings_with(more);
        match (&self.text, &self.laws) {
            (Some(text), Some(laws)) => Ok(load_built(&self.name(), text, laws, &settings)),
            (Some(text), None) => Ok(load_instead(&self.path, text, &settings)),
            (None, _) => load(&self.path, &settings),
        }
    }
}

impl From<&Path> for Given {
    fn from(path: &Path) -> Given {
        Given { path: path.to_owned(), text: None, settings: Settings::new(), laws: None }
    }
}

impl From<OsString> for Given {
    fn from(path: OsString) -> Given {
        Given::from(Path::new(&path))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_stands_for_a_file_with_settings_of_its_own() {
        let text = "
nodes: { visitors: { kind: user, arrivals: 5/s }, app: { kind: station, servers: 1 } }
requests: { page: { path: [ app: 5ms ] } }
";
        let own = vec![("app.servers".to_owned(), "2".to_owned())];
        let given = Given::of_text(Path::new("some/shop.yaml"), text, own);
        let servers = |more: &[(String, String)]| {
            let loaded = given.load(more).unwrap();
            assert!(!loaded.has_errors(), "{}", loaded.render(false));
            let settings = &loaded.settings_in_force[1].settings;
            settings.iter().find(|held| held.setting == "servers").unwrap().value.clone()
        };
        assert_eq!(servers(&[]), "2");
        assert_eq!(servers(&[("app.servers".to_owned(), "3".to_owned())]), "3", "what is set later counts");
        assert_eq!(given.stem(), "shop");
    }
}
