//! A scenario compiled into flat arrays by id: what the engine runs.
//!
//! Compiling cannot fail; everything that can is found while the scenario is checked.

mod balancing;
mod buckets;
mod calling;
mod chain;
mod changes;
#[cfg(test)]
mod changes_tests;
mod compile;
pub mod ids;
mod links;
mod memory;
mod names;
mod program;
mod remedies;
mod replication;
mod resources;
mod scaling;
mod sources;
mod steps;
mod streams;
mod structure;
mod targets;
mod usual;
mod walks;

use crate::kernel::table::{Id, Row, Table};
use crate::kernel::time::Time;
use crate::nodes::behaviour::{HealthChecks, Order, WhenCallerLeaves, WhenFull};
use crate::nodes::cache::Holds;
use crate::nodes::database::BufferPool;
use crate::parts::arrivals::Arrivals;
use crate::parts::fidelity::Fidelity;
use crate::parts::resource::{Party, ResourceKind};
use crate::parts::restart::RestartPolicy;
use crate::scenario::model::{RunEnd, Warmup};
pub use balancing::{MemberPlan, Policy, RoutePlan};
pub use buckets::{BucketPlan, buckets_most};
pub use chain::{ChainPlan, ChainStation};
pub use changes::{ChangePlan, ChangeTarget, MaintenancePlan, RandomFaultPlan, StandbyPlan, Way};
pub use compile::compile;
use ids::{
    Branch, Cache, Call, Chance, Class, Crew, DeadlineLane, Die, Draw, Fork, Guard, Instance, Limit, Link,
    Lookup, Memory, Name, Node, Pool, PoolSet, Processor, Repeat, Replication, Resource, Route, Scaling,
    Source, Standby, StepPlace, WatchdogLane,
};
pub use memory::{HostMemoryPlan, ResidentPlan};
pub use names::NameChangePlan;
pub use remedies::{GuardPlan, LimitPlan};
pub use replication::ReplicationPlan;
pub use resources::{PlacePlan, ResourcePlan};
pub use scaling::ScalingPlan;
pub use steps::{
    BranchPlan, CallPlan, ChancePlan, ConnectionUse, ForkPlan, LookupPlan, RepeatPlan, RetriesOf, RetryPlan,
    Step,
};
pub use streams::{DiePlan, DrawPlan};
pub use structure::Need;
pub use usual::UsualCall;

/// No such thing, where a number is expected.
pub const NONE: u32 = u32::MAX;

#[derive(Clone, Debug)]
pub struct Plan {
    pub end: RunEnd,
    pub warmup: Warmup,
    pub buckets: BucketPlan,
    /// The programs of all visits, one behind the other; jumps are relative.
    pub steps: Table<StepPlace, Step>,
    /// The step of visits that are turned away out of a line.
    pub turned_away: Id<StepPlace>,
    pub calls: Table<Call, CallPlan>,
    /// Of each call, what is decided already.
    pub usual_calls: Table<Call, UsualCall>,
    pub chances: Table<Chance, ChancePlan>,
    pub repeats: Table<Repeat, RepeatPlan>,
    pub forks: Table<Fork, ForkPlan>,
    pub branches: Table<Branch, BranchPlan>,
    pub lookups: Table<Lookup, LookupPlan>,
    pub caches: Table<Cache, CachePlan>,
    pub names: Table<Name, NamePlan>,
    pub name_changes: Vec<NameChangePlan>,
    pub scalings: Table<Scaling, ScalingPlan>,
    pub pools: Table<PoolSet, PoolPlan>,
    pub limits: Table<Limit, LimitPlan>,
    pub guards: Table<Guard, GuardPlan>,
    pub routes: Table<Route, RoutePlan>,
    /// How many balancing states there are: one for each replica of each caller of a route.
    pub sites: u32,
    pub links: Table<Link, LinkPlan>,
    pub sources: Table<Source, SourcePlan>,
    pub classes: Table<Class, ClassPlan>,
    pub nodes: Table<Node, NodePlan>,
    /// All replicas of the first node, then of the second …
    pub instances: Table<Instance, InstancePlan>,
    pub processors: Table<Processor, ProcessorPlan>,
    pub draws: Table<Draw, DrawPlan>,
    pub dice: Table<Die, DiePlan>,
    /// Each constant timeout of a caller, and each of a worker's watchdog, has a lane.
    pub deadline_lanes: Table<DeadlineLane, Time>,
    pub watchdog_lanes: Table<WatchdogLane, Time>,
    /// What happens at known times, by time.
    pub changes: Vec<ChangePlan>,
    pub random_faults: Vec<RandomFaultPlan>,
    /// How many repairers each crew has.
    pub crews: Table<Crew, u32>,
    pub maintenance: Vec<MaintenancePlan>,
    pub standbys: Table<Standby, StandbyPlan>,
    pub replications: Table<Replication, ReplicationPlan>,
    pub memories: Table<Memory, HostMemoryPlan>,
    /// What there is only so much of, beside what nodes have themselves.
    pub resources: Table<Resource, ResourcePlan>,
    /// When more come than usual.
    pub surges: Vec<std::ops::Range<Time>>,
    pub fidelity: Fidelity,
    /// What each class needs, if only that is looked at.
    pub structure: Vec<Need>,
}

