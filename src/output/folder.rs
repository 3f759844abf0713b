//! The folder that a run's results go to.
//!
//! All files are opened before the run starts, so that a wrong path fails at once and not
//! after an hour. They carry a temporary name until they are whole, so that nobody ever
//! reads half a file, and a run that is broken off leaves the earlier results as they were.

use super::export::ExportFormat;
use super::{Format, charts};
use crate::analysis::shard;
use crate::document::file_error::in_words;
use std::fmt;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

/// Results go here unless somebody says otherwise, each into a folder of its own.
pub const HOME: &str = "output";

/// Who chose the folder, and so how careful to be with what is in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ownership {
    /// It is the scenario's own under `output/`: a run simply replaces the one before.
    OurOwn,
    /// The user named it. It is refused if it holds files that no run has written, because
    /// then it was probably meant for something else.
    Named,
    /// The user named it and insists (`--force`).
    Forced,
}

impl Ownership {
    /// As `--out` and `--force` tell it.
    pub fn of(is_named: bool, is_forced: bool) -> Ownership {
        match (is_named, is_forced) {
            (false, _) => Ownership::OurOwn,
            (true, false) => Ownership::Named,
            (true, true) => Ownership::Forced,
        }
    }
}

/// The files of one run in the making. Dropped before `publish`, it takes them away again.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    parts: Vec<Part>,
}

#[derive(Debug)]
struct Part {
    format: Format,
    temporary: PathBuf,
    file: Option<File>,
}

#[derive(Debug)]
pub enum OutputError {
    /// The folder holds a file that is not ours.
    Occupied {
        folder: PathBuf,
        found: PathBuf,
    },
    /// A single file that is already there.
    Exists {
        path: PathBuf,
    },
    Failed {
        action: &'static str,
        path: PathBuf,
        source: io::Error,
    },
}

impl Folder {
    pub fn open(path: &Path, formats: &[Format], ownership: Ownership) -> Result<Folder, OutputError> {
        fs::create_dir_all(path).map_err(|source| failed("create the folder", path, source))?;
        if ownership == Ownership::Named {
            refuse_strangers(path)?;
        }
        let mut folder = Folder { path: path.to_owned(), parts: Vec::new() };
        for &format in formats {
            let temporary = path.join(temporary_name(format));
            let file = File::create(&temporary).map_err(|source| failed("write to", &temporary, source))?;
            folder.parts.push(Part { format, temporary, file: Some(file) });
        }
        Ok(folder)
    }

    /// The open file of a format; `None` if it is not written in this run, or was taken before.
    pub fn take(&mut self, format: Format) -> Option<File> {
        self.parts.iter_mut().find(|part| part.format == format)?.file.take()
    }

    /// A file that has been written and not yet published, to be read.
    #[cfg(any(test, feature = "inside"))]
    pub fn written(&self, file_name: &str) -> io::Result<Option<File>> {
        let part = self.parts.iter().find(|part| part.format.file_name() == file_name);
        part.map(|part| File::open(&part.temporary)).transpose()
    }

    pub fn failed(&self, format: Format, source: io::Error) -> OutputError {
        failed("write", &self.path.join(format.file_name()), source)
    }

    /// Gives all files their names. Results of an earlier run that this one does not write
    /// anew are taken away: they would speak of another run.
    pub fn publish(self) -> Result<Vec<Format>, OutputError> {
        self.remove_outdated()?;
        self.publish_beside()
    }

    fn remove_outdated(&self) -> Result<(), OutputError> {
        for name in our_names() {
            if !self.parts.iter().any(|part| part.format.file_name() == name) {
                let path = self.path.join(name);
                match fs::remove_file(&path) {
                    Err(source) if source.kind() != io::ErrorKind::NotFound => {
                        return Err(failed("remove the outdated", &path, source));
                    }
                    _ => {}
                }
            }
        }
        Ok(())
    }

    /// Gives all files their names, and leaves others of the same run as they are.
    pub fn publish_beside(mut self) -> Result<Vec<Format>, OutputError> {
        let mut published = Vec::new();
        for part in std::mem::take(&mut self.parts) {
            let path = self.path.join(part.format.file_name());
            fs::rename(&part.temporary, &path).map_err(|source| failed("write", &path, source))?;
            published.push(part.format);
        }
        Ok(published)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        for part in &self.parts {
            // There is nobody left to tell if this fails, and the name shows what it is.
            let _ = fs::remove_file(&part.temporary);
        }
    }
}

/// The process's number keeps two runs at the same time from writing into one file.
fn temporary_name(format: Format) -> String {
    format!(".{}.{}.part", format.file_name(), std::process::id())
}

/// The names of all files that a run, or what is made of it later, can leave in its folder.
fn our_names() -> impl Iterator<Item = String> {
    let exports = ExportFormat::ALL.into_iter().map(|format| format.file_name().to_owned());
    Format::ALL
        .into_iter()
        .map(|format| format.file_name().to_owned())
        .chain(charts::file_names())
        .chain(exports)
}

