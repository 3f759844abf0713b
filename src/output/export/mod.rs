//! A run in the formats of other tools, made from its files alone.

mod base64;
mod hgrm;
mod hlog;
mod jaeger;
mod openmetrics;
mod otlp;
#[cfg(feature = "parquet")]
pub mod parquet;
mod perfetto;
mod sheet;
mod tables;
mod visits_csv;

pub use tables::TableName;

use super::record::{Record, RecordError, Story, open_table, stories};
use std::fmt;
use std::io::{self, BufRead, Write};
use std::path::Path;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExportFormat {
    Hgrm,
    Hlog,
    OpenMetrics,
    Otlp,
    Jaeger,
    Perfetto,
    Csv,
    Parquet,
}

impl ExportFormat {
    pub const ALL: [ExportFormat; 8] = [
        ExportFormat::Hgrm,
        ExportFormat::Hlog,
        ExportFormat::OpenMetrics,
        ExportFormat::Otlp,
        ExportFormat::Jaeger,
        ExportFormat::Perfetto,
        ExportFormat::Csv,
        ExportFormat::Parquet,
    ];

    pub fn name(self) -> &'static str {
        match self {
            ExportFormat::Hgrm => "hgrm",
            ExportFormat::Hlog => "hlog",
            ExportFormat::OpenMetrics => "openmetrics",
            ExportFormat::Otlp => "otlp",
            ExportFormat::Jaeger => "jaeger",
            ExportFormat::Perfetto => "perfetto",
            ExportFormat::Csv => "csv",
            ExportFormat::Parquet => "parquet",
        }
    }

    pub fn about(self) -> &'static str {
        match self {
            ExportFormat::Hgrm => "percentiles of the latencies, as HdrHistogram prints them",
            ExportFormat::Hlog => "a HdrHistogram log: latencies by time bucket and class",
            ExportFormat::OpenMetrics => {
                "counters, gauges and histograms for Prometheus, with simulated timestamps"
            }
            ExportFormat::Otlp => "traces as OpenTelemetry's JSON, a line for each request",
            ExportFormat::Jaeger => "traces as Jaeger's JSON",
            ExportFormat::Perfetto => "traces, faults and queues as Chrome's trace JSON, for Perfetto",
            ExportFormat::Csv => "a table: visits of traces, or any other with --table",
            ExportFormat::Parquet => "latency.csv as Parquet, if spof was built with that feature",
        }
    }

    /// Its usual name beside the run's other files.
    pub fn file_name(self) -> &'static str {
        match self {
            ExportFormat::Hgrm => "latency.hgrm",
            ExportFormat::Hlog => "latency.hlog",
            ExportFormat::OpenMetrics => "metrics.openmetrics.txt",
            ExportFormat::Otlp => "traces.otlp.jsonl",
            ExportFormat::Jaeger => "traces.jaeger.json",
            ExportFormat::Perfetto => "traces.perfetto.json",
            ExportFormat::Csv => "visits.csv",
            ExportFormat::Parquet => "latency.parquet",
        }
    }
}

/// Why a run could not be exported.
#[derive(Debug)]
pub enum ExportError {
    Record(RecordError),
    Missing {
        file: &'static str,
        how: &'static str,
    },
    NoClass(String),
    /// The table that is the same for all classes.
    NotByClass(&'static str),
    NoColumn {
        column: String,
        /// Those that there are.
        known: String,
    },
    /// The feature that is missing.
    #[cfg(not(feature = "parquet"))]
    NotBuilt(&'static str),
    Write(io::Error),
}

impl fmt::Display for ExportError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ExportError::Record(error) => error.fmt(formatter),
            ExportError::Missing { file, how } => {
                write!(formatter, "there is no {file} in the folder; {how}")
            }
            ExportError::NoClass(class) => write!(formatter, "the run has no class `{class}`"),
            ExportError::NotByClass(table) => {
                write!(formatter, "the table `{table}` is not by class; leave `--class` out")
            }
            ExportError::NoColumn { column, known } => {
                write!(formatter, "the table has no column `{column}`; it has {known}")
            }
            #[cfg(not(feature = "parquet"))]
            ExportError::NotBuilt(feature) => write!(
                formatter,
                "this spof was built without the feature `{feature}`: `cargo install --path . --features {feature}`"
            ),
            ExportError::Write(error) => error.fmt(formatter),
        }
    }
}

