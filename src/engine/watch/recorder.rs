//! What is counted while the run goes on.
//!
//! Counters run from the start; at each edge of a time bucket the difference to the last
//! edge is put away. Nothing is divided here, and nothing is allocated for an event.

use super::closing::Closing;
use super::node_log::NodeLog;
use super::outages::OutageFinder;
use super::quiet_books::QuietBooks;
use super::usage::UsageLogs;
use crate::kernel::table::{Id, Table};
use crate::kernel::time::Time;
use crate::parts::outcome::Outcome;
use crate::plan::ids::{Class, Instance, Node};
use crate::plan::{Plan, ids};
use crate::results::blame::Blame;
use crate::results::path::Paths;
use crate::results::{ClassBucket, ClassRecord, NodeRecord, RunResults};
use crate::scenario::model::{RunEnd, Warmup};
use crate::stats::histogram::{CELLS, Histogram, cell_of};
use crate::stats::series::{CAPACITY, Series};

/// Nodes up to which the distribution of their waits is kept.
const WAITS_MOST: usize = 2_000;
/// Numbers of visits inside that are told apart.
const OCCUPANCY_MOST: usize = 256;

#[derive(Clone)]
pub(super) struct Recorder {
    pub(super) offered: u64,
    pub(super) ended: u64,
    /// The number of the request with whose end the run ends.
    pub(super) last_request: u64,
    /// The number of the request with whose end the warm-up ends.
    pub(super) warmup_requests: u64,
    /// The next of these two.
    pub(super) next_mark: u64,
    pub(super) warmup_until: Option<Time>,
    pub(super) first_counted_bucket: usize,
    pub(super) width: Time,
    pub(super) buckets_most: usize,
    pub(super) edges: Vec<Time>,
    pub(super) classes: Table<Class, ClassState>,
    latencies: Series,
    several_classes: bool,
    pub(super) nodes: Table<Instance, NodeLog>,
    waits: Table<Node, Option<Histogram>>,
    keeps_waits: bool,
    occupancies: Table<ids::Occupancy, Occupancy>,
    tracked: Vec<u32>,
    pub(super) outages: OutageFinder,
    pub(super) usage: UsageLogs,
    pub(super) books: QuietBooks,
}

#[derive(Clone)]
pub(super) struct ClassState {
    pub(super) now: ClassBucket,
    pub(super) in_flight: u64,
    pub(super) buckets: Vec<ClassBucket>,
    pub(super) cells: Vec<u32>,
    /// Where the present bucket's cells begin.
    pub(super) first_cell: usize,
    latencies: Series,
}

#[derive(Clone)]
struct Occupancy {
    time_with: Vec<Time>,
    inside: usize,
    since: Time,
}

impl Recorder {
    pub fn new(plan: &Plan) -> Self {
        let most = plan.buckets.most + 2;
        let class = || ClassState {
            now: ClassBucket::default(),
            in_flight: 0,
            buckets: Vec::with_capacity(most),
            cells: vec![0; most * CELLS],
            first_cell: 0,
            latencies: Series::new(CAPACITY),
        };
        let node = || NodeLog::with_room(most);
        let keeps_waits = plan.nodes.len() <= WAITS_MOST;
        let tracks = |instance: &&crate::plan::InstancePlan| plan.nodes[instance.node].track_occupancy;
        let tracked = plan.instances.iter().filter(tracks).count();
        let occupancy = || Occupancy { time_with: vec![0; OCCUPANCY_MOST + 1], inside: 0, since: 0 };
        let warmup_requests = match plan.warmup {
            Warmup::Requests(requests) => requests,
            _ => 0,
        };
        let last_request = match plan.end {
            RunEnd::Requests(requests) => requests.saturating_add(warmup_requests),
            RunEnd::After(_) => u64::MAX,
        };
        let mut edges = Vec::with_capacity(most + 1);
        edges.push(0);
        Recorder {
            offered: 0,
            ended: 0,
            last_request,
            warmup_requests,
            next_mark: if warmup_requests > 0 { warmup_requests } else { last_request },
            warmup_until: match plan.warmup {
                Warmup::After(time) if time > 0 => Some(time),
                _ => None,
            },
            first_counted_bucket: 0,
            width: plan.buckets.width,
            buckets_most: plan.buckets.most,
            edges,
            classes: plan.classes.iter().map(|_| class()).collect(),
            latencies: Series::new(CAPACITY),
            several_classes: plan.classes.len() > 1,
            nodes: plan.instances.iter().map(|_| node()).collect(),
            waits: plan.nodes.iter().map(|_| keeps_waits.then(Histogram::new)).collect(),
            keeps_waits,
            occupancies: (0..tracked).map(|_| occupancy()).collect(),
            outages: OutageFinder::new(),
            usage: UsageLogs::new(plan, most),
            books: QuietBooks::default(),
            tracked: plan.instances.iter().map(|instance| u32::from(tracks(&instance))).collect(),
        }
    }

    #[inline(always)]
    pub fn offer(&mut self, class: Id<Class>) -> u64 {
        let number = self.offered;
        self.offered += 1;
        let class = &mut self.classes[class];
        class.now.offered += 1;
        class.in_flight += 1;
        number
    }

