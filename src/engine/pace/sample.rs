//! What was counted in the steady state, and stands for times without requests.

use crate::kernel::time::{Time, from_seconds};
use crate::results::resource::ResourceBucket;
use crate::results::{ClassBucket, NodeBucket};

/// In parts that fewer requests end in, they are joined in pairs.
const ENDED_LEAST: u64 = 50;

#[derive(Clone, Debug)]
pub struct Sample {
    parts: Vec<Part>,
    in_flight: u64,
}

/// Each part stands for its own part of the run.
#[derive(Clone, Debug)]
struct Part {
    /// In this time so many requests come as ended here.
    length: Time,
    counted: Counted,
    /// The time for which it has stood in so far.
    filled: StandIn,
}

/// What was counted in some time, in which as many requests ended as were offered.
#[derive(Clone, Debug)]
pub struct Counted {
    pub ended: u64,
    pub classes: Vec<ClassBucket>,
    pub cells: Vec<u64>,
    pub nodes: Vec<NodeBucket>,
    pub resources: Vec<ResourceBucket>,
}

/// Times for which the sample stands in.
#[derive(Clone, Copy, Debug, Default)]
pub struct StandIn {
    pub classes: Time,
    pub nodes: Time,
}

/// What a part adds for some time, in whole numbers and without a rest that gets lost.
#[derive(Clone, Copy, Debug)]
pub struct Scale {
    before: u128,
    after: u128,
    length: u128,
}

impl Scale {
    pub fn of(&self, count: u128) -> u128 {
        count * self.after / self.length - count * self.before / self.length
    }
}

impl Counted {
    /// With what was counted after it.
    fn join(mut self, next: Counted) -> Counted {
        self.ended += next.ended;
        self.classes =
            self.classes.into_iter().zip(&next.classes).map(|(one, other)| one.join(other)).collect();
        self.cells.iter_mut().zip(&next.cells).for_each(|(sum, count)| *sum += count);
        self.nodes = self.nodes.iter().zip(&next.nodes).map(|(one, other)| one.join(other)).collect();
        let resources = self.resources.iter().zip(&next.resources);
        self.resources = resources.map(|(one, other)| one.join(other)).collect();
        self
    }
}

/// Until each has enough to stand for anything.
fn join_small(mut parts: Vec<Counted>) -> Vec<Counted> {
    while parts.len() > 1 && parts.iter().any(|part| part.ended < ENDED_LEAST) {
        let mut one_by_one = parts.into_iter();
        let mut joined = Vec::new();
        while let Some(part) = one_by_one.next() {
            joined.push(match one_by_one.next() {
                Some(next) => part.join(next),
                None => part,
            });
        }
        parts = joined;
    }
    parts
}

impl Sample {
    /// From what was counted in a time of this length, unless nobody came.
    pub fn of(counted: Vec<Counted>, rate_per_s: f64, length: Time) -> Option<Sample> {
        let latency = |bucket: &ClassBucket| bucket.latency_sum + bucket.failed_latency_sum;
        let sum: u128 = counted.iter().flat_map(|part| &part.classes).map(latency).sum();
        if sum == 0 || rate_per_s <= 0.0 {
            return None;
        }
        // So many requests come in this time, whatever the sample had.
        let length_of = |counted: &Counted| from_seconds(counted.ended as f64 / rate_per_s).max(1);
        let part =
            |counted: Counted| Part { length: length_of(&counted), counted, filled: StandIn::default() };
        let parts = join_small(counted).into_iter().map(part).collect();
        Some(Sample { parts, in_flight: (sum / u128::from(length.max(1))) as u64 })
    }

    /// How many requests were in flight in the mean.
    pub fn in_flight(&self) -> u64 {
        self.in_flight
    }

    /// The part that stands for this instant.
    fn part_at(&mut self, now: Time, horizon: Time) -> &mut Part {
        let number = u128::from(now) * self.parts.len() as u128 / u128::from(horizon.max(1));
        let last = self.parts.len() - 1;
        &mut self.parts[(number as usize).min(last)]
    }

    /// Stands in for classes for some time more.
    pub fn fill_classes(&mut self, time: Time, now: Time, horizon: Time) -> Option<(&Counted, Scale)> {
        let part = self.part_at(now, horizon);
        let scale = Scale::grown(&mut part.filled.classes, time, part.length);
        scale.map(|scale| (&part.counted, scale))
    }

    /// The same for nodes.
    pub fn fill_nodes(&mut self, time: Time, now: Time, horizon: Time) -> Option<(&Counted, Scale)> {
        let part = self.part_at(now, horizon);
        let scale = Scale::grown(&mut part.filled.nodes, time, part.length);
        scale.map(|scale| (&part.counted, scale))
    }
}

impl Scale {
    fn grown(filled: &mut Time, by: Time, length: Time) -> Option<Scale> {
        let before = u128::from(*filled);
        *filled += by;
        (by > 0).then(|| Scale { before, after: u128::from(*filled), length: u128::from(length) })
    }
}
