//! Parquet: every request as a row, from `latency.csv` or its packed siblings, group by group.

use super::{Export, ExportError};
use crate::output::record::{RowsTable, open_rows};
use parquet::basic::{Compression, LogicalType, Repetition, Type as Kind};
use parquet::data_type::{ByteArray, ByteArrayType, DoubleType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::types::Type;
use std::io::{self, Write};
use std::sync::{Arc, Mutex};

/// Rows of a group: they are in memory together.
const GROUP_ROWS: usize = 100_000;
const TEXTS: [&str; 2] = ["class", "outcome"];
const WHOLES: [&str; 2] = ["id", "attempts"];

/// What has been packed and not yet passed on: Parquet wants to own what it writes to.
#[derive(Clone, Default)]
struct Shared(Arc<Mutex<Vec<u8>>>);

impl Shared {
    fn pass_on(&self, file: &mut dyn Write) -> io::Result<()> {
        let bytes = std::mem::take(&mut *self.0.lock().expect("nobody has panicked"));
        file.write_all(&bytes)
    }
}

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("nobody has panicked").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

enum Column {
    Whole(Vec<i64>),
    Number(Vec<f64>),
    Text(Vec<ByteArray>),
}

impl Column {
    fn of(name: &str) -> Column {
        match name {
            name if WHOLES.contains(&name) => Column::Whole(Vec::new()),
            name if TEXTS.contains(&name) => Column::Text(Vec::new()),
            _ => Column::Number(Vec::new()),
        }
    }

    fn field(&self, name: &str) -> Result<Type, ParquetError> {
        let (kind, meaning) = match self {
            Column::Whole(_) => (Kind::INT64, None),
            Column::Number(_) => (Kind::DOUBLE, None),
            Column::Text(_) => (Kind::BYTE_ARRAY, Some(LogicalType::String)),
        };
        let field = Type::primitive_type_builder(name, kind).with_repetition(Repetition::REQUIRED);
        field.with_logical_type(meaning).build()
    }

    /// Writes what has been gathered, and forgets it.
    fn write(&mut self, group: &mut SerializedRowGroupWriter<Shared>) -> Result<(), ParquetError> {
        let mut column =
            group.next_column()?.ok_or_else(|| ParquetError::General("a column too many".into()))?;
        match self {
            Column::Whole(values) => {
                column.typed::<Int64Type>().write_batch(values, None, None)?;
                values.clear();
            }
            Column::Number(values) => {
                column.typed::<DoubleType>().write_batch(values, None, None)?;
                values.clear();
            }
            Column::Text(values) => {
                column.typed::<ByteArrayType>().write_batch(values, None, None)?;
                values.clear();
            }
        }
        column.close()
    }
}

pub fn write(export: &Export, file: &mut dyn Write) -> Result<(), ExportError> {
    let how = "simulate with `--rows all`";
    let mut rows = open_rows(export.folder)?.ok_or(ExportError::Missing { file: "latency.csv", how })?;
    let mut columns: Vec<Column> = rows.names().map(Column::of).collect();
    let fields = columns.iter().zip(rows.names()).map(|(column, name)| Ok(Arc::new(column.field(name)?)));
    let fields = fields.collect::<Result<Vec<_>, ParquetError>>().map_err(failed)?;
    let schema = Type::group_type_builder("requests").with_fields(fields).build().map_err(failed)?;
    let settings = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
    let shared = Shared::default();
    let writer = SerializedFileWriter::new(shared.clone(), Arc::new(schema), Arc::new(settings));
    let mut writer = writer.map_err(failed)?;
    loop {
        let gathered = gather(export, &mut rows, &mut columns)?;
        if gathered > 0 {
            write_group(&mut writer, &mut columns).map_err(failed)?;
            shared.pass_on(file)?;
        }
        if gathered < GROUP_ROWS {
            break;
        }
    }
    writer.close().map_err(failed)?;
    Ok(shared.pass_on(file)?)
}

/// A small table, all of it at once: columns of texts, then columns of numbers.
pub fn table(texts: Vec<(String, Vec<String>)>, numbers: Vec<(String, Vec<f64>)>) -> io::Result<Vec<u8>> {
    let texts = texts.into_iter().map(|(name, values)| {
        (name, Column::Text(values.iter().map(|value| ByteArray::from(value.as_str())).collect()))
    });
    let numbers = numbers.into_iter().map(|(name, values)| (name, Column::Number(values)));
    let (names, mut columns): (Vec<String>, Vec<Column>) = texts.chain(numbers).unzip();
    let mut write = || -> Result<Shared, ParquetError> {
        let fields = columns.iter().zip(&names).map(|(column, name)| Ok(Arc::new(column.field(name)?)));
        let fields = fields.collect::<Result<Vec<_>, ParquetError>>()?;
        let schema = Type::group_type_builder("table").with_fields(fields).build()?;
        let settings = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
        let shared = Shared::default();
        let mut writer = SerializedFileWriter::new(shared.clone(), Arc::new(schema), Arc::new(settings))?;
        write_group(&mut writer, &mut columns)?;
        writer.close()?;
        Ok(shared)
    };
    let mut bytes = Vec::new();
    write().map_err(io::Error::other)?.pass_on(&mut bytes)?;
    Ok(bytes)
}

fn failed(error: ParquetError) -> ExportError {
    ExportError::Write(io::Error::other(error))
}

/// Takes the next rows; fewer than a group if there are no more.
fn gather(export: &Export, rows: &mut RowsTable, columns: &mut [Column]) -> Result<usize, ExportError> {
    let mut gathered = 0;
    while gathered < GROUP_ROWS && rows.go_on()? {
        if !export.wants(rows.class()) {
            continue;
        }
        gathered += 1;
        for (place, column) in columns.iter_mut().enumerate() {
            match column {
                Column::Whole(values) => values.push(i64::try_from(rows.count(place)?).unwrap_or(i64::MAX)),
                Column::Number(values) => values.push(rows.number(place)?),
                Column::Text(values) => values.push(ByteArray::from(rows.text(place))),
            }
        }
    }
    Ok(gathered)
}

fn write_group(
    writer: &mut SerializedFileWriter<Shared>,
    columns: &mut [Column],
) -> Result<(), ParquetError> {
    let mut group = writer.next_row_group()?;
    columns.iter_mut().try_for_each(|column| column.write(&mut group))?;
    group.close()?;
    Ok(())
}
