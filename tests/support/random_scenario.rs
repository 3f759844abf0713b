//! Scenarios that nobody would write: small, crowded, and failing in every way there is.

#[path = "random_happenings.rs"]
mod random_happenings;
#[path = "random_remedies.rs"]
mod random_remedies;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::Union;
use random_happenings::{boot, breakdown, happenings, restart};
use random_remedies::{autoscale, breaker, care, hedge, limit_req, line, protection, queue_limit};
use spof::scenario::load::load_text;

/// A scenario as text.
#[derive(Clone, Debug)]
pub struct RandomScenario {
    pub text: String,
}

type Text = BoxedStrategy<String>;

fn one_of(choices: &'static [&'static str]) -> Text {
    select(choices).prop_map(str::to_owned).boxed()
}

/// `, name: value` or, as often, nothing.
fn perhaps(name: &'static str, value: Text) -> Text {
    prop_oneof![Just(String::new()), value.prop_map(move |value| format!(", {name}: {value}"))].boxed()
}

fn settings(parts: Vec<Text>) -> Text {
    parts.prop_map(|parts| parts.concat()).boxed()
}

fn time() -> Text {
    one_of(&[
        "0ms",
        "1us",
        "2ms",
        "exp(3ms)",
        "exp(20ms)",
        "uniform(1ms, 9ms)",
        "lognormal(mean 5ms, cv 3)",
        "10ms",
    ])
}

fn timeout() -> Text {
    one_of(&["1ms", "5ms", "10ms", "30ms", "200ms", "1.5s", "5s", "none"])
}

fn small() -> Text {
    one_of(&["1", "2", "3", "5"])
}

fn balance() -> Text {
    one_of(&[
        "round_robin",
        "least_connections",
        "random",
        "two_choices",
        "choices(3)",
        "ip_hash",
        "consistent_hash",
    ])
}

fn slow_start() -> Text {
    one_of(&[
        ", slow_start: 200ms",
        ", balance: least_connections, slow_start: 5s",
        ", balance: two_choices, slow_start: 500ms",
    ])
}

fn user() -> Text {
    let sends = prop_oneof![
        one_of(&["20/s", "100/s", "400/s", "{ every: 10ms }", "{ renewal: \"lognormal(mean 10ms, cv 2)\" }"])
            .prop_map(|arrivals| format!("arrivals: {arrivals}")),
        (one_of(&["1", "4", "20", "60"]), one_of(&["exp(50ms)", "20ms", "exp(300ms)"]))
            .prop_map(|(population, think)| format!("population: {population}, think: {think}")),
    ];
    let rest = settings(vec![
        perhaps("clients", one_of(&["1", "3", "50"])),
        perhaps("timeout", timeout()),
        one_of(&["", ", retries: 0", ", retries: 1", ", retries: 3", ", retries: 7, retry_budget: 20%"]),
        perhaps("circuit_breaker", breaker()),
        perhaps("hedge", hedge()),
        perhaps("backoff", one_of(&["{ base: 10ms, jitter: full }", "{ base: 100ms, longest: 300ms }"])),
        perhaps("tls", one_of(&["none", "1.2", "1.3"])),
        perhaps("keep_alive", one_of(&["true", "false"])),
        perhaps("visits", one_of(&["www.site.test", "www.gone.test"])),
        perhaps("replicas", one_of(&["2"])),
    ]);
    (sends, rest).prop_map(|(sends, rest)| format!("{{ kind: user, {sends}{rest} }}")).boxed()
}

fn node(kind: &'static str, parts: Vec<Text>) -> Text {
    let own = if kind == "server" {
        one_of(&["0ms", "100ms"]).prop_map(|boot| format!(", boot: {boot}")).boxed()
    } else {
        let restart = if kind == "station" { Just(String::new()).boxed() } else { restart() };
        settings(vec![boot(), restart, protection()])
    };
    let rest = settings(vec![settings(parts), perhaps("replicas", small()), own, breakdown()]);
    rest.prop_map(move |rest| format!("{{ kind: {kind}{rest} }}")).boxed()
}

