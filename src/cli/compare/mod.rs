//! `spof compare`: how much better one scenario is than another.

mod contestants;

use super::again::Again;
use super::caller::Caller;
use super::ending::{Ending, Failure};
use super::onlooker::parse_time_limit;
use super::reading::parse_setting;
use super::simulated::Amount;
use super::stopping::why_no_more;
use super::threads::ThreadArguments;
use crate::analysis::comparison::{ComparedMeasures, Comparison, Variant};
use crate::experiment::comparison::{Rounds, compare};
use crate::experiment::study::{Length, StudyEnd};
use crate::nodes::fields::Refusal;
use crate::output::charts::{self, Chart, Look, PictureFormat, Theme, WIDTH_USUAL};
use crate::output::folder::HOME;
use crate::output::record::Record;
use crate::output::report::study::Repeat;
use crate::output::{comparison_csv, json, report, terminal, text_file};
use crate::plan::{self, Plan};
use crate::questions::findings::Findings;
use crate::results::RunResults;
use crate::scenario::given::Given;
use crate::scenario::measures::{Goal, measure_of, parse_goals};
use crate::scenario::model::{Measure, Scenario};
use crate::telling::{self, Answered};
use clap::{Args, ValueHint};
use contestants::{Contestant, WantedVariant, load_all, parse_variant};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Unless somebody asks for another number: twenty differences tell their own spread well enough.
const REPLICATIONS_USUAL: u64 = 20;

const TABLE: &str = "compare.csv";
const FIGURES: &str = "compare.json";
const DIFFERENCES: &str = "compare-differences.svg";

/// The charts that show several runs over each other.
const CHARTS: [(Chart, &str); 3] = [
    (Chart::Latency, "compare-latency.svg"),
    (Chart::Timeline, "compare-timeline.svg"),
    (Chart::Availability, "compare-availability.svg"),
];

/// Tell how much better one scenario is than another, from runs that share their chance
#[derive(Debug, Args)]
pub struct CompareArguments {
    /// Scenario files (YAML, TOML or JSON), all held against the first; or one, with --variant
    #[arg(required = true, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub files: Vec<Given>,

    /// The same file with other settings, under a name of their own, as in 'more workers:
    /// nodes.gunicorn.workers=8'; `;` stands between settings; may be given again
    #[arg(long = "variant", value_name = "NAME: PATH=VALUE", value_parser = parse_variant)]
    variants: Vec<WantedVariant>,

    /// Change a setting of all, as in run.duration=5m; may be given again
    #[arg(long = "set", value_name = "PATH=VALUE", value_parser = parse_setting)]
    settings: Vec<(String, String)>,

    /// Simulate each so many times [default: 20]
    #[arg(long, value_name = "N", conflicts_with = "until", value_parser = clap::value_parser!(u64).range(2..=100_000))]
    replications: Option<u64>,

    /// Simulate until differences are known so exactly, such as 'p99 ±2%, availability ±0.001'
    /// (+- will do); a percentage is one of the first scenario's figure
    #[arg(long, value_name = "GOALS")]
    until: Option<String>,

    /// With --until, stop after so many replications
    #[arg(long, value_name = "N", default_value_t = 1_000, requires = "until",
          value_parser = clap::value_parser!(u64).range(2..=100_000))]
    at_most: u64,

    /// Begin no more replications after so much time, such as 10m
    #[arg(long, value_name = "TIME", value_parser = parse_time_limit)]
    time_limit: Option<Duration>,

    /// The seed of all chance [default: the first scenario's own]
    #[arg(long, value_name = "N")]
    seed: Option<u64>,

    /// Compare this as well, such as 'page p95' or 'mysql utilisation'; may be given again
    #[arg(long = "measure", value_name = "MEASURE")]
    measures: Vec<String>,

    /// Show each class of requests, too; compare.json and compare.csv always have them
    #[arg(long)]
    classes: bool,

    /// Where the results go [default: output/compare-<scenario>]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,

    #[command(flatten)]
    pub threads: ThreadArguments,

    /// Draw no charts
    #[arg(long)]
    no_charts: bool,

    /// Print compare.json instead of tables for people
    #[arg(long)]
    json: bool,

    /// Print no tables, no progress and no warnings
    #[arg(long, short)]
    quiet: bool,
}

