//! What is counted and told. Others say what has happened, by value; nothing here looks at visits,
//! nodes or programs while the run goes on.

mod blame;
mod closing;
mod cutting;
mod following;
mod node_log;
mod outages;
mod paths;
mod quiet_books;
mod recorder;
mod rows;
mod sampling;
mod snapshot;
mod trace;
mod tracer;
mod usage;

pub use blame::{Failure, Suspect, Suspects};
pub use closing::Closing;
pub use cutting::Cut;
pub use following::Ended;
pub use node_log::InstanceTotals;
pub use paths::Paths;
pub use snapshot::ClassSnapshot;
pub use trace::{Doing, Stories, Trace, TracedVisit, Whose};
pub use tracer::{KeptTrace, Reason, TraceWishes};
pub use usage::Usage;

use super::Options;
use crate::kernel::table::{Id, Table};
use crate::kernel::time::Time;
use crate::parts::outcome::Outcome;
use crate::parts::resource::Way;
use crate::plan::Plan;
use crate::plan::ids::{Class, Instance, Limit, Link, Node, Occupancy, Pool, Resource};
use crate::results::incident::Outage;
use crate::results::resource::ResourceBucket;
use crate::results::row::RowSampling;
use crate::results::{ClassBucket, NodeBucket};
use recorder::Recorder;
use rows::RowKeeper;
use sampling::Sample;
use std::ops::Range;
use tracer::Tracer;

#[derive(Clone)]
pub struct Watch {
    recorder: Recorder,
    rows: RowKeeper,
    paths: Paths,
    sample: Sample,
    /// Whether others are followed beside those of the sample, for rows or stories.
    follows_more: bool,
    tracer: Tracer,
    stories: Stories,
}

impl Watch {
    pub fn new(plan: &Plan, options: Options) -> Watch {
        Watch {
            recorder: Recorder::new(plan),
            rows: RowKeeper::new(options, plan),
            paths: Paths::new(following::columns(plan)),
            sample: Sample::of_nobody(plan, options.seed),
            follows_more: options.rows != RowSampling::None,
            tracer: Tracer::default(),
            stories: Stories::default(),
        }
    }
}

/// Requests come and end.
impl Watch {
    /// A request has come: its number.
    #[inline(always)]
    pub fn offer(&mut self, class: Id<Class>) -> u64 {
        self.recorder.offer(class)
    }

    #[inline(always)]
    pub fn ends(&mut self, class: Id<Class>, outcome: Outcome, latency: Time, in_time: bool, attempts: u32) {
        self.recorder.end(class, outcome, latency, in_time, attempts);
    }

    /// A request has failed, and is about to end. `surges` are those that the plan has.
    pub fn fails(&mut self, failure: &Failure, suspects: &Suspects, surges: &[Range<Time>], now: Time) {
        let &Failure { class, outcome, sent, .. } = failure;
        let recorder = &mut self.recorder;
        if recorder.outages.score == 0 {
            recorder.note_until_when_users_were_served(sent);
        }
        let cause = suspects.in_force.map(|suspect| suspect.incident);
        recorder.outages.failed(sent, now, outcome, cause);
        let blame = suspects.blame(failure, surges, &recorder.outages, now);
        recorder.lose(class, blame);
    }

    /// So many requests of a class have come and ended like this, in no time.
    pub fn count_answers(&mut self, class: Id<Class>, outcome: Outcome, count: u64) {
        self.recorder.count_answers(class, outcome, count);
    }

    /// If requests fail now, this is why they go on to do so.
    pub fn is_due_to(&mut self, incident: u32) {
        self.recorder.outages.is_due_to(incident);
    }

    /// An outage that somebody else has found.
    pub fn list_outage(&mut self, outage: Outage) {
        self.recorder.outages.list(outage);
    }

    /// How many requests have come, which is the number of the next.
    pub fn offered(&self) -> u64 {
        self.recorder.offered
    }

    /// How many have ended.
    pub fn ended(&self) -> u64 {
        self.recorder.ended
    }

    pub fn in_flight(&self) -> u64 {
        self.recorder.offered - self.recorder.ended
    }

    /// How many requests the warm-up takes.
    pub fn warmup_requests(&self) -> u64 {
        self.recorder.warmup_requests
    }

    /// Of each class, how many requests have come in the present time bucket.
    pub fn offered_of_late(&self) -> Table<Class, u64> {
        self.recorder.classes.iter().map(|class| class.now.offered).collect()
    }

