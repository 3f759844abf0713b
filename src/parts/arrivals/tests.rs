use super::*;
use crate::kernel::random::{Generator, StreamFamily};
use crate::kernel::time::{DAY, HOUR, MILLISECOND, SECOND, Time};
use proptest::prelude::*;

fn generator(seed: u64) -> Generator {
    StreamFamily::new(seed, 0).stream("visitors", "arrivals")
}

fn law(text: &str) -> Distribution {
    Distribution::parse(text, &mut |_, _| Err("no files".into())).unwrap()
}

/// All instants before the horizon, taken in blocks of an odd size.
pub(super) fn until(arrivals: &Arrivals, seed: u64, horizon: Time) -> Vec<Time> {
    let (mut process, mut generator) = (arrivals.process(), generator(seed));
    let (mut all, mut block) = (Vec::new(), [0; 97]);
    loop {
        let count = process.fill(&mut generator, &mut block);
        all.extend_from_slice(&block[..count]);
        if count < block.len() || block[count - 1] >= horizon {
            assert!(all.is_sorted());
            all.retain(|&instant| instant < horizon);
            return all;
        }
    }
}

fn counts(instants: &[Time], width: Time, intervals: usize) -> Vec<f64> {
    let mut counts = vec![0.0; intervals];
    for &instant in instants {
        if let Some(count) = counts.get_mut((instant / width) as usize) {
            *count += 1.0;
        }
    }
    counts
}

/// The number in each interval may be five deviations off the integral of the rate.
fn check_profile(profile: RateProfile, width: Time, intervals: usize) {
    let horizon = width * intervals as u64;
    let arrivals = Arrivals::Rate(profile.clone());
    let found = counts(&until(&arrivals, 3, horizon), width, intervals);
    let width_seconds = width as f64 * 1e-9;
    for (index, found) in found.iter().enumerate() {
        let from = index as f64 * width_seconds;
        let expected = profile.mean_rate(from, from + width_seconds) * width_seconds;
        let steps = 2000;
        let at = |step: usize| profile.rate_at(from + (step as f64 + 0.5) / steps as f64 * width_seconds);
        let summed = (0..steps).map(at).sum::<f64>() * width_seconds / steps as f64;
        assert!((summed - expected).abs() <= 1e-3 * expected + 1e-6, "{profile:?}: {summed} {expected}");
        assert!((found - expected).abs() <= 5.0 * expected.sqrt(), "{profile:?} {index}: {found} {expected}");
    }
}

#[test]
fn poisson_counts_scatter_like_their_mean() {
    let arrivals = Arrivals::Poisson { rate: 50.0 };
    let counts = counts(&until(&arrivals, 1, 10_000 * SECOND), SECOND, 10_000);
    let mean = counts.iter().sum::<f64>() / 1e4;
    let variance = counts.iter().map(|count| (count - mean) * (count - mean)).sum::<f64>() / 1e4;
    assert!((mean - 50.0).abs() < 0.4, "{mean}");
    assert!((variance / mean - 1.0).abs() < 0.07, "{}", variance / mean);
    assert_eq!(arrivals.mean_rate(10.0), Some(50.0));
}

#[test]
fn profiles_bring_what_their_rate_says() {
    let ramp =
        |repeat| RateTable::new(&[(0.0, 0.0), (50.0, 100.0), (80.0, 20.0)], Between::Line, repeat).unwrap();
    check_profile(RateProfile::Table(ramp(None)), 10 * SECOND, 20);
    check_profile(RateProfile::Table(ramp(Some(90.0))), 10 * SECOND, 30);
    let steps = RateTable::new(&[(10.0, 5.0), (20.0, 0.0), (35.0, 50.0)], Between::Hold, Some(60.0)).unwrap();
    check_profile(RateProfile::Table(steps), 5 * SECOND, 50);
    check_profile(RateProfile::daily(&std::array::from_fn(|hour| hour as f64 / 10.0)).unwrap(), HOUR, 50);
    check_profile(
        RateProfile::weekly(&std::array::from_fn(|hour| (hour % 30) as f64 / 20.0)).unwrap(),
        6 * HOUR,
        60,
    );
    check_profile(RateProfile::daily_points(&[(21_600.0, 0.1), (64_800.0, 1.0)]).unwrap(), 2 * HOUR, 30);
    check_profile(RateProfile::sinusoid(20.0, 0.8, 100.0, 25.0).unwrap(), 10 * SECOND, 30);
    check_profile(RateProfile::sinusoid(20.0, 1.0, 100.0, -10.0).unwrap(), 10 * SECOND, 30);
}

