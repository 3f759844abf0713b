//! The commands as programs call them: in the same words, with scenarios that may be texts, and
//! with no terminal.

pub use super::ending::{Ending, Failure};

use super::caller::Caller;
use super::program::Program;
use super::{Arguments, Command, answer, simulate, solve, sweep};
use crate::questions::rows::RowColumns;
use crate::scenario::given::Given;
use clap::Parser;
use std::sync::Arc;

/// How a command has ended, and the rows of a simulation.
pub struct Answer {
    pub ending: Ending,
    pub rows: Option<RowColumns>,
}

/// `words` are those of a command line without the names of scenarios, which are `given`.
pub fn ask(words: &[String], given: Vec<Given>, program: Arc<dyn Program>) -> Result<Answer, Failure> {
    let caller = Caller::Program(program);
    match command(words, given)? {
        Command::Simulate(arguments) => {
            let threads = arguments.threads;
            let (ending, rows) = threads.make(|| simulate::run_for_program(arguments, &caller))?;
            Ok(Answer { ending, rows })
        }
        command => Ok(Answer { ending: answer(command, &caller)?, rows: None }),
    }
}

/// The figures of these runs of a study, each the number of a point and of a replication, for
/// whoever makes the study of these words somewhere else. If it is stopped, those of the first.
pub fn figures(
    words: &[String],
    given: Vec<Given>,
    runs: &[(usize, u64)],
    program: Arc<dyn Program>,
) -> Result<Vec<Vec<f64>>, Failure> {
    let caller = Caller::Program(program);
    match command(words, given)? {
        Command::Simulate(arguments) => simulate::figures(&arguments, runs, &caller),
        Command::Sweep(arguments) => sweep::figures(&arguments, runs, &caller),
        Command::Solve(arguments) => solve::figures(arguments, runs, &caller),
        _ => Err(Failure::Usage("only the runs of simulate, sweep and solve are made elsewhere".to_owned())),
    }
}

fn command(words: &[String], given: Vec<Given>) -> Result<Command, Failure> {
    let (command, options) = words.split_at(words.len().min(1));
    // Names of no meaning, for which the scenarios come in afterwards.
    let names = given.iter().map(|_| "scenario".to_owned());
    let program = ["spof".to_owned()].into_iter();
    let all = program.chain(command.iter().cloned()).chain(names).chain(options.iter().cloned());
    let understood = Arguments::try_parse_from(all).map_err(|error| Failure::misunderstood(&error))?;
    Ok(understood.command.about(given))
}

impl Command {
    /// About these scenarios, as they were given, and not about files of their names.
    fn about(mut self, given: Vec<Given>) -> Command {
        let first = given.first().cloned();
        let (one, several) = match &mut self {
            Command::Simulate(arguments) => (None, Some(&mut arguments.files)),
            Command::Compare(arguments) => (None, Some(&mut arguments.files)),
            Command::Check(arguments) => (None, Some(&mut arguments.files)),
            Command::Advise(arguments) => (Some(&mut arguments.file), None),
            Command::Analyze(arguments) => (Some(&mut arguments.file), None),
            Command::Explain(arguments) => (Some(&mut arguments.file), None),
            Command::Sweep(arguments) => (Some(&mut arguments.variants.file), None),
            Command::Solve(arguments) => (Some(&mut arguments.variants.file), None),
            _ => (None, None),
        };
        if let (Some(one), Some(first)) = (one, first) {
            *one = first;
        }
        if let Some(several) = several {
            *several = given;
        }
        self
    }
}
