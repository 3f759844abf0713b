//! `spof simulate`: runs scenarios and tells what came of them.

mod audience;
mod job;
#[cfg(feature = "tui")]
mod live;
mod shard;
mod speed;
mod study;

use super::ending::{Ending, Failure};
use super::interrupt;
use super::printing::{letters, print, print_aside};
use super::progress::Progress;
use super::reading::{parse_setting, read};
use crate::engine::TraceWishes;
use crate::experiment::in_parallel;
use crate::output::folder::Ownership;
use crate::output::packing::Packing;
use crate::output::scenario_json::Script;
use crate::output::{Format, json, terminal};
use crate::parts::quantity::parse_share;
use crate::results::row::RowSampling;
use audience::Audience;
use clap::Args;
use job::{Done, Job, Wishes};
use speed::parse_speed;
use std::collections::HashSet;
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};
use study::StudyArguments;

/// Results go here unless `--out` says otherwise.
const HOME: &str = "output";

/// The slowest and the failed are kept in memory until the end.
const TRACES_MOST: usize = 100_000;

/// Run scenarios, write every request's latency, and sum up
#[derive(Debug, Args)]
pub struct SimulateArguments {
    /// Scenario files (YAML, TOML or JSON); several run side by side
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,

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

    /// Draw no charts; `spof render` can draw them later
    #[arg(long)]
    no_charts: bool,

