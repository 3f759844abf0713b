//! What a run under way looks like from outside: a copy to look at. Making one changes nothing,
//! so that a run that was watched is the same, to the last bit, as one that was not.

use super::World;
use super::site::scalings::TimeOff;
use super::watch::ClassSnapshot;
use crate::kernel::table::Id;
use crate::kernel::time::Time;
use crate::plan::Plan;
use crate::plan::ids::Instance;
use crate::results::incident::Incident;
use crate::results::{Nanoseconds, NodeBucket};

#[derive(Clone, Debug)]
pub struct Snapshot {
    pub at: Time,
    pub in_flight: u64,
    /// Whether it is a time without requests, of which the steady state tells what they would do.
    pub is_silent: bool,
    /// In the order of the scenario's classes.
    pub classes: Vec<ClassSnapshot>,
    /// All replicas of the first node, then of the second …
    pub instances: Vec<InstanceSnapshot>,
    /// Faults and maintenance in force, the latest last.
    pub incidents: Vec<Incident>,
}

#[derive(Clone, Copy, Debug)]
pub struct InstanceSnapshot {
    /// Slots that are held, visits in line, and visits that have a slot, now.
    pub busy: u32,
    pub line: u32,
    pub serving: u32,
    pub is_down: bool,
    visits: u64,
    ended: u64,
    failed: u64,
    /// Integrals over time, which wrap around: slots held, and cores in use.
    held: u64,
    cpu: u64,
    /// For how long it has been down, and what of it has been switched off.
    down: Time,
    off: TimeOff,
}

impl InstanceSnapshot {
    /// What happened between an earlier snapshot and this one.
    pub fn since(&self, earlier: &InstanceSnapshot) -> NodeBucket {
        NodeBucket {
            visits: self.visits.saturating_sub(earlier.visits),
            ended: self.ended.saturating_sub(earlier.ended),
            failed: self.failed.saturating_sub(earlier.failed),
            held: Nanoseconds::from(self.held.wrapping_sub(earlier.held)),
            cpu: Nanoseconds::from(self.cpu.wrapping_sub(earlier.cpu)),
            down: Nanoseconds::from(self.down.saturating_sub(earlier.down)),
            slots_off: self.off.slots.saturating_sub(earlier.off.slots),
            off: self.off.whole.saturating_sub(earlier.off.whole),
            held_off: self.off.held.saturating_sub(earlier.off.held),
            ..NodeBucket::default()
        }
    }
}

impl World {
    /// At an instant up to which nothing is left to happen, or at the last event if that is later.
    pub fn snapshot(&self, plan: &Plan, at: Time) -> Snapshot {
        let at = at.max(self.clockwork.now());
        let mut classes = self.watch.class_snapshots();
        if self.components.is_on() {
            // Seconds are counted there, and no requests.
            classes.fill(ClassSnapshot::default());
        }
        Snapshot {
            at,
            in_flight: self.in_flight(),
            is_silent: self.quiet.is_silent() || self.components.is_on(),
            classes,
            instances: self
                .site
                .nodes
                .ids()
                .map(|instance| self.instance_snapshot(plan, instance, at))
                .collect(),
            incidents: self.trouble.incidents().in_force().cloned().collect(),
        }
    }

    fn instance_snapshot(&self, plan: &Plan, number: Id<Instance>, at: Time) -> InstanceSnapshot {
        let node = &self.site.nodes[number];
        let [served, _, _, extra] = node.integrals(at);
        let own = self.own_processor(plan, number);
        // A processor that is asked for its totals computes up to now in floating point. A copy
        // is asked, since the sums of one that is asked more often differ in their last bits.
        let cpu = own.map_or(0, |processor| self.clockwork.totals_of(processor, at).used);
        InstanceSnapshot {
            busy: node.busy,
            line: node.line_length,
            serving: node.serving,
            is_down: self.is_down(number),
            visits: node.counts.visits,
            ended: node.counts.ended,
            failed: node.counts.failed,
            held: served.wrapping_add(extra),
            cpu,
            down: self.trouble.conditions().down_time(number, at),
            off: self.time_off(plan, number, at),
        }
    }
}
