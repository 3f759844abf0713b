//! `latency.csv` or one of its packed siblings, line by line.

use super::table::{Column, Table};
use super::{RecordError, open_table};
use crate::output::Format;
use crate::output::packing::{Packing, unpacked};
use std::io::Read;
use std::path::Path;

/// Whichever of them there is.
pub(super) fn open_packed(folder: &Path) -> Result<Option<Table<Box<dyn Read>>>, RecordError> {
    for packing in [Packing::None, Packing::Gzip, Packing::Zstandard] {
        let file = Format::LatencyCsv(packing).file_name();
        if let Some(source) = open_table(folder, file)? {
            let source = unpacked(packing, source).map_err(|error| RecordError::failed(file, &error))?;
            return Ok(Some(Table::open(file, source)?));
        }
    }
    Ok(None)
}

/// All columns of the rows, by their places.
pub struct RowsTable {
    table: Table<Box<dyn Read>>,
    columns: Vec<(String, Column)>,
    class: Column,
}

pub fn open_rows(folder: &Path) -> Result<Option<RowsTable>, RecordError> {
    let Some(table) = open_packed(folder)? else { return Ok(None) };
    let class = table.column("class")?;
    Ok(Some(RowsTable { columns: table.columns(), class, table }))
}

impl RowsTable {
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().map(|(name, _)| name.as_str())
    }

    /// Goes to the next row; false at the end.
    pub fn go_on(&mut self) -> Result<bool, RecordError> {
        self.table.next()
    }

    pub fn class(&self) -> &str {
        self.table.text(self.class)
    }

    pub fn text(&self, place: usize) -> &str {
        self.table.text(self.columns[place].1)
    }

    pub fn count(&self, place: usize) -> Result<u64, RecordError> {
        self.table.count(self.columns[place].1)
    }

    pub fn number(&self, place: usize) -> Result<f64, RecordError> {
        self.table.number(self.columns[place].1)
    }
}
