//! Reads scenarios, and tells all that is wrong with them.

use super::caller::Caller;
use super::ending::Failure;
use crate::scenario::given::Given;
use crate::scenario::load::Loaded;

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
pub fn read(
    given: &Given,
    settings: &[(String, String)],
    quiet: bool,
    caller: &Caller,
) -> Result<Loaded, Failure> {
    let loaded = given.load(settings).map_err(|error| Failure::reading(given.path(), &error))?;
    if loaded.has_errors() || !quiet {
        // The printer takes the colours out where they do not belong.
        caller.print_aside(&loaded.render_as(caller.look()));
    }
    Ok(loaded)
}
