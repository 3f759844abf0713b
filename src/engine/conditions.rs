//! The condition of each replica: which faults are in force, and what they make of those
//! who come in.
//!
//! A replica in a bad condition has no slots and no line as far as the usual way in can
//! see, so that everybody takes the way of those who find it full; only there does anyone
//! look at its condition. A healthy replica costs nothing.

use super::World;
use super::admission::Entry;
use super::site::sessions::Holds;
use crate::kernel::random::uniform;
use crate::kernel::time::Time;
use crate::parts::fault::Fault;
use crate::parts::outcome::Outcome;
use crate::parts::release::{Release, goes_to_new};
use crate::plan::{NONE, Plan};

#[derive(Clone, Debug)]
pub struct Condition {
    /// Reasons why its process is not there: crashes of its own and of its host, booting.
    pub(super) down: u32,
    /// Of these, how many make its host silent.
    pub(super) silent: u32,
    pub(super) hung: u32,
    pub(super) black_holes: u32,
    pub(super) full_disks: u32,
    pub(super) expired: u32,
    pub(super) dns_outages: u32,
    pub(super) slowdowns: Faults,
    pub(super) errors: Faults,
    /// What it has when it is well.
    pub(super) slots: u32,
    pub(super) line_limit: u32,
    /// Reasons why callers that have a choice send it nothing new.
    pub(super) drained_for: u32,
    /// Of these, how many are over when it is up again.
    pub(super) drained_until_up: u32,
    /// Writes wait until then.
    pub(super) writes_locked_until: Time,
    /// The version that runs, and one that a share of the requests meets instead.
    pub(super) version: Release,
    pub(super) canary: Option<(f64, Release)>,
    /// It has crashed, and was not merely stopped.
    pub(super) has_crashed: bool,
    /// Since when it has been serving without what it had in memory, and until when that is felt.
    pub(super) cold_since: Time,
    pub(super) cold_until: Time,
    pub(super) down_since: Time,
    pub(super) down_time: Time,
}

/// Faults of one sort in force, and their product.
#[derive(Clone, Copy, Debug)]
pub(super) struct Faults {
    pub(super) count: u32,
    pub(super) product: f64,
}

impl Faults {
    const NONE: Faults = Faults { count: 0, product: 1.0 };

    pub(super) fn add(&mut self, factor: f64) {
        self.count += 1;
        self.product *= factor;
    }

    pub(super) fn remove(&mut self, factor: f64) {
        self.count -= 1;
        // Without any it is exactly one again.
        self.product = if self.count == 0 { 1.0 } else { self.product / factor };
    }
}

/// So many connections wait in the backlog of any process (`net.core.somaxconn` before
/// Linux 5.4).
const BACKLOG_LEAST: u32 = 128;

/// What its condition lets a replica do with somebody who comes in.
enum Verdict {
    /// What it always does.
    AsUsual,
    Refuse,
    SendSynAgain,
    Fail,
    /// It comes in at this instant.
    ComeBackAt(Time),
    /// Into the line, however many workers are free.
    Wait,
}

impl Condition {
    pub fn of_all(plan: &Plan) -> Vec<Condition> {
        if !plan.has_changes() {
            return Vec::new();
        }
        let well = |instance: &crate::plan::InstancePlan| {
            let node = &plan.nodes[instance.node as usize];
            Condition {
                down: 0,
                silent: 0,
                hung: 0,
                black_holes: 0,
                full_disks: 0,
                expired: 0,
                dns_outages: 0,
                slowdowns: Faults::NONE,
                errors: Faults::NONE,
                slots: node.slots,
                line_limit: node.line,
                drained_for: 0,
                drained_until_up: 0,
                writes_locked_until: 0,
                version: Release::ALIKE,
                canary: None,
                has_crashed: false,
                cold_since: 0,
                cold_until: 0,
                down_since: 0,
                down_time: 0,
            }
        };
        plan.instances.iter().map(well).collect()
    }

    pub fn is_down(&self) -> bool {
        self.down > 0
    }

    /// Whether a health checker gets its answer, and whoever stands in line its turn.
    pub fn answers_checks(&self) -> bool {
        self.down == 0 && self.hung == 0
    }

    /// Whether a request that comes in is going to be answered.
    pub fn answers(&self) -> bool {
        self.answers_checks() && self.black_holes + self.dns_outages + self.expired == 0
    }

    /// Whether it has in memory what it needs.
    pub fn is_warm(&self, now: Time) -> bool {
        now >= self.cold_until
    }

    pub fn drains(&self) -> bool {
        self.drained_for > 0
    }

