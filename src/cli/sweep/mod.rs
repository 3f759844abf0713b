//! `spof sweep`: the same scenario with one setting or several varied; where it breaks, and what is
//! full there.

mod up_and_down;

use crate::analysis::branches::Hysteresis;
use crate::analysis::gauges::Gauge;
use crate::analysis::sweep::{PointRuns, SweepSummary, Swept, SweptAxis, SweptValue};
use crate::cli::again::Again;
use crate::cli::caller::Caller;
use crate::cli::ending::{Ending, Failure};
use crate::cli::onlooker::parse_time_limit;
use crate::cli::reading::read;
use crate::cli::variants::runs::Runs;
use crate::cli::variants::{Study, VariantArguments, Variants};
use crate::diagnosis::shortage;
use crate::document::problem::did_you_mean;
use crate::experiment::axis::{Axis, Value, Values};
use crate::experiment::points::{Point, grid, latin_hypercube};
use crate::output::charts::sweep::{self as chart, SWEEP_PICTURE};
use crate::output::report::study::Repeat;
use crate::output::{json, report, sweep_csv, terminal, text_file};
use crate::parts::quantity::parse_share;
use crate::scenario::model::Scenario;
use crate::telling::{self, Answered};
use clap::Args;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use up_and_down::UpAndDown;

/// Run a scenario with settings varied, on all cores: a curve or a map of every figure, where it
/// breaks, and what is full there
#[derive(Debug, Args)]
pub struct SweepArguments {
    #[command(flatten)]
    pub variants: VariantArguments,

    /// Runs of each point, with the same chance for all points
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=100_000))]
    replications: u64,

    /// So many points of a Latin hypercube instead of all combinations
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(2..=10_000))]
    latin: Option<u32>,

    /// The figure that is drawn and looked at first, such as 'page mean' or 'mysql utilisation'
    #[arg(long, value_name = "FIGURE", default_value = "p99")]
    measure: String,

    /// It breaks where less than this share of what users send is answered well and in time
    #[arg(long, value_name = "SHARE", default_value = "99%", value_parser = parse_served)]
    served: f64,

    /// Walk a load up and down again in one run, step by step, and tell where the same load is not
    /// served the same both ways
    #[arg(long, conflicts_with = "latin")]
    up_and_down: bool,

    /// How long each step of such a walk lasts; its second half counts
    #[arg(long, value_name = "TIME", default_value = "2m", requires = "up_and_down", value_parser = parse_time_limit)]
    hold: Duration,

    /// Write sweep.parquet, too
    #[arg(long)]
    parquet: bool,
}

/// Every figure of a run as it is.
struct Plain {
    measure: String,
}

impl Study for Plain {
    fn check(&self, _first: &Scenario, gauges: &[Gauge]) -> Result<(), Failure> {
        check_measure(&self.measure, gauges)
    }
}

fn parse_served(text: &str) -> Result<f64, String> {
    match parse_share(text) {
        Ok(share) if share > 0.0 => Ok(share),
        Ok(_) => Err("of no requests at all everything is served; write a share such as 99%".to_owned()),
        Err(bad) => Err(format!("{}; {}", bad.problem, bad.hint)),
    }
}

const COMMAND: &str = "sweep";

const FILES: [&str; 5] = ["sweep.csv", "sweep.json", SWEEP_PICTURE, report::FILE_NAME, "sweep.parquet"];

pub fn run(arguments: SweepArguments, caller: &Caller) -> Result<Ending, Failure> {
    caller.watch_interrupts(|| {});
    let variants = &arguments.variants;
    variants.check_axes()?;
    if arguments.parquet && !cfg!(feature = "parquet") {
        let message = "this spof was built without the feature `parquet`: \
                       `cargo install --path . --features parquet`";
        return Err(Failure::Usage(message.to_owned()));
    }
    let outcome = if arguments.up_and_down { walk(&arguments, caller)? } else { sweep(&arguments, caller)? };
    let Some((summary, runs)) = outcome else { return Ok(Ending::Interrupted) };
    let swept = Answered { told: telling::sweep::tell(&summary), data: summary };
    let folder = variants.folder(COMMAND);
    let files = write(&folder, &swept, &again(&arguments, &swept.data), arguments.parquet)?;
    let amount = runs.finish()?;
    if variants.json {
        caller.print_data(&json::to_text(&swept)?)?;
    } else if !variants.quiet {
        caller.print(&terminal::sweep::render(&swept, &folder, &files, caller.page()))?;
        caller.print_amount(amount)?;
    }
    Ok(Ending::Good)
}

