//! How a command ends, for the shell and for people.

use super::caller::Caller;
use crate::document::file_error::in_words;
use crate::nodes::fields::Refusal;
use crate::output::folder::OutputError;
use crate::output::record::RecordError;
use crate::scenario::files::unreadable;
use std::io;
use std::path::Path;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    Good,
    ExpectationFailed,
    Refused,
    InputOutputFailed,
    /// 128 and the number of the signal, as shells have it: a script then stops, too.
    Interrupted,
}

impl Ending {
    pub fn exit_code(self) -> u8 {
        match self {
            Ending::Good => 0,
            Ending::ExpectationFailed => 1,
            Ending::Refused => 2,
            Ending::InputOutputFailed => 3,
            Ending::Interrupted => 130,
        }
    }
}

/// Why a command could not do what it was asked for.
#[derive(Debug)]
pub enum Failure {
    /// A scenario has errors, which have been told.
    BadScenario,
    Usage(String),
    InputOutput(String),
    /// By Ctrl-C, before there was anything whole to write.
    Stopped,
}

impl Failure {
    /// A scenario that cannot be read, with what may have been meant.
    pub fn reading(path: &Path, error: &io::Error) -> Failure {
        Failure::InputOutput(unreadable(path, error))
    }

    /// What was written behind an option cannot be understood.
    pub fn refused(option: &str, refusal: Refusal) -> Failure {
        let hint = refusal.hint.map_or(String::new(), |hint| format!("; {hint}"));
        Failure::Usage(format!("{option}: {}{hint}", refusal.problem))
    }

    /// Words that are no command line, for those who do not stand at one.
    pub fn misunderstood(error: &clap::Error) -> Failure {
        let told = error.to_string();
        // Its own word for an error stands before each of ours already, and nobody asks for help here.
        let told = told.trim_start_matches("error: ").split("\n\nFor more information").next();
        Failure::Usage(told.unwrap_or_default().trim_end().to_owned())
    }

    pub fn tell(self, caller: &Caller) -> Ending {
        match self {
            Failure::BadScenario => Ending::Refused,
            Failure::Usage(message) => {
                caller.print_error(&message);
                Ending::Refused
            }
            Failure::InputOutput(message) => {
                caller.print_error(&message);
                Ending::InputOutputFailed
            }
            Failure::Stopped => {
                caller.print_aside("Stopped. Nothing has been written.\n");
                Ending::Interrupted
            }
        }
    }
}

impl From<OutputError> for Failure {
    fn from(error: OutputError) -> Failure {
        match error {
            // The user can say that he means it.
            OutputError::Occupied { .. } | OutputError::Exists { .. } => Failure::Usage(error.to_string()),
            OutputError::Failed { .. } => Failure::InputOutput(error.to_string()),
        }
    }
}

impl From<RecordError> for Failure {
    fn from(error: RecordError) -> Failure {
        // A file that no run has written is as wrong as a scenario that says nothing.
        if error.malformed {
            Failure::Usage(error.to_string())
        } else {
            Failure::InputOutput(error.to_string())
        }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Failure {
        Failure::InputOutput(in_words(&error))
    }
}
