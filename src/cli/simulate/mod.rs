//! `spof simulate`: runs scenarios and tells what came of them.

mod audience;
mod first_run;
mod job;
#[cfg(feature = "tui")]
mod live;
mod rows_and_traces;
mod shard;
mod speed;
pub mod study;

use super::caller::Caller;
use super::ending::{Ending, Failure};
use super::progress::Progress;
use super::reading::{parse_setting, read};
use super::threads::ThreadArguments;
use crate::advice::Site;
use crate::engine::TraceWishes;
use crate::experiment::in_parallel;
use crate::output::folder::{HOME, Ownership};
use crate::output::packing::Packing;
use crate::output::scenario_json::Script;
use crate::output::{json, terminal};
use crate::questions::rows::RowColumns;
use crate::results::row::RowSampling;
use crate::scenario::given::Given;
use audience::Audience;
use clap::{Args, ValueHint};
use job::{Done, Job, Wishes};
use rows_and_traces::{parse_rows, parse_rows_file, parse_traces};
use speed::parse_speed;
use std::collections::HashSet;
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};
use study::StudyArguments;

/// Run scenarios, write every request's latency, and sum up
#[derive(Debug, Args)]
pub struct SimulateArguments {
    /// Scenario files (YAML, TOML or JSON); several run side by side
    #[arg(required = true, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub files: Vec<Given>,

    /// Where the results go [default: output/<scenario>]; with several files, each gets a
    /// folder in it
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,

    /// The seed of all chance [default: the scenario's own]
    #[arg(long, value_name = "N")]
    seed: Option<u64>,

    /// Change a setting, as in gunicorn.workers=8 or run.duration=5m; may be given again
    #[arg(long = "set", value_name = "PATH=VALUE", value_parser = parse_setting)]
    settings: Vec<(String, String)>,

    /// Which requests get a line in latency.csv: all, none, or a share such as 1%
    #[arg(long, value_name = "all|none|1%", default_value = "all", value_parser = parse_rows)]
    rows: RowSampling,

    /// The name of that file: packed, it is a fraction as large
    #[arg(long, value_name = "NAME", default_value = "latency.csv", value_parser = parse_rows_file)]
    rows_file: Packing,

    /// Keep the stories of requests in traces.jsonl: a share such as 1%, slowest=100 and
    /// failed=100, with commas between
    #[arg(long, value_name = "1%|slowest=N,failed=N", value_parser = parse_traces)]
    trace: Option<TraceWishes>,

    #[command(flatten)]
    study: StudyArguments,

    #[command(flatten)]
    pub threads: ThreadArguments,

    /// Draw no charts; `spof render` can draw them later
    #[arg(long)]
    no_charts: bool,

    /// Write no report.html; `spof render --report` can write it later
    #[arg(long)]
    no_report: bool,

    /// Try what might help, as `spof advise` does: advice.json, a section of the report, and the answer
    /// below the summary
    #[arg(long, conflicts_with_all = ["live", "shard"])]
    advise: bool,

    /// For programs, which keep the rows in memory
    #[arg(long, hide = true)]
    no_rows_file: bool,

    /// Show the run as it goes on, in the terminal: nodes, queues and rates, with keys to pause,
    /// step, and change the speed
    #[arg(long)]
    live: bool,

    /// Simulated seconds per second of that view [default: the run takes about a minute]
    #[arg(long, value_name = "10x", requires = "live", value_parser = parse_speed)]
    speed: Option<f64>,

    /// Print summary.json instead of the summary for people
    #[arg(long)]
    json: bool,

    /// Print no summary, no progress and no warnings
    #[arg(long, short)]
    quiet: bool,

    /// Write into the folder of --out even if it holds files that no run has written; files
    /// of earlier runs are always replaced
    #[arg(long)]
    force: bool,
}

pub fn run(arguments: SimulateArguments, caller: &Caller) -> Result<Ending, Failure> {
    caller.watch_interrupts(give_back_terminal);
    if arguments.live {
        check_live(&arguments)?;
    }
    if let Some((wish, replications)) = arguments.study.shard() {
        return shard::run(&arguments, wish, replications, caller);
    }
    let jobs = prepare(&arguments, wishes(&arguments), caller)?;
    let silenced = caller.undisturbed_if(arguments.quiet || arguments.json);
    let results = if jobs.len() == 1 {
        let job = jobs.into_iter().next().expect("there is one");
        let audience = audience(&arguments, &job, &silenced)?;
        vec![job.run(audience, &silenced)]
    } else {
        let progress = match silenced {
            Caller::Person { sees_progress: true } => Progress::of_runs(jobs.len()),
            _ => Progress::hidden(),
        };
        // One bar for all of them.
        let unseen = caller.undisturbed_if(true);
        in_parallel(jobs, |job| {
            let result = job.run(Audience::Bar(Progress::hidden()), &unseen);
            progress.one_done();
            result
        })
    };
    let done = results.into_iter().collect::<Result<Vec<Done>, _>>()?;
    tell(&arguments, &done, caller)
}