/// What was found, with the runs that show it; nothing if somebody stopped it.
type Outcome<'a> = Result<Option<(SweepSummary, Runs<'a>)>, Failure>;

fn sweep<'a>(arguments: &'a SweepArguments, caller: &'a Caller) -> Outcome<'a> {
    let points = points(arguments, caller)?;
    let (scenario, runs) = plain(arguments, &points, caller).open()?;
    let numbers = 0..points.len();
    let wanted = numbers.flat_map(|point| (0..arguments.replications).map(move |run| (point, run)));
    if !runs.make(wanted)? {
        runs.tell_stopped();
        return Ok(None);
    }
    let value = |value: &Value| SweptValue { text: value.text.clone(), number: value.number };
    let of_point = |(place, point): (usize, &Point)| {
        Ok(PointRuns {
            values: point.iter().map(value).collect(),
            runs: runs.of_point(place, arguments.replications),
            fullness: runs.fullness(place, arguments.replications)?,
        })
    };
    let points = points.iter().enumerate().map(of_point).collect::<Result<Vec<PointRuns>, Failure>>()?;
    let loaded = read(&arguments.variants.file, &arguments.variants.settings, true, caller)?;
    let axes = arguments.variants.axes.iter().map(|axis| SweptAxis {
        path: axis.path.clone(),
        is_numeric: axis.is_numeric(),
        today: loaded.in_force(&axis.path).and_then(|held| axis.value_of(held)).as_ref().map(value),
    });
    let summary = swept(arguments, &scenario, axes.collect(), &runs.gauges).summarise(&points);
    Ok(Some((summary, runs)))
}

/// Every point as it stands.
fn plain<'a>(arguments: &'a SweepArguments, points: &[Point], caller: &'a Caller) -> Variants<'a> {
    Variants {
        arguments: &arguments.variants,
        command: COMMAND,
        points: points.iter().map(|point| arguments.variants.settings_of(point)).collect(),
        study: Arc::new(Plain { measure: arguments.measure.clone() }),
        caller,
        other: String::new(),
    }
}

fn up_and_down<'a>(arguments: &'a SweepArguments, walk: &Arc<UpAndDown>, caller: &'a Caller) -> Variants<'a> {
    Variants {
        arguments: &arguments.variants,
        command: COMMAND,
        points: vec![walk.settings(&arguments.variants)],
        study: walk.clone(),
        caller,
        other: format!("up and down {:?}", arguments.hold),
    }
}

/// The figures of some runs, for the same sweep somewhere else.
pub fn figures(
    arguments: &SweepArguments,
    runs: &[(usize, u64)],
    caller: &Caller,
) -> Result<Vec<Vec<f64>>, Failure> {
    if arguments.up_and_down {
        let walk = Arc::new(UpAndDown::of(arguments, caller)?);
        return up_and_down(arguments, &walk, caller).figures(runs);
    }
    let points = points(arguments, caller)?;
    plain(arguments, &points, caller).figures(runs)
}

fn walk<'a>(arguments: &'a SweepArguments, caller: &'a Caller) -> Outcome<'a> {
    let variants = &arguments.variants;
    let walk = Arc::new(UpAndDown::of(arguments, caller)?);
    let (scenario, runs) = up_and_down(arguments, &walk, caller).open()?;
    let gauges = shortage::gauges(&scenario);
    if let Some(warning) = walk.warning(&scenario).filter(|_| !variants.is_silent()) {
        caller.print_aside(&warning);
    }
    if !runs.make((0..arguments.replications).map(|run| (0, run)))? {
        runs.tell_stopped();
        return Ok(None);
    }
    let points = walk.points(&scenario, &gauges, &runs.of_point(0, arguments.replications));
    let mut summary = swept(arguments, &scenario, walk.axes(), &gauges).summarise(&points);
    summary.hysteresis = Hysteresis::of(&walk.loads, &points, &gauges, 1.0 - arguments.served);
    Ok(Some((summary, runs)))
}

fn points(arguments: &SweepArguments, caller: &Caller) -> Result<Vec<Point>, Failure> {
    let VariantArguments { axes, file, settings, seed, .. } = &arguments.variants;
    let Some(number) = arguments.latin else { return grid(axes).map_err(Failure::Usage) };
    let seed = match seed {
        Some(seed) => *seed,
        None => {
            let loaded = read(file, settings, true, caller)?;
            loaded.scenario.ok_or(Failure::BadScenario)?.run.seed
        }
    };
    Ok(latin_hypercube(axes, number, seed))
}

