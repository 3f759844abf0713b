//! What is in a folder.

use std::fs;
use std::path::Path;

/// In the order of the alphabet.
pub fn files_in(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("it is a folder");
    let name = |entry: std::io::Result<fs::DirEntry>| entry.ok()?.file_name().into_string().ok();
    let mut names: Vec<String> = entries.map(|entry| name(entry).expect("names are text")).collect();
    names.sort();
    names
}