    pub fn has_dns_outage(&self) -> bool {
        self.dns_outages > 0
    }

    /// For how long it has been down now.
    pub fn down_for(&self, now: Time) -> Option<Time> {
        (self.down > 0).then(|| now - self.down_since)
    }

    pub fn down_time(&self, now: Time) -> Time {
        self.down_time + if self.down > 0 { now - self.down_since } else { 0 }
    }

    /// Whether those who come in have to be looked at one by one.
    fn is_impaired(&self) -> bool {
        let faults = self.down + self.hung + self.black_holes + self.full_disks + self.expired;
        let canary_fails = self.canary.is_some_and(|(_, release)| release.errors > 0.0);
        faults + self.errors.count > 0
            || self.writes_locked_until > 0
            || self.version.errors > 0.0
            || canary_fails
    }

    /// Whether anything about it is not as it is in a run in which nothing changes.
    fn is_rare(&self, now: Time) -> bool {
        self.is_impaired()
            || self.slowdowns.count + self.dns_outages > 0
            || self.version != Release::ALIKE
            || self.canary.is_some()
            || !self.is_warm(now)
    }

    pub(super) fn goes_down(&mut self, silent: bool, now: Time) {
        if self.down == 0 {
            self.down_since = now;
        }
        self.down += 1;
        self.silent += u32::from(silent);
    }

    pub(super) fn comes_up(&mut self, now: Time) {
        self.down -= 1;
        if self.down == 0 {
            self.has_crashed = false;
            self.down_time += now - self.down_since;
        }
    }

    pub(super) fn counter(&mut self, fault: Fault) -> Option<&mut u32> {
        match fault {
            Fault::Hang => Some(&mut self.hung),
            Fault::BlackHole => Some(&mut self.black_holes),
            Fault::FullDisk => Some(&mut self.full_disks),
            Fault::ExpiredCertificate => Some(&mut self.expired),
            Fault::DnsOutage => Some(&mut self.dns_outages),
            _ => None,
        }
    }
}

impl World {
    /// Brings what the usual way in looks at into line with the condition.
    pub(super) fn take_condition(&mut self, plan: &Plan, instance: u32) {
        let condition = &self.trouble.conditions[instance as usize];
        let node = &mut self.site.nodes[instance as usize];
        node.set_capacity(condition.slots, self.clockwork.now);
        if condition.is_impaired() {
            (node.slots, node.line_limit) = (0, 0);
        } else {
            (node.slots, node.line_limit) = (condition.slots, condition.line_limit);
        }
        self.look_whether_care_is_needed(instance);
        self.components.is_stale = true;
        self.wake_checkers(plan, instance);
        self.watch_replication(plan, instance);
        self.serve_line(plan, instance);
    }

    /// A fault that is in force, or has ended, matters here and nowhere else.
    pub(super) fn look_whether_care_is_needed(&mut self, instance: u32) {
        let node = &mut self.site.nodes[instance as usize];
        let condition = &self.trouble.conditions[instance as usize];
        let is_counted = node.occupancy != NONE || self.trouble.residents.are_kept();
        node.needs_care = is_counted || condition.is_rare(self.clockwork.now);
    }

    /// Whoever stands in line gets the slots that are free.
    pub(super) fn serve_line(&mut self, plan: &Plan, instance: u32) {
        loop {
            let condition = &self.trouble.conditions[instance as usize];
            let node = &mut self.site.nodes[instance as usize];
            if !condition.answers_checks() || node.line_length == 0 || node.busy >= condition.slots {
                return;
            }
            node.take(self.clockwork.now);
            self.admit_next(plan, instance);
        }
    }

    /// Somebody comes to a replica in a bad condition. `None`: it does as always.
    pub(super) fn enter_in_bad_condition(&mut self, plan: &Plan, slot: u32) -> Option<Entry> {
        if self.trouble.conditions.is_empty() {
            return None;
        }
        let visit = &self.visits[slot];
        let (instance, call) = (visit.instance, visit.call);
        let fresh = visit.flags.fresh;
        let release = self.release_met_by(slot);
        match self.verdict(plan, slot, call, fresh, release) {
            Verdict::AsUsual => None,
            Verdict::SendSynAgain => Some(self.send_syn_again(plan, slot)),
            Verdict::Refuse => Some(self.turn_away(instance, Outcome::Refused)),
            Verdict::ComeBackAt(time) => {
                // It has come once, however often it looks.
                let again = u64::from(self.visits[slot].tries == 0);
                let counts = &mut self.site.nodes[instance as usize].counts;
                counts.visits = counts.visits.wrapping_sub(again);
                self.schedule(slot, time);
                Some(Entry::Waits)
            }
            Verdict::Fail => Some(self.turn_away(instance, Outcome::ServerError)),
            Verdict::Wait => {
                // The kernel takes connections for a process that does not look at them.
                let limit = self.trouble.conditions[instance as usize].line_limit.max(BACKLOG_LEAST);
                let node = &mut self.site.nodes[instance as usize];
                if node.line_length >= limit {
                    node.counts.turned_away += 1;
                    return Some(self.send_syn_again(plan, slot));
                }
                self.stand_in_line(plan, slot);
                Some(Entry::Waits)
            }
        }
    }

