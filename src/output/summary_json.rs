//! `summary.json`: every figure of the summary. It holds nothing that changes from run to
//! run: same scenario and seed, same bytes.

use crate::analysis::summary::Summary;
use std::io::{self, Write};

pub fn write<W: Write>(mut file: W, summary: &Summary) -> io::Result<()> {
    file.write_all(to_text(summary)?.as_bytes())?;
    file.flush()
}

pub fn to_text(summary: &Summary) -> io::Result<String> {
    let mut text = serde_json::to_string_pretty(summary).map_err(io::Error::from)?;
    text.push('\n');
    Ok(text)
}
