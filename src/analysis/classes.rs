//! Figures of a class of requests, or of all classes together.

use super::estimate::{MORE_RUNS, Reach, ratio};
use super::planned::Part;
use super::shares::share;
use super::summary::{ClassSummary, Estimate};
use super::window::{Window, cells_after};
use crate::kernel::time::Time;
use crate::parts::outcome::Outcome;
use crate::results::{ClassBucket, ClassRecord, RunResults};
use crate::stats::histogram::{CELLS, Histogram};
use crate::stats::interval::{batch_means, quantile_interval};
use crate::stats::series::Series;
use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ops::Range;

const NANOSECOND_MS: f64 = 1e-6;

/// A quantile is told from this many stretches of the run at most, and from the fewest
/// that an interval needs at least.
const SECTIONS_MOST: usize = 20;
const SECTIONS_FEWEST: usize = 10;

/// So many answers must lie beyond the quantile in each stretch.
const BEYOND_FEWEST: f64 = 5.0;

/// Why a run of components alone has no figures of requests.
pub const NO_REQUESTS: &str = "no requests were simulated";

/// Classes of requests that are looked at together, in the part of the run that counts.
pub struct Requests<'a> {
    records: Vec<&'a ClassRecord>,
    /// Their latencies in order.
    latencies: &'a Series,
    window: &'a Window,
    /// Good answers that the series holds from before the window.
    answers_before: u64,
    /// How much each of them counts in a run without requests; empty if there were requests.
    weights: Vec<f64>,
    /// The sum of all buckets of the window.
    total: ClassBucket,
    histogram: Histogram,
    /// Into how many stretches the run was cut last, and the latencies in each.
    sections_kept: RefCell<(usize, Vec<Histogram>)>,
}

