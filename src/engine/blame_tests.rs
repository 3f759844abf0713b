//! What lost requests are put down to.

use super::trial::{plan_of, run};
use crate::results::ClassBucket;

const SITE: &str = "
run: { duration: 10m, warmup: 0s }
nodes:
  visitors: { kind: user, arrivals: RATE, timeout: 1s, RETRIES }
  gunicorn: { kind: app_server, workers: 1, boot: 0s }
requests:
  page: { path: [ gunicorn: { wait: 20ms } ] }
TIMELINE
";

/// Requests lost to each, in the order of `Blame::ALL`.
fn lost(rate: &str, retries: &str, timeline: &str) -> [u64; 4] {
    let timeline = if timeline.is_empty() { String::new() } else { format!("timeline: [ {timeline} ]") };
    let text = SITE.replace("RATE", rate).replace("RETRIES", retries).replace("TIMELINE", &timeline);
    let results = run(&plan_of(&text));
    let sum = results.classes[0].buckets.iter().fold(ClassBucket::default(), ClassBucket::join);
    let failed: u64 = sum.outcomes.iter().skip(1).sum();
    assert_eq!(sum.lost.iter().sum::<u64>(), failed, "each is put down to something");
    sum.lost
}

#[test]
fn each_is_put_down_to_what_is_in_force() {
    assert_eq!(lost("10/s", "retries: 0", ""), [0; 4]);
    let [fault, rest @ ..] = lost("10/s", "retries: 0", "{ at: 2m, fail: gunicorn, for: 1m }");
    assert!((500..700).contains(&fault) && rest == [0; 3], "{fault} {rest:?}");
    let [fault, maintenance, ..] =
        lost("10/s", "retries: 0", "{ at: 2m, maintain: gunicorn, how: restart, takes: 1m }");
    assert!((500..700).contains(&maintenance) && fault == 0, "{fault} {maintenance}");
    let [fault, maintenance, overload, storm] = lost("80/s", "retries: 0", "");
    assert!(overload > 1_000 && [fault, maintenance, storm] == [0; 3], "{overload}");
    let [.., overload, storm] = lost("10/s", "retries: 0", "{ at: 2m, surge: 8x, hold: 1m }");
    assert!(overload > 500 && storm == 0, "{overload} {storm}");
}

#[test]
fn what_goes_on_after_a_fault_is_a_retry_storm() {
    let hang = "{ at: 2m, hang: gunicorn, for: 20s }";
    let [fault, maintenance, _, storm] = lost("40/s", "retries: 3", hang);
    assert!(fault > 500 && maintenance == 0, "{fault}");
    assert!(storm > 5_000, "{storm}");
    // With a quarter of the traffic the backlog of tries is worked off, and the storm is over.
    let [fault, _, overload, storm] = lost("10/s", "retries: 3", hang);
    assert!(fault > 100 && storm + overload < 1_500, "{fault} {overload} {storm}");
}
