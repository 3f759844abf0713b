//! `spof completions`: so that the shell knows the commands.

use super::Arguments;
use super::ending::{Ending, Failure};
use super::printing::print_data;
use clap::{Args, CommandFactory};
use clap_complete::Shell;

/// Print completions for a shell
#[derive(Debug, Args)]
pub struct CompletionsArguments {
    #[arg(value_name = "SHELL")]
    shell: Shell,
}

pub fn run(arguments: CompletionsArguments) -> Result<Ending, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut Arguments::command(), "spof", &mut script);
    print_data(&String::from_utf8_lossy(&script))?;
    Ok(Ending::Good)
}
