//! Rows of `latency.csv`, kept until somebody fetches them.

use crate::engine::Options;
use crate::kernel::random::mix;
use crate::kernel::time::Time;
use crate::plan::Plan;
use crate::results::row::{Row, RowSampling, Rows};

/// Rows after which the run pauses.
const FULL: usize = 4_096;

/// So many times are filled in at once, which is a few stores.
const TOGETHER: usize = 8;

#[derive(Clone, Debug)]
pub(super) struct RowKeeper {
    pub(super) rows: Rows,
    pub(super) keeps: bool,
    /// A request becomes a row if its mixed number is not above this.
    threshold: u64,
    /// The seed, mixed.
    seed: u64,
}

impl RowKeeper {
    pub fn new(options: Options, plan: &Plan) -> Self {
        let columns = plan.row_columns();
        let (keeps, threshold) = match options.rows {
            RowSampling::All => (true, u64::MAX),
            RowSampling::None => (false, 0),
            RowSampling::Share(share) => (share > 0.0, (share * u64::MAX as f64) as u64),
        };
        let mut rows = Rows { columns, ..Rows::default() };
        if keeps {
            rows.rows.reserve(2 * FULL);
            rows.times.reserve(2 * FULL * columns);
        }
        RowKeeper { rows, keeps, threshold, seed: mix(options.seed) }
    }

    #[inline(always)]
    pub fn full(&self) -> bool {
        self.rows.rows.len() >= FULL
    }

    /// Whether the request with this number becomes a row.
    pub fn wants(&self, id: u64) -> bool {
        self.keeps && (self.threshold == u64::MAX || mix(id ^ self.seed) <= self.threshold)
    }

    /// With times that belong to columns.
    pub fn add(&mut self, row: Row, times: impl Iterator<Item = (usize, Time)>) {
        let Rows { rows, times: all, columns } = &mut self.rows;
        let first = all.len();
        for _ in 0..columns.div_ceil(TOGETHER) {
            all.extend_from_slice(&[0; TOGETHER]);
        }
        all.truncate(first + *columns);
        let own = &mut all[first..];
        for (column, time) in times {
            own[column] = own[column].saturating_add(time);
        }
        rows.push(row);
    }
}
