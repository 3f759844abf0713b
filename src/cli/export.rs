//! `spof export`: a run in the formats of other tools.

use super::ending::{Ending, Failure};
use super::printing::{print_data, stream};
use crate::output::export::{Export, ExportError, ExportFormat, TableName, export};
use crate::output::record::read_folder;
use crate::output::text_file;
use clap::builder::PossibleValue;
use clap::{Args, ValueEnum};
use std::path::{Path, PathBuf};

/// Write a run's latencies, metrics or traces as other tools read them
#[derive(Debug, Args)]
pub struct ExportArguments {
    /// The folder of a run
    #[arg(value_name = "DIR")]
    run: PathBuf,

    /// The format
    #[arg(long = "to", value_name = "FORMAT")]
    format: ExportFormat,

    /// The file to write, - for standard output [default: in the run's folder]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,

    /// Only requests of this class
    #[arg(long, value_name = "NAME")]
    class: Option<String>,

    /// The table that --to csv writes
    #[arg(long, value_name = "NAME", default_value = "visits")]
    table: TableName,

    /// Only these columns of it, in this order
    #[arg(long, value_name = "NAME,NAME", value_delimiter = ',')]
    columns: Vec<String>,
}

impl ValueEnum for TableName {
    fn value_variants<'a>() -> &'a [Self] {
        &TableName::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.name()).help(self.about()))
    }
}

impl ValueEnum for ExportFormat {
    fn value_variants<'a>() -> &'a [Self] {
        &ExportFormat::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        // As those call them who think of the tool that is to read it.
        let aliases: &[&str] = match self {
            ExportFormat::Hgrm => &["hdrhistogram"],
            ExportFormat::OpenMetrics => &["prometheus"],
            ExportFormat::Otlp => &["opentelemetry", "otel"],
            ExportFormat::Perfetto => &["chrome"],
            ExportFormat::Hlog | ExportFormat::Jaeger | ExportFormat::Csv | ExportFormat::Parquet => &[],
        };
        Some(PossibleValue::new(self.name()).help(self.about()).aliases(aliases))
    }
}

pub fn run(arguments: ExportArguments) -> Result<Ending, Failure> {
    let is_table = arguments.format == ExportFormat::Csv;
    if !is_table && (arguments.table != TableName::Visits || !arguments.columns.is_empty()) {
        return Err(Failure::Usage("`--table` and `--columns` go with `--to csv`".to_owned()));
    }
    let record = read_folder(&arguments.run)?;
    let wanted = Export {
        record: &record,
        folder: &arguments.run,
        class: arguments.class.as_deref(),
        table: arguments.table,
        columns: &arguments.columns,
    };
    if arguments.out.as_deref() == Some(Path::new("-")) {
        stream(|terminal| export(arguments.format, &wanted, terminal)).map_err(refused)?;
        return Ok(Ending::Good);
    }
    let usual = if is_table { arguments.table.file_name() } else { arguments.format.file_name().to_owned() };
    let path = arguments.out.unwrap_or_else(|| arguments.run.join(usual));
    text_file::replace_with(&path, |file| export(arguments.format, &wanted, file)).map_err(refused)?;
    print_data(&format!("{}\n", path.display()))?;
    Ok(Ending::Good)
}

fn refused(error: ExportError) -> Failure {
    match error {
        ExportError::Record(error) => error.into(),
        ExportError::Write(error) => Failure::from(error),
        #[cfg(not(feature = "parquet"))]
        ExportError::NotBuilt(_) => Failure::Usage(error.to_string()),
        ExportError::Missing { .. }
        | ExportError::NoClass(_)
        | ExportError::NotByClass(_)
        | ExportError::NoColumn { .. } => Failure::Usage(error.to_string()),
    }
}