    /// Write no report.html; `spof render --report` can write it later
    #[arg(long)]
    no_report: bool,

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

fn parse_rows(text: &str) -> Result<RowSampling, String> {
    match text {
        "all" => Ok(RowSampling::All),
        "none" => Ok(RowSampling::None),
        share => match parse_share(share) {
            Ok(share) if share > 0.0 && share <= 1.0 => Ok(RowSampling::Share(share)),
            _ => Err("write all, none, or a share such as 1%".to_owned()),
        },
    }
}

fn parse_rows_file(text: &str) -> Result<Packing, String> {
    let packings = [Packing::None, Packing::Gzip, Packing::Zstandard];
    let found = packings.into_iter().find(|packing| Format::LatencyCsv(*packing).file_name() == text);
    match found {
        Some(Packing::Zstandard) if !cfg!(feature = "zstd") => {
            Err("this spof was built without the feature `zstd`; take latency.csv.gz".to_owned())
        }
        Some(packing) => Ok(packing),
        None => Err("write latency.csv, latency.csv.gz or latency.csv.zst".to_owned()),
    }
}

fn parse_traces(text: &str) -> Result<TraceWishes, String> {
    let mut wishes = TraceWishes::default();
    for wish in text.split(',').map(str::trim) {
        let number =
            |number: &str| number.trim().parse::<usize>().ok().filter(|&number| number <= TRACES_MOST);
        let understood = match wish.split_once('=') {
            Some(("slowest", text)) => number(text).map(|number| wishes.slowest = number),
            Some(("failed", text)) => number(text).map(|number| wishes.failed = number),
            Some(_) => None,
            None => parse_share(wish)
                .ok()
                .filter(|share| *share > 0.0 && *share <= 1.0)
                .map(|share| wishes.share = share),
        };
        if understood.is_none() {
            return Err(format!(
                "write a share such as 1%, slowest=100 or failed=100 (at most {TRACES_MOST}), with commas between"
            ));
        }
    }
    Ok(wishes)
}

pub fn run(arguments: SimulateArguments) -> Result<Ending, Failure> {
    interrupt::watch(give_back_terminal);
    if arguments.live {
        check_live(&arguments)?;
    }
    if let Some((wish, replications)) = arguments.study.shard() {
        return shard::run(&arguments, wish, replications);
    }
    let jobs = prepare(&arguments)?;
    let silent = arguments.quiet || arguments.json;
    let results = if jobs.len() == 1 {
        let job = jobs.into_iter().next().expect("there is one");
        let audience = audience(&arguments, &job)?;
        vec![job.run(audience)]
    } else {
        let progress = if silent { Progress::hidden() } else { Progress::of_runs(jobs.len()) };
        in_parallel(jobs, |job| {
            let result = job.run(Audience::Bar(Progress::hidden()));
            progress.one_done();
            result
        })
    };
    let done = results.into_iter().collect::<Result<Vec<Done>, _>>()?;
    tell(&arguments, &done)
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

fn audience(arguments: &SimulateArguments, job: &Job) -> Result<Audience, Failure> {
    #[cfg(feature = "tui")]
    if arguments.live {
        let live = live::Live::open(&job.scenario, arguments.speed);
        let live = live.map_err(|error| Failure::InputOutput(format!("cannot use the terminal: {error}")))?;
        return Ok(Audience::Live(Box::new(live)));
    }
    let silent = arguments.quiet || arguments.json;
    // The study shows how far it is.
    let silent = silent || arguments.study.any();
    Ok(Audience::Bar(if silent { Progress::hidden() } else { Progress::of_run(&job.scenario) }))
}

/// Everything that can fail does so here, before the first run.
fn prepare(arguments: &SimulateArguments) -> Result<Vec<Job>, Failure> {
    let mut scenarios = Vec::new();
    let mut all_good = true;
    for file in &arguments.files {
        let mut loaded = read(file, &arguments.settings, arguments.quiet)?;
        match loaded.scenario.take() {
            Some(scenario) => {
                let seed = arguments.seed.unwrap_or(scenario.run.seed);
                let script = Script::of(file, &loaded, &arguments.settings, seed);
                scenarios.push((scenario, script, seed));
            }
            None => all_good = false,
        }
    }
    if !all_good {
        return Err(Failure::BadScenario);
    }
    let folders = folders(arguments)?;
    let (ownership, wishes) = (ownership(arguments), wishes(arguments));
    let mut jobs = Vec::new();
    for ((file, (scenario, script, seed)), folder) in arguments.files.iter().zip(scenarios).zip(folders) {
        let is_silent = arguments.quiet || arguments.json || arguments.files.len() > 1;
        let study = arguments.study.job(&scenario, is_silent)?;
        jobs.push(Job::prepare(file, (scenario, script), seed, (wishes, study), &folder, ownership)?);
    }
    Ok(jobs)
}

fn ownership(arguments: &SimulateArguments) -> Ownership {
    match (&arguments.out, arguments.force) {
        (None, _) => Ownership::OurOwn,
        (Some(_), false) => Ownership::Named,
        (Some(_), true) => Ownership::Forced,
    }
}

fn wishes(arguments: &SimulateArguments) -> Wishes {
    Wishes {
        rows: arguments.rows,
        packing: arguments.rows_file,
        pictures: !arguments.no_charts,
        report: !arguments.no_report,
        traces: arguments.trace.unwrap_or_default(),
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
        let folder = home.join(file.file_stem().unwrap_or("scenario".as_ref()));
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

fn tell(arguments: &SimulateArguments, done: &[Done]) -> Result<Ending, Failure> {
    if arguments.json {
        print(&as_json(done)?)?;
    } else if !arguments.quiet {
        for done in done {
            if let Some(study) = &done.study {
                print(&terminal::study::render(&study.summary, &done.folder, &done.files))?;
                continue;
            }
            let glance = done.glance.text(letters());
            print(&terminal::render(&done.summary, &glance, Some(&done.folder), &done.files))?;
            print(&format!("  {}\n\n", done.speed()))?;
        }
    }
    if done.iter().any(|done| done.interrupted) {
        let folders: Vec<String> = done.iter().map(|done| done.folder.display().to_string()).collect();
        print_aside(&format!("Stopped. What there was is in {}.\n", folders.join(", ")));
        return Ok(Ending::Interrupted);
    }
    let failed = |done: &Done| match &done.study {
        Some(study) => study.failed(),
        None => done.summary.expectations.iter().any(|result| !result.holds),
    };
    Ok(if done.iter().any(failed) { Ending::ExpectationFailed } else { Ending::Good })
}

/// One summary as it stands in its file; several as a list.
fn as_json(done: &[Done]) -> Result<String, Failure> {
    let text = |done: &Done| match &done.study {
        Some(study) => json::to_text(&study.summary),
        None => json::to_text(&done.summary),
    };
    let texts = done.iter().map(text).collect::<Result<Vec<_>, _>>()?;
    match texts.as_slice() {
        [text] => Ok(text.clone()),
        texts => Ok(format!("[\n{}]\n", texts.join(","))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn traces_are_a_share_the_slowest_and_the_failed() {
        let wishes = |share, slowest, failed| Ok(TraceWishes { share, slowest, failed });
        assert_eq!(parse_traces("1%"), wishes(0.01, 0, 0));
        assert_eq!(parse_traces("slowest=100, failed=5"), wishes(0.0, 100, 5));
        assert_eq!(parse_traces("50%,slowest=3"), wishes(0.5, 3, 0));
        for wrong in ["", "0%", "slowest", "slowest=x", "quick=3", "slowest=1000000", "1%,,"] {
            assert!(parse_traces(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn rows_are_all_none_or_a_share() {
        assert_eq!(parse_rows("all"), Ok(RowSampling::All));
        assert_eq!(parse_rows("none"), Ok(RowSampling::None));
        assert_eq!(parse_rows("1%"), Ok(RowSampling::Share(0.01)));
        for wrong in ["", "0%", "101%", "some", "-1%", "nan"] {
            assert!(parse_rows(wrong).is_err(), "{wrong}");
        }
    }
}