fn on_a_host() -> Text {
    prop_oneof![3 => Just(", on: host".to_owned()), 1 => Just(", on: other".to_owned())].boxed()
}

fn app_server() -> Text {
    let software = prop_oneof![
        Just(String::new()),
        one_of(&[", software: gunicorn-gthread, threads: 2", ", software: uwsgi", ", software: php-fpm"]),
    ];
    node(
        "app_server",
        vec![
            on_a_host(),
            care(),
            line(),
            autoscale(),
            software.boxed(),
            perhaps("workers", small()),
            perhaps("backlog", one_of(&["0", "1", "4"])),
            perhaps("listen", one_of(&["tcp", "unix"])),
            perhaps("timeout", timeout()),
            perhaps(
                "pool",
                one_of(&["{ size: 1, overflow: 0, wait: 5ms }", "{ size: 1, overflow: 1, wait: none }"]),
            ),
        ],
    )
}

fn station(hands_over: &'static str) -> Text {
    node(
        "station",
        vec![
            Just(hands_over.to_owned()).boxed(),
            perhaps("servers", small()),
            perhaps("discipline", one_of(&["fifo", "lifo", "random", "priority", "ps"])),
            perhaps("queue", one_of(&["0", "1", "5"])),
            perhaps("patience", time()),
            perhaps("when_caller_leaves", one_of(&["finish", "stop"])),
            perhaps("occupancy", one_of(&["true"])),
            perhaps("queue_limit", queue_limit()),
        ],
    )
}

/// The names of all nodes that can be called, with their settings.
fn nodes() -> Text {
    let proxy = |timeout: &'static str| {
        vec![
            on_a_host(),
            perhaps(timeout, self::timeout()),
            prop_oneof![3 => perhaps("balance", balance()), 1 => slow_start()].boxed(),
            care(),
            line(),
            autoscale(),
        ]
    };
    let mut web = proxy("proxy_read_timeout");
    web.extend([
        perhaps("proxy_connect_timeout", timeout()),
        perhaps("workers", one_of(&["1"])),
        perhaps("connections", one_of(&["1", "2", "8"])),
        perhaps("backlog", one_of(&["1", "3"])),
        perhaps("proxy_next_upstream_tries", one_of(&["0", "2"])),
        perhaps("upstream_keepalive", one_of(&["true"])),
        limit_req(),
    ]);
    let mut balancer = proxy("timeout_server");
    balancer.extend([
        perhaps("timeout_connect", timeout()),
        perhaps("maxconn", small()),
        perhaps("backlog", one_of(&["1", "3"])),
        perhaps("redispatch", one_of(&["true"])),
    ]);
    let database = vec![
        on_a_host(),
        perhaps("max_connections", one_of(&["1", "2", "6"])),
        perhaps("connect", one_of(&["1ms"])),
        perhaps("recovery", one_of(&["20ms"])),
        perhaps("buffer_pool", one_of(&["{ cold: 5x, warms_in: 500ms }", "{ cold: 30x }"])),
    ];
    let cache = one_of(&[
        ", hit_ratio: 0%",
        ", hit_ratio: 60%",
        ", objects: 50, capacity: 5, ttl: 200ms",
        ", objects: 10, zipf: 0",
        ", objects: 20, capacity: 8, ttl: 30ms, use_stale: true",
        ", objects: 3, ttl: 10ms, use_stale: true",
    ]);
    let storage = vec![perhaps("channels", one_of(&["1", "3", "unlimited"])), line()];
    let named = |name: &'static str, node: Text| node.prop_map(move |node| format!("  {name}: {node}\n"));
    vec![
        named("host", host(", address: 10.0.0.1")).boxed(),
        named("other", host("")).boxed(),
        named("lb", node("load_balancer", balancer)).boxed(),
        named("web", node("web_server", web)).boxed(),
        named("app", app_server()).boxed(),
        named("late", app_server()).boxed(),
        named("cache", node("cache", vec![on_a_host(), care(), cache])).boxed(),
        named("db", replicated(node("database", database))).boxed(),
        named("disk", node("storage", storage)).boxed(),
        named("desk", station(", hands_over: false")).boxed(),
        named("hall", station("")).boxed(),
        named("till", station("")).boxed(),
    ]
    .prop_map(|lines| lines.concat())
    .boxed()
}

