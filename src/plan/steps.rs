//! The instructions that visits go through.

use super::ids::{
    Branch, Cache, Call, Chance, DeadlineLane, Die, Draw, Fork, Guard, Instance, Limit, Link, Lookup, Name,
    PoolSet, Repeat, Replication, Route, Source, StepPlace, View,
};
use crate::kernel::table::Id;
use crate::nodes::behaviour::{Answers, HealthChecks};
use crate::parts::backoff::Backoff;

/// One instruction. The numbers lead into the plan's tables; jumps are relative.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Get a slot of the node, or stand in its line; then go on so many steps further if
    /// the connection was open before, and one step if it is new.
    Enter {
        kept: u32,
    },
    /// The same at a database, where a slot is a connection that the caller keeps until it is done.
    EnterSession {
        kept: u32,
    },
    /// CPU time that a new connection costs the node.
    Handshake {
        nanoseconds: u32,
    },
    /// Time passes that takes no core.
    Wait {
        draw: Id<Draw>,
    },
    /// Work that shares the cores.
    Cpu {
        draw: Id<Draw>,
    },
    /// The same, as long as the replayed recording says.
    RecordedWait {
        column: u32,
    },
    RecordedCpu {
        column: u32,
    },
    /// A connection of the caller's pool, or a place in the line for one.
    Borrow {
        pool: Id<PoolSet>,
    },
    /// Pass a rate limit, now or later, or be turned away.
    Limit {
        limit: Id<Limit>,
    },
    /// Call another node and wait for its answer.
    Call {
        call: Id<Call>,
    },
    /// Call several at once.
    Fork {
        fork: Id<Fork>,
    },
    /// Go on, or leave some steps out.
    Chance {
        chance: Id<Chance>,
    },
    /// Sets how often the steps up to `Again` are gone through; leaves them out for zero.
    Repeat {
        repeat: Id<Repeat>,
    },
    /// Goes back so many steps if there are rounds left.
    Again {
        back: u32,
    },
    /// Ask the cache; a hit leaves out the steps that fetch.
    Lookup {
        lookup: Id<Lookup>,
    },
    /// What was fetched is held from now on.
    Store {
        first_cache: Id<Cache>,
    },
    /// Does the client know the address? If so the next step, the call to the resolver, is left out.
    Recall {
        name: Id<Name>,
    },
    /// The client notes what the resolver said.
    Remember {
        name: Id<Name>,
    },
    /// The resolver answers, from its cache or after a look-up.
    Resolve {
        name: Id<Name>,
    },
    /// Leave this node for another without coming back.
    Move {
        call: Id<Call>,
    },
    /// `Enter` and `Wait` in one, at a node where nothing but the slot matters.
    Serve {
        draw: Id<Draw>,
    },
    /// `Move` to the only peer there is, over no link, from a node where nothing but the
    /// slot matters.
    Pass {
        instance: Id<Instance>,
    },
    /// `End` of a request at a node where nothing but the slot matters.
    Finish,
    /// Choose where a random walk goes on.
    Branch {
        branch: Id<Branch>,
    },
    /// A resolver in a path resolves, if it can.
    Ask,
    /// The visit has been turned away out of a line.
    TurnAway,
    /// A set of databases has taken a write.
    Commit {
        set: Id<Replication>,
    },
    /// One of a set of databases has answered a read.
    ReadDone {
        set: Id<Replication>,
    },
    /// The visit is done.
    End,
}

