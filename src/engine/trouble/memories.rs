//! Memory of hosts: what stands on one uses it, request by request.

use super::Trouble;
use crate::kernel::table::{Id, Table};
use crate::kernel::time::{Time, to_seconds};
use crate::plan::ids::{Instance, Memory};
use crate::plan::{HostMemoryPlan, Plan, ResidentPlan};

/// Of those whose memory is looked at.
#[derive(Clone, Debug)]
pub struct Memories {
    hosts: Table<Memory, HostMemory>,
    /// Of each instance, where it is told of; empty if nobody's memory matters.
    place_of: Table<Instance, Option<Place>>,
    is_watched: bool,
}

#[derive(Clone, Copy, Debug)]
struct Place {
    host: Id<Memory>,
    process: u32,
}

#[derive(Clone, Debug)]
struct HostMemory {
    bytes: u64,
    processes: Vec<Process>,
    looked_at: Time,
    used: MemoryUse,
}

/// How much of a host's memory was in use, as it was seen whenever it was looked at.
#[derive(Clone, Copy, Debug, Default)]
pub struct MemoryUse {
    /// In bytes times nanoseconds.
    pub in_use: u128,
    /// For how long it was used up, and how often somebody was killed for it.
    pub full_time: Time,
    pub kills: u64,
}

#[derive(Clone, Debug)]
struct Process {
    instance: Id<Instance>,
    base: u64,
    per_request: u64,
    /// What it has leaked since it started, until then, and how fast that grows.
    leaked: f64,
    leaked_until: Time,
    leak_per_s: f64,
}

impl Process {
    fn new(plan: &ResidentPlan) -> Process {
        Process {
            instance: plan.instance,
            base: plan.base,
            per_request: plan.per_request,
            leaked: 0.0,
            leaked_until: 0,
            leak_per_s: 0.0,
        }
    }

    fn leaked(&self, now: Time) -> f64 {
        self.leaked + self.leak_per_s * to_seconds(now - self.leaked_until)
    }

    fn needs(&self, inside: u32, now: Time) -> f64 {
        self.base as f64 + self.per_request as f64 * f64::from(inside) + self.leaked(now)
    }
}

impl HostMemory {
    fn new(plan: &HostMemoryPlan) -> HostMemory {
        HostMemory {
            bytes: plan.bytes,
            processes: plan.residents.iter().map(Process::new).collect(),
            looked_at: 0,
            used: MemoryUse::default(),
        }
    }
}

impl Memories {
    pub fn new(plan: &Plan) -> Self {
        let hosts: Table<Memory, HostMemory> = plan.memories.iter().map(HostMemory::new).collect();
        let mut place_of = Table::filled(None, if hosts.is_empty() { 0 } else { plan.instances.len() });
        for (host, memory) in hosts.entries() {
            for (process, state) in (0..).zip(&memory.processes) {
                place_of[state.instance] = Some(Place { host, process });
            }
        }
        Memories { hosts, place_of, is_watched: false }
    }

    fn of(&mut self, instance: Id<Instance>) -> Option<&mut Process> {
        let Place { host, process } = self.place_of.get(instance).copied().flatten()?;
        self.hosts[host].processes.get_mut(process as usize)
    }
}

impl Trouble {
    /// What a process has leaked goes with it.
    pub(super) fn forget_leak(&mut self, instance: Id<Instance>, now: Time) {
        if let Some(process) = self.memories.of(instance) {
            (process.leaked, process.leaked_until) = (0.0, now);
        }
    }

    /// From now on it leaks so much more, or less.
    pub fn leak(&mut self, instance: Id<Instance>, bytes_per_s: f64, now: Time) {
        if let Some(process) = self.memories.of(instance) {
            (process.leaked, process.leaked_until) = (process.leaked(now), now);
            process.leak_per_s = (process.leak_per_s + bytes_per_s).max(0.0);
        }
    }

    /// From now on somebody looks at how much of each host's memory is used.
    pub fn watch_memory(&mut self, now: Time) {
        self.memories.is_watched = true;
        self.memories.hosts.iter_mut().for_each(|host| host.looked_at = now);
    }

    pub fn watch_memory_no_more(&mut self) {
        self.memories.is_watched = false;
    }

    pub fn is_memory_watched(&self) -> bool {
        self.memories.is_watched
    }

    /// How much of a host's memory has been used, as far as anybody has looked.
    pub fn memory_used(&self, host: Id<Memory>) -> MemoryUse {
        self.memories.hosts[host].used
    }

    /// Notes what is used now as if it had been so since the last look, given how many visits are
    /// inside of each instance. Returns the fattest process if there is not enough for all.
    pub fn look_at_memory(
        &mut self,
        host: Id<Memory>,
        inside: impl Fn(Id<Instance>) -> u32,
        now: Time,
    ) -> Option<Id<Instance>> {
        let memory = &mut self.memories.hosts[host];
        let mut used = 0.0;
        let mut fattest = (0.0, None);
        for process in &memory.processes {
            if self.conditions.is_down(process.instance) {
                continue;
            }
            let needed = process.needs(inside(process.instance), now);
            used += needed;
            if needed > fattest.0 {
                fattest = (needed, Some(process.instance));
            }
        }
        let since = now - std::mem::replace(&mut memory.looked_at, now);
        memory.used.in_use += (used.min(memory.bytes as f64) as u128) * u128::from(since);
        if used <= memory.bytes as f64 {
            return None;
        }
        memory.used.full_time += since;
        fattest.1
    }

    /// Somebody is killed, since there is not enough for all.
    pub fn somebody_is_killed(&mut self, host: Id<Memory>) {
        self.memories.hosts[host].used.kills += 1;
    }
}