    fn verdict(&mut self, plan: &Plan, slot: u32, call: u32, fresh: bool, release: Release) -> Verdict {
        let instance = self.visits[slot].instance;
        let condition = &self.trouble.conditions[instance as usize];
        if condition.silent > 0 {
            return Verdict::SendSynAgain;
        }
        if condition.down > 0 {
            return Verdict::Refuse;
        }
        if condition.hung > 0 {
            return Verdict::Wait;
        }
        let is_encrypted = call != NONE && plan.calls[call as usize].encrypted;
        if condition.expired > 0 && fresh && is_encrypted {
            return Verdict::Refuse;
        }
        let writes = call != NONE && plan.calls[call as usize].writes;
        if condition.black_holes > 0 || (condition.full_disks > 0 && writes) {
            return Verdict::Fail;
        }
        if writes && condition.writes_locked_until > self.clockwork.now {
            return Verdict::ComeBackAt(condition.writes_locked_until);
        }
        let (fails, passes) = (condition.errors.count > 0, condition.errors.product);
        // Whoever finds no room comes again, and must not meet the errors each time.
        if !(fails || release.errors > 0.0) || !self.finds_room(slot) {
            return Verdict::AsUsual;
        }
        if fails && uniform(&mut self.chance.fault_die) >= passes {
            return Verdict::Fail;
        }
        if release.errors > 0.0 && uniform(&mut self.chance.fault_die) < release.errors {
            return Verdict::Fail;
        }
        Verdict::AsUsual
    }

    /// A slot, a place in the line, or a connection that its caller has.
    fn finds_room(&self, slot: u32) -> bool {
        let visit = &self.visits[slot];
        let (condition, node) =
            (&self.trouble.conditions[visit.instance as usize], &self.site.nodes[visit.instance as usize]);
        let is_connected = || {
            let connection = Holds::Connection(visit.instance);
            visit.parent != NONE && self.site.sessions.holds(self.visits[visit.parent].sessions, connection)
        };
        node.busy < condition.slots || node.line_length < condition.line_limit || is_connected()
    }

    fn turn_away(&mut self, instance: u32, outcome: Outcome) -> Entry {
        let node = &mut self.site.nodes[instance as usize];
        node.counts.ended += 1;
        node.counts.failed += 1;
        Entry::Fails(outcome)
    }

    /// The slots and the places in line that a replica has when those who come in have
    /// been looked at.
    pub(super) fn room(&self, instance: u32) -> (u32, u32) {
        match self.trouble.conditions.get(instance as usize) {
            Some(condition) => (condition.slots, condition.line_limit),
            None => {
                let node = &self.site.nodes[instance as usize];
                (node.slots, node.line_limit)
            }
        }
    }

    /// Work that begins now takes so much longer.
    #[inline(never)]
    pub(super) fn slowed(&mut self, plan: &Plan, slot: u32, work: Time) -> Time {
        let instance = self.visits[slot].instance;
        let Some(condition) = self.trouble.conditions.get(instance as usize) else { return work };
        // A host of its own is slow itself.
        let slowdown = match self.own_processor(plan, instance) {
            NONE => condition.slowdowns.product,
            _ => 1.0,
        };
        let node = plan.instances[instance as usize].node;
        let coldness = match plan.nodes[node as usize].buffer_pool {
            Some(pool) if !condition.is_warm(self.clockwork.now) => {
                pool.slowness(self.clockwork.now - condition.cold_since)
            }
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
    fn release_met_by(&self, slot: u32) -> Release {
        let visit = &self.visits[slot];
        let condition = &self.trouble.conditions[visit.instance as usize];
        let Some((share, canary)) = condition.canary.filter(|_| visit.root != NONE) else {
            return condition.version;
        };
        match self.visits.requests.get(visit.root as usize) {
            Some(request) if goes_to_new(request.id, request.attempts, share) => canary,
            _ => condition.version,
        }
    }
}
