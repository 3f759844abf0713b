//! How callers take care: timeouts, retries and their budget, circuit breakers, bulkheads
//! and hedged requests, as they are written.

use super::fields::Fields;
use super::setting::{Setting, Takes};
use crate::parts::backoff::Backoff;
use crate::parts::caution::{Bulkhead, Caution, Hedge};
use crate::parts::circuit_breaker::{BreakerSettings, Trips};
use crate::parts::retry_budget::RetryBudget;

/// `calls` of a node: how it makes them.
pub const CALLS: &[Setting] = &[
    Setting::new(
        "timeout",
        Takes::DurationOrNone,
        "none",
        "spof: as its kind waits",
        "how long it waits for one try, connecting included",
    ),
    Setting::new(
        "retries",
        Takes::Whole(0, RETRIES_MOST),
        "0",
        "spof",
        "how often it tries again, whatever went wrong; a write only if it has not arrived",
    ),
    Setting::new("backoff", Takes::Table(BACKOFF), "", "spof: at once", "the waits between tries"),
    RETRY_BUDGET,
    RETRY_BURST,
    CIRCUIT_BREAKER,
    Setting::optional(
        "max_in_flight",
        Takes::Whole(1, 10_000_000),
        "calls that each replica of it makes at once to each peer, be it a replica or a member of a \
         group (HAProxy: maxconn of a server); whoever may go to any of them waits for the first that \
         has a place",
    ),
    Setting::optional(
        "max_in_flight_in_all",
        Takes::Whole(1, 10_000_000),
        "the same for all peers of a call together, those that wait for one of them included \
         (resilience4j: maxConcurrentCalls)",
    ),
    Setting::new(
        "queue",
        Takes::WholeOrUnlimited(0, 1_000_000_000),
        "unlimited",
        "HAProxy: maxqueue 0, no limit",
        "how many calls wait if so many are made, in each line; the others fail at once",
    ),
    Setting::new(
        "queue_timeout",
        Takes::DurationOrNone,
        "none",
        "spof: they wait as long as they may",
        "how long they wait before they fail (HAProxy: timeout queue)",
    ),
    HEDGE,
];

pub const BACKOFF: &[Setting] = &[
    Setting::new("base", Takes::Duration, "0s", "spof: at once", "the wait before the first retry"),
    Setting::new(
        "factor",
        Takes::Number,
        "2",
        "spof: exponential",
        "each wait is so many times the one before",
    ),
    Setting::new("longest", Takes::Duration, "1m", "spof", "no wait is longer"),
    Setting::new(
        "jitter",
        Takes::Word(&["none", "full"]),
        "none",
        "spof",
        "full: a uniform share of the wait",
    ),
];

pub const RETRY_BUDGET: Setting = Setting::optional(
    "retry_budget",
    Takes::Share,
    "retries for each success: `10%` lets the load grow by no more than a tenth",
);

pub const RETRY_BURST: Setting = Setting::optional(
    "retry_burst",
    Takes::Whole(1, 1_000_000_000),
    "retries that the budget saves up at most, and has in the beginning; 10 if not given, gRPC's maxTokens",
);

const RETRY_BURST_USUAL: u32 = 10;

pub const CIRCUIT_BREAKER: Setting = Setting::optional(
    "circuit_breaker",
    Takes::Table(BREAKER),
    "stops calling a peer that has failed too often, for a while",
);

pub const HEDGE: Setting =
    Setting::optional("hedge", Takes::Table(HEDGING), "calls another peer as well if no answer comes");

const BREAKER: &[Setting] = &[
    Setting::optional(
        "failures",
        Takes::Whole(1, 1_000_000),
        "so many failures in a row open it (Envoy: consecutive_5xx), whatever their share",
    ),
    Setting::new(
        "failure_share",
        Takes::Share,
        "50%",
        "resilience4j: failureRateThreshold",
        "so great a share of failures among the latest calls opens it",
    ),
    Setting::new(
        "window",
        Takes::Whole(1, 1_000_000),
        "100",
        "resilience4j: slidingWindowSize",
        "how many calls are the latest",
    ),
    Setting::new(
        "least",
        Takes::Whole(1, 1_000_000),
        "100",
        "resilience4j: minimumNumberOfCalls",
        "with fewer calls it stays closed; if not given, no more than `window`",
    ),
    Setting::new(
        "open_for",
        Takes::Duration,
        "60s",
        "resilience4j: waitDurationInOpenState",
        "how long it lets nobody through",
    ),
    Setting::new(
        "trials",
        Takes::Whole(1, 1_000_000),
        "10",
        "resilience4j: permittedNumberOfCallsInHalfOpenState",
        "calls that are let through then, and decide",
    ),
];

const HEDGING: &[Setting] = &[
    Setting::required("after", Takes::Duration, "how long it waits before it calls another peer as well"),
    Setting::new(
        "at_most",
        Takes::Whole(1, 10),
        "1",
        "spof: one, as in The Tail at Scale",
        "how many more calls there are at once",
    ),
];

