//! A histogram of lengths of time whose cells are about 3 % wide everywhere between a
//! microsecond and 52 days.
//!
//! Each power of two is cut into 32 cells of equal width; below 1,024 ns the cells are
//! 32 ns wide. Every histogram has the same cells, so merging is adding whole numbers:
//! exact, and the same in any order.

pub use super::occupied::occupied;

use std::ops::Range;

/// The number of cells: 32 below 1,024 ns and 32 for each of the 42 powers of two above.
pub const CELLS: usize = (((VALUE_BITS - LINEAR_BITS) as usize) + 1) << CELL_BITS;

/// Each power of two is cut into 2^5 cells.
const CELL_BITS: u32 = 5;
/// Below 2^10 ns all cells have the same width.
const LINEAR_BITS: u32 = 10;
/// Values from 2^52 ns on share the last cell.
const VALUE_BITS: u32 = 52;
const LARGEST_APART: u64 = (1 << VALUE_BITS) - 1;

/// The cell of a value; the recorder, which keeps many histograms in one flat array,
/// adds the offset of the histogram itself.
#[inline(always)]
pub fn cell_of(value: u64) -> usize {
    let value = value.min(LARGEST_APART);
    // The set bit makes all small values look as if they were in the first power of two
    // above them, whose cells are as wide as theirs: no branch is needed.
    let exponent = 63 - (value | 1 << LINEAR_BITS).leading_zeros();
    (((exponent - LINEAR_BITS) as usize) << CELL_BITS) + (value >> (exponent - CELL_BITS)) as usize
}

/// The least and the greatest value of a cell, both within it. The last cell ends at
/// `u64::MAX`, and so do all beyond it.
pub fn bounds(cell: usize) -> (u64, u64) {
    let cell = cell.min(CELLS - 1);
    let per_power = 1 << CELL_BITS;
    let power = (cell >> CELL_BITS).saturating_sub(1);
    let shift = power as u32 + LINEAR_BITS - CELL_BITS;
    let first = ((cell - power * per_power) as u64) << shift;
    if cell == CELLS - 1 { (first, u64::MAX) } else { (first, first + (1 << shift) - 1) }
}

/// The observations of one kind: how many fell into each cell, and their exact count,
/// sum, least and greatest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Histogram {
    cells: Vec<u64>,
    /// The cells from the first that is not empty to the last.
    used: Range<usize>,
    count: u64,
    sum: u128,
    minimum: u64,
    maximum: u64,
}

impl Histogram {
    pub fn new() -> Self {
        Histogram { cells: vec![0; CELLS], used: 0..0, count: 0, sum: 0, minimum: u64::MAX, maximum: 0 }
    }

    #[inline(always)]
    pub fn record(&mut self, value: u64) {
        let cell = cell_of(value);
        self.cells[cell] += 1;
        self.uses(cell..cell + 1);
        self.count += 1;
        self.sum += u128::from(value);
        self.minimum = self.minimum.min(value);
        self.maximum = self.maximum.max(value);
    }

    /// Adds cells that were counted elsewhere without their sum and extremes: each
    /// observation then counts as the middle of its cell, and the extremes are those of
    /// the outermost cells. Cells beyond the last are ignored.
    pub fn add_cells(&mut self, cells: &[u32]) {
        let mut sum = 0u128;
        for (cell, &count) in cells.iter().enumerate().take(CELLS) {
            let (first, last) = bounds_apart(cell);
            sum += u128::from(first.midpoint(last)) * u128::from(count);
        }
        let occupied = |&cell: &usize| cells[cell] > 0;
        let mut range = 0..cells.len().min(CELLS);
        let minimum = range.clone().find(occupied).map_or(u64::MAX, |cell| bounds_apart(cell).0);
        let maximum = range.rfind(occupied).map_or(0, |cell| bounds_apart(cell).1);
        self.add_summed_cells(cells, sum, minimum, maximum);
    }

