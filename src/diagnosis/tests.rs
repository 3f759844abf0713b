//! Runs made up by hand, or short, of which the diagnosis can be told.

use super::*;
use crate::analysis::example;
use crate::analysis::summarise::summarise;
use crate::engine::trial;
use crate::kernel::time::SECOND;
use crate::parts::outcome::Outcome;
use crate::plan::compile;
use crate::results::incident::Incident;
use crate::results::incident::Outage;
use crate::scenario::load::load_text;

fn diagnosis_of(scenario: &Scenario, results: &RunResults) -> Diagnosis {
    let summary = summarise(scenario, 7, results);
    diagnose(scenario, results, &Window::of(scenario, results), &summary)
}

/// A short run of a scenario.
fn run(text: &str) -> Diagnosis {
    let loaded = load_text("site.yaml", text, &[]);
    let scenario = loaded.scenario.unwrap_or_else(|| panic!("{:?}", loaded.problems));
    let results = trial::run(&compile(&scenario));
    diagnosis_of(&scenario, &results)
}

fn kinds(diagnosis: &Diagnosis) -> Vec<PhaseKind> {
    diagnosis.phases.iter().map(|phase| phase.kind).collect()
}

const SITE: &str = "
nodes:
  users: { kind: user, arrivals: 60/s, timeout: 5s }
  host: { kind: server, address: 8.8.8.8, cores: 2 }
  app: { kind: app_server, on: host, workers: 4 }
links:
  users -> host: { latency: 1ms, bandwidth: 8Mbps }
requests:
  page: { objective: 500ms, response_size: 10kB, path: [ app: 5ms ] }
";

fn site(more: &str) -> String {
    format!("run: {{ duration: 5m, warmup: 10s }}{SITE}{more}")
}

#[test]
fn a_site_that_does_well_has_one_good_phase_and_headroom() {
    let diagnosis = run(&site("expect: [ page p99 < 500ms, availability >= 99.9% ]"));
    assert_eq!((diagnosis.verdict, kinds(&diagnosis)), (Verdict::Met, vec![PhaseKind::Good]));
    let headroom = diagnosis.headroom.unwrap();
    // 60 answers of 10 kB a second are 60 % of a megabyte.
    assert_eq!(headroom.first.name, "the link users -> host (answers)");
    assert!((headroom.first.full_at_per_s - 100.0).abs() < 4.0, "{headroom:?}");
    assert_eq!(headroom.trust, bottleneck::Trust::Reckoned);
}

#[test]
fn a_full_link_is_what_makes_a_site_slow() {
    let diagnosis = run(&site("expect: [ availability >= 99.9% ]").replace("60/s", "120/s"));
    assert_eq!(diagnosis.verdict, Verdict::Missed);
    let worst = diagnosis.bad_phases().max_by_key(|phase| phase.bad()).unwrap();
    let causes: Vec<&str> = worst.causes().map(|full| full.name.as_str()).collect();
    assert_eq!((causes, &worst.trigger), (vec!["the link users -> host (answers)"], &Trigger::Traffic));
    assert_eq!(diagnosis.headroom.unwrap().trust, bottleneck::Trust::Seen);
}

#[test]
fn an_outage_is_down_from_its_fault_until_it_has_booted() {
    let timeline = "timeline: [ { at: 2m, fail: host, for: 30s } ]";
    let diagnosis = run(&site(timeline).replace("cores: 2", "cores: 2, boot: 20s"));
    let felt = kinds(&diagnosis);
    assert_eq!((felt[0], felt[1], felt[felt.len() - 1]), (PhaseKind::Good, PhaseKind::Down, PhaseKind::Good));
    let down = &diagnosis.phases[1];
    assert!((down.start_s - 120.0).abs() < 5.1 && (down.end_s - 170.0).abs() < 6.0, "{down:?}");
    assert!(
        matches!(&down.trigger, Trigger::Fault(event) if (event.start_s - 120.0).abs() < 1e-6),
        "{down:?}"
    );
    // The host's 20 s, and one of the application's.
    assert_eq!(down.booting_s.map(f64::round), Some(21.0));
    assert!(down.failed as f64 > 0.8 * 50.0 * 60.0, "{down:?}");
    assert_eq!(diagnosis.verdict, Verdict::Missed, "the objective of its class is a goal");
}