impl std::error::Error for ExportError {}

impl From<RecordError> for ExportError {
    fn from(error: RecordError) -> ExportError {
        ExportError::Record(error)
    }
}

impl From<io::Error> for ExportError {
    fn from(error: io::Error) -> ExportError {
        ExportError::Write(error)
    }
}

impl From<serde_json::Error> for ExportError {
    fn from(error: serde_json::Error) -> ExportError {
        ExportError::Write(error.into())
    }
}

/// What is exported, and of which class; of all if none is named.
pub struct Export<'e> {
    pub record: &'e Record,
    pub folder: &'e Path,
    pub class: Option<&'e str>,
    /// Of a CSV table.
    pub table: TableName,
    /// Of these columns of it alone; of all if none is named.
    pub columns: &'e [String],
}

pub fn export(format: ExportFormat, export: &Export, file: &mut dyn Write) -> Result<(), ExportError> {
    match format {
        ExportFormat::Hgrm => hgrm::write(export, file)?,
        ExportFormat::Hlog => hlog::write(export, file)?,
        ExportFormat::OpenMetrics => openmetrics::write(export, file)?,
        ExportFormat::Otlp => otlp::write(export, file)?,
        ExportFormat::Jaeger => jaeger::write(export, file)?,
        ExportFormat::Perfetto => perfetto::write(export, file)?,
        ExportFormat::Csv => tables::write(export, export.table, file)?,
        #[cfg(feature = "parquet")]
        ExportFormat::Parquet => parquet::write(export, file)?,
        #[cfg(not(feature = "parquet"))]
        ExportFormat::Parquet => return Err(ExportError::NotBuilt("parquet")),
    }
    Ok(file.flush()?)
}

const TRACES: &str = "traces.jsonl";
const SIMULATE_AGAIN: &str = "simulate again to have it written";

impl Export<'_> {
    fn wants(&self, class: &str) -> bool {
        self.class.is_none_or(|wanted| wanted == class)
    }

    /// The stories of the class that is wanted, one at a time.
    fn stories(&self, mut take: impl FnMut(Story) -> Result<(), ExportError>) -> Result<(), ExportError> {
        let how = "simulate with `--trace 1%` or `--trace slowest=100,failed=100`";
        let source = open_table(self.folder, TRACES)?.ok_or(ExportError::Missing { file: TRACES, how })?;
        self.stories_of(source, &mut take)
    }

    /// The same, but a run without stories has none.
    fn stories_if_any(
        &self,
        mut take: impl FnMut(Story) -> Result<(), ExportError>,
    ) -> Result<(), ExportError> {
        match open_table(self.folder, TRACES)? {
            Some(source) => self.stories_of(source, &mut take),
            None => Ok(()),
        }
    }

    fn stories_of(
        &self,
        source: impl BufRead,
        take: &mut dyn FnMut(Story) -> Result<(), ExportError>,
    ) -> Result<(), ExportError> {
        stories(TRACES, source, |story| if self.wants(&story.class) { take(story) } else { Ok(()) })
    }

    fn seed(&self) -> u64 {
        self.record.findings.as_ref().map_or(0, |findings| findings.summary.seed)
    }
}

/// 32 hexadecimal digits for a request of a run, never all zero.
fn trace_id(seed: u64, id: u64) -> String {
    format!("{:016x}{:016x}", crate::kernel::random::mix(seed), id.wrapping_add(1))
}

/// 16 hexadecimal digits for a visit of a request, never all zero.
fn span_id(visit: usize) -> String {
    format!("{:016x}", visit as u64 + 1)
}

/// Nanoseconds as microseconds, exactly.
fn microseconds(nanoseconds: u64) -> String {
    format!("{}.{:03}", nanoseconds / 1_000, nanoseconds % 1_000)
}
