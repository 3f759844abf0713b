//! Studies, against what is known of a queue.

use super::study::*;
use super::tasks::Watcher;
use crate::plan::{Plan, compile};
use crate::results::RunResults;
use crate::scenario::load::load_text;
use crate::stats::two_stages::{FIRST_STAGE, Precision, two_stage_interval};
use std::sync::atomic::{AtomicU64, Ordering};

const QUEUE: &str = "
run: { requests: 2000, warmup: 200 requests }
nodes:
  users: { kind: user, arrivals: 50/s }
  web: { kind: station }
requests:
  page: { path: [ web: exp(10ms) ] }
";

fn plan() -> Plan {
    compile(&load_text("queue.yaml", QUEUE, &[]).scenario.unwrap())
}

/// Breaks off after so many runs.
pub struct Patience {
    most: u64,
    done: AtomicU64,
}

impl Patience {
    pub fn of(most: u64) -> Patience {
        Patience { most, done: AtomicU64::new(0) }
    }
}

impl Watcher for Patience {
    fn breaks_off(&self) -> bool {
        self.done.load(Ordering::Relaxed) >= self.most
    }

    fn done(&self, runs: u64, of: u64) {
        assert!(runs <= of);
        self.done.fetch_max(runs, Ordering::Relaxed);
    }
}

pub fn mean_latency_s(results: &RunResults) -> Vec<f64> {
    let (mut sum, mut requests) = (0.0, 0);
    for bucket in &results.classes[0].buckets[results.first_counted_bucket..] {
        sum += bucket.latency_sum as f64 * 1e-9;
        requests += bucket.outcomes.iter().sum::<u64>();
    }
    vec![sum / requests as f64]
}

fn queue(length: &Length, patience: u64) -> Study {
    let watcher = Patience::of(patience);
    study(length, |numbers| replicate(&plan(), 1, numbers, &watcher, &mean_latency_s))
}

pub fn on_threads<T: Send>(threads: usize, work: impl FnOnce() -> T + Send) -> T {
    rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap().install(work)
}

#[test]
fn the_number_of_threads_makes_no_difference() {
    let length = Length::Runs(30);
    let one = on_threads(1, || queue(&length, u64::MAX));
    assert_eq!(one.figures.len(), 30);
    for threads in [2, 5] {
        assert_eq!(on_threads(threads, || queue(&length, u64::MAX)), one);
    }
}

#[test]
fn a_longer_study_begins_with_the_shorter_one() {
    let (short, long) = (queue(&Length::Runs(7), u64::MAX), queue(&Length::Runs(12), u64::MAX));
    assert_eq!(short.figures[..], long.figures[..7]);
    assert!(long.figures[0] != long.figures[1], "each run has its own chance");
}

#[test]
fn what_is_broken_off_keeps_its_first_runs() {
    let broken = on_threads(3, || queue(&Length::Runs(1_000), 10));
    assert_eq!(broken.end, StudyEnd::BrokenOff);
    let runs = broken.figures.len();
    assert!((5..20).contains(&runs), "{runs}");
    assert_eq!(broken.figures, queue(&Length::Runs(runs as u64), u64::MAX).figures);
}

#[test]
fn a_study_ends_when_its_goal_is_reached() {
    let goal = |precision, runs_most| Length::Until { goals: vec![(0, precision)], runs_most };
    let reached = queue(&goal(Precision::Relative(0.02), 10_000), u64::MAX);
    let interval = two_stage_interval(&reached.column(0));
    assert_eq!(reached.end, StudyEnd::Enough);
    assert!(reached.figures.len() > FIRST_STAGE);
    assert!(interval.half_width.unwrap() <= 0.02 * interval.estimate);
    // M/M/1: 1 / (100/s - 50/s).
    assert!((interval.estimate - 0.02).abs() < 2.0 * interval.half_width.unwrap(), "{interval:?}");

    let easy = queue(&goal(Precision::Absolute(1.0), 10_000), u64::MAX);
    assert_eq!((easy.figures.len(), easy.end), (FIRST_STAGE, StudyEnd::Enough));
    let hard = queue(&goal(Precision::Absolute(1e-9), 40), u64::MAX);
    assert_eq!((hard.figures.len(), hard.end), (40, StudyEnd::RunsMost));
    let few = queue(&goal(Precision::Absolute(1e-9), 5), u64::MAX);
    assert_eq!((few.figures.len(), few.end), (5, StudyEnd::RunsMost));
}
