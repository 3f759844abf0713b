//! `spof new`: a scenario to start from.

use super::ending::{Ending, Failure};
use super::printing::{print, print_data};
use crate::output::text_file;
use crate::scenario::starter::STARTER;
use clap::Args;
use std::path::{Path, PathBuf};

/// Write a commented scenario to start from
#[derive(Debug, Args)]
pub struct NewArguments {
    /// Where to; `-` prints it
    #[arg(value_name = "FILE", default_value = "scenario.yaml")]
    file: PathBuf,

    /// Replace the file if it exists
    #[arg(long)]
    force: bool,
}

pub fn run(arguments: NewArguments) -> Result<Ending, Failure> {
    if arguments.file == Path::new("-") {
        print_data(STARTER)?;
        return Ok(Ending::Good);
    }
    text_file::write(&arguments.file, STARTER.as_bytes(), arguments.force)?;
    let file = arguments.file.display();
    print(&format!("{file} is written. Try: spof simulate {file}\n"))?;
    Ok(Ending::Good)
}
