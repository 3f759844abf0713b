//! How full everything was that there is only so much of, in runs of which every figure can be told by
//! hand; and in random ones, that the books are kept.

mod support;

use spof::analysis::measured::{Usage, measured};
use spof::analysis::resources::{ResourceSummary, summarise_resources};
use spof::analysis::window::Window;
use support::{Outcome, run, scenario};

const MILLISECOND: u128 = 1_000_000;
const EVENTS_MOST: u64 = 10_000_000;

/// A run with its resources, found by their names.
struct Found {
    outcome: Outcome,
    summaries: Vec<ResourceSummary>,
    usages: Vec<Usage>,
}

impl Found {
    fn of(text: &str) -> Found {
        let scenario = scenario(text);
        let outcome = run(&scenario, 1, EVENTS_MOST);
        let results = &outcome.results;
        let window = Window::of(&scenario, results);
        let summaries = summarise_resources(&scenario, results, &window);
        let total = |one: &spof::analysis::measured::Measured| {
            one.total(window.buckets.clone(), &results.bucket_edges)
        };
        let usages = measured(&scenario, results).iter().map(total).collect();
        Found { outcome, summaries, usages }
    }

    fn named(&self, name: &str) -> (&ResourceSummary, &Usage) {
        let known: Vec<&str> = self.summaries.iter().map(|one| one.name.as_str()).collect();
        let place = known.iter().position(|known| *known == name);
        let place = place.unwrap_or_else(|| panic!("there is no {name}; there are {known:?}"));
        (&self.summaries[place], &self.usages[place])
    }

    /// Requests that were sent; each run is long enough for the last of them to end.
    fn requests(&self) -> u128 {
        assert_eq!(self.outcome.results.offered, self.outcome.results.ended);
        self.outcome.requests.len() as u128
    }
}

fn near(value: Option<f64>, expected: f64) {
    let value = value.expect("a figure");
    assert!((value - expected).abs() < 1e-9, "{value} is not {expected}");
}

/// Three at once, ten times a second: 100 times in all.
const THREE: &str = "
  one:   { kind: user, arrivals: { every: 100ms }, clients: 1 }
  two:   { kind: user, arrivals: { every: 100ms }, clients: 1 }
  three: { kind: user, arrivals: { every: 100ms }, clients: 1 }
";

fn three(nodes: &str, rest: &str) -> Found {
    Found::of(&format!(
        "run: {{ duration: 10050ms, warmup: none, bucket: 1s }}\nnodes:{THREE}{nodes}\n{rest}"
    ))
}

#[test]
fn messages_over_a_link_wait_for_those_before_them_each_way() {
    let found = Found::of(
        "
run: { duration: 10050ms, warmup: none, bucket: 1s }
nodes:
  users: { kind: user, arrivals: { every: 100ms } }
  host:  { kind: server, cores: 64 }
  app:   { kind: app_server, on: host, workers: 10 }
links:
  users -> host: { latency: 0ms, bandwidth: 8Mbps }
requests:
  page:
    request_size: 1kB
    response_size: 10kB
    path: [ { parallel: [ app: { wait: 5ms }, app: { wait: 5ms }, app: { wait: 5ms } ] } ]
",
    );
    let requests = found.requests();
    assert_eq!(requests, 100);
    // Calls take 1 ms each, so that they wait 0, 1 and 2 ms.
    let (out, usage) = found.named("the link users -> host (calls)");
    assert_eq!(
        (usage.counts.in_use, u128::from(usage.full)),
        (requests * 3 * MILLISECOND, requests * 3 * MILLISECOND)
    );
    assert_eq!((usage.counts.waited, usage.counts.waited_time), (200, requests * 3 * MILLISECOND));
    assert_eq!(usage.counts.waiting, usage.counts.waited_time);
    assert_eq!((out.taken, out.left, out.turned_away, out.waiting_max), (Some(300), Some(0), Some(0), 2));
    near(out.utilisation, 0.3 / 10.05);
    near(out.waited_share, 2.0 / 3.0);
    near(out.wait_mean_ms, 1.0);
    // Answers are there after 6, 7 and 8 ms and take 10 ms each: they wait 0, 9 and 18 ms.
    let (back, usage) = found.named("the link users -> host (answers)");
    assert_eq!(
        (usage.counts.in_use, u128::from(usage.full)),
        (requests * 30 * MILLISECOND, requests * 30 * MILLISECOND)
    );
    assert_eq!((usage.counts.waited, usage.counts.waited_time), (200, requests * 27 * MILLISECOND));
    assert_eq!(usage.counts.waiting, usage.counts.waited_time);
    assert_eq!((back.taken, back.waiting_max, back.capacity), (Some(300), 2, 1e6));
    near(back.utilisation, 3.0 / 10.05);
    near(Some(back.full_share), 3.0 / 10.05);
    near(Some(back.in_use_mean), 3.0 / 10.05 * 1e6);
    near(back.wait_mean_ms, 9.0);
    // The rest of 50 ms at the end is fuller, and tells nothing.
    let fullest = back.fullest.expect("a bucket");
    assert_eq!((fullest.from_s, fullest.length_s), (1.0, 1.0));
    near(Some(fullest.utilisation), 0.3);
    let longest = back.wait_p99_ms.expect("a wait");
    assert!((longest / 18.0 - 1.0).abs() < 0.03, "{longest}");
}

