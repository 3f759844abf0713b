use super::tests::until;
use super::*;
use crate::kernel::time::{HOUR, MINUTE, NEVER, SECOND, Time, to_seconds};

fn course(ramp: Time, hold: Time, fall: Time) -> Course {
    Course { ramp, hold: Some(hold), ending: Ending::Fall(fall) }
}

fn surged(base: Arrivals, surges: Vec<Surge>) -> Surged {
    Surged { base, surges, beyond: None }
}

/// The expected arrivals in each interval equal `rate` summed up, and what comes is as
/// many, give or take five deviations of so many runs.
fn check(surged: &Surged, rate: impl Fn(f64) -> f64, width: Time, intervals: u64) {
    const RUNS: u64 = 20;
    let arrivals = Arrivals::Surged(Box::new(surged.clone()));
    let runs: Vec<Vec<Time>> = (0..RUNS).map(|seed| until(&arrivals, seed, width * intervals)).collect();
    for index in 0..intervals {
        let (from, to) = (index * width, (index + 1) * width);
        const STEPS: u32 = 20_000;
        let step = to_seconds(width) / f64::from(STEPS);
        let at = |number: u32| to_seconds(from) + (f64::from(number) + 0.5) * step;
        let summed: f64 = (0..STEPS).map(|number| rate(at(number)) * step).sum();
        let expected = surged.expected(from, to);
        assert!((summed - expected).abs() < 1e-4 * summed + 1e-6, "{index}: {summed} {expected}");
        let found = runs.iter().flatten().filter(|instant| (from..to).contains(instant)).count() as f64;
        let wanted = expected * RUNS as f64;
        assert!((found - wanted).abs() <= 5.0 * wanted.sqrt() + 1.0, "{index}: {found} {wanted}");
    }
}

/// 1 at the top of a surge, 0 without it.
fn envelope(seconds: f64, at: f64, ramp: f64, hold: f64, fall: f64) -> f64 {
    let since = seconds - at;
    if since < 0.0 {
        0.0
    } else if since < ramp {
        since / ramp
    } else if since < ramp + hold {
        1.0
    } else {
        (1.0 - (since - ramp - hold) / fall).max(0.0)
    }
}

#[test]
fn a_surge_ramps_holds_and_falls() {
    let surge = Surge::new(100 * SECOND, Level::Factor(4.0), course(50 * SECOND, MINUTE, 20 * SECOND));
    assert_eq!(surge.length(), 130 * SECOND);
    let rate = |seconds| 30.0 * (1.0 + 3.0 * envelope(seconds, 100.0, 50.0, 60.0, 20.0));
    check(&surged(Arrivals::Poisson { rate: 30.0 }, vec![surge]), rate, 10 * SECOND, 40);
}

#[test]
fn an_absolute_rate_takes_the_place_of_what_was_there() {
    let surge = Surge::new(100 * SECOND, Level::Rate(200.0), course(50 * SECOND, MINUTE, 20 * SECOND));
    let share = |seconds| envelope(seconds, 100.0, 50.0, 60.0, 20.0);
    let rate = |seconds| 30.0 * (1.0 - share(seconds)) + 200.0 * share(seconds);
    check(&surged(Arrivals::Poisson { rate: 30.0 }, vec![surge.clone()]), rate, 10 * SECOND, 40);
    // Out of nothing as well.
    let rate = |seconds| 200.0 * share(seconds);
    check(&surged(Arrivals::Poisson { rate: 0.0 }, vec![surge]), rate, 10 * SECOND, 40);
}

