//! How long after an outage latencies are what they were before.

use super::classes::sum;
use super::estimate::ratio;
use crate::kernel::time::{Time, to_seconds};
use crate::parts::fidelity::Fidelity;
use crate::results::incident::Outage;
use crate::results::{ClassRecord, RunResults};
use std::ops::Range;

/// A bucket is normal if its mean latency is not above the usual one by more than this.
const NORMAL: f64 = 1.25;

/// The mean latency of each time bucket, and the usual one.
pub struct Normality {
    /// When each bucket with answers ends, and how long these took in the mean.
    means: Vec<(Time, f64)>,
    usual: Option<f64>,
}

impl Normality {
    /// In these time buckets of a run.
    pub fn of(results: &RunResults, buckets: &Range<usize>) -> Normality {
        if results.fidelity == Fidelity::Components {
            return Normality { means: Vec::new(), usual: None };
        }
        let records: Vec<&ClassRecord> = results.classes.iter().collect();
        let means: Vec<(Time, f64)> = buckets
            .clone()
            .filter_map(|bucket| {
                let end = results.bucket_edges[bucket + 1];
                let bucket = sum(&records, bucket..bucket + 1);
                Some((end, ratio(bucket.latency_sum as f64, bucket.outcomes[0] as f64)?))
            })
            .collect();
        let mut sorted: Vec<f64> = means.iter().map(|&(_, mean)| mean).collect();
        sorted.sort_by(f64::total_cmp);
        // What is usual is not moved by the outages themselves.
        let usual = sorted.get(sorted.len() / 2).copied();
        Normality { means, usual }
    }

    /// From the end of an outage to the end of the first bucket behind it that is normal;
    /// `None` if there is none before the run ends.
    pub fn normal_again_s(&self, outage: &Outage) -> Option<f64> {
        self.usual?;
        self.normal_again(outage.end).map(|end| to_seconds(end - outage.end))
    }

    /// The end of the first bucket from an instant on that is normal; the instant itself where
    /// there are no latencies at all.
    pub fn normal_again(&self, instant: Time) -> Option<Time> {
        let Some(usual) = self.usual else { return Some(instant) };
        let behind = self.means.iter().filter(|&&(end, _)| end >= instant);
        behind.filter(|&&(_, mean)| mean <= NORMAL * usual).map(|&(end, _)| end).next()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::time::SECOND;
    use crate::parts::outcome::Outcome;

    #[test]
    fn latencies_are_normal_again_in_the_first_bucket_that_is() {
        let means = [1.0, 1.1, 9.0, 8.0, 1.3, 1.2, 1.0, 1.0, 1.0];
        let means: Vec<(Time, f64)> = (1..).map(|end| end * 10 * SECOND).zip(means).collect();
        let normality = Normality { means, usual: Some(1.0) };
        let outage = |end_s: u64| Outage {
            start: 0,
            end: end_s * SECOND,
            lost: 1,
            first_error: Outcome::Reset,
            last_error: Outcome::Reset,
            cause: None,
        };
        assert_eq!(normality.normal_again_s(&outage(35)), Some(25.0));
        assert_eq!(normality.normal_again_s(&outage(58)), Some(2.0));
        assert_eq!(normality.normal_again_s(&outage(91)), None);
    }
}
