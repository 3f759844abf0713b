//! Finds the scenarios in a folder.

use std::io;
use std::path::{Path, PathBuf};

/// What the file of a scenario ends in.
pub const EXTENSIONS: [&str; 4] = ["yaml", "yml", "toml", "json"];

/// All files in a folder and those below it that may be scenarios, in the order of their names.
/// What begins with a dot is left alone, and so are links to other folders, which might lead
/// back here.
pub fn files_below(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut entries = folder.read_dir()?.collect::<io::Result<Vec<_>>>()?;
    entries.sort_by_key(|entry| entry.file_name());
    let mut files = Vec::new();
    for entry in entries {
        let (path, kind) = (entry.path(), entry.file_type()?);
        if entry.file_name().as_encoded_bytes().starts_with(b".") {
            continue;
        }
        if kind.is_dir() {
            files.extend(files_below(&path)?);
        } else if may_be_scenario(&path) && path.is_file() {
            files.push(path);
        }
    }
    Ok(files)
}

fn may_be_scenario(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str());
    extension.is_some_and(|extension| EXTENSIONS.contains(&extension.to_ascii_lowercase().as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn files_come_in_the_order_of_their_names() {
        let home = tempfile::tempdir().unwrap();
        for folder in ["b", "b/deep", ".git"] {
            fs::create_dir(home.path().join(folder)).unwrap();
        }
        for name in ["c.yaml", "a.TOML", "b/2.json", "b/1.yml", "b/deep/x.yaml", ".git/y.yaml", "notes.md"] {
            fs::write(home.path().join(name), "").unwrap();
        }
        let found = files_below(home.path()).unwrap();
        let names: Vec<&Path> = found.iter().map(|path| path.strip_prefix(home.path()).unwrap()).collect();
        let expected = ["a.TOML", "b/1.yml", "b/2.json", "b/deep/x.yaml", "c.yaml"];
        assert_eq!(names, expected.map(Path::new));
        assert!(files_below(&home.path().join("nowhere")).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn links_that_lead_back_end_nowhere() {
        let home = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink(home.path(), home.path().join("loop")).unwrap();
        std::os::unix::fs::symlink("nowhere", home.path().join("gone.yaml")).unwrap();
        assert!(files_below(home.path()).unwrap().is_empty());
    }
}