/// A primary and its replicas.
fn replicated(database: Text) -> Text {
    let replication = one_of(&[
        "{ lag: exp(50ms), failover: 100ms }",
        "{ lag: 20ms, failover: 0s, reads: all }",
        "{ lag: 0s, reads: primary }",
    ]);
    (database, one_of(&["2", "3"]), replication)
        .prop_map(|(database, replicas, replication)| {
            let database = database.strip_suffix(" }").unwrap_or(&database);
            let (kind, settings) = database.split_once(',').unwrap_or((database, ""));
            let settings = settings.split(", ").filter(|setting| !setting.contains("replicas: "));
            let settings = settings.collect::<Vec<_>>().join(", ");
            let settings = settings.trim().trim_end_matches(',');
            let comma = if settings.is_empty() { "" } else { ", " };
            format!("{kind}{comma}{settings}, replicas: {replicas}, replication: {replication} }}")
        })
        .boxed()
}

fn host(address: &'static str) -> Text {
    let parts = vec![
        Just(address.to_owned()).boxed(),
        perhaps("cores", small()),
        perhaps("speed", one_of(&["0.5", "3"])),
    ];
    node("server", parts)
}

/// A call in a path, with further calls below it down to a depth.
fn call(depth: u32) -> Text {
    let hosted = one_of(&["lb", "web", "app", "late", "cache", "db"]);
    let work = settings(vec![
        perhaps("cpu", time()),
        perhaps("wait", time()),
        perhaps("times", one_of(&["0", "2", "0..3", "poisson(1.5)"])),
        perhaps("chance", one_of(&["30%", "90%"])),
        perhaps("optional", one_of(&["true"])),
    ]);
    let plain = (one_of(&["disk", "desk"]), time()).prop_map(|(name, time)| format!("{name}: {time}"));
    let walk = (time(), time()).prop_map(|(first, then)| format!("[ hall: {first}, till: {then} ]"));
    if depth == 0 {
        let leaf = (hosted, work, query())
            .prop_map(|(name, work, query)| format!("{name}: {{ {} }}", plus_overhead(&name, &work, &query)));
        return Union::new_weighted(vec![(3, leaf.boxed()), (2, plain.boxed()), (1, walk.boxed())]).boxed();
    }
    let inner =
        (hosted, work, query(), vec(stage(depth - 1), 1..3)).prop_map(|(name, work, query, calls)| {
            format!("{name}: {{ {}, calls: [ {} ] }}", plus_overhead(&name, &work, &query), calls.join(", "))
        });
    Union::new_weighted(vec![(5, inner.boxed()), (1, plain.boxed())]).boxed()
}

/// Something has to take time, or a request that fails at once is tried again for ever at
/// the same instant. Only databases are written to.
fn plus_overhead(name: &str, work: &str, query: &str) -> String {
    format!("overhead: 10us{work}{}", if name == "db" { query } else { "" })
}

fn query() -> Text {
    perhaps("query", one_of(&["write"]))
}

fn stage(depth: u32) -> Text {
    let branches = vec(call(depth), 1..4);
    let parallel = (branches, perhaps("first", small()))
        .prop_map(|(calls, first)| {
            let calls: Vec<String> = calls.iter().map(|call| in_braces(call)).collect();
            format!("{{ parallel: [ {} ]{first} }}", calls.join(", "))
        })
        .boxed();
    Union::new_weighted(vec![(4, call(depth).prop_map(|call| in_braces(&call)).boxed()), (1, parallel)])
        .boxed()
}

