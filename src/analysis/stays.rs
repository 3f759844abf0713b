//! How long visits stood in line at a node and stayed there, although some had not ended when the
//! run did, and others have left. Sums of time over numbers of visits are means only where as many
//! go as come; no time told here is longer than the run.

use super::estimate::{Reach, ratio};
use super::nodes::{NANOSECOND_MS, total};
use super::planned::Part;
use super::summary::Estimate;
use super::window::Window;
use crate::kernel::time::Time;
use crate::parts::fidelity::Fidelity;
use crate::results::{Nanoseconds, NodeBucket, NodeRecord, RunResults};
use crate::stats::interval::ratio_interval;

/// Which share of the time that visits spend in a node's line is that of visits which get a slot.
/// The others leave, or still stand there when the run ends: theirs is no wait for a slot.
#[derive(Clone, Copy, Debug)]
pub struct Served {
    share: f64,
}

impl Served {
    /// Of a node and all of its replicas; `None` if that is not known.
    pub fn of(results: &RunResults, node: usize, records: &[NodeRecord]) -> Option<Served> {
        let waits = results.waits.get(node)?.as_ref()?;
        // Of a sample that stands for the rest of a run it is not known whose waits are in it.
        if results.fidelity != Fidelity::Requests {
            return None;
        }
        let counted = results.first_counted_bucket..results.bucket_edges.len().saturating_sub(1);
        let share = ratio(waits.sum() as f64, total(records, counted).queued as f64)?;
        Some(Served { share })
    }

    /// The mean time in line of those who came and got no slot, up to an instant.
    pub fn wait_of_others_ms(self, sum: &NodeBucket, end: Time) -> Option<f64> {
        let others = sum.visits.saturating_sub(sum.started);
        let time = (1.0 - self.share).max(0.0) * sum.queued as f64;
        possible(ratio(time, others as f64)?, end)
    }
}

/// In milliseconds, unless it is longer than the run up to there.
fn possible(nanoseconds: f64, end: Time) -> Option<f64> {
    (nanoseconds <= end as f64).then_some(nanoseconds * NANOSECOND_MS)
}

/// The mean wait of those who got a slot, in some time buckets up to an instant: exact for all of
/// a node in all of the part that counts, and elsewhere with the same share of the time in line.
pub fn wait_ms(sum: &NodeBucket, served: Option<Served>, end: Time) -> Option<f64> {
    let share = served.map_or(1.0, |served| served.share);
    possible(ratio(share * sum.queued as f64, sum.started as f64)?, end)
}

/// The same with the interval of the ratio of batches.
pub fn mean_wait(records: &[NodeRecord], window: &Window, served: Option<Served>) -> Estimate {
    let sum = total(records, window.buckets.clone());
    let Some(wait_ms) = wait_ms(&sum, served, window.end) else {
        return Estimate::empty(match sum.started {
            0 => "nobody got a slot",
            _ => "too few got a slot for the time in line to tell how long it took them",
        });
    };
    let share = served.map_or(1.0, |served| served.share);
    let parts: Vec<Part> = window
        .buckets
        .clone()
        .map(|bucket| {
            let sum = total(records, bucket..bucket + 1);
            Part { bucket, counted: share * sum.queued as f64, of: sum.started as f64 }
        })
        .collect();
    let pairs: Vec<(f64, f64)> = parts.iter().map(|part| (part.counted, part.of)).collect();
    let reach = Reach::milliseconds_of(window);
    let estimate =
        Estimate::of_stretches(wait_ms / NANOSECOND_MS, &ratio_interval(&pairs), NANOSECOND_MS, reach);
    estimate.unless_planned(&parts, window, wait_ms)
}

/// About how many are there at the ends of the part that counts: the mean number of the time bucket
/// before it, and of its last one.
#[derive(Clone, Copy, Debug)]
pub struct Stays {
    inside_at_start: f64,
    pub inside_at_end: f64,
    pub line_at_end: f64,
    length: Time,
}

impl Stays {
    pub fn of(records: &[NodeRecord], results: &RunResults, window: &Window) -> Stays {
        let mean = |bucket: Option<usize>, time: fn(&NodeBucket) -> Nanoseconds| {
            let Some(bucket) = bucket else { return 0.0 };
            let length = results.bucket_edges[bucket + 1] - results.bucket_edges[bucket];
            ratio(time(&total(records, bucket..bucket + 1)) as f64, length as f64).unwrap_or(0.0)
        };
        let inside: fn(&NodeBucket) -> Nanoseconds = |sum| sum.queued + sum.served;
        // One that ends as it begins has no time for anybody.
        let has_length = |bucket: &usize| results.bucket_edges[*bucket] < results.bucket_edges[bucket + 1];
        let last = window.buckets.clone().rev().find(has_length);
        Stays {
            inside_at_start: mean(window.buckets.start.checked_sub(1), inside),
            inside_at_end: mean(last, inside),
            line_at_end: mean(last, |sum| sum.queued),
            length: window.end - window.start,
        }
    }

