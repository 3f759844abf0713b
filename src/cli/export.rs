//! `spof export`: a run in the formats of other tools.

use super::ending::{Ending, Failure};
use super::printing::{print, stream};
use crate::output::export::{Export, ExportError, ExportFormat, export};
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
}

impl ValueEnum for ExportFormat {
    fn value_variants<'a>() -> &'a [Self] {
        &ExportFormat::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        let value = PossibleValue::new(self.name()).help(self.about());
        // What Perfetto reads was Chrome's.
        Some(if *self == ExportFormat::Perfetto { value.alias("chrome") } else { value })
    }
}

pub fn run(arguments: ExportArguments) -> Result<Ending, Failure> {
    let record = read_folder(&arguments.run)?;
    let wanted = Export { record: &record, folder: &arguments.run, class: arguments.class.as_deref() };
    if arguments.out.as_deref() == Some(Path::new("-")) {
        stream(|terminal| export(arguments.format, &wanted, terminal)).map_err(refused)?;
        return Ok(Ending::Good);
    }
    let path = arguments.out.unwrap_or_else(|| arguments.run.join(arguments.format.file_name()));
    text_file::replace_with(&path, |file| export(arguments.format, &wanted, file)).map_err(refused)?;
    print(&format!("{}\n", path.display()))?;
    Ok(Ending::Good)
}

fn refused(error: ExportError) -> Failure {
    match error {
        ExportError::Record(error) => error.into(),
        ExportError::Write(error) => Failure::InputOutput(error.to_string()),
        ExportError::Missing { .. } | ExportError::NoClass(_) | ExportError::NotBuilt(_) => {
            Failure::Usage(error.to_string())
        }
    }
}
