//! Figures of a run made up by hand, and of runs that are odd.

use super::example::{BUCKETS, WARMUP_BUCKETS, results, scenario};
use super::summarise::summarise;
use super::summary::{Estimate, Summary};
use super::window::{Origin, Window};
use crate::kernel::time::{MILLISECOND, SECOND};
use crate::parts::outcome::Outcome;
use crate::results::StopReason;
use crate::scenario::model::Warmup;
use crate::stats::series::Series;

fn near(value: Option<f64>, expected: f64) {
    let value = value.expect("there is a figure");
    assert!((value - expected).abs() <= 1e-9 * expected.abs(), "{value} is not {expected}");
}

fn abouts(summary: &Summary) -> Vec<&str> {
    summary.notices.iter().map(|notice| notice.about).collect()
}

#[test]
fn classes_are_counted_after_the_warmup() {
    let summary = summarise(&scenario(), 7, &results());
    assert_eq!((summary.run.warmup_s, summary.run.warmup.as_str()), (4.0, "given"));
    let page = &summary.classes[0];
    assert_eq!((page.offered, page.ended), (Some(3_600), Some(3_600)));
    assert_eq!(
        page.outcomes.iter().map(|(&name, &count)| (name, count)).collect::<Vec<_>>(),
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