/// The figures of some runs, for the same study somewhere else.
pub fn figures(
    arguments: &SimulateArguments,
    runs: &[(usize, u64)],
    caller: &Caller,
) -> Result<Vec<Vec<f64>>, Failure> {
    let [given] = arguments.files.as_slice() else {
        return Err(Failure::Usage("a study is of one scenario".to_owned()));
    };
    let loaded = read(given, &arguments.settings, true, caller)?;
    let scenario = loaded.scenario.ok_or(Failure::BadScenario)?;
    let study = arguments.study.job(&scenario, false)?;
    let study = study.ok_or_else(|| Failure::Usage("one run alone is made here".to_owned()))?;
    let numbers: Vec<u64> = runs.iter().map(|(_, number)| *number).collect();
    Ok(study.figures(&scenario, arguments.seed.unwrap_or(scenario.run.seed), &numbers, caller))
}

/// One scenario, for a program: what a person would find in `latency.csv` comes back as columns,
/// and in the folder of `--out` stands all else.
pub fn run_for_program(
    arguments: SimulateArguments,
    caller: &Caller,
) -> Result<(Ending, Option<RowColumns>), Failure> {
    let keeps_rows = arguments.rows != RowSampling::None;
    let wishes = Wishes { keeps_rows, ..wishes(&arguments) };
    let [job] = <[Job; 1]>::try_from(prepare(&arguments, wishes, caller)?)
        .map_err(|_| Failure::Usage("programs simulate one scenario at a time".to_owned()))?;
    let audience = audience(&arguments, &job, caller)?;
    let mut done = job.run(audience, caller)?;
    let columns = done.columns.take();
    Ok((tell(&arguments, &[done], caller)?, columns))
}

fn give_back_terminal() {
    #[cfg(feature = "tui")]
    live::screen::give_back();
}

/// Whether a live view is possible at all.
fn check_live(arguments: &SimulateArguments) -> Result<(), Failure> {
    if !cfg!(feature = "tui") {
        let message = "this spof was built without the feature `tui`, which --live needs: \
            `cargo install --path . --features tui`";
        return Err(Failure::Usage(message.to_owned()));
    }
    if arguments.files.len() > 1 {
        return Err(Failure::Usage("--live shows one scenario at a time; name one file".to_owned()));
    }
    if arguments.study.any() {
        return Err(Failure::Usage("--live shows one run; leave out --replications and --until".to_owned()));
    }
    let is_terminal = io::stdout().is_terminal() && io::stdin().is_terminal();
    if !is_terminal {
        let message = "--live needs a terminal for its input and output; without one, leave it out";
        return Err(Failure::Usage(message.to_owned()));
    }
    Ok(())
}

fn audience(arguments: &SimulateArguments, job: &Job, caller: &Caller) -> Result<Audience, Failure> {
    #[cfg(feature = "tui")]
    if arguments.live {
        let live = live::Live::open(&job.scenario, arguments.speed);
        let live = live.map_err(|error| Failure::InputOutput(format!("cannot use the terminal: {error}")))?;
        return Ok(Audience::Live(Box::new(live)));
    }
    // The study shows how far it is.
    let is_silent = arguments.study.any();
    Ok(Audience::Bar(if is_silent { Progress::hidden() } else { caller.progress(&job.scenario) }))
}

/// Everything that can fail does so here, before the first run.
fn prepare(arguments: &SimulateArguments, wishes: Wishes, caller: &Caller) -> Result<Vec<Job>, Failure> {
    let mut scenarios = Vec::new();
    let mut all_good = true;
    for file in &arguments.files {
        let mut loaded = read(file, &arguments.settings, arguments.quiet, caller)?;
        let site = arguments.advise.then(|| Site::of(file, &arguments.settings, &loaded)).flatten();
        match loaded.scenario.take() {
            Some(scenario) => {
                let seed = arguments.seed.unwrap_or(scenario.run.seed);
                let script = Script::of(file, &loaded, &arguments.settings, seed);
                scenarios.push((scenario, script, seed, site));
            }
            None => all_good = false,
        }
    }
    if !all_good {
        return Err(Failure::BadScenario);
    }
    let folders = folders(arguments)?;
    let ownership = ownership(arguments);
    let mut jobs = Vec::new();
    for ((file, (scenario, script, seed, site)), folder) in arguments.files.iter().zip(scenarios).zip(folders)
    {
        let study = arguments.study.job(&scenario, site.is_some())?;
        let mut job = Job::prepare(file, (scenario, script), seed, (wishes, study), &folder, ownership)?;
        job.advised = site.map(|site| (site, arguments.study.time_limit()));
        jobs.push(job);
    }
    Ok(jobs)
}

