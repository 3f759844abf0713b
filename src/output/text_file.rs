//! Single files of text, such as a starter scenario or a man page.

use super::folder::OutputError;
use std::fs::{self, OpenOptions};
use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};

/// Writes a file that must not be there yet, unless `force`.
pub fn write(path: &Path, text: &[u8], force: bool) -> Result<(), OutputError> {
    let failed = |source| OutputError::Failed { action: "write", path: path.to_owned(), source };
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    let mut options = OpenOptions::new();
    options.write(true);
    if force {
        options.create(true).truncate(true);
    } else {
        options.create_new(true);
    }
    let mut file = options.open(path).map_err(|source| match source.kind() {
        ErrorKind::AlreadyExists => OutputError::Exists { path: path.to_owned() },
        _ => failed(source),
    })?;
    file.write_all(text).map_err(failed)
}

/// Makes a folder for files that come later, and finds out whether it takes any, so that a wrong
/// path fails at once and not after an hour.
pub fn open_folder(path: &Path) -> Result<(), OutputError> {
    let failed = |source| OutputError::Failed { action: "write to", path: path.to_owned(), source };
    fs::create_dir_all(path).map_err(failed)?;
    let probe = path.join(format!(".probe.{}.part", std::process::id()));
    fs::write(&probe, []).and_then(|()| fs::remove_file(&probe)).map_err(failed)
}

/// Writes a file, in the place of one that may be there. It gets its name when it is whole.
pub fn replace(path: &Path, bytes: &[u8]) -> Result<(), OutputError> {
    let failed = |source| OutputError::Failed { action: "write", path: path.to_owned(), source };
    replace_with(path, |file| file.write_all(bytes)).map_err(failed)
}

/// The same for a file that is written bit by bit.
pub fn replace_with<E: From<io::Error>>(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> Result<(), E>,
) -> Result<(), E> {
    let mut replacement = Replacement::open(path)?;
    write(&mut replacement.file)?;
    Ok(replacement.publish()?)
}

/// A file in the making. It gets its name when it is whole; given up before, it is gone.
#[derive(Debug)]
pub struct Replacement {
    path: PathBuf,
    temporary: PathBuf,
    file: BufWriter<fs::File>,
}

impl Replacement {
    /// Where nothing can be written, this fails, and not what is to be written in the end.
    pub fn open(path: &Path) -> io::Result<Replacement> {
        let folder = path.parent().unwrap_or(Path::new(""));
        fs::create_dir_all(folder)?;
        let name = path.file_name().unwrap_or_default().display();
        let temporary = folder.join(format!(".{name}.{}.part", std::process::id()));
        let file = BufWriter::new(fs::File::create(&temporary)?);
        Ok(Replacement { path: path.to_owned(), temporary, file })
    }

    pub fn finish(mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all(bytes)?;
        self.publish()
    }

    fn publish(mut self) -> io::Result<()> {
        self.file.flush()?;
        fs::rename(&self.temporary, &self.path)
    }
}

impl Drop for Replacement {
    fn drop(&mut self) {
        // Once it has its name there is nothing to remove; else there is nobody left to tell if
        // this fails, and the name shows what it is.
        let _ = fs::remove_file(&self.temporary);
    }
}

/// Takes a file away, if it is there.
pub fn remove(path: &Path) -> Result<(), OutputError> {
    match fs::remove_file(path) {
        Err(source) if source.kind() != ErrorKind::NotFound => {
            Err(OutputError::Failed { action: "remove the outdated", path: path.to_owned(), source })
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_replaced_file_leaves_no_half_of_itself() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("deep/picture.svg");
        replace(&path, b"one").unwrap();
        replace(&path, b"two").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"two");
        assert_eq!(fs::read_dir(home.path().join("deep")).unwrap().count(), 1);
        remove(&path).unwrap();
        remove(&path).unwrap();
        assert!(!path.exists() && remove(home.path()).is_err(), "a folder is no file");
    }

    #[test]
    fn an_existing_file_is_replaced_only_by_force() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("deep/scenario.yaml");
        write(&path, b"one", false).unwrap();
        assert!(matches!(write(&path, b"two", false), Err(OutputError::Exists { .. })));
        write(&path, b"2", true).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"2");
    }
}
