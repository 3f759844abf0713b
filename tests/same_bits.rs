//! Same scenario, same seed, same bits: from run to run, in debug and in release, and
//! for everything that a change to the scenario does not touch.
//!
//! The digests in `tests/digests.txt` hold for every profile: run this test with and
//! without `--release`. When outputs change on purpose, write them anew with
//! `UPDATE=1 cargo test --test same_bits`, and say in the commit why they changed.

mod support;

use spof::results::StopReason;
use spof::results::row::Row;
use spof::scenario::load::load;
use spof::scenario::model::Scenario;
use std::path::Path;
use support::{Outcome, run, scenario};

const EVENTS_MOST: u64 = 400_000;

/// A bit of everything: balancing, caches, names, links with losses, retries, walks.
const CROWD: &str = "
run: { duration: 40s, warmup: 2s, seed: 5 }
nodes:
  visitors: { kind: user, visits: www.site.test, arrivals: 60/s, clients: 40, timeout: 300ms, retries: 2, backoff: { base: 20ms, jitter: full } }
  staff:    { kind: user, population: 12, think: exp(400ms) }
  resolver: { kind: dns, records: [ www.site.test A 10.0.0.1 5s ] }
  front:    { kind: server, address: 10.0.0.1, cores: 2 }
  back:     { kind: server, cores: 3, replicas: 2 }
  lb:       { kind: load_balancer, on: front, balance: two_choices }
  app:      { kind: app_server, on: back, replicas: 3, workers: 2, backlog: 2, timeout: 150ms, boot: 40ms }
  cache:    { kind: cache, on: back, objects: 100, capacity: 20, ttl: 3s }
  db:       { kind: database, on: back, max_connections: 5 }
  desk:     { kind: station, servers: 2, discipline: random, patience: exp(50ms) }
links:
  visitors -> front: { latency: \"lognormal(median 10ms, p99 60ms)\", loss: 3%, bandwidth: 10Mbps }
  lb -> back: { latency: 0.3ms, jitter: exp(0.1ms) }
requests:
  page:  { share: 60%, from: visitors, path: [ lb: 0.1ms, app: exp(8ms), { parallel: [ { cache: 0.1ms }, { db: exp(3ms) } ] } ] }
  asset: { share: 40%, from: visitors, path: [ lb: 0.1ms, cache: 0.05ms, { db: 0..3 x gamma(mean 2ms, cv 1.5) } ] }
  form:  { from: staff, path: [ desk: weibull(mean 30ms, shape 0.8) ] }
";

#[test]
fn two_runs_give_the_same_bytes_and_another_seed_does_not() {
    let crowd = scenario(CROWD);
    assert_eq!(run(&crowd, 5, EVENTS_MOST).results.stop, StopReason::Horizon);
    let (one, two, other) =
        (run(&crowd, 5, EVENTS_MOST), run(&crowd, 5, EVENTS_MOST), run(&crowd, 6, EVENTS_MOST));
    assert!(one.requests.len() > 2_000, "{}", one.requests.len());
    for number in 0..one.files.len() {
        assert!(one.files[number] == two.files[number], "{} differs", one.files[number].0);
        assert!(one.files[number] != other.files[number], "{} knows no seed", one.files[number].0);
    }
}

/// The hash of Fowler, Noll and Vo: short, and the same for ever.
fn digest(text: &str) -> u64 {
    text.bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3))
}

fn from_file(name: &str) -> Scenario {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios").join(name);
    load(&path, &[]).expect("it can be read").scenario.expect("it has no errors")
}

