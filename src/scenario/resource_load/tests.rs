use super::*;
use crate::scenario::load::load_text;
use crate::scenario::resources::name;

struct Site {
    scenario: Scenario,
    loads: Vec<ResourceLoad>,
}

impl Site {
    fn of(nodes: &str, rest: &str) -> Site {
        let text = format!("run: {{ duration: 10m }}\nnodes:\n{nodes}\n{rest}\n");
        let loaded = load_text("site.yaml", &text, &[]);
        let shown = loaded.render(false);
        let scenario = loaded.scenario.unwrap_or_else(|| panic!("{shown}"));
        let sent = Sent::usual(&scenario).expect("open arrivals");
        let loads = estimate(&scenario, &sent);
        Site { scenario, loads }
    }

    fn name(&self, load: &ResourceLoad) -> String {
        name(&self.scenario, load.resource.kind, load.resource.owner)
    }

    fn of_name(&self, wanted: &str) -> &Expected {
        let found = self.loads.iter().find(|load| self.name(load) == wanted);
        let found = found.unwrap_or_else(|| panic!("no {wanted}"));
        found.expected.as_ref().unwrap_or_else(|unknown| panic!("{wanted}: {unknown:?}"))
    }

    fn share(&self, name: &str, expected: f64) {
        near(self.of_name(name).share, expected, name);
    }

    fn full_at(&self, name: &str, expected: f64) {
        near(self.of_name(name).full_at_per_s.unwrap_or(f64::NAN), expected, name);
    }

    fn first(&self) -> String {
        self.name(first_full(&self.loads).expect("something is full some time"))
    }
}

fn near(value: f64, expected: f64, what: &str) {
    assert!((value - expected).abs() <= 1e-9 * expected.abs().max(1e-9), "{what}: {value} is not {expected}");
}

#[test]
fn connections_are_held_until_the_visit_that_asks_is_done() {
    let nodes = "
  users: { kind: user, arrivals: 100/s }
  app: { kind: app_server, software: gunicorn-gthread, threads: 200, pool: { size: 10, overflow: 0, wait: 1s } }
  db: { kind: database }";
    let site = |path: &str| Site::of(nodes, &format!("requests: {{ api: {{ path: {path} }} }}"));
    let one = site("[ app: { wait: 50ms }, db: { wait: 200ms } ]");
    one.share("the connection pool app -> db", 2.0);
    one.full_at("the connection pool app -> db", 50.0);
    one.share("the connections of db", 20.0 / 151.0);
    one.share("the threads of app", 25.0 / 200.0);
    assert_eq!(one.first(), "the connection pool app -> db");
    // What comes after the queries holds their connections as well, and what is before does not.
    let more = site("[ app: { wait: 50ms, calls: [ db: { wait: 1ms, times: 3 }, db: 2ms ], after: 40ms } ]");
    more.share("the connection pool app -> db", 100.0 * 0.045 / 10.0);
    more.share("the connections of db", 100.0 * 0.045 / 151.0);
    // Whoever asks in half of the cases holds one in half of the cases.
    let rare = site("[ app: { calls: [ db: { wait: 2ms, chance: 50% }, db: { wait: 4ms, chance: 50% } ] } ]");
    let held = 0.5 * (0.002 + 0.002) + 0.25 * 0.004;
    rare.share("the connection pool app -> db", 100.0 * held / 10.0);
}

#[test]
fn of_several_replicas_each_is_held_from_its_own_first_query() {
    let site = Site::of(
        "
  users: { kind: user, arrivals: 10/s }
  app: { kind: app_server, workers: 50 }
  db: { kind: database, replicas: 2, max_connections: 10 }",
        "requests: { api: { path: [ app: { calls: [ db: { wait: 10ms, times: 2 } ], after: 20ms } ] } }",
    );
    // The first goes to one of both, and the second to the other in half of the cases.
    site.share("the connections of db", 10.0 * (0.040 + 0.5 * 0.030) / 20.0);
}

