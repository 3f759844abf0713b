//! A run made up by hand, of which every figure is known.

use crate::kernel::time::{MILLISECOND, SECOND, Time};
use crate::parts::fidelity::Fidelity;
use crate::parts::outcome::Outcome;
use crate::parts::resource::{Owner, Party, ResourceKind, Way};
use crate::results::incident::OutageSums;
use crate::results::path::{Cause, ClassPaths, Part, Path, Paths};
use crate::results::resource::{PlaceRecord, ResourceBucket, ResourceRecord};
use crate::results::{ClassBucket, ClassRecord, NodeBucket, NodeRecord, RunResults, StopReason};
use crate::scenario::load::load_text;
use crate::scenario::model::Scenario;
use crate::stats::histogram::{CELLS, Histogram, cell_of};
use crate::stats::series::Series;

pub const BUCKETS: usize = 40;
pub const WARMUP_BUCKETS: usize = 4;

const TEXT: &str = "
name: An example
run: { duration: 40s, warmup: 4s, seed: 7 }
nodes:
  visitors: { kind: user, arrivals: 150/s }
  host: { kind: server, cores: 2 }
  app: { kind: app_server, on: host, workers: 1, replicas: 2 }
requests:
  page: { share: 60%, path: [ app: 5ms ] }
  asset: { share: 40%, path: [ app: 2ms ] }
expect:
  - page mean < 20ms
  - availability >= 99.9%
  - host utilisation < 50%
";

pub fn scenario() -> Scenario {
    load(TEXT)
}

fn load(text: &str) -> Scenario {
    let loaded = load_text("example.yaml", text, &[]);
    loaded.scenario.unwrap_or_else(|| panic!("{:?}", loaded.problems))
}

/// The same behind a link that carries only so much, and in front of a database to which each
/// replica keeps four connections.
pub fn scenario_between() -> Scenario {
    let text = TEXT
        .replace("workers: 1,", "workers: 1, pool: { size: 4, overflow: 0 },")
        .replace("requests:", "  db: { kind: database }\nlinks: { visitors -> host: { bandwidth: 8Mbps, latency: 1ms } }\nrequests:")
        .replace("[ app: 5ms ]", "[ app: 5ms, db: 1ms ]");
    load(&text)
}

/// In each second after the warm-up the pool of the first replica holds 1.2 connections, and all four
/// for a tenth of it; the second's holds 0.4. The link is busy for 10 ms one way and for 430 ms the
/// other, in the twentieth second for all of it.
pub fn results_between() -> RunResults {
    let place = |usual: ResourceBucket, twentieth: ResourceBucket| {
        let mut buckets = vec![ResourceBucket::default(); WARMUP_BUCKETS];
        buckets.resize(BUCKETS, usual);
        buckets[20] = twentieth;
        PlaceRecord { buckets }
    };
    let in_ms = |in_use: u64, full: u64| ResourceBucket {
        in_use: u128::from(in_use * MILLISECOND),
        full: full * MILLISECOND,
        taken: 75,
        ..ResourceBucket::default()
    };
    let in_line = ResourceBucket {
        waiting: u128::from(70 * MILLISECOND),
        waiting_max: 3,
        waited: 10,
        waited_time: u128::from(50 * MILLISECOND),
        left: 1,
        left_time: u128::from(20 * MILLISECOND),
        turned_away: 2,
        ..in_ms(1_200, 100)
    };
    let record = |kind, owner, capacity, places: Vec<PlaceRecord>| {
        let mut waits = Histogram::new();
        let waited: u64 = places.iter().flat_map(|place| &place.buckets).map(|bucket| bucket.waited).sum();
        (0..waited).for_each(|_| waits.record(5 * MILLISECOND));
        ResourceRecord { kind, owner, capacity, lines: 1, places, waits }
    };
    let link = |way, usual, twentieth| {
        let owner = Owner::Link { link: 0, way };
        record(ResourceKind::Bandwidth, owner, 1e6, vec![place(usual, twentieth)])
    };
    let pool = Owner::Calls { from: Party::Node(2), to: Party::Node(3) };
    let pools = vec![place(in_line, in_line), place(in_ms(400, 0), in_ms(400, 0))];
    let mut results = results();
    results.nodes.push(node(75, 0, 0));
    results.waits.push(None);
    results.resources = vec![
        record(ResourceKind::Pool, pool, 4.0, pools),
        link(Way::Out, in_ms(10, 10), in_ms(10, 10)),
        link(
            Way::Back,
            in_ms(430, 430),
            ResourceBucket { in_use: u128::from(SECOND), full: SECOND, ..in_line },
        ),
    ];
    results
}