#[test]
fn connections_of_a_pool_are_held_until_a_visit_ends_and_the_next_waits_for_them() {
    check_pool("db: { wait: 10ms }");
}

#[test]
fn what_is_asked_side_by_side_is_asked_over_one_connection_of_the_pool() {
    check_pool("{ parallel: [ db: { wait: 10ms }, db: { wait: 4ms, times: 3 } ] }");
}

fn check_pool(calls: &str) {
    let found = three(
        "
  app: { kind: app_server, software: gunicorn-gthread, workers: 1, threads: 10, pool: { size: 2, overflow: 0 } }
  db:  { kind: database }
",
        &format!("requests: {{ page: {{ path: [ app: {{ calls: [ {calls} ] }} ] }} }}"),
    );
    assert_eq!(found.requests(), 300);
    let (pool, usage) = found.named("the connection pool app -> db");
    assert_eq!(usage.counts.in_use, 300 * 10 * MILLISECOND);
    // Two for 10 ms, then one.
    assert_eq!(u128::from(usage.full), 100 * 10 * MILLISECOND);
    assert_eq!((usage.counts.waited, usage.counts.waited_time), (100, 100 * 10 * MILLISECOND));
    assert_eq!(usage.counts.waiting, usage.counts.waited_time);
    assert_eq!((pool.taken, pool.left, pool.turned_away, pool.waiting_max), (Some(300), Some(0), Some(0), 1));
    assert_eq!((pool.places, pool.capacity, &*pool.unit), (1, 2.0, "connection"));
    near(pool.utilisation, 3.0 / (2.0 * 10.05));
    near(Some(pool.full_share), 1.0 / 10.05);
    near(pool.wait_mean_ms, 10.0 / 3.0);
    near(Some(pool.waiting_mean), 1.0 / 10.05);
}

#[test]
fn calls_beyond_those_at_once_wait_or_are_turned_away_and_those_who_give_up_are_told_apart() {
    let with = |queue: &str| {
        three(
            &format!(
                "
  lb:  {{ kind: load_balancer, maxconn: 100, calls: {{ max_in_flight: 1, {queue} }} }}
  app: {{ kind: station, servers: 9 }}
"
            ),
            "requests: { page: { path: [ lb: 0ms, app: 10ms ] } }",
        )
    };
    let found = with("queue: 1");
    let (calls, usage) = found.named("the calls at once lb -> app");
    assert_eq!(u128::from(found.outcome.results.offered), 300);
    assert_eq!(
        (calls.taken, calls.left, calls.turned_away, calls.waiting_max),
        (Some(200), Some(0), Some(100), 1)
    );
    assert_eq!(
        (usage.counts.in_use, u128::from(usage.full)),
        (200 * 10 * MILLISECOND, 200 * 10 * MILLISECOND)
    );
    assert_eq!((usage.counts.waited, usage.counts.waited_time), (100, 100 * 10 * MILLISECOND));
    near(calls.utilisation, 2.0 / 10.05);
    let found = with("queue: unlimited, queue_timeout: 4ms");
    let (calls, usage) = found.named("the calls at once lb -> app");
    assert_eq!(
        (calls.taken, calls.left, calls.turned_away, calls.waiting_max),
        (Some(100), Some(200), Some(0), 2)
    );
    assert_eq!((usage.counts.waited, usage.counts.left_time), (0, 200 * 4 * MILLISECOND));
    assert_eq!(usage.counts.waiting, usage.counts.left_time);
    near(calls.left_wait_mean_ms, 4.0);
    near(calls.wait_mean_ms, 0.0);
    near(calls.utilisation, 1.0 / 10.05);
}