#[test]
fn a_flash_crowd_goes_away_by_halves() {
    let half_life = 30 * SECOND;
    let crowd = Course { ramp: 10 * SECOND, hold: Some(0), ending: Ending::Decay { half_life } };
    let surge = Surge::new(40 * SECOND, Level::Factor(10.0), crowd);
    let excess = |seconds: f64| match seconds - 40.0 {
        since if since < 0.0 => 0.0,
        since if since < 10.0 => since / 10.0,
        since => libm::exp2(-(since - 10.0) / 30.0),
    };
    let rate = |seconds| 20.0 * (1.0 + 9.0 * excess(seconds));
    check(&surged(Arrivals::Poisson { rate: 20.0 }, vec![surge]), rate, 10 * SECOND, 40);
}

#[test]
fn surges_multiply_where_they_meet() {
    let first = Surge::new(60 * SECOND, Level::Factor(3.0), course(100 * SECOND, 0, 100 * SECOND));
    let crowd = Course { ramp: 0, hold: Some(0), ending: Ending::Decay { half_life: MINUTE } };
    let second = Surge::new(120 * SECOND, Level::Factor(2.0), crowd);
    let table = RateTable::new(&[(0.0, 10.0), (200.0, 50.0), (300.0, 20.0)], Between::Line, None).unwrap();
    let profile = RateProfile::Table(table);
    let rate = |seconds: f64| {
        let decayed = if seconds < 120.0 { 0.0 } else { libm::exp2(-(seconds - 120.0) / 60.0) };
        profile.rate_at(seconds) * (1.0 + 2.0 * envelope(seconds, 60.0, 100.0, 0.0, 100.0)) * (1.0 + decayed)
    };
    check(&surged(Arrivals::Rate(profile.clone()), vec![first, second]), rate, 10 * SECOND, 40);
}

#[test]
fn a_wave_and_a_busy_source_surge_as_well() {
    let surge = Surge::new(100 * SECOND, Level::Factor(3.0), course(50 * SECOND, MINUTE, 0));
    let raised = |seconds| 1.0 + 2.0 * envelope(seconds, 100.0, 50.0, 60.0, 1e-9);
    let wave = RateProfile::sinusoid(40.0, 0.8, 90.0, 10.0).unwrap();
    let rate = |seconds: f64| wave.rate_at(seconds) * raised(seconds);
    check(&surged(Arrivals::Rate(wave.clone()), vec![surge.clone()]), rate, 10 * SECOND, 30);
    // Phases of 20 ms, so that each interval holds many.
    let phase = Distribution::Exponential { mean: 0.02 };
    let on_off = Arrivals::OnOff { on: phase.clone(), off: phase, rate_on: 300.0, rate_off: 0.0 };
    let surged = Arrivals::Surged(Box::new(surged(on_off, vec![surge])));
    let found = (0..20).map(|seed| until(&surged, seed, 300 * SECOND)).collect::<Vec<_>>();
    let within = |from: Time, to: Time| {
        let count = found.iter().flatten().filter(|instant| (from..to).contains(instant)).count();
        count as f64 / (20.0 * to_seconds(to - from))
    };
    assert!((within(0, 100 * SECOND) - 150.0).abs() < 5.0);
    assert!((within(150 * SECOND, 210 * SECOND) - 450.0).abs() < 12.0);
}

#[test]
fn a_profile_is_followed_from_point_to_point() {
    let points = [(0, Level::Factor(1.0)), (MINUTE, Level::Factor(3.0)), (3 * MINUTE, Level::Factor(0.5))];
    let surge = Surge::along(MINUTE, &points);
    let rate = |seconds: f64| {
        40.0 * match seconds {
            seconds if seconds < 60.0 => 1.0,
            seconds if seconds < 120.0 => 1.0 + 2.0 * (seconds - 60.0) / 60.0,
            seconds if seconds < 240.0 => 3.0 - 2.5 * (seconds - 120.0) / 120.0,
            _ => 1.0,
        }
    };
    check(&surged(Arrivals::Poisson { rate: 40.0 }, vec![surge]), rate, 10 * SECOND, 30);
}

