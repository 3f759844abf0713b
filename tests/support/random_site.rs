//! Sites that somebody might run: nothing fails, nobody gives up, and there is enough of everything.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::Union;

type Text = BoxedStrategy<String>;

fn one_of(choices: &'static [&'static str]) -> Text {
    select(choices).prop_map(str::to_owned).boxed()
}

/// What calls may be made by; side by side nobody counts those under way.
#[derive(Clone, Copy, Debug)]
struct Style {
    side_by_side: bool,
    groups: bool,
    /// What the cache holds expires, so that it is reckoned to be asked at independent instants.
    expires: bool,
}

fn time() -> Text {
    one_of(&["exp(3ms)", "2ms", "uniform(1ms, 9ms)", "exp(12ms)", "erlang(3, 6ms)", "0.5ms"])
}

fn nodes(style: Style) -> Text {
    let hosts = (one_of(&["1", "2", "4"]), one_of(&["1", "2", "3"]), one_of(&["0.5", "1", "2"]))
        .prop_map(|(cores, replicas, speed)| {
            format!("  host: {{ kind: server, cores: {cores}, replicas: {replicas}, memory: 4GiB }}\n  other: {{ kind: server, cores: 2, speed: {speed} }}\n")
        });
    let web = (one_of(&["", ", upstream_keepalive: true"]), limit(), one_of(&["1", "2"])).prop_map(
        |(keeps, limit, replicas)| {
            format!("  web: {{ kind: web_server, on: host, replicas: {replicas}{keeps}{limit} }}\n")
        },
    );
    let balancer = one_of(&["", ", balance: random"])
        .prop_map(|balance| format!("  lb: {{ kind: load_balancer, on: other{balance} }}\n"));
    let careful = if style.side_by_side || style.groups {
        Just(String::new()).boxed()
    } else {
        one_of(&["", ", calls: { max_in_flight: 40 }"])
    };
    let pool = if style.groups { Just(String::new()).boxed() } else { one_of(&["", ", pool: { size: 30 }"]) };
    let app = (careful.clone(), pool, one_of(&["1", "2", "3"])).prop_map(|(careful, pool, replicas)| {
        let settings = format!("on: host, workers: 40, memory_per_worker: 10MB, memory_per_request: 3MB{careful}{pool}");
        format!("  app: {{ kind: app_server, {settings}, replicas: {replicas} }}\n  twin: {{ kind: app_server, {settings} }}\n")
    });
    let late = careful.prop_map(|careful| {
        format!("  late: {{ kind: app_server, on: other, software: php-fpm, workers: 30{careful} }}\n")
    });
    let cache = match style.expires {
        true => one_of(&["objects: 6, ttl: 300ms", "objects: 20, zipf: 0.8, capacity: 9, ttl: 1s"]),
        false => one_of(&["hit_ratio: 60%", "objects: 12, capacity: 4"]),
    };
    let cache = cache.prop_map(|holds| format!("  cache: {{ kind: cache, on: other, {holds} }}\n"));
    let database = (
        one_of(&["", ", connect: 1ms"]),
        one_of(&[
            "",
            ", replicas: 2",
            ", replicas: 3, replication: {}",
            ", replicas: 2, replication: { reads: all }",
        ]),
    )
        .prop_map(|(connect, replicas)| {
            format!("  db: {{ kind: database, on: other{connect}{replicas} }}\n")
        });
    let stations = one_of(&["fifo", "ps"]).prop_map(|discipline| {
        format!(
            "  disk: {{ kind: storage, channels: 8 }}
  desk: {{ kind: station, servers: 6, hands_over: false, discipline: {discipline} }}
  hall: {{ kind: station, servers: 5 }}
  till: {{ kind: station, servers: 7 }}\n"
        )
    });
    let all: Vec<Text> = vec![
        hosts.boxed(),
        web.boxed(),
        balancer.boxed(),
        app.boxed(),
        late.boxed(),
        cache.boxed(),
        database.boxed(),
        stations.boxed(),
    ];
    all.prop_map(|lines| lines.concat()).boxed()
}

/// So large a burst that hardly anybody is turned away.
fn limit() -> Text {
    one_of(&[
        "",
        ", limit_req: { rate: 400/s, burst: 100, nodelay: true, per: site }",
        ", limit_req: { rate: 20/s, burst: 100, nodelay: true }",
    ])
}

