//! Reads scenarios, and tells all that is wrong with them.

use super::ending::Failure;
use super::printing::print_aside;
use crate::scenario::load::{Loaded, load};
use std::path::Path;

/// `PATH=VALUE`, as `--set` takes it.
pub fn parse_setting(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((path, value)) if !path.trim().is_empty() => {
            Ok((path.trim().to_owned(), value.trim().to_owned()))
        }
        _ => Err("write PATH=VALUE, as in gunicorn.workers=8".to_owned()),
    }
}

/// Reads a scenario. What is wrong with it goes to standard error; `quiet` leaves out
/// warnings.
pub fn read(path: &Path, settings: &[(String, String)], quiet: bool) -> Result<Loaded, Failure> {
    let loaded = load(path, settings).map_err(|error| Failure::reading(path, &error))?;
    if loaded.has_errors() || !quiet {
        // The printer takes the colours out where they do not belong.
        print_aside(&loaded.render(true));
    }
    Ok(loaded)
}
