//! A run made up by hand, of which every figure is known.

use crate::kernel::time::{MILLISECOND, SECOND, Time};
use crate::parts::fidelity::Fidelity;
use crate::parts::outcome::Outcome;
use crate::results::path::{Cause, ClassPaths, Part, Path, Paths};
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
    let loaded = load_text("example.yaml", TEXT, &[]);
    loaded.scenario.unwrap_or_else(|| panic!("{:?}", loaded.problems))
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
        nodes: vec![node(0, 0, 0), node(0, 0, 600), node(500, 100, 0), node(300, 0, 0)],
        waits: vec![None, None, Some(waits())],
        incidents: Vec::new(),
        unlisted_incidents: 0,
        outages: Vec::new(),
        unlisted_outages: 0,
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
    let idle = NodeBucket { visits: 9, started: 9, ..NodeBucket::default() };
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