/// A call from one place in a program: whom, how, and what if it fails.
#[derive(Clone, Debug)]
pub struct CallPlan {
    pub route: Id<Route>,
    /// The instance that it goes to where there is no choice, and the link that leads
    /// there, if there is one.
    pub only_peer: Option<Id<Instance>>,
    pub only_link: Option<Id<Link>>,
    /// The balancing state of the caller's first replica.
    pub site: Id<View>,
    /// Whether each replica of the caller has a balancing state of its own.
    pub site_per_replica: bool,
    /// Where the called visit's program starts; a visit that moves has one already.
    pub body: Id<StepPlace>,
    /// The same for each member of the route, where they are of several nodes.
    pub bodies: Vec<Id<StepPlace>>,
    /// The lanes of the caller's timeouts.
    pub connect_lane: Option<Id<DeadlineLane>>,
    pub read_lane: Option<Id<DeadlineLane>>,
    /// The first timeout covers the whole call, not only connecting.
    pub whole: bool,
    /// Tries with different peers, all within one visit of the caller; 0: as many as there are.
    pub tries: u32,
    /// Of these, those after the first go to other peers.
    pub tries_others: bool,
    pub health: HealthChecks,
    pub retry: Option<RetryPlan>,
    /// Of a careful caller.
    pub guard: Option<Id<Guard>>,
    pub connection: ConnectionUse,
    /// Whoever shows a certificate has to have a good one.
    pub encrypted: bool,
    /// Round trips that a new connection costs.
    pub round_trips: u32,
    pub answers: Answers,
    pub optional: bool,
    /// If it fails, the visit is done all the same: its node has an older answer.
    pub falls_back: bool,
    /// A request that must not be sent twice is tried again only if it never arrived.
    pub idempotent: bool,
    pub writes: bool,
    /// What the client looks up, and the members of the route at each of its addresses, none if all
    /// are; nothing where it has no choice.
    pub name: Option<Id<Name>>,
    pub members_at: Vec<Vec<u32>>,
    /// The set of databases whose primary takes the writes.
    pub replication: Option<Id<Replication>>,
    pub takes_extra_slot: bool,
    /// To a database, whose connection the caller keeps until it is done.
    pub keeps_session: bool,
    pub request_bytes: u64,
    pub response_bytes: u64,
}

/// A caller's own retries, with waits between.
#[derive(Clone, Debug)]
pub struct RetryPlan {
    pub retries: u32,
    pub backoff: Backoff,
    pub die: Id<Die>,
    pub counts: RetriesOf,
}

/// What retries are counted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RetriesOf {
    /// The whole request, as clients do.
    Request,
    /// Each call.
    Call,
}

/// Whether a call finds a connection open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConnectionUse {
    /// Every call opens one.
    Fresh,
    /// The caller keeps them open.
    Kept,
    /// Each client of a source keeps its own for as long after its last use as the called node does.
    PerClient { source: Id<Source> },
}

#[derive(Clone, Debug)]
pub struct ChancePlan {
    pub probability: f64,
    pub die: Id<Die>,
    /// Steps to leave out otherwise.
    pub skip: u32,
}

#[derive(Clone, Debug)]
pub struct RepeatPlan {
    pub count: crate::parts::count::Count,
    pub die: Id<Die>,
    /// Steps to leave out for zero rounds.
    pub skip: u32,
}

#[derive(Clone, Debug)]
pub struct ForkPlan {
    /// Calls to make side by side: the number of the call, how often, and with what chance.
    pub calls: Vec<(Id<Call>, crate::parts::count::Count, f64)>,
    /// Answers to wait for; `None`: all of them.
    pub first: Option<u32>,
    pub die: Id<Die>,
}

#[derive(Clone, Debug)]
pub struct BranchPlan {
    /// Cumulated probability and the absolute step to go on with.
    pub ways: Vec<(f64, Id<StepPlace>)>,
    pub die: Id<Die>,
}

#[derive(Clone, Debug)]
pub struct LookupPlan {
    /// The cache of the node's first replica.
    pub first_cache: Id<Cache>,
    pub first_instance: Id<Instance>,
    /// Steps to leave out after a hit.
    pub skip: u32,
    /// The same if it holds an object that has expired, and may answer with it.
    pub skip_if_stale: u32,
}

impl CallPlan {
    /// A call that cannot fail on the way and costs nothing: the move of a visit between
    /// stations, before a route is given to it.
    pub fn plain(route: Id<Route>, site: Id<View>) -> CallPlan {
        CallPlan {
            route,
            only_peer: None,
            only_link: None,
            site,
            site_per_replica: true,
            body: Id::FIRST,
            bodies: Vec::new(),
            connect_lane: None,
            read_lane: None,
            whole: false,
            tries: 1,
            tries_others: true,
            health: HealthChecks::NONE,
            retry: None,
            guard: None,
            connection: ConnectionUse::Kept,
            encrypted: false,
            round_trips: 0,
            answers: Answers::PassOn,
            optional: false,
            falls_back: false,
            idempotent: true,
            writes: false,
            name: None,
            members_at: Vec::new(),
            replication: None,
            takes_extra_slot: false,
            keeps_session: false,
            request_bytes: 0,
            response_bytes: 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_takes_eight_bytes() {
        assert_eq!(size_of::<Step>(), 8);
    }
}
