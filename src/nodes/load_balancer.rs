//! `load_balancer`: HAProxy. Spreads requests over peers and tries again elsewhere.

use super::balancing;
use super::behaviour::{Answers, Behaviour, Calling, HealthChecks, WhenCallerLeaves, WhenFull};
use super::fields::Fields;
use super::setting::{Setting, Takes};
use crate::kernel::time::{NEVER, Time};
use crate::parts::balance::Balance;

#[derive(Clone, Debug)]
pub struct LoadBalancer {
    pub balance: Balance,
    /// `maxconn` of the whole process.
    pub maxconn: u32,
    pub backlog: u32,
    pub timeout_connect: Time,
    pub timeout_server: Time,
    /// Tries again so often when a connection fails.
    pub retries: u32,
    /// `option redispatch`: the retries may go to other peers.
    pub redispatch: bool,
    /// Peers are asked every `inter` whether they are there.
    pub check: bool,
    pub inter: Time,
    pub fall: u32,
    pub rise: u32,
    /// `slowstart` of the servers.
    pub slow_start: Time,
}

impl LoadBalancer {
    pub fn behaviour(&self) -> Behaviour {
        Behaviour {
            slots: self.maxconn,
            queue: self.backlog,
            when_full: WhenFull::DropSyn,
            when_caller_leaves: WhenCallerLeaves::Stop,
            calling: Calling {
                connect_timeout: self.timeout_connect,
                read_timeout: self.timeout_server,
                tries: self.retries.saturating_add(1),
                keeps_connections: false,
                takes_extra_slot: false,
                answers: Answers::Balancer,
                tries_others: self.redispatch,
                health: HealthChecks {
                    inter: if self.check { self.inter } else { NEVER },
                    fall: self.fall,
                    rise: self.rise,
                    slow_start: self.slow_start,
                    ..HealthChecks::NONE
                },
                ..Calling::PLAIN
            },
            ..Behaviour::OPEN
        }
    }
}

pub const SETTINGS: &[Setting] = &[
    Setting::new("software", Takes::Word(&["haproxy"]), "haproxy", "spof", "which load balancer it is"),
    Setting::new("balance", balancing::TAKES, "round_robin", "HAProxy: balance", "how it picks a peer"),
    Setting::new(
        "maxconn",
        Takes::Whole(1, 10_000_000),
        "2000",
        "HAProxy: maxconn as it is built",
        "connections at once",
    ),
    Setting::new(
        "backlog",
        Takes::Whole(1, 10_000_000),
        "2000",
        "HAProxy: backlog, as many as maxconn",
        "listen backlog",
    ),
    Setting::new(
        "timeout_connect",
        Takes::DurationOrNone,
        "5s",
        "Debian's haproxy.cfg: timeout connect",
        "wait for a connection to a peer",
    ),
    Setting::new(
        "timeout_server",
        Takes::DurationOrNone,
        "50s",
        "Debian's haproxy.cfg: timeout server",
        "wait for a peer's answer",
    ),
    Setting::new(
        "retries",
        Takes::Whole(0, 100),
        "3",
        "HAProxy: retries",
        "tries again when a connection fails",
    ),
    Setting::new(
        "redispatch",
        Takes::Flag,
        "false",
        "HAProxy: option redispatch",
        "retries may go to another peer",
    ),
    Setting::new(
        "check",
        Takes::Flag,
        "true",
        "HAProxy: server … check, as most write it",
        "asks peers whether they are there",
    ),
    Setting::new("inter", Takes::Duration, "2s", "HAProxy: inter", "time from one check to the next"),
    Setting::new(
        "fall",
        Takes::Whole(1, 1_000_000),
        "3",
        "HAProxy: fall",
        "failed checks in a row that take a peer out",
    ),
    Setting::new(
        "rise",
        Takes::Whole(1, 1_000_000),
        "2",
        "HAProxy: rise",
        "good checks in a row that bring it back",
    ),
    Setting::new(
        "slow_start",
        Takes::Duration,
        "0s",
        "HAProxy: slowstart, off unless set",
        "a peer that is back takes its share by and by, all of it after so long",
    ),
    Setting::new(
        "boot",
        Takes::Duration,
        "100ms",
        "spof: it reads its files",
        "how long it takes from its start until it serves",
    ),
];

impl LoadBalancer {
    pub fn read(fields: &mut Fields) -> LoadBalancer {
        fields.word("software");
        LoadBalancer {
            balance: fields.parse("balance", balancing::parse).unwrap_or_default(),
            maxconn: fields.whole("maxconn"),
            backlog: fields.backlog("backlog"),
            timeout_connect: fields.duration("timeout_connect"),
            timeout_server: fields.duration("timeout_server"),
            retries: fields.whole("retries"),
            redispatch: fields.flag("redispatch"),
            check: fields.flag("check"),
            inter: fields.duration("inter"),
            fall: fields.whole("fall"),
            rise: fields.whole("rise"),
            slow_start: balancing::read_slow_start(fields),
        }
    }
}
