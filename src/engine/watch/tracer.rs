//! Which requests are followed, and which of their stories are kept.

use super::trace::Trace;
use crate::kernel::random::mix;
use crate::kernel::time::Time;
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
    /// That of one request, by its number.
    pub fn of_one(id: u64) -> Tracer {
        Tracer { only: Some(id), ..Tracer::default() }
    }

    pub fn with_wishes(wishes: TraceWishes, seed: u64) -> Tracer {
        Tracer { wishes, seed, ..Tracer::default() }
    }

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

    /// A story has ended.
    pub fn keep(&mut self, row: Row, trace: Trace, parts: &[(Part, Time)]) {
        if self.only == Some(row.id) {
            self.ended = trace;
            return;
        }
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
    /// Stories of the sample that have ended since the last time.
    pub fn take_sampled(&mut self) -> Vec<KeptTrace> {
        std::mem::take(&mut self.sampled)
    }

    /// The slowest first, then those that failed, in the order of their numbers.
    pub fn take_chosen(&mut self) -> Vec<KeptTrace> {
        let slowest = std::mem::take(&mut self.slowest).into_values().rev();
        let mut failed: Vec<KeptTrace> = std::mem::take(&mut self.failed).into_values().collect();
        failed.sort_by_key(|kept| kept.row.id);
        slowest.chain(failed).collect()
    }

    /// The story of the single request, once it has ended.
    pub fn ended(&self) -> &Trace {
        &self.ended
    }
}
