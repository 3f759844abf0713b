//! An honest simulator passes with any seed, and one that is wrong by a little does not.

use super::*;
use crate::experiment::tasks::Unwatched;

fn verified(models: &[Model], seed: u64) -> Verification {
    verify(models, Effort::QUICK, seed, &Unwatched).expect("nobody breaks it off")
}

/// The names of the figures that do not hold.
fn wrong(models: &[Model]) -> Vec<&'static str> {
    let verification = verified(models, 1);
    verification.figures().filter(|figure| !figure.holds).map(|figure| figure.name).collect()
}

fn only(name: &str) -> Vec<Model> {
    models().into_iter().filter(|model| model.name == name).collect()
}

#[test]
fn an_honest_simulator_passes() {
    let verification = verified(&models(), 1);
    assert!(verification.holds(), "{verification:#?}");
    assert!(verification.figures().count() > 30);
    assert!(verification.figures().all(|figure| figure.half_width.is_some()));
}

#[test]
fn a_simulator_that_is_wrong_by_a_little_fails() {
    for (name, right, wrong_setting, figures) in [
        (
            "M/M/1",
            "exp(1s)",
            "exp(1.05s)",
            &["time in it", "through within 4 s", "server in use", "inside"][..],
        ),
        ("M/M/4 (Erlang C)", "servers: 4", "servers: 5", &["have to wait", "wait"]),
        ("M/M/10/10 (Erlang B)", "queue: 0", "queue: 1", &["turned away"]),
        ("M/D/1 (Pollaczek-Khinchine)", "\"1s\"", "\"exp(1s)\"", &["wait"]),
        ("M/H2/1, processor sharing", ", discipline: ps", "", &["time in it"]),
        ("a closed network (MVA)", "population: 12", "population: 13", &["response", "at disk A"]),
        (
            "two of three, one crew for all",
            "us: 1",
            "us: 2",
            &["all three up", "two of three up", "all three down"],
        ),
    ] {
        let mut models = only(name);
        assert!(models[0].scenario.contains(right), "{name}");
        assert_eq!(wrong(&models), [""; 0], "{name}");
        models[0].scenario = models[0].scenario.replace(right, wrong_setting);
        let found = wrong(&models);
        assert!(figures.iter().all(|figure| found.contains(figure)), "{name}: {found:?}");
    }
}

#[test]
fn an_answer_that_is_wrong_by_a_little_fails() {
    let mut models = only("M/D/1 (Pollaczek-Khinchine)");
    models[0].answers[0].expected *= 1.1;
    assert_eq!(wrong(&models), ["wait"]);
}

#[test]
fn what_was_not_observed_fails() {
    let mut models = only("M/M/1");
    models[0].answers = vec![answer("wait", TIME, 1.0, |run| run.wait_s("nowhere"))];
    assert_eq!(wrong(&models), ["wait"]);
}

/// Were the answers or the way of measuring a little off, too many would lie outside of intervals
/// that are to hold 95 of 100.
#[test]
fn figures_lie_about_the_answers_as_chance_has_it() {
    const SEEDS: u64 = 5;
    let models = models();
    let (mut outside, mut all) = (0_u32, 0_u32);
    for seed in 100..100 + SEEDS {
        let verification = verified(&models, seed);
        assert!(verification.holds(), "{verification:#?}");
        let scale = crate::stats::student::two_sided_t(15, 0.95)
            / crate::stats::student::two_sided_t(15, verification.level);
        for figure in verification.figures() {
            all += 1;
            let half_width = figure.half_width.unwrap_or(0.0) * scale;
            outside += u32::from((figure.simulated - figure.expected).abs() > half_width);
        }
    }
    let share = f64::from(outside) / f64::from(all);
    assert!((0.01..0.10).contains(&share), "{outside} of {all}");
}
