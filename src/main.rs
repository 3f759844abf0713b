//! The program `spof`: reads its arguments, does what they ask for, and ends with a code that
//! scripts can go by. Everything else is in the library, whose documentation is the map.

use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    spof::cli::run(spof::cli::Arguments::parse())
}
