//! What the engine knows of a node: how it takes calls and how it makes them.
//!
//! Every kind of node is translated into this one vocabulary, so that the engine has one
//! mechanism and no special case for any kind of software.

use crate::kernel::time::{NEVER, Time};
use crate::parts::autoscale::Autoscale;
use crate::parts::caution::Caution;
use crate::parts::distribution::Distribution;
use crate::parts::outcome::Outcome;
use crate::parts::rate_limit::RateLimit;
use crate::parts::shedding::Shedding;

/// As many slots or waiting places as anybody asks for.
pub const UNLIMITED: u32 = u32::MAX;

#[derive(Clone, Debug)]
pub struct Behaviour {
    /// Visits that can be inside at once: workers, threads, connections, servers.
    pub slots: u32,
    /// Places in the line in front of them: the listen backlog, the waiting room.
    pub queue: u32,
    pub when_full: WhenFull,
    pub order: Order,
    /// How long a visit stands in line before it gives up by itself.
    pub patience: Option<Distribution>,
    /// After this long in a slot the worker is killed and its request is cut off.
    pub watchdog: Time,
    /// How long a killed worker's slot stays empty.
    pub boot: Time,
    pub when_caller_leaves: WhenCallerLeaves,
    /// The visit moves on when its work here is done, instead of calling and waiting.
    pub hands_over: bool,
    /// Work is shared among all who are inside (processor sharing over this many cores)
    /// rather than given to each alone; on a host, the host's cores are shared instead.
    pub shared_cores: Option<u32>,
    /// Keeps the share of time that each number of visits was inside.
    pub track_occupancy: bool,
    /// What more than so many requests a second are told.
    pub limits: [Option<RateLimit>; 2],
    /// More or fewer of it as the load asks for.
    pub autoscale: Option<Autoscale>,
    pub calling: Calling,
}

/// What happens to a call that finds the slots and the line full.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhenFull {
    /// TCP drops the SYN, and the caller's kernel sends it again after 1, 3, 7 … s.
    DropSyn,
    /// The call ends at once with this outcome.
    Answer(Outcome),
}

/// Who is next in line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    Fifo,
    Lifo,
    Random,
    /// The class with the lowest number first, without interrupting anybody.
    Priority,
    /// In order of arrival, unless waits become too long.
    Shedding(Shedding),
}

/// What a node does when the caller of a visit no longer waits for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhenCallerLeaves {
    /// It notices nothing and finishes work that nobody wants.
    Finish,
    /// It drops the visit at once, and closes its own calls.
    Stop,
}

/// How a node calls others.
#[derive(Clone, Debug)]
pub struct Calling {
    pub connect_timeout: Time,
    pub read_timeout: Time,
    /// Tries at most, each with another peer (`proxy_next_upstream`); 0: as many as there are peers.
    pub tries: u32,
    /// Keeps connections to its peers open; without, each call pays the handshake.
    pub keeps_connections: bool,
    /// A call takes a second slot of the caller (nginx counts both connections).
    pub takes_extra_slot: bool,
    pub answers: Answers,
    /// Further tries go to other peers rather than to the same.
    pub tries_others: bool,
    pub health: HealthChecks,
    /// A pool of database connections in each of the node's processes.
    pub pool: Option<ConnectionPool>,
    /// What it does besides so that a failing peer does no harm.
    pub caution: Option<Caution>,
}

/// How a node finds out that a peer is not well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HealthChecks {
    /// A peer is left out after so many failures in a row; 0: never. A single peer never is.
    pub max_fails: u32,
    /// How long it is left out, and how far apart failures still count together.
    pub fail_timeout: Time,
    /// Time from one active check to the next; `NEVER`: there are none.
    pub inter: Time,
    /// Failed checks in a row that take a peer out, and good ones that bring it back.
    pub fall: u32,
    pub rise: u32,
    /// From being back to having its whole share again.
    pub slow_start: Time,
}

impl HealthChecks {
    pub const NONE: HealthChecks =
        HealthChecks { max_fails: 0, fail_timeout: 0, inter: NEVER, fall: 0, rise: 0, slow_start: 0 };
}

/// What a node tells its own caller when a call of its own fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answers {
    /// 502 when refused or reset, 504 when timed out, and the rest passed on.
    Proxy,
    /// 503 when refused, 502 when reset, 504 when timed out, and the rest passed on.
    Balancer,
    /// 500 whatever went wrong.
    Application,
    /// The same.
    PassOn,
    /// The name could not be resolved, for whatever reason.
    NoName,
    /// The name of a peer could not be resolved: 502.
    NoPeer,
}

/// A caller's pool of connections to its database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConnectionPool {
    /// Connections per process, overflow included.
    pub size: u32,
    /// How many processes have one.
    pub processes: u32,
    /// How long a request waits for a connection before it fails.
    pub wait: Time,
}

impl Answers {
    /// What is told by whoever cannot resolve a name, and otherwise answers like this.
    pub fn without_name(self) -> Answers {
        match self {
            Answers::Proxy | Answers::Balancer | Answers::NoPeer => Answers::NoPeer,
            Answers::Application => Answers::Application,
            Answers::PassOn | Answers::NoName => Answers::NoName,
        }
    }

    pub fn to(self, failure: Outcome) -> Outcome {
        match self {
            Answers::PassOn => failure,
            Answers::Application => Outcome::ServerError,
            Answers::NoName => Outcome::DnsFailure,
            Answers::NoPeer => Outcome::BadGateway,
            Answers::Balancer if failure == Outcome::Refused => Outcome::Unavailable,
            Answers::Proxy | Answers::Balancer => match failure {
                Outcome::Refused | Outcome::Reset | Outcome::DnsFailure => Outcome::BadGateway,
                Outcome::TimedOut => Outcome::GatewayTimeout,
                passed_on => passed_on,
            },
        }
    }
}

impl Calling {
    /// Waits for ever, tries once, and passes failures on.
    pub const PLAIN: Calling = Calling {
        connect_timeout: NEVER,
        read_timeout: NEVER,
        tries: 1,
        keeps_connections: true,
        takes_extra_slot: false,
        answers: Answers::PassOn,
        tries_others: true,
        health: HealthChecks::NONE,
        pool: None,
        caution: None,
    };
}

impl Behaviour {
    /// Takes everybody in at once and never fails.
    pub const OPEN: Behaviour = Behaviour {
        slots: UNLIMITED,
        queue: UNLIMITED,
        when_full: WhenFull::Answer(Outcome::Rejected),
        order: Order::Fifo,
        patience: None,
        watchdog: NEVER,
        boot: 0,
        when_caller_leaves: WhenCallerLeaves::Finish,
        hands_over: false,
        shared_cores: None,
        track_occupancy: false,
        limits: [None, None],
        autoscale: None,
        calling: Calling::PLAIN,
    };
}