    /// Adds cells whose exact sum and extremes were kept beside them. The extremes of no
    /// observations are `u64::MAX` and 0.
    pub fn add_summed_cells<Count: Copy + Into<u64>>(
        &mut self,
        cells: &[Count],
        sum: u128,
        minimum: u64,
        maximum: u64,
    ) {
        let used = occupied(&cells[..cells.len().min(CELLS)]);
        self.add_used(cells, used, (sum, minimum, maximum));
    }

    /// Adds cells of which only the sum and the greatest were kept beside them: the least is that of
    /// the first cell that is not empty.
    pub fn add_counted_cells(&mut self, cells: &[u32], sum: u128, maximum: u64) {
        let used = occupied(&cells[..cells.len().min(cell_of(maximum) + 1)]);
        if !used.is_empty() {
            let minimum = bounds(used.start).0;
            self.add_used(cells, used, (sum, minimum, maximum));
        }
    }

    fn add_used<Count: Copy + Into<u64>>(
        &mut self,
        cells: &[Count],
        used: Range<usize>,
        (sum, minimum, maximum): (u128, u64, u64),
    ) {
        for (mine, &count) in self.cells[used.clone()].iter_mut().zip(&cells[used.clone()]) {
            *mine += count.into();
            self.count += count.into();
        }
        self.uses(used);
        self.sum += sum;
        self.minimum = self.minimum.min(minimum);
        self.maximum = self.maximum.max(maximum);
    }

    /// These cells are not empty, at either end.
    fn uses(&mut self, cells: Range<usize>) {
        self.used = match (self.used.is_empty(), cells.is_empty()) {
            (_, true) => return,
            (true, _) => cells,
            _ => self.used.start.min(cells.start)..self.used.end.max(cells.end),
        };
    }

    pub fn merge(&mut self, other: &Histogram) {
        self.add_summed_cells(&other.cells, other.sum, other.minimum, other.maximum);
    }

    pub fn cells(&self) -> &[u64] {
        &self.cells
    }

    pub fn count(&self) -> u64 {
        self.count
    }

    pub fn sum(&self) -> u128 {
        self.sum
    }

    pub fn minimum(&self) -> Option<u64> {
        (self.count > 0).then_some(self.minimum)
    }

    pub fn maximum(&self) -> Option<u64> {
        (self.count > 0).then_some(self.maximum)
    }

    /// The exact mean; undefined (NaN) where there is nothing.
    pub fn mean(&self) -> f64 {
        self.sum as f64 / self.count as f64
    }

    /// The value below which the share `share` of the observations lies.
    ///
    /// The rank is `share * count`, not rounded: the observations of a cell count as
    /// spread evenly over it, each whole nanosecond reaching half a nanosecond to either
    /// side. Shares of 0 and 1 give the exact extremes; nothing observed gives NaN.
    pub fn quantile(&self, share: f64) -> f64 {
        if share >= 1.0 && self.count > 0 {
            return self.maximum as f64;
        }
        quantile_within(&self.cells, &self.used, self.count, (self.minimum, self.maximum), share)
    }

    /// The number of observations above a value, where those in the cell of the value
    /// count as spread evenly over it.
    pub fn count_above(&self, value: u64) -> f64 {
        if self.count == 0 || value >= self.maximum {
            return 0.0;
        }
        if value < self.minimum {
            return self.count as f64;
        }
        let cell = cell_of(value);
        let beyond: u64 = self.cells[cell + 1..self.used.end.max(cell + 1)].iter().sum();
        let (first, last) = clip(bounds(cell), (self.minimum, self.maximum));
        let part = last.saturating_sub(value) as f64 / ((last - first) as f64 + 1.0);
        beyond as f64 + part * self.cells[cell] as f64
    }

    /// The share of the observations above a value; NaN where there is nothing.
    pub fn share_above(&self, value: u64) -> f64 {
        self.count_above(value) / self.count as f64
    }
}

impl Default for Histogram {
    fn default() -> Self {
        Histogram::new()
    }
}

