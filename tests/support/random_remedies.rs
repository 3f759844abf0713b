//! How the nodes of scenarios that nobody would write protect themselves.

use super::{Text, one_of, perhaps, settings};
use proptest::prelude::*;
use proptest::strategy::Union;

/// What any node that is called can be given, which most are not.
pub fn protection() -> Text {
    let something = settings(vec![perhaps(
        "rate_limit",
        one_of(&["{ rate: 50/s, burst: 3 }", "{ rate: 5/s, per: client }", "{ rate: 1000/s }"]),
    )]);
    Union::new_weighted(vec![(3, Just(String::new()).boxed()), (1, something)]).boxed()
}

/// What a node with a line can be given.
pub fn line() -> Text {
    settings(vec![perhaps("queue_limit", queue_limit()), perhaps("shedding", shedding())])
}

pub fn queue_limit() -> Text {
    one_of(&["0", "2", "10"])
}

fn shedding() -> Text {
    one_of(&[
        "{ target: 1ms, interval: 5ms }",
        "{ by: adaptive_lifo }",
        "{ by: both, target: 0ms, interval: 20ms }",
    ])
}

/// More or fewer of it; there are at most five to begin with.
pub fn autoscale() -> Text {
    let scale = one_of(&[
        "{ maximum: 6, every: 100ms, stabilisation: 200ms }",
        "{ maximum: 5, target: 20%, every: 300ms }",
        "{ maximum: 8, queue: 1, every: 50ms, stabilisation: 0ms, tolerance: 0% }",
    ]);
    let scale = scale.prop_map(|scale| format!(", autoscale: {scale}"));
    Union::new_weighted(vec![(6, Just(String::new()).boxed()), (1, scale.boxed())]).boxed()
}

/// nginx's own limit.
pub fn limit_req() -> Text {
    perhaps(
        "limit_req",
        one_of(&[
            "{ rate: 30/s }",
            "{ rate: 20/s, burst: 5 }",
            "{ rate: 20/s, burst: 5, nodelay: true }",
            "{ rate: 100/s, burst: 2, per: site }",
        ]),
    )
}

/// How carefully a node calls others.
pub fn care() -> Text {
    let calls = settings(vec![
        perhaps("timeout", one_of(&["2ms", "20ms", "300ms"])),
        perhaps("backoff", one_of(&["{ base: 5ms, jitter: full }", "{ base: 1ms, longest: 3ms }"])),
        perhaps("circuit_breaker", breaker()),
        prop_oneof![Just(String::new()), one_of(&[", retries: 2", ", retries: 3, retry_budget: 10%"])]
            .boxed(),
        prop_oneof![
            Just(String::new()),
            one_of(&[
                ", max_in_flight: 1",
                ", max_in_flight: 2, queue: 0",
                ", max_in_flight: 3, queue: 2, queue_timeout: 5ms",
                ", max_in_flight: 1, max_in_flight_in_all: 2",
                ", max_in_flight_in_all: 2, queue: 1",
            ]),
        ]
        .boxed(),
        perhaps("hedge", hedge()),
    ]);
    let calls = calls.prop_map(|calls| format!(", calls: {{ {} }}", calls.trim_start_matches(", ")));
    Union::new_weighted(vec![(3, Just(String::new()).boxed()), (1, calls.boxed())]).boxed()
}

pub fn breaker() -> Text {
    one_of(&[
        "{ failures: 2, open_for: 50ms, trials: 1 }",
        "{ window: 10, open_for: 200ms, trials: 3 }",
        "{ failure_share: 20%, window: 70, least: 5, open_for: 10ms }",
    ])
}

pub fn hedge() -> Text {
    one_of(&["{ after: 1ms }", "{ after: 10ms, at_most: 3 }", "{ after: 0ms }"])
}
