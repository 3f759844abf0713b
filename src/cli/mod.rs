//! The command line: one file for each command. Nothing else prints.

mod analyze;
mod check;
mod clock;
mod compare;
mod completions;
mod ending;
mod explain;
mod export;
mod interrupt;
mod man;
mod merge;
mod new;
mod onlooker;
mod printing;
mod progress;
mod reading;
mod render;
mod schema;
mod shard_script;
mod simulate;
mod solve;
mod sweep;
mod test;
mod variants;
mod verify;

use clap::{Parser, Subcommand};
use ending::Failure;
use std::process::ExitCode;

const EXIT_CODES: &str = "\
Exit codes:
  0    all is well
  1    an expectation failed, a goal cannot be met (spof solve), or the simulator is not as the
       textbook says (spof verify)
  2    a scenario or the command line is wrong
  3    a file could not be read or written
  130  stopped with Ctrl-C; what there was has been written";

/// Simulates web infrastructure request by request: what breaks, what does it cost, and
/// what would fix it?
#[derive(Debug, Parser)]
#[command(name = "spof", version, after_help = EXIT_CODES, propagate_version = true)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Simulate(simulate::SimulateArguments),
    Check(check::CheckArguments),
    Compare(compare::CompareArguments),
    Merge(merge::MergeArguments),
    Test(test::TestArguments),
    Verify(verify::VerifyArguments),
    ShardScript(shard_script::ShardScriptArguments),
    Explain(explain::ExplainArguments),
    Analyze(analyze::AnalyzeArguments),
    Sweep(sweep::SweepArguments),
    Solve(solve::SolveArguments),
    Render(render::RenderArguments),
    Export(export::ExportArguments),
    New(new::NewArguments),
    Schema(schema::SchemaArguments),
    Completions(completions::CompletionsArguments),
    Man(man::ManArguments),
}

pub fn run(arguments: Arguments) -> ExitCode {
    let ending = match arguments.command {
        Command::Simulate(arguments) => simulate::run(arguments),
        Command::Check(arguments) => check::run(arguments),
        Command::Compare(arguments) => compare::run(arguments),
        Command::Merge(arguments) => merge::run(arguments),
        Command::Test(arguments) => test::run(arguments),
        Command::Verify(arguments) => verify::run(arguments),
        Command::ShardScript(arguments) => shard_script::run(arguments),
        Command::Explain(arguments) => explain::run(arguments),
        Command::Analyze(arguments) => analyze::run(arguments),
        Command::Sweep(arguments) => sweep::run(arguments),
        Command::Solve(arguments) => solve::run(arguments),
        Command::Render(arguments) => render::run(arguments),
        Command::Export(arguments) => export::run(arguments),
        Command::New(arguments) => new::run(arguments),
        Command::Schema(arguments) => schema::run(arguments),
        Command::Completions(arguments) => completions::run(arguments),
        Command::Man(arguments) => man::run(arguments),
    };
    ending.unwrap_or_else(Failure::tell).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_fits_together() {
        Arguments::command().debug_assert();
    }
}
