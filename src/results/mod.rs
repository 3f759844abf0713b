//! What a run yields: plain arrays by id, counted per time bucket.
//!
//! Everything here is a sum, a maximum or a count, so that runs can be merged in any order
//! with the same result. Nothing is divided, and nothing is a percentage: that is the
//! business of `analysis`.

pub mod blame;
#[cfg(any(test, feature = "inside"))]
pub mod fingerprint;
pub mod incident;
pub mod path;
pub mod replication;
pub mod resource;
pub mod row;
pub mod scaling;

use crate::kernel::time::Time;
use crate::parts::fidelity::Fidelity;
use crate::parts::outcome::Outcome;
use crate::stats::histogram::Histogram;
use crate::stats::series::Series;
use blame::Blame;
use incident::{Incident, Outage, OutageSums};
use path::Paths;
use replication::ReplicationRecord;
use resource::ResourceRecord;
use scaling::ScalingRecord;

/// The results of one replication.
#[derive(Clone, Debug)]
pub struct RunResults {
    pub ended_at: Time,
    pub stop: StopReason,
    /// Events that the engine handled; it belongs to the cost of the run, not to its results.
    pub events: u64,
    pub offered: u64,
    pub ended: u64,
    pub in_flight: u64,
    /// The edges of the time buckets: bucket b reaches from edge b to edge b + 1.
    pub bucket_edges: Vec<Time>,
    /// Buckets before this one belong to a warm-up that was given.
    pub first_counted_bucket: usize,
    /// In the order of the scenario's classes.
    pub classes: Vec<ClassRecord>,
    /// Latencies of all good answers in the order in which they ended (after a given warm-up).
    pub latencies: Series,
    /// One for each replica of each node, in the order of the scenario's nodes.
    pub nodes: Vec<NodeRecord>,
    /// One for each node of the scenario, its replicas together: the waits of those that
    /// stood in line (those that did not are only counted), after a given warm-up. `None`
    /// where there are too many nodes to keep them.
    pub waits: Vec<Option<Histogram>>,
    /// What there is only so much of, beside what nodes have themselves.
    pub resources: Vec<ResourceRecord>,
    /// What went wrong, in the order in which it began; and how much of it is not listed one by
    /// one, but all that is alike together, behind the others.
    pub incidents: Vec<Incident>,
    pub unlisted_incidents: u64,
    /// Who went round at one instant without end, if that has stopped the run: users, then nodes.
    pub standstill: Vec<String>,
    /// The stretches in which users met errors, in order, those that were over in a given warm-up
    /// left out; and what those come to that are not listed.
    pub outages: Vec<Outage>,
    pub unlisted_outages: OutageSums,
    pub fidelity: Fidelity,
    /// Time in which no requests were simulated, and what was counted in a sample of the
    /// steady state stands for what they would have done.
    pub skipped: Time,
    /// In the order of the scenario's sets of databases.
    pub replications: Vec<ReplicationRecord>,
    /// Of the nodes that are scaled, in the order of the scenario.
    pub scalings: Vec<ScalingRecord>,
    /// What a sample of the good answers waited for, if somebody asked.
    pub paths: Paths,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StopReason {
    /// The duration is over.
    Horizon,
    /// So many requests have ended as were asked for.
    Requests,
    /// Nothing was left to happen: a replay came to its end.
    NothingLeft,
    /// Somebody stopped the run.
    Interrupted,
    /// More visits were in flight at once than the engine can number.
    TooManyInFlight,
    /// The engine ran out of numbers for its events.
    TooManyEvents,
    /// Simulated time stood still: there was always something more to happen at the same instant.
    StandsStill,
}

#[derive(Clone, Debug)]
pub struct ClassRecord {
    pub buckets: Vec<ClassBucket>,
    /// Latencies of good answers: `CELLS` counts of `stats::histogram` for each bucket.
    pub cells: Vec<u32>,
    /// The same latencies in the order in which they ended (after a given warm-up).
    pub latencies: Series,
}

/// What happened to one class of requests in one time bucket. Requests are offered in the
/// bucket in which they start and counted by outcome in the one in which they end.
#[derive(Clone, Debug, Default)]
pub struct ClassBucket {
    pub offered: u64,
    pub outcomes: [u64; Outcome::COUNT],
    /// Answered with success and within the class's objective.
    pub good: u64,
    /// What those without success are put down to, in the order of `Blame::ALL`.
    pub lost: [u64; Blame::COUNT],
    /// Tries of those that ended.
    pub attempts: u64,
    /// Of answers with success.
    pub latency_sum: Nanoseconds,
    pub latency_max: Time,
    /// Of everything else.
    pub failed_latency_sum: Nanoseconds,
    /// When the bucket ended.
    pub in_flight: u64,
}

impl ClassBucket {
    /// What happened in two buckets together, of which `bucket` is the later one.
    pub fn join(mut self, bucket: &ClassBucket) -> ClassBucket {
        self.offered += bucket.offered;
        self.good += bucket.good;
        self.attempts += bucket.attempts;
        self.latency_sum += bucket.latency_sum;
        self.failed_latency_sum += bucket.failed_latency_sum;
        self.latency_max = self.latency_max.max(bucket.latency_max);
        self.in_flight = bucket.in_flight;
        for (sum, count) in self.outcomes.iter_mut().zip(bucket.outcomes) {
            *sum += count;
        }
        for (sum, count) in self.lost.iter_mut().zip(bucket.lost) {
            *sum += count;
        }
        self
    }
}

/// A sum of times, exact whatever the order.
pub type Nanoseconds = u128;

#[derive(Clone, Debug, Default)]
pub struct NodeRecord {
    pub buckets: Vec<NodeBucket>,
    /// The time during which 0, 1, 2 … visits were inside (line included), if the node
    /// tracks it; the last entry counts all larger numbers.
    pub occupancy: Option<Vec<Time>>,
}

/// What happened at one replica of a node in one time bucket.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NodeBucket {
    /// Calls that came in.
    pub visits: u64,
    /// Visits that got a slot.
    pub started: u64,
    /// Of these, the ones that had stood in line.
    pub waited: u64,
    /// How long these had stood there.
    pub waited_time: Nanoseconds,
    /// Visits that left the line without a slot, and how long they had stood there.
    pub left: u64,
    pub left_time: Nanoseconds,
    /// Calls for which there was neither a slot nor a place in line; a SYN that is sent again
    /// counts again.
    pub turned_away: u64,
    /// Visits that ended here, in whatever way.
    pub ended: u64,
    /// Of these, the ones that failed, by this node's doing or because a call of theirs did.
    pub failed: u64,
    /// Visits whose caller had left before they ended: work for nobody.
    pub unwanted: u64,
    /// Visits that failed after their caller had gone on without them, as it is meant to.
    pub background_lost: u64,
    /// Calls from here that failed, and that requests did without.
    pub optional_lost: u64,
    /// Slot-nanoseconds held.
    pub held: Nanoseconds,
    /// Visit-nanoseconds in a slot, calls to others included.
    pub served: Nanoseconds,
    /// Of these, visit-nanoseconds spent waiting for calls to others.
    pub calling: Nanoseconds,
    /// Visit-nanoseconds spent in line.
    pub queued: Nanoseconds,
    /// Time during which all its slots, and all places in its line, were taken.
    pub full: Time,
    pub line_full: Time,
    /// Core-nanoseconds of a host, or of a station that shares its cores, in use.
    pub cpu: Nanoseconds,
    /// Visit-nanoseconds on the cores, or ready for them: more than `cpu` when they are shared.
    pub on_cpu: Nanoseconds,
    /// Time during which all cores were in use, and the most visits on them at once.
    pub cpu_full: Time,
    pub on_cpu_max: u32,
    /// Time during which its process was not there.
    pub down: Nanoseconds,
    /// Slot-nanoseconds that autoscaling had switched off while its process was there, and time
    /// during which all of its slots were; visits that had not ended yet held some all the same.
    pub slots_off: Nanoseconds,
    pub off: Time,
    pub held_off: Nanoseconds,
    /// The longest line.
    pub queue_max: u32,
    /// Look-ups in a cache (or a client's DNS cache), and how many of them hit.
    pub lookups: u64,
    pub hits: u64,
}

