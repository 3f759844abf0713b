//! Case G01: 95 % intervals hold the truth in 95 of 100 runs.

use super::judging::{Figure, Study, figure};
use super::models::{model, summary_of};
use spof::analysis::study::Measures;
use spof::analysis::summary::Estimate;
use spof::experiment::study::{Length, replicate, study};
use spof::experiment::tasks::Unwatched;
use spof::experiment::{in_parallel, run};
use spof::plan::compile;

pub static STUDIES: [Study; 2] = [
    Study::new("G01", coverage),
    // The same of the intervals over several runs.
    Study { left_out: &["mean_of_estimates"], ..Study::new("G01", coverage_of_studies) },
];

const RUNS: u64 = 400;
const TRUTH_MS: f64 = 1_000.0;

fn coverage(seed: u64) -> Vec<Figure> {
    let scenario = model("g01-coverage.yaml", &[]);
    let plan = compile(&scenario);
    let estimates: Vec<Estimate> = in_parallel((0..RUNS).collect(), |replication| {
        let results = run(&plan, seed, replication);
        summary_of(&scenario, seed, &results).nodes[1].wait_mean_ms.clone()
    });
    let ends = |estimate: &Estimate| {
        let (value, half_width) = (estimate.value?, estimate.half_width?);
        Some((value - half_width, value + half_width))
    };
    let told = estimates.iter().filter_map(ends).count();
    let above = estimates.iter().filter_map(ends).filter(|(low, _)| *low > TRUTH_MS).count();
    let below = estimates.iter().filter_map(ends).filter(|(_, high)| *high < TRUTH_MS).count();
    let coverage = (told - above - below) as f64 / told as f64;
    let mean_ms = estimates.iter().filter_map(|estimate| estimate.value).sum::<f64>() / RUNS as f64;
    println!("G01: of {told} intervals {above} lie above the truth and {below} below it");
    assert!(told as f64 >= 0.99 * RUNS as f64, "{told} of {RUNS} runs tell an interval");
    assert!((0.92..=0.98).contains(&coverage), "{coverage}");
    // Batch means of a queue miss the truth more often from below, but not much more often.
    let (more, less) = (above.max(below), above.min(below));
    assert!(more < 4 * less, "{above} above, {below} below");
    vec![figure("coverage", coverage), figure("mean_of_estimates", mean_ms / TRUTH_MS)]
}

/// Student's intervals over ten runs each, for the mean latency, which is 2 s.
fn coverage_of_studies(seed: u64) -> Vec<Figure> {
    const LATENCY_MS: f64 = 2_000.0;
    let scenario = model("g01-coverage.yaml", &[("run.requests", "4000")]);
    let plan = compile(&scenario);
    let measures = Measures::of(&scenario, &[]);
    let covers = in_parallel((0..RUNS).collect(), |number| {
        let seed = seed * RUNS + number;
        let study = study(&Length::Runs(10), |numbers| {
            replicate(&plan, seed, numbers, &Unwatched, &|results| measures.figures(results))
        });
        let summary = measures.summarise(seed, &study.figures, "");
        let mean = summary.figures.iter().find(|figure| figure.name == "mean").expect("it is measured");
        let (value, half_width) = (mean.estimate.value.unwrap(), mean.estimate.half_width.unwrap());
        (value - LATENCY_MS).abs() <= half_width
    });
    let coverage = covers.iter().filter(|covers| **covers).count() as f64 / RUNS as f64;
    assert!((0.93..=0.97).contains(&coverage), "{coverage}");
    vec![figure("coverage", coverage)]
}
