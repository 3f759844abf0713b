//! What the condition of a replica makes of those who come in and work there.
//!
//! A replica in a bad condition has no slots and no line as far as the usual way in can
//! see, so that everybody takes the way of those who find it full; only there does anyone
//! look at its condition. A healthy replica costs nothing.

use super::World;
use crate::engine::flow::admission::Entry;
use crate::engine::site::sessions::Holds;
use crate::engine::trouble::{Care, Comer, Room, Treatment};
use crate::engine::visit::Visit;
use crate::kernel::random::uniform;
use crate::kernel::table::Id;
use crate::kernel::time::Time;
use crate::parts::outcome::Outcome;
use crate::parts::release::{Release, goes_to_new};
use crate::plan::Plan;
use crate::plan::ids::Instance;

/// So many connections wait in the backlog of any process (`net.core.somaxconn` before
/// Linux 5.4).
const BACKLOG_LEAST: u32 = 128;

impl World {
    /// Brings what the usual way in looks at into line with the condition.
    pub(in crate::engine) fn take_condition(&mut self, plan: &Plan, instance: Id<Instance>) {
        let Room { slots, line_limit } = self.room(instance);
        let node = &mut self.site.nodes[instance];
        node.set_capacity(slots, self.clockwork.now());
        (node.slots, node.line_limit) = match self.trouble.conditions().care(instance, self.clockwork.now()) {
            Care::AtTheDoor => (0, 0),
            Care::Inside | Care::Nowhere => (slots, line_limit),
        };
        self.look_whether_care_is_needed(instance);
        self.components.has_changed();
        self.wake_checkers(plan, instance);
        self.watch_replication(plan, instance);
        self.serve_line(plan, instance);
    }

    /// A fault that is in force, or has ended, matters here and nowhere else.
    pub(super) fn look_whether_care_is_needed(&mut self, instance: Id<Instance>) {
        let care = self.trouble.conditions().care(instance, self.clockwork.now());
        let node = &mut self.site.nodes[instance];
        let is_counted = node.occupancy.is_some() || self.trouble.are_rolls_kept();
        node.needs_care = is_counted || care != Care::Nowhere;
    }

    /// Whoever stands in line gets the slots that are free.
    pub(in crate::engine) fn serve_line(&mut self, plan: &Plan, instance: Id<Instance>) {
        while let Some(slots) = self.trouble.conditions().slots_for_line(instance) {
            let node = &mut self.site.nodes[instance];
            if node.line_length == 0 || node.busy >= slots {
                return;
            }
            node.take(self.clockwork.now());
            self.admit_next(plan, instance);
        }
    }

    /// Somebody comes to a replica in a bad condition. `None`: it does as always.
    pub(in crate::engine) fn enter_in_bad_condition(
        &mut self,
        plan: &Plan,
        slot: Id<Visit>,
    ) -> Option<Entry> {
        let instance = self.visits[slot].instance;
        match self.treatment(plan, slot) {
            Treatment::AsUsual => None,
            Treatment::SendSynAgain => Some(self.send_syn_again(plan, slot)),
            Treatment::Refuse => Some(self.turn_away(instance, Outcome::Refused)),
            Treatment::ComeBackAt(time) => {
                // It has come once, however often it looks.
                let again = u64::from(self.visits[slot].tries == 0);
                let counts = &mut self.site.nodes[instance].counts;
                counts.visits = counts.visits.wrapping_sub(again);
                self.schedule(slot, time);
                Some(Entry::Waits)
            }
            Treatment::Fail => Some(self.turn_away(instance, Outcome::ServerError)),
            Treatment::Wait => {
                // The kernel takes connections for a process that does not look at them.
                let limit = self.room(instance).line_limit.max(BACKLOG_LEAST);
                let node = &mut self.site.nodes[instance];
                if node.line_length >= limit {
                    node.counts.turned_away += 1;
                    return Some(self.send_syn_again(plan, slot));
                }
                self.stand_in_line(plan, slot);
                Some(Entry::Waits)
            }
        }
    }

