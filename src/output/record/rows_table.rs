//! `latency.csv` or one of its packed siblings, line by line.

use super::table::{Column, Table};
use super::{RecordError, open_table};
use crate::output::packing::{Packing, unpacked};
use crate::output::{Format, Stream};
use std::io::Read;
use std::path::Path;

/// Whichever of them there is.
pub(super) fn open_packed(folder: &Path) -> Result<Option<Table<Box<dyn Read>>>, RecordError> {
    for packing in [Packing::None, Packing::Gzip, Packing::Zstandard] {
        if let Some(table) = open_packing(folder, packing)? {
            return Ok(Some(table));
        }
    }
    Ok(None)
}

pub(super) fn open_packing(
    folder: &Path,
    packing: Packing,
) -> Result<Option<Table<Box<dyn Read>>>, RecordError> {
    let file = Format::AsItRuns(Stream::LatencyCsv(packing)).file_name();
    let Some(source) = open_table(folder, file)? else { return Ok(None) };
    let source = unpacked(packing, source).map_err(|error| RecordError::failed(file, &error))?;
    Table::open(file, source).map(Some)
}

/// All columns of the rows, by their places.
pub struct RowsTable {
    lines: Lines,
    class: Column,
}

/// A table as it stands, with all columns by their places.
pub struct Lines {
    table: Table<Box<dyn Read>>,
    columns: Vec<(String, Column)>,
}

/// Any of a run's tables; none if there is no such file.
pub fn open_lines(folder: &Path, file: &'static str) -> Result<Option<Lines>, RecordError> {
    let table = if file == Format::AsItRuns(Stream::LatencyCsv(Packing::None)).file_name() {
        open_packed(folder)?
    } else {
        let source = open_table(folder, file)?;
        source.map(|source| Table::open(file, Box::new(source) as Box<dyn Read>)).transpose()?
    };
    Ok(table.map(|table| Lines { columns: table.columns(), table }))
}

impl Lines {
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().map(|(name, _)| name.as_str())
    }

    /// Goes to the next line; false at the end.
    pub fn go_on(&mut self) -> Result<bool, RecordError> {
        self.table.next()
    }

    pub fn text(&self, place: usize) -> &str {
        self.table.text(self.columns[place].1)
    }
}

pub fn open_rows(folder: &Path) -> Result<Option<RowsTable>, RecordError> {
    let Some(table) = open_packed(folder)? else { return Ok(None) };
    let class = table.column("class")?;
    Ok(Some(RowsTable { lines: Lines { columns: table.columns(), table }, class }))
}

impl RowsTable {
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.lines.names()
    }

    /// Goes to the next row; false at the end.
    pub fn go_on(&mut self) -> Result<bool, RecordError> {
        self.lines.go_on()
    }

    pub fn class(&self) -> &str {
        self.lines.table.text(self.class)
    }

    pub fn text(&self, place: usize) -> &str {
        self.lines.text(place)
    }

    pub fn count(&self, place: usize) -> Result<u64, RecordError> {
        self.lines.table.count(self.lines.columns[place].1)
    }

    pub fn number(&self, place: usize) -> Result<f64, RecordError> {
        self.lines.table.number(self.lines.columns[place].1)
    }
}
