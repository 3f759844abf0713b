//! `replications.json`: what many runs say together.

use crate::analysis::study::StudySummary;
use std::io::{self, Write};

pub fn write<W: Write>(mut file: W, summary: &StudySummary) -> io::Result<()> {
    file.write_all(to_text(summary)?.as_bytes())?;
    file.flush()
}

pub fn to_text(summary: &StudySummary) -> io::Result<String> {
    let mut text = serde_json::to_string_pretty(summary).map_err(io::Error::from)?;
    text.push('\n');
    Ok(text)
}