    /// What it does with somebody who comes in, errors of which chance decides included.
    fn treatment(&mut self, plan: &Plan, slot: Id<Visit>) -> Treatment {
        let visit = &self.visits[slot];
        let instance = visit.instance;
        let call = visit.call.map(|call| &plan.calls[call]);
        let comer = Comer {
            is_fresh: visit.flags.fresh,
            is_encrypted: call.is_some_and(|call| call.encrypted),
            writes: call.is_some_and(|call| call.writes),
        };
        match self.trouble.conditions().treat(instance, comer, self.clockwork.now()) {
            Treatment::AsUsual => {}
            unusual => return unusual,
        }
        let passes = self.trouble.conditions().passes(instance);
        let errors = self.release_met_by(slot).errors;
        // Whoever finds no room comes again, and must not meet the errors each time.
        if (passes.is_none() && errors == 0.0) || !self.finds_room(slot) {
            return Treatment::AsUsual;
        }
        if passes.is_some_and(|passes| uniform(&mut self.chance.fault_die) >= passes) {
            return Treatment::Fail;
        }
        if errors > 0.0 && uniform(&mut self.chance.fault_die) < errors {
            return Treatment::Fail;
        }
        Treatment::AsUsual
    }

    /// A slot, a place in the line, or a connection that its caller has.
    fn finds_room(&self, slot: Id<Visit>) -> bool {
        let visit = &self.visits[slot];
        let (room, node) = (self.room(visit.instance), &self.site.nodes[visit.instance]);
        let is_connected = || {
            let connection = Holds::Connection(visit.instance);
            visit
                .parent
                .is_some_and(|parent| self.site.sessions.holds(self.visits[parent].sessions, connection))
        };
        node.busy < room.slots || node.line_length < room.line_limit || is_connected()
    }

    fn turn_away(&mut self, instance: Id<Instance>, outcome: Outcome) -> Entry {
        let node = &mut self.site.nodes[instance];
        node.counts.ended += 1;
        node.counts.failed += 1;
        Entry::Fails(outcome)
    }

    /// The slots and the places in line that a replica has when those who come in have
    /// been looked at.
    #[inline(always)]
    pub(in crate::engine) fn room(&self, instance: Id<Instance>) -> Room {
        self.trouble.conditions().room(instance).unwrap_or_else(|| {
            let node = &self.site.nodes[instance];
            Room { slots: node.slots, line_limit: node.line_limit }
        })
    }

    /// Work that begins now takes so much longer.
    #[inline(never)]
    pub(in crate::engine) fn slowed(&mut self, plan: &Plan, slot: Id<Visit>, work: Time) -> Time {
        let instance = self.visits[slot].instance;
        let conditions = self.trouble.conditions();
        // A host of its own is slow itself.
        let slowdown = match self.own_processor(plan, instance) {
            None => conditions.slowdown(instance),
            _ => 1.0,
        };
        let pool = plan.nodes[plan.instances[instance].node].buffer_pool;
        let coldness = match (pool, conditions.cold_for(instance, self.clockwork.now())) {
            (Some(pool), Some(since)) => pool.slowness(since),
            _ => 1.0,
        };
        let factor = slowdown * coldness * self.release_met_by(slot).slowness;
        if factor == 1.0 {
            // It may have become warm since anybody looked.
            self.look_whether_care_is_needed(instance);
            return work;
        }
        (work as f64 * factor) as Time
    }

    /// The version that the visit meets. What nobody waits for any more meets the old one.
    fn release_met_by(&self, slot: Id<Visit>) -> Release {
        let visit = &self.visits[slot];
        self.trouble.conditions().release(visit.instance, |share| {
            let request = visit.root.and_then(|root| self.visits.requests.get(root));
            request.is_some_and(|request| goes_to_new(request.id, request.attempts, share))
        })
    }
}
