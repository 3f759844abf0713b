//! What requests wait for because a cache is cold: it is still filling up, since it was emptied
//! or since the run began, and has not had the object that is asked for. Until it answers, all
//! that happens to the request is due to that.
//!
//! As with all causes, this is kept only together with rows.

use super::Simulation;
use super::causes::Causes;
use crate::kernel::time::Time;
use crate::plan::NONE;
use crate::results::row::ColdWait;
use rustc_hash::FxHashMap;

/// By the slot of the request.
#[derive(Debug, Default)]
pub(super) struct ColdFetches {
    all: FxHashMap<u32, ColdFetch>,
}

/// What one request has met in its present try.
#[derive(Debug)]
pub(super) struct ColdFetch {
    open: Option<Open>,
    /// The nodes of the caches, and the time at each.
    waits: Vec<(u32, Time)>,
    /// What the other causes have of that time.
    shared: Standing,
}

/// A visit to a cache that fetches what it does not have yet.
#[derive(Debug)]
struct Open {
    slot: u32,
    node: u32,
    since: Time,
    before: Standing,
}

/// How far the other causes of a request are.
#[derive(Clone, Debug)]
pub(super) struct Standing {
    pub in_line: Vec<Time>,
    /// At each node, and on the network.
    pub times: Vec<Time>,
    pub resent: Time,
}

impl Standing {
    fn of_nothing(nodes: usize) -> Standing {
        Standing { in_line: vec![0; nodes], times: vec![0; nodes + 1], resent: 0 }
    }

    /// Adds what has come between two others.
    fn add_between(&mut self, before: &Standing, after: &Standing) {
        let add = |to: &mut Time, after: Time, before: Time| *to += after.saturating_sub(before);
        for (to, (after, before)) in self.in_line.iter_mut().zip(after.in_line.iter().zip(&before.in_line)) {
            add(to, *after, *before);
        }
        for (to, (after, before)) in self.times.iter_mut().zip(after.times.iter().zip(&before.times)) {
            add(to, *after, *before);
        }
        add(&mut self.resent, after.resent, before.resent);
    }
}

impl ColdFetches {
    /// A request, or its next try, begins in this slot.
    #[inline(always)]
    pub fn begin(&mut self, root: u32) {
        if !self.all.is_empty() {
            self.all.remove(&root);
        }
    }

    fn is_open(&self, root: u32, slot: u32) -> bool {
        let open = self.all.get(&root).and_then(|fetch| fetch.open.as_ref());
        open.is_some_and(|open| open.slot == slot)
    }

    fn close(&mut self, root: u32, now: Time, standing: &Standing) {
        let Some(fetch) = self.all.get_mut(&root) else { return };
        if let Some(open) = fetch.open.take() {
            fetch.shared.add_between(&open.before, standing);
            fetch.waits.push((open.node, now - open.since));
        }
    }

    /// The request ends: writes its waits, and tells what of the other causes is in them.
    pub fn take(&mut self, root: u32, row: usize, waits: &mut Vec<ColdWait>) -> Option<Standing> {
        if self.all.is_empty() {
            return None;
        }
        let fetch = self.all.remove(&root)?;
        waits.extend(fetch.waits.iter().map(|&(node, time)| ColdWait { row, node, time }));
        Some(fetch.shared)
    }
}

impl Causes {
    fn standing(&self, root: u32, times: &[Time]) -> Standing {
        Standing {
            in_line: self.in_line_of(root).to_vec(),
            times: times.to_vec(),
            resent: self.resent_of(root),
        }
    }
}

impl Simulation<'_> {
    /// A cache that is still filling up does not have what this visit asks for.
    #[inline(never)]
    pub(super) fn meets_cold_cache(&mut self, slot: u32) {
        let visit = &self.visits[slot];
        let (root, since) = (visit.root, visit.since);
        if !self.rows.keeps || root == NONE {
            return;
        }
        let node = self.nodes[visit.instance as usize].node;
        let (now, nodes) = (self.now, self.plan.nodes.len());
        let mut before = self.rows.causes.standing(root, self.rows.times_of(root));
        // What it has done at the cache so far is counted when it calls on.
        before.times[node as usize] += now.saturating_sub(since);
        let fetches = &mut self.rows.causes.cold.all;
        let fetch = fetches.entry(root).or_insert_with(|| ColdFetch {
            open: None,
            waits: Vec::new(),
            shared: Standing::of_nothing(nodes),
        });
        // Of caches behind each other, or side by side, the first is to blame.
        fetch.open.get_or_insert(Open { slot, node, since: now, before });
    }

    /// The visit answers, or nobody waits for it any more.
    #[inline(always)]
    pub(super) fn cold_fetch_ends(&mut self, slot: u32) {
        if self.rows.keeps && !self.rows.causes.cold.all.is_empty() {
            self.close_cold_fetch(slot);
        }
    }

    #[inline(never)]
    fn close_cold_fetch(&mut self, slot: u32) {
        let root = self.visits[slot].root;
        if root != NONE && self.rows.causes.cold.is_open(root, slot) {
            let standing = self.rows.causes.standing(root, self.rows.times_of(root));
            self.rows.causes.cold.close(root, self.now, &standing);
        }
    }
}
