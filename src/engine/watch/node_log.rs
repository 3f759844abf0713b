//! What each instance has done, bucket by bucket.

use crate::engine::site::stations::Counts;
use crate::kernel::sharing::Totals;
use crate::kernel::time::Time;
use crate::results::NodeBucket;

/// What an instance tells at the end of a time bucket, since the start of the run. Integrals over
/// time wrap around.
#[derive(Clone, Default)]
pub struct InstanceTotals {
    pub counts: Counts,
    /// Slots that serve, that call and that are lined up for, and those held beside these.
    pub integrals: [u64; 4],
    /// For how long all slots, and all places in line, were taken.
    pub full: [u64; 2],
    pub down: Time,
    /// What autoscaling has switched off: slot time, the time for which that was all, and slot
    /// time that was held in the latter all the same.
    pub slots_off: u128,
    pub off: Time,
    pub held_off: u128,
    pub processor: Totals,
    /// The most in this bucket: in line, and on the processor at once.
    pub queue_most: u32,
    pub jobs_most: u32,
}

#[derive(Clone, Default)]
pub(super) struct NodeLog {
    before: InstanceTotals,
    pub(super) buckets: Vec<NodeBucket>,
}

impl NodeLog {
    /// With room for so many buckets.
    pub fn with_room(buckets: usize) -> NodeLog {
        NodeLog { buckets: Vec::with_capacity(buckets), ..NodeLog::default() }
    }

    /// Puts away what has been counted in the present time bucket.
    pub fn cut(&mut self, totals: InstanceTotals) {
        let before = std::mem::replace(&mut self.before, totals);
        let now = &self.before;
        let grown: [u64; 4] =
            std::array::from_fn(|number| now.integrals[number].wrapping_sub(before.integrals[number]));
        // Extra slots may be fewer than none; the sum with those served is not.
        let held = grown[0].wrapping_add(grown[3]);
        let (counts, processor) = (&now.counts, &now.processor);
        self.buckets.push(NodeBucket {
            visits: counts.visits - before.counts.visits,
            started: counts.started - before.counts.started,
            waited: counts.waited - before.counts.waited,
            waited_time: u128::from(counts.waited_time.wrapping_sub(before.counts.waited_time)),
            left: counts.left - before.counts.left,
            left_time: u128::from(counts.left_time.wrapping_sub(before.counts.left_time)),
            turned_away: counts.turned_away - before.counts.turned_away,
            ended: counts.ended - before.counts.ended,
            failed: counts.failed - before.counts.failed,
            unwanted: counts.unwanted - before.counts.unwanted,
            background_lost: counts.background_lost - before.counts.background_lost,
            optional_lost: counts.optional_lost - before.counts.optional_lost,
            held: u128::from(held),
            served: u128::from(grown[0]),
            calling: u128::from(grown[1]),
            queued: u128::from(grown[2]),
            full: now.full[0].wrapping_sub(before.full[0]),
            line_full: now.full[1].wrapping_sub(before.full[1]),
            cpu: u128::from(processor.used.wrapping_sub(before.processor.used)),
            on_cpu: u128::from(processor.present.wrapping_sub(before.processor.present)),
            cpu_full: processor.full.wrapping_sub(before.processor.full),
            on_cpu_max: now.jobs_most,
            queue_max: now.queue_most,
            down: u128::from(now.down - before.down),
            slots_off: now.slots_off - before.slots_off,
            off: now.off - before.off,
            held_off: now.held_off - before.held_off,
            lookups: counts.lookups - before.counts.lookups,
            hits: counts.hits - before.counts.hits,
        });
    }
}
