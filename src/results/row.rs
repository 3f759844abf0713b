//! One line of `latency.csv`.

use crate::kernel::time::Time;
use crate::parts::outcome::Outcome;

/// A request that has ended. The time that it spent at each node stands beside the rows,
/// in `Rows::times`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// Requests are numbered in the order of their arrival, from 0.
    pub id: u64,
    pub class: u32,
    pub outcome: Outcome,
    pub attempts: u32,
    pub start: Time,
    pub latency: Time,
}

/// Which requests become rows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum RowSampling {
    All,
    None,
    /// This share of them, chosen by the request's number and the seed.
    Share(f64),
}

/// Rows that wait to be written.
#[derive(Clone, Debug, Default)]
pub struct Rows {
    pub rows: Vec<Row>,
    /// For each row, the time at each column: one for every node of the scenario, in
    /// its order (own time: in line, at work, and on its own; not the time in calls to
    /// others), then one for the network, and one for waits in which nobody did anything:
    /// between tries, and before a hedge. They come to the latency: of calls made at once
    /// the one counts whose end was waited for.
    pub times: Vec<Time>,
    /// Times per row.
    pub columns: usize,
}

pub const NO_INCIDENT: u32 = u32::MAX;

impl Rows {
    pub fn clear(&mut self) {
        self.rows.clear();
        self.times.clear();
    }

    pub fn times_of(&self, row: usize) -> &[Time] {
        &self.times[row * self.columns..(row + 1) * self.columns]
    }
}