fn ownership(arguments: &SimulateArguments) -> Ownership {
    Ownership::of(arguments.out.is_some(), arguments.force)
}

fn wishes(arguments: &SimulateArguments) -> Wishes {
    Wishes {
        rows: arguments.rows,
        packing: arguments.rows_file,
        writes_rows: !arguments.no_rows_file,
        keeps_rows: false,
        pictures: !arguments.no_charts,
        report: !arguments.no_report,
        traces: arguments.trace.unwrap_or_default(),
        advises: arguments.advise,
        whole_or_nothing: false,
    }
}

/// What else than itself a shard depends on.
pub struct ShardPlan {
    pub settings: Vec<(String, String)>,
    pub folder: PathBuf,
}

impl SimulateArguments {
    /// For whoever has shards simulated elsewhere, and wants to know of mistakes now.
    pub fn shard_plan(self) -> Result<ShardPlan, Failure> {
        if let Some((wish, replications)) = self.study.shard() {
            shard::part(&self, wish, replications)?;
        }
        let folder = folders(&self)?.remove(0);
        Ok(ShardPlan { folder, settings: self.settings })
    }
}

fn folders(arguments: &SimulateArguments) -> Result<Vec<PathBuf>, Failure> {
    if let (Some(out), [_]) = (&arguments.out, arguments.files.as_slice()) {
        return Ok(vec![out.clone()]);
    }
    let home = arguments.out.as_deref().unwrap_or(Path::new(HOME));
    let mut seen = HashSet::new();
    let mut folders = Vec::new();
    for file in &arguments.files {
        let folder = home.join(file.stem());
        if !seen.insert(folder.clone()) {
            let message = format!(
                "two of the scenarios would write to {}; run them one by one with --out",
                folder.display()
            );
            return Err(Failure::Usage(message));
        }
        folders.push(folder);
    }
    Ok(folders)
}

fn tell(arguments: &SimulateArguments, done: &[Done], caller: &Caller) -> Result<Ending, Failure> {
    if arguments.json {
        caller.print_data(&as_json(done)?)?;
    } else if !arguments.quiet {
        for done in done {
            tell_one(done, caller)?;
        }
    }
    if done.iter().any(|done| done.interrupted) {
        let folders: Vec<String> = done.iter().map(|done| done.folder.display().to_string()).collect();
        caller.print_aside(&format!("Stopped. What there was is in {}.\n", folders.join(", ")));
        return Ok(Ending::Interrupted);
    }
    let failed = |done: &Done| match &done.study {
        Some(study) => study.failed(),
        None => done.findings.summary.expectations.iter().any(|result| !result.holds),
    };
    Ok(if done.iter().any(failed) { Ending::ExpectationFailed } else { Ending::Good })
}

fn tell_one(done: &Done, caller: &Caller) -> Result<(), Failure> {
    let page = caller.page();
    let told = match &done.study {
        Some(study) => terminal::study::render(&study.summary, &done.folder, &done.files, page),
        None => {
            let glance = done.glance.text(page);
            terminal::render(&done.findings, &glance, Some(&done.folder), &done.files, page)
        }
    };
    caller.print(&told)?;
    if let Some(advice) = &done.advice {
        caller.print(&format!("{}\n", terminal::advice::body(advice, page)))?;
    }
    Ok(caller.print_amount(done.amount())?)
}

/// One summary as it stands in its file; several as a list.
fn as_json(done: &[Done]) -> Result<String, Failure> {
    let text = |done: &Done| match &done.study {
        Some(study) => json::to_text(&study.summary),
        None => json::to_text(&done.findings),
    };
    let texts = done.iter().map(text).collect::<Result<Vec<_>, _>>()?;
    match texts.as_slice() {
        [text] => Ok(text.clone()),
        texts => Ok(format!("[\n{}]\n", texts.join(","))),
    }
}
