//! `latency.csv`: one line for each request, written while the run goes on.

use super::number::{push_integer, push_milliseconds, push_seconds};
use crate::results::row::Rows;
use crate::scenario::model::Scenario;
use std::io::{self, Write};

/// So much text is gathered before it goes to the file.
const GATHERED_BYTES: usize = 256 * 1024;

pub struct LatencyCsv<W: Write> {
    file: W,
    text: Vec<u8>,
    /// Names as they stand in the file, in quotes where they need them.
    classes: Vec<Vec<u8>>,
    /// Which of the engine's columns are written: those of nodes that can take time.
    columns: Vec<usize>,
}

impl<W: Write> LatencyCsv<W> {
    pub fn new(file: W, scenario: &Scenario) -> LatencyCsv<W> {
        // Users send and servers carry; the time goes by at what is called.
        let mut columns: Vec<usize> =
            (0..scenario.nodes.len()).filter(|&node| scenario.nodes[node].behaviour.is_some()).collect();
        let mut text = b"id,class,start_s,latency_ms,outcome,attempts".to_vec();
        for &node in &columns {
            text.push(b',');
            text.extend(quoted(&format!("{}_ms", scenario.nodes[node].name)));
        }
        text.extend(b",network_ms\n");
        columns.push(scenario.nodes.len());
        let classes = scenario.classes.iter().map(|class| quoted(&class.name)).collect();
        LatencyCsv { file, text, classes, columns }
    }

    pub fn write(&mut self, rows: &Rows) -> io::Result<()> {
        for (number, row) in rows.rows.iter().enumerate() {
            let text = &mut self.text;
            push_integer(text, row.id);
            text.push(b',');
            text.extend_from_slice(&self.classes[row.class as usize]);
            text.push(b',');
            push_seconds(text, row.start);
            text.push(b',');
            push_milliseconds(text, row.latency);
            text.push(b',');
            text.extend_from_slice(row.outcome.name().as_bytes());
            text.push(b',');
            push_integer(text, u64::from(row.attempts));
            let times = rows.times_of(number);
            for &column in &self.columns {
                text.push(b',');
                push_milliseconds(text, times[column]);
            }
            text.push(b'\n');
            if text.len() >= GATHERED_BYTES {
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
        self.file.write_all(&self.text)?;
        self.text.clear();
        Ok(())
    }
}

/// As RFC 4180 has it.
fn quoted(name: &str) -> Vec<u8> {
    if name.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", name.replace('"', "\"\"")).into_bytes()
    } else {
        name.as_bytes().to_vec()
    }
}
