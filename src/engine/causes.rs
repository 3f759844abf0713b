//! What kept each request under way: lines, work, the network, what was sent again, and tries
//! that came to nothing. With it the slow ones can be explained.
//!
//! It is kept only together with rows. Most is a part of what the rows have already; here is
//! what tells the parts from each other.

use super::Simulation;
use super::cold::ColdFetches;
use crate::kernel::time::Time;
use crate::parts::outcome::Outcome;
use crate::plan::NONE;
use crate::results::row::{ColdWait, NO_INCIDENT};
use rustc_hash::FxHashMap;

#[derive(Debug, Default)]
pub(super) struct Causes {
    nodes: usize,
    /// Of the requests in flight, by slot and node: the time in line in the present try.
    in_line: Vec<Time>,
    /// By slot: the time until something lost was sent again, in the present try.
    resent: Vec<Time>,
    /// Of those that were tried again: what they had spent before the present try.
    before: FxHashMap<u32, Before>,
    /// What of the next crossing is due to something lost.
    pub lost: Time,
    pub cold: ColdFetches,
}

#[derive(Debug)]
struct Before {
    /// As in the rows.
    times: Vec<Time>,
    elapsed: Time,
}

impl Causes {
    pub fn new(nodes: usize) -> Causes {
        Causes { nodes, ..Causes::default() }
    }

    /// A request begins in this slot.
    pub fn begin(&mut self, slot: u32) {
        let (slot, first) = (slot as usize, slot as usize * self.nodes);
        if self.resent.len() <= slot {
            self.resent.resize(slot + 1, 0);
            self.in_line.resize((slot + 1) * self.nodes, 0);
        }
        self.resent[slot] = 0;
        self.in_line[first..first + self.nodes].fill(0);
        self.cold.begin(slot as u32);
    }

    pub fn in_line_of(&self, root: u32) -> &[Time] {
        let first = root as usize * self.nodes;
        &self.in_line[first..first + self.nodes]
    }

    /// All begin anew; returns the times in line until now.
    pub fn forget_all(&mut self) -> Vec<Time> {
        self.resent.clear();
        std::mem::take(&mut self.in_line)
    }

    /// The request in a slot has stood in line as long as one from another.
    pub fn put_in_line(&mut self, slot: u32, in_line: &[Time], from: u32) {
        let stretch = |slot: u32| slot as usize * self.nodes..(slot as usize + 1) * self.nodes;
        self.in_line[stretch(slot)].copy_from_slice(&in_line[stretch(from)]);
    }

    pub fn resent_of(&self, root: u32) -> Time {
        self.resent[root as usize]
    }

    pub fn waits(&mut self, root: u32, node: u32, time: Time) {
        if root != NONE {
            let waited = &mut self.in_line[root as usize * self.nodes + node as usize];
            *waited = waited.saturating_add(time);
        }
    }

    /// A crossing begins, of which a part is due to something lost.
    pub fn crosses(&mut self, root: u32) {
        let lost = std::mem::take(&mut self.lost);
        if lost > 0 && root != NONE {
            let resent = &mut self.resent[root as usize];
            *resent = resent.saturating_add(lost);
        }
    }

    /// All that the request has spent so far, which is `times`, was for nothing.
    pub fn tries_again(&mut self, slot: u32, times: &[Time], elapsed: Time) {
        self.begin(slot);
        self.before.insert(slot, Before { times: times.to_vec(), elapsed });
    }

    /// Writes what kept the request: for each node the time in line and then for each the time at
    /// work, the network, what was sent again, and the tries before the last; and in a list of
    /// their own the waits for cold caches, which are in none of those.
    pub fn write(
        &mut self,
        slot: u32,
        times: &[Time],
        row: usize,
        (to, waits): (&mut Vec<Time>, &mut Vec<ColdWait>),
    ) {
        let before = self.before.remove(&slot);
        let cold = self.cold.take(slot, row, waits);
        let already = |column: usize| before.as_ref().map_or(0, |before| before.times[column]);
        let behind = |column: usize| cold.as_ref().map_or(0, |cold| cold.times[column]);
        let own =
            |column: usize| times[column].saturating_sub(already(column)).saturating_sub(behind(column));
        let in_line = |node: usize| {
            let behind = cold.as_ref().map_or(0, |cold| cold.in_line[node]);
            self.in_line_of(slot)[node].saturating_sub(behind)
        };
        to.extend((0..self.nodes).map(in_line));
        to.extend((0..self.nodes).map(|node| own(node).saturating_sub(in_line(node))));
        let network = own(self.nodes);
        let resent = self.resent_of(slot).saturating_sub(cold.as_ref().map_or(0, |cold| cold.resent));
        let resent = resent.min(network);
        to.extend([network - resent, resent, before.map_or(0, |before| before.elapsed)]);
    }
}

impl Simulation<'_> {
    /// The visit has stood in line from an instant until now.
    #[inline(never)]
    pub(super) fn note_wait(&mut self, slot: u32, from: Time) {
        let visit = &self.visits[slot];
        let node = self.nodes[visit.instance as usize].node;
        self.rows.causes.waits(visit.root, node, self.now.saturating_sub(from));
    }

    /// A caller will try again after a wait. Tries of servers are a part of their work.
    #[inline(never)]
    pub(super) fn note_retry(&mut self, slot: u32, wait: Time) {
        if self.rows.keeps && self.visits[slot].root == slot {
            let elapsed = (self.now - self.visits.requests[slot as usize].start).saturating_add(wait);
            self.rows.tries_again(slot, elapsed);
        }
    }

    /// The request in this slot has ended: its row and its story are kept, if they are wanted.
    #[inline(never)]
    pub(super) fn note_end(&mut self, slot: u32, outcome: Outcome) {
        let request = self.visits.requests[slot as usize];
        let class = self.visits[slot].class;
        let during = self.incident_since(request.start);
        self.rows.end(slot, request, class, outcome, (self.now, during));
        self.trace_end(slot, request, class, outcome);
    }

    /// The incident that was in force while the request was under way.
    pub(super) fn incident_since(&self, start: Time) -> u32 {
        let ended = self.changes.latest_over.filter(|(_, end)| *end >= start).map(|(incident, _)| incident);
        self.changes.active.last().copied().or(ended).unwrap_or(NO_INCIDENT)
    }
}
