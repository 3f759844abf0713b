//! How latencies were spread, over time.

use super::stretch::Stretch;
use crate::analysis::shown::Shown;
use crate::results::RunResults;
use crate::scenario::model::Scenario;
use crate::stats::histogram::{CELLS, Histogram, bounds};

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Latencies {
    pub classes: Vec<ClassLatencies>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct ClassLatencies {
    pub name: String,
    /// Those in which there were good answers.
    pub buckets: Vec<Spread>,
}

/// The latencies of a bucket: how many answers fell into each cell of `stats::histogram`.
#[derive(Clone, Debug, PartialEq)]
pub struct Spread {
    pub stretch: Stretch,
    /// Cells that are not empty, in their order.
    pub cells: Vec<(u16, u64)>,
}

impl Spread {
    pub fn answers(&self) -> u64 {
        self.cells.iter().map(|(_, count)| count).sum()
    }
}

impl Latencies {
    /// Classes without any answer are left out.
    pub fn of(scenario: &Scenario, results: &RunResults, shown: &[Shown]) -> Latencies {
        let classes = scenario.classes.iter().zip(&results.classes).map(|(class, record)| {
            let spreads = shown.iter().map(|stretch| {
                let cells = &record.cells[stretch.buckets.start * CELLS..][..CELLS];
                let mut sums: Vec<u64> = cells.iter().map(|&count| count.into()).collect();
                for bucket in stretch.buckets.clone().skip(1) {
                    let cells = &record.cells[bucket * CELLS..(bucket + 1) * CELLS];
                    sums.iter_mut().zip(cells).for_each(|(sum, count)| *sum += u64::from(*count));
                }
                let cells = (0..).zip(sums).filter(|(_, count)| *count > 0);
                Spread { stretch: Stretch::of(stretch), cells: cells.collect() }
            });
            let buckets = spreads.filter(|spread| !spread.cells.is_empty()).collect();
            ClassLatencies { name: class.name.clone(), buckets }
        });
        Latencies { classes: classes.filter(|class| !class.buckets.is_empty()).collect() }
    }

    /// All answers from an instant on, of one class or of all.
    pub fn since(&self, start_s: f64, class: Option<usize>) -> Histogram {
        let mut cells = vec![0u64; CELLS];
        let classes = self.classes.iter().enumerate();
        for (_, latencies) in classes.filter(|(number, _)| class.is_none_or(|class| class == *number)) {
            // Edges are told in decimals and lengths of time are not: middles are compared.
            let counted = latencies.buckets.iter().filter(|spread| spread.stretch.middle_s() >= start_s);
            for spread in counted {
                for &(cell, count) in &spread.cells {
                    let sum = &mut cells[usize::from(cell)];
                    *sum = sum.saturating_add(count);
                }
            }
        }
        histogram_of(&cells)
    }
}

/// A histogram of bare cells: its extremes are those of the outermost ones.
pub fn histogram_of(cells: &[u64]) -> Histogram {
    let mut histogram = Histogram::new();
    let first = cells.iter().position(|&count| count > 0);
    let last = cells.iter().rposition(|&count| count > 0);
    if let (Some(first), Some(last)) = (first, last) {
        histogram.add_summed_cells(cells, 0, bounds(first).0, bounds(last).1);
    }
    histogram
}
