//! A CSV file, line by line, with columns found by their names.

use super::reading::RecordError;
use super::stretch::Stretch;
use csv::{Reader, ReaderBuilder, StringRecord};
use rustc_hash::FxHashMap;
use std::io::Read;

pub struct Table<R> {
    file: &'static str,
    reader: Reader<R>,
    header: StringRecord,
    line: StringRecord,
}

/// A column of a table that is known to be there.
#[derive(Clone, Copy, Debug)]
pub struct Column(usize);

impl<R: Read> Table<R> {
    pub fn open(file: &'static str, source: R) -> Result<Table<R>, RecordError> {
        let mut reader = ReaderBuilder::new().from_reader(source);
        let header = reader.headers().map_err(|error| RecordError::of_csv(file, &error))?.clone();
        Ok(Table { file, reader, header, line: StringRecord::new() })
    }

    pub fn optional_column(&self, name: &str) -> Option<Column> {
        self.header.iter().position(|column| column == name).map(Column)
    }

    pub fn column(&self, name: &str) -> Result<Column, RecordError> {
        self.optional_column(name)
            .ok_or_else(|| RecordError::wrong(self.file, Some(1), format!("there is no column `{name}`")))
    }

    /// The names of the columns between two others.
    pub fn columns_between(&self, first: Column, last: Column) -> Vec<(String, Column)> {
        let columns = self.header.iter().enumerate();
        let within = columns.filter(|(place, _)| *place > first.0 && *place < last.0);
        within.map(|(place, name)| (name.to_owned(), Column(place))).collect()
    }

    /// The names of the columns behind another.
    pub fn columns_after(&self, first: Column) -> Vec<(String, Column)> {
        self.columns_between(first, Column(self.header.len()))
    }

    pub fn columns(&self) -> Vec<(String, Column)> {
        self.header.iter().enumerate().map(|(place, name)| (name.to_owned(), Column(place))).collect()
    }

    /// Goes to the next line; false at the end.
    pub fn next(&mut self) -> Result<bool, RecordError> {
        self.reader.read_record(&mut self.line).map_err(|error| RecordError::of_csv(self.file, &error))
    }

    pub fn text(&self, column: Column) -> &str {
        self.line.get(column.0).unwrap_or("")
    }

    pub fn count(&self, column: Column) -> Result<u64, RecordError> {
        self.text(column).parse().map_err(|_| self.wrong(column, "a whole number"))
    }

    /// An empty field is a count that is not known.
    pub fn optional_count(&self, column: Column) -> Result<Option<u64>, RecordError> {
        if self.text(column).is_empty() { Ok(None) } else { self.count(column).map(Some) }
    }

    pub fn number(&self, column: Column) -> Result<f64, RecordError> {
        self.optional_number(column)?.ok_or_else(|| self.wrong(column, "a number"))
    }

    /// An empty field is a number that is not known.
    pub fn optional_number(&self, column: Column) -> Result<Option<f64>, RecordError> {
        match self.text(column) {
            "" => Ok(None),
            text => match text.parse::<f64>() {
                // No file of a run holds anything else, and pictures could not show it.
                Ok(number) if (0.0..1e15).contains(&number) => Ok(Some(number)),
                _ => Err(self.wrong(column, "a number from 0 on")),
            },
        }
    }

    /// In files of earlier versions the column need not be there.
    pub fn number_if_there(&self, column: Option<Column>) -> Result<Option<f64>, RecordError> {
        column.map_or(Ok(None), |column| self.optional_number(column))
    }

    pub fn wrong(&self, column: Column, wanted: &str) -> RecordError {
        let name = self.header.get(column.0).unwrap_or("");
        let line = self.line.position().map(|position| position.line());
        let problem = format!("`{}` in column `{name}` is not {wanted}", self.text(column));
        RecordError::wrong(self.file, line, problem)
    }

    pub fn wrong_line(&self, problem: &str) -> RecordError {
        let line = self.line.position().map(|position| position.line());
        RecordError::wrong(self.file, line, problem.to_owned())
    }
}

/// Puts lines into the buckets to which they belong. Lines come in the order of time.
#[derive(Default)]
pub struct Buckets {
    pub stretches: Vec<Stretch>,
}

impl Buckets {
    /// The number of the line's bucket. In files of earlier versions what ended at the very end of
    /// a run stands in a bucket without length; it belongs to the one before.
    pub fn of<R: Read>(
        &mut self,
        table: &Table<R>,
        start: Column,
        length: Column,
    ) -> Result<usize, RecordError> {
        let stretch = Stretch { start_s: table.number(start)?, length_s: table.number(length)? };
        match self.stretches.last() {
            Some(last)
                if stretch == *last || (stretch.length_s == 0.0 && stretch.start_s >= last.start_s) => {}
            Some(last) if stretch.start_s < last.start_s => {
                return Err(table.wrong_line("this time bucket begins before the one above it"));
            }
            _ => self.stretches.push(stretch),
        }
        Ok(self.stretches.len() - 1)
    }
}

/// The number of a name, in the order in which names are first seen.
#[derive(Default)]
pub struct Names {
    pub names: Vec<String>,
    numbers: FxHashMap<String, usize>,
}

impl Names {
    pub fn number(&mut self, name: &str) -> usize {
        if let Some(&number) = self.numbers.get(name) {
            return number;
        }
        self.names.push(name.to_owned());
        self.numbers.insert(name.to_owned(), self.names.len() - 1);
        self.names.len() - 1
    }
}

pub fn is_true(text: &str) -> bool {
    matches!(text, "true" | "yes" | "1")
}
