//! A CSV file, line by line, with columns found by their names.

use super::reading::RecordError;
use csv::{Reader, ReaderBuilder, StringRecord};
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
