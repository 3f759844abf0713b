//! `replications.csv`: one line for each run of a study.

use super::number::optional;
use std::io::{self, Write};

/// Figures that are no numbers stay empty.
pub fn write<'a, W: Write>(
    file: W,
    names: &[String],
    runs: impl Iterator<Item = &'a [f64]>,
) -> io::Result<()> {
    let mut table = csv::WriterBuilder::new().from_writer(file);
    let header = std::iter::once("replication").chain(names.iter().map(String::as_str));
    table.write_record(header).map_err(io::Error::from)?;
    for (number, figures) in runs.enumerate() {
        let cells = figures.iter().map(|&figure| optional(Some(figure).filter(|figure| figure.is_finite())));
        table.write_record(std::iter::once(number.to_string()).chain(cells)).map_err(io::Error::from)?;
    }
    table.flush()
}