fn call(depth: u32, style: Style) -> Text {
    let names: &[&str] = match style.groups {
        true => &["lb", "web", "apps", "late", "cache"],
        false => &["lb", "web", "app", "late", "cache"],
    };
    let often = one_of(&["", ", times: 2", ", times: 0..3", ", times: poisson(1.5)", ", chance: 60%"]);
    let query = (often.clone(), one_of(&["", ", query: write"]), time())
        .prop_map(|(often, query, time)| format!("db: {{ cpu: {time}{often}{query} }}"));
    let simple = (one_of(&["disk", "desk"]), time()).prop_map(|(name, time)| format!("{name}: {time}"));
    let moved = (time(), time()).prop_map(|(first, then)| format!("[ hall: {first}, till: {then} ]"));
    let leaf = Union::new_weighted(vec![(3, query.boxed()), (2, simple.boxed()), (1, moved.boxed())]);
    if depth == 0 {
        return leaf.boxed();
    }
    let often = if style.expires { one_of(&["", ", chance: 60%"]) } else { often };
    let after = one_of(&["", ", after: 2ms"]);
    let inner =
        (select(names), one_of(&["cpu", "wait"]), time(), often, after, vec(stage(depth - 1, style), 1..3));
    let inner = inner.prop_map(|(name, what, time, often, after, calls)| {
        format!("{name}: {{ {what}: {time}{often}{after}, calls: [ {} ] }}", calls.join(", "))
    });
    Union::new_weighted(vec![(4, inner.boxed()), (1, leaf.boxed())]).boxed()
}

fn stage(depth: u32, style: Style) -> Text {
    let one = call(depth, style).prop_map(|call| in_braces(&call)).boxed();
    if !style.side_by_side {
        return one;
    }
    let parallel = (vec(call(depth, style), 1..4), one_of(&["", ", first: 1", ", first: 2"]));
    let parallel = parallel.prop_map(|(calls, first)| {
        let calls: Vec<String> = calls.iter().map(|call| in_braces(call)).collect();
        format!("{{ parallel: [ {} ]{first} }}", calls.join(", "))
    });
    Union::new_weighted(vec![(2, one), (1, parallel.boxed())]).boxed()
}

fn in_braces(call: &str) -> String {
    if call.starts_with('[') { call.to_owned() } else { format!("{{ {call} }}") }
}

fn class(style: Style) -> Text {
    let size = one_of(&["", ", response_size: 100kB", ", request_size: 20kB"]);
    let path = (1..4_u32).prop_flat_map(move |depth| call(depth, style));
    (path, size)
        .prop_map(|(call, size)| match call.starts_with('[') {
            true => format!("{{ path: {call}{size} }}"),
            false => format!("{{ path: [ {{ {call} }} ]{size} }}"),
        })
        .boxed()
}

fn links() -> Text {
    let link = |ends: &'static str| {
        let settings = one_of(&[
            "latency: 1ms",
            "latency: exp(4ms), bandwidth: 100Mbps",
            "bandwidth: 20Mbps",
            "latency: 2ms, jitter: exp(1ms)",
        ]);
        let line = settings.prop_map(move |settings| format!("  {ends}: {{ {settings} }}\n"));
        prop_oneof![Just(String::new()), line].boxed()
    };
    let ends = [
        "u0 -> host",
        "host -> other",
        "disk -> host",
        "late -> desk",
        "hall -> till",
        "other -> disk",
        "web -> late",
    ];
    let all: Vec<Text> = ends.into_iter().map(link).collect();
    all.prop_map(|lines| lines.concat()).boxed()
}

/// As a text; how much its users send is to be set.
pub fn random_site() -> impl Strategy<Value = String> {
    let style = any::<[bool; 3]>().prop_map(|[side_by_side, groups, expires]| Style {
        side_by_side,
        groups,
        expires,
    });
    style.prop_flat_map(|style| {
        let user = |name: &'static str| {
            one_of(&["", ", keep_alive: false", ", tls: 1.3, keep_alive: false"])
                .prop_map(move |rest| format!("  {name}: {{ kind: user, arrivals: 100/s, clients: 40{rest} }}\n"))
        };
        let users = prop_oneof![user("u0"), (user("u0"), user("u1")).prop_map(|(one, two)| one + &two)];
        let groups = if style.groups { "groups:\n  apps: { members: [ { app: { weight: 2 } }, twin ] }\n" } else { "" };
        let parts = (users, nodes(style), links(), vec(class(style), 1..3));
        parts.prop_map(move |(users, nodes, links, classes)| {
            let classes: Vec<String> =
                classes.iter().enumerate().map(|(number, class)| format!("  c{number}: {class}\n")).collect();
            let links = if links.is_empty() { String::new() } else { format!("links:\n{links}") };
            format!(
                "run: {{ requests: 3000, warmup: 400 requests }}\nnodes:\n{users}{nodes}{groups}{links}requests:\n{}",
                classes.concat()
            )
        })
    })
}
