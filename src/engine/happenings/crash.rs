//! What crashes and hangs do to those inside: connections are reset, work stands still,
//! and what was held for them is lost.

use super::World;
use crate::engine::flow::ending::CallEnd;
use crate::engine::site::sessions::Holds;
use crate::engine::visit::{State, Visit};
use crate::kernel::table::Id;
use crate::kernel::time::NEVER;
use crate::parts::outcome::Outcome;
use crate::plan::Plan;
use crate::plan::ids::Instance;

impl World {
    /// The processes at these instances are gone, with everybody inside and in line.
    pub(super) fn throw_everybody_out(&mut self, plan: &Plan, instances: &[Id<Instance>]) {
        let is_used = |&instance: &Id<Instance>| {
            let node = &self.site.nodes[instance];
            node.busy > 0 || node.line_length > 0
        };
        // A crash of something idle touches nobody.
        if instances.iter().any(is_used) {
            let mut residents: Vec<Id<Visit>> = Vec::new();
            for &instance in instances {
                residents.extend(self.residents_of(instance));
            }
            residents.sort_unstable();
            while self.reset_outermost(plan, &residents) {}
            for &instance in instances {
                self.lose_sessions(instance);
            }
        }
        for &instance in instances {
            self.forget_connections(instance);
            self.clear_cache(plan, instance);
        }
    }

    /// What a cache held is lost.
    pub(in crate::engine) fn clear_cache(&mut self, plan: &Plan, instance: Id<Instance>) {
        let place = &plan.instances[instance];
        if let Some(first) = plan.nodes[place.node].first_cache {
            self.site.caches.clear(first.plus(place.replica));
        }
    }

    /// Resets those of these visits that are still at processes that are gone and whose callers
    /// are not gone themselves; says whether there were others, which their callers' ends may have
    /// freed.
    fn reset_outermost(&mut self, plan: &Plan, residents: &[Id<Visit>]) -> bool {
        let mut others = false;
        for &slot in residents {
            if !self.is_at_gone_process(slot) {
                continue;
            }
            let parent = self.visits[slot].parent;
            let is_gone_itself = parent.is_some_and(|parent| {
                residents.binary_search(&parent).is_ok() && self.is_at_gone_process(parent)
            });
            if is_gone_itself {
                others = true;
            } else {
                self.reset_visit(plan, slot);
            }
        }
        others
    }

    pub(in crate::engine) fn is_at_gone_process(&self, slot: Id<Visit>) -> bool {
        let visit = &self.visits[slot];
        let inside = match visit.state {
            State::Free | State::Replying(_) | State::Thinking => false,
            State::InLine => true,
            State::Going | State::InPoolLine | State::Calling | State::Rebooting => visit.flags.inside,
        };
        inside && self.is_down(visit.instance)
    }

    /// The visit ends here and now, and its caller sees its connection reset.
    fn reset_visit(&mut self, plan: &Plan, slot: Id<Visit>) {
        let visit = &self.visits[slot];
        let (parent, call, is_request) = (visit.parent, visit.call, visit.root == Some(slot));
        let instance = visit.instance;
        if visit.state == State::InLine {
            let counts = &mut self.site.nodes[visit.instance].counts;
            counts.ended += 1;
            counts.failed += 1;
        }
        if self.visits[slot].flags.followed {
            self.note_cut(plan, slot, false);
        }
        if parent.is_some() && self.caller_hangs(slot) {
            self.empty_visit(plan, slot);
            return self.keep_answer(slot, Outcome::Reset);
        }
        if parent.is_some() {
            self.part_from_caller(plan, slot);
        }
        self.empty_visit(plan, slot);
        if is_request {
            self.request_ended(plan, slot, Outcome::Reset);
            return;
        }
        if parent.is_none() {
            self.note_background_loss(slot, Outcome::Reset);
        }
        self.visits.remove(slot);
        if let Some(parent) = parent
            && let Some(call) = call
            && let Some(next) = self.call_ended(plan, parent, call, instance, CallEnd::sent(Outcome::Reset))
        {
            self.make_ready(next);
        }
    }

