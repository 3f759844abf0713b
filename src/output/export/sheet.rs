//! A CSV table with all of its columns, or those that somebody wants, in the order in which he
//! names them.

use super::ExportError;
use std::io::{self, Write};

pub struct Sheet<'f> {
    table: csv::Writer<&'f mut dyn Write>,
    /// The places of the columns that are wanted.
    places: Vec<usize>,
}

impl<'f> Sheet<'f> {
    pub fn new(
        file: &'f mut dyn Write,
        header: &[&str],
        columns: &[String],
    ) -> Result<Sheet<'f>, ExportError> {
        let place = |column: &String| {
            let known = header.iter().position(|name| name == column);
            known.ok_or_else(|| ExportError::NoColumn { column: column.clone(), known: header.join(", ") })
        };
        let places = match columns {
            [] => (0..header.len()).collect(),
            wanted => wanted.iter().map(place).collect::<Result<Vec<usize>, _>>()?,
        };
        let mut sheet = Sheet { table: csv::WriterBuilder::new().from_writer(file), places };
        sheet.line(header)?;
        Ok(sheet)
    }

    /// All fields of a line, in the order of the header.
    pub fn line<T: AsRef<str>>(&mut self, fields: &[T]) -> Result<(), ExportError> {
        let wanted = self.places.iter().map(|&place| fields[place].as_ref());
        Ok(self.table.write_record(wanted).map_err(io::Error::from)?)
    }

    pub fn finish(mut self) -> Result<(), ExportError> {
        Ok(self.table.flush()?)
    }
}
