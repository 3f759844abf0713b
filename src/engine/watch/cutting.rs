//! What has been counted in a time bucket is put away, and the next begins.

use super::recorder::{ClassState, Recorder};
use crate::kernel::time::Time;
use crate::parts::outcome::Outcome;
use crate::results::{ClassBucket, NodeBucket};
use crate::stats::histogram::CELLS;
use std::ops::Range;

/// What becomes of the time bucket that is being put away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    IsABucket,
    /// It has no length, and goes into the one before.
    JoinsTheLast,
}

impl Recorder {
    /// Puts away what classes have counted in the present time bucket. Whatever else there is in
    /// it is told next, and then the cut is closed. `None`: there is nothing to put away.
    pub fn open_cut(&mut self, now: Time) -> Option<Cut> {
        let no_time = self.edges.last() == Some(&now);
        // A bucket without length goes into the one before, unless that is the warm-up's.
        let joins = no_time && self.edges.len() - 1 > self.first_counted_bucket;
        if no_time && !joins && self.is_bucket_empty() {
            return None;
        }
        self.edges.push(now);
        for class in self.classes.iter_mut() {
            let in_flight = class.in_flight;
            class.buckets.push(ClassBucket { in_flight, ..std::mem::take(&mut class.now) });
            class.first_cell += CELLS;
        }
        Some(if joins { Cut::JoinsTheLast } else { Cut::IsABucket })
    }

    pub fn close_cut(&mut self, cut: Cut, now: Time) {
        match cut {
            Cut::JoinsTheLast => self.join_last_buckets(),
            Cut::IsABucket if self.edges.len() > self.buckets_most => self.join_buckets(),
            Cut::IsABucket => {}
        }
        if self.warmup_until.is_some_and(|until| now >= until) {
            self.start_counting();
        }
    }

    fn is_bucket_empty(&self) -> bool {
        let is_empty =
            |class: &ClassState| class.now.offered == 0 && class.now.outcomes == [0; Outcome::COUNT];
        self.classes.iter().all(is_empty)
    }

    /// Joins buckets in pairs, those of the warm-up among themselves, and doubles the width.
    fn join_buckets(&mut self) {
        let first = self.first_counted_bucket;
        let count = self.edges.len() - 1;
        // Each new bucket holds these old ones.
        let pairs =
            |from: usize, to: usize| (from..to).step_by(2).map(move |start| start..(start + 2).min(to));
        let groups: Vec<Range<usize>> = pairs(0, first).chain(pairs(first, count)).collect();
        self.first_counted_bucket = first.div_ceil(2);
        for class in self.classes.iter_mut() {
            for (to, group) in groups.iter().enumerate() {
                class.join(to, group.clone());
            }
            class.buckets.truncate(groups.len());
            class.first_cell = groups.len() * CELLS;
            class.cells[groups.len() * CELLS..].fill(0);
        }
        for node in self.nodes.iter_mut() {
            for (to, group) in groups.iter().enumerate() {
                let joined = node.buckets[group.clone()].iter().fold(NodeBucket::default(), NodeBucket::join);
                node.buckets[to] = joined;
            }
            node.buckets.truncate(groups.len());
        }
        self.usage.join(&groups);
        let mut edges: Vec<Time> = groups.iter().map(|group| self.edges[group.start]).collect();
        edges.push(self.edges[count]);
        self.edges.clear();
        self.edges.extend(edges);
        self.width = self.width.saturating_mul(2);
    }

    /// Joins the last bucket to the one before it.
    fn join_last_buckets(&mut self) {
        let last = self.edges.len() - 2;
        for class in self.classes.iter_mut() {
            class.join(last - 1, last - 1..last + 1);
            class.buckets.truncate(last);
            class.first_cell -= CELLS;
            class.cells[class.first_cell..class.first_cell + CELLS].fill(0);
        }
        for node in self.nodes.iter_mut() {
            node.buckets[last - 1] =
                node.buckets[last - 1..].iter().fold(NodeBucket::default(), NodeBucket::join);
            node.buckets.truncate(last);
        }
        self.usage.join_last(last);
        self.edges.pop();
    }
}

impl ClassState {
    fn join(&mut self, to: usize, group: Range<usize>) {
        let joined = self.buckets[group.clone()].iter().fold(ClassBucket::default(), ClassBucket::join);
        self.buckets[to] = joined;
        for cell in 0..CELLS {
            let sum = group.clone().map(|bucket| self.cells[bucket * CELLS + cell]).sum();
            self.cells[to * CELLS + cell] = sum;
        }
    }
}
