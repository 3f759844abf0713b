//! `user`: who sends the requests.

use super::care;
use super::fields::Fields;
use super::setting::{Setting, Takes};
use super::user_arrivals;
use crate::kernel::time::Time;
use crate::parts::arrivals::Arrivals;
use crate::parts::backoff::Backoff;
use crate::parts::caution::Caution;

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
    pub caution: Option<Box<Caution>>,
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

pub const SETTINGS: &[Setting] = &[
    Setting::optional(
        "visits",
        Takes::Text,
        "the name it looks up first: `www.foobar.com` or `https://www.foobar.com`",
    ),
    Setting::optional("arrivals", Takes::Form(user_arrivals::FORM), "when requests are sent"),
    Setting::optional(
        "population",
        Takes::Whole(1, 10_000_000),
        "users who send, wait for the answer, think and send again (instead of `arrivals`)",
    ),
    Setting::optional("think", Takes::Distribution, "how long each of a population thinks"),
    Setting::new(
        "clients",
        Takes::Whole(1, 100_000_000),
        "1000",
        "spof",
        "different clients behind the arrivals, each with connection and DNS cache",
    ),
    Setting::new(
        "timeout",
        Takes::DurationOrNone,
        "none",
        "spof: a client that waits for ever",
        "how long a client waits for one try",
    ),
    Setting::new("retries", Takes::Whole(0, 1000), "0", "spof", "how often a client tries again"),
    Setting::new("backoff", Takes::Table(care::BACKOFF), "", "spof: at once", "the waits between tries"),
    care::RETRY_BUDGET,
    care::RETRY_BURST,
    care::CIRCUIT_BREAKER,
    care::HEDGE,
    Setting::new(
        "tls",
        Takes::Word(&["auto", "none", "1.2", "1.3"]),
        "auto",
        "spof: 1.3 for https, else none",
        "TLS's version",
    ),
    Setting::new("keep_alive", Takes::Flag, "true", "HTTP/1.1", "keeps its connection open between requests"),
];

impl User {
    pub fn read(fields: &mut Fields) -> User {
        let arrivals = user_arrivals::read(fields);
        let visits = fields.optional_text("visits");
        let is_https = visits.as_deref().is_some_and(|visits| visits.starts_with("https://"));
        let clients = fields.whole("clients");
        let timeout = fields.duration("timeout");
        let retries = fields.whole("retries");
        User {
            visits: visits.map(host_name),
            clients: match arrivals {
                Arrivals::Closed { population, .. } => population,
                _ => clients,
            },
            arrivals,
            timeout,
            retries,
            backoff: care::read_backoff(fields),
            caution: care::read_of_user(fields, retries).map(Box::new),
            tls: match fields.word("tls") {
                0 if is_https => Tls::V1_3,
                2 => Tls::V1_2,
                3 => Tls::V1_3,
                _ => Tls::None,
            },
            keeps_connection: fields.flag("keep_alive"),
        }
    }
}

/// `https://www.foobar.com/page` is a visit to `www.foobar.com`.
fn host_name(visits: String) -> String {
    let rest = visits.split_once("://").map_or(visits.as_str(), |(_, rest)| rest);
    let host = rest.split(['/', ':']).next().unwrap_or_default();
    host.trim_end_matches('.').to_ascii_lowercase()
}