#[test]
fn points_of_the_day_meet_across_midnight() {
    let profile = RateProfile::daily_points(&[(21_600.0, 0.0), (64_800.0, 1.0)]).unwrap();
    assert!((profile.rate_at(0.0) - 0.5).abs() < 1e-12);
    assert!((profile.rate_at(86_399.999_999) - 0.5).abs() < 1e-6);
    assert!((profile.mean_rate(0.0, 86_400.0) - 0.5).abs() < 1e-12);
}

#[test]
fn rates_that_are_or_become_zero_end() {
    let table = |points: &[(f64, f64)], repeat| {
        Arrivals::Rate(RateProfile::Table(RateTable::new(points, Between::Hold, repeat).unwrap()))
    };
    for arrivals in [
        Arrivals::Poisson { rate: 0.0 },
        Arrivals::Poisson { rate: f64::NAN },
        Arrivals::Every { period_seconds: 0.0 },
        Arrivals::Renewal(law("0")),
        Arrivals::OnOff { on: law("1s"), off: law("1s"), rate_on: 0.0, rate_off: 0.0 },
        Arrivals::OnOff { on: law("0"), off: law("0"), rate_on: 1.0, rate_off: 0.0 },
        Arrivals::Rate(RateProfile::sinusoid(0.0, 0.5, 10.0, 0.0).unwrap()),
        table(&[(0.0, 0.0)], None),
        table(&[(0.0, 0.0), (5.0, 0.0)], Some(10.0)),
        Arrivals::Replay(Arc::new(Recording::default())),
        Arrivals::Closed { population: 5, think: law("1s") },
    ] {
        let mut process = arrivals.process();
        let mut out = [0; 8];
        assert_eq!(process.fill(&mut generator(1), &mut out), 0, "{arrivals:?}");
        assert_eq!(process.fill(&mut generator(1), &mut out), 0);
        let _ = (arrivals.describe(), arrivals.mean_rate(10.0));
    }
    let until_ten = table(&[(0.0, 100.0), (10.0, 0.0)], None);
    let found = until(&until_ten, 1, Time::MAX);
    assert!((found.len() as f64 - 1000.0).abs() < 160.0 && found.last().unwrap() <= &(10 * SECOND));
    // Hardly any: a century holds one in a million.
    assert!(until(&Arrivals::Poisson { rate: 1e-300 }, 1, Time::MAX).is_empty());
    assert!(until(&table(&[(0.0, 1e-300)], Some(1.0)), 1, Time::MAX).is_empty());
}

#[test]
fn tables_that_make_no_sense_are_refused() {
    for (points, repeat) in [
        (vec![], None),
        (vec![(0.0, -1.0)], None),
        (vec![(0.0, f64::NAN)], None),
        (vec![(f64::INFINITY, 1.0)], None),
        (vec![(1.0, 1.0), (1.0, 2.0)], None),
        (vec![(0.0, 1.0), (5.0, 2.0)], Some(5.0)),
        (vec![(0.0, 1.0)], Some(f64::NAN)),
    ] {
        assert!(RateTable::new(&points, Between::Line, repeat).is_err(), "{points:?}");
    }
    assert!(RateProfile::sinusoid(1.0, 1.5, 10.0, 0.0).is_err());
}

#[test]
fn ticks_stay_on_the_beat() {
    let third = Arrivals::Every { period_seconds: 1.0 / 3.0 };
    let instants = until(&third, 1, DAY + 1);
    assert_eq!((instants.len(), instants[0]), (3 * 86_400, 333_333_333));
    assert_eq!(instants.last(), Some(&DAY));
}

#[test]
fn renewals_keep_their_gaps() {
    let instants = until(&Arrivals::Renewal(law("uniform(1ms, 3ms)")), 1, 100 * SECOND);
    assert!((instants.len() as f64 - 50_000.0).abs() < 400.0);
    assert!(instants.windows(2).all(|pair| (MILLISECOND..=3 * MILLISECOND).contains(&(pair[1] - pair[0]))));
}

#[test]
fn phases_share_the_time_by_their_means() {
    for (on, off, rate_on, rate_off) in
        [("exp(1s)", "exp(3s)", 100.0, 10.0), ("500ms", "uniform(0, 3s)", 80.0, 0.0)]
    {
        let arrivals = Arrivals::OnOff { on: law(on), off: law(off), rate_on, rate_off };
        assert_eq!(arrivals.problem(), None);
        let found = until(&arrivals, 2, 40_000 * SECOND).len() as f64 / 4e4;
        let expected = arrivals.mean_rate(1.0).unwrap();
        assert!((found / expected - 1.0).abs() < 0.03, "{found} {expected}");
    }
}