impl NodeBucket {
    /// What happened in two buckets together.
    pub fn join(mut self, bucket: &NodeBucket) -> NodeBucket {
        self.visits += bucket.visits;
        self.started += bucket.started;
        self.waited += bucket.waited;
        self.waited_time += bucket.waited_time;
        self.left += bucket.left;
        self.left_time += bucket.left_time;
        self.turned_away += bucket.turned_away;
        self.ended += bucket.ended;
        self.failed += bucket.failed;
        self.unwanted += bucket.unwanted;
        self.background_lost += bucket.background_lost;
        self.optional_lost += bucket.optional_lost;
        self.held += bucket.held;
        self.served += bucket.served;
        self.calling += bucket.calling;
        self.queued += bucket.queued;
        self.full += bucket.full;
        self.line_full += bucket.line_full;
        self.cpu += bucket.cpu;
        self.on_cpu += bucket.on_cpu;
        self.cpu_full += bucket.cpu_full;
        self.on_cpu_max = self.on_cpu_max.max(bucket.on_cpu_max);
        self.down += bucket.down;
        self.slots_off += bucket.slots_off;
        self.off += bucket.off;
        self.held_off += bucket.held_off;
        self.queue_max = self.queue_max.max(bucket.queue_max);
        self.lookups += bucket.lookups;
        self.hits += bucket.hits;
        self
    }
}
