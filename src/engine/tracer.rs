//! Which requests are followed, and which of their stories are kept.

use super::World;
use super::trace::Trace;
use super::visit::Request;
use crate::kernel::random::mix;
use crate::kernel::time::Time;
use crate::parts::outcome::Outcome;
use crate::results::path::Part;
use crate::results::row::Row;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// Which stories are wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct TraceWishes {
    /// This share of all requests, chosen by their numbers and the seed.
    pub share: f64,
    /// So many of the slowest good answers.
    pub slowest: usize,
    /// So many of those that failed, chosen by chance.
    pub failed: usize,
}

impl TraceWishes {
    pub fn any(self) -> bool {
        self.share > 0.0 || self.slowest > 0 || self.failed > 0
    }
}

/// Why a story has been kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    Sampled,
    Slowest,
    Failed,
}

#[derive(Clone, Debug)]
pub struct KeptTrace {
    pub row: Row,
    pub reason: Reason,
    pub trace: Trace,
    /// What it waited for, which comes to its latency.
    pub parts: Vec<(Part, Time)>,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Tracer {
    /// A single request, by its number.
    only: Option<u64>,
    wishes: TraceWishes,
    seed: u64,
    /// Stories that wait to be fetched.
    sampled: Vec<KeptTrace>,
    /// The fastest of the slowest comes first, so that it can make room; of equally slow ones
    /// the first request stays.
    slowest: BTreeMap<(Time, Reverse<u64>), KeptTrace>,
    /// By their mixed numbers: those with the smallest stay.
    failed: BTreeMap<u64, KeptTrace>,
    /// That of the single request.
    ended: Trace,
}

impl Tracer {
    /// No story is wanted.
    pub fn is_idle(&self) -> bool {
        self.only.is_none() && !self.wishes.any()
    }

    #[inline(always)]
    pub fn wants(&self, id: u64) -> bool {
        self.only == Some(id) || (self.wishes.any() && self.may_keep(id))
    }

    /// Of those that end slowly or badly nobody knows it before.
    fn may_keep(&self, id: u64) -> bool {
        self.wishes.slowest > 0 || self.wishes.failed > 0 || self.is_sampled(id)
    }

    /// Other requests than those that become rows.
    fn mixed(&self, id: u64) -> u64 {
        mix(mix(id ^ mix(self.seed)))
    }

    fn is_sampled(&self, id: u64) -> bool {
        self.wishes.share > 0.0 && self.mixed(id) <= (self.wishes.share * u64::MAX as f64) as u64
    }

    fn keep(&mut self, row: Row, trace: Trace, parts: &[(Part, Time)]) {
        let kept = |reason: Reason| KeptTrace { row, reason, trace, parts: parts.to_vec() };
        if self.is_sampled(row.id) {
            self.sampled.push(kept(Reason::Sampled));
        } else if row.outcome.is_ok() {
            if self.wishes.slowest > 0 {
                self.slowest.insert((row.latency, Reverse(row.id)), kept(Reason::Slowest));
                if self.slowest.len() > self.wishes.slowest {
                    self.slowest.pop_first();
                }
            }
        } else if self.wishes.failed > 0 {
            self.failed.insert(self.mixed(row.id), kept(Reason::Failed));
            if self.failed.len() > self.wishes.failed {
                self.failed.pop_last();
            }
        }
    }
}

impl World {
    /// Follows the request with this number, which has not begun yet.
    pub fn follow(&mut self, id: u64) {
        self.watch.tracer = Tracer { only: Some(id), ..Tracer::default() };
        self.look_whom_to_follow();
    }

    /// The story of the request that is followed, once it has ended.
    pub fn trace(&self) -> &Trace {
        &self.watch.tracer.ended
    }

    /// Keeps the stories of some requests. It is to be asked for before the run begins.
    pub fn keep_traces(&mut self, wishes: TraceWishes, seed: u64) {
        self.watch.tracer = Tracer { wishes, seed, ..Tracer::default() };
        self.look_whom_to_follow();
    }

    /// Stories of the sample that have ended since the last time.
    pub fn take_traces(&mut self) -> Vec<KeptTrace> {
        std::mem::take(&mut self.watch.tracer.sampled)
    }

    /// The slowest first, then those that failed, in the order of their numbers.
    pub fn take_chosen_traces(&mut self) -> Vec<KeptTrace> {
        let slowest = std::mem::take(&mut self.watch.tracer.slowest).into_values().rev();
        let mut failed: Vec<KeptTrace> =
            std::mem::take(&mut self.watch.tracer.failed).into_values().collect();
        failed.sort_by_key(|kept| kept.row.id);
        slowest.chain(failed).collect()
    }

    /// The request in this slot has ended.
    pub(super) fn trace_end(&mut self, slot: u32, request: Request, class: u32, outcome: Outcome) {
        let Some(mut trace) = self.watch.followed.take(slot) else { return };
        trace.close(self.clockwork.now, outcome);
        if self.watch.tracer.only == Some(request.id) {
            self.watch.tracer.ended = trace;
            return;
        }
        let Request { id, start, attempts, .. } = request;
        let row = Row { id, class, outcome, attempts, start, latency: self.clockwork.now - start };
        self.watch.tracer.keep(row, trace, self.watch.paths.parts(slot));
    }
}
