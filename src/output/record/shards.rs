//! Shards of a study, and whether the files beside them belong to it.

use super::reading::{RecordError, open_table, read_text};
use crate::analysis::shard::Shard;
use crate::output::shard_file;
use crate::parts::fingerprint::Fingerprint;
use std::io::Read;
use std::path::Path;

pub fn read_shard(path: &Path) -> Result<Shard, RecordError> {
    let text = read_text(path)?;
    let told = |problem| RecordError::wrong(&path.display().to_string(), None, problem);
    shard_file::from_text(&text).map_err(told)
}

/// Whether the `summary.json` in a folder has this fingerprint.
pub fn is_first_run(folder: &Path, fingerprint: &str) -> bool {
    let mut bytes = Vec::new();
    let read = open_table(folder, "summary.json").ok().flatten().map(|mut file| file.read_to_end(&mut bytes));
    matches!(read, Some(Ok(_))) && Fingerprint::of(&bytes).to_string() == fingerprint
}