    /// The mean stay by Little's law: the time that all have spent there, by how many have come or
    /// gone. Where that is more than there was, few have moved: then it is the time so far of all
    /// who were there, of whom no more than `held_most` can have been in a slot when it began.
    pub fn mean_ms(&self, time: Nanoseconds, moved: u64, held_most: f64) -> Option<f64> {
        let by_moved = ratio(time as f64, moved as f64).filter(|stay| *stay <= self.length as f64);
        let of_all = || {
            let stay = ratio(time as f64, moved as f64 + self.inside_at_start.min(held_most))?;
            Some(stay.min(self.length as f64))
        };
        by_moved.or_else(of_all).map(|nanoseconds| nanoseconds * NANOSECOND_MS)
    }
}

#[cfg(test)]
mod tests {
    use crate::analysis::measured::work_of_nodes;
    use crate::analysis::moments::{lines, moments};
    use crate::analysis::shown::shown;
    use crate::analysis::summarise::summarise;
    use crate::analysis::summary::NodeSummary;
    use crate::engine::trial;
    use crate::plan::compile;
    use crate::scenario::load::load_text;

    /// The figures of the node `s`, and the mean waits of its time buckets, in seconds.
    fn run(text: &str) -> (NodeSummary, Vec<f64>) {
        let scenario = load_text("site.yaml", text, &[]).scenario.unwrap();
        let results = trial::run(&compile(&scenario));
        let mut summary = summarise(&scenario, 1, &results);
        let place = scenario.nodes.iter().position(|node| node.name == "s").unwrap();
        let lines = lines(&scenario, &results);
        let works = work_of_nodes(&scenario, &results);
        let waits = shown(&results).into_iter().filter_map(|stretch| {
            let moments = moments(&scenario, &results, (&lines, &works), &stretch);
            Some(moments[place].wait_mean_ms? * 1e-3)
        });
        let waits = waits.collect();
        (summary.nodes.swap_remove(place), waits)
    }

    fn near(value: Option<f64>, expected: f64) {
        let value = value.expect("a figure");
        assert!((value - expected).abs() <= 0.01 * expected, "{value} is not {expected}");
    }

    #[test]
    fn no_time_is_longer_than_the_run_and_waits_are_those_of_whoever_got_a_slot() {
        let (node, waits) = run("
run: { duration: 10m, warmup: none, bucket: 30s }
nodes:
  u: { kind: user, arrivals: { every: 100ms }, timeout: none }
  s: { kind: station, servers: 1 }
requests: { r: { path: [ s: 1s ] } }
");
        // Number k begins at k s, and came after a tenth of that.
        near(node.wait_mean_ms.value, 270e3);
        near(node.wait_p50_ms, 270e3);
        near(node.service_mean_ms, 1e3);
        // Those in line came evenly in the last nine tenths.
        assert_eq!(node.unserved, 5_399);
        near(Some(node.inside_at_end), 9.0 * 585.0);
        near(Some(node.line_at_end), 9.0 * 585.0);
        near(node.unserved_wait_mean_ms, 270e3);
        near(node.sojourn_mean_ms, 270e3);
        assert_eq!(waits.len(), 20);
        near(Some(waits[9]), 0.9 * 285.0);
        near(Some(waits[19]), 0.9 * 585.0);
    }

    #[test]
    fn who_leaves_the_line_is_told_apart_from_who_is_served() {
        let (node, waits) = run("
run: { duration: 20m, warmup: 1m, bucket: 30s }
nodes:
  u: { kind: user, arrivals: { every: 100ms }, timeout: 10s }
  s: { kind: station, servers: 1, patience: 3s }
requests: { r: { path: [ s: 1s ] } }
");
        // Ten come for each that is served, and nobody stands in line for longer than his patience.
        assert!(node.wait_mean_ms.value.is_some_and(|wait| wait <= 3e3 && wait > 2e3), "{node:?}");
        near(node.unserved_wait_mean_ms, 3e3);
        near(Some(node.unserved as f64), 0.9 * node.visits as f64);
        assert!(waits.iter().all(|wait| *wait < 3.3), "{waits:?}");
        assert!(node.sojourn_mean_ms.is_some_and(|stay| stay < 4e3), "{node:?}");
    }

    #[test]
    fn who_was_there_before_counts_where_few_come_and_go() {
        let (node, _) = run("
run: { duration: 10m, warmup: 5m, bucket: 30s }
nodes:
  u: { kind: user, arrivals: { every: 1s }, timeout: none }
  s: { kind: station, servers: unlimited }
requests: { r: { path: [ s: 1h ] } }
");
        // 300 are there all along, 285 of them in the mean of the last 30 s before, and 300 more come
        // evenly: none has ended.
        near(node.sojourn_mean_ms, (300.0 * 300.0 + 300.0 * 150.0) / 585.0 * 1e3);
        near(node.service_mean_ms, node.sojourn_mean_ms.unwrap());
        near(Some(node.inside_at_end), 585.0);
        assert_eq!((node.unserved, node.line_at_end), (0, 0.0));
    }

    #[test]
    fn where_all_are_served_in_time_waits_are_as_ever() {
        let (node, _) = run("
run: { duration: 20m, warmup: 1m }
nodes:
  u: { kind: user, arrivals: 50/s, timeout: none }
  s: { kind: station, servers: 1 }
requests: { r: { path: [ s: exp(10ms) ] } }
");
        // Half loaded: half wait, for 20 ms.
        assert!((node.wait_mean_ms.value.unwrap() - 10.0).abs() < 1.0, "{node:?}");
        let (low, high) = node.wait_mean_ms.ends().unwrap();
        assert!(low > 5.0 && high < 15.0 && node.unserved < 5, "{node:?}");
    }
}
