use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    spof::cli::run(spof::cli::Arguments::parse())
}
