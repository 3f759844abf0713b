//! What has been counted in a time bucket is put away, and the next begins.

use super::World;
use super::node::{Counts, NodeState};
use crate::kernel::sharing::Totals;
use crate::kernel::time::Time;
use crate::plan::Plan;
use crate::results::{ClassBucket, NodeBucket};
use crate::stats::histogram::CELLS;

#[derive(Clone, Default)]
pub(super) struct NodeLog {
    counts: Counts,
    integrals: [u64; 4],
    down: Time,
    full: [u64; 2],
    processor: Totals,
    pub buckets: Vec<NodeBucket>,
}

impl World {
    /// Puts the present time bucket away and begins the next.
    pub(super) fn cut_bucket(&mut self, plan: &Plan) {
        if self.quiet.is_on() {
            self.quiet_before_cut();
        }
        if self.components.is_on() {
            self.count_components();
        }
        let now = self.clockwork.now;
        let recorder = &mut self.watch.recorder;
        let no_time = recorder.edges.last() == Some(&now);
        // A bucket without length goes into the one before, unless that is the warm-up's.
        let joins = no_time && recorder.edges.len() - 1 > recorder.first_counted_bucket;
        if no_time && !joins && recorder.is_bucket_empty() {
            return;
        }
        recorder.edges.push(now);
        for class in &mut recorder.classes {
            let in_flight = class.in_flight;
            class.buckets.push(ClassBucket { in_flight, ..std::mem::take(&mut class.now) });
            class.first_cell += CELLS;
        }
        for (number, log) in recorder.nodes.iter_mut().enumerate() {
            let processor = plan.instances[number].processor;
            let own = processor != crate::plan::NONE
                && plan.processors[processor as usize].instance == number as u32;
            let (totals, jobs_most) = match own {
                true => {
                    let processor = &mut self.clockwork.processors[processor as usize];
                    (processor.totals(now), processor.take_most())
                }
                false => (Totals::default(), 0),
            };
            let down = self.trouble.conditions().down_time(number as u32, now);
            log.cut(&mut self.site.nodes[number], (totals, jobs_most), down, now);
        }
        self.cut_scalings(plan);
        self.cut_usage(plan);
        if self.quiet.is_on() {
            self.quiet_after_cut();
        }
        let recorder = &mut self.watch.recorder;
        if joins {
            recorder.join_last_buckets();
        } else if recorder.edges.len() > recorder.buckets_most {
            recorder.join_buckets();
        }
        if recorder.warmup_until.is_some_and(|until| now >= until) {
            recorder.start_counting();
        }
    }
}

impl NodeLog {
    /// With room for so many buckets.
    pub fn with_room(buckets: usize) -> NodeLog {
        NodeLog { buckets: Vec::with_capacity(buckets), ..NodeLog::default() }
    }

    fn cut(&mut self, node: &mut NodeState, (processor, jobs_most): (Totals, u32), down: Time, now: Time) {
        let full = node.time_full(now);
        let integrals = node.integrals(now);
        let grown: [u64; 4] =
            std::array::from_fn(|number| integrals[number].wrapping_sub(self.integrals[number]));
        let (before, counts) = (self.counts, node.counts);
        // Extra slots may be fewer than none; the sum with those served is not.
        let held = grown[0].wrapping_add(grown[3]);
        self.buckets.push(NodeBucket {
            visits: counts.visits - before.visits,
            started: counts.started - before.started,
            waited: counts.waited - before.waited,
            waited_time: u128::from(counts.waited_time.wrapping_sub(before.waited_time)),
            left: counts.left - before.left,
            left_time: u128::from(counts.left_time.wrapping_sub(before.left_time)),
            turned_away: counts.turned_away - before.turned_away,
            ended: counts.ended - before.ended,
            failed: counts.failed - before.failed,
            unwanted: counts.unwanted - before.unwanted,
            background_lost: counts.background_lost - before.background_lost,
            optional_lost: counts.optional_lost - before.optional_lost,
            held: u128::from(held),
            served: u128::from(grown[0]),
            calling: u128::from(grown[1]),
            queued: u128::from(grown[2]),
            full: full[0].wrapping_sub(self.full[0]),
            line_full: full[1].wrapping_sub(self.full[1]),
            cpu: u128::from(processor.used.wrapping_sub(self.processor.used)),
            on_cpu: u128::from(processor.present.wrapping_sub(self.processor.present)),
            cpu_full: processor.full.wrapping_sub(self.processor.full),
            on_cpu_max: jobs_most,
            queue_max: node.queue_max,
            down: u128::from(down - self.down),
            // What autoscaling has switched off is noted next.
            slots_off: 0,
            off: 0,
            held_off: 0,
            lookups: counts.lookups - before.lookups,
            hits: counts.hits - before.hits,
        });
        node.queue_max = node.line_length;
        self.counts = counts;
        self.integrals = integrals;
        self.full = full;
        self.down = down;
        self.processor = processor;
    }
}