    /// With the request that has just ended the warm-up ends, or the run.
    #[inline(always)]
    pub fn is_at_a_mark(&self) -> bool {
        self.recorder.ended == self.recorder.next_mark
    }

    pub fn is_at_the_last_request(&self) -> bool {
        self.recorder.ended == self.recorder.last_request
    }

    /// How many more may come until the one might end with which the warm-up ends, or the run.
    pub fn left_before_a_mark(&self) -> u64 {
        self.recorder.next_mark.saturating_sub(self.recorder.offered)
    }

    /// The warm-up has ended with a request; its time buckets have been put away.
    pub fn warmup_requests_have_ended(&mut self) {
        self.recorder.start_counting();
        self.recorder.next_mark = self.recorder.last_request;
    }
}

/// Visits wait.
impl Watch {
    /// A visit got a slot after this wait in line.
    #[inline(always)]
    pub fn waited(&mut self, node: Id<Node>, wait: Time) {
        self.recorder.waited(node, wait);
    }

    /// Somebody gets what he has waited for so long.
    pub fn waited_for_pool(&mut self, pool: Id<Pool>, wait: Time) {
        self.recorder.usage.waited_for_pool(pool, wait);
    }

    pub fn waited_for_link(&mut self, link: Id<Link>, way: Way, wait: Time) {
        self.recorder.usage.waited_for_link(link, way, wait);
    }

    pub fn waited_for_limit(&mut self, limit: Id<Limit>, wait: Time) {
        self.recorder.usage.waited_for_limit(limit, wait);
    }

    /// The same, by the number of the resource.
    pub fn waited_for_resource(&mut self, resource: Id<Resource>, wait: Time) {
        self.recorder.usage.waited_for(resource, wait);
    }

    /// So many are inside from now on, at a node of which that is recorded.
    pub fn note_occupancy(&mut self, number: Id<Occupancy>, inside: u32, now: Time) {
        self.recorder.note_occupancy(number, inside, now);
    }
}

/// Time buckets are put away.
impl Watch {
    pub fn bucket_width(&self) -> Time {
        self.recorder.width
    }

    /// The present time bucket ends. What instances and resources have to say about it is told
    /// next, and then the cut is closed. `None`: there is nothing to put away.
    pub fn open_cut(&mut self, now: Time) -> Option<Cut> {
        self.recorder.open_cut(now)
    }

    pub fn cut_instance(&mut self, instance: Id<Instance>, totals: InstanceTotals) {
        self.recorder.nodes[instance].cut(totals);
    }

    pub fn cut_place(&mut self, resource: Id<Resource>, place: usize, usage: &Usage) {
        self.recorder.usage.cut(resource, place, usage);
    }

    pub fn close_cut(&mut self, cut: Cut, now: Time) {
        self.recorder.close_cut(cut, now);
    }
}

/// Where not every request is simulated.
impl Watch {
    /// Of each class, what was counted since then, with the counts of its latencies.
    pub fn classes_since(&self, since: Time) -> Vec<(ClassBucket, Vec<u64>)> {
        self.recorder.classes_since(since)
    }

    pub fn nodes_since(&self, since: Time) -> Vec<NodeBucket> {
        self.recorder.nodes_since(since)
    }

    pub fn resources_since(&self, since: Time) -> Vec<ResourceBucket> {
        self.recorder.resources_since(since)
    }

    /// What the present bucket has counted so far is to be kept.
    pub fn keep_present(&mut self) {
        self.recorder.keep_present();
    }

    /// Forgets what the present bucket has counted since then.
    pub fn restore_present(&mut self) {
        self.recorder.restore_present();
    }

    /// Adds a part of a sample to the bucket that was put away last.
    pub fn add_to_last_of_classes(
        &mut self,
        sample: &[ClassBucket],
        cells: &[u64],
        scaled: &impl Fn(u128) -> u128,
    ) {
        self.recorder.add_to_last_of_classes(sample, cells, scaled);
    }

    pub fn add_to_last_of_nodes(
        &mut self,
        nodes: &[NodeBucket],
        resources: &[ResourceBucket],
        scaled: &impl Fn(u128) -> u128,
    ) {
        self.recorder.add_to_last_of_nodes(nodes, scaled);
        self.recorder.usage.add_to_last(resources, scaled);
    }
}
