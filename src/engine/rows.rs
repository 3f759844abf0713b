//! Rows of `latency.csv`, kept until somebody fetches them.

use super::Options;
use super::causes::Causes;
use super::visit::Request;
use crate::kernel::random::mix;
use crate::kernel::time::Time;
use crate::parts::outcome::Outcome;
use crate::plan::{NONE, Plan};
use crate::results::row::{Row, RowSampling, Rows};

/// Rows after which the run pauses.
const FULL: usize = 4_096;

#[derive(Debug)]
pub struct RowKeeper {
    pub rows: Rows,
    pub keeps: bool,
    /// A request becomes a row if its mixed number is not above this.
    threshold: u64,
    seed: u64,
    columns: usize,
    /// The times so far of the requests in flight, by slot.
    times: Vec<Time>,
    pub(super) causes: Causes,
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
        RowKeeper {
            rows,
            keeps,
            threshold,
            seed: options.seed,
            columns,
            times: Vec::new(),
            causes: Causes::new(columns - 1),
        }
    }

    #[inline(always)]
    pub fn full(&self) -> bool {
        self.rows.rows.len() >= FULL
    }

    /// A request begins in this slot.
    #[inline(always)]
    pub fn begin(&mut self, slot: u32) {
        if self.keeps {
            let first = slot as usize * self.columns;
            if self.times.len() < first + self.columns {
                self.times.resize(first + self.columns, 0);
            }
            self.times[first..first + self.columns].fill(0);
            self.causes.begin(slot);
        }
    }

    /// Time at a node goes to the request.
    #[inline(always)]
    pub fn spend(&mut self, root: u32, node: u32, time: Time) {
        if self.keeps && root != NONE {
            let spent = &mut self.times[root as usize * self.columns + node as usize];
            *spent = spent.saturating_add(time);
        }
    }

    /// Time in line, which is a part of the time at the node.
    #[inline(always)]
    pub fn wait(&mut self, root: u32, node: u32, time: Time) {
        if self.keeps && root != NONE {
            self.causes.waits(root, node, time);
            self.spend(root, node, time);
        }
    }

    /// Time on the network.
    #[inline(always)]
    pub fn network(&mut self, root: u32, time: Time) {
        self.spend(root, self.columns as u32 - 1, time);
    }

    /// What is known of requests in some slots goes to others; nothing else is.
    pub fn move_places(&mut self, moves: &[(u32, u32)]) {
        let times = std::mem::take(&mut self.times);
        let in_line = self.causes.forget_all();
        for &(from, to) in moves {
            self.begin(to);
            let stretch = |slot: u32| slot as usize * self.columns..(slot as usize + 1) * self.columns;
            self.times[stretch(to)].copy_from_slice(&times[stretch(from)]);
            self.causes.put_in_line(to, &in_line, from);
        }
    }

    /// What the request in this slot has spent so far, as in a row.
    pub fn times_of(&self, slot: u32) -> &[Time] {
        let first = slot as usize * self.columns;
        &self.times[first..first + self.columns]
    }

    /// All that the request has spent so far was for nothing.
    pub fn tries_again(&mut self, slot: u32, elapsed: Time) {
        let first = slot as usize * self.columns;
        self.causes.tries_again(slot, &self.times[first..first + self.columns], elapsed);
    }

    /// Time on the network that the request did not wait for in the end.
    pub fn take_back_network(&mut self, root: u32, time: Time) {
        if self.keeps && root != NONE && time > 0 {
            let spent = &mut self.times[(root as usize + 1) * self.columns - 1];
            *spent = spent.saturating_sub(time);
        }
    }

    #[inline(always)]
    pub fn end(&mut self, slot: u32, request: Request, class: u32, outcome: Outcome, end: (Time, u32)) {
        if self.keeps && mix(request.id ^ mix(self.seed)) <= self.threshold {
            let (now, during) = end;
            let first = slot as usize * self.columns;
            let times = &self.times[first..first + self.columns];
            self.rows.times.extend_from_slice(times);
            let row = self.rows.rows.len();
            self.causes.write(slot, times, row, (&mut self.rows.causes, &mut self.rows.cold));
            self.rows.during.push(during);
            self.rows.rows.push(Row {
                id: request.id,
                class,
                outcome,
                attempts: request.attempts,
                start: request.start,
                latency: now - request.start,
            });
        }
    }
}