impl<'a> Requests<'a> {
    /// `class` is an index; `None` for all.
    pub fn new(results: &'a RunResults, class: Option<usize>, window: &'a Window) -> Requests<'a> {
        let records: Vec<&ClassRecord> = match class {
            Some(class) => vec![&results.classes[class]],
            None => results.classes.iter().collect(),
        };
        let latencies = class.map_or(&results.latencies, |class| &results.classes[class].latencies);
        let before = results.first_counted_bucket..window.buckets.start;
        let answers_before = sum(&records, before).outcomes[Outcome::Ok as usize];
        let total = sum(&records, window.buckets.clone());
        let histogram = histogram(&records, window.buckets.clone());
        let weights = class.map_or(window.weights.as_slice(), |class| {
            window.weights.get(class..class + 1).unwrap_or_default()
        });
        let weights = weights.to_vec();
        let sections_kept = RefCell::default();
        Requests { records, latencies, window, answers_before, weights, total, histogram, sections_kept }
    }

    /// Whether there are any, or only times for which all that they need was up.
    pub fn are_simulated(&self) -> bool {
        self.window.weights.is_empty()
    }

    /// A figure that only requests have.
    fn if_simulated<T>(&self, figure: T) -> Option<T> {
        self.are_simulated().then_some(figure)
    }

    fn answers(&self) -> u64 {
        self.total.outcomes[Outcome::Ok as usize]
    }

    /// Those that ended, or in a run without requests the seconds that were looked at.
    pub fn ended(&self) -> u64 {
        self.total.outcomes.iter().sum()
    }

    pub fn offered_per_s(&self) -> Option<f64> {
        self.if_simulated(ratio(self.total.offered as f64, self.window.length_s())).flatten()
    }

    pub fn goodput_per_s(&self) -> Option<f64> {
        self.if_simulated(ratio(self.total.good as f64, self.window.length_s())).flatten()
    }

    pub fn max_ms(&self) -> Option<f64> {
        (self.latencies.count() > 0).then_some(self.total.latency_max as f64 * NANOSECOND_MS)
    }

    /// By batch means.
    pub fn mean_ms(&self) -> Estimate {
        if let Some(why) = self.why_no_latency() {
            return Estimate::empty(why);
        }
        let mean = self.total.latency_sum as f64 / self.answers() as f64;
        let interval = batch_means(&cells_after(self.latencies, self.answers_before));
        let reach = Reach::milliseconds_of(self.window);
        let parts = self.parts(|bucket| bucket.latency_sum as f64, ClassBucket::answers);
        let estimate = Estimate::of_stretches(mean, &interval, NANOSECOND_MS, reach);
        estimate.unless_planned(&parts, self.window, mean * NANOSECOND_MS)
    }

    fn why_no_latency(&self) -> Option<&'static str> {
        match self.answers() {
            _ if !self.are_simulated() => Some(NO_REQUESTS),
            0 => Some("there was no good answer"),
            _ => None,
        }
    }

    /// How often something was counted in each time bucket, and of how many, where there were any.
    fn parts(&self, counted: impl Fn(&ClassBucket) -> f64, of: impl Fn(&ClassBucket) -> f64) -> Vec<Part> {
        let part = |bucket: usize| {
            let mut part = Part { bucket, counted: 0.0, of: 0.0 };
            for (number, record) in self.records.iter().enumerate() {
                let weight = self.weights.get(number).copied().unwrap_or(1.0);
                part.counted += weight * counted(&record.buckets[bucket]);
                part.of += weight * of(&record.buckets[bucket]);
            }
            part
        };
        self.window.buckets.clone().map(part).filter(|part| part.of > 0.0).collect()
    }

    /// The share of the requests that ended which `counted` counts, by the ratio of batches.
    pub fn share(&self, counted: fn(&ClassBucket) -> u64) -> Estimate {
        share(&self.parts(|bucket| counted(bucket) as f64, ClassBucket::ended), self.window)
    }

    /// By sectioning: the spread of the quantile between stretches of the run.
    pub fn quantile_ms(&self, share: f64) -> Estimate {
        if let Some(why) = self.why_no_latency() {
            return Estimate::empty(why);
        }
        let answers = self.answers();
        let overall = self.histogram.quantile(share);
        let beyond = answers as f64 * share.min(1.0 - share);
        let sections = ((beyond / BEYOND_FEWEST) as usize).min(SECTIONS_MOST);
        if sections < SECTIONS_FEWEST {
            let needed = answers_needed(share);
            let why =
                format!("{answers} answers are too few: it needs {needed}; a longer run, or {MORE_RUNS}");
            return Estimate::without_interval(Some(overall * NANOSECOND_MS), &why);
        }
        let estimates = self.quantile_of_sections(sections, share);
        let interval = quantile_interval(&estimates, overall);
        let reach = Reach::milliseconds_of(self.window);
        let estimate = Estimate::of_stretches(overall, &interval, NANOSECOND_MS, reach);
        estimate.unless_planned(&self.beyond(overall), self.window, overall * NANOSECOND_MS)
    }

    /// The histograms are kept, since most quantiles are told from equally many stretches.
    fn quantile_of_sections(&self, number: usize, share: f64) -> Vec<f64> {
        let mut sections = self.sections_kept.borrow_mut();
        if sections.0 != number {
            let histogram = |section| histogram(&self.records, section);
            *sections = (number, self.sections(number).into_iter().map(histogram).collect());
        }
        sections.1.iter().map(|histogram| histogram.quantile(share)).collect()
    }

    /// The share of the answers of each time bucket that took longer: what makes it differ makes
    /// the quantile differ.
    fn beyond(&self, latency: f64) -> Vec<Part> {
        if self.window.planned.is_empty() {
            return Vec::new();
        }
        let part = |bucket: usize| {
            let histogram = histogram(&self.records, bucket..bucket + 1);
            Part { bucket, counted: histogram.count_above(latency as Time), of: histogram.count() as f64 }
        };
        self.window.buckets.clone().map(part).filter(|part| part.of > 0.0).collect()
    }

    /// Stretches of whole buckets with about equal numbers of answers.
    fn sections(&self, number: usize) -> Vec<Range<usize>> {
        let answers = self.answers();
        let mut sections = Vec::with_capacity(number);
        let mut start = self.window.buckets.start;
        let mut seen = 0;
        for bucket in self.window.buckets.clone() {
            let of_class = |record: &&ClassRecord| record.buckets[bucket].outcomes[Outcome::Ok as usize];
            seen += self.records.iter().map(of_class).sum::<u64>();
            let due = (sections.len() as u64 + 1) * answers;
            if seen * number as u64 >= due {
                sections.push(start..bucket + 1);
                start = bucket + 1;
            }
        }
        sections
    }

    pub fn summary(&self, name: &str) -> ClassSummary {
        let failed = self.ended() - self.answers();
        let outcomes: BTreeMap<Cow<'static, str>, u64> = Outcome::ALL
            .into_iter()
            .map(|outcome| (outcome.name().into(), self.total.outcomes[outcome as usize]))
            .filter(|&(_, count)| count > 0 && self.are_simulated())
            .collect();
        ClassSummary {
            name: name.to_owned(),
            offered: self.if_simulated(self.total.offered),
            ended: self.if_simulated(self.ended()),
            offered_per_s: self.if_simulated(self.offered_per_s().unwrap_or(0.0)),
            goodput_per_s: self.if_simulated(self.goodput_per_s().unwrap_or(0.0)),
            good_share: self.share(|bucket| bucket.good),
            outcomes,
            attempts_mean: ratio(self.total.attempts as f64, self.ended() as f64)
                .filter(|_| self.are_simulated()),
            mean_ms: self.mean_ms(),
            p50_ms: self.quantile_ms(0.5),
            p90_ms: self.quantile_ms(0.9),
            p95_ms: self.quantile_ms(0.95),
            p99_ms: self.quantile_ms(0.99),
            p999_ms: self.quantile_ms(0.999),
            max_ms: self.max_ms(),
            failed_mean_ms: ratio(self.total.failed_latency_sum as f64 * NANOSECOND_MS, failed as f64)
                .filter(|_| self.are_simulated()),
        }
    }
}

