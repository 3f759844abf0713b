//! `compare.csv`: one line for each run of each variant.

use super::number::optional;
use std::io::{self, Write};

/// `runs` has the runs of each variant. Figures that are no numbers stay empty.
pub fn write<W: Write>(
    file: W,
    columns: &[String],
    variants: &[&str],
    runs: &[Vec<Vec<f64>>],
) -> io::Result<()> {
    let mut table = csv::WriterBuilder::new().from_writer(file);
    let header = ["replication", "variant"].into_iter().chain(columns.iter().map(String::as_str));
    table.write_record(header).map_err(io::Error::from)?;
    for replication in 0..runs.first().map_or(0, Vec::len) {
        for (name, runs) in variants.iter().zip(runs) {
            let figures = runs[replication].iter().take(columns.len());
            let cells = figures.map(|&figure| optional(Some(figure).filter(|figure| figure.is_finite())));
            let first = [replication.to_string(), (*name).to_owned()];
            table.write_record(first.into_iter().chain(cells)).map_err(io::Error::from)?;
        }
    }
    table.flush()
}