#[test]
fn each_way_of_a_link_is_reckoned_by_itself_between_all_nodes() {
    let nodes = "
  users: { kind: user, arrivals: 100/s }
  front: { kind: server, cores: 4 }
  back: { kind: server, cores: 4 }
  web: { kind: web_server, on: front }
  app: { kind: app_server, on: front, workers: 50 }
  db: { kind: database, on: back }
  disk: { kind: storage, on: back }";
    let rest = "
links:
  users -> front: { bandwidth: 80Mbps }
  back -> front: { bandwidth: 8Mbps }
  web -> app: { bandwidth: 1kbps }
  db -> disk: { bandwidth: 1kbps }
requests:
  page:
    request_size: 2kB
    response_size: 30kB
    path: [ web, app: { calls: [ db: { wait: 1ms, times: 3, chance: 50%, calls: [ disk ] } ] } ]";
    let site = Site::of(nodes, rest);
    site.share("the link users -> front (calls)", 100.0 * 2e3 / 1e7);
    site.share("the link users -> front (answers)", 100.0 * 30e3 / 1e7);
    // Calls go out, whichever way it was declared; nothing lies within a host.
    site.share("the link back -> front (calls)", 150.0 * 2e3 / 1e6);
    site.share("the link back -> front (answers)", 150.0 * 30e3 / 1e6);
    site.share("the link web -> app (calls)", 0.0);
    site.share("the link db -> disk (answers)", 0.0);
    assert_eq!(site.first(), "the link back -> front (answers)");
    assert_eq!(full_links(&site.scenario, 0.9), ["back -> front"]);
}

#[test]
fn callers_hold_what_they_take_while_calls_are_under_way() {
    let site = Site::of(
        "
  users: { kind: user, arrivals: 10/s }
  web: { kind: web_server, workers: 1, connections: 100, upstream_keepalive: true }
  app: { kind: app_server, workers: 10, calls: { max_in_flight: 4 } }
  shop: { kind: station, servers: 5, hands_over: false }",
        "
links: { web -> app: { latency: 5ms } }
requests: { page: { path: [ web: 20ms, app: 30ms, shop: { wait: 15ms, times: 2 } ] } }",
    );
    site.share("the calls at once app -> shop", 10.0 * 0.030 / 4.0);
    site.share("the workers of app", 10.0 * 0.060 / 10.0);
    // nginx counts the connection to its upstream as well, for as long as that takes.
    site.share("the connections of web", 10.0 * (0.020 + 2.0 * 0.070) / 100.0);
}

#[test]
fn members_take_their_part_and_hosts_what_stands_on_them() {
    let site = Site::of(
        "
  users: { kind: user, arrivals: 10/s }
  slow: { kind: server, speed: 0.5 }
  racks: { kind: server, cores: 2, replicas: 3 }
  small: { kind: app_server, on: slow, workers: 2 }
  large: { kind: app_server, on: racks, workers: 4, replicas: 4 }
  spare: { kind: app_server, on: racks }",
        "
groups: { apps: { members: [ small, { large: { weight: 2 } }, { spare: { backup: true } } ] } }
requests: { page: { path: [ apps: 45ms ] } }",
    );
    // One of nine goes to the slow one, and takes it twice as long.
    site.share("the cores of slow", 10.0 / 9.0 * 0.090);
    site.share("the workers of small", 10.0 / 9.0 * 0.090 / 2.0);
    site.share("the workers of large", 80.0 / 9.0 * 0.045 / 16.0);
    site.share("the workers of spare", 0.0);
    // Two of four stand on the first of three hosts.
    site.share("the cores of racks", 80.0 / 9.0 * 0.045 / 6.0);
    near(site.of_name("the cores of racks").fullest, 40.0 / 9.0 * 0.045 / 2.0, "the fullest rack");
    site.full_at("the cores of racks", 10.0 * 2.0 / (40.0 / 9.0 * 0.045));
}