impl ClassBucket {
    /// As numbers to divide by.
    fn answers(&self) -> f64 {
        self.outcomes[Outcome::Ok as usize] as f64
    }

    fn ended(&self) -> f64 {
        self.outcomes.iter().sum::<u64>() as f64
    }
}

/// So many answers make a quantile's interval.
pub fn answers_needed(share: f64) -> u64 {
    (SECTIONS_FEWEST as f64 * BEYOND_FEWEST / share.min(1.0 - share)).round() as u64
}

/// What happened in some buckets; `in_flight` is that at their end.
pub fn sum(records: &[&ClassRecord], buckets: Range<usize>) -> ClassBucket {
    let mut sum = ClassBucket::default();
    for record in records {
        for bucket in &record.buckets[buckets.clone()] {
            sum.offered += bucket.offered;
            for (all, one) in sum.outcomes.iter_mut().zip(bucket.outcomes) {
                *all += one;
            }
            sum.good += bucket.good;
            sum.attempts += bucket.attempts;
            sum.latency_sum += bucket.latency_sum;
            sum.latency_max = sum.latency_max.max(bucket.latency_max);
            sum.failed_latency_sum += bucket.failed_latency_sum;
        }
        sum.in_flight += record.buckets[buckets.clone()].last().map_or(0, |bucket| bucket.in_flight);
    }
    sum
}

/// The latencies of good answers in some buckets.
pub fn histogram(records: &[&ClassRecord], buckets: Range<usize>) -> Histogram {
    let mut histogram = Histogram::new();
    for record in records {
        for bucket in buckets.clone() {
            let cells = &record.cells[bucket * CELLS..(bucket + 1) * CELLS];
            let ClassBucket { latency_sum, latency_max, .. } = record.buckets[bucket];
            histogram.add_counted_cells(cells, latency_sum, latency_max);
        }
    }
    histogram
}
