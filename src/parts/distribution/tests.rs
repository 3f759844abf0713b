use super::sampler::LONGEST_DRAW;
use super::*;
use crate::kernel::random::{Generator, StreamFamily};
use crate::kernel::time::to_seconds;
use proptest::prelude::*;

pub fn read(text: &str) -> Distribution {
    try_read(text).unwrap_or_else(|bad| panic!("{text}: {} ({})", bad.problem, bad.hint))
}

fn try_read(text: &str) -> Result<Distribution, BadDistribution> {
    Distribution::parse(text, &mut |path, column| match path {
        "times.csv" => {
            column_seconds("id,latency_ms\n1,4\n2,0.5\n3,\n4,20ms\n", column.or(Some("latency_ms")))
        }
        _ => Err(format!("there is no file {path}")),
    })
}

fn generator(seed: u64) -> Generator {
    StreamFamily::new(seed, 0).stream("tests", "distribution")
}

/// One or two of every law, with finite mean and variance; the fourth moments are
/// finite too, so that the checks of the sample variance mean something.
const ALL: [&str; 28] = [
    "250ms",
    "constant(0)",
    "uniform(1ms, 3ms)",
    "exp(6ms)",
    "exponential(mean 2s)",
    "erlang(1, 6ms)",
    "erlang(3, 6ms)",
    "erlang(1000, 1s)",
    "gamma(shape 2.5, scale 0.8s)",
    "gamma(shape 0.3, scale 1s)",
    "gamma(mean 10ms, cv 2)",
    "lognormal(median 20ms, p99 80ms)",
    "lognormal(mean 20ms, cv 0.5)",
    "lognormal(mu -3, sigma 0.8)",
    "lognormal(median 20ms, sigma 0.8)",
    "normal(20ms, 5ms)",
    "normal(1ms, 5ms)",
    "normal(0, 5ms)",
    "weibull(shape 1.5, scale 2s)",
    "weibull(shape 0.8, mean 1s)",
    "pareto(shape 5.5, scale 30ms)",
    "pareto(shape 6, mean 30ms)",
    "hyperexp(90% 1ms, 10% 50ms)",
    "hyperexp(mean 10ms, cv 3)",
    "empirical(1ms, 2ms, 3ms, 3ms)",
    "empirical(file \"times.csv\")",
    "5ms + exp(6ms) + 1ms",
    "mixture(60% exp(5ms), 30% 300ms, 10% 1ms + uniform(0, 2ms))",
];

#[test]
fn samples_have_the_mean_and_variance_that_are_promised() {
    const DRAWS: usize = 400_000;
    for (index, text) in ALL.iter().enumerate() {
        let distribution = read(text);
        let mut draws = vec![0; DRAWS];
        distribution.sampler().fill(&mut generator(index as u64), &mut draws);
        let mean = draws.iter().map(|&draw| to_seconds(draw)).sum::<f64>() / DRAWS as f64;
        let (expected, variance) = (distribution.mean(), distribution.variance());
        let error = (variance / DRAWS as f64).sqrt();
        assert!((mean - expected).abs() <= 5.0 * error + 1e-9, "{text}: {mean} instead of {expected}");
        let found = draws.iter().map(|&draw| (to_seconds(draw) - mean).powi(2)).sum::<f64>() / DRAWS as f64;
        let off = (found - variance).abs();
        assert!(off <= 0.06 * variance + 1e-15, "{text}: variance {found} instead of {variance}");
    }
}

#[test]
fn cdf_and_quantile_undo_each_other() {
    for text in ALL {
        let distribution = read(text);
        let steps = ["ms", "empirical", "constant", "mixture"].iter().any(|head| text.starts_with(head))
            || text == "250ms";
        for p in [1e-6, 0.01, 0.25, 0.5, 0.75, 0.95, 0.99, 0.999_999] {
            let x = distribution.quantile(p);
            let back = distribution.cdf(x);
            if steps {
                assert!(
                    back >= p && distribution.cdf(x * (1.0 - 1e-12) - 1e-15) <= p,
                    "{text} at {p}: {x} {back}"
                );
            } else {
                assert!((back - p).abs() <= 1e-11, "{text} at {p}: {x} {back}");
            }
        }
        let ends = [f64::NAN, -1.0, 0.0, 1.0, 2.0].map(|p| distribution.quantile(p));
        assert!(ends.iter().all(|end| *end >= 0.0), "{text}: {ends:?}");
    }
}