fn in_braces(call: &str) -> String {
    if call.starts_with('[') { call.to_owned() } else { format!("{{ {call} }}") }
}

fn path_of(call: &str) -> String {
    if call.starts_with('[') { format!("path: {call}") } else { format!("path: [ {{ {call} }} ]") }
}

fn class() -> Text {
    let first = (0..4_u32).prop_flat_map(call);
    let path = prop_oneof![
        5 => first.prop_map(|call| path_of(&call)),
        1 => Just("route: { start: hall, hall: { till: 60%, leave: 40% }, till: { hall: 30%, leave: 70% }, work: { hall: exp(2ms), till: 1ms } }".to_owned()),
    ];
    let rest = settings(vec![
        perhaps("objective", one_of(&["20ms"])),
        perhaps("method", one_of(&["POST"])),
        perhaps("priority", one_of(&["1", "7"])),
        perhaps("response_size", one_of(&["0B", "1MB"])),
    ]);
    (path, rest).prop_map(|(path, rest)| format!("{{ {path}{rest} }}")).boxed()
}

fn link() -> Text {
    let ends = one_of(&[
        "u0 -> host",
        "web -> app",
        "app -> db",
        "app <-> desk",
        "lb -> other",
        "web -> late",
        "hall -> till",
    ]);
    let latency = one_of(&["1ms", "exp(10ms)", "0ms", "40ms"]);
    let rest = settings(vec![
        perhaps("jitter", time()),
        perhaps("loss", one_of(&["5%", "60%"])),
        perhaps("bandwidth", one_of(&["1Mbps", "100Mbps"])),
    ]);
    (ends, latency, rest)
        .prop_map(|(ends, latency, rest)| format!("  {ends}: {{ latency: {latency}{rest} }}\n"))
        .boxed()
}

fn run_settings() -> Text {
    let end = one_of(&["duration: 3s", "duration: 12s", "requests: 300", "requests: 2000"]);
    let rest = settings(vec![
        perhaps("warmup", one_of(&["none", "1s", "50 requests", "auto"])),
        perhaps("bucket", one_of(&["10ms", "700ms"])),
    ]);
    (end, rest).prop_map(|(end, rest)| format!("{{ {end}{rest} }}")).boxed()
}

pub fn random_scenario() -> impl Strategy<Value = RandomScenario> {
    let parts =
        (run_settings(), vec(user(), 1..4), nodes(), vec(link(), 0..5), vec(class(), 1..4), happenings());
    let scenarios = parts.prop_map(|(run, users, nodes, mut links, classes, happenings)| {
        links.sort();
        links.dedup_by_key(|link| link.split(':').next().map(str::to_owned));
        let ends: Vec<&str> = links.iter().filter_map(|link| link.split(':').next().map(str::trim)).collect();
        let happenings = happenings.sections(&ends, users[0].contains("arrivals"));
        let users: Vec<String> =
            users.iter().enumerate().map(|(number, user)| format!("  u{number}: {user}\n")).collect();
        let classes: Vec<String> =
            classes.iter().enumerate().map(|(number, class)| format!("  c{number}: {class}\n")).collect();
        let names = "  dns: { kind: dns, records: [ www.site.test A 10.0.0.1 1s, www.gone.test A 10.0.0.1 0s ], lookup: exp(20ms), timeout: 30ms }\n";
        let links = if links.is_empty() { String::new() } else { format!("links:\n{}", links.concat()) };
        let text = format!(
            "run: {run}\nnodes:\n{}{names}{nodes}{links}requests:\n{}{happenings}",
            users.concat(),
            classes.concat()
        );
        RandomScenario { text }
    });
    scenarios.prop_filter("calls side by side are made once", |random| {
        let loaded = load_text("random.yaml", &random.text, &[]);
        loaded.scenario.is_some() || !loaded.render(false).contains("calls several at once")
    })
}