fn swept<'a>(
    arguments: &'a SweepArguments,
    scenario: &'a Scenario,
    axes: Vec<SweptAxis>,
    gauges: &'a [Gauge],
) -> Swept<'a> {
    Swept {
        scenario,
        seed: arguments.variants.seed.unwrap_or(scenario.run.seed),
        replications: arguments.replications,
        axes,
        gauges,
        measure: &arguments.measure,
        served_least: arguments.served,
    }
}

fn check_measure(measure: &str, gauges: &[Gauge]) -> Result<(), Failure> {
    let shown = gauges.iter().filter(|gauge| gauge.is_shown());
    let names: Vec<&str> = shown.map(|gauge| gauge.name.as_str()).collect();
    if names.contains(&measure) {
        return Ok(());
    }
    let hint = did_you_mean(measure, &names).map_or(String::new(), |hint| format!("; {hint}"));
    Err(Failure::Usage(format!("no run tells `{measure}`{hint}")))
}

/// Writes all files, and takes away those of an earlier sweep that this one has not.
fn write(
    folder: &Path,
    swept: &Answered<SweepSummary>,
    again: &Repeat,
    parquet: bool,
) -> Result<Vec<&'static str>, Failure> {
    let summary = &swept.data;
    let mut files: Vec<(&'static str, Vec<u8>)> =
        vec![(FILES[0], sweep_csv::to_bytes(summary)?), (FILES[1], json::to_text(swept)?.into_bytes())];
    let picture = chart::render(summary, &swept.told).map_err(std::io::Error::from)?;
    let page = report::sweep::render(swept, again).map_err(std::io::Error::from)?;
    files.extend(picture.map(|picture| (FILES[2], picture)));
    files.push((FILES[3], page.into_bytes()));
    #[cfg(feature = "parquet")]
    if parquet {
        files.push((FILES[4], as_parquet(summary)?));
    }
    #[cfg(not(feature = "parquet"))]
    debug_assert!(!parquet, "it has been refused");
    for (name, bytes) in &files {
        text_file::replace(&folder.join(name), bytes)?;
    }
    for name in FILES.iter().filter(|name| files.iter().all(|(written, _)| written != *name)) {
        text_file::remove(&folder.join(name))?;
    }
    Ok(files.into_iter().map(|(name, _)| name).collect())
}

fn again(arguments: &SweepArguments, summary: &SweepSummary) -> Repeat {
    let variants = &arguments.variants;
    let varied = |again: Again, axis: &Axis| again.option("--vary", axis_text(axis));
    let again = variants.axes.iter().fold(Again::of(COMMAND).file(&variants.file), varied);
    let again = again.settings(&variants.file.settings_with(&variants.settings));
    let again = again.option("--seed", summary.seed).option("--replications", summary.replications);
    let again = again.asked("--latin", arguments.latin).option("--measure", &arguments.measure);
    let again = again.option("--served", arguments.served).flag("--up-and-down", arguments.up_and_down);
    let hold = arguments.up_and_down.then(|| format!("{}s", arguments.hold.as_secs_f64()));
    again.asked("--hold", hold).repeat()
}

/// As `--vary` takes it.
fn axis_text(axis: &Axis) -> String {
    let values = match &axis.values {
        Values::Listed(values) => {
            let values: Vec<&str> = values.iter().map(|value| value.text.as_str()).collect();
            values.join(",")
        }
        Values::Between { from, to, unit } => format!("{from}{unit}..{to}{unit}"),
    };
    format!("{}={values}", axis.path)
}

#[cfg(feature = "parquet")]
fn as_parquet(summary: &SweepSummary) -> std::io::Result<Vec<u8>> {
    let mut headings = summary.headings();
    let names = headings.split_off(summary.axes.len());
    let numbers: Vec<Vec<f64>> = summary.points.iter().map(|point| point.numbers().collect()).collect();
    let text = |axis: usize| summary.points.iter().map(|point| point.values[axis].text.clone()).collect();
    let number = |place: usize| numbers.iter().map(|numbers| numbers[place]).collect();
    crate::output::export::parquet::table(
        headings.into_iter().enumerate().map(|(axis, name)| (name, text(axis))).collect(),
        names.into_iter().enumerate().map(|(place, name)| (name, number(place))).collect(),
    )
}