/// The quantile of bare cells, by the convention of [`Histogram::quantile`] but without
/// known extremes; values in the last cell count as no more than 2^52 ns.
#[cfg(any(test, feature = "inside"))]
pub fn quantile_of_cells(cells: &[u32], share: f64) -> f64 {
    let cells = &cells[..cells.len().min(CELLS)];
    let count = cells.iter().map(|&count| u64::from(count)).sum();
    quantile_within(cells, &(0..cells.len()), count, (0, LARGEST_APART), share)
}

fn quantile_within<Count: Copy + Into<u64>>(
    cells: &[Count],
    used: &Range<usize>,
    count: u64,
    extremes: (u64, u64),
    share: f64,
) -> f64 {
    if count == 0 || share.is_nan() {
        return f64::NAN;
    }
    let rank = share.clamp(0.0, 1.0) * count as f64;
    let mut below = 0u64;
    let mut answer = f64::NAN;
    for (cell, &inside) in used.clone().zip(&cells[used.clone()]) {
        let inside: u64 = inside.into();
        if inside == 0 {
            continue;
        }
        let (first, last) = clip(bounds(cell), extremes);
        let part = ((rank - below as f64) / inside as f64).clamp(0.0, 1.0);
        answer = first as f64 - 0.5 + part * ((last - first) as f64 + 1.0);
        below += inside;
        if below as f64 >= rank {
            break;
        }
    }
    answer.clamp(extremes.0 as f64, extremes.1 as f64)
}

/// The part of a cell between the extremes. Extremes that were handed in with cells may
/// not fit them, so the part is kept from turning inside out.
fn clip((first, last): (u64, u64), (minimum, maximum): (u64, u64)) -> (u64, u64) {
    let first = first.max(minimum);
    (first, last.min(maximum).max(first))
}