    /// Connections that callers elsewhere hold to this database are cut.
    fn lose_sessions(&mut self, instance: Id<Instance>) {
        if self.site.nodes[instance].busy == 0 {
            return;
        }
        let lost = Holds::Connection(instance);
        for slot in self.guests_of(instance) {
            while self.site.sessions.take_out(&mut self.visits[slot].sessions, lost) {
                let node = &mut self.site.nodes[instance];
                node.hold_extra(-1, self.clockwork.now());
                node.give_back(self.clockwork.now());
            }
        }
    }

    /// Clients that are connected to this instance have to connect again.
    fn forget_connections(&mut self, instance: Id<Instance>) {
        // Which of several peers a client is connected to is not kept.
        for &source in self.trouble.clients_of(instance) {
            self.site.sources[source].connections.fill(0);
        }
    }

    pub(in crate::engine) fn is_down(&self, instance: Id<Instance>) -> bool {
        self.trouble.conditions().is_down(instance)
    }

    pub(in crate::engine) fn has_dns_outage(&self, instance: Id<Instance>) -> bool {
        self.trouble.conditions().has_dns_outage(instance)
    }

    pub(in crate::engine) fn hangs(&self, instance: Id<Instance>) -> bool {
        self.trouble.conditions().hangs(instance)
    }

    pub(in crate::engine) fn host_hangs(&self, plan: &Plan, instance: Id<Instance>) -> bool {
        let host = plan.instances[instance].host;
        host.is_some_and(|host| self.hangs(host))
    }

    /// Whether whoever waits for this visit looks at no answer.
    #[inline(never)]
    pub(in crate::engine) fn caller_hangs(&self, slot: Id<Visit>) -> bool {
        self.visits[slot].parent.is_some_and(|parent| self.hangs(self.visits[parent].instance))
    }

    /// The answer lies there until its caller goes on.
    #[inline(never)]
    pub(in crate::engine) fn keep_answer(&mut self, slot: Id<Visit>, outcome: Outcome) {
        let visit = &mut self.visits[slot];
        visit.state = State::Replying(outcome);
        visit.since = self.clockwork.now();
        visit.word = 0;
    }

    /// Work at a process that hangs stands still.
    pub(super) fn freeze(&mut self, plan: &Plan, instance: Id<Instance>) {
        for slot in self.residents_of(instance) {
            if self.is_at_work(slot) {
                self.withdraw_from_processor(plan, slot);
                self.visits[slot].word = 0;
            }
        }
    }

    /// The process goes on. What was under way when it hung is done at once, and so is what it
    /// would have noticed meanwhile.
    pub(super) fn thaw(&mut self, instance: Id<Instance>) {
        for slot in self.residents_of(instance) {
            let visit = &self.visits[slot];
            let is_still = visit.word == 0;
            match visit.state {
                State::Going => {
                    if is_still && self.is_at_work(slot) {
                        self.schedule(slot, self.clockwork.now());
                    }
                }
                State::InPoolLine => {
                    if is_still && self.site.pools.patience(self.visits.pool_line(slot)) != NEVER {
                        self.schedule(slot, self.clockwork.now());
                    }
                }
                State::Calling => self.read_kept_answers(slot),
                State::Free | State::InLine | State::Replying(_) | State::Rebooting | State::Thinking => {}
            }
        }
    }

    fn read_kept_answers(&mut self, slot: Id<Visit>) {
        let mut child = self.visits[slot].child;
        while let Some(slot) = child {
            let visit = &self.visits[slot];
            let next = visit.sibling_next;
            if matches!(visit.state, State::Replying(_)) && visit.word == 0 {
                self.schedule(slot, self.clockwork.now());
            }
            child = next;
        }
    }

    fn is_at_work(&self, slot: Id<Visit>) -> bool {
        let visit = &self.visits[slot];
        visit.state == State::Going && visit.flags.inside && !visit.flags.ready
    }
}
