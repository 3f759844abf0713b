//! What crashes and hangs do to those inside: connections are reset, work stands still,
//! and what was held for them is lost.

use super::Simulation;
use super::node::Holds;
use super::visit::State;
use crate::parts::outcome::Outcome;
use crate::plan::NONE;

impl Simulation<'_> {
    /// The processes at these instances are gone, with everybody inside and in line.
    pub(super) fn throw_everybody_out(&mut self, instances: &[u32]) {
        let is_used = |&instance: &u32| {
            let node = &self.nodes[instance as usize];
            node.busy > 0 || node.line_length > 0
        };
        // A crash of something idle touches nobody.
        if instances.iter().any(is_used) {
            let mut residents: Vec<u32> = Vec::new();
            for &instance in instances {
                residents.extend(self.residents_of(instance));
            }
            residents.sort_unstable();
            while self.reset_outermost(&residents) {}
            for &instance in instances {
                self.lose_sessions(instance);
            }
        }
        for &instance in instances {
            self.forget_connections(instance);
            self.clear_cache(instance);
        }
    }

    /// What a cache held is lost.
    pub(super) fn clear_cache(&mut self, instance: u32) {
        let place = &self.plan.instances[instance as usize];
        if let Some(first) = self.plan.nodes[place.node as usize].first_cache {
            self.caches[(first + place.replica) as usize].clear();
        }
    }

    /// Resets those of these visits that are still at processes that are gone and whose callers
    /// are not gone themselves; says whether there were others, which their callers' ends may have
    /// freed.
    fn reset_outermost(&mut self, residents: &[u32]) -> bool {
        let mut others = false;
        for &slot in residents {
            if !self.is_at_gone_process(slot) {
                continue;
            }
            let parent = self.visits[slot].parent;
            let is_gone_itself = residents.binary_search(&parent).is_ok() && self.is_at_gone_process(parent);
            if is_gone_itself {
                others = true;
            } else {
                self.reset_visit(slot);
            }
        }
        others
    }

    fn is_at_gone_process(&self, slot: u32) -> bool {
        let visit = &self.visits[slot];
        let inside = match visit.state {
            State::Free | State::Replying(_) | State::Thinking => false,
            State::InLine => true,
            _ => visit.flags.inside,
        };
        inside && self.conditions[visit.instance as usize].is_down()
    }

    /// The visit ends here and now, and its caller sees its connection reset.
    fn reset_visit(&mut self, slot: u32) {
        let visit = &self.visits[slot];
        let (parent, call, is_request) = (visit.parent, visit.call, visit.root == slot);
        let instance = visit.instance;
        if visit.state == State::InLine {
            let counts = &mut self.nodes[visit.instance as usize].counts;
            counts.ended += 1;
            counts.failed += 1;
        }
        if self.visits[slot].flags.followed {
            self.note_cut(slot, false);
        }
        if parent != NONE {
            self.part_from_caller(slot);
        }
        self.empty_visit(slot);
        if is_request {
            self.request_ended(slot, Outcome::Reset);
            return;
        }
        self.visits.remove(slot);
        if parent != NONE
            && let Some(next) = self.call_ended(parent, call, instance, Outcome::Reset)
        {
            self.make_ready(next);
        }
    }

    /// Connections that callers elsewhere hold to this database are cut.
    fn lose_sessions(&mut self, instance: u32) {
        if self.nodes[instance as usize].busy == 0 {
            return;
        }
        let lost = Holds::Connection(instance);
        for slot in self.guests_of(instance) {
            while self.sessions.take_out(&mut self.visits[slot].sessions, lost) {
                let node = &mut self.nodes[instance as usize];
                node.hold_extra(-1, self.now);
                node.busy -= 1;
            }
        }
    }

    /// Clients that are connected to this instance have to connect again.
    fn forget_connections(&mut self, instance: u32) {
        // Which of several peers a client is connected to is not kept.
        if self.changes.greets[instance as usize] {
            for source in &mut self.sources {
                source.connections.fill(0);
            }
        }
    }

    /// Work at a process that hangs stands still.
    pub(super) fn freeze(&mut self, instance: u32) {
        for slot in self.residents_of(instance) {
            if self.is_at_work(slot) {
                self.withdraw_from_processor(slot);
                self.visits[slot].word = 0;
            }
        }
    }

    /// The process goes on. What was under way when it hung is done at once.
    pub(super) fn thaw(&mut self, instance: u32) {
        for slot in self.residents_of(instance) {
            if self.is_at_work(slot) && self.visits[slot].word == 0 {
                self.schedule(slot, self.now);
            }
        }
    }

    fn is_at_work(&self, slot: u32) -> bool {
        let visit = &self.visits[slot];
        visit.state == State::Going && visit.flags.inside && !visit.flags.ready
    }
}
