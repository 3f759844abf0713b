//! Documents as trees of values that know their place in the text, whatever the spelling:
//! YAML, JSON (which the YAML reader understands) or TOML.
//!
//! Nothing here knows what a scenario is.

pub mod alike;
pub mod file_error;
pub mod flow;
mod joining;
pub mod lines;
pub mod overrides;
pub mod problem;
pub mod source;
mod syntax;
pub mod toml;
pub mod value;
pub mod yaml;

use problem::Problems;
use source::Source;
use value::Entry;

/// No document may be longer than this, in bytes.
pub const SIZE_MAX: usize = 64 << 20;
/// No value may be nested deeper than this.
pub const DEPTH_MAX: usize = 64;
/// No document may have more values than this once its aliases are written out, which is
/// what stops a short text from standing for a tree that fills the memory.
pub const VALUES_MAX: usize = 2_000_000;

/// Reads a whole document; the ending of its name says how it is spelled.
pub fn read(source: &Source, problems: &Problems) -> Option<Entry> {
    let text = source.text();
    if text.len() > SIZE_MAX {
        problems.error(
            0..0,
            format!("the file has {} MB; the most that is read is {} MB", text.len() >> 20, SIZE_MAX >> 20),
        );
        return None;
    }
    if source.name().to_ascii_lowercase().ends_with(".toml") {
        toml::read(text, problems)
    } else {
        yaml::read(text, 0, problems)
    }
}
