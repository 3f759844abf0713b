//! `web_server`: nginx. Serves static files itself and passes dynamic requests on.

use super::balancing;
use super::behaviour::{Answers, Behaviour, Calling, HealthChecks, WhenCallerLeaves, WhenFull};
use super::fields::Fields;
use super::remedies::LIMIT_REQ;
use super::setting::{Setting, Takes};
use crate::kernel::time::Time;
use crate::parts::balance::Balance;

#[derive(Clone, Debug)]
pub struct WebServer {
    /// `worker_processes`; `None` is `auto`: one per core of the host.
    pub workers: Option<u32>,
    /// `worker_connections`.
    pub connections: u32,
    /// `listen … backlog=`.
    pub backlog: u32,
    /// `keepalive_timeout` towards the clients.
    pub keepalive_timeout: Time,
    pub proxy_connect_timeout: Time,
    pub proxy_read_timeout: Time,
    /// `proxy_next_upstream error timeout`.
    pub proxy_next_upstream: bool,
    /// `proxy_next_upstream_tries`; 0 is no limit.
    pub proxy_next_upstream_tries: u32,
    /// `keepalive` in the upstream block.
    pub upstream_keepalive: bool,
    pub balance: Balance,
    /// Failures that take an upstream out, if there are several; and for how long.
    pub max_fails: u32,
    pub fail_timeout: Time,
    /// `slow_start` of the upstreams.
    pub slow_start: Time,
    /// CPU time that a TLS handshake costs the server.
    pub tls_handshake: Time,
}

impl WebServer {
    /// `cores` are those of the host, or 1 without one.
    pub fn behaviour(&self, cores: u32) -> Behaviour {
        Behaviour {
            slots: self.workers.unwrap_or(cores).saturating_mul(self.connections),
            queue: self.backlog,
            when_full: WhenFull::DropSyn,
            when_caller_leaves: WhenCallerLeaves::Stop,
            calling: Calling {
                connect_timeout: self.proxy_connect_timeout,
                read_timeout: self.proxy_read_timeout,
                tries: if self.proxy_next_upstream { self.proxy_next_upstream_tries } else { 1 },
                keeps_connections: self.upstream_keepalive,
                takes_extra_slot: true,
                answers: Answers::Proxy,
                health: HealthChecks {
                    max_fails: self.max_fails,
                    fail_timeout: self.fail_timeout,
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
    Setting::new("software", Takes::Word(&["nginx"]), "nginx", "spof", "which web server it is"),
    Setting::new(
        "workers",
        Takes::WholeOrAuto(1, 100_000),
        "auto",
        "nginx: worker_processes auto, one per core",
        "worker processes",
    ),
    Setting::new(
        "connections",
        Takes::Whole(1, 10_000_000),
        "512",
        "nginx: worker_connections",
        "connections per worker; a proxied request holds two",
    ),
    Setting::new("backlog", Takes::Whole(1, 10_000_000), "511", "nginx: listen … backlog", "listen backlog"),
    Setting::new(
        "keepalive_timeout",
        Takes::DurationOrNone,
        "75s",
        "nginx: keepalive_timeout",
        "how long an idle client stays connected",
    ),
    Setting::new(
        "proxy_connect_timeout",
        Takes::DurationOrNone,
        "60s",
        "nginx: proxy_connect_timeout",
        "wait for a connection to an upstream",
    ),
    Setting::new(
        "proxy_read_timeout",
        Takes::DurationOrNone,
        "60s",
        "nginx: proxy_read_timeout",
        "wait for an upstream's answer, then 504",
    ),
    Setting::new(
        "proxy_next_upstream",
        Takes::Flag,
        "true",
        "nginx: proxy_next_upstream error timeout",
        "tries another upstream after an error or a timeout",
    ),
    Setting::new(
        "proxy_next_upstream_tries",
        Takes::Whole(0, 10_000),
        "0",
        "nginx: proxy_next_upstream_tries, no limit",
        "tries at most; 0 is no limit",
    ),
    Setting::new(
        "upstream_keepalive",
        Takes::Flag,
        "false",
        "nginx: keepalive, off unless set",
        "keeps connections to upstreams open",
    ),
    Setting::new("balance", balancing::TAKES, "round_robin", "nginx: upstream", "how it picks an upstream"),
    Setting::new(
        "max_fails",
        Takes::Whole(0, 1_000_000),
        "1",
        "nginx: max_fails",
        "failures that take one of several upstreams out; 0 is never",
    ),
    Setting::new(
        "fail_timeout",
        Takes::Duration,
        "10s",
        "nginx: fail_timeout",
        "how long an upstream stays out",
    ),
    Setting::new(
        "slow_start",
        Takes::Duration,
        "0s",
        "nginx Plus: slow_start, off unless set",
        "an upstream that is back takes its share by and by, all of it after so long",
    ),
    Setting::optional("limit_req", Takes::Table(LIMIT_REQ), "how many requests a second it lets through"),
    Setting::new(
        "tls_handshake",
        Takes::Duration,
        "0.5ms",
        "spof: about what signing with RSA 2048 takes a core",
        "CPU time of a TLS handshake",
    ),
    Setting::new(
        "boot",
        Takes::Duration,
        "100ms",
        "spof: it reads its files",
        "how long it takes from its start until it serves",
    ),
];

impl WebServer {
    pub fn read(fields: &mut Fields) -> WebServer {
        fields.word("software");
        WebServer {
            workers: fields.optional_whole("workers"),
            connections: fields.whole("connections"),
            backlog: fields.backlog("backlog"),
            keepalive_timeout: fields.duration("keepalive_timeout"),
            proxy_connect_timeout: fields.duration("proxy_connect_timeout"),
            proxy_read_timeout: fields.duration("proxy_read_timeout"),
            proxy_next_upstream: fields.flag("proxy_next_upstream"),
            proxy_next_upstream_tries: fields.whole("proxy_next_upstream_tries"),
            upstream_keepalive: fields.flag("upstream_keepalive"),
            balance: fields.parse("balance", balancing::parse).unwrap_or_default(),
            max_fails: fields.whole("max_fails"),
            fail_timeout: fields.duration("fail_timeout"),
            slow_start: balancing::read_slow_start(fields),
            tls_handshake: fields.duration("tls_handshake"),
        }
    }
}
