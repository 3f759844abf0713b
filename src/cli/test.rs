//! `spof test`: scenarios as tests of a site, for whoever wants to know at every change whether
//! what is expected of it still holds.

use super::caller::Caller;
use super::ending::{Ending, Failure};
use super::onlooker::parse_time_limit;
use super::reading::parse_setting;
use super::simulated::Simulated;
use super::threads::ThreadArguments;
use crate::analysis::shard::REPLICATIONS_MOST;
use crate::analysis::study::Measures;
use crate::analysis::summarise::summarise;
use crate::analysis::trial::{Tally, TestError, Tested, TestedFile, Trial};
use crate::analysis::window::Window;
use crate::diagnosis::diagnose;
use crate::document::problem::Severity;
use crate::experiment::study::replicate;
use crate::experiment::tasks::run_watched;
use crate::output::terminal::expected;
use crate::output::{annotations, json, junit, text_file};
use crate::plan::compile;
use crate::scenario::load::{Loaded, load};
use crate::scenario::model::Scenario;
use crate::scenario::search::{EXTENSIONS, files_below};
use crate::stats::looks::Looks;
use crate::telling::Answer;
use crate::telling::trial::{FailedRun, ToldFile, tell as tell_file, tell_all};
use clap::{Args, ValueEnum};
use serde::Serialize;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Test whether what scenarios expect holds, with replications until each expectation is decided
///
/// The runs are looked at after 10, 20, 40 … replications. An expectation has passed, or failed, as soon as
/// all of the interval of its mean over the runs is on one side of its bound. The looks share an error of
/// 5 %, so that at most one verdict in twenty is wrong however often it is looked. Same seed, same verdicts,
/// on any number of threads.
#[derive(Debug, Args)]
pub struct TestArguments {
    /// Scenario files, or folders in which all scenarios are tested
    #[arg(required = true, value_name = "FILE|DIR")]
    paths: Vec<PathBuf>,

    /// The seed of all chance [default: each scenario's own]
    #[arg(long, value_name = "N")]
    seed: Option<u64>,

    /// Change a setting of all scenarios, as in run.duration=5m; may be given again
    #[arg(long = "set", value_name = "PATH=VALUE", value_parser = parse_setting)]
    settings: Vec<(String, String)>,

    /// Leave undecided what so many replications cannot decide
    #[arg(long, value_name = "N", default_value_t = 160,
          value_parser = clap::value_parser!(u64).range(2..=REPLICATIONS_MOST))]
    at_most: u64,

    /// Begin no more replications of a scenario after so much time, such as 5m; what is undecided
    /// then stays so, which depends on the machine
    #[arg(long, value_name = "TIME", value_parser = parse_time_limit)]
    time_limit: Option<Duration>,

    #[command(flatten)]
    pub threads: ThreadArguments,

    /// What becomes of expectations that stay undecided
    #[arg(long, value_name = "VERDICT", default_value = "fail")]
    undecided: Undecided,

    /// Write what came of it as JUnit's XML, too
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,

    /// Remark on lines of the files, as GitHub's runners take it [default: github if they run
    /// this, else none]
    #[arg(long, value_name = "FOR")]
    annotations: Option<Annotations>,

    /// Print what came of it as JSON
    #[arg(long)]
    json: bool,

    /// Print nothing but errors and remarks
    #[arg(long, short)]
    quiet: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Undecided {
    Pass,
    Fail,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Annotations {
    Github,
    None,
}

#[derive(Serialize)]
struct Document<'a> {
    told: Answer,
    version: &'static str,
    passed: bool,
    tally: Tally,
    files: &'a [ToldFile],
}

