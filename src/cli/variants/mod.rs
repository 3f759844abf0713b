//! Studies in which settings are varied: what `sweep` and `solve` have in common.

mod checking;
pub mod runs;

use super::caller::Caller;
use super::ending::Failure;
use super::reading::parse_setting;
use super::threads::ThreadArguments;
use crate::analysis::gauges::{Gauge, Gauges};
use crate::analysis::window::Window;
use crate::experiment::axis::Axis;
use crate::experiment::points::Point;
use crate::output::folder::HOME;
use crate::output::journal::{Identity, Journal, JournalError};
use crate::parts::fingerprint::Fingerprint;
use crate::results::RunResults;
use crate::scenario::given::{Given, Settings};
use crate::scenario::model::{Expectation, Scenario};
use checking::{Checked, check};
use clap::{Args, ValueHint};
use runs::Runs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

#[derive(Debug, Args)]
pub struct VariantArguments {
    /// A scenario file (YAML, TOML or JSON)
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub file: Given,

    /// What is varied: a range (gunicorn.workers=1..16), one with a step
    /// (visitors.arrivals=50/s..500/s:50) or a factor (app.threads=1..64:x2), or a list
    /// (cache.policy=lru,fifo); may be given again
    #[arg(long = "vary", required = true, value_name = "PATH=VALUES", value_parser = Axis::parse)]
    pub axes: Vec<Axis>,

    /// Change a setting in all runs, as in gunicorn.threads=8; may be given again
    #[arg(long = "set", value_name = "PATH=VALUE", value_parser = parse_setting)]
    pub settings: Vec<(String, String)>,

    /// The seed of all chance [default: the scenario's own]
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,

    /// Where the results go, and the journal from which a study that was stopped goes on
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,

    /// Forget what a study that was stopped has left there
    #[arg(long)]
    pub fresh: bool,

    #[command(flatten)]
    pub threads: ThreadArguments,

    /// Print the results as JSON instead of tables for people
    #[arg(long)]
    pub json: bool,

    /// Print no results, no progress and no warnings
    #[arg(long, short)]
    pub quiet: bool,
}

/// What is measured of each run.
pub trait Study: Send + Sync {
    /// These take the place of what the scenario expects, and are measured behind the gauges.
    fn expectations(&self, _scenario: &Scenario) -> Result<Vec<Expectation>, Failure> {
        Ok(Vec::new())
    }

    fn gauges(&self, scenario: &Scenario) -> Vec<Gauge> {
        Gauges::of(scenario).names()
    }

    /// Refuses what is asked for and no run tells.
    fn check(&self, _first: &Scenario, _gauges: &[Gauge]) -> Result<(), Failure> {
        Ok(())
    }

    /// In the order of the gauges; what is expected comes behind them.
    fn figures(&self, scenario: &Scenario, results: &RunResults) -> Vec<f64> {
        Gauges::of(scenario).figures(results, &Window::of(scenario, results))
    }
}

/// A study in the making.
pub struct Variants<'a> {
    pub arguments: &'a VariantArguments,
    /// `sweep`, `solve`
    pub command: &'static str,
    /// What is set at each point.
    pub points: Vec<Settings>,
    pub study: Arc<dyn Study>,
    pub caller: &'a Caller,
    /// What else makes a difference to the runs.
    pub other: String,
}

impl VariantArguments {
    pub fn folder(&self, command: &str) -> PathBuf {
        let name = || format!("{}-{command}", self.file.stem());
        self.out.clone().unwrap_or_else(|| Path::new(HOME).join(name()))
    }

    pub fn is_silent(&self) -> bool {
        self.quiet || self.json
    }

    /// The settings that make a point.
    pub fn settings_of(&self, point: &Point) -> Settings {
        let varied = self.axes.iter().zip(point);
        let varied = varied.map(|(axis, value)| (axis.path.clone(), value.text.clone()));
        self.settings.iter().cloned().chain(varied).collect()
    }

