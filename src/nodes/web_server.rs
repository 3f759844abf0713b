//! `web_server`: nginx. Serves static files itself and passes dynamic requests on.

use super::behaviour::{Answers, Behaviour, Calling, WhenCallerLeaves, WhenFull};
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
                pool: None,
            },
            ..Behaviour::OPEN
        }
    }
}