pub fn run(arguments: TestArguments, caller: &Caller) -> Result<Ending, Failure> {
    caller.watch_interrupts(|| {});
    let simulated = Simulated::from_now();
    let mut tested = Vec::new();
    for (path, was_named) in files(&arguments.paths)? {
        let Some(one) = test(&arguments, (&path, was_named), (&simulated, caller)) else { continue };
        if caller.has_stopped() {
            caller.print_aside("Stopped. What was under way is not told.\n");
            return Ok(Ending::Interrupted);
        }
        tell(&arguments, &one, caller)?;
        tested.push(one);
    }
    let tally = Tally::of(tested.iter().map(|file| &file.file));
    let fails_undecided = arguments.undecided == Undecided::Fail;
    let has_failed = tally.failed > 0 || (fails_undecided && tally.undecided > 0);
    let passed = !has_failed && tally.errors == 0;
    if let Some(path) = &arguments.junit {
        text_file::replace(path, junit::to_text(&tested, fails_undecided).as_bytes())?;
    }
    if arguments.json {
        let version = env!("CARGO_PKG_VERSION");
        let told = tell_all(&tested, &tally, passed);
        caller.print_data(&json::to_text(&Document { told, version, passed, tally, files: &tested })?)?;
    } else if !arguments.quiet {
        caller.print(&format!("\n  {}\n", expected::closing(&tally, passed)))?;
        caller.print_amount(simulated.so_far())?;
    }
    match tally {
        Tally { errors: 1.., .. } => Ok(Ending::Refused),
        Tally { passed: 0, failed: 0, undecided: 0, .. } => {
            let message = "nothing was tested: there is no scenario with `expect`; write what is to hold, such as \
                           `expect: [ p99 < 500ms ]`";
            Err(Failure::Usage(message.to_owned()))
        }
        _ if has_failed => Ok(Ending::ExpectationFailed),
        _ => Ok(Ending::Good),
    }
}

/// Each once, and whether it was named itself. Those of a folder come in the order of their names.
fn files(paths: &[PathBuf]) -> Result<Vec<(PathBuf, bool)>, Failure> {
    let mut files: Vec<(PathBuf, bool)> = Vec::new();
    for path in paths {
        let kind = path.metadata().map_err(|error| Failure::reading(path, &error))?;
        let found = if kind.is_dir() {
            let found = files_below(path).map_err(|error| Failure::reading(path, &error))?;
            if found.is_empty() {
                let endings = EXTENSIONS.map(|ending| format!(".{ending}")).join(", ");
                let message =
                    format!("in {} there is no scenario: no file ends in {endings}", path.display());
                return Err(Failure::Usage(message));
            }
            found.into_iter().map(|file| (file, false)).collect()
        } else {
            vec![(path.clone(), true)]
        };
        for file in found {
            if files.iter().all(|(known, _)| *known != file.0) {
                files.push(file);
            }
        }
    }
    Ok(files)
}

/// Nothing of a file in a folder that is something else than a scenario.
fn test(
    arguments: &TestArguments,
    (path, was_named): (&Path, bool),
    (simulated, caller): (&Simulated, &Caller),
) -> Option<ToldFile> {
    let mut file = TestedFile {
        file: path.display().to_string(),
        scenario: None,
        seed: None,
        replications: 0,
        level: None,
        expectations: Vec::new(),
        errors: Vec::new(),
    };
    let loaded = match load(path, &arguments.settings) {
        Ok(loaded) => loaded,
        Err(error) => {
            let message = format!("cannot be read: {}", crate::document::file_error::in_words(&error));
            caller.print_error(&format!("{}: {message}", path.display()));
            file.errors.push(TestError { line: None, message, hint: None });
            return Some(tell_file(file, None));
        }
    };
    if !was_named && !loaded.is_like_a_scenario {
        return None;
    }
    let first_failed = match &loaded.scenario {
        Some(scenario) => try_out(arguments, (scenario, &loaded), &mut file, (simulated, caller)),
        None => {
            // The printer takes the colours out where they do not belong.
            caller.print_aside(&loaded.render_as(caller.look()));
            file.errors = errors(&loaded);
            None
        }
    };
    Some(tell_file(file, first_failed))
}