/// Tries of a call are counted in a byte.
const RETRIES_MOST: u64 = 100;

/// `calls` of a node.
pub fn read_calls(fields: &mut Fields) -> Caution {
    let caution = Caution {
        timeout: fields.duration("timeout"),
        retries: fields.whole("retries"),
        backoff: read_backoff(fields),
        budget: read_budget(fields),
        breaker: read_breaker(fields),
        bulkhead: read_bulkhead(fields),
        hedge: read_hedge(fields),
    };
    check_budget(fields, caution.retries);
    caution
}

/// What a user can be given of it, beside its own timeout and retries.
pub fn read_of_user(fields: &mut Fields, retries: u32) -> Option<Caution> {
    let (budget, breaker) = (read_budget(fields), read_breaker(fields));
    let hedge = read_hedge(fields);
    check_budget(fields, retries);
    let caution = Caution { budget, breaker, hedge, ..Caution::NONE };
    (caution != Caution::NONE).then_some(caution)
}

pub fn read_backoff(fields: &mut Fields) -> Backoff {
    fields.within("backoff", |backoff| Backoff {
        base: backoff.duration("base"),
        factor: backoff.number("factor"),
        longest: backoff.duration("longest"),
        full_jitter: backoff.word("jitter") == 1,
    })
}

fn read_budget(fields: &mut Fields) -> Option<RetryBudget> {
    let (share, burst) = (fields.optional_share("retry_budget"), fields.optional_whole("retry_burst"));
    if share.is_none() && fields.is_given("retry_burst") {
        let message = "`retry_burst` says nothing without `retry_budget`";
        let hint = "say how many retries a success is worth, such as `retry_budget: 10%`";
        fields.context.problems.error_with_hint(fields.place("retry_burst"), message, hint);
    }
    let burst = burst.unwrap_or(RETRY_BURST_USUAL);
    share.map(|share| RetryBudget { share, burst })
}

fn check_budget(fields: &Fields, retries: u32) {
    if retries == 0 && fields.is_given("retry_budget") {
        let message = "there is a `retry_budget`, but there are no `retries`";
        fields.context.problems.error_with_hint(
            fields.place("retry_budget"),
            message,
            "say how often it tries again, such as `retries: 3`",
        );
    }
}

fn read_breaker(fields: &mut Fields) -> Option<BreakerSettings> {
    if !fields.is_given("circuit_breaker") {
        return None;
    }
    fields.within("circuit_breaker", |breaker| {
        let failures = breaker.optional_whole("failures");
        let (share, window) = (breaker.share("failure_share"), breaker.whole("window"));
        // With a smaller window than the usual one, a full one is enough.
        let least = breaker.whole_up_to("least", window);
        if failures.is_none() && least > window {
            breaker.context.problems.error_with_hint(
                breaker.place("least"),
                format!("`least` is {least}, but only {window} calls are looked at"),
                "`window` has to be as great at least",
            );
        }
        for name in ["failure_share", "window", "least"] {
            if failures.is_some() && breaker.is_given(name) {
                let message = format!("`{name}` says nothing beside `failures`");
                breaker.context.problems.error_with_hint(
                    breaker.place(name),
                    message,
                    "leave one of them out",
                );
            }
        }
        if share <= 0.0 {
            breaker.context.problems.error_with_hint(
                breaker.place("failure_share"),
                "a share of zero opens it whatever happens",
                "it is above 0%, and mostly `50%`",
            );
        }
        let trips = match failures {
            Some(failures) => Trips::InARow(failures),
            None => Trips::Share { share, window, least },
        };
        let (open_for, trials) = (breaker.duration("open_for"), breaker.whole("trials"));
        Some(BreakerSettings { trips, open_for, trials })
    })
}

fn read_bulkhead(fields: &mut Fields) -> Option<Bulkhead> {
    let (each, in_all) =
        (fields.optional_whole("max_in_flight"), fields.optional_whole("max_in_flight_in_all"));
    let (line, wait) = (fields.whole("queue"), fields.duration("queue_timeout"));
    if each.is_none() && in_all.is_none() {
        for name in ["queue", "queue_timeout"] {
            if fields.is_given(name) {
                fields.context.problems.error_with_hint(
                    fields.place(name),
                    format!("`{name}` says nothing without `max_in_flight`"),
                    "say how many calls it makes at once, such as `max_in_flight: 20`",
                );
            }
        }
    }
    (each.is_some() || in_all.is_some()).then_some(Bulkhead { each, in_all, line, wait })
}

fn read_hedge(fields: &mut Fields) -> Option<Hedge> {
    if !fields.is_given("hedge") {
        return None;
    }
    fields.within("hedge", |hedge| {
        let (after, at_most) = (hedge.optional_duration("after"), hedge.whole("at_most"));
        after.map(|after| Hedge { after, at_most })
    })
}