    /// Two axes on one path would undo each other.
    pub fn check_axes(&self) -> Result<(), Failure> {
        let full = |path: &str| path.strip_prefix("nodes.").unwrap_or(path).to_owned();
        for (place, axis) in self.axes.iter().enumerate() {
            if let Some(twice) = self.axes[..place].iter().find(|other| full(&other.path) == full(&axis.path))
            {
                return Err(Failure::Usage(format!("`{}` is varied twice: take one --vary", twice.path)));
            }
            if let Some((path, _)) = self.settings.iter().find(|(path, _)| full(path) == full(&axis.path)) {
                return Err(Failure::Usage(format!("`{path}` is set and varied: leave out one of the two")));
            }
        }
        Ok(())
    }
}

impl<'a> Variants<'a> {
    /// So many settings of each point are varied.
    fn varied(&self) -> usize {
        self.arguments.axes.len()
    }

    /// Checks all points, and opens the journal; nothing has run yet.
    pub fn open(self) -> Result<(Scenario, Runs<'a>), Failure> {
        let arguments = self.arguments;
        let Checked { first, text, gauges } = check(
            &arguments.file,
            (&self.points, self.varied()),
            &*self.study,
            (arguments.is_silent(), self.caller),
        )?;
        self.study.check(&first, &gauges)?;
        let identity = self.identity(&first, &text);
        let path = arguments.folder(self.command).join(format!("{}.journal", self.command));
        let (journal, kept) = Journal::open(&path, &identity, arguments.fresh).map_err(refusal)?;
        if kept.was_torn {
            let text = format!("The last line of {} was torn, and has been dropped.\n", path.display());
            self.caller.print_aside(&text);
        }
        let runs = Runs::new(arguments, self.points, (gauges, self.study), Some(journal), self.caller);
        runs.take_over(&kept.lines)
            .map_err(|line| refusal(JournalError::Damaged { path: path.clone(), line }))?;
        if !kept.lines.is_empty() && !arguments.quiet {
            let text =
                format!("Goes on after {} runs that are kept in {}.\n", kept.lines.len(), path.display());
            self.caller.print_aside(&text);
        }
        Ok((first, runs))
    }

    /// The figures of some runs, for somebody else's study.
    pub fn figures(self, wanted: &[(usize, u64)]) -> Result<Vec<Vec<f64>>, Failure> {
        let silence = (true, self.caller);
        let points = (self.points.as_slice(), self.varied());
        let Checked { gauges, .. } = check(&self.arguments.file, points, &*self.study, silence)?;
        let runs = Runs::new(self.arguments, self.points, (gauges, self.study), None, self.caller);
        runs.make(wanted.iter().copied())?;
        Ok(wanted.iter().map_while(|run| runs.of_run(*run)).collect())
    }

    fn identity(&self, first: &Scenario, text: &str) -> Identity {
        let Variants { arguments, command, points, other, .. } = self;
        // Files that the scenario names are part of what it has become.
        let all = (env!("CARGO_PKG_VERSION"), text, command, arguments.seed, points, first, other);
        let axes: Vec<&str> = self.arguments.axes.iter().map(|axis| axis.path.as_str()).collect();
        let file = self.arguments.file.name();
        let about = format!("{} of {file} over {}", self.command, axes.join(", "));
        Identity { fingerprint: Fingerprint::of_value(&all), about }
    }
}

fn refusal(error: JournalError) -> Failure {
    const WAYS: &str = "choose another folder with --out, or forget them with --fresh";
    match error {
        JournalError::Foreign { path, lines, same_about: true, .. } => Failure::Usage(format!(
            "{} keeps {lines} runs of this study before its scenario, its settings or spof were changed; {WAYS}",
            path.display(),
        )),
        JournalError::Foreign { path, about, lines, .. } => Failure::Usage(format!(
            "{} keeps {lines} runs of another study that was stopped ({about}); let it finish, {WAYS}",
            path.display(),
        )),
        JournalError::Damaged { path, line } => Failure::Usage(format!(
            "{} is damaged in line {line}, so that its runs cannot be trusted; {WAYS}",
            path.display(),
        )),
        JournalError::Output(error) => error.into(),
    }
}