#[test]
fn a_rate_limit_is_full_while_whoever_comes_is_too_many() {
    let found = three(
        "
  web: { kind: web_server, limit_req: { rate: 20/s, burst: 1, per: site } }
",
        "requests: { page: { path: [ web: 0ms ] } }",
    );
    let (limit, usage) = found.named("the rate limit of web");
    // One passes, one waits for 50 ms, and one is too many; then there is room again.
    assert_eq!((limit.taken, limit.turned_away, limit.waiting_max), (Some(200), Some(100), 1));
    assert_eq!((usage.counts.waited, usage.counts.waited_time), (100, 100 * 50 * MILLISECOND));
    assert_eq!(usage.counts.waiting, usage.counts.waited_time);
    near(Some(limit.full_share), 5.0 / 10.05);
    near(limit.wait_mean_ms, 25.0);
    // The last one's time at the rate goes on beyond the end.
    let busy = 9.95 / 10.05;
    near(limit.utilisation, busy);
    near(Some(limit.in_use_mean), 20.0 * busy);
    let longest = limit.wait_p99_ms.expect("a wait");
    assert!((longest / 50.0 - 1.0).abs() < 0.03, "{longest}");
}

#[test]
fn a_rate_limit_for_each_client_is_as_full_as_they_are_on_average() {
    let found = three(
        "
  web: { kind: web_server, limit_req: { rate: 20/s, burst: 1 } }
",
        "requests: { page: { path: [ web: 0ms ] } }",
    );
    let (limit, usage) = found.named("the rate limit of web");
    // Each of the three comes alone: nobody waits, and each is busy half of the time.
    assert_eq!((limit.taken, limit.turned_away, limit.waiting_max), (Some(300), Some(0), 0));
    assert_eq!((usage.counts.waiting, usage.full), (0, 0));
    near(limit.utilisation, 5.0 / 10.05);
    near(Some(limit.in_use_mean), 3.0 * 20.0 * 5.0 / 10.05);
}

#[test]
fn one_client_that_comes_too_often_waits_and_is_turned_away_as_at_a_limit_for_all() {
    let found = Found::of(
        "
run: { duration: 10050ms, warmup: none, bucket: 1s }
nodes:
  one: { kind: user, arrivals: { every: 20ms }, clients: 1 }
  far: { kind: user, arrivals: { every: 100s }, clients: 1 }
  web: { kind: web_server, limit_req: { rate: 20/s, burst: 1 } }
requests: { page: { path: [ web: 0ms ] } }
",
    );
    let (limit, usage) = found.named("the rate limit of web");
    // The rate lets one pass every 50 ms; whoever comes 50 ms ahead of that is too many.
    let passed = limit.taken.expect("some pass") + u64::from(usage.counts.waiting_max);
    assert!(passed.abs_diff(201) <= 1, "{passed}");
    let came = found.outcome.results.offered;
    let still_waits = came - limit.taken.unwrap() - limit.turned_away.unwrap();
    assert!(still_waits <= 1, "{still_waits}");
    // Of the two clients, one is busy all the time.
    assert!((limit.utilisation.expect("a share") - 0.5).abs() < 0.002, "{:?}", limit.utilisation);
    // After the first one's 30 ms they wait 40 and 50 ms in turn.
    let (waited, time) = (u128::from(usage.counts.waited), usage.counts.waited_time);
    assert!(time.abs_diff((30 + 45 * (waited - 1)) * MILLISECOND) <= 5 * MILLISECOND, "{waited} {time}");
}

#[test]
fn memory_is_what_processes_and_those_inside_need() {
    let found = Found::of(
        "
run: { duration: 10s, warmup: none, bucket: 1s }
nodes:
  users: { kind: user, population: 3, think: 0ms }
  host:  { kind: server, cores: 4, memory: 1GB }
  idle:  { kind: server, memory: 1GB }
  app:   { kind: app_server, on: host, workers: 4, memory_base: 100MB, memory_per_request: 50MB }
  other: { kind: app_server, on: idle, memory_base: 250MB }
requests: { page: { path: [ app: { wait: 20s } ] } }
",
    );
    let (used, usage) = found.named("the memory of host");
    near(used.utilisation, 0.25);
    near(used.fullest.map(|fullest| fullest.utilisation), 0.25);
    assert_eq!(usage.counts.in_use, 250_000_000 * 10_000 * MILLISECOND);
    assert_eq!((used.taken, used.turned_away, used.full_share), (None, Some(0), 0.0));
    near(found.named("the memory of idle").0.utilisation, 0.25);
}