    #[inline(always)]
    pub fn end(&mut self, class: Id<Class>, outcome: Outcome, latency: Time, in_time: bool, attempts: u32) {
        self.ended += 1;
        let class = &mut self.classes[class];
        class.in_flight -= 1;
        class.now.outcomes[outcome as usize] += 1;
        class.now.attempts += u64::from(attempts);
        if !outcome.is_ok() {
            class.now.failed_latency_sum += u128::from(latency);
            return;
        }
        if self.outages.score > 0 {
            self.outages.good();
        }
        class.now.good += u64::from(in_time);
        class.now.latency_sum += u128::from(latency);
        class.now.latency_max = class.now.latency_max.max(latency);
        class.cells[class.first_cell + cell_of(latency)] += 1;
        class.latencies.push(latency);
        // With one class its own series is that of all.
        if self.several_classes {
            self.latencies.push(latency);
        }
    }

    /// Whoever fails late may have been sent long before anything was wrong: an outage does not begin
    /// before the last time bucket in which most of those who came were answered well.
    pub fn note_until_when_users_were_served(&mut self, sent: Time) {
        let were_served = |bucket: &usize| {
            let classes = || self.classes.iter().map(|class| &class.buckets[*bucket]);
            let offered: u64 = classes().map(|bucket| bucket.offered).sum();
            let good: u64 = classes().map(|bucket| bucket.outcomes[Outcome::Ok as usize]).sum();
            offered > 0 && good * 4 >= offered * 3
        };
        let first = self.edges.partition_point(|&edge| edge <= sent);
        let last = (first..self.edges.len()).rev().find(|edge| were_served(&(edge - 1)));
        self.outages.were_served_until(last.map_or(0, |edge| self.edges[edge]));
    }

    pub fn lose(&mut self, class: Id<Class>, blame: Blame) {
        self.classes[class].now.lost[blame as usize] += 1;
    }

    /// A visit got a slot after this wait in line.
    #[inline(always)]
    pub fn waited(&mut self, node: Id<Node>, wait: Time) {
        if self.keeps_waits
            && let Some(waits) = &mut self.waits[node]
        {
            waits.record(wait);
        }
    }

    pub fn note_occupancy(&mut self, number: Id<ids::Occupancy>, inside: u32, now: Time) {
        let occupancy = &mut self.occupancies[number];
        occupancy.time_with[occupancy.inside] += now - occupancy.since;
        occupancy.inside = (inside as usize).min(OCCUPANCY_MOST);
        occupancy.since = now;
    }

    /// The warm-up is over: what was counted for the whole run begins anew.
    pub fn start_counting(&mut self) {
        self.first_counted_bucket = self.edges.len() - 1;
        self.warmup_until = None;
        self.latencies.reset();
        self.classes.iter_mut().for_each(|class| class.latencies.reset());
        for waits in self.waits.iter_mut().flatten() {
            *waits = Histogram::new();
        }
        self.usage.start_counting();
        let now = *self.edges.last().expect("an edge");
        self.outages.start_counting(now);
        for occupancy in self.occupancies.iter_mut() {
            occupancy.time_with.fill(0);
            occupancy.since = now;
        }
    }
    pub fn finish(mut self, plan: &Plan, closing: Closing, paths: Paths) -> RunResults {
        let at = closing.at;
        for number in self.occupancies.ids() {
            let inside = self.occupancies[number].inside as u32;
            self.note_occupancy(number, inside, at);
        }
        self.outages.close();
        if !self.several_classes
            && let Some(class) = self.classes.as_slice().first()
        {
            self.latencies = class.latencies.clone();
        }
        let buckets = self.edges.len() - 1;
        let classes = self.classes.into_iter().map(|mut class| {
            class.cells.truncate(buckets * CELLS);
            ClassRecord { buckets: class.buckets, cells: class.cells, latencies: class.latencies }
        });
        let mut occupancies = self.occupancies.into_iter().map(|occupancy| occupancy.time_with);
        let records = self.nodes.into_iter().zip(&self.tracked).map(|(log, &tracked)| NodeRecord {
            buckets: log.buckets,
            occupancy: if tracked > 0 { occupancies.next() } else { None },
        });
        RunResults {
            ended_at: at,
            stop: closing.stop,
            events: closing.events,
            offered: self.offered + self.books.added.offered - self.books.discarded.offered,
            ended: self.ended + self.books.added.ended - self.books.discarded.ended,
            in_flight: closing.in_flight,
            bucket_edges: self.edges,
            first_counted_bucket: self.first_counted_bucket.min(buckets),
            classes: classes.collect(),
            latencies: self.latencies,
            nodes: records.collect(),
            waits: self.waits.into_values(),
            resources: self.usage.finish(plan),
            incidents: closing.incidents,
            unlisted_incidents: closing.unlisted_incidents,
            standstill: closing.standstill,
            outages: self.outages.found,
            unlisted_outages: self.outages.unlisted,
            replications: closing.replications,
            scalings: closing.scalings,
            paths,
            fidelity: plan.fidelity,
            skipped: closing.skipped,
        }
    }
}
