//! Group F: a surge, timeouts and retries.

use super::judging::{Figure, Study, figure};
use super::models::{estimated_seconds, model, number, seconds, simulate};
use spof::engine::{Advance, Options, Simulation};
use spof::experiment::{in_parallel, run};
use spof::kernel::time::{NEVER, SECOND, to_seconds};
use spof::plan::compile;
use spof::results::RunResults;
use spof::results::row::RowSampling;

pub static STUDIES: [Study; 4] = [
    Study::new("F09", scaling),
    Study::new("F01", surge),
    Study::new("F05", |seed| {
        let measured = simulate("f05-retries.yaml", seed);
        let layered = simulate("f05-layered-retries.yaml", seed);
        let at_bottom = layered.node("database").visits as f64;
        vec![
            figure("attempts", number(measured.requests().attempts_mean)),
            figure("success", measured.share("ok")),
            figure("layered_attempts", at_bottom / layered.requests().ended.expect("requests") as f64),
        ]
    }),
    Study::new("F06", |seed| {
        let measured = simulate("f06-timeout-retry.yaml", seed);
        let (requests, success) = (measured.requests(), measured.share("ok"));
        let of_successes = estimated_seconds(&requests.mean_ms);
        let of_failures = seconds(requests.failed_mean_ms);
        vec![
            figure("p_success", success),
            figure("mean_latency_success", of_successes),
            figure("mean_latency_all", success * of_successes + (1.0 - success) * of_failures),
            figure("attempts", number(requests.attempts_mean)),
        ]
    }),
];

/// The step comes after the first minute.
const STEP: u64 = 60 * SECOND;

/// Nothing here is left to chance.
fn scaling(seed: u64) -> Vec<Figure> {
    let plan = compile(&model("f09-autoscaling.yaml", &[]));
    let mut simulation = Simulation::new(&plan, Options { seed, replication: 0, rows: RowSampling::All });
    let mut slowest = (0, 0);
    loop {
        let advance = simulation.advance(NEVER, 1 << 20);
        let latencies = simulation.rows().rows.iter().map(|row| (row.latency, row.start));
        slowest = latencies.fold(slowest, |slowest, row| if row.0 > slowest.0 { row } else { slowest });
        simulation.clear_rows();
        if advance == Advance::Ended {
            break;
        }
    }
    let results = simulation.finish(false);
    let pool = results.nodes[1].buckets.iter().zip(&results.bucket_edges);
    let longest = pool.clone().map(|(bucket, _)| bucket.queue_max).max().expect("a bucket");
    let empty = pool.clone().find(|(bucket, starts)| **starts > STEP + 60 * SECOND && bucket.queued == 0);
    vec![
        figure("peak_backlog", f64::from(longest)),
        figure("empty_at", empty.map_or(f64::NAN, |(_, starts)| to_seconds(starts - STEP))),
        // Of its latency a tenth of a second is service.
        figure("max_wait", to_seconds(slowest.0) - 0.1),
        figure("worst_arrival", to_seconds(slowest.1) - to_seconds(STEP)),
    ]
}

/// The surge lasts from the third minute to its end.
const SURGE_ENDS: u64 = 180 * SECOND;

/// A fluid knows no chance, so its answers are those of a mean over many runs.
fn surge(seed: u64) -> Vec<Figure> {
    const RUNS: u64 = 200;
    let plan = compile(&model("f01-step-surge.yaml", &[]));
    let runs = in_parallel((0..RUNS).collect(), |replication| one_surge(&run(&plan, seed, replication)));
    let mean = |place: usize| runs.iter().map(|run| run[place]).sum::<f64>() / RUNS as f64;
    vec![figure("peak_backlog", mean(0)), figure("drain_time", mean(1)), figure("max_wait", mean(2))]
}

/// The longest line, how long after the surge it was empty, and the longest wait.
fn one_surge(results: &RunResults) -> [f64; 3] {
    let workers = &results.nodes[1];
    let longest = workers.buckets.iter().map(|bucket| bucket.queue_max).max().expect("a bucket");
    let empty = workers
        .buckets
        .iter()
        .zip(&results.bucket_edges)
        .find(|(bucket, starts)| **starts >= SURGE_ENDS && bucket.queued == 0)
        .map_or(f64::NAN, |(_, starts)| to_seconds(starts - SURGE_ENDS));
    let wait = results.waits[1].as_ref().and_then(|waits| waits.maximum());
    [f64::from(longest), empty, wait.map_or(f64::NAN, to_seconds)]
}
