//! Commands that Python calls. The interpreter is free while they run; Ctrl-C, progress and runs
//! that are made elsewhere come back to it.

use super::table::Table;
use crate::cli::from_programs::{self, Ending, Failure};
use crate::cli::program::Program;
use crate::experiment::attending::attended;
use crate::experiment::tasks::Crew;
use crate::scenario::given::{Given, Settings};
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// So often Python may look whether Ctrl-C was pressed.
const PAUSE: Duration = Duration::from_millis(50);

/// A scenario's path, its text, and what is set in it.
pub type GivenText = (PathBuf, String, Settings);

pub fn given((path, text, settings): GivenText) -> Given {
    Given::of_text(&path, &text, settings)
}

/// What Python hears and sees of a command under way.
struct Listener {
    heard: Mutex<String>,
    heard_aside: Mutex<String>,
    seen: Mutex<Option<(&'static str, u64, u64)>>,
    stops: AtomicBool,
    /// Called with runs that are to be made; gives back their places and figures, in any order.
    spread: Option<Py<PyAny>>,
    /// What went wrong in it.
    error: Mutex<Option<PyErr>>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Program for Listener {
    fn hears(&self, text: &str) {
        lock(&self.heard).push_str(text);
    }

    fn hears_aside(&self, text: &str) {
        lock(&self.heard_aside).push_str(text);
    }

    fn sees(&self, tasks: &'static str, done: u64, of: u64) {
        *lock(&self.seen) = Some((tasks, done, of));
    }

    fn stops(&self) -> bool {
        self.stops.load(Ordering::Relaxed)
    }

    fn crew(&self) -> Option<&dyn Crew> {
        self.spread.is_some().then_some(self as &dyn Crew)
    }
}

impl Crew for Listener {
    fn make(&self, runs: &[(usize, u64)], take: &mut dyn FnMut(usize, Vec<f64>) -> bool) {
        if let Err(error) = Python::attach(|py| self.made(py, runs, take)) {
            lock(&self.error).get_or_insert(error);
        }
    }
}

impl Listener {
    fn new(spread: Option<Py<PyAny>>) -> Arc<Listener> {
        Arc::new(Listener {
            heard: Mutex::default(),
            heard_aside: Mutex::default(),
            seen: Mutex::default(),
            stops: AtomicBool::new(false),
            spread,
            error: Mutex::default(),
        })
    }

    fn made(
        &self,
        py: Python<'_>,
        runs: &[(usize, u64)],
        take: &mut dyn FnMut(usize, Vec<f64>) -> bool,
    ) -> PyResult<()> {
        let Some(spread) = &self.spread else { return Ok(()) };
        let mut is_made = vec![false; runs.len()];
        // Each is a list of places and their figures; an empty one only asks whether to go on.
        let made = spread.call1(py, (runs.to_vec(),))?.into_bound(py);
        for some in made.try_iter()? {
            for (place, figures) in some?.extract::<Vec<(usize, Vec<f64>)>>()? {
                // What is counted twice would be worse than what is lost.
                if is_made.get(place) != Some(&false) {
                    return Err(PyRuntimeError::new_err(format!("nobody waits for the run at {place}")));
                }
                is_made[place] = true;
                if !take(place, figures) {
                    return Ok(());
                }
            }
            if self.stops() {
                break;
            }
        }
        Ok(())
    }
}

/// Does the work while the interpreter is free; Ctrl-C and what goes wrong elsewhere come first.
fn listened<Outcome: Send>(
    py: Python<'_>,
    listener: &Arc<Listener>,
    (progress, threads): (Option<Py<PyAny>>, Option<usize>),
    work: impl FnOnce() -> Outcome + Send,
) -> PyResult<Outcome> {
    let mut interruption = None;
    let outcome = py.detach(|| {
        let look_up = || {
            let looked = Python::attach(|py| {
                py.check_signals()?;
                let seen = lock(&listener.seen).take();
                match (&progress, seen) {
                    (Some(progress), Some(seen)) => progress.call1(py, seen).map(drop),
                    _ => Ok(()),
                }
            });
            if let Err(error) = looked {
                listener.stops.store(true, Ordering::Relaxed);
                interruption.get_or_insert(error);
            }
        };
        attended(threads, PAUSE, look_up, work)
    });
    if let Some(error) = interruption.or_else(|| lock(&listener.error).take()) {
        return Err(error);
    }
    if let (Some(progress), Some(seen)) = (&progress, lock(&listener.seen).take()) {
        progress.call1(py, seen)?;
    }
    outcome.ok_or_else(|| PyRuntimeError::new_err("spof has a bug, which it has told on standard error"))
}

/// In a word, and for people.
fn told(failure: Failure) -> (&'static str, String) {
    match failure {
        Failure::BadScenario => ("bad_scenario", String::new()),
        Failure::Usage(message) => ("usage", message),
        Failure::InputOutput(message) => ("input_output", message),
        Failure::Stopped => ("interrupted", String::new()),
    }
}

fn word(ending: Ending) -> &'static str {
    match ending {
        Ending::Good => "good",
        Ending::ExpectationFailed => "expectation_failed",
        Ending::Refused => "bad_scenario",
        Ending::InputOutputFailed => "input_output",
        Ending::Interrupted => "interrupted",
    }
}

/// How it ended, what it said, what it said aside, and the rows of a simulation.
type Answer = (&'static str, String, String, Option<Table>);

#[pyfunction]
#[pyo3(signature = (words, scenarios, progress = None, spread = None, threads = None))]
pub fn ask(
    py: Python<'_>,
    words: Vec<String>,
    scenarios: Vec<GivenText>,
    progress: Option<Py<PyAny>>,
    spread: Option<Py<PyAny>>,
    threads: Option<usize>,
) -> PyResult<Answer> {
    let listener = Listener::new(spread);
    let scenarios: Vec<Given> = scenarios.into_iter().map(given).collect();
    let work = || from_programs::ask(&words, scenarios, listener.clone());
    let answer = listened(py, &listener, (progress, threads), work)?;
    let heard = std::mem::take(&mut *lock(&listener.heard));
    let aside = std::mem::take(&mut *lock(&listener.heard_aside));
    Ok(match answer {
        Ok(answer) => (word(answer.ending), heard, aside, answer.rows.map(Table::of_rows)),
        Err(failure) => {
            let (word, message) = told(failure);
            (word, heard, aside + &message, None)
        }
    })
}

/// The figures of some runs of a study that somebody else makes.
#[pyfunction]
#[pyo3(signature = (words, scenarios, runs, threads = None))]
pub fn figures(
    py: Python<'_>,
    words: Vec<String>,
    scenarios: Vec<GivenText>,
    runs: Vec<(usize, u64)>,
    threads: Option<usize>,
) -> PyResult<Vec<Vec<f64>>> {
    let listener = Listener::new(None);
    let scenarios: Vec<Given> = scenarios.into_iter().map(given).collect();
    let work = || from_programs::figures(&words, scenarios, &runs, listener.clone());
    let made = listened(py, &listener, (None, threads), work)?;
    made.map_err(|failure| {
        let aside = std::mem::take(&mut *lock(&listener.heard_aside));
        PyRuntimeError::new_err(aside + &told(failure).1)
    })
}

/// The command line, with its exit code.
#[pyfunction]
pub fn run_command_line(py: Python<'_>, words: Vec<String>) -> u8 {
    let words: Vec<OsString> = words.into_iter().map(OsString::from).collect();
    py.detach(|| crate::cli::run(&words))
}