#[test]
fn described_distributions_parse_back() {
    for text in ALL {
        let distribution = read(text);
        let described = distribution.describe();
        assert_eq!(read(&described), distribution, "{text}: {described}");
    }
    assert_eq!(read("1ms + exp(mean 6ms) + 4ms").describe(), "5ms + exp(6ms)");
    assert_eq!(read("shifted(5ms, exp(6ms))"), read("5ms + exp(6ms)"));
    assert_eq!(read("lognormal(median 20ms, sigma 0.8)").describe(), "lognormal(median 20ms, sigma 0.8)");
    assert_eq!(read("hyperexp(90% 1ms, 10% 50ms)").describe(), "hyperexp(90% 1ms, 10% 50ms)");
    assert_eq!(read("empirical(file \"times.csv\")").describe(), "empirical(500us, 4ms, 20ms)");
}

#[test]
fn closed_forms() {
    let close = |a: f64, b: f64| assert!((a - b).abs() <= 1e-12 * b.abs(), "{a} {b}");
    close(read("lognormal(median 20ms, p99 80ms)").quantile(0.99), 0.08);
    close(read("lognormal(median 20ms, p99 80ms)").quantile(0.5), 0.02);
    close(read("lognormal(mean 20ms, cv 1.5)").mean(), 0.02);
    close(read("lognormal(mean 20ms, cv 1.5)").variance(), 0.03 * 0.03);
    close(read("gamma(mean 10ms, cv 2)").variance(), 0.02 * 0.02);
    close(read("hyperexp(mean 10ms, cv 3)").mean(), 0.01);
    close(read("hyperexp(mean 10ms, cv 3)").variance(), 9e-4 * 1.0);
    close(read("weibull(shape 2, mean 1s)").mean(), 1.0);
    close(read("pareto(shape 3, mean 30ms)").mean(), 0.03);
    close(read("pareto(shape 2.5, scale 30ms)").mean(), 0.05);
    close(read("erlang(4, 1s)").variance(), 0.25);
    // A half-normal law.
    close(read("normal(0, 1s)").mean(), (2.0 / std::f64::consts::PI).sqrt());
    close(read("normal(0, 1s)").variance(), 1.0 - 2.0 / std::f64::consts::PI);
    assert_eq!(read("pareto(shape 1, scale 1s)").mean(), f64::INFINITY);
    assert_eq!(read("pareto(shape 2, scale 1s)").variance(), f64::INFINITY);
    assert_eq!(read("mixture(50% pareto(shape 1, scale 1s), 50% 1s)").variance(), f64::INFINITY);
    assert_eq!(read("empirical(3ms, 1ms, 2ms)").quantile(0.5), 0.002);
}

#[test]
fn draws_never_exceed_the_clock() {
    let mut draws = [0; 1000];
    read("pareto(shape 0.05, scale 1d)").sampler().fill(&mut generator(1), &mut draws);
    assert!(draws.iter().all(|&draw| draw <= LONGEST_DRAW) && draws.contains(&LONGEST_DRAW));
}

#[test]
fn a_block_of_draws_is_the_same_as_single_draws() {
    for text in ALL {
        let sampler = read(text).sampler();
        let mut draws = [0; 100];
        sampler.fill(&mut generator(5), &mut draws);
        let mut single = generator(5);
        for draw in draws {
            assert!((to_seconds(draw) - sampler.draw(&mut single)).abs() <= 0.51e-9, "{text}");
        }
    }
}

#[test]
fn draws_stay_the_same_for_years() {
    let mut sum = 0u64;
    for text in ALL {
        let mut draws = [0; 2000];
        read(text).sampler().fill(&mut generator(7), &mut draws);
        sum = draws.iter().fold(sum, |sum, &draw| crate::kernel::random::mix(sum ^ draw));
    }
    assert_eq!(sum, GOLDEN);
}

const GOLDEN: u64 = 16_438_720_538_527_129_281;