#[derive(Clone, Debug)]
pub struct NodePlan {
    pub name: String,
    pub first_instance: Id<Instance>,
    pub replicas: u32,
    pub slots: u32,
    pub line: u32,
    pub when_full: WhenFull,
    pub order: Order,
    pub patience: Option<Id<Draw>>,
    pub watchdog_lane: Option<Id<WatchdogLane>>,
    /// How long an instance takes from its start until it serves, and how long a killed
    /// worker's slot stays empty.
    pub boot: Time,
    /// How much longer that takes after a crash.
    pub recovery: Time,
    /// What makes its work slower after a start.
    pub buffer_pool: Option<BufferPool>,
    /// Who starts it again when it has died; `None`: nobody.
    pub restart: Option<RestartPolicy>,
    pub when_caller_leaves: WhenCallerLeaves,
    pub track_occupancy: bool,
    /// For lines in random order.
    pub die: Id<Die>,
    /// The cache of its first replica, if it is one.
    pub first_cache: Option<Id<Cache>>,
    /// Its rate limits.
    pub limits: Row<Limit>,
}

#[derive(Clone, Debug)]
pub struct InstancePlan {
    pub node: Id<Node>,
    pub replica: u32,
    /// The instance of the server that it stands on, if there is one.
    pub host: Option<Id<Instance>>,
    /// What shares out its CPU time, if anything does.
    pub processor: Option<Id<Processor>>,
    /// How long it keeps a client's connection open that nobody uses.
    pub keepalive: Time,
}

/// Cores that are shared: a server's, or those of a station with processor sharing.
#[derive(Clone, Debug)]
pub struct ProcessorPlan {
    pub instance: Id<Instance>,
    pub cores: u32,
    pub speed: f64,
}

#[derive(Clone, Debug)]
pub struct ClassPlan {
    pub objective: Time,
    pub priority: u8,
}

/// A user: where requests come from, and the classes that it sends.
#[derive(Clone, Debug)]
pub struct SourcePlan {
    pub name: String,
    /// The user's own instance, at which its requests stand between tries.
    pub instance: Id<Instance>,
    pub arrivals: Arrivals,
    pub clients: u32,
    /// Thinking between requests, for a closed population.
    pub think: Option<Id<Draw>>,
    pub programs: Vec<ProgramPlan>,
    /// Chooses the class and the client.
    pub die: Id<Die>,
    /// For a replay that names classes: the program of each class number in the recording.
    pub recorded_programs: Vec<u32>,
}

#[derive(Clone, Debug)]
pub struct ProgramPlan {
    pub class: Id<Class>,
    pub start: Id<StepPlace>,
    /// The chance that a request is of this class or of one before it.
    pub cumulated_share: f64,
}

#[derive(Clone, Debug)]
pub struct CachePlan {
    pub holds: Holds,
    pub uses_stale: bool,
    pub die: Id<Die>,
}

/// A name that clients look up, with the times to live of its records.
#[derive(Clone, Debug)]
pub struct NamePlan {
    pub ttls: Vec<Time>,
    pub resolves: bool,
    pub negative_ttl: Time,
    /// The recursive look-up's duration.
    pub lookup: Id<Draw>,
    /// Which source's clients keep it, and so where their caches stand.
    pub source: Id<Source>,
    /// All addresses that it leads to at some time; the first so many at the start.
    pub addresses: Vec<String>,
    pub first_answers: u32,
    /// The instances that have to answer for an address to be well.
    pub hosts: Vec<Vec<Id<Instance>>>,
    /// How the zone checks its addresses, if it does.
    pub checks: Option<HealthChecks>,
}

/// A pool of connections that the processes of one node keep to their database; or of the calls
/// that a careful caller makes at once.
#[derive(Clone, Debug)]
pub struct PoolPlan {
    pub kind: ResourceKind,
    pub from: Party,
    pub to: Party,
    /// The first of its callers' pools; each replica of the caller has one.
    pub first: Id<Pool>,
    pub first_instance: Id<Instance>,
    pub size: u32,
    pub wait: Time,
    pub callers: u32,
    /// Places in the line of those that wait for one.
    pub line: u32,
    /// Behind the pool of a caller stand those of so many peers of its, each of `size`, and the
    /// pool itself is that of all of them together; 0: it is a pool of its own.
    pub peers: u32,
}

#[derive(Clone, Debug)]
pub struct LinkPlan {
    /// The latency one way.
    pub latency: Id<Draw>,
    pub jitter: Option<Id<Draw>>,
    pub loss: f64,
    pub die: Id<Die>,
    /// Nanoseconds per byte; 0 for no limit.
    pub nanoseconds_per_byte: f64,
}

impl NodePlan {
    /// Its replicas.
    pub fn instances(&self) -> Row<Instance> {
        Row::new(self.first_instance, self.replicas)
    }
}

impl Plan {
    /// Whether anything changes while the run goes on.
    pub fn has_changes(&self) -> bool {
        !self.changes.is_empty()
            || !self.random_faults.is_empty()
            || !self.maintenance.is_empty()
            || !self.name_changes.is_empty()
            || !self.memories.is_empty()
            || !self.scalings.is_empty()
            || self.fidelity != Fidelity::Requests
    }

    /// "app", or "app/2" where there are several.
    pub fn name_of(&self, instance: Id<Instance>) -> String {
        let place = &self.instances[instance];
        let node = &self.nodes[place.node];
        match node.replicas {
            1 => node.name.clone(),
            _ => format!("{}/{}", node.name, place.replica),
        }
    }

    /// The number of columns of a row: one for each node, one for the network, and one for waits.
    pub fn row_columns(&self) -> usize {
        self.nodes.len() + 2
    }

    pub fn network_column(&self) -> usize {
        self.nodes.len()
    }

    pub fn waiting_column(&self) -> usize {
        self.nodes.len() + 1
    }
}
