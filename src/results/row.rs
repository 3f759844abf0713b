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
    /// others), then one for the network.
    pub times: Vec<Time>,
    /// Times per row.
    pub columns: usize,
    /// For each row, what kept it: for each node the time in line, for each node the time at
    /// work, the network, what was sent again, and tries before the last.
    pub causes: Vec<Time>,
    /// The time that requests waited behind cold caches, which is in none of `causes`; in the
    /// order of the rows.
    pub cold: Vec<ColdWait>,
    /// For each row, the incident in force while it was under way, or `NO_INCIDENT`.
    pub during: Vec<u32>,
}

/// A request waited for something that a cache did not have yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ColdWait {
    /// Its place among the rows.
    pub row: usize,
    /// The cache's.
    pub node: u32,
    pub time: Time,
}

pub const NO_INCIDENT: u32 = u32::MAX;

impl Rows {
    pub fn clear(&mut self) {
        self.rows.clear();
        self.times.clear();
        self.causes.clear();
        self.cold.clear();
        self.during.clear();
    }

    pub fn times_of(&self, row: usize) -> &[Time] {
        &self.times[row * self.columns..(row + 1) * self.columns]
    }
}
