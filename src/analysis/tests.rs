//! Figures of a run made up by hand, and of runs that are odd.

use super::comparison::{ComparedMeasures, Variant};
use super::example::{BUCKETS, WARMUP_BUCKETS, results, scenario};
use super::summarise::summarise;
use super::summary::{Estimate, Summary};
use super::window::{Origin, Window};
use crate::engine::{Options, Simulation, trial};
use crate::kernel::time::{MILLISECOND, NEVER, SECOND};
use crate::parts::outcome::Outcome;
use crate::plan::compile;
use crate::results::StopReason;
use crate::results::row::RowSampling;
use crate::scenario::load::load_text;
use crate::scenario::model::Warmup;
use crate::stats::series::Series;

fn near(value: Option<f64>, expected: f64) {
    let value = value.expect("there is a figure");
    assert!((value - expected).abs() <= 1e-9 * expected.abs(), "{value} is not {expected}");
}

fn abouts(summary: &Summary) -> Vec<&str> {
    summary.notices.iter().map(|notice| &*notice.about).collect()
}

#[test]
fn classes_are_counted_after_the_warmup() {
    let summary = summarise(&scenario(), 7, &results());
    assert_eq!((summary.run.warmup_s, summary.run.warmup.as_str()), (4.0, "given"));
    let page = &summary.classes[0];
    assert_eq!((page.offered, page.ended), (Some(3_600), Some(3_600)));
    assert_eq!(
        page.outcomes.iter().map(|(name, &count)| (&**name, count)).collect::<Vec<_>>(),
        [("502", 36), ("ok", 3_564)]
    );
    assert_eq!(page.offered_per_s, Some(100.0));
    assert_eq!(page.goodput_per_s, Some(98.0));
    near(page.good_share.value, 0.98);
    near(page.attempts_mean, 1.01);
    near(page.mean_ms.value, 14.9);
    near(page.max_ms, 19.8);
    near(page.failed_mean_ms, 1_000.0);
    let total = &summary.total;
    near(total.good_share.value, 148.0 / 150.0);
    near(total.mean_ms.value, (99.0 * 14.9 + 50.0 * 2.0) / 149.0);
}

#[test]
fn quantiles_have_an_interval_or_a_reason() {
    let summary = summarise(&scenario(), 7, &results());
    let page = &summary.classes[0];
    let p50 = page.p50_ms.value.unwrap();
    assert!((p50 - 14.9).abs() < 0.2, "{p50}");
    // Each second is like the one before.
    assert!(page.p50_ms.is_alike() && page.p90_ms.is_alike(), "{page:?}");
    assert_eq!(page.p99_ms.half_width, None);
    let why = "3564 answers are too few: it needs 5000; a longer run, or --replications 10";
    assert_eq!(page.p99_ms.why_no_interval.as_deref(), Some(why));
    let notice = summary.notices.iter().find(|notice| notice.about == "too short").unwrap();
    assert!(notice.text.contains("p99, p99.9 of page rest on 3564 answers"), "{}", notice.text);
}

#[test]
fn nodes_are_added_up_over_replicas() {
    let summary = summarise(&scenario(), 7, &results());
    let host = &summary.nodes[1];
    near(host.utilisation, 0.3);
    assert_eq!((host.visits, host.sojourn_mean_ms), (0, None));
    let app = &summary.nodes[2];
    assert_eq!((app.replicas, app.visits, app.visits_per_s), (2, 5_400, 150.0));
    near(app.utilisation, 0.4);
    near(app.utilisation_max, 0.5);
    near(Some(app.busy_mean), 0.8);
    near(Some(app.queue_mean), 0.12);
    near(Some(app.inside_mean), 0.92);
    assert_eq!(app.queue_max, 4);
    near(app.service_mean_ms, 800.0 / 150.0);
    near(app.sojourn_mean_ms, 920.0 / 150.0);
    near(app.waited_share, 0.2);
    near(app.wait_mean_ms.value, 120.0 / 150.0);
    assert_eq!(app.wait_p50_ms, Some(0.0));
    near(app.wait_p95_ms, 8.0);
}

