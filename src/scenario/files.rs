//! The files that a scenario names. Their paths are relative to the scenario.

use crate::document::SIZE_MAX;
use crate::document::file_error::in_words;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// Recordings may be longer than scenarios.
const FILE_SIZE_MAX: u64 = 16 * SIZE_MAX as u64;

pub struct Files {
    folder: Option<PathBuf>,
}

impl Files {
    /// Those in the folder of this file.
    pub fn beside(path: &Path) -> Files {
        Files { folder: Some(path.parent().unwrap_or(Path::new("")).to_path_buf()) }
    }

    /// There are none, as for a scenario that came as a text.
    pub fn none() -> Files {
        Files { folder: None }
    }

    pub fn read(&self, name: &str) -> Result<String, String> {
        let Some(folder) = &self.folder else {
            return Err(format!("`{name}` cannot be read: this scenario has no folder"));
        };
        let path = folder.join(name);
        let refuse =
            |error: std::io::Error| format!("{} cannot be read: {}", path.display(), in_words(&error));
        // A device or a pipe might never end.
        if !std::fs::metadata(&path).map_err(refuse)?.is_file() {
            return Err(format!("{} is not a file", path.display()));
        }
        let mut text = String::new();
        let file = std::fs::File::open(&path).map_err(refuse)?;
        file.take(FILE_SIZE_MAX + 1).read_to_string(&mut text).map_err(refuse)?;
        if text.len() as u64 > FILE_SIZE_MAX {
            return Err(format!("{} has more than {} MB", path.display(), FILE_SIZE_MAX >> 20));
        }
        Ok(text)
    }
}

/// Why a scenario cannot be read, with what may have been meant.
pub fn unreadable(path: &Path, error: &io::Error) -> String {
    let hint = match error.kind() {
        io::ErrorKind::NotFound if path == Path::new("-") => {
            Some("name /dev/stdin to read a scenario from a pipe".to_owned())
        }
        io::ErrorKind::NotFound => Some(
            nearest_file(path).map_or("`spof new FILE` writes a scenario to start from".to_owned(), |name| {
                format!("did you mean {}?", name.display())
            }),
        ),
        io::ErrorKind::IsADirectory => Some("name a scenario file in it".to_owned()),
        _ => None,
    };
    let hint = hint.map(|hint| format!("; {hint}")).unwrap_or_default();
    format!("cannot read {}: {}{hint}", path.display(), in_words(error))
}

/// The file in the same folder whose name is most like that of a file that is not there.
fn nearest_file(path: &Path) -> Option<PathBuf> {
    const LIKENESS_LEAST: f64 = 0.85;
    let wanted = path.file_name()?.to_str()?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let files = folder.unwrap_or(Path::new(".")).read_dir().ok()?;
    let names = files.filter_map(|file| file.ok()?.file_name().into_string().ok());
    let likeness = |name: &String| strsim::jaro_winkler(wanted, name);
    let nearest = names.max_by(|a, b| likeness(a).total_cmp(&likeness(b)).then_with(|| b.cmp(a)))?;
    (likeness(&nearest) >= LIKENESS_LEAST).then(|| path.with_file_name(nearest))
}
