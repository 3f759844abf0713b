//! The whole story of one request: which visits it made, and what each of them did when.
//!
//! Rows have to be kept for it, so that a run without rows pays nothing, and a run with
//! them a comparison now and then.

use super::Simulation;
use super::visit::State;
use crate::kernel::time::{NEVER, Time};
use crate::plan::NONE;
use rustc_hash::FxHashMap;

/// No request is followed. Visits for nobody have `NONE` as their request, so it is not that.
const NOBODY: u32 = NONE - 1;

/// The visits of one request, callers before those they call.
#[derive(Clone, Debug, Default)]
pub struct Trace {
    pub visits: Vec<TracedVisit>,
}

#[derive(Clone, Debug)]
pub struct TracedVisit {
    /// Its place in the scenario.
    pub node: u32,
    pub replica: u32,
    /// Whose call it answers: a place among the visits.
    pub caller: Option<usize>,
    /// In the order of time. Between them it waits for those that it calls.
    pub spans: Vec<Span>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    pub doing: Doing,
    pub from: Time,
    pub until: Time,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doing {
    /// The call or its answer is on the way, handshakes included.
    Travelling,
    /// In line for a slot, or sending SYNs to a full backlog.
    InLine,
    /// On its own: CPU time, shared or not, and waits that take no core.
    Working,
}

#[derive(Debug)]
pub struct Tracer {
    wanted: Option<u64>,
    /// The first visit of the request that is followed.
    root: u32,
    trace: Trace,
    /// Which of the traced visits stands in a slot.
    by_slot: FxHashMap<u32, usize>,
}

impl Tracer {
    pub fn off() -> Tracer {
        Tracer { wanted: None, root: NOBODY, trace: Trace::default(), by_slot: FxHashMap::default() }
    }

    fn add(&mut self, slot: u32, caller: Option<usize>, node: u32, replica: u32) -> usize {
        let place = self.trace.visits.len();
        self.trace.visits.push(TracedVisit { node, replica, caller, spans: Vec::new() });
        self.by_slot.insert(slot, place);
        place
    }
}

impl TracedVisit {
    /// Time of its own; what it has spent in line is known already.
    fn spend(&mut self, doing: Doing, from: Time, until: Time) {
        let in_line = self.spans.last().filter(|span| span.doing == Doing::InLine);
        let from = in_line.map_or(from, |line| line.until.max(from));
        self.push(Span { doing, from, until });
    }

    fn push(&mut self, span: Span) {
        if span.until > span.from {
            self.spans.push(span);
        }
    }
}

impl Simulation<'_> {
    /// Follows the request with this number, which has not begun yet. Rows have to be kept.
    pub fn follow(&mut self, id: u64) {
        self.tracer = Tracer { wanted: Some(id), ..Tracer::off() };
    }

    pub fn trace(&self) -> &Trace {
        &self.tracer.trace
    }

    /// A request begins in this slot.
    pub(super) fn trace_beginning(&mut self, slot: u32, id: u64) {
        if self.tracer.wanted == Some(id) {
            self.tracer.root = slot;
            self.traced(slot);
        }
    }

    pub(super) fn trace_end(&mut self, slot: u32) {
        if self.tracer.root == slot {
            self.tracer.root = NOBODY;
        }
    }

    /// A visit has been made to answer a call.
    pub(super) fn trace_call(&mut self, slot: u32) {
        let visit = &self.visits[slot];
        if visit.root == self.tracer.root {
            let caller = self.tracer.by_slot.get(&visit.parent).copied();
            let instance = &self.plan.instances[visit.instance as usize];
            self.tracer.add(slot, caller, instance.node, instance.replica);
        }
    }

    /// A stretch of the visit's own time has ended.
    pub(super) fn trace_work(&mut self, slot: u32, from: Time) {
        let visit = &self.visits[slot];
        if visit.root == self.tracer.root {
            // Who leaves while in line has done no work.
            let doing = if visit.state == State::InLine { Doing::InLine } else { Doing::Working };
            let now = self.now;
            self.traced(slot).spend(doing, from, now);
        }
    }

    /// The visit has got its slot.
    pub(super) fn trace_wait(&mut self, slot: u32) {
        let visit = &self.visits[slot];
        if visit.root == self.tracer.root {
            let span = Span { doing: Doing::InLine, from: visit.since, until: self.now };
            self.traced(slot).push(span);
        }
    }

    /// The visit, or its answer, crosses a link.
    #[inline(always)]
    pub(super) fn crosses(&mut self, slot: u32, travel: Time) {
        if self.rows.keeps {
            self.note_crossing(slot, travel);
        }
    }

    fn note_crossing(&mut self, slot: u32, travel: Time) {
        let root = self.visits[slot].root;
        // What never arrives is under way until the end of time, and no longer.
        let travel = travel.min(NEVER - self.now);
        self.rows.network(root, travel);
        if root == self.tracer.root {
            let now = self.now;
            let until = now.saturating_add(travel);
            self.traced(slot).push(Span { doing: Doing::Travelling, from: now, until });
        }
    }

    /// What is known of the visit in this slot. One that has moved on is another visit of
    /// the same caller.
    fn traced(&mut self, slot: u32) -> &mut TracedVisit {
        let instance = &self.plan.instances[self.visits[slot].instance as usize];
        let (node, replica) = (instance.node, instance.replica);
        let known = self.tracer.by_slot.get(&slot).copied();
        let place = match known {
            Some(place) => {
                let visit = &self.tracer.trace.visits[place];
                let caller = visit.caller;
                if (visit.node, visit.replica) == (node, replica) {
                    place
                } else {
                    self.tracer.add(slot, caller, node, replica)
                }
            }
            None => self.tracer.add(slot, None, node, replica),
        };
        &mut self.tracer.trace.visits[place]
    }
}
