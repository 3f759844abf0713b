//! What has been counted so far, for those who look on.

use super::Watch;
use crate::parts::outcome::Outcome;
use crate::results::Nanoseconds;

/// Since the start of the run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ClassSnapshot {
    pub offered: u64,
    pub ok: u64,
    /// Of these, the ones within the class's objective.
    pub good: u64,
    pub failed: u64,
    /// Of answers with success.
    pub latency_sum: Nanoseconds,
}

impl ClassSnapshot {
    /// Of two classes together.
    pub fn with(self, other: &ClassSnapshot) -> ClassSnapshot {
        ClassSnapshot {
            offered: self.offered + other.offered,
            ok: self.ok + other.ok,
            good: self.good + other.good,
            failed: self.failed + other.failed,
            latency_sum: self.latency_sum + other.latency_sum,
        }
    }
}

impl Watch {
    /// In the order of the scenario's classes.
    pub fn class_snapshots(&self) -> Vec<ClassSnapshot> {
        let of_class = |class: &super::recorder::ClassState| {
            let mut sum = ClassSnapshot::default();
            for bucket in class.buckets.iter().chain([&class.now]) {
                let ok = bucket.outcomes[Outcome::Ok as usize];
                sum.offered += bucket.offered;
                sum.ok += ok;
                sum.good += bucket.good;
                sum.failed += bucket.outcomes.iter().sum::<u64>() - ok;
                sum.latency_sum += bucket.latency_sum;
            }
            sum
        };
        self.recorder.classes.iter().map(of_class).collect()
    }
}
