//! What the recorder does where not every request is simulated: it tells what was counted
//! in a stretch, forgets a stretch, and adds what was not simulated.

use super::node_log::NodeLog;
use super::recorder::{ClassState, Recorder};
use crate::kernel::table::Id;
use crate::kernel::time::Time;
use crate::parts::outcome::Outcome;
use crate::plan::ids::Class;
use crate::results::resource::ResourceBucket;
use crate::results::{ClassBucket, NodeBucket};
use crate::stats::histogram::CELLS;

/// What requests that do not count, or were not simulated, come to.
#[derive(Clone, Debug, Default)]
pub(super) struct QuietBooks {
    /// What the present bucket of each class had counted when that was to be kept, and its cells.
    kept: Vec<ClassBucket>,
    kept_cells: Vec<u32>,
    /// What was simulated and does not count, and what counts and was not simulated.
    pub(super) discarded: Tally,
    pub(super) added: Tally,
}

/// Requests that have come, and that have ended.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tally {
    pub(super) offered: u64,
    pub(super) ended: u64,
}

impl Recorder {
    /// The buckets that began at or after this instant.
    fn first_bucket_since(&self, since: Time) -> usize {
        self.edges.partition_point(|&edge| edge < since)
    }

    /// Of each class, what was counted since then, with the counts of its latencies.
    pub fn classes_since(&self, since: Time) -> Vec<(ClassBucket, Vec<u64>)> {
        let first = self.first_bucket_since(since);
        let of_class = |class: &ClassState| {
            let buckets = class.buckets.get(first..).unwrap_or(&[]);
            let sum = buckets.iter().fold(ClassBucket::default(), ClassBucket::join);
            let mut cells = vec![0; CELLS];
            for counts in class.cells[first * CELLS..class.first_cell.max(first * CELLS)].chunks(CELLS) {
                cells.iter_mut().zip(counts).for_each(|(sum, &count)| *sum += u64::from(count));
            }
            (sum, cells)
        };
        self.classes.iter().map(of_class).collect()
    }

    pub fn resources_since(&self, since: Time) -> Vec<ResourceBucket> {
        self.usage.since(self.first_bucket_since(since))
    }

    pub fn nodes_since(&self, since: Time) -> Vec<NodeBucket> {
        let first = self.first_bucket_since(since);
        let of_node = |log: &NodeLog| {
            let buckets = log.buckets.get(first..).unwrap_or(&[]);
            buckets.iter().fold(NodeBucket::default(), NodeBucket::join)
        };
        self.nodes.iter().map(of_node).collect()
    }

    /// Notes what the present bucket has counted so far.
    pub fn keep_present(&mut self) {
        let QuietBooks { kept, kept_cells, .. } = &mut self.books;
        kept.clear();
        kept_cells.clear();
        for class in &self.classes {
            kept.push(class.now.clone());
            kept_cells.extend_from_slice(&class.cells[class.first_cell..class.first_cell + CELLS]);
        }
    }

    /// Forgets what the present bucket has counted since then. Whoever is in flight stays
    /// offered, since its end is going to be counted.
    pub fn restore_present(&mut self) {
        let QuietBooks { kept, kept_cells, discarded, .. } = &mut self.books;
        for (number, (class, kept)) in self.classes.iter_mut().zip(kept).enumerate() {
            let ends = |bucket: &ClassBucket| bucket.outcomes.iter().sum::<u64>();
            let offered = class.now.offered - kept.offered;
            let ended = ends(&class.now) - ends(kept);
            let in_flight = offered.saturating_sub(ended);
            class.now = kept.clone();
            class.now.offered += in_flight;
            let cells = &mut class.cells[class.first_cell..class.first_cell + CELLS];
            cells.copy_from_slice(&kept_cells[number * CELLS..(number + 1) * CELLS]);
            discarded.offered += offered - in_flight;
            discarded.ended += ended;
        }
    }

