//! Remedies that nodes of several kinds can be given: how they protect themselves from
//! too much, and others from themselves.

use super::NodeKind;
use super::behaviour::Behaviour;
use super::care;
use super::fields::{Fields, Refusal};
use super::setting::{Setting, Takes};
use super::station::Station;
use crate::kernel::time::NEVER;
use crate::parts::caution::Caution;
use crate::parts::outcome::Outcome;
use crate::parts::quantity;
use crate::parts::rate_limit::{Per, RateLimit};

/// What every node that is called can be given besides.
pub const SETTINGS: &[Setting] = &[
    Setting::optional(
        "rate_limit",
        Takes::Table(RATE_LIMIT),
        "a token bucket: what finds no token is answered 429",
    ),
    Setting::optional("calls", Takes::Table(care::CALLS), "how carefully it calls others"),
];

const RATE_LIMIT: &[Setting] = &[
    Setting::required("rate", Takes::Rate, "tokens that come in, one for each request"),
    Setting::new(
        "burst",
        Takes::Whole(1, 1_000_000_000),
        "1",
        "spof: no burst",
        "tokens that fit: so many requests pass at once after a pause",
    ),
    Setting::new("per", Takes::Word(PER), "site", "spof: one bucket for all", "who has a bucket"),
];

/// nginx's own, for web servers.
pub const LIMIT_REQ: &[Setting] = &[
    Setting::required("rate", Takes::Rate, "requests that pass without waiting"),
    Setting::new(
        "burst",
        Takes::Whole(0, 1_000_000_000),
        "0",
        "nginx: burst=0",
        "so many more may come at once, and wait for their turn; the others are answered 503",
    ),
    Setting::new(
        "nodelay",
        Takes::Flag,
        "false",
        "nginx: they are delayed",
        "those within the burst go on at once",
    ),
    Setting::new(
        "per",
        Takes::Word(PER),
        "client",
        "nginx: limit_req_zone $binary_remote_addr, as most write it",
        "who is counted by himself",
    ),
];

const PER: &[&str] = &["site", "client"];

/// Above this, the time from one request to the next is no longer a whole number of nanoseconds.
const RATE_MOST: f64 = 1e6;

#[derive(Debug, Default)]
pub struct Remedies {
    limits: [Option<RateLimit>; 2],
    caution: Option<Caution>,
}

impl Remedies {
    /// The remedies of a node whose other settings have been read.
    pub fn read(fields: &mut Fields, kind: &NodeKind) -> Remedies {
        let mut limits = [None, None];
        if let NodeKind::WebServer(_) = kind
            && fields.is_given("limit_req")
        {
            limits[0] = fields.within("limit_req", |limit| {
                let (rate, burst, nodelay) = (rate(limit), limit.whole("burst"), limit.flag("nodelay"));
                let (delays, per) = (!nodelay, per(limit));
                let answer = Outcome::Unavailable;
                rate.map(|rate| RateLimit { rate, burst, delays, per, answer, in_front: false })
            });
        }
        if fields.is_given("rate_limit") {
            // A process has to take a request to answer it; a bare queue has none.
            let in_front =
                matches!(kind, NodeKind::Station(_) | NodeKind::Storage(_) | NodeKind::Database(_));
            limits[1] = fields.within("rate_limit", |limit| {
                let (rate, burst, per) = (rate(limit), limit.whole("burst") - 1, per(limit));
                let answer = Outcome::TooManyRequests;
                rate.map(|rate| RateLimit { rate, burst, delays: false, per, answer, in_front })
            });
        }
        let is_careful = fields.is_given("calls");
        let caution = is_careful.then(|| fields.within("calls", care::read_calls));
        if let (NodeKind::Station(Station { hands_over: true, .. }), true) = (kind, is_careful) {
            let message = format!("{} hands over, so that it makes no calls", fields.title);
            let hint = "with `hands_over: false` it waits for the next element of its path";
            fields.context.problems.error_with_hint(fields.place("calls"), message, hint);
        }
        Remedies { limits, caution }
    }

    pub fn apply(&self, behaviour: &mut Behaviour) {
        behaviour.limits = self.limits;
        behaviour.calling.caution = self.caution;
        if let Some(Caution { timeout, .. }) = self.caution
            && timeout != NEVER
        {
            (behaviour.calling.connect_timeout, behaviour.calling.read_timeout) = (timeout, timeout);
        }
    }
}

/// Whether a kind of node can be given any.
pub fn can_be_given_to(kind: &str) -> bool {
    !matches!(kind, "user" | "server" | "dns")
}

fn rate(limit: &mut Fields) -> Option<f64> {
    limit.parse("rate", |text| match quantity::parse_rate(text)? {
        rate if rate <= 0.0 => {
            Err(Refusal::new("a rate of zero lets nothing through", "give it a rate such as `10/s`"))
        }
        rate if rate > RATE_MOST => Err(Refusal::new(
            format!("{text} is too fast to be counted"),
            "it is at most 1000000/s; leave the limit out if there is none",
        )),
        rate => Ok(rate),
    })
}

fn per(limit: &mut Fields) -> Per {
    [Per::Site, Per::Client][limit.word("per")]
}
