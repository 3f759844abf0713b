//! A run as a value: made of a plan, advanced as far as one likes, looked at, copied, and closed.

use super::Advance;
use super::snapshot::Snapshot;
use super::watch::{KeptTrace, Trace, TraceWishes};
use super::world::World;
use crate::kernel::time::Time;
use crate::plan::Plan;
use crate::results::RunResults;
use crate::results::row::{RowSampling, Rows};
use crate::scenario::model::RunEnd;
use std::borrow::Borrow;

/// What may differ between runs of one plan.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    pub seed: u64,
    pub replication: u64,
    pub rows: RowSampling,
}

/// A run under way. It borrows its plan, owns it, or shares it (`&Plan`, `Plan`, `Arc<Plan>`), and a
/// clone of it is a checkpoint: both go on by themselves from here.
#[derive(Clone)]
pub struct Simulation<P> {
    plan: P,
    pub(super) world: World,
}

impl<P: Borrow<Plan>> Simulation<P> {
    pub fn new(plan: P, options: Options) -> Self {
        let world = World::new(plan.borrow(), options);
        Simulation { plan, world }
    }

    /// Lets everything happen that comes before `until`, but no more than so many events; a row
    /// of stations goes on to the end of its stretch.
    pub fn advance(&mut self, until: Time, events_at_most: u64) -> Advance {
        self.world.advance(self.plan.borrow(), until, events_at_most)
    }

    /// Closes the books; `interrupted` says that somebody stopped the run before its end.
    pub fn finish(self, interrupted: bool) -> RunResults {
        self.world.finish(self.plan.borrow(), interrupted)
    }

    pub fn now(&self) -> Time {
        self.world.clockwork.now()
    }

    /// Requests that have ended, warm-up included.
    pub fn ended_requests(&self) -> u64 {
        if self.world.components.is_on() { 0 } else { self.world.watch.ended() }
    }

    #[cfg(any(test, feature = "inside"))]
    pub fn in_flight(&self) -> u64 {
        self.world.in_flight()
    }

    /// Events handled so far.
    pub fn events(&self) -> u64 {
        self.world.clockwork.events()
    }

    /// How much of the run is done, from 0 to 1.
    pub fn progress(&self) -> f64 {
        let watch = &self.world.watch;
        match self.plan.borrow().end {
            RunEnd::After(duration) => self.now() as f64 / duration as f64,
            RunEnd::Requests(requests) => watch.ended() as f64 / (requests + watch.warmup_requests()) as f64,
        }
    }

    /// How long a time bucket is now; it grows when there would be too many.
    pub fn bucket_width(&self) -> Time {
        self.world.watch.bucket_width()
    }

    /// At an instant up to which nothing is left to happen, or at the last event if that is later.
    pub fn snapshot(&self, at: Time) -> Snapshot {
        self.world.snapshot(self.plan.borrow(), at)
    }

    /// Rows that wait to be written.
    pub fn rows(&self) -> &Rows {
        self.world.watch.rows()
    }

    /// They have been fetched.
    pub fn clear_rows(&mut self) {
        self.world.watch.clear_rows();
    }

    /// Follows requests so that it can be told what they wait for: enough of each class, the same
    /// ones whichever rows are written. It is to be asked for before the run begins.
    pub fn follow_a_sample(&mut self) {
        self.world.watch.follow_a_sample(self.plan.borrow());
    }

    /// Follows the request with this number, which has not begun yet.
    pub fn follow(&mut self, id: u64) {
        self.world.watch.follow(id);
    }

    /// The story of the request that is followed, once it has ended.
    pub fn trace(&self) -> &Trace {
        self.world.watch.trace()
    }

    /// Keeps the stories of some requests. It is to be asked for before the run begins.
    pub fn keep_traces(&mut self, wishes: TraceWishes, seed: u64) {
        self.world.watch.keep_traces(wishes, seed);
    }

    /// Stories of the sample that have ended since the last time.
    pub fn take_traces(&mut self) -> Vec<KeptTrace> {
        self.world.watch.take_traces()
    }

    /// The slowest first, then those that failed, in the order of their numbers.
    pub fn take_chosen_traces(&mut self) -> Vec<KeptTrace> {
        self.world.watch.take_chosen_traces()
    }
}