#[test]
fn a_surge_comes_again() {
    let daily = Surge::new(10 * SECOND, Level::Factor(5.0), course(0, 20 * SECOND, 0)).repeated(100 * SECOND);
    let rate = |seconds: f64| {
        let within = (seconds - 10.0).rem_euclid(100.0);
        if seconds >= 10.0 && within < 20.0 { 150.0 } else { 30.0 }
    };
    check(&surged(Arrivals::Poisson { rate: 30.0 }, vec![daily]), rate, 10 * SECOND, 40);
}

#[test]
fn what_a_surge_adds_can_come_from_a_source_of_its_own() {
    let all = Surge::new(50 * SECOND, Level::Factor(2.0), course(0, 200 * SECOND, 0));
    let one = Surge::new(100 * SECOND, Level::Factor(4.0), course(50 * SECOND, MINUTE, 0));
    let added = Surged { base: Arrivals::Poisson { rate: 20.0 }, surges: vec![all, one], beyond: Some(1) };
    let rate = |seconds: f64| {
        let usual = if (50.0..250.0).contains(&seconds) { 40.0 } else { 20.0 };
        usual * 3.0 * envelope(seconds, 100.0, 50.0, 60.0, 1e-9)
    };
    check(&added, rate, 10 * SECOND, 30);
}

#[test]
fn what_brings_a_wave_up_to_a_rate_comes_and_goes_with_it() {
    let wave = RateProfile::sinusoid(20.0, 0.8, 90.0, 10.0).unwrap();
    let up_to = Surge::new(100 * SECOND, Level::Rate(40.0), course(0, 100 * SECOND, 0));
    let base = Arrivals::Rate(wave.clone());
    let added = Surged { base, surges: vec![up_to], beyond: Some(0) };
    assert_eq!(added.problem(), None);
    let rate = |seconds: f64| match (100.0..200.0).contains(&seconds) {
        true => (40.0 - wave.rate_at(seconds)).max(0.0),
        false => 0.0,
    };
    check(&added, rate, 10 * SECOND, 30);
}

#[test]
fn the_draws_serve_with_and_without_a_surge() {
    let surge = Surge::new(HOUR, Level::Factor(3.0), course(MINUTE, NEVER, 0));
    let law = |text: &str| Distribution::parse(text, &mut |_, _| Err("no files".into())).unwrap();
    let wave = RateProfile::sinusoid(40.0, 0.8, 90.0, 10.0).unwrap();
    for base in [
        Arrivals::Poisson { rate: 20.0 },
        Arrivals::Every { period_seconds: 1.0 / 30.0 },
        Arrivals::Renewal(law("gamma(mean 50ms, shape 2)")),
        Arrivals::Rate(wave),
        Arrivals::OnOff { on: law("exp(1s)"), off: law("exp(1s)"), rate_on: 40.0, rate_off: 0.0 },
    ] {
        let with = Arrivals::Surged(Box::new(surged(base.clone(), vec![surge.clone()])));
        assert_eq!(until(&base, 3, HOUR), until(&with, 3, HOUR), "{base:?}");
    }
}

#[test]
fn what_has_no_rate_cannot_surge_and_silence_ends() {
    let surge = || vec![Surge::new(0, Level::Factor(2.0), course(0, NEVER, 0))];
    let closed = Arrivals::Closed { population: 3, think: Distribution::Constant(1.0) };
    assert!(surged(closed, surge()).problem().is_some());
    let silent = Arrivals::Surged(Box::new(surged(Arrivals::Poisson { rate: 0.0 }, surge())));
    assert!(until(&silent, 1, NEVER).is_empty());
    let stopped = Surge::new(MINUTE, Level::Factor(0.0), course(0, NEVER, 0));
    let ends = Arrivals::Surged(Box::new(surged(Arrivals::Poisson { rate: 10.0 }, vec![stopped])));
    let all = until(&ends, 1, NEVER);
    assert!(all.len() > 400 && *all.last().unwrap() <= MINUTE);
}
