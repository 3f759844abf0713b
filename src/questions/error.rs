//! Why a question has no answer.

use crate::document::problem::{Look, Problem, Severity, render};
use crate::document::source::Source;
use crate::scenario::files::unreadable;
use std::fmt;
use std::io;
use std::path::PathBuf;

#[derive(Debug)]
pub enum Error {
    /// What is wrong with a scenario: all of it, each with its place and what to write instead.
    Mistakes(Box<Mistakes>),
    /// A file cannot be read.
    Unreadable { path: PathBuf, error: io::Error },
    /// What is asked for makes no sense; the text says what would.
    Refused(String),
    /// What was done could not be kept.
    NotKept(String),
    /// Whoever watches has broken it off before there was anything to tell.
    Stopped,
}

/// All that is wrong with a scenario.
#[derive(Clone, Debug)]
pub struct Mistakes {
    source: Source,
    problems: Vec<Problem>,
}

impl Mistakes {
    pub fn new(source: Source, problems: Vec<Problem>) -> Mistakes {
        Mistakes { source, problems }
    }

    /// What each says, with its line and column, and what to write instead.
    pub fn each(&self) -> impl Iterator<Item = Mistake<'_>> {
        let errors = self.problems.iter().filter(|problem| problem.severity == Severity::Error);
        errors.map(|problem| {
            let place = self.source.location_of(&problem.span);
            Mistake {
                message: &problem.message,
                hint: problem.hint.as_deref(),
                source: place.name,
                line: place.line,
                column: place.column,
            }
        })
    }

    /// As a terminal shows them, warnings included.
    pub fn render(&self, look: Look) -> String {
        render(&self.source, &self.problems, look)
    }
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake<'a> {
    pub message: &'a str,
    pub hint: Option<&'a str>,
    /// The file, the setting that replaces a part of it, or, in a scenario that a program has built, the
    /// path of what is wrong: `nodes.counter.servers`. Line and column are those of
    /// [`to_yaml`](crate::SiteBuilder::to_yaml) then.
    pub source: String,
    /// Both count from 1.
    pub line: usize,
    pub column: usize,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Mistakes(mistakes) => f.write_str(mistakes.render(Look::default()).trim_end()),
            Error::Unreadable { path, error } => f.write_str(&unreadable(path, error)),
            Error::Refused(message) | Error::NotKept(message) => f.write_str(message),
            Error::Stopped => f.write_str("stopped"),
        }
    }
}

impl std::error::Error for Error {}
