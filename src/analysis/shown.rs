//! The time buckets of a run as tables and pictures show them.

use crate::kernel::time::Time;
use crate::results::{ClassBucket, RunResults};
use std::ops::Range;

/// A stretch of time, and which buckets of the results belong to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    pub start: Time,
    pub end: Time,
    /// The first has the whole length. What ended at the very end of a run may have got a bucket
    /// without any, which is a part of the one before.
    pub buckets: Range<usize>,
}

impl Shown {
    pub fn length(&self) -> Time {
        self.end - self.start
    }
}

/// The last one ends with the run.
pub fn shown(results: &RunResults) -> Vec<Shown> {
    let mut stretches: Vec<Shown> = Vec::new();
    for (bucket, edges) in results.bucket_edges.windows(2).enumerate() {
        let (start, end) = (edges[0], edges[1].min(results.ended_at).max(edges[0]));
        if start < end {
            stretches.push(Shown { start, end, buckets: bucket..bucket + 1 });
            continue;
        }
        if results.classes.iter().all(|class| is_empty(&class.buckets[bucket])) {
            break;
        }
        match stretches.last_mut() {
            Some(last) => last.buckets.end = bucket + 1,
            None => stretches.push(Shown { start, end, buckets: bucket..bucket + 1 }),
        }
    }
    stretches
}

fn is_empty(bucket: &ClassBucket) -> bool {
    bucket.offered == 0 && bucket.outcomes.iter().all(|&count| count == 0)
}