/// In each second after the warm-up: 100 pages, of which one fails and one is good but too
/// late, the others taking 10.0, 10.1 … 19.8 ms; and 50 assets of 2 ms each.
pub fn results() -> RunResults {
    let mut all = Series::default();
    let pages: Vec<Time> = (0..99).map(|number| 10 * MILLISECOND + number * MILLISECOND / 10).collect();
    let assets = vec![2 * MILLISECOND; 50];
    let page = class(&pages, 98, 1, &mut Series::default());
    let asset = class(&assets, 50, 0, &mut Series::default());
    for _ in WARMUP_BUCKETS..BUCKETS {
        pages.iter().chain(&assets).for_each(|&latency| all.push(latency));
    }
    RunResults {
        resources: Vec::new(),
        ended_at: BUCKETS as Time * SECOND,
        stop: StopReason::Horizon,
        events: 12_345,
        offered: 6_000,
        ended: 6_000,
        in_flight: 0,
        bucket_edges: (0..=BUCKETS as Time).map(|second| second * SECOND).collect(),
        first_counted_bucket: WARMUP_BUCKETS,
        classes: vec![page, asset],
        latencies: all,
        nodes: vec![node(0, 0, 0), node(0, 0, 600), node(500, 120, 0), node(300, 0, 0)],
        waits: vec![None, None, Some(waits())],
        incidents: Vec::new(),
        unlisted_incidents: 0,
        standstill: vec![],
        outages: Vec::new(),
        unlisted_outages: OutageSums::default(),
        replications: Vec::new(),
        scalings: Vec::new(),
        paths: paths(),
        fidelity: Fidelity::Requests,
        skipped: 0,
    }
}

/// One page in two was followed, and each asset: half of the time at work, the rest in line; pages
/// had been tried before, for 4 ms.
fn paths() -> Paths {
    let mut classes = [2, 1].map(ClassPaths::of);
    for second in WARMUP_BUCKETS..BUCKETS {
        for number in 0..100 {
            let (class, latency) = match number {
                0..50 => (0, 10 * MILLISECOND + number * MILLISECOND / 5),
                _ => (1, 2 * MILLISECOND),
            };
            let tried = if class == 0 { 4 * MILLISECOND } else { 0 };
            let work = latency / 2;
            let times = [
                (Part::at(Cause::Queue, 2), latency - work - tried),
                (Part::at(Cause::Service, 2), work),
                (Part::between(Cause::Retry, 0, 2), tried),
            ];
            let start = second as Time * SECOND;
            let path = Path::new(classes[class].paths.len() as u64, start, latency);
            classes[class].add(path, &times[..if class == 0 { 3 } else { 2 }]);
        }
    }
    Paths { classes: classes.to_vec(), steady_thousandths: 1_000 }
}

fn class(latencies: &[Time], good: u64, failed: u64, series: &mut Series) -> ClassRecord {
    let mut outcomes = [0; Outcome::COUNT];
    outcomes[Outcome::Ok as usize] = latencies.len() as u64;
    outcomes[Outcome::BadGateway as usize] = failed;
    let bucket = ClassBucket {
        offered: latencies.len() as u64 + failed,
        outcomes,
        lost: [failed, 0, 0, 0],
        good,
        attempts: latencies.len() as u64 + 2 * failed,
        latency_sum: latencies.iter().map(|&latency| u128::from(latency)).sum(),
        latency_max: latencies.iter().copied().max().unwrap_or(0),
        failed_latency_sum: u128::from(failed * SECOND),
        in_flight: 3,
    };
    // Whoever counts the warm-up gets very different figures.
    let idle = ClassBucket { offered: 1_000, ..ClassBucket::default() };
    let mut buckets = vec![idle; WARMUP_BUCKETS];
    let mut cells = vec![0; BUCKETS * CELLS];
    for number in WARMUP_BUCKETS..BUCKETS {
        buckets.push(bucket.clone());
        for &latency in latencies {
            cells[number * CELLS + cell_of(latency)] += 1;
            series.push(latency);
        }
    }
    ClassRecord { buckets, cells, latencies: series.clone() }
}

/// In each second after the warm-up: 75 visits, 15 of which stand in line; times in ms.
fn node(held_ms: u128, queued_ms: u128, cpu_ms: u128) -> NodeRecord {
    let nanoseconds = u128::from(MILLISECOND);
    let visits = if held_ms > 0 { 75 } else { 0 };
    let bucket = NodeBucket {
        visits,
        started: visits,
        waited: visits / 5,
        ended: visits,
        held: held_ms * nanoseconds,
        served: held_ms * nanoseconds,
        queued: queued_ms * nanoseconds,
        cpu: cpu_ms * nanoseconds,
        on_cpu: cpu_ms * nanoseconds,
        queue_max: if queued_ms > 0 { 4 } else { 0 },
        ..NodeBucket::default()
    };
    let idle = NodeBucket { visits: 9, started: 9, ended: 9, ..NodeBucket::default() };
    let mut buckets = vec![idle; WARMUP_BUCKETS];
    buckets.resize(BUCKETS, bucket);
    NodeRecord { buckets, occupancy: None }
}

/// Of 36 × 150 visits, every tenth waited, for 8 ms.
fn waits() -> Histogram {
    let mut histogram = Histogram::new();
    for _ in 0..36 * 15 {
        histogram.record(8 * MILLISECOND);
    }
    histogram
}
