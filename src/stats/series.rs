//! A sequence of observations in order, folded into a fixed number of cells.
//!
//! Steady state and confidence are judged from the order in which things happened, but
//! a run may see billions of them. So neighbours are added up in cells of equal numbers
//! of observations, and when the cells are all in use they are added up in pairs.

/// Enough cells to find the end of a warm-up within a thousandth of the run.
pub const CAPACITY: usize = 2_048;

/// The five of MSER-5: its rule for the end of a warm-up looks at means of five.
const FIRST_CELL_SIZE: u64 = 5;

/// Sums are whole numbers of 128 bits. They cannot overflow, and adding them is exact,
/// so that a folded cell holds the same sum as if it had been that long from the start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Series {
    /// Sums of the full cells.
    cells: Vec<u128>,
    capacity: usize,
    cell_size: u64,
    /// The cell that is still being filled, and how many observations it awaits.
    open_sum: u128,
    open_room: u64,
}

impl Series {
    /// A series of at most `capacity` cells, which must be a power of two and not one.
    pub fn new(capacity: usize) -> Self {
        assert!(capacity >= 2 && capacity.is_power_of_two(), "cells are folded in pairs");
        Series {
            cells: Vec::with_capacity(capacity),
            capacity,
            cell_size: FIRST_CELL_SIZE,
            open_sum: 0,
            open_room: FIRST_CELL_SIZE,
        }
    }

    #[inline(always)]
    pub fn push(&mut self, value: u64) {
        self.open_sum += u128::from(value);
        self.open_room -= 1;
        if self.open_room == 0 {
            self.close_cell();
        }
    }

    /// Forgets everything, as at the end of a warm-up that the user has given.
    pub fn reset(&mut self) {
        self.cells.clear();
        self.cell_size = FIRST_CELL_SIZE;
        self.open_sum = 0;
        self.open_room = FIRST_CELL_SIZE;
    }

    /// The mean of each full cell, in order.
    pub fn cells_mean(&self) -> Vec<f64> {
        let size = self.cell_size as f64;
        self.cells.iter().map(|&sum| sum as f64 / size).collect()
    }

    /// The number of observations in each full cell.
    pub fn cell_size(&self) -> u64 {
        self.cell_size
    }

    /// The number of all observations, those of the open cell included.
    pub fn count(&self) -> u64 {
        (self.cells.len() as u64 + 1) * self.cell_size - self.open_room
    }

    /// The mean of all observations, those of the open cell included; NaN of none.
    pub fn mean(&self) -> f64 {
        let sum = self.cells.iter().sum::<u128>() + self.open_sum;
        sum as f64 / self.count() as f64
    }

    /// Kept out of line, so that `push` stays a few instructions where it is inlined.
    #[inline(never)]
    fn close_cell(&mut self) {
        if self.cells.len() == self.capacity {
            // The cell that has just been filled is half of one of the new size, and
            // stays open for the other half.
            self.fold();
            self.open_room = self.cell_size / 2;
        } else {
            self.cells.push(self.open_sum);
            self.open_sum = 0;
            self.open_room = self.cell_size;
        }
    }

    fn fold(&mut self) {
        let half = self.capacity / 2;
        for cell in 0..half {
            self.cells[cell] = self.cells[2 * cell] + self.cells[2 * cell + 1];
        }
        self.cells.truncate(half);
        self.cell_size *= 2;
    }
}

impl Default for Series {
    fn default() -> Self {
        Series::new(CAPACITY)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_short_series_is_kept_in_fives() {
        let mut series = Series::new(4);
        (1..=12).for_each(|value| series.push(value));
        assert_eq!((series.cells_mean(), series.cell_size(), series.count()), (vec![3.0, 8.0], 5, 12));
        assert_eq!(series.mean(), 6.5);
        series.reset();
        assert_eq!((series.cells_mean(), series.cell_size(), series.count()), (vec![], 5, 0));
        assert!(series.mean().is_nan());
    }

    #[test]
    fn the_largest_values_do_not_overflow() {
        let mut series = Series::new(2);
        (0..100).for_each(|_| series.push(u64::MAX));
        assert!(series.cells_mean().iter().all(|&mean| mean == u64::MAX as f64));
    }

    proptest! {
        #[test]
        fn folding_is_the_same_as_long_cells_from_the_start(
            values in proptest::collection::vec(any::<u64>(), 0..2_000), capacity_log2 in 1..6u32
        ) {
            let mut series = Series::new(1 << capacity_log2);
            let reserved = series.cells.capacity();
            values.iter().for_each(|&value| series.push(value));
            prop_assert_eq!(series.cells.capacity(), reserved);
            prop_assert!(series.cells.len() <= 1 << capacity_log2);
            prop_assert_eq!(series.count(), values.len() as u64);
            let sums = values.chunks_exact(series.cell_size() as usize);
            let sums: Vec<u128> = sums.map(|chunk| chunk.iter().map(|&value| u128::from(value)).sum()).collect();
            prop_assert_eq!(&series.cells, &sums);
        }
    }
}