#[test]
fn limits_are_reckoned_for_all_or_for_the_client_who_comes_most() {
    let site = Site::of(
        "
  crowd: { kind: user, arrivals: 90/s, clients: 300 }
  robot: { kind: user, arrivals: 10/s, clients: 1 }
  web: { kind: web_server, limit_req: { rate: 20/s }, rate_limit: { rate: 400/s } }",
        "requests: { page: { path: [ web: 1ms ] } }",
    );
    let limits: Vec<&Expected> = site
        .loads
        .iter()
        .filter(|load| load.resource.kind == ResourceKind::Rate)
        .map(|load| load.expected.as_ref().unwrap())
        .collect();
    near(limits[0].fullest, 0.5, "the robot");
    near(limits[0].share, 100.0 / 301.0 / 20.0, "all clients");
    near(limits[1].share, 0.25, "all together");
    near(limits[0].full_at_per_s.unwrap(), 200.0, "full");
}

#[test]
fn memory_is_taken_by_workers_and_by_those_who_are_inside() {
    let site = Site::of(
        "
  users: { kind: user, arrivals: 10/s }
  host: { kind: server, cores: 8, memory: 1GB }
  app: { kind: app_server, on: host, workers: 5, memory_per_worker: 100MB, memory_per_request: 10MB }",
        "requests: { page: { path: [ app: { cpu: 100ms, wait: 400ms } ] } }",
    );
    site.share("the memory of host", 0.55);
    near(site.of_name("the memory of host").idle, 0.5, "idle");
    site.full_at("the memory of host", 100.0);
    assert_eq!(site.first(), "the workers of app");
}

#[test]
fn writes_fill_the_primary_first() {
    let site = Site::of(
        "
  users: { kind: user, arrivals: 10/s }
  rack: { kind: server, replicas: 3 }
  app: { kind: app_server, workers: 50 }
  db: { kind: database, on: rack, replicas: 3, max_connections: 10, replication: {} }",
        "requests: { page: { path: [ app, db: 20ms ] }, order: { path: [ app, db: { cpu: 30ms, query: write } ] } }",
    );
    let connections = site.of_name("the connections of db");
    near(connections.share, (5.0 * 0.020 + 5.0 * 0.030) / 30.0, "connections");
    near(connections.fullest, 5.0 * 0.030 / 10.0, "those of the primary");
    near(site.of_name("the cores of rack").fullest, 5.0 * 0.030, "its host");
}

#[test]
fn what_a_cache_lets_through_at_most_never_fills_what_is_behind_it() {
    let site = Site::of(
        "
  users: { kind: user, arrivals: 150/s }
  cdn: { kind: cache, objects: 5000, ttl: 10m }
  vm: { kind: server, cores: 4 }
  app: { kind: app_server, on: vm, workers: 32 }",
        "requests: { page: { path: [ cdn: 0.1ms, app: 80ms ] } }",
    );
    // At any load, each object is fetched once in ten minutes.
    let cores = site.of_name("the cores of vm");
    assert!(cores.share < 5000.0 / 600.0 * 0.080 / 4.0 && cores.share > 0.1, "{}", cores.share);
    assert!(cores.full_at_per_s.is_none_or(|rate| rate > 1e9), "{:?}", cores.full_at_per_s);
}

#[test]
fn nobody_waits_for_more_answers_than_it_needs() {
    let nodes = "
  users: { kind: user, arrivals: 10/s }
  desk: { kind: station, servers: 10, hands_over: false }
  one: { kind: station, servers: 10, hands_over: false }
  two: { kind: station, servers: 10, hands_over: false, when_caller_leaves: stop }";
    let first = |first: &str| {
        let path = format!("[ desk, {{ parallel: [ one: 10ms, two: 40ms ]{first} }} ]");
        Site::of(nodes, &format!("requests: {{ page: {{ path: {path} }} }}"))
    };
    let all = first("");
    all.share("the servers of desk", 10.0 * 0.040 / 10.0);
    all.share("the servers of two", 10.0 * 0.040 / 10.0);
    let one = first(", first: 1");
    one.share("the servers of desk", 10.0 * 0.010 / 10.0);
    one.share("the servers of one", 10.0 * 0.010 / 10.0);
    one.share("the servers of two", 10.0 * 0.010 / 10.0);
}