/// The bounds of a cell, where the last one counts as if it were as wide as the others
/// of its power of two.
fn bounds_apart(cell: usize) -> (u64, u64) {
    let (first, last) = bounds(cell);
    (first, last.min(LARGEST_APART))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::random::{Generator, StreamFamily, uniform};
    use proptest::collection::vec;
    use proptest::prelude::*;

    #[test]
    fn cells_follow_each_other_without_a_gap() {
        assert_eq!(CELLS, 1_376);
        let mut next = 0;
        for cell in 0..CELLS {
            let (first, last) = bounds(cell);
            assert_eq!(first, next);
            assert_eq!((cell_of(first), cell_of(last)), (cell, cell));
            assert!(first < 1_024 || cell == CELLS - 1 || last - first < first / 32);
            next = last.wrapping_add(1);
        }
        assert_eq!(next, 0, "the last cell ends at the largest value");
    }

    #[test]
    fn nothing_observed_is_no_reason_to_panic() {
        let histogram = Histogram::new();
        assert!(histogram.mean().is_nan() && histogram.quantile(0.5).is_nan());
        assert!(histogram.share_above(0).is_nan() && quantile_of_cells(&[], 0.5).is_nan());
        assert_eq!((histogram.minimum(), histogram.maximum(), histogram.count_above(7)), (None, None, 0.0));
    }

    #[test]
    fn a_single_value_is_every_quantile() {
        let mut histogram = Histogram::new();
        histogram.record(1_000_003);
        assert!([0.0, 0.3, 1.0].iter().all(|&share| histogram.quantile(share) == 1_000_003.0));
        assert_eq!((histogram.count_above(1_000_002), histogram.count_above(1_000_003)), (1.0, 0.0));
    }

    #[test]
    fn quantiles_are_within_half_a_percent_of_the_exact_ones() {
        let mut generator = StreamFamily::new(1, 0).stream("histogram", "test");
        let exponential = |g: &mut Generator| -2e6 * libm::log(1.0 - uniform(g));
        let lognormal = |g: &mut Generator| {
            let radius = libm::sqrt(-2.0 * libm::log(1.0 - uniform(g)));
            3e7 * libm::exp(0.8 * radius * libm::cos(std::f64::consts::TAU * uniform(g)))
        };
        let draws: [&dyn Fn(&mut Generator) -> f64; 2] = [&exponential, &lognormal];
        for draw in draws {
            let mut histogram = Histogram::new();
            let mut values: Vec<u64> = (0..1_000_000).map(|_| draw(&mut generator) as u64).collect();
            values.iter().for_each(|&value| histogram.record(value));
            values.sort_unstable();
            for share in [0.5, 0.75, 0.9, 0.95, 0.99, 0.999] {
                let rank = (share * 1e6) as usize;
                let error = histogram.quantile(share) / values[rank] as f64 - 1.0;
                assert!(error.abs() < 0.005, "{share}: {error}");
                let above = histogram.share_above(values[rank]);
                assert!((above / (1.0 - share) - 1.0).abs() < 0.03, "{share}: {above}");
            }
            let exact: u128 = values.iter().map(|&value| u128::from(value)).sum();
            assert_eq!(histogram.mean(), exact as f64 / 1e6);
            let narrow: Vec<u32> = histogram.cells().iter().map(|&count| count as u32).collect();
            let mut copy = Histogram::new();
            copy.add_cells(&narrow);
            assert!((copy.mean() / histogram.mean() - 1.0).abs() < 0.001);
            assert!((quantile_of_cells(&narrow, 0.9) / histogram.quantile(0.9) - 1.0).abs() < 1e-9);
        }
    }

    fn of(values: &[u64]) -> Histogram {
        let mut histogram = Histogram::new();
        values.iter().for_each(|&value| histogram.record(value));
        histogram
    }

    fn merged(left: &Histogram, right: &Histogram) -> Histogram {
        let mut sum = left.clone();
        sum.merge(right);
        sum
    }

    /// Values of every order of magnitude, rather than nearly all of the largest.
    fn any_value() -> impl Strategy<Value = u64> {
        (any::<u64>(), 0..64u32).prop_map(|(value, shift)| value >> shift)
    }

    proptest! {
        #[test]
        fn bounds_contain_their_values(value in any_value(), other in any_value()) {
            let (first, last) = bounds(cell_of(value));
            prop_assert!(first <= value && value <= last);
            prop_assert!((value <= other) == (cell_of(value) <= cell_of(other)) || cell_of(value) == cell_of(other));
        }

        #[test]
        fn merging_is_exact_in_any_order(
            a in vec(any_value(), 0..40), b in vec(any_value(), 0..40), c in vec(any_value(), 0..40)
        ) {
            let all = of(&[a.clone(), b.clone(), c.clone()].concat());
            let (a, b, c) = (of(&a), of(&b), of(&c));
            prop_assert_eq!(&merged(&merged(&a, &b), &c), &all);
            prop_assert_eq!(&merged(&a, &merged(&b, &c)), &all);
            prop_assert_eq!(&merged(&merged(&c, &b), &a), &all);
        }

        #[test]
        fn quantiles_rise_between_the_extremes(
            values in vec(any_value(), 1..60), a in -0.1..1.1f64, b in -0.1..1.1f64
        ) {
            let histogram = of(&values);
            let (low, high) = (histogram.quantile(a.min(b)), histogram.quantile(a.max(b)));
            prop_assert!(histogram.quantile(0.0) <= low && low <= high && high <= histogram.quantile(1.0));
            prop_assert_eq!(histogram.quantile(0.0), *values.iter().min().unwrap() as f64);
            prop_assert_eq!(histogram.quantile(1.0), *values.iter().max().unwrap() as f64);
        }

        #[test]
        fn shares_above_fall(values in vec(any_value(), 1..60), a in any_value(), b in any_value()) {
            let histogram = of(&values);
            let (more, less) = (histogram.share_above(a.min(b)), histogram.share_above(a.max(b)));
            prop_assert!((0.0..=1.0).contains(&more) && less <= more);
        }

        #[test]
        fn cells_of_any_length_are_taken(cells in vec(any::<u32>(), 0..2_000), share in any::<f64>()) {
            let mut histogram = Histogram::new();
            histogram.add_cells(&cells);
            let _ = (histogram.quantile(share), quantile_of_cells(&cells, share));
        }
    }
}