/// Shards are ours, though no run takes those of others away.
fn is_ours(name: &str) -> bool {
    is_shard(name)
        || our_names()
            .any(|ours| name == ours || (name.ends_with(".part") && name.starts_with(&format!(".{ours}."))))
}

/// `shard-2-of-8.spof`, or what is about to become one.
fn is_shard(name: &str) -> bool {
    let name = match name.strip_prefix('.').and_then(|name| name.strip_suffix(".part")) {
        Some(unfinished) => unfinished.rsplit_once('.').map_or(unfinished, |(name, _process)| name),
        None => name,
    };
    shard::Part::of_file_name(name).is_some()
}

fn refuse_strangers(folder: &Path) -> Result<(), OutputError> {
    let entries = fs::read_dir(folder).map_err(|source| failed("look into", folder, source))?;
    for entry in entries {
        let entry = entry.map_err(|source| failed("look into", folder, source))?;
        if !entry.file_name().to_str().is_some_and(is_ours) {
            return Err(OutputError::Occupied { folder: folder.to_owned(), found: entry.path() });
        }
    }
    Ok(())
}

fn failed(action: &'static str, path: &Path, source: io::Error) -> OutputError {
    OutputError::Failed { action, path: path.to_owned(), source }
}

impl fmt::Display for OutputError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            OutputError::Occupied { folder, found } => write!(
                formatter,
                "{} holds {}, which no run has written; choose another folder, or write into it with --force",
                folder.display(),
                found.file_name().unwrap_or(found.as_os_str()).display(),
            ),
            OutputError::Exists { path } => {
                write!(formatter, "{} exists; replace it with --force", path.display())
            }
            OutputError::Failed { action, path, source } => {
                write!(formatter, "cannot {action} {}: {}", path.display(), in_words(source))?;
                match source.kind() {
                    io::ErrorKind::AlreadyExists => {
                        write!(formatter, "; a file is in the way: choose another folder")
                    }
                    io::ErrorKind::PermissionDenied => {
                        write!(formatter, "; choose a folder that you may write into")
                    }
                    _ => Ok(()),
                }
            }
        }
    }
}

impl std::error::Error for OutputError {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::Kept;
    use std::io::Write;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn files_get_their_names_when_they_are_whole_and_outdated_ones_go() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("deep/down");
        let mut first = Folder::open(&path, &Format::ALL, Ownership::Named).unwrap();
        first.take(Format::AtTheEnd(Kept::SummaryJson)).unwrap().write_all(b"one").unwrap();
        first.publish().unwrap();
        let mut all: Vec<&str> = Format::ALL.iter().map(|format| format.file_name()).collect();
        all.sort_unstable();
        assert_eq!(names(&path), all);
        // A picture that was drawn later belongs to the run that is replaced.
        fs::write(path.join("latency-dark.png"), "").unwrap();

        let mut second =
            Folder::open(&path, &[Format::AtTheEnd(Kept::SummaryJson)], Ownership::Named).unwrap();
        second.take(Format::AtTheEnd(Kept::SummaryJson)).unwrap().write_all(b"two").unwrap();
        assert_eq!(fs::read(path.join("summary.json")).unwrap(), b"one");
        second.publish().unwrap();
        assert_eq!(names(&path), ["summary.json"]);
        assert_eq!(fs::read(path.join("summary.json")).unwrap(), b"two");
    }

    #[test]
    fn a_run_that_is_given_up_leaves_nothing() {
        let home = tempfile::tempdir().unwrap();
        drop(Folder::open(home.path(), &Format::ALL, Ownership::Named).unwrap());
        assert!(names(home.path()).is_empty());
    }

    #[test]
    fn a_named_folder_with_other_files_is_refused_unless_forced() {
        let home = tempfile::tempdir().unwrap();
        fs::write(home.path().join("thesis.tex"), "").unwrap();
        let refusal = Folder::open(home.path(), &Format::ALL, Ownership::Named).unwrap_err();
        assert!(refusal.to_string().contains("holds thesis.tex"), "{refusal}");
        Folder::open(home.path(), &Format::ALL, Ownership::OurOwn).unwrap().publish().unwrap();
        Folder::open(home.path(), &Format::ALL, Ownership::Forced).unwrap().publish().unwrap();
        assert!(names(home.path()).contains(&"thesis.tex".to_owned()));
    }

    #[test]
    fn shards_are_no_strangers_and_stay() {
        let home = tempfile::tempdir().unwrap();
        for name in ["shard-2-of-8.spof", ".shard-7-of-8.spof.1234.part"] {
            fs::write(home.path().join(name), "").unwrap();
        }
        Folder::open(home.path(), &[Format::AtTheEnd(Kept::SummaryJson)], Ownership::Named)
            .unwrap()
            .publish()
            .unwrap();
        assert_eq!(names(home.path()).len(), 3);
        for stranger in ["shard-9-of-8.spof", "shard-02-of-8.spof", "shard-2-of-8.txt", "shard-x-of-8.spof"] {
            assert!(!is_ours(stranger), "{stranger}");
        }
    }
}
