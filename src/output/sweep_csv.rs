//! `sweep.csv`: one line for each point of a sweep.

use super::number::optional;
use crate::analysis::sweep::SweepSummary;
use std::io;

/// The values that were varied, then each figure with the ends of its interval. What is not known
/// stays empty.
pub fn to_bytes(summary: &SweepSummary) -> io::Result<Vec<u8>> {
    let mut table = csv::WriterBuilder::new().from_writer(Vec::new());
    table.write_record(summary.headings()).map_err(io::Error::from)?;
    for point in &summary.points {
        let values = point.values.iter().map(|value| value.text.clone());
        let figures =
            point.numbers().map(|figure| optional(Some(figure).filter(|figure| figure.is_finite())));
        table.write_record(values.chain(figures)).map_err(io::Error::from)?;
    }
    table.into_inner().map_err(|error| error.into_error())
}
