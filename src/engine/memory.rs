//! Memory of hosts: what stands on one uses it, request by request, and when there is none
//! left the kernel kills the fattest process.

use super::World;
use super::changes::Change;
use super::restarting::Death;
use crate::kernel::time::{MICROSECOND, Time, to_seconds};
use crate::plan::{HostMemoryPlan, NONE, Plan};
use crate::results::incident::Incident;

/// How often the use of a host's memory is looked at; not in step with anything else.
const LOOK: Time = 9_973 * MICROSECOND;

/// Of those whose memory is looked at.
#[derive(Clone, Debug)]
pub struct Memories {
    /// The state of each instance, or `NONE`; empty if nobody's memory matters.
    place_of: Vec<u32>,
    residents: Vec<ResidentState>,
    /// Of each host.
    uses: Vec<MemoryUse>,
    is_watched: bool,
}

/// How much of a host's memory was in use, as it was seen whenever it was looked at.
#[derive(Clone, Copy, Debug, Default)]
pub struct MemoryUse {
    looked_at: Time,
    /// In bytes times nanoseconds.
    pub in_use: u128,
    /// For how long it was used up, and how often somebody was killed for it.
    pub full_time: Time,
    pub kills: u64,
}

#[derive(Clone, Debug, Default)]
struct ResidentState {
    /// What it has leaked since it started, until then, and how fast that grows.
    leaked: f64,
    leaked_until: Time,
    leak_per_s: f64,
}

impl ResidentState {
    fn leaked(&self, now: Time) -> f64 {
        self.leaked + self.leak_per_s * to_seconds(now - self.leaked_until)
    }
}

impl Memories {
    pub fn new(plan: &Plan) -> Self {
        if plan.memories.is_empty() {
            return Memories {
                place_of: Vec::new(),
                residents: Vec::new(),
                uses: Vec::new(),
                is_watched: false,
            };
        }
        let mut place_of = vec![NONE; plan.instances.len()];
        let residents = plan.memories.iter().flat_map(|host| &host.residents);
        for (place, resident) in residents.clone().enumerate() {
            place_of[resident.instance as usize] = place as u32;
        }
        let residents = vec![ResidentState::default(); residents.count()];
        let uses = vec![MemoryUse::default(); plan.memories.len()];
        Memories { place_of, residents, uses, is_watched: false }
    }

    fn of(&mut self, instance: u32) -> Option<&mut ResidentState> {
        let place = self.place_of.get(instance as usize).filter(|&&place| place != NONE)?;
        self.residents.get_mut(*place as usize)
    }

    /// What a process has leaked goes with it.
    pub fn forget_leak(&mut self, instance: u32, now: Time) {
        if let Some(resident) = self.of(instance) {
            (resident.leaked, resident.leaked_until) = (0.0, now);
        }
    }

    /// From now on it leaks so much more, or less.
    pub fn leak(&mut self, instance: u32, bytes_per_s: f64, now: Time) {
        if let Some(resident) = self.of(instance) {
            (resident.leaked, resident.leaked_until) = (resident.leaked(now), now);
            resident.leak_per_s = (resident.leak_per_s + bytes_per_s).max(0.0);
        }
    }
}

impl World {
    pub(super) fn start_looking_at_memory(&mut self, plan: &Plan) {
        self.trouble.memories.is_watched = true;
        for host in 0..plan.memories.len() {
            self.trouble.memories.uses[host].looked_at = self.clockwork.now;
            self.trouble
                .changes
                .add(self.clockwork.now.saturating_add(LOOK), Change::LooksAtMemory(host as u32));
        }
    }

    /// Without requests nobody needs more memory than before.
    pub(super) fn stop_looking_at_memory(&mut self, plan: &Plan) {
        if !plan.memories.is_empty() {
            for host in 0..plan.memories.len() as u32 {
                self.memory_used(plan, host);
            }
            self.trouble.memories.is_watched = false;
            self.trouble.changes.forget(|change| matches!(change, Change::LooksAtMemory(_)));
        }
    }

    /// If what stands on a host needs more than it has, the fattest process is killed.
    pub(super) fn look_at_memory(&mut self, plan: &Plan, number: u32) {
        let fattest = self.note_memory(plan, number);
        if fattest != NONE {
            self.trouble.memories.uses[number as usize].kills += 1;
            self.kill(plan, fattest);
        }
        self.trouble.changes.add(self.clockwork.now.saturating_add(LOOK), Change::LooksAtMemory(number));
    }

    /// How much has been used up to now, as far as anybody has looked.
    pub(super) fn memory_used(&mut self, plan: &Plan, number: u32) -> MemoryUse {
        if self.trouble.memories.is_watched {
            self.note_memory(plan, number);
        }
        self.trouble.memories.uses[number as usize]
    }

    /// Notes what is used now as if it had been so since the last look. Returns the fattest process,
    /// if there is not enough for all.
    fn note_memory(&mut self, plan: &Plan, number: u32) -> u32 {
        let host: &HostMemoryPlan = &plan.memories[number as usize];
        let mut used = 0.0;
        let mut fattest = (0.0, NONE);
        for resident in &host.residents {
            if self.trouble.conditions[resident.instance as usize].is_down() {
                continue;
            }
            let node = &self.site.nodes[resident.instance as usize];
            let inside = f64::from(node.serving + node.line_length);
            let leaked = self
                .trouble
                .memories
                .of(resident.instance)
                .map_or(0.0, |state| state.leaked(self.clockwork.now));
            let needed = resident.base as f64 + resident.per_request as f64 * inside + leaked;
            used += needed;
            if needed > fattest.0 {
                fattest = (needed, resident.instance);
            }
        }
        let seen = &mut self.trouble.memories.uses[number as usize];
        let since = self.clockwork.now - std::mem::replace(&mut seen.looked_at, self.clockwork.now);
        seen.in_use += (used.min(host.bytes as f64) as u128) * u128::from(since);
        if used <= host.bytes as f64 {
            return NONE;
        }
        seen.full_time += since;
        fattest.1
    }

    fn kill(&mut self, plan: &Plan, instance: u32) {
        self.quiet_is_over(plan);
        let target = plan.name_of(instance);
        let incident = Incident::of_kill(format!("out of memory: {target}"), target, self.clockwork.now);
        let incident = self.trouble.changes.open(incident);
        self.process_dies(plan, instance, Death { incident, random: NONE });
    }
}
