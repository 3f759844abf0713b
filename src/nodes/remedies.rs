//! Remedies that nodes of several kinds can be given: how they protect themselves from
//! too much, and others from themselves.

use super::NodeKind;
use super::autoscaling::{self, AUTOSCALE};
use super::behaviour::{Behaviour, Order, WhenFull};
use super::care;
use super::fields::{Fields, Refusal};
use super::setting::{Setting, Takes};
use super::station::{Discipline, Station};
use crate::kernel::time::NEVER;
use crate::parts::autoscale::Autoscale;
use crate::parts::caution::Caution;
use crate::parts::outcome::Outcome;
use crate::parts::quantity;
use crate::parts::rate_limit::{Per, RateLimit};
use crate::parts::shedding::Shedding;

/// What every node that is called can be given besides.
pub const SETTINGS: &[Setting] = &[
    Setting::optional(
        "rate_limit",
        Takes::Table(RATE_LIMIT),
        "a token bucket: what finds no token is answered 429",
    ),
    Setting::optional(
        "queue_limit",
        Takes::Whole(0, 1_000_000_000),
        "so many wait in line, where there is one; the others are answered 503 at once",
    ),
    Setting::optional(
        "shedding",
        Takes::Table(SHEDDING),
        "what is done about a line that has become too slow",
    ),
    Setting::optional("autoscale", Takes::Table(AUTOSCALE), "more or fewer of it as the load asks for"),
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

const SHEDDING: &[Setting] = &[
    Setting::new(
        "by",
        Takes::Word(&["codel", "adaptive_lifo", "both"]),
        "codel",
        "spof",
        "`codel` answers 503 to the oldest, `adaptive_lifo` serves the newest first, while waits are too long",
    ),
    Setting::new("target", Takes::Duration, "5ms", "RFC 8289: TARGET", "waits above this are too long"),
    Setting::new(
        "interval",
        Takes::Duration,
        "100ms",
        "RFC 8289: INTERVAL",
        "how long waits are too long before anybody is turned away",
    ),
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
    queue_limit: Option<u32>,
    shedding: Option<Shedding>,
    autoscale: Option<Autoscale>,
}

impl Remedies {
    /// The remedies of a node whose other settings have been read.
    pub fn read(fields: &mut Fields, kind: &NodeKind, replicas: u32) -> Remedies {
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
        let (queue_limit, shedding) = read_line(fields, kind);
        let is_careful = fields.is_given("calls");
        let caution = is_careful.then(|| fields.within("calls", care::read_calls));
        if let (NodeKind::Station(Station { hands_over: true, .. }), true) = (kind, is_careful) {
            let message = format!("{} hands over, so that it makes no calls", fields.title);
            let hint = "with `hands_over: false` it waits for the next element of its path";
            fields.context.problems.error_with_hint(fields.place("calls"), message, hint);
        }
        let autoscale = autoscaling::read(fields, kind, replicas);
        Remedies { limits, caution, queue_limit, shedding, autoscale }
    }

    /// How many replicas there are to be at most.
    pub fn replicas(&self, initial: u32) -> u32 {
        self.autoscale.filter(|scale| !scale.by_servers).map_or(initial, |scale| scale.maximum.max(initial))
    }

    pub fn apply(&self, behaviour: &mut Behaviour) {
        behaviour.limits = self.limits;
        if let Some(limit) = self.queue_limit {
            behaviour.queue = behaviour.queue.min(limit);
            behaviour.when_full = WhenFull::Answer(Outcome::Unavailable);
        }
        if let Some(shedding) = self.shedding {
            behaviour.order = Order::Shedding(shedding);
        }
        behaviour.autoscale = self.autoscale;
        if let Some(Autoscale { by_servers: true, maximum, .. }) = self.autoscale {
            behaviour.slots = maximum;
        }
        behaviour.calling.caution = self.caution;
        if let Some(Caution { timeout, .. }) = self.caution
            && timeout != NEVER
        {
            (behaviour.calling.connect_timeout, behaviour.calling.read_timeout) = (timeout, timeout);
        }
    }
}

/// What is done about a line that becomes too long or too slow.
fn read_line(fields: &mut Fields, kind: &NodeKind) -> (Option<u32>, Option<Shedding>) {
    let limit = fields.optional_whole("queue_limit");
    let sheds = fields.is_given("shedding");
    let shedding = sheds.then(|| {
        fields.within("shedding", |shedding| {
            let by = shedding.word("by");
            let (target, interval) = (shedding.duration("target"), shedding.duration("interval"));
            Shedding { codel: by != 1, newest_first: by != 0, target, interval }
        })
    });
    let has_no_line = matches!(kind, NodeKind::Cache(_) | NodeKind::Database(_));
    let problems = fields.context.problems;
    for name in ["queue_limit", "shedding"] {
        if has_no_line && fields.is_given(name) {
            let message = format!("{} has no line, and so no `{name}`", kind.with_article());
            let hint = "bound the calls of those that call it: `calls: { max_in_flight: 20, queue: 50 }`";
            problems.error_with_hint(fields.place(name), message, hint);
        }
    }
    if let NodeKind::Station(Station { discipline, .. }) = kind
        && *discipline != Discipline::Fifo
        && sheds
    {
        let message = "only a line in order of arrival can be shed";
        problems.error_with_hint(fields.place("shedding"), message, "leave `discipline` or `shedding` out");
    }
    (limit, shedding)
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
