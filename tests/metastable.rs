//! The storm of retries over all loads: what begins it is over after half a minute. Below
//! a load the site is well soon after, above it the site stays down for good, although the
//! load is the same before and after.

use spof::experiment::{in_parallel, run};
use spof::kernel::time::{MINUTE, SECOND};
use spof::plan::compile;
use spof::results::RunResults;
use spof::scenario::load::load;
use std::path::Path;

/// The share of requests answered with success that end in a stretch of time.
fn good(results: &RunResults, from: u64, to: u64) -> f64 {
    let (mut ok, mut ended) = (0, 0);
    for class in &results.classes {
        for (bucket, edges) in class.buckets.iter().zip(results.bucket_edges.windows(2)) {
            if edges[0] >= from && edges[1] <= to {
                ok += bucket.outcomes[0];
                ended += bucket.outcomes.iter().sum::<u64>();
            }
        }
    }
    ok as f64 / ended as f64
}

/// Before the database is slow, and in the last two minutes.
fn before_and_after(arrivals: u32, settings: &[(&str, &str)]) -> (f64, f64) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/retry-storm.yaml");
    let mut changed = vec![("nodes.visitors.arrivals".to_owned(), format!("{arrivals}/s"))];
    changed.extend(settings.iter().map(|&(path, value)| (path.to_owned(), value.to_owned())));
    let loaded = load(&path, &changed).expect("the scenario is there");
    let shown = loaded.render(false);
    let scenario = loaded.scenario.unwrap_or_else(|| panic!("{shown}"));
    let results = run(&compile(&scenario), 1, 0);
    (good(&results, MINUTE, 5 * MINUTE), good(&results, 8 * MINUTE + SECOND, 10 * MINUTE))
}

fn sweep(loads: &[u32], settings: &[(&str, &str)]) -> Vec<(f64, f64)> {
    in_parallel(loads.to_vec(), |load| before_and_after(load, settings))
}

#[test]
fn the_storm_ends_below_a_load_and_never_above_it() {
    // Four cores do 35 ms of work for each try, and each visitor sends five: 23 a second
    // are as many as they can do.
    let loads = [10, 15, 20, 30, 40, 50, 60];
    for (load, (before, after)) in loads.iter().zip(sweep(&loads, &[])) {
        println!("{load}/s: {before:.4} before, {after:.4} after");
        assert!(before > 0.999, "{load}/s: {before}");
        if *load <= 20 {
            assert!(after > 0.999, "{load}/s: {after}");
        } else {
            assert!(after < 0.6, "{load}/s: {after}");
        }
    }
}

#[test]
fn a_retry_budget_or_a_short_line_ends_it_at_every_load() {
    let budget = [("nodes.visitors.retry_budget", "10%")];
    let short_line = [("nodes.gunicorn.queue_limit", "20")];
    for settings in [budget, short_line] {
        for (before, after) in sweep(&[20, 40, 60], &settings) {
            assert!(before > 0.999 && after > 0.999, "{settings:?}: {before} {after}");
        }
    }
}