#[test]
fn mistakes_are_shown_where_they_are() {
    for (text, blamed, hint) in [
        ("expo(6ms)", "expo", "did you mean exp?"),
        ("lognorm(mu 1, sigma 1)", "lognorm", "did you mean lognormal?"),
        ("exp(6)", "6", "write 6ms or 6s"),
        ("exp(0)", "0", "write one above zero, such as 1ms"),
        ("250", "250", "write 250ms or 250s"),
        ("gamma(shape -1, scale 1s)", "-1", "stay between 0.001 and 1000000"),
        (
            "lognormal(20ms, 1)",
            "20ms",
            "lognormal takes median and p99, or mean and cv, or mu and sigma, or median and sigma",
        ),
        (
            "lognormal(median 20ms, p98 1s)",
            "p98",
            "lognormal takes median and p99, or mean and cv, or mu and sigma, or median and sigma",
        ),
        ("mixture(90% exp(5ms), 20% 1s)", "mixture(90% exp(5ms), 20% 1s)", "make them add up to 100%"),
        ("mixture(exp(5ms))", "exp(5ms)", "write it like 90% 1ms"),
        ("exp(5ms", "", "write it like exp(6ms)"),
        ("exp(5ms) exp(6ms)", "exp", "write one duration, or a sum with +"),
        ("exp(1ms) + exp(2ms)", "exp(2ms)", "write two steps, or erlang(n, mean) for a sum of exponentials"),
        ("uniform(3ms, 1ms)", "uniform(3ms, 1ms)", "write the lower bound first"),
        ("hyperexp(mean 1ms, cv 0.5)", "0.5", "write exp(mean) for a cv of 1, gamma(mean …, cv …) for less"),
        ("", "", "write it like 250ms or exp(6ms)"),
        ("empirical()", "empirical()", "write empirical(1ms, 2ms, 3ms)"),
        (
            "empirical(file \"a.csv\")",
            "empirical(file \"a.csv\")",
            "write empirical(file \"times.csv\", column \"latency_ms\")",
        ),
        ("exp(\"6ms\")", "\"6ms\"", "write a duration such as 250ms"),
    ] {
        let bad = try_read(text).unwrap_err();
        let range = bad.offset_bytes..bad.offset_bytes + bad.length_bytes;
        assert_eq!((&text[range], bad.hint.as_str()), (blamed, hint), "{text}: {}", bad.problem);
    }
}

#[test]
fn columns_say_their_unit() {
    assert_eq!(column_seconds("ms\n5\n6", None), Ok(vec![0.005, 0.006]));
    assert_eq!(column_seconds("a,took (us)\n5,7", Some("took (us)")), Ok(vec![7e-6]));
    assert_eq!(column_seconds("took\n5ms\n1s", None), Ok(vec![0.005, 1.0]));
    assert!(column_seconds("took\n5", None).unwrap_err().starts_with("line 2: \"5\" has no unit"));
    assert!(column_seconds("ms\n-5", None).is_err());
    assert!(column_seconds("a,b\n1,2", Some("c")).unwrap_err().contains("there are a, b"));
    assert_eq!(column_seconds("", None), Ok(vec![]));
}

#[test]
fn hostile_texts_are_refused_at_once() {
    for unit in ["exp(", "mixture(50% ", "1ms +", "(", "a ", "90% ", "\"", "shifted(1ms,"] {
        assert!(try_read(&unit.repeat(1_000_000)).is_err(), "{unit}");
    }
    assert!(try_read(&"x".repeat(10_000_000)).is_err());
    assert!(try_read(&format!("empirical({})", "1ms,".repeat(1_000_000))).is_ok());
}

proptest! {
    #[test]
    fn no_text_makes_the_reader_panic(text in "\\PC*") {
        let _ = try_read(&text);
    }

    #[test]
    fn near_distributions_neither_panic_nor_misbehave(
        text in "(exp|erlang|gamma|lognormal|normal|weibull|pareto|hyperexp|mixture|empirical|5ms \\+ exp)\\(((shape|scale|mean|cv|median|mu|90%|10%)? ?-?[0-9.e]{1,5}(ms|s|us|d|)(, )?){1,3}\\)"
    ) {
        if let Ok(distribution) = try_read(&text) {
            prop_assert_eq!(&read(&distribution.describe()), &distribution);
            prop_assert!(distribution.mean() >= 0.0);
            let median = distribution.quantile(0.5);
            prop_assert!(median >= 0.0, "{} {}", text, median);
            let mut draws = [0; 16];
            distribution.sampler().fill(&mut generator(1), &mut draws);
            prop_assert!(draws.iter().all(|&draw| draw <= LONGEST_DRAW));
        }
    }

    #[test]
    fn any_shift_of_any_mixture_parses_back(mean in 1e-6..1e3f64, by in 0.0..10.0f64, share in 0.001..0.999f64) {
        let parts = vec![(share, Distribution::Exponential { mean }), (1.0 - share, Distribution::Constant(by))];
        let distribution = Distribution::Shifted { by: by + 1e-9, of: Box::new(Distribution::Mixture(parts)) };
        prop_assert_eq!(read(&distribution.describe()), distribution);
    }
}