pub fn run(arguments: CompareArguments, caller: &Caller) -> Result<Ending, Failure> {
    caller.watch_interrupts(|| {});
    let contestants = load_all(&arguments, caller)?;
    let scenarios: Vec<&Scenario> = contestants.iter().map(|one| &one.scenario).collect();
    let further = further_measures(&arguments, &contestants)?;
    let goals = goals(&arguments, &contestants)?;
    let measures = ComparedMeasures::of(&scenarios, &further, &goals);
    let folder = folder(&arguments);
    text_file::open_folder(&folder)?;
    let seed = arguments.seed.unwrap_or(scenarios[0].run.seed);
    let (rounds, records, amount) = simulate(&arguments, &contestants, (&measures, seed), caller);
    let interrupted = rounds.end == StudyEnd::BrokenOff && caller.has_stopped();
    if rounds.count() == 0 {
        let message = "not one replication of all of them was done; give them more time, or shorter runs, as with \
                       --set run.duration=1m";
        return if interrupted { Ok(Ending::Interrupted) } else { Err(Failure::Usage(message.to_owned())) };
    }
    let variants: Vec<Variant> = contestants.iter().map(|one| one.variant.clone()).collect();
    let has_goals = arguments.until.is_some();
    let stopped = why_no_more(rounds.end, has_goals, interrupted, arguments.time_limit);
    let column = |scenario: usize, place: usize| rounds.column(scenario, place);
    let comparison = measures.summarise(variants, (seed, rounds.count(), stopped), &column);
    let compared = Answered { told: telling::comparison::tell(&comparison), data: comparison };
    let files = write(&arguments, &folder, &compared, (&measures.names(), &rounds), records)?;
    tell(&arguments, &compared, (&folder, &files, amount), caller)?;
    let reached = compared.data.goals.iter().all(|goal| goal.reached);
    Ok(match (interrupted, reached) {
        (true, _) => Ending::Interrupted,
        (false, true) => Ending::Good,
        (false, false) => Ending::ExpectationFailed,
    })
}

/// What was asked for of each scenario; it has to be there in all of them.
fn further_measures(
    arguments: &CompareArguments,
    contestants: &[Contestant],
) -> Result<Vec<Vec<Measure>>, Failure> {
    const HINT: &str = "write it like `page p95`, `max`, `goodput` or `mysql utilisation`";
    let of = |one: &Contestant| {
        let measures = arguments.measures.iter().map(|text| measure_of(text.trim(), &one.scenario, HINT));
        measures.collect::<Result<Vec<_>, _>>().map_err(|refusal| refused("--measure", one, refusal))
    };
    contestants.iter().map(of).collect()
}

fn goals(arguments: &CompareArguments, contestants: &[Contestant]) -> Result<Vec<Vec<Goal>>, Failure> {
    let of = |one: &Contestant| {
        let goals = arguments.until.as_deref().map(|text| parse_goals(text, &one.scenario)).transpose();
        goals.map(Option::unwrap_or_default).map_err(|refusal| refused("--until", one, refusal))
    };
    contestants.iter().map(of).collect()
}

fn refused(option: &str, contestant: &Contestant, refusal: Refusal) -> Failure {
    Failure::refused(&format!("{option}, in `{}`", contestant.variant.name), refusal)
}

fn folder(arguments: &CompareArguments) -> PathBuf {
    let name = || format!("compare-{}", arguments.files[0].stem());
    arguments.out.clone().unwrap_or_else(|| Path::new(HOME).join(name()))
}

/// What pictures need of the first run of each.
type Records = Vec<Option<Record>>;

/// The figures of all runs, and how much was simulated for them.
fn simulate(
    arguments: &CompareArguments,
    contestants: &[Contestant],
    (measures, seed): (&ComparedMeasures, u64),
    caller: &Caller,
) -> (Rounds, Records, Option<Amount>) {
    let plans: Vec<Plan> = contestants.iter().map(|one| plan::compile(&one.scenario)).collect();
    let length = match (&arguments.until, arguments.replications) {
        (Some(_), _) => Length::Until { goals: measures.goals(), runs_most: arguments.at_most },
        (None, replications) => Length::Runs(replications.unwrap_or(REPLICATIONS_USUAL)),
    };
    let silenced = caller.undisturbed_if(arguments.quiet || arguments.json);
    let watcher = silenced.onlooker("runs", arguments.time_limit);
    let records = Mutex::new(contestants.iter().map(|_| None).collect::<Vec<_>>());
    let measure = |number: usize, replication: u64, results: &RunResults| {
        if replication == 0 && !arguments.no_charts {
            let Contestant { variant, scenario } = &contestants[number];
            let findings = Findings::of(scenario, seed, results);
            let record = Record { name: variant.name.clone(), ..Record::of(scenario, findings, results) };
            records.lock().unwrap_or_else(PoisonError::into_inner)[number] = Some(record);
        }
        measures.of_scenario(number).figures(results)
    };
    let rounds = compare(&plans, seed, (&length, measures.level_of_each()), &watcher, &measure);
    (rounds, records.into_inner().unwrap_or_else(PoisonError::into_inner), watcher.so_far())
}

