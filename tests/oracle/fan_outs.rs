//! Case B11: requests that wait for the slowest of many.

use super::judging::{Figure, Study, figure};
use super::models::{number, simulate};
use spof::experiment::in_parallel;

pub static STUDIES: [Study; 1] = [Study::new("B11", tail_at_scale)];

fn tail_at_scale(seed: u64) -> Vec<Figure> {
    // The longest run comes first, so that the others run beside it.
    let runs: Vec<fn(u64) -> Vec<Figure>> = vec![one_slow_leaf_of_2000, one_slow_leaf_of_100, slowest_of_100];
    in_parallel(runs, |run| run(seed)).into_iter().flatten().collect()
}

/// What takes longer than the objective of one second is not good.
fn slow_share(file: &str, seed: u64) -> f64 {
    1.0 - number(simulate(file, seed).requests().good_share.value)
}

fn one_slow_leaf_of_100(seed: u64) -> Vec<Figure> {
    vec![figure("p_slow_100", slow_share("b11-one-slow-leaf-of-100.yaml", seed))]
}

fn one_slow_leaf_of_2000(seed: u64) -> Vec<Figure> {
    vec![figure("p_slow_2000", slow_share("b11-one-slow-leaf-of-2000.yaml", seed))]
}

fn slowest_of_100(seed: u64) -> Vec<Figure> {
    let measured = simulate("b11-slowest-of-100.yaml", seed);
    let requests = measured.requests();
    vec![
        figure("mean_max", number(requests.mean_ms.value)),
        figure("p50_max", number(requests.p50_ms.value)),
        figure("p99_max", number(requests.p99_ms.value)),
    ]
}