fn errors(loaded: &Loaded) -> Vec<TestError> {
    let errors = loaded.problems.iter().filter(|problem| problem.severity == Severity::Error);
    let told = errors.map(|problem| TestError {
        line: line(loaded, problem.span.start),
        message: problem.message.clone(),
        hint: problem.hint.clone(),
    });
    told.collect()
}

/// Nothing for what was given on the command line.
fn line(loaded: &Loaded, offset: usize) -> Option<usize> {
    let location = loaded.source.location(offset);
    (location.name == loaded.source.name()).then_some(location.line)
}

/// The first run in which something is not as expected comes back.
fn try_out(
    arguments: &TestArguments,
    (scenario, loaded): (&Scenario, &Loaded),
    file: &mut TestedFile,
    (simulated, caller): (&Simulated, &Caller),
) -> Option<FailedRun> {
    let seed = arguments.seed.unwrap_or(scenario.run.seed);
    file.scenario = Some(scenario.name.clone());
    file.seed = Some(seed);
    if scenario.expectations.is_empty() {
        return None;
    }
    let plan = compile(scenario);
    let measures = Measures::of(scenario, &[]);
    let looks = Looks::up_to(arguments.at_most);
    file.level = Some(looks.level());
    let mut trial = Trial::new(measures.columns(), looks, !scenario.faults.is_empty());
    let silenced = caller.undisturbed_if(arguments.quiet || arguments.json);
    let watcher = silenced.onlooker("replications at most", arguments.time_limit);
    while let Some(runs) = trial.next_runs() {
        let wanted = runs.end - runs.start;
        let figures = replicate(&plan, seed, runs, &watcher, &|results| measures.figures(results));
        // A look at fewer runs would be another one than those that share the error.
        if (figures.len() as u64) < wanted {
            break;
        }
        trial.look(figures);
    }
    if let Some(amount) = watcher.so_far() {
        simulated.add(amount.requests, amount.events);
    }
    file.replications = trial.replications();
    let lines = scenario.expectations.iter().map(|expectation| line(loaded, expectation.place.start));
    file.expectations = trial
        .verdicts()
        .into_iter()
        .zip(lines)
        .map(|((judged, replications), line)| Tested { line, replications, judged })
        .collect();
    // It is made again, since of each run only figures are kept.
    let replication = trial.first_failed()?;
    let results = run_watched(&plan, seed, replication, &watcher)?;
    let summary = summarise(scenario, seed, &results);
    let diagnosis = diagnose(scenario, &results, &Window::of(scenario, &results), &summary);
    Some(FailedRun::of(replication, &diagnosis))
}

fn tell(arguments: &TestArguments, file: &ToldFile, caller: &Caller) -> Result<(), Failure> {
    if !arguments.quiet && !arguments.json {
        caller.print(&expected::file(file, caller.page()))?;
    }
    let is_variable = |name: &str, value: &str| std::env::var(name).is_ok_and(|found| found == value);
    let by_itself =
        if is_variable("GITHUB_ACTIONS", "true") { Annotations::Github } else { Annotations::None };
    if arguments.annotations.unwrap_or(by_itself) == Annotations::Github {
        let path = in_repository(&file.file.file);
        let remarks = annotations::github(file, &path, arguments.undecided == Undecided::Fail);
        // JSON has standard output for itself; runners read both.
        if arguments.json { caller.print_aside(&remarks) } else { caller.print_data(&remarks)? }
    }
    Ok(())
}

/// As the file is named from the root of what is checked out.
fn in_repository(file: &str) -> String {
    let root = std::env::var_os("GITHUB_WORKSPACE").map(PathBuf::from);
    let whole = std::path::absolute(file).ok();
    let inside = root.zip(whole).and_then(|(root, whole)| whole.strip_prefix(root).ok().map(Path::to_owned));
    inside.map_or(file.to_owned(), |inside| inside.display().to_string())
}