#[test]
fn expectations_are_judged() {
    let summary = summarise(&scenario(), 7, &results());
    let [mean, availability, host] = summary.expectations.as_slice() else { panic!() };
    assert!(mean.holds && !mean.uncertain);
    near(mean.measured, 0.0149);
    assert!(!availability.holds && !availability.uncertain);
    near(availability.measured, 148.0 / 150.0);
    assert!(host.holds);
    near(host.measured, 0.3);
}

#[test]
fn a_class_without_requests_has_no_figures_rather_than_undefined_ones() {
    let mut results = results();
    let asset = &mut results.classes[1];
    asset.buckets.iter_mut().for_each(|bucket| *bucket = Default::default());
    asset.cells.fill(0);
    asset.latencies = Series::default();
    let summary = summarise(&scenario(), 7, &results);
    let asset = &summary.classes[1];
    let figures: [&Estimate; 7] = [
        &asset.good_share,
        &asset.mean_ms,
        &asset.p50_ms,
        &asset.p90_ms,
        &asset.p95_ms,
        &asset.p99_ms,
        &asset.p999_ms,
    ];
    assert!(figures.iter().all(|figure| figure.value.is_none() && figure.why_no_interval.is_some()));
    assert_eq!((asset.max_ms, asset.attempts_mean, asset.failed_mean_ms), (None, None, None));
    assert!(!serde_json::to_string(&summary).unwrap().contains("NaN"));
}

#[test]
fn a_run_that_has_hardly_begun_is_summed_up_too() {
    let mut results = results();
    results.ended_at = 0;
    results.stop = StopReason::Interrupted;
    for class in &mut results.classes {
        class.buckets.iter_mut().for_each(|bucket| *bucket = Default::default());
        class.cells.fill(0);
    }
    let summary = summarise(&scenario(), 7, &results);
    assert_eq!(abouts(&summary), ["stopped", "empty"]);
    assert_eq!(summary.total.offered_per_s, Some(0.0));
}

#[test]
fn mser_finds_the_warmup_and_rounds_it_to_a_bucket() {
    let mut scenario = scenario();
    scenario.run.warmup = Warmup::Auto;
    let mut results = results();
    results.first_counted_bucket = 0;
    // 1,000 answers of 500 ms come first, in buckets of 149.
    for class in &mut results.classes {
        let steady = class.buckets[WARMUP_BUCKETS].clone();
        class.buckets.fill(steady);
    }
    results.latencies = Series::default();
    for answer in 0..BUCKETS as u64 * 149 {
        let wobble = answer.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 44;
        let latency = if answer < 1_000 { 500 * MILLISECOND } else { 10 * MILLISECOND + wobble };
        results.latencies.push(latency);
    }
    let window = Window::of(&scenario, &results);
    assert_eq!((window.buckets.clone(), window.origin), (7..BUCKETS, Origin::Found));
    assert_eq!(window.start, 7 * SECOND);

    // What drifts all along has no warm-up.
    results.latencies = Series::default();
    (0..6_000).for_each(|answer| results.latencies.push(answer * MILLISECOND));
    let window = Window::of(&scenario, &results);
    assert_eq!((window.buckets, window.origin), (0..BUCKETS, Origin::Drifting));
}

#[test]
fn errors_and_good_answers_make_up_all_that_ended() {
    let summary = summarise(&scenario(), 7, &results());
    for class in summary.classes.iter().chain([&summary.total]) {
        assert_eq!(Some(class.outcomes.values().sum::<u64>()), class.ended);
        assert!(class.outcomes.keys().all(|name| Outcome::ALL.iter().any(|outcome| outcome.name() == *name)));
    }
}

const PARTS: &str = "
run: { duration: 400h, warmup: 0s, fidelity: components }
nodes:
  visitors: { kind: user, arrivals: 2/s, timeout: 5s }
  web: { kind: web_server, boot: 0s, mtbf: 40h, mttr: 1h, cost: 0.10/h }
  db:  { kind: database, boot: 0s, mtbf: 20h, mttr: 1h }
