//! Whether 95 % intervals hold the truth in 95 of 100 runs, tried on the waits of a queue
//! with one server, whose mean is known.

use super::histogram::Histogram;
use super::interval::{Interval, batch_means, quantile_interval, ratio_interval};
use super::series::Series;
use super::warmup::{Verdict, truncation};
use crate::kernel::random::{StreamFamily, uniform};
use crate::kernel::time::{from_seconds, to_seconds};

/// Waits in nanoseconds by Lindley's recursion, for a service of one second in the mean.
fn waits(replication: u64, load: f64, count: usize) -> impl Iterator<Item = u64> {
    let mut generator = StreamFamily::new(1, replication).stream("queue", "waits");
    let mut exponential = move || -libm::log(1.0 - uniform(&mut generator));
    let mut wait = 0.0f64;
    (0..count).map(move |_| {
        let now = wait;
        wait = (wait + exponential() - exponential() / load).max(0.0);
        from_seconds(now)
    })
}

#[derive(Default, Debug)]
struct Tally {
    runs: u32,
    above: u32,
    below: u32,
    untold: u32,
    half_widths: f64,
}

impl Tally {
    fn add(&mut self, interval: Interval, truth: f64) {
        self.runs += 1;
        match interval.ends() {
            None => self.untold += 1,
            Some((low, _)) if low > truth => self.above += 1,
            Some((_, high)) if high < truth => self.below += 1,
            Some(_) => {}
        }
        self.half_widths += interval.half_width.unwrap_or(0.0);
    }

    fn coverage(&self) -> f64 {
        1.0 - f64::from(self.above + self.below) / f64::from(self.runs - self.untold)
    }
}

fn coverage_of_the_mean(load: f64, dropped: usize, count: usize, runs: u64) -> Tally {
    let mut tally = Tally::default();
    for replication in 0..runs {
        let mut series = Series::default();
        waits(replication, load, dropped + count).skip(dropped).for_each(|wait| series.push(wait));
        let mut interval = batch_means(&series.cells_mean());
        interval.estimate *= 1e-9;
        interval.half_width = interval.half_width.map(|half_width| half_width * 1e-9);
        tally.add(interval, load / (1.0 - load));
    }
    println!("load {load}, {count} waits: coverage {:.4}, {tally:?}", tally.coverage());
    tally
}

#[test]
fn the_mean_wait_at_half_load_is_covered() {
    let tally = coverage_of_the_mean(0.5, 1_000, 60_000, 400);
    assert!((0.92..=0.98).contains(&tally.coverage()) && tally.untold < 4, "{tally:?}");
    assert!(tally.above < 4 * tally.below && tally.below < 4 * tally.above, "{tally:?}");
}

#[test]
fn the_mean_wait_of_a_busy_queue_is_nearly_covered() {
    for (load, least) in [(0.8, 0.92), (0.9, 0.90)] {
        let tally = coverage_of_the_mean(load, 5_000, 60_000, 400);
        assert!((least..=0.98).contains(&tally.coverage()) && tally.untold < 8, "{tally:?}");
    }
}

#[test]
fn the_share_that_waits_and_the_quantile_of_waits_are_covered() {
    let (mut share, mut quantile) = (Tally::default(), Tally::default());
    for replication in 0..400 {
        let all: Vec<u64> = waits(replication, 0.5, 61_000).skip(1_000).collect();
        let buckets = all.chunks(500).map(|bucket| {
            let good = bucket.iter().filter(|&&wait| wait < from_seconds(3.0)).count();
            (good as f64, bucket.len() as f64)
        });
        share.add(ratio_interval(&buckets.collect::<Vec<_>>()), 1.0 - 0.5 * libm::exp(-1.5));
        let p90 = |waits: &[u64]| {
            let mut histogram = Histogram::new();
            waits.iter().for_each(|&wait| histogram.record(wait));
            histogram.quantile(0.9) * 1e-9
        };
        let sections: Vec<f64> = all.chunks(3_000).map(p90).collect();
        quantile.add(quantile_interval(&sections, p90(&all)), 2.0 * libm::log(5.0));
    }
    println!("share {:.4} {share:?}\np90 {:.4} {quantile:?}", share.coverage(), quantile.coverage());
    assert!((0.92..=0.98).contains(&share.coverage()), "{share:?}");
    assert!((0.92..=0.98).contains(&quantile.coverage()), "{quantile:?}");
}

#[test]
fn steady_waits_are_rarely_called_drifting() {
    let mut drifting = 0;
    for replication in 0..200 {
        let mut series = Series::default();
        waits(replication, 0.9, 65_000).skip(5_000).for_each(|wait| series.push(wait));
        drifting += u32::from(truncation(&series.cells_mean()).verdict == Verdict::Drifting);
    }
    assert!(drifting <= 4, "{drifting} of 200");
    assert!(to_seconds(waits(0, 0.9, 1).next().unwrap()) == 0.0, "a queue starts empty");
}
