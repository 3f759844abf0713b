//! `spof render`: draws the charts of runs from their files.

use super::ending::{Ending, Failure};
use super::printing::print;
use crate::output::charts::{
    self, Chart, Look, PictureFormat, Theme, WIDTH_LEAST, WIDTH_MOST, WIDTH_USUAL, file_name,
};
use crate::output::record::{Record, read_folder};
use crate::output::{Asked, Format, report, text_file};
use clap::builder::PossibleValue;
use clap::{Args, ValueEnum};
use std::path::{Path, PathBuf};

/// Pictures of several runs go here unless `--out` says otherwise.
const COMPARED: &str = "output/compared";

/// Draw the charts of a run from its files, or several runs over each other
#[derive(Debug, Args)]
pub struct RenderArguments {
    /// Folders of runs; or a single table of one, such as timeline.csv
    #[arg(required = true, value_name = "DIR|CSV")]
    runs: Vec<PathBuf>,

    /// What to draw; may be given again [default: everything]
    #[arg(long = "chart", value_name = "NAME")]
    charts: Vec<Chart>,

    /// Write report.html instead: one run in one page for a browser
    #[arg(long, conflicts_with_all = ["charts", "format", "theme", "reader", "width"])]
    report: bool,

    /// The kind of picture; json is its data, with a specification for Vega-Lite
    #[arg(long, default_value = "svg")]
    format: PictureFormat,

    /// Dark letters on a light ground, or light ones on a dark ground
    #[arg(long, default_value = "light")]
    theme: Theme,

    /// Where it is shown: on a page, or on a slide with letters for the last row of a room
    #[arg(long = "for", value_name = "WHERE", default_value = "page")]
    reader: Reader,

    /// Width in pixels of a screen; a PNG has two for each
    #[arg(long, value_name = "PIXELS", default_value_t = WIDTH_USUAL,
          value_parser = clap::value_parser!(u32).range(i64::from(WIDTH_LEAST)..=i64::from(WIDTH_MOST)))]
    width: u32,

    /// Where the pictures go [default: the run's folder; for several runs, output/compared]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

/// Who looks at a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Reader {
    Page,
    Slide,
}

impl ValueEnum for Chart {
    fn value_variants<'a>() -> &'a [Self] {
        &Chart::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.name()))
    }
}

impl ValueEnum for PictureFormat {
    fn value_variants<'a>() -> &'a [Self] {
        &PictureFormat::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.name()))
    }
}

impl ValueEnum for Theme {
    fn value_variants<'a>() -> &'a [Self] {
        &[Theme::Light, Theme::Dark]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(match self {
            Theme::Light => "light",
            Theme::Dark => "dark",
        }))
    }
}

pub fn run(arguments: RenderArguments) -> Result<Ending, Failure> {
    let records = arguments.runs.iter().map(|run| read_folder(run)).collect::<Result<Vec<_>, _>>()?;
    let records = with_distinct_names(records, &arguments.runs);
    if arguments.report {
        return write_report(&arguments, &records);
    }
    let charts = chosen(&arguments, &records)?;
    let (format, theme) = (arguments.format, arguments.theme);
    let look = Look::new(theme, f64::from(arguments.width));
    let look = match arguments.reader {
        Reader::Page => look,
        Reader::Slide => look.for_slide(),
    };
    let folder = folder(&arguments);
    let mut names = Vec::new();
    for chart in charts {
        let picture = charts::render(chart, &records, &look, format)
            .map_err(|error| Failure::Usage(format!("cannot draw {}: {error}", chart.name())))?;
        let name = file_name(chart, theme, format);
        text_file::replace(&folder.join(&name), &picture)?;
        names.push(name);
    }
    print(&format!("{} in {}\n", names.join(", "), folder.join("").display()))?;
    Ok(Ending::Good)
}

fn write_report(arguments: &RenderArguments, records: &[Record]) -> Result<Ending, Failure> {
    let [record] = records else {
        return Err(Failure::Usage("a report is about one run; name one folder".to_owned()));
    };
    let page = report::render(record).map_err(|error| {
        let folder = arguments.runs[0].display();
        Failure::Usage(format!(
            "cannot report on {folder}: {error}; name a folder that `spof simulate` has written"
        ))
    })?;
    let folder = folder(arguments);
    if folder.join(Format::OnRequest(Asked::ReplicationsJson).file_name()).exists() {
        let message = "the report there is of many runs, which `spof simulate --replications` writes; name another \
                       folder with --out for one of the first run alone";
        return Err(Failure::Usage(message.to_owned()));
    }
    text_file::replace(&folder.join(report::FILE_NAME), page.as_bytes())?;
    print(&format!("{} in {}\n", report::FILE_NAME, folder.join("").display()))?;
    Ok(Ending::Good)
}

/// Those that were asked for, or else all for which the files are there.
fn chosen(arguments: &RenderArguments, records: &[Record]) -> Result<Vec<Chart>, Failure> {
    let missing = |chart: Chart| records.iter().position(|record| !chart.can_be_drawn(record));
    if arguments.charts.is_empty() {
        let charts: Vec<Chart> =
            Chart::ALL.into_iter().filter(|chart| records.iter().any(|it| chart.can_be_drawn(it))).collect();
        return match charts.as_slice() {
            [] => Err(Failure::Usage(format!(
                "{} holds no results of a run; name a folder that `spof simulate` has written",
                arguments.runs[0].display()
            ))),
            _ => Ok(charts),
        };
    }
    let mut charts: Vec<Chart> = Vec::new();
    for chart in arguments.charts.iter().copied() {
        if let Some(run) = missing(chart) {
            return Err(Failure::Usage(format!(
                "the chart {} needs {}, which {} does not have; simulate again to have it written",
                chart.name(),
                chart.source(),
                arguments.runs[run].display()
            )));
        }
        if !charts.contains(&chart) {
            charts.push(chart);
        }
    }
    Ok(charts)
}

/// Runs of one scenario are told apart by their folders.
fn with_distinct_names(mut records: Vec<Record>, runs: &[PathBuf]) -> Vec<Record> {
    let names: Vec<String> = records.iter().map(|record| record.name.clone()).collect();
    for (number, record) in records.iter_mut().enumerate() {
        let is_shared =
            names.iter().enumerate().any(|(other, name)| other != number && *name == names[number]);
        if is_shared {
            record.name = runs[number].display().to_string();
        }
    }
    records
}

fn folder(arguments: &RenderArguments) -> PathBuf {
    match (&arguments.out, arguments.runs.as_slice()) {
        (Some(out), _) => out.clone(),
        (None, [run]) if run.is_dir() => run.clone(),
        (None, [table]) => {
            table.parent().filter(|folder| *folder != Path::new("")).unwrap_or(Path::new(".")).to_owned()
        }
        (None, _) => PathBuf::from(COMPARED),
    }
}