costs: { egress: 0.09/GB, downtime: 100/h }
requests:
  page:  { share: 10%, path: [ web: 1ms, db: 1ms ] }
  image: { share: 90%, path: [ web: 1ms ] }
expect: [ availability > 50%, errors < 50%, page p99 < 1s, goodput > 1/s ]
";

#[test]
fn a_run_without_requests_has_no_figures_of_requests() {
    let scenario = load_text("site.yaml", PARTS, &[]).scenario.unwrap();
    let results = trial::run(&compile(&scenario));
    let told = summarise(&scenario, 1, &results);
    let run = &told.run;
    assert_eq!((run.offered, run.ended, run.in_flight), (None, None, None));
    for class in told.classes.iter().chain([&told.total]) {
        assert_eq!((class.offered, class.ended), (None, None));
        assert_eq!((class.offered_per_s, class.goodput_per_s, class.attempts_mean), (None, None, None));
        assert!(class.outcomes.is_empty() && class.max_ms.is_none() && class.failed_mean_ms.is_none());
        for latency in [&class.mean_ms, &class.p50_ms, &class.p99_ms] {
            assert_eq!(latency.value, None);
            assert_eq!(latency.why_no_interval.as_deref(), Some("no requests were simulated"));
        }
    }
    // What there is: the time for which all was up. Of ten requests one is a page.
    let share = |number: usize| told.classes[number].good_share.value.unwrap();
    assert!(share(0) < share(1) && share(1) < 1.0);
    near(told.total.good_share.value, 0.1 * share(0) + 0.9 * share(1));
    let availability = &told.availability;
    assert!(availability.outages > 5 && availability.outage_s > 3_600.0);
    assert!((1.0 - availability.time_up.unwrap() - (1.0 - share(0))).abs() < 1e-4, "a page needs both");
    assert_eq!((availability.requests_lost, availability.lost.len()), (None, 0));
    assert!(availability.by_cause.iter().all(|cause| cause.requests_lost.is_none()));
    assert!(told.nodes.iter().all(|node| node.utilisation.is_none()), "nobody uses anything");
    assert!(told.time_spent.is_empty());
    let costs = told.costs.as_ref().unwrap();
    assert_eq!(costs.egress.as_ref().unwrap().bytes_per_month, None);
    assert!(costs.downtime.as_ref().unwrap().of_run > 0.0);
    let holds: Vec<(bool, bool)> =
        told.expectations.iter().map(|one| (one.holds, one.measured.is_some())).collect();
    assert_eq!(holds, [(true, true), (false, false), (false, false), (false, false)]);
}

#[test]
fn what_a_run_without_requests_does_not_have_is_not_compared() {
    let scenario = load_text("site.yaml", PARTS, &[]).scenario.unwrap();
    let none = [vec![], vec![]];
    let measures = ComparedMeasures::of(&[&scenario, &scenario], &[vec![], vec![]], &none);
    let plan = compile(&scenario);
    let run = |replication: u64| {
        let options = Options { seed: 1, replication, rows: RowSampling::None };
        let mut simulation = Simulation::new(&plan, options);
        simulation.advance(NEVER, u64::MAX);
        measures.of_scenario(0).figures(&simulation.finish(false))
    };
    let runs: Vec<Vec<f64>> = (0..3).map(run).collect();
    let variant = |name: &str| Variant { name: name.into(), file: String::new(), settings: vec![] };
    let column =
        |number: usize, place: usize| runs[number..number + 2].iter().map(|figures| figures[place]).collect();
    let told = measures.summarise(vec![variant("one"), variant("other")], (1, 2, String::new()), &column);
    let names: Vec<&str> = told.figures.iter().map(|figure| figure.name.as_str()).collect();
    assert_eq!(names, ["availability", "page availability", "image availability"]);
}
