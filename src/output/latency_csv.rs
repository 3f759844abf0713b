//! `latency.csv`: one line for each request, written while the run goes on.

use super::number::{NUMBER_BYTES_MOST, Text, Word};
use crate::parts::outcome::Outcome;
use crate::questions::rows::time_columns;
use crate::results::row::Rows;
use crate::scenario::model::Scenario;
use std::io::{self, Write};

/// So much text is gathered before it goes to the file.
const GATHERED_BYTES: usize = 256 * 1024;

pub struct LatencyCsv<W: Write> {
    file: W,
    text: Text,
    /// No row is longer.
    row_bytes_most: usize,
    /// Names as they stand in the file, between commas, in quotes where they need them.
    classes: Vec<Word>,
    /// In the order of all outcomes.
    outcomes: [Word; Outcome::COUNT],
    /// Which of the engine's columns are written: those of nodes that can take time.
    columns: Vec<usize>,
}

impl<W: Write> LatencyCsv<W> {
    pub fn new(file: W, scenario: &Scenario) -> LatencyCsv<W> {
        let columns = time_columns(scenario);
        let mut header = b"id,class,start_s,latency_ms,outcome,attempts".to_vec();
        for (_, heading) in &columns {
            header.push(b',');
            header.extend(quoted(heading));
        }
        header.push(b'\n');
        let columns: Vec<usize> = columns.into_iter().map(|(place, _)| place).collect();
        let between = |name: &[u8]| Word::new(&[b",", name, b","].concat());
        let classes: Vec<Word> = scenario.classes.iter().map(|class| between(&quoted(&class.name))).collect();
        let outcomes = Outcome::ALL.map(|outcome| between(outcome.name().as_bytes()));
        let name_bytes_most = classes.iter().map(Word::length).max().unwrap_or(0);
        // The outcome and the numbers before the nodes' take a number's place each.
        let row_bytes_most = name_bytes_most + (columns.len() + 6) * (NUMBER_BYTES_MOST + 1);
        let mut text = Text::new();
        text.make_room(header.len());
        text.push_all(&header);
        LatencyCsv { file, text, row_bytes_most, classes, outcomes, columns }
    }

    pub fn write(&mut self, rows: &Rows) -> io::Result<()> {
        for (row, times) in rows.rows.iter().zip(rows.times.chunks_exact(rows.columns.max(1))) {
            let mut line = self.text.line(self.row_bytes_most);
            line.integer(row.id);
            line.word(&self.classes[row.class as usize]);
            line.seconds(row.start);
            line.next_milliseconds(row.latency);
            line.word(&self.outcomes[row.outcome as usize]);
            line.integer(row.attempts.into());
            for &column in &self.columns {
                line.next_milliseconds(times[column]);
            }
            line.byte(b'\n');
            let length = line.length();
            self.text.keep(length);
            if self.text.written().len() >= GATHERED_BYTES {
                self.pass_on()?;
            }
        }
        Ok(())
    }

    /// Writes what is still gathered, and gives the file back.
    pub fn finish(mut self) -> io::Result<W> {
        self.pass_on()?;
        self.file.flush()?;
        Ok(self.file)
    }

    fn pass_on(&mut self) -> io::Result<()> {
        self.file.write_all(self.text.written())?;
        self.text.clear();
        Ok(())
    }
}

/// As RFC 4180 has it.
pub fn quoted(name: &str) -> Vec<u8> {
    if name.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", name.replace('"', "\"\"")).into_bytes()
    } else {
        name.as_bytes().to_vec()
    }
}
