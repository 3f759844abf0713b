//! Comparisons of queues whose difference is known, and of queues that do not differ.

use super::comparison::*;
use super::study::{Length, StudyEnd};
use super::study_tests::{Patience, mean_latency_s, on_threads};
use super::tasks::Unwatched;
use crate::plan::{Plan, compile};
use crate::results::RunResults;
use crate::scenario::load::load_text;
use crate::stats::interval::LEVEL;
use crate::stats::pairs::{Paired, level_of_each, paired};
use crate::stats::two_stages::{FIRST_STAGE, Precision};

/// M/M/1 with 50 arrivals a second and this mean service time. What the station is called decides
/// what its services are, and nothing else.
fn queue(station: &str, service: &str) -> Plan {
    let text = format!(
        "
run: {{ requests: 1500, warmup: 150 requests }}
nodes:
  users: {{ kind: user, arrivals: 50/s }}
  {station}: {{ kind: station }}
requests:
  page: {{ path: [ {station}: exp({service}) ] }}
"
    );
    compile(&load_text("queue.yaml", &text, &[]).scenario.unwrap())
}

fn mean(_plan: usize, _replication: u64, results: &RunResults) -> Vec<f64> {
    mean_latency_s(results)
}

fn rounds(plans: &[Plan], replications: u64) -> Rounds {
    compare(plans, 1, (&Length::Runs(replications), LEVEL), &Unwatched, &mean)
}

/// Each replication is a pair by itself, so that many of them are many small comparisons.
fn studies(rounds: &Rounds, other: usize, pairs: usize, level: f64) -> Vec<Paired> {
    let (first, other) = (rounds.column(0, 0), rounds.column(other, 0));
    first.chunks(pairs).zip(other.chunks(pairs)).map(|(first, other)| paired(first, other, level)).collect()
}

fn share(studies: &[Paired], holds: impl Fn(&Paired) -> bool) -> f64 {
    studies.iter().filter(|study| holds(study)).count() as f64 / studies.len() as f64
}

#[test]
fn intervals_hold_a_known_difference_as_often_as_they_say() {
    let rounds = rounds(&[queue("web", "10ms"), queue("web", "8ms")], 400 * 8);
    let studies = studies(&rounds, 1, 8, LEVEL);
    // 1 / (125/s - 50/s) - 1 / (100/s - 50/s)
    let truth = 1.0 / 75.0 - 1.0 / 50.0;
    let coverage = share(&studies, |study| study.difference.contains(truth));
    // 95 %, of which 400 studies show 93 to 97 % nineteen times in twenty.
    assert!((0.925..=0.975).contains(&coverage), "{coverage}");
    let gain = studies.iter().filter_map(|study| study.gain).sum::<f64>() / 400.0;
    assert!(gain > 4.0, "services that are the same but for their length keep differences alike: {gain}");
    assert!(studies.iter().all(|study| !study.difference.contains(0.0)), "eight pairs tell it");
}

#[test]
fn what_does_not_differ_is_told_apart_no_more_often_than_the_level_allows() {
    let names = ["web", "app", "api", "job"];
    let plans: Vec<Plan> = names.iter().map(|name| queue(name, "10ms")).collect();
    let rounds = rounds(&plans, 400 * 8);
    let differ = |study: &Paired| !study.difference.contains(0.0);
    let told = share(&studies(&rounds, 1, 8, LEVEL), differ);
    assert!((0.025..=0.08).contains(&told), "5 % of comparisons of two that are alike: {told}");

    let level = level_of_each(LEVEL, 3);
    let each: Vec<Vec<Paired>> = (1..4).map(|other| studies(&rounds, other, 8, level)).collect();
    let any = (0..400).filter(|&study| each.iter().any(|studies| differ(&studies[study]))).count();
    assert!((8..=28).contains(&any), "at most 5 % of comparisons of four that are alike: {any} of 400");
}

#[test]
fn the_same_twice_never_differs() {
    let rounds = rounds(&[queue("web", "10ms"), queue("web", "10ms")], 5);
    assert!(rounds.all.iter().all(|round| round[0] == round[1]));
    assert!(rounds.all[0] != rounds.all[1], "each pair has its own chance");
}

#[test]
fn the_number_of_threads_makes_no_difference() {
    let plans = [queue("web", "10ms"), queue("web", "8ms"), queue("api", "9ms")];
    let one = on_threads(1, || rounds(&plans, 9));
    assert_eq!(one.all.iter().map(Vec::len).collect::<Vec<_>>(), [3; 9]);
    for threads in [2, 7] {
        assert_eq!(on_threads(threads, || rounds(&plans, 9)), one);
    }
    assert_eq!(rounds(&plans, 4).all[..], one.all[..4], "more begin with the same");
}

#[test]
fn what_is_broken_off_keeps_whole_pairs() {
    let plans = [queue("web", "10ms"), queue("web", "8ms")];
    let patience = Patience::of(11);
    let broken = on_threads(3, || compare(&plans, 1, (&Length::Runs(500), LEVEL), &patience, &mean));
    assert_eq!(broken.end, StudyEnd::BrokenOff);
    let pairs = broken.count();
    assert!((2..=12).contains(&pairs), "{pairs}");
    assert_eq!(broken.all, rounds(&plans, pairs).all);
}

#[test]
fn a_comparison_ends_when_the_difference_is_known_well_enough() {
    let plans = [queue("web", "10ms"), queue("web", "8ms")];
    let until = |precision, runs_most| {
        let length = Length::Until { goals: vec![(0, precision)], runs_most };
        compare(&plans, 1, (&length, LEVEL), &Unwatched, &mean)
    };
    let reached = until(Precision::Absolute(0.000_2), 5_000);
    assert_eq!(reached.end, StudyEnd::Enough);
    assert!(reached.count() > FIRST_STAGE as u64);
    // A share is one of the first queue's 20 ms.
    let relative = until(Precision::Relative(0.01), 5_000);
    let ratio = relative.count() as f64 / reached.count() as f64;
    assert!((0.9..1.1).contains(&ratio), "{ratio}");
    assert_eq!(until(Precision::Absolute(1.0), 5_000).count(), FIRST_STAGE as u64);
    let few = until(Precision::Absolute(1e-9), 25);
    assert_eq!((few.count(), few.end), (25, StudyEnd::RunsMost));
}
