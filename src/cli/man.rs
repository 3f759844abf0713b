//! `spof man`: the manual, from the same source as `--help`.

use super::Arguments;
use super::ending::{Ending, Failure};
use super::printing::print_data;
use crate::output::text_file;
use clap::{Args, CommandFactory};
use clap_mangen::Man;
use std::path::PathBuf;

/// Print the manual page, or write one page for each command
#[derive(Debug, Args)]
pub struct ManArguments {
    /// Write spof.1, spof-simulate.1 and so on into this folder
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

pub fn run(arguments: ManArguments) -> Result<Ending, Failure> {
    let mut command = Arguments::command().disable_help_subcommand(true);
    command.build();
    let Some(folder) = arguments.out else {
        print_data(&String::from_utf8_lossy(&page(&command)?))?;
        return Ok(Ending::Good);
    };
    text_file::write(&folder.join("spof.1"), &page(&command)?, true)?;
    for subcommand in command.get_subcommands() {
        // Built, a subcommand's page is already called `spof-simulate`.
        let name = subcommand.get_display_name().unwrap_or(subcommand.get_name());
        text_file::write(&folder.join(format!("{name}.1")), &page(subcommand)?, true)?;
    }
    Ok(Ending::Good)
}

fn page(command: &clap::Command) -> Result<Vec<u8>, Failure> {
    let mut page = Vec::new();
    Man::new(command.clone()).render(&mut page)?;
    Ok(page)
}
