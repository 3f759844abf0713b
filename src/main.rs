//! The program `spof`: reads its arguments, does what they ask for, and ends with a code that
//! scripts can go by. Everything else is in the library, whose documentation is the map.

use std::ffi::OsString;
use std::process::ExitCode;

fn main() -> ExitCode {
    let words: Vec<OsString> = std::env::args_os().collect();
    spof::run_command_line(&words).into()
}
