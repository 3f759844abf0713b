//! Moments, quantiles and Kolmogorov-Smirnov distances of the samplers against the
//! textbook values.

use super::tests::read;
use super::*;
use crate::kernel::random::{Generator, StreamFamily};
use crate::kernel::time::to_seconds;

/// [mean, variance, p50, p95, p99]
fn check(text: &str, expected: [f64; 5]) {
    const DRAWS: usize = 1_000_000;
    let distribution = read(text);
    let variance_tolerance = if text.starts_with("lognormal") { 0.03 } else { 0.01 };
    let tolerances = [0.01, variance_tolerance, 0.01, 0.01, 0.01];
    let exact = [
        distribution.mean(),
        distribution.variance(),
        distribution.quantile(0.5),
        distribution.quantile(0.95),
        distribution.quantile(0.99),
    ];
    let mut draws = vec![0; DRAWS];
    distribution.sampler().fill(&mut StreamFamily::new(3, 0).stream("oracle", text), &mut draws);
    draws.sort_unstable();
    let mean = draws.iter().map(|&draw| to_seconds(draw)).sum::<f64>() / DRAWS as f64;
    let variance = draws.iter().map(|&draw| (to_seconds(draw) - mean).powi(2)).sum::<f64>() / DRAWS as f64;
    let at = |p: f64| to_seconds(draws[(p * DRAWS as f64) as usize]);
    let found = [mean, variance, at(0.5), at(0.95), at(0.99)];
    for index in 0..5 {
        let relative = |value: f64| (value / expected[index] - 1.0).abs();
        assert!(relative(exact[index]) < 1e-6, "{text}: {exact:?}");
        assert!(relative(found[index]) < tolerances[index], "{text}: {found:?}");
    }
    check_distances(&distribution, text);
}

/// At a level of one percent, two of 200 seeds are expected to be rejected.
fn check_distances(distribution: &Distribution, text: &str) {
    const DRAWS: usize = 100_000;
    let sampler = distribution.sampler();
    let mut draws = vec![0; DRAWS];
    let rejections = (0..200).filter(|&seed| {
        sampler.fill(&mut StreamFamily::new(seed, 0).stream("distance", text), &mut draws);
        draws.sort_unstable();
        distance(&draws, distribution) > 0.00515
    });
    let rejections = rejections.count();
    assert!(rejections <= 7, "{text}: {rejections} of 200 seeds are rejected");
}

/// The largest distance between the cdf and the share of draws up to a point. Both rise,
/// so blocks whose ends already rule out a larger distance need no look inside.
fn distance(sorted: &[u64], distribution: &Distribution) -> f64 {
    const BLOCK: usize = 64;
    let count = sorted.len() as f64;
    let cdf = |index: usize| distribution.cdf(to_seconds(sorted[index]));
    let mut largest = 0.0f64;
    let mut low = 0.0;
    for start in (0..sorted.len()).step_by(BLOCK) {
        let end = (start + BLOCK).min(sorted.len());
        let high = cdf(end - 1);
        let bound = (high - start as f64 / count).max(end as f64 / count - low);
        if bound > largest {
            for index in start..end {
                let value = cdf(index);
                largest = largest.max(value - index as f64 / count).max((index + 1) as f64 / count - value);
            }
        }
        low = high;
    }
    largest
}

#[test]
fn exponential_of_mean_2() {
    check("exp(2s)", [2.0, 4.0, 1.3862944, 5.9914645, 9.2103404]);
}

#[test]
fn standard_lognormal() {
    check("lognormal(mu 0, sigma 1)", [1.6487213, 4.6707743, 1.0, 5.1802516, 10.240474]);
}

#[test]
fn weibull_of_shape_1_5_and_scale_2() {
    check("weibull(shape 1.5, scale 2s)", [1.8054906, 1.5027611, 1.5664395, 4.1562213, 5.5359707]);
}

#[test]
fn gamma_of_shape_2_5_and_scale_0_8() {
    check("gamma(shape 2.5, scale 0.8s)", [2.0, 1.6, 1.7405841, 4.4281991, 6.034509]);
}

#[test]
fn uniform_between_1_and_3() {
    check("uniform(1s, 3s)", [2.0, 1.0 / 3.0, 2.0, 2.9, 2.98]);
}

/// The largest distance between the empirical distributions of two samples.
fn two_sample_distance(mut one: Vec<f64>, mut other: Vec<f64>) -> f64 {
    one.sort_by(f64::total_cmp);
    other.sort_by(f64::total_cmp);
    let (mut i, mut j, mut distance) = (0, 0, 0.0_f64);
    while i < one.len() && j < other.len() {
        if one[i] <= other[j] {
            i += 1
        } else {
            j += 1
        }
        distance = distance.max((i as f64 / one.len() as f64 - j as f64 / other.len() as f64).abs());
    }
    distance
}

#[test]
fn samples_agree_with_those_of_another_library() {
    use rand_distr::Distribution as _;
    const DRAWS: usize = 100_000;
    let theirs = |law: &dyn Fn(&mut Generator) -> f64| {
        let mut generator = StreamFamily::new(5, 0).stream("theirs", "draws");
        (0..DRAWS).map(|_| law(&mut generator)).collect::<Vec<f64>>()
    };
    let gamma = rand_distr::Gamma::new(2.5, 0.8).unwrap();
    let weibull = rand_distr::Weibull::new(2.0, 1.5).unwrap();
    let log_normal = rand_distr::LogNormal::new(0.0, 1.0).unwrap();
    let pareto = rand_distr::Pareto::new(0.03, 2.5).unwrap();
    let pairs: [(&str, Vec<f64>); 5] = [
        ("exp(1s)", theirs(&|generator| rand_distr::Exp1.sample(generator))),
        ("gamma(shape 2.5, scale 0.8s)", theirs(&|generator| gamma.sample(generator))),
        ("weibull(shape 1.5, scale 2s)", theirs(&|generator| weibull.sample(generator))),
        ("lognormal(mu 0, sigma 1)", theirs(&|generator| log_normal.sample(generator))),
        ("pareto(shape 2.5, scale 30ms)", theirs(&|generator| pareto.sample(generator))),
    ];
    for (spelling, theirs) in pairs {
        let law = Distribution::parse(spelling, &mut |_, _| unreachable!("no table is named")).unwrap();
        let sampler = law.sampler();
        let mut generator = StreamFamily::new(6, 0).stream("ours", "draws");
        let ours = (0..DRAWS).map(|_| sampler.draw(&mut generator)).collect();
        // At this distance one pair of equal laws in a thousand would be called different.
        let distance = two_sample_distance(ours, theirs);
        assert!(distance < 1.95 * (2.0 / DRAWS as f64).sqrt(), "{spelling}: {distance}");
    }
}
