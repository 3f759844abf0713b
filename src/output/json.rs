//! Data as JSON that people can read, too. What is written holds nothing that changes from run to
//! run unless its name says so: same scenario and seed, same bytes.

use serde::Serialize;
use std::io::{self, Write};

pub fn write<W: Write>(mut file: W, data: &impl Serialize) -> io::Result<()> {
    file.write_all(to_text(data)?.as_bytes())?;
    file.flush()
}

pub fn to_text(data: &impl Serialize) -> io::Result<String> {
    let mut text = serde_json::to_string_pretty(data).map_err(io::Error::from)?;
    text.push('\n');
    Ok(text)
}
