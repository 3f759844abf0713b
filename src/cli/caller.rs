//! Who has called a command and waits for it: a person at a terminal, or a program.

use super::interrupt;
use super::onlooker::Onlooker;
use super::printing;
use super::program::Program;
use super::progress::Progress;
use super::simulated::Amount;
use crate::document::problem::Look;
use crate::experiment::tasks::Crew;
use crate::output::terminal::page::Page;
use crate::scenario::model::Scenario;
use owo_colors::OwoColorize;
use std::io;
use std::sync::Arc;
use std::time::Duration;

/// Without colours.
fn plain(text: &str) -> String {
    anstream::adapter::strip_str(text).to_string()
}

#[derive(Clone)]
pub enum Caller {
    Person { sees_progress: bool },
    Program(Arc<dyn Program>),
}

impl Caller {
    pub fn person() -> Caller {
        Caller::Person { sees_progress: true }
    }

    /// Persons who want silence, or who read something else, see no progress.
    pub fn undisturbed_if(&self, is_silent: bool) -> Caller {
        match self {
            Caller::Person { .. } if is_silent => Caller::Person { sees_progress: false },
            caller => caller.clone(),
        }
    }

    /// For people.
    pub fn print(&self, text: &str) -> io::Result<()> {
        self.print_data(&self.page().fitted(text))
    }

    /// For programs, as it is.
    pub fn print_data(&self, text: &str) -> io::Result<()> {
        match self {
            Caller::Person { .. } => printing::print_data(text),
            Caller::Program(program) => {
                program.hears(&plain(text));
                Ok(())
            }
        }
    }

    /// How much was simulated, and how fast, below what came of it.
    pub fn print_amount(&self, amount: Option<Amount>) -> io::Result<()> {
        amount.map_or(Ok(()), |amount| self.print(&format!("  {}\n\n", amount.text())))
    }

    /// What a program may show to people, beside the data that it has asked for.
    pub fn print_for_people(&self, text: impl FnOnce() -> String) {
        if let Caller::Program(program) = self {
            program.hears_aside(&plain(&text()));
        }
    }

    pub fn print_aside(&self, text: &str) {
        match self {
            Caller::Person { .. } => printing::print_aside(text),
            Caller::Program(program) => program.hears_aside(&plain(text)),
        }
    }

    /// How problems of scenarios are shown to it.
    pub fn look(&self) -> Look {
        match self {
            Caller::Person { .. } => Look { coloured: true, columns: printing::page_aside().columns() },
            Caller::Program(_) => Look::default(),
        }
    }

    pub fn print_error(&self, message: &str) {
        self.print_aside(&format!("{} {message}\n", "error:".red().bold()));
    }

    /// That on which what is printed is laid out.
    pub fn page(&self) -> Page {
        match self {
            Caller::Person { .. } => printing::page(),
            Caller::Program(_) => Page::endless(),
        }
    }

    /// From now on, Ctrl-C asks for an end. A program has its own ways.
    pub fn watch_interrupts(&self, tidy_up: fn()) {
        if let Caller::Person { .. } = self {
            interrupt::watch(tidy_up);
        }
    }

    pub fn has_stopped(&self) -> bool {
        match self {
            Caller::Person { .. } => interrupt::requested(),
            Caller::Program(program) => program.stops(),
        }
    }

    /// Looks at many tasks of this name, and breaks them off.
    pub fn onlooker(&self, tasks: &'static str, time_limit: Option<Duration>) -> Onlooker {
        let (progress, program) = match self {
            Caller::Person { sees_progress: true } => (Progress::of_tasks(tasks), None),
            Caller::Person { sees_progress: false } => (Progress::hidden(), None),
            Caller::Program(program) => (Progress::told_to(program.clone(), tasks), Some(program.clone())),
        };
        Onlooker::new(progress, program, time_limit)
    }

    /// Of one run, which the caller watches.
    pub fn progress(&self, scenario: &Scenario) -> Progress {
        match self {
            Caller::Person { sees_progress: true } => Progress::of_run(scenario),
            Caller::Person { sees_progress: false } => Progress::hidden(),
            Caller::Program(program) => Progress::of_run_told_to(program.clone(), scenario),
        }
    }

    pub fn crew(&self) -> Option<&dyn Crew> {
        match self {
            Caller::Person { .. } => None,
            Caller::Program(program) => program.crew(),
        }
    }
}
