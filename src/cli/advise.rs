//! `spof advise`: what would help, tried.

use super::again::Again;
use super::caller::Caller;
use super::ending::{Ending, Failure};
use super::onlooker::parse_time_limit;
use super::reading::{parse_setting, read};
use super::threads::ThreadArguments;
use crate::advice::{Advice, Family, Site, Wish};
use crate::diagnosis::Standing;
use crate::output::folder::HOME;
use crate::output::report::study::Repeat;
use crate::output::{Asked, Format, json, report, terminal, text_file};
use crate::questions::advise::tried;
use crate::scenario::given::Given;
use crate::telling::advice::Answer;
use clap::{Args, ValueHint};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Tell what would help: changes that a run's diagnosis suggests, each tried with the same chance, with
/// what it does for users, what it costs, and what does not help
#[derive(Debug, Args)]
pub struct AdviseArguments {
    /// A scenario file (YAML, TOML or JSON)
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub file: Given,

    /// Change a setting of all runs, as in visitors.arrivals=140/s; may be given again
    #[arg(long = "set", value_name = "PATH=VALUE", value_parser = parse_setting)]
    settings: Vec<(String, String)>,

    /// The seed of all chance [default: the scenario's own]
    #[arg(long, value_name = "N")]
    seed: Option<u64>,

    /// Run each change so many times at most; most are settled after three
    #[arg(long, value_name = "N", default_value_t = Wish::default().pairs_most,
          value_parser = clap::value_parser!(u64).range(2..=1_000))]
    replications: u64,

    /// Try these sorts of changes only, with commas between: capacity, seconds, retries, timeouts,
    /// lines, limits, checks, maintenance, caches, data
    #[arg(long, value_name = "SORTS", value_delimiter = ',', value_parser = parse_family)]
    only: Vec<Family>,

    /// Begin no more runs after so much time, such as 2m; what has been tried until then is told
    #[arg(long, value_name = "TIME", value_parser = parse_time_limit)]
    time_limit: Option<Duration>,

    /// Where advice.json and report.html go [default: output/<scenario>-advise]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,

    #[command(flatten)]
    pub threads: ThreadArguments,

    /// Print advice.json instead of the advice for people
    #[arg(long)]
    json: bool,

    /// Print no advice, no progress and no warnings
    #[arg(long, short)]
    quiet: bool,
}

fn parse_family(text: &str) -> Result<Family, String> {
    let found = Family::ALL.into_iter().find(|family| family.name() == text.trim());
    found.ok_or_else(|| {
        let names: Vec<&str> = Family::ALL.iter().map(|family| family.name()).collect();
        format!("the sorts are {}", names.join(", "))
    })
}

pub fn run(arguments: AdviseArguments, caller: &Caller) -> Result<Ending, Failure> {
    caller.watch_interrupts(|| {});
    let is_silent = arguments.quiet || arguments.json;
    let loaded = read(&arguments.file, &arguments.settings, is_silent, caller)?;
    let site = Site::of(&arguments.file, &arguments.settings, &loaded).ok_or(Failure::BadScenario)?;
    let folder = folder(&arguments);
    text_file::open_folder(&folder)?;
    let only = arguments.only.clone();
    let wish = Wish { seed: arguments.seed, pairs_most: arguments.replications, only };
    let answer = answer(&site, &wish, arguments.time_limit, &caller.undisturbed_if(is_silent));
    if answer.advice.runs == 0 {
        let message =
            "not one run was done; give it more time, or shorter runs, as with --set run.duration=1m";
        let is_stopped = caller.has_stopped();
        return if is_stopped { Err(Failure::Stopped) } else { Err(Failure::Usage(message.to_owned())) };
    }
    let text = json::to_text(&answer)?;
    let page = report::advice::render(&answer, &again(&arguments, &answer.advice));
    let names = [Format::OnRequest(Asked::AdviceJson).file_name(), report::FILE_NAME];
    for (name, text) in names.into_iter().zip([&text, &page]) {
        text_file::replace(&folder.join(name), text.as_bytes())?;
    }
    if arguments.json {
        caller.print_data(&text)?;
        caller.print_for_people(|| terminal::advice::render(&answer, None, caller.page()));
    } else if !arguments.quiet {
        caller.print(&terminal::advice::render(&answer, Some((&folder, &names)), caller.page()))?;
    }
    Ok(ending(&answer.advice, caller))
}

pub fn answer(site: &Site, wish: &Wish, time_limit: Option<Duration>, caller: &Caller) -> Answer {
    tried(site, wish, &caller.onlooker("runs", time_limit))
}

fn again(arguments: &AdviseArguments, advice: &Advice) -> Repeat {
    let again = Again::of("advise").file(&arguments.file);
    let again = again.settings(&arguments.file.settings_with(&arguments.settings));
    let again = again.option("--seed", advice.seed).option("--replications", arguments.replications);
    let only: Vec<&str> = arguments.only.iter().map(|family| family.name()).collect();
    again.asked("--only", (!only.is_empty()).then(|| only.join(","))).repeat()
}

fn folder(arguments: &AdviseArguments) -> PathBuf {
    let name = || format!("{}-advise", arguments.file.stem());
    arguments.out.clone().unwrap_or_else(|| Path::new(HOME).join(name()))
}

/// Goals that are missed and that nothing meets are as bad as those of a search.
fn ending(advice: &Advice, caller: &Caller) -> Ending {
    let is_missed = advice.as_it_stands.goals.iter().any(|goal| goal.standing == Standing::Missed);
    let is_met = advice.tried.iter().chain(&advice.together).any(|tried| tried.meets_goals() == Some(true));
    match (advice.is_cut_short && caller.has_stopped(), is_missed && !is_met) {
        (true, _) => Ending::Interrupted,
        (false, true) => Ending::ExpectationFailed,
        (false, false) => Ending::Good,
    }
}