#[test]
fn every_profile_and_machine_gives_the_same_bytes() {
    let scenarios = [
        ("crowd", scenario(CROWD)),
        ("one-server", from_file("one-server.yaml")),
        ("three-tier", from_file("theory/three-tier.yaml")),
    ];
    let mut found = String::new();
    for (name, scenario) in &scenarios {
        for (file, text) in run(scenario, 1, EVENTS_MOST).files {
            found.push_str(&format!("{name} {file} {:016x}\n", digest(&text)));
        }
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/digests.txt");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &found).expect("it can be written");
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(kept, found, "if outputs were to change, run this with UPDATE=1");
}

/// The requests of some classes, with what must not depend on others: all but their numbers.
fn requests_of(
    outcome: &Outcome,
    scenario: &Scenario,
    classes: &[&str],
    nodes: &[&str],
) -> Vec<(Row, Vec<u64>)> {
    let columns: Vec<usize> = nodes
        .iter()
        .map(|name| scenario.nodes.iter().position(|node| node.name == *name).expect("the node"))
        .chain([scenario.nodes.len()])
        .collect();
    let class_of = |row: &Row| scenario.classes[row.class as usize].name.as_str();
    let chosen = outcome.requests.iter().filter(|(row, _)| classes.contains(&class_of(row)));
    chosen
        .map(|(row, times)| {
            let class = classes.iter().position(|class| *class == class_of(row)).expect("it was chosen");
            let row = Row { id: 0, class: class as u32, ..*row };
            (row, columns.iter().map(|&column| times[column]).collect())
        })
        .collect()
}

#[test]
fn what_is_added_beside_them_leaves_requests_as_they_were() {
    let nodes = ["lb", "app", "cache", "db", "desk", "visitors", "staff", "resolver"];
    let classes = ["page", "asset", "form"];
    let crowd = scenario(CROWD);
    let before = requests_of(&run(&crowd, 5, u64::MAX), &crowd, &classes, &nodes);
    let changes = [
        (
            "nodes:\n",
            "nodes:\n  aside: { kind: user, arrivals: 90/s }\n  shed: { kind: station, servers: 3 }\n",
        ),
        ("nodes:\n", "nodes:\n  names: { kind: dns, records: [ other.test A 10.0.0.1 1s ] }\n"),
        ("cores: 2 }", "cores: 2, replicas: 2 }"),
        ("cores: 2 }", "cores: 2 }\n  spare: { kind: station, replicas: 7 }"),
        ("  visitors -> front", "  staff -> back: 5ms\n  visitors -> front"),
    ];
    for (from, to) in changes {
        let mut text = CROWD.replacen(from, to, 1);
        assert_ne!(text, CROWD);
        if to.contains("aside") {
            text.push_str("  chat: { from: aside, path: [ shed: exp(20ms) ] }\n");
        }
        let changed = scenario(&text);
        let after = requests_of(&run(&changed, 5, u64::MAX), &changed, &classes, &nodes);
        assert!(before == after, "{to} has changed something else");
    }
}

fn queue(servers: &str) -> Outcome {
    let text = format!(
        "
run: {{ duration: 200s, warmup: none }}
nodes:
  clients: {{ kind: user, arrivals: 50/s }}
  station: {{ kind: station, servers: {servers} }}
requests:
  job: {{ path: [ station: gamma(mean 15ms, cv 1.3) ] }}
"
    );
    run(&scenario(&text), 3, u64::MAX)
}

/// With servers for everybody a request's time is its service alone; from these times and
/// the arrivals alone one can tell what a run with few servers must give, to the nanosecond.
#[test]
fn more_servers_leave_arrivals_and_services_as_they_were() {
    let alone = queue("unlimited");
    for servers in [1, 2, 3] {
        let shared = queue(&servers.to_string());
        assert!(shared.requests.len() > 9_000);
        let mut free_at = vec![0; servers];
        for (number, ((row, times), (of_alone, service))) in
            shared.requests.iter().zip(&alone.requests).enumerate()
        {
            if row.id > number as u64 {
                // Some before it are in flight when the run ends.
                assert!(number > 9_000);
                break;
            }
            assert_eq!((row.id, row.start), (of_alone.id, of_alone.start));
            free_at.sort_unstable();
            let begin = free_at[0].max(row.start);
            free_at[0] = begin + service[1];
            assert_eq!(times[1], free_at[0] - row.start, "request {}", row.id);
        }
    }
}

#[test]
fn more_workers_leave_arrivals_as_they_were() {
    let arrivals = |text: &str| -> Vec<(u64, u32)> {
        let scenario = scenario(text);
        let mut rows: Vec<(u64, u32)> = run(&scenario, 5, u64::MAX)
            .requests
            .iter()
            .filter(|(row, _)| {
                scenario.classes[row.class as usize].name != "form" && row.start < 30_000_000_000
            })
            .map(|(row, _)| (row.start, row.class))
            .collect();
        rows.sort_unstable();
        rows
    };
    let few = arrivals(CROWD);
    assert!(few.len() > 1_500);
    assert!(few == arrivals(&CROWD.replace("workers: 2", "workers: 9")));
}