/// Returns the names of the files. All of them are made before any is written.
fn write(
    arguments: &CompareArguments,
    folder: &Path,
    compared: &Answered<Comparison>,
    (columns, rounds): (&[String], &Rounds),
    records: Records,
) -> Result<Vec<&'static str>, Failure> {
    let names: Vec<&str> = compared.data.variants.iter().map(|variant| variant.name.as_str()).collect();
    let mut table = Vec::new();
    comparison_csv::write(&mut table, columns, &names, &rounds.all)?;
    let mut files = vec![(TABLE, table), (FIGURES, json::to_text(compared)?.into_bytes())];
    let records: Vec<Record> = records.into_iter().flatten().collect();
    let again = again(arguments, &compared.data, rounds.end == StudyEnd::BrokenOff);
    let page = report::comparison::render(compared, arguments.classes, &records, &again);
    let page = page.map_err(|error| Failure::InputOutput(format!("cannot report: {error}")))?;
    files.push((report::FILE_NAME, page.into_bytes()));
    if !arguments.no_charts {
        files.extend(pictures(arguments, compared, &records)?);
    }
    for (name, bytes) in &files {
        text_file::replace(&folder.join(name), bytes)?;
    }
    Ok(files.into_iter().map(|(name, _)| name).collect())
}

fn pictures(
    arguments: &CompareArguments,
    compared: &Answered<Comparison>,
    records: &[Record],
) -> Result<Vec<(&'static str, Vec<u8>)>, Failure> {
    let look = Look::new(Theme::Light, f64::from(WIDTH_USUAL));
    let failed = |error: charts::PaintError| Failure::InputOutput(format!("cannot draw: {error}"));
    let mut files = Vec::new();
    for (chart, name) in CHARTS {
        if records.iter().any(|record| chart.can_be_drawn(record)) {
            let picture = charts::render(chart, records, &look, PictureFormat::Svg).map_err(failed)?;
            files.push((name, picture));
        }
    }
    let differences = charts::render_differences(compared, arguments.classes, &look, PictureFormat::Svg);
    files.push((DIFFERENCES, differences.map_err(failed)?));
    Ok(files)
}

/// `is_cut_short`: then so many replications are made as there were, for whatever reason.
fn again(arguments: &CompareArguments, comparison: &Comparison, is_cut_short: bool) -> Repeat {
    let mut again = arguments.files.iter().fold(Again::of("compare"), Again::file);
    for variant in &arguments.variants {
        again = again.option("--variant", variant.text());
    }
    let settings = match arguments.files.as_slice() {
        [file] => file.settings_with(&arguments.settings),
        _ => arguments.settings.clone(),
    };
    again = again.settings(&settings).option("--seed", comparison.seed);
    again = match &arguments.until {
        Some(goals) if !is_cut_short => again.option("--until", goals).option("--at-most", arguments.at_most),
        _ => again.option("--replications", comparison.replications),
    };
    for measure in &arguments.measures {
        again = again.option("--measure", measure);
    }
    again.flag("--classes", arguments.classes).repeat()
}

fn tell(
    arguments: &CompareArguments,
    compared: &Answered<Comparison>,
    (folder, files, amount): (&Path, &[&str], Option<Amount>),
    caller: &Caller,
) -> Result<(), Failure> {
    if arguments.json {
        caller.print_data(&json::to_text(compared)?)?;
    } else if !arguments.quiet {
        caller.print(&terminal::comparison::render(
            compared,
            arguments.classes,
            Some((folder, files)),
            caller.page(),
        ))?;
        caller.print_amount(amount)?;
    }
    Ok(())
}
