//! How latencies were spread, over time.

use super::stretch::Stretch;
use crate::analysis::shown::Shown;
use crate::results::RunResults;
use crate::scenario::model::Scenario;
use crate::stats::histogram::{CELLS, Histogram, bounds, occupied};

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
                let cells_of = |bucket: usize| &record.cells[bucket * CELLS..][..CELLS];
                let used = stretch.buckets.clone().map(|bucket| occupied(cells_of(bucket)));
                let used = used.filter(|used| !used.is_empty());
                let used = used.reduce(|all, one| all.start.min(one.start)..all.end.max(one.end));
                let sum = |cell: usize| {
                    stretch.buckets.clone().map(|bucket| u64::from(cells_of(bucket)[cell])).sum()
                };
                let cells = used.unwrap_or_default().map(|cell| (cell as u16, sum(cell)));
                let cells = cells.filter(|(_, count)| *count > 0);
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
    let used = occupied(cells);
    if !used.is_empty() {
        histogram.add_summed_cells(cells, 0, bounds(used.start).0, bounds(used.end - 1).1);
    }
    histogram
}