    /// So many requests of a class have come and ended like this, in no time.
    pub fn count_answers(&mut self, class: Id<Class>, outcome: Outcome, count: u64) {
        self.offered += count;
        self.ended += count;
        let now = &mut self.classes[class].now;
        now.offered += count;
        now.attempts += count;
        now.outcomes[outcome as usize] += count;
        now.good += if outcome.is_ok() { count } else { 0 };
    }

    /// Adds a part of a sample to the bucket that was put away last.
    pub fn add_to_last_of_classes(
        &mut self,
        sample: &[ClassBucket],
        cells: &[u64],
        scaled: &impl Fn(u128) -> u128,
    ) {
        for (number, class) in self.classes.iter_mut().enumerate() {
            let Some(last) = class.buckets.last_mut() else { continue };
            let part = part_of_class(&sample[number], scaled);
            self.books.added.offered += part.offered;
            self.books.added.ended += part.outcomes.iter().sum::<u64>();
            *last = std::mem::take(last).join(&part);
            let first = class.first_cell - CELLS;
            let sampled = &cells[number * CELLS..(number + 1) * CELLS];
            for (cell, &count) in class.cells[first..class.first_cell].iter_mut().zip(sampled) {
                let more = u32::try_from(scaled(u128::from(count))).unwrap_or(u32::MAX);
                *cell = cell.saturating_add(more);
            }
        }
    }

    pub fn add_to_last_of_nodes(&mut self, sample: &[NodeBucket], scaled: &impl Fn(u128) -> u128) {
        for (log, sample) in self.nodes.iter_mut().zip(sample) {
            if let Some(last) = log.buckets.last_mut() {
                *last = last.join(&part_of_node(sample, scaled));
            }
        }
    }
}

fn part_of_class(bucket: &ClassBucket, scaled: &impl Fn(u128) -> u128) -> ClassBucket {
    let count = |count: u64| scaled(u128::from(count)) as u64;
    let outcomes = bucket.outcomes.map(count);
    ClassBucket {
        // In the steady state as many end as come.
        offered: outcomes.iter().sum(),
        outcomes,
        lost: bucket.lost.map(count),
        // Rounding must not make more answers good than there are.
        good: count(bucket.good).min(outcomes[0]),
        attempts: count(bucket.attempts),
        latency_sum: scaled(bucket.latency_sum),
        latency_max: bucket.latency_max,
        failed_latency_sum: scaled(bucket.failed_latency_sum),
        in_flight: bucket.in_flight,
    }
}

fn part_of_node(bucket: &NodeBucket, scaled: &impl Fn(u128) -> u128) -> NodeBucket {
    let count = |count: u64| scaled(u128::from(count)) as u64;
    NodeBucket {
        visits: count(bucket.visits),
        started: count(bucket.started),
        waited: count(bucket.waited),
        waited_time: scaled(bucket.waited_time),
        left: count(bucket.left),
        left_time: scaled(bucket.left_time),
        turned_away: count(bucket.turned_away),
        ended: count(bucket.ended),
        failed: count(bucket.failed),
        unwanted: count(bucket.unwanted),
        background_lost: count(bucket.background_lost),
        optional_lost: count(bucket.optional_lost),
        held: scaled(bucket.held),
        served: scaled(bucket.served),
        calling: scaled(bucket.calling),
        queued: scaled(bucket.queued),
        full: count(bucket.full),
        line_full: count(bucket.line_full),
        cpu: scaled(bucket.cpu),
        on_cpu: scaled(bucket.on_cpu),
        cpu_full: count(bucket.cpu_full),
        on_cpu_max: bucket.on_cpu_max,
        down: 0,
        slots_off: 0,
        off: 0,
        held_off: scaled(bucket.held_off),
        queue_max: bucket.queue_max,
        lookups: count(bucket.lookups),
        hits: count(bucket.hits),
    }
}
