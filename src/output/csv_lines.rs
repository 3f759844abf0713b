//! Tables of figures as CSV, written line by line into one text that is passed on when it is long:
//! no field is a text of its own.

use super::latency_csv::quoted;
use super::number::{NUMBER_BYTES_MOST, Text};
use std::io::{self, Write};

/// So much text is gathered before it goes to the file.
const GATHERED_BYTES: usize = 64 * 1024;

pub struct CsvLines<W: Write> {
    file: W,
    text: Text,
}

impl<W: Write> CsvLines<W> {
    pub fn new<'h>(file: W, header: impl IntoIterator<Item = &'h str>) -> io::Result<CsvLines<W>> {
        let mut lines = CsvLines { file, text: Text::new() };
        for heading in header {
            lines.words(&quoted(heading));
        }
        lines.end()?;
        Ok(lines)
    }

    /// Words as [`quoted`] makes them.
    pub fn words(&mut self, quoted: &[u8]) {
        self.text.make_room(quoted.len() + 1);
        self.text.push_all(quoted);
        self.text.push(b',');
    }

    /// One field, which is a number.
    #[inline(always)]
    fn number(&mut self, write: impl FnOnce(&mut Text)) {
        self.text.make_room(NUMBER_BYTES_MOST + 1);
        write(&mut self.text);
        self.text.push(b',');
    }

    pub fn nothing(&mut self) {
        self.number(|_| ());
    }

    pub fn count(&mut self, count: u64) {
        self.number(|text| text.push_integer(count));
    }

    pub fn seconds(&mut self, seconds: f64) {
        self.number(|text| text.push_decimal_seconds(seconds));
    }

    pub fn milliseconds(&mut self, milliseconds: f64) {
        self.number(|text| text.push_decimal_milliseconds(milliseconds));
    }

    pub fn figure(&mut self, figure: f64) {
        self.number(|text| text.push_figure(figure));
    }

    /// One field, `cell:count` for each.
    pub fn pairs(&mut self, pairs: &[(u16, u64)]) {
        for &(cell, count) in pairs {
            self.text.make_room(2 * NUMBER_BYTES_MOST);
            self.text.push_integer(cell.into());
            self.text.push(b':');
            self.text.push_integer(count);
            self.text.push(b' ');
        }
        match pairs {
            [] => self.nothing(),
            _ => self.text.replace_last(b','),
        }
    }

    /// A field that stays empty where there is nothing.
    pub fn optional<T>(&mut self, value: Option<T>, write: impl FnOnce(&mut Self, T)) {
        match value {
            Some(value) => write(self, value),
            None => self.nothing(),
        }
    }

    /// The line is whole.
    pub fn end(&mut self) -> io::Result<()> {
        self.text.replace_last(b'\n');
        if self.text.written().len() >= GATHERED_BYTES { self.pass_on() } else { Ok(()) }
    }

    pub fn finish(mut self) -> io::Result<()> {
        self.pass_on()?;
        self.file.flush()
    }

    fn pass_on(&mut self) -> io::Result<()> {
        self.file.write_all(self.text.written())?;
        self.text.clear();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_as_a_writer_of_csv_makes_them() {
        let words = ["plain", "", "a, b", "\"quoted\"", "two\nlines", "#1 ü"];
        let mut expected = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
        let mut file = Vec::new();
        let mut lines = CsvLines::new(&mut file, words).unwrap();
        expected.write_record(words).unwrap();
        for number in 0..10_000u64 {
            let word = words[number as usize % words.len()];
            lines.count(number);
            lines.words(&quoted(word));
            lines.optional((number % 2 == 0).then_some(0.25), CsvLines::figure);
            lines.seconds(1.5);
            lines.milliseconds(2.0);
            lines.end().unwrap();
            let figure = if number % 2 == 0 { "0.25" } else { "" };
            expected.write_record([&number.to_string(), word, figure, "1.500000000", "2.000000"]).unwrap();
        }
        lines.finish().unwrap();
        assert!(file == expected.into_inner().unwrap());
    }
}
