//! The progress bar, on standard error and only if that is a terminal; or told to a program.

use super::printing;
use super::program::Program;
use super::simulated::{Amount, Simulated};
use crate::kernel::time::{Time, to_seconds};
use crate::output::terminal::letters::Letters;
use crate::parts::quantity::format_duration;
use crate::scenario::model::{RunEnd, Scenario};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::sync::Arc;

pub struct Progress {
    bar: ProgressBar,
    end: Option<RunEnd>,
    /// Of many runs, by all threads that make them.
    pub simulated: Simulated,
    tasks: &'static str,
    program: Option<Arc<dyn Program>>,
}

/// The bar counts in these, whatever the run's end.
const PARTS: u64 = 1_000;

impl Progress {
    fn with(bar: ProgressBar, end: Option<RunEnd>, tasks: &'static str) -> Progress {
        Progress { bar, end, simulated: Simulated::from_now(), tasks, program: None }
    }

    /// A program makes a bar of its own.
    pub fn told_to(program: Arc<dyn Program>, tasks: &'static str) -> Progress {
        let mut progress = Progress::with(ProgressBar::hidden(), None, tasks);
        progress.program = Some(program);
        progress
    }

    pub fn of_run_told_to(program: Arc<dyn Program>, scenario: &Scenario) -> Progress {
        let mut progress = Progress::told_to(program, "run");
        progress.end = Some(scenario.run.end);
        progress
    }

    pub fn hidden() -> Progress {
        Progress::with(ProgressBar::hidden(), None, "")
    }

    pub fn of_run(scenario: &Scenario) -> Progress {
        Progress::with(bar(PARTS), Some(scenario.run.end), "")
    }

    /// Of several runs side by side.
    pub fn of_runs(number: usize) -> Progress {
        let bar = bar(number as u64);
        bar.set_message(format!("0 of {number} scenarios"));
        Progress::with(bar, None, "scenarios")
    }

    pub fn one_done(&self) {
        self.bar.inc(1);
        let (done, all) = (self.bar.position(), self.bar.length().unwrap_or(0));
        self.bar.set_message(format!("{done} of {all} scenarios"));
    }

    /// Of many tasks of this name, such as "replications"; how many may not be known from the
    /// beginning.
    pub fn of_tasks(tasks: &'static str) -> Progress {
        Progress::with(bar(1), None, tasks)
    }

    pub fn tasks_done(&self, done: u64, of: u64) {
        if let Some(program) = &self.program {
            return program.sees(self.tasks, done, of);
        }
        let left_s = self.simulated.elapsed_s() / done as f64 * of.saturating_sub(done) as f64;
        self.bar.set_length(of);
        self.bar.set_position(done);
        let left = format_duration(left_s.ceil());
        let rates = self.simulated.so_far().as_ref().and_then(Amount::rates);
        let rates = rates.map_or(String::new(), |rates| format!(", {rates}"));
        self.bar.set_message(format!("{done} of {of} {}{rates}, {left} left", self.tasks));
    }

    pub fn show(&self, now: Time, requests: u64, events: u64) {
        let Some(end) = self.end else { return };
        let (share, simulated) = match end {
            RunEnd::After(length) => {
                let of = format_duration(to_seconds(length));
                (
                    now as f64 / length as f64,
                    format!("{} of {of} simulated", format_duration(to_seconds(now))),
                )
            }
            RunEnd::Requests(number) => {
                (requests as f64 / number as f64, format!("{} simulated", format_duration(to_seconds(now))))
            }
        };
        let share = share.clamp(0.0, 1.0);
        if let Some(program) = &self.program {
            return program.sees(self.tasks, (share * PARTS as f64) as u64, PARTS);
        }
        let seconds = self.simulated.elapsed_s();
        let mut message = simulated;
        if let Some(rates) = (Amount { requests, events, seconds }).rates() {
            message.push_str(&format!(", {rates}"));
        }
        if share > 0.0 {
            let left_s = (seconds * (1.0 - share) / share).ceil();
            message.push_str(&format!(", {} left", format_duration(left_s)));
        }
        self.bar.set_position((share * PARTS as f64) as u64);
        self.bar.set_message(message);
    }

    /// Takes the bar away, so that the summary stands alone.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.finish();
    }
}

fn bar(length: u64) -> ProgressBar {
    let style = ProgressStyle::with_template("  {bar:24} {percent:>3} %  {msg}")
        .expect("the template is a constant")
        .progress_chars(match printing::page_aside().letters() {
            Letters::Unicode => "█▉▊▋▌▍▎▏·",
            Letters::Ascii => "#>.",
        });
    ProgressBar::with_draw_target(Some(length), ProgressDrawTarget::stderr()).with_style(style)
}
