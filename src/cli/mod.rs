//! The command line: one file for each command. Nothing else prints.

mod advise;
mod again;
mod analyze;
mod caller;
mod check;
mod clock;
mod compare;
mod completions;
mod ending;
mod explain;
mod export;
pub mod from_programs;
mod interrupt;
mod man;
mod merge;
mod new;
mod onlooker;
mod printing;
pub mod program;
mod progress;
mod reading;
mod render;
mod schema;
mod shard_script;
mod simulate;
mod simulated;
mod solve;
mod stopping;
mod sweep;
mod test;
mod threads;
mod tips;
mod variants;
mod verify;

use caller::Caller;
use clap::{Parser, Subcommand};
use ending::{Ending, Failure};
use std::ffi::OsString;
use threads::ThreadArguments;

const EXIT_CODES: &str = "\
Exit codes:
  0    all is well
  1    an expectation failed, a goal cannot be met (spof solve, spof advise), or
       the simulator is not as the textbook says (spof verify)
  2    a scenario or the command line is wrong
  3    a file could not be read or written
  130  stopped with Ctrl-C; what there was has been written

Environment:
  COLUMNS   how wide the page is, instead of what the terminal says; in a pipe,
            tables have all of their columns unless this is set
  LC_ALL    (or LC_CTYPE, LANG) a locale that is not UTF-8, such as C, asks for
            plain ASCII letters at a terminal
  NO_COLOR  not empty: no colours";

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
    Advise(advise::AdviseArguments),
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

/// With the words of a command line, the program's name among them. Gives back the exit code.
pub fn run(words: &[OsString]) -> u8 {
    let caller = Caller::person();
    match Arguments::try_parse_from(words) {
        Ok(arguments) => answer(arguments.command, &caller).unwrap_or_else(|failure| failure.tell(&caller)),
        Err(mut told) => {
            tips::add(&mut told, words);
            let text = told.render().ansi().to_string();
            // A terminal that is gone is nobody to tell anything.
            if told.use_stderr() {
                caller.print_aside(&text);
            } else {
                let _ = caller.print(&text);
            }
            if told.use_stderr() { Ending::Refused } else { Ending::Good }
        }
    }
    .exit_code()
}

fn answer(command: Command, caller: &Caller) -> Result<Ending, Failure> {
    command.threads().make(|| match command {
        Command::Simulate(arguments) => simulate::run(arguments, caller),
        Command::Check(arguments) => check::run(arguments, caller),
        Command::Compare(arguments) => compare::run(arguments, caller),
        Command::Merge(arguments) => merge::run(arguments),
        Command::Test(arguments) => test::run(arguments, caller),
        Command::Verify(arguments) => verify::run(arguments, caller),
        Command::ShardScript(arguments) => shard_script::run(arguments),
        Command::Explain(arguments) => explain::run(arguments, caller),
        Command::Advise(arguments) => advise::run(arguments, caller),
        Command::Analyze(arguments) => analyze::run(arguments, caller),
        Command::Sweep(arguments) => sweep::run(arguments, caller),
        Command::Solve(arguments) => solve::run(arguments, caller),
        Command::Render(arguments) => render::run(arguments),
        Command::Export(arguments) => export::run(arguments),
        Command::New(arguments) => new::run(arguments),
        Command::Schema(arguments) => schema::run(arguments),
        Command::Completions(arguments) => completions::run(arguments),
        Command::Man(arguments) => man::run(arguments),
    })
}

impl Command {
    /// Those on which it makes runs, if it makes any.
    fn threads(&self) -> ThreadArguments {
        match self {
            Command::Simulate(arguments) => arguments.threads,
            Command::Advise(arguments) => arguments.threads,
            Command::Compare(arguments) => arguments.threads,
            Command::Test(arguments) => arguments.threads,
            Command::Verify(arguments) => arguments.threads,
            Command::Analyze(arguments) => arguments.threads,
            Command::Sweep(arguments) => arguments.variants.threads,
            Command::Solve(arguments) => arguments.variants.threads,
            Command::Check(_)
            | Command::Merge(_)
            | Command::ShardScript(_)
            | Command::Explain(_)
            | Command::Render(_)
            | Command::Export(_)
            | Command::New(_)
            | Command::Schema(_)
            | Command::Completions(_)
            | Command::Man(_) => ThreadArguments::default(),
        }
    }
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
