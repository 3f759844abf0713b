//! `compare.csv`: one line for each run of each variant.

use super::number::optional;
use std::io::{self, Write};

/// `rounds` has the figures of each variant in each replication. Figures that are no numbers stay empty.
pub fn write<W: Write>(
    file: W,
    columns: &[String],
    variants: &[&str],
    rounds: &[Vec<Vec<f64>>],
) -> io::Result<()> {
    let mut table = csv::WriterBuilder::new().from_writer(file);
    let header = ["replication", "variant"].into_iter().chain(columns.iter().map(String::as_str));
    table.write_record(header).map_err(io::Error::from)?;
    for (replication, round) in rounds.iter().enumerate() {
        for (name, figures) in variants.iter().zip(round) {
            let figures = figures.iter().take(columns.len());
            let cells = figures.map(|&figure| optional(Some(figure).filter(|figure| figure.is_finite())));
            let first = [replication.to_string(), (*name).to_owned()];
            table.write_record(first.into_iter().chain(cells)).map_err(io::Error::from)?;
        }
    }
    table.flush()
}