#[test]
fn stations_that_hand_over_hold_nobody() {
    let site = Site::of(
        "
  users: { kind: user, arrivals: 10/s }
  app: { kind: app_server, workers: 10 }
  hall: { kind: station, servers: 2 }
  shared: { kind: station, servers: 2, discipline: ps }
  db: { kind: database, max_connections: 10 }",
        "requests: { page: { path: [ app: { calls: [ [ hall: 20ms, shared: 30ms, db: { wait: 40ms } ] ], after: 10ms } ] } }",
    );
    site.share("the servers of hall", 10.0 * 0.020 / 2.0);
    site.share("the cores of shared", 10.0 * 0.030 / 2.0);
    site.share("the workers of app", 10.0 * 0.100 / 10.0);
    // The application keeps the connection that its call has led to.
    site.share("the connections of db", 10.0 * 0.050 / 10.0);
}

#[test]
fn a_walk_takes_one_slot_after_the_other() {
    let site = Site::of(
        "
  jobs: { kind: user, arrivals: 1/s }
  cpu: { kind: station }
  disk: { kind: station, servers: 2 }",
        "
links: { cpu -> disk: { bandwidth: 80kbps } }
requests: { job: { request_size: 1kB, route: { start: cpu, cpu: { disk: 75%, leave: 25% }, disk: cpu, work: { cpu: 10ms, disk: 20ms } } } }",
    );
    let roughly = |name: &str, expected: f64| {
        let share = site.of_name(name).share;
        assert!((share - expected).abs() < 1e-6, "{name}: {share}");
    };
    roughly("the servers of cpu", 0.040);
    roughly("the servers of disk", 0.030);
    roughly("the link cpu -> disk (calls)", 3.0 * 1e3 / 1e4);
    roughly("the link cpu -> disk (answers)", 0.0);
}

#[test]
fn what_is_a_matter_of_chance_is_said_to_be() {
    let site = Site::of(
        "
  users: { kind: user, arrivals: 10/s }
  host: { kind: server }
  app: { kind: app_server, on: host }",
        "requests: { page: { path: [ app: \"pareto(shape 1, scale 1ms)\" ] } }",
    );
    let unknown: Vec<(String, Option<Unknown>)> =
        site.loads.iter().map(|load| (site.name(load), load.expected.as_ref().err().copied())).collect();
    let expected = [
        ("the cores of host", Unknown::WithoutMean),
        ("the workers of app", Unknown::WithoutMean),
        ("the backlog of app", Unknown::Line),
    ];
    assert_eq!(unknown, expected.map(|(name, unknown)| (name.to_owned(), Some(unknown))));
    assert!(first_full(&site.loads).is_none());
}

#[test]
fn new_connections_cost_who_is_called() {
    let site = Site::of(
        "
  users: { kind: user, visits: https://www.site.test, arrivals: 100/s, clients: 1, keep_alive: false }
  front: { kind: server }
  back: { kind: server }
  web: { kind: web_server, on: front, tls_handshake: 1ms }
  app: { kind: app_server, on: front, workers: 50 }
  db: { kind: database, on: back, connect: 2ms }",
        "requests: { page: { path: [ web: 1ms, app: 1ms, db: 3 x 1ms ] } }",
    );
    site.share("the cores of front", 100.0 * 0.003);
    // One connection for all queries of a visit.
    site.share("the cores of back", 100.0 * 0.005);
    site.share("the workers of app", 100.0 * 0.006 / 50.0);
}