#[test]
fn cores_and_slots_are_shares_of_the_time_up() {
    let found = three(
        "
  host: { kind: server, cores: 1 }
  app:  { kind: app_server, on: host, workers: 2 }
",
        "requests: { page: { path: [ app: 10ms ] } }\ntimeline: [ { at: 5050ms, fail: host } ]",
    );
    // Nobody gets in any more after 5.05 s. Two share the core for 20 ms, and the third has it for 10 ms.
    let (cores, usage) = found.named("the cores of host");
    let (up_s, times) = (5.05, 50);
    assert_eq!(
        (usage.in_use as u128, u128::from(usage.full)),
        (times * 30 * MILLISECOND, times * 30 * MILLISECOND)
    );
    near(cores.utilisation, times as f64 * 0.03 / up_s);
    let (workers, usage) = found.named("the workers of app");
    assert_eq!((workers.taken, workers.waiting_max), (Some(3 * times as u64), 1));
    assert_eq!((usage.counts.waited, usage.counts.waited_time), (times as u64, times * 20 * MILLISECOND));
    near(workers.utilisation, times as f64 * 0.05 / (2.0 * up_s));
    near(Some(workers.full_share), times as f64 * 0.02 / up_s);
    // nodes.csv says the same.
    let nodes = &found.outcome.files.iter().find(|(name, _)| *name == "nodes.csv").expect("a file").1;
    let share = |node: &str| {
        let line = nodes.lines().find(|line| line.starts_with(node)).expect("a line");
        line.split(',').nth(3).expect("a field").parse::<f64>().ok()
    };
    assert_eq!((share("host,"), share("app,")), (cores.utilisation, workers.utilisation));
}

#[test]
fn of_replicas_that_come_and_go_those_count_that_ran() {
    let found = Found::of(
        "
run: { duration: 40m, warmup: none, bucket: 1m }
nodes:
  visitors: { kind: user, arrivals: { every: 10ms } }
  lb: { kind: load_balancer, maxconn: 10000 }
  app: { kind: app_server, workers: 10, replicas: 2, boot: 20s, autoscale: { minimum: 2, maximum: 10, target: 50% } }
requests:
  page: { path: [ lb: 0ms, app: { wait: 100ms } ] }
timeline:
  - { at: 605s, surge: 2.5x, hold: 10m }
",
    );
    let (workers, usage) = found.named("the workers of app");
    assert_eq!((workers.places, workers.capacity), (10, 10.0));
    // Ten in use of twenty before and after, 25 of fifty in between once all are there.
    let scaling = &found.outcome.results.scalings[0];
    let running_most = scaling.paid as f64;
    assert!(usage.up as f64 <= running_most && usage.up as f64 >= running_most * 0.97);
    let share = workers.utilisation.expect("a share");
    assert!((0.42..0.55).contains(&share), "{share}");
    let text = &found.outcome.files.iter().find(|(name, _)| *name == "nodes_timeline.csv").expect("a file").1;
    let of_app = text.lines().filter(|line| line.split(',').nth(2) == Some("app"));
    let shares: Vec<f64> = of_app.filter_map(|line| line.split(',').nth(6)?.parse().ok()).collect();
    assert_eq!(shares.len(), 40);
    for minute in [3, 8, 38] {
        assert!((shares[minute] - 0.5).abs() < 1e-3, "{shares:?}");
    }
    assert!(shares.iter().all(|share| (0.15..=1.0).contains(share)), "{shares:?}");
    // Of those that never ran there is nothing to tell.
    let nodes = &found.outcome.files.iter().find(|(name, _)| *name == "nodes.csv").expect("a file").1;
    let of_ninth = nodes.lines().find(|line| line.starts_with("app,9,")).expect("a line");
    assert_eq!(of_ninth.split(',').nth(3), Some(""));
}

#[test]
fn servers_of_a_station_that_come_and_go_count_while_they_are_there() {
    let found = Found::of(
        "
run: { duration: 20m, warmup: none, bucket: 1m }
nodes:
  visitors: { kind: user, arrivals: { every: 10ms } }
  desk: { kind: station, servers: 2, autoscale: { minimum: 2, maximum: 40, target: 50% } }
requests:
  page: { path: [ desk: 100ms ] }
",
    );
    let (servers, usage) = found.named("the servers of desk");
    assert_eq!(usage.up, found.outcome.results.ended_at);
    // Two are too few, and soon there are enough; never forty.
    assert_eq!(usage.offered as u128, found.outcome.results.scalings[0].paid);
    let share = usage.counts.taken as f64 * 0.1 / (usage.offered * 1e-9);
    assert!((servers.utilisation.expect("a share") / share - 1.0).abs() < 1e-3);
    near(servers.fullest.map(|fullest| fullest.from_s), 0.0);
}