#[test]
fn same_seed_same_instants_in_blocks_of_any_size() {
    let sinusoid = RateProfile::sinusoid(20.0, 0.8, 100.0, 25.0).unwrap();
    for arrivals in [
        Arrivals::Poisson { rate: 10.0 },
        Arrivals::Rate(sinusoid),
        Arrivals::OnOff { on: law("exp(1s)"), off: law("1s"), rate_on: 50.0, rate_off: 1.0 },
    ] {
        let blocks = until(&arrivals, 9, 60 * SECOND);
        let (mut process, mut generator) = (arrivals.process(), generator(9));
        for instant in blocks {
            let mut one = [0];
            assert_eq!((process.fill(&mut generator, &mut one), one[0]), (1, instant));
        }
    }
}

#[test]
fn recordings_replay_exactly() {
    let columns = ReplayColumns {
        at: "at".into(),
        class: Some("class".into()),
        work: vec![WorkColumn { node: "mysql".into(), column: "db_ms".into() }],
    };
    let text = "at,class,db_ms\n1.5,page,4\n0.25,asset,0.5\n2s,page,1s\n";
    let recording = Recording::from_csv(text, &columns).unwrap();
    assert_eq!(recording.instants, [250_000_000, 1_500_000_000, 2 * SECOND]);
    assert_eq!(recording.class_names, ["page", "asset"]);
    assert_eq!(recording.classes, Some(vec![1, 0, 0]));
    assert_eq!(recording.work[0].durations, [500_000, 4 * MILLISECOND, SECOND]);
    let arrivals = Arrivals::Replay(Arc::new(recording.clone()));
    assert_eq!(until(&arrivals, 1, Time::MAX), recording.instants);
    assert_eq!(arrivals.mean_rate(2.0), Some(1.0));

    let bad =
        Recording::from_csv("at,class,db_ms\nx,page,1\n1,page\n3,page,-1\n4,page,1\n", &columns).unwrap_err();
    assert_eq!(bad.iter().map(|row| row.line).collect::<Vec<_>>(), [2, 3, 4]);
    assert!(Recording::from_csv("when\n1\n", &columns).unwrap_err()[0].problem.contains("there are when"));
}

#[test]
fn stamps_count_from_the_first() {
    let columns = ReplayColumns { at: "at".into(), class: None, work: vec![] };
    let instants = |text| Recording::from_csv(text, &columns).map(|recording| recording.instants);
    assert_eq!(
        instants("at\n2026-11-21T10:00:00.5Z\n2026-11-21T11:00:02+01:00\n"),
        Ok(vec![0, 1_500_000_000])
    );
    assert_eq!(instants("at\n1795265736.25\n1795265737\n"), Ok(vec![0, 750_000_000]));
    assert!(instants("at\n5\n1795265737\n").is_err());
}

#[test]
fn access_logs_spread_over_their_seconds() {
    let line = |second: &str, path: &str| {
        format!(
            "8.8.8.8 - - [21/Nov/2026:13:55:{second} +0100] \"GET {path} HTTP/1.1\" 200 5 \"-\" \"curl [x]\"\n"
        )
    };
    let text =
        [line("36", "/a?x=1"), line("38", "/b"), line("36", "/a"), "rubbish\n".into(), line("38.500", "/b")]
            .concat();
    let recording = Recording::from_access_log(&text).unwrap();
    assert_eq!(recording.instants, [0, SECOND / 2, 2 * SECOND, 2 * SECOND + SECOND / 2]);
    assert_eq!(recording.class_names, ["/a", "/b"]);
    assert_eq!(recording.classes, Some(vec![0, 0, 1, 1]));
    assert_eq!(recording.skipped.iter().map(|row| row.line).collect::<Vec<_>>(), [4]);
    assert!(Recording::from_access_log("rubbish").is_err());
}

proptest! {
    #[test]
    fn no_log_and_no_table_makes_a_reader_panic(text in "(\\PC|\n)*|([0-9/:.,+ TZ\\[\\]-]|Nov|\n){0,60}") {
        let columns = ReplayColumns { at: "at".into(), class: None, work: vec![] };
        let _ = (Recording::from_access_log(&text), Recording::from_csv(&format!("at\n{text}"), &columns));
    }
}
