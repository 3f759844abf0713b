//! `load_balancer`: HAProxy. Spreads requests over peers and tries again elsewhere.

use super::behaviour::{Answers, Behaviour, Calling, WhenCallerLeaves, WhenFull};
use crate::kernel::time::Time;
use crate::parts::balance::Balance;
use crate::parts::outcome::Outcome;

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
                answers: Answers::Proxy,
                pool: None,
            },
            ..Behaviour::OPEN
        }
    }

    /// What HAProxy answers when a connection could not be made at all.
    pub const CONNECT_FAILURE: Outcome = Outcome::Unavailable;
}
