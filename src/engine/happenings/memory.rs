//! When there is no memory left on a host the kernel kills the fattest process.

use super::World;
use crate::engine::trouble::{Change, Death, MemoryUse};
use crate::kernel::table::Id;
use crate::kernel::time::{MICROSECOND, Time};
use crate::plan::Plan;
use crate::plan::ids::{Instance, Memory};
use crate::results::incident::Incident;

/// How often the use of a host's memory is looked at; not in step with anything else.
const LOOK: Time = 9_973 * MICROSECOND;

impl World {
    pub(super) fn start_looking_at_memory(&mut self, plan: &Plan) {
        let now = self.clockwork.now();
        self.trouble.watch_memory(now);
        for host in plan.memories.ids() {
            self.trouble.expect(now.saturating_add(LOOK), Change::LooksAtMemory(host));
        }
    }

    /// Without requests nobody needs more memory than before.
    pub(super) fn stop_looking_at_memory(&mut self, plan: &Plan) {
        if plan.memories.is_empty() {
            return;
        }
        for host in plan.memories.ids() {
            self.memory_used(host);
        }
        self.trouble.watch_memory_no_more();
        self.trouble.forget_changes(|change| matches!(change, Change::LooksAtMemory(_)));
    }

    /// If what stands on a host needs more than it has, the fattest process is killed.
    pub(super) fn look_at_memory(&mut self, plan: &Plan, host: Id<Memory>) {
        if let Some(fattest) = self.note_memory(host) {
            self.trouble.somebody_is_killed(host);
            self.kill(plan, fattest);
        }
        self.trouble.expect(self.clockwork.now().saturating_add(LOOK), Change::LooksAtMemory(host));
    }

    /// How much has been used up to now, as far as anybody has looked.
    pub(in crate::engine) fn memory_used(&mut self, host: Id<Memory>) -> MemoryUse {
        if self.trouble.is_memory_watched() {
            self.note_memory(host);
        }
        self.trouble.memory_used(host)
    }

    /// Notes what is used now. Returns the fattest process if there is not enough for all.
    fn note_memory(&mut self, host: Id<Memory>) -> Option<Id<Instance>> {
        let nodes = &self.site.nodes;
        let inside = |instance: Id<Instance>| {
            let node = &nodes[instance];
            node.serving + node.line_length
        };
        self.trouble.look_at_memory(host, inside, self.clockwork.now())
    }

    fn kill(&mut self, plan: &Plan, instance: Id<Instance>) {
        self.quiet_is_over(plan);
        let target = plan.name_of(instance);
        let incident = Incident::of_kill(format!("out of memory: {target}"), target, self.clockwork.now());
        let incident = self.trouble.open(incident);
        self.process_dies(plan, instance, Death { incident, random_fault: None });
    }
}