#[test]
fn an_outage_that_began_before_what_counts_is_told_from_there_on() {
    let mut results = example::results();
    let outage = |start: u64, end: u64| Outage {
        start: start * SECOND,
        end: end * SECOND,
        lost: 100,
        first_error: Outcome::Reset,
        last_error: Outcome::Reset,
        cause: None,
    };
    results.outages = vec![outage(1, 10)];
    let diagnosis = diagnosis_of(&example::scenario(), &results);
    let down = diagnosis.phases.iter().find(|phase| phase.kind == PhaseKind::Down).unwrap();
    assert_eq!((down.start_s, down.end_s, down.begun_before), (4.0, 10.0, true));
}

#[test]
fn what_was_planned_is_maintenance() {
    let mut results = example::results();
    let incident = Incident::of_maintenance("restart app".into(), "app".into(), 20 * SECOND);
    results.incidents = vec![Incident { end: Some(24 * SECOND), ..incident }];
    results.outages = vec![Outage {
        start: 20 * SECOND,
        end: 26 * SECOND,
        lost: 50,
        first_error: Outcome::Refused,
        last_error: Outcome::Refused,
        cause: Some(0),
    }];
    let diagnosis = diagnosis_of(&example::scenario(), &results);
    let phase = diagnosis.phases.iter().find(|phase| phase.kind == PhaseKind::Maintenance).unwrap();
    assert_eq!((phase.start_s, phase.end_s, phase.failed), (20.0, 26.0, 50));
    assert_eq!(phase.aftermath_s, Some(2.0));
    assert!(matches!(&phase.trigger, Trigger::Maintenance(event) if event.label == "restart app"));
}

#[test]
fn requests_that_pile_up_are_a_doubt() {
    let mut results = example::results();
    for (number, bucket) in results.classes[0].buckets.iter_mut().enumerate() {
        bucket.in_flight = 100 * number as u64;
    }
    let diagnosis = diagnosis_of(&example::scenario(), &results);
    // Buckets 13 to 21, and 31 to 39, and the three assets.
    let growing = diagnosis.doubts.iter().find_map(|doubt| match doubt {
        Doubt::Growing { earlier, later } => Some((*earlier, *later)),
        _ => None,
    });
    assert_eq!(growing, Some((1_703.0, 3_503.0)));
}

#[test]
fn nothing_is_good_behind_an_outage_to_the_end_in_which_nobody_was_answered() {
    let diagnosis = run(&site("timeline: [ { at: 0s, errors: app, share: 100%, for: 1h } ]"));
    assert_eq!(kinds(&diagnosis), [PhaseKind::Down]);
    let phase = &diagnosis.phases[0];
    assert_eq!((phase.end_s, phase.ended), (300.0, diagnosis.counted.ended));
    assert_eq!(phase.failed, phase.ended);
}

#[test]
fn nobody_who_is_answered_is_down() {
    let mut results = example::results();
    for class in &mut results.classes {
        for bucket in &mut class.buckets[20..30] {
            bucket.outcomes.fill(0);
            bucket.good = 0;
            bucket.in_flight = 500;
        }
    }
    let diagnosis = diagnosis_of(&example::scenario(), &results);
    let down = diagnosis.phases.iter().find(|phase| phase.kind == PhaseKind::Down).unwrap();
    assert_eq!((down.start_s.round(), down.end_s.round()), (20.0, 30.0));
}

#[test]
fn work_in_the_background_that_is_lost_is_told() {
    let text = "
run: { duration: 2m, warmup: none }
nodes:
  events: { kind: user, arrivals: 100/s }
  front: { kind: station, servers: unlimited, hands_over: false }
  fast: { kind: station, servers: unlimited, hands_over: false }
  back: { kind: app_server, workers: 20, timeout: none }
requests:
  event: { path: [ front: { wait: 1ms, calls: [ { parallel: [ fast: 1ms, back: { wait: 40ms } ], first: 1 } ] } ] }
timeline:
  - { at: 1m, crash: back, for: 10s }
";
    let diagnosis = run(text);
    let lost = diagnosis.lost_in_silence.iter().find_map(|loss| match loss {
        SilentLoss::Background { node, lost, .. } if node == "back" => Some(*lost),
        _ => None,
    });
    // Ten seconds of a hundred each, one to boot, and those inside.
    assert!((1_000..1_250).contains(&lost.unwrap_or(0)), "{:?}", diagnosis.lost_in_silence);
    assert_eq!(kinds(&diagnosis), [PhaseKind::Good]);
}
