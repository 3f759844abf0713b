//! Latencies in rows of equal height on a logarithmic axis. The cells of a histogram are not of
//! one height there, so that they are spread over the rows.

use crate::stats::histogram::bounds;

pub struct LogRows {
    /// For each cell from the first on: the rows that it reaches into, with the part of it there.
    parts: Vec<Vec<(usize, f64)>>,
    first: usize,
    rows: usize,
}

/// The last cell has no end of its own; this is longer than any run.
const LONGEST: u64 = 1 << 60;

impl LogRows {
    /// From one cell to another, both included.
    pub fn new(first: usize, last: usize, rows: usize) -> LogRows {
        let edge = |value: u64| libm::log(value.max(1) as f64);
        let end = |cell: usize| edge(bounds(cell).1.min(LONGEST) + 1);
        let low = edge(bounds(first).0);
        let step = (end(last) - low).max(f64::MIN_POSITIVE) / rows.max(1) as f64;
        let parts_of = |cell: usize| {
            let from = (edge(bounds(cell).0) - low) / step;
            let to = (end(cell) - low) / step;
            let reach = from as usize..(to.ceil() as usize).min(rows);
            let parts = reach.map(|row| {
                let inside = to.min(row as f64 + 1.0) - from.max(row as f64);
                (row, inside / (to - from).max(f64::MIN_POSITIVE))
            });
            parts.collect()
        };
        LogRows { parts: (first..=last).map(parts_of).collect(), first, rows }
    }

    /// The share of the counts of all cells in each row, from the lowest on.
    pub fn shares(&self, cells: &[u64]) -> Vec<f64> {
        let mut shares = vec![0.0; self.rows];
        let inside = cells.get(self.first..).unwrap_or(&[]);
        let all = inside.iter().map(|&count| count as f64).sum::<f64>();
        for (parts, &count) in self.parts.iter().zip(inside).filter(|(_, count)| **count > 0) {
            for &(row, part) in parts {
                shares[row] += part * count as f64 / all;
            }
        }
        shares
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::histogram::{CELLS, cell_of};

    #[test]
    fn every_answer_is_in_some_row() {
        let mut cells = vec![0; CELLS];
        for (value, count) in [(1_000_000, 70), (1_500_000, 20), (40_000_000, 10)] {
            cells[cell_of(value)] = count;
        }
        for rows in [1, 7, 60, 2_000] {
            let shares = LogRows::new(cell_of(1_000_000), cell_of(40_000_000), rows).shares(&cells);
            assert_eq!(shares.len(), rows);
            assert!(
                (shares.iter().sum::<f64>() - 1.0).abs() < 1e-6,
                "{rows}: {}",
                shares.iter().sum::<f64>()
            );
        }
        assert_eq!(LogRows::new(0, CELLS - 1, 3).shares(&[]), [0.0; 3]);
    }
}
