//! `user`: who sends the requests.

use crate::kernel::time::Time;
use crate::parts::arrivals::Arrivals;
use crate::parts::backoff::Backoff;

#[derive(Clone, Debug)]
pub struct User {
    /// The name that is looked up before a request, if a `dns` node is to resolve it.
    pub visits: Option<String>,
    pub arrivals: Arrivals,
    /// Different clients behind the arrivals, each with a DNS cache and a connection of its own.
    pub clients: u32,
    /// How long a client waits for the whole of one try.
    pub timeout: Time,
    pub retries: u32,
    pub backoff: Backoff,
    pub tls: Tls,
    /// Keeps its connection open between requests, as browsers do.
    pub keeps_connection: bool,
}

/// What a new connection costs beyond TCP's one round trip.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tls {
    None,
    /// Two round trips more.
    V1_2,
    /// One round trip more.
    V1_3,
}

impl Tls {
    pub fn round_trips(self) -> u32 {
        match self {
            Tls::None => 0,
            Tls::V1_3 => 1,
            Tls::V1_2 => 2,
        }
    }
}
