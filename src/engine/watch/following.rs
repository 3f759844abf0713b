//! Requests that are followed: who they are, and what is kept of them when they end.

use super::paths::Paths;
use super::trace::{Stories, Trace};
use super::tracer::{KeptTrace, TraceWishes, Tracer};
use super::{Suspects, Watch};
use crate::engine::site::links::Crossing;
use crate::engine::visit::Visit;
use crate::kernel::table::{Id, Table};
use crate::kernel::time::Time;
use crate::parts::outcome::Outcome;
use crate::plan::Plan;
use crate::plan::ids::{Class, Node};
use crate::results::path::{Cause, Part, Path};
use crate::results::row::{Row, Rows};

/// In place of its number in the sample: one that is followed for its row or its story alone.
const NOT_SAMPLED: u64 = u64::MAX;

/// A request that has come to its end.
#[derive(Clone, Copy, Debug)]
pub struct Ended {
    pub id: u64,
    pub class: Id<Class>,
    pub outcome: Outcome,
    pub attempts: u32,
    pub start: Time,
    pub at: Time,
}

impl Ended {
    fn row(&self) -> Row {
        let &Ended { id, class, outcome, attempts, start, at } = self;
        Row { id, class: class.number(), outcome, attempts, start, latency: at - start }
    }
}

/// Of each node the column of rows in which its own time is counted: users only wait.
pub(super) fn columns(plan: &Plan) -> Table<Node, u32> {
    let mut columns: Table<Node, u32> = (0..plan.nodes.len() as u32).collect();
    for source in &plan.sources {
        columns[plan.instances[source.instance].node] = plan.waiting_column() as u32;
    }
    columns
}

/// Who is followed.
impl Watch {
    /// Follows requests so that it can be told what they wait for: enough of each class, the same
    /// ones whichever rows are written. It is to be asked for before the run begins.
    pub fn follow_a_sample(&mut self, plan: &Plan) {
        self.sample.start(plan);
    }

    /// Follows the request with this number, which has not begun yet.
    pub fn follow(&mut self, id: u64) {
        self.tracer = Tracer::of_one(id);
        self.look_whom_to_follow();
    }

    /// Keeps the stories of some requests. It is to be asked for before the run begins.
    pub fn keep_traces(&mut self, wishes: TraceWishes, seed: u64) {
        self.tracer = Tracer::with_wishes(wishes, seed);
        self.look_whom_to_follow();
    }

    /// Rows, or stories, may be wanted of any request.
    fn look_whom_to_follow(&mut self) {
        self.follows_more = self.rows.keeps || !self.tracer.is_idle();
    }

    pub fn wants_no_story(&self) -> bool {
        self.tracer.is_idle()
    }

    /// Whether a request that begins is followed, and if so, with which number its path begins.
    #[inline(always)]
    pub fn follows(&mut self, class: Id<Class>, id: u64) -> Option<u64> {
        let number = self.sample.begins(class);
        if number.is_some() || !self.follows_more {
            return number;
        }
        (self.rows.wants(id) || self.tracer.wants(id)).then_some(NOT_SAMPLED)
    }

    /// So many requests come next that are not followed; they are taken as begun.
    pub fn take_unfollowed(&mut self, class: Id<Class>) -> u64 {
        if self.follows_more { 0 } else { self.sample.take_unfollowed(class) }
    }

    /// So many of them have not begun.
    pub fn give_back_unfollowed(&mut self, class: Id<Class>, count: u64) {
        self.sample.give_back(class, count);
    }
}

/// What is told of those that are followed.
impl Watch {
    /// What each of their visits waits for.
    #[inline(always)]
    pub fn paths(&mut self) -> &mut Paths {
        &mut self.paths
    }

    #[cfg(test)]
    pub fn stretches_in_store(&self) -> usize {
        self.paths.stretches_in_store()
    }

    /// What each of their visits does, for those whose stories are wanted.
    #[inline(always)]
    pub fn stories(&mut self) -> &mut Stories {
        &mut self.stories
    }

    /// Whether a story is wanted of the request with this number, which begins.
    #[inline(always)]
    pub fn wants_story(&self, id: u64) -> bool {
        self.tracer.wants(id)
    }

    pub fn begin_story(&mut self, slot: Id<Visit>) {
        self.stories.begin(slot);
    }

    /// The visit, or its answer, crosses a link; `time` is how much of that there will be.
    pub fn note_crossing(&mut self, slot: Id<Visit>, crossing: Crossing, network_column: u32, time: Time) {
        let Crossing { link, lost, queued, sending, .. } = crossing;
        let mut rest = time;
        for (cause, time) in
            [(Cause::Retransmission, lost), (Cause::FullLink, queued), (Cause::Sending, sending)]
        {
            let time = time.min(rest);
            rest -= time;
            self.paths.note_ahead(slot, Part::on(cause, link.number()), network_column, time);
        }
        self.paths.note_ahead(slot, Part::on(Cause::Network, link.number()), network_column, rest);
    }
}

/// Their ends.
impl Watch {
    /// Keeps the row of the request whose path is in this place, if it is wanted.
    pub fn keep_row(&mut self, place: Id<Visit>, ended: &Ended) {
        let Ended { id, start, at, .. } = *ended;
        debug_assert_eq!(
            self.paths.columns(place).map(|(_, time)| u128::from(time)).sum::<u128>(),
            u128::from(at - start),
            "what request {id} waited for comes to its latency"
        );
        if self.rows.wants(id) {
            self.rows.add(ended.row(), self.paths.columns(place));
        }
    }

    /// Whether the path in this place is one of the sample.
    pub fn is_sampled(&self, place: Id<Visit>) -> bool {
        self.paths.number_of(place) != NOT_SAMPLED
    }

    /// Keeps a path of the sample; `is_steady` says that it stands for others that are not simulated.
    pub fn keep_path(&mut self, place: Id<Visit>, ended: &Ended, suspects: &Suspects, is_steady: bool) {
        let Ended { id, class, attempts, start, at, .. } = *ended;
        let mut path = Path::new(self.paths.number_of(place), start, at - start);
        (path.id, path.attempts) = (id, attempts);
        (path.during, path.is_steady) = (suspects.since(start), is_steady);
        self.sample.add(class, path, self.paths.parts(place));
    }

    /// Keeps the story of a request whose first visit was in this slot, if it has one and that is
    /// wanted.
    pub fn end_story(&mut self, slot: Id<Visit>, ended: &Ended) {
        let Some(mut trace) = self.stories.take(slot) else { return };
        trace.close(ended.at, ended.outcome);
        self.tracer.keep(ended.row(), trace, self.paths.parts(slot));
    }
}

/// What is fetched.
impl Watch {
    /// Rows that wait to be written.
    pub fn rows(&self) -> &Rows {
        &self.rows.rows
    }

    #[inline(always)]
    pub fn rows_are_full(&self) -> bool {
        self.rows.full()
    }

    /// They have been fetched.
    pub fn clear_rows(&mut self) {
        self.rows.rows.clear();
    }

    /// The story of the request that is followed, once it has ended.
    pub fn trace(&self) -> &Trace {
        self.tracer.ended()
    }

    /// Stories of the sample that have ended since the last time.
    pub fn take_traces(&mut self) -> Vec<KeptTrace> {
        self.tracer.take_sampled()
    }

    /// The slowest first, then those that failed, in the order of their numbers.
    pub fn take_chosen_traces(&mut self) -> Vec<KeptTrace> {
        self.tracer.take_chosen()
    }
}
