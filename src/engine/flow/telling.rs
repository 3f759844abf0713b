//! What the watch is told of requests that are followed: what their visits have been doing, found
//! out from visits, programs and nodes, which the watch does not see.
//!
//! Whether a visit is followed is known of it alone (`Flags::followed`), so that all others pay a
//! look at that and nothing else.

use crate::engine::World;
use crate::engine::site::links::Crossing;
use crate::engine::visit::{Request, State, Visit};
use crate::engine::watch::{Doing, Ended, Whose};
use crate::kernel::table::Id;
use crate::kernel::time::{NEVER, Time};
use crate::parts::outcome::Outcome;
use crate::plan::{NONE, Plan, Step, ids};
use crate::results::path::{Cause, Part};

impl World {
    /// A request that is followed begins in this slot.
    #[cold]
    #[inline(never)]
    pub(in crate::engine) fn note_beginning(&mut self, plan: &Plan, slot: Id<Visit>, id: u64, number: u64) {
        self.visits[slot].flags.followed = true;
        let now = self.clockwork.now();
        self.watch.paths().begin(slot, number, now);
        if self.watch.wants_story(id) {
            self.watch.begin_story(slot);
            self.trace_call(plan, slot);
        }
    }

    fn node_of(&self, slot: Id<Visit>) -> u32 {
        self.site.nodes[self.visits[slot].instance].node.number()
    }

    /// A stretch of the visit's own time at its node is over.
    #[inline(always)]
    pub(in crate::engine) fn own_time_ends(&mut self, plan: &Plan, slot: Id<Visit>) {
        if self.visits[slot].flags.followed {
            self.note_own_time(plan, slot);
        }
    }

    #[cold]
    #[inline(never)]
    fn note_own_time(&mut self, plan: &Plan, slot: Id<Visit>) {
        if self.visits[slot].state != State::Calling {
            self.note_stretch(plan, slot);
            self.trace_work(plan, slot);
        }
    }

    /// The visit has stood in line, and gets its slot now.
    #[cold]
    #[inline(never)]
    pub(in crate::engine) fn note_wait(&mut self, plan: &Plan, slot: Id<Visit>) {
        self.note_coming_in(slot);
        self.trace_wait(plan, slot);
    }

    /// The visit comes in: until now it was held up in front of its node.
    #[cold]
    #[inline(never)]
    pub(in crate::engine) fn note_coming_in(&mut self, slot: Id<Visit>) {
        if self.watch.paths().until(slot) >= self.clockwork.now() {
            return;
        }
        let node = self.node_of(slot);
        let column = self.watch.paths().column_of(node);
        self.watch.paths().note(slot, Part::at(Cause::Queue, node), column, self.clockwork.now());
    }

    fn trace_cut(&mut self, plan: &Plan, slot: Id<Visit>) {
        if self.visits[slot].state != State::Calling {
            self.trace_work(plan, slot);
        }
    }

    /// What the visit has done since the last note is told by where it stands.
    #[cold]
    #[inline(never)]
    pub(in crate::engine) fn note_stretch(&mut self, plan: &Plan, slot: Id<Visit>) {
        if self.watch.paths().until(slot) >= self.clockwork.now() {
            return;
        }
        let visit = &self.visits[slot];
        let node = self.node_of(slot);
        let part = match visit.state {
            State::InLine => Part::at(Cause::Queue, node),
            State::InPoolLine => match plan.steps[visit.step] {
                Step::Call { call } => Part::between(Cause::MaxInFlight, node, self.callee(plan, call)),
                _ => Part::between(Cause::Pool, node, self.callee_after(plan, visit.step)),
            },
            State::Free
            | State::Going
            | State::Calling
            | State::Replying(_)
            | State::Rebooting
            | State::Thinking => {
                // Whoever is called and has not come in waits at the door.
                let is_at_the_door = visit.call.is_some() && !visit.flags.inside;
                Part::at(if is_at_the_door { Cause::Queue } else { Cause::Service }, node)
            }
        };
        let column = self.watch.paths().column_of(node);
        self.watch.paths().note(slot, part, column, self.clockwork.now());
    }

    /// Who is called; of several nodes the first.
    fn callee(&self, plan: &Plan, call: Id<ids::Call>) -> u32 {
        let route = &plan.routes[plan.calls[call].route];
        route.members.first().map_or(NONE, |peer| plan.instances[peer.instance].node.number())
    }

    /// Who is called by the first call that comes after a step.
    fn callee_after(&self, plan: &Plan, step: Id<ids::StepPlace>) -> u32 {
        let steps = plan.steps.as_slice()[step.index()..].iter();
        let call = steps.map_while(|step| match step {
            Step::End => None,
            Step::Call { call } => Some(Some(*call)),
            _ => Some(None),
        });
        call.flatten().next().map_or(NONE, |call| self.callee(plan, call))
    }

    /// What the visit waits for if its present call does not answer.
    fn in_vain(&self, plan: &Plan, slot: Id<Visit>, cause: Cause) -> Part {
        let visit = &self.visits[slot];
        let node = self.node_of(slot);
        match plan.steps[visit.step] {
            Step::Call { call } => Part::between(cause, node, self.callee(plan, call)),
            _ => Part::at(cause, node),
        }
    }

    /// Until then nobody did anything for the visit.
    #[cold]
    #[inline(never)]
    fn note_in_vain(&mut self, plan: &Plan, slot: Id<Visit>, until: Time) {
        let vain = self.in_vain(plan, slot, Cause::Waiting);
        self.watch.paths().note(slot, vain, plan.waiting_column() as u32, until);
    }

    /// The visit waits for so much time for a reason that is known.
    #[cold]
    #[inline(never)]
    pub(in crate::engine) fn note_delay(&mut self, plan: &Plan, slot: Id<Visit>, cause: Cause, time: Time) {
        self.note_stretch(plan, slot);
        let node = self.node_of(slot);
        let column = self.watch.paths().column_of(node);
        self.watch.paths().note_ahead(slot, Part::at(cause, node), column, time);
    }

    /// The visit, or its answer, crosses a link.
    #[cold]
    #[inline(never)]
    pub(in crate::engine) fn note_crossing(&mut self, plan: &Plan, slot: Id<Visit>, crossing: Crossing) {
        // What never arrives is under way until the end of time, and no longer.
        let time = crossing.time.min(NEVER - self.clockwork.now());
        self.watch.note_crossing(slot, crossing, plan.network_column() as u32, time);
        self.trace_crossing(plan, slot, time);
    }

    /// A SYN that nobody has taken is sent again after so long.
    #[cold]
    #[inline(never)]
    pub(in crate::engine) fn note_syn(&mut self, plan: &Plan, slot: Id<Visit>, wait: Time) {
        let part = Part::at(Cause::Syn, self.node_of(slot));
        self.watch.paths().note_ahead(slot, part, plan.network_column() as u32, wait);
        self.trace_crossing(plan, slot, wait);
    }

    /// A visit has been made to answer a call.
    #[cold]
    #[inline(never)]
    pub(in crate::engine) fn note_call(&mut self, plan: &Plan, slot: Id<Visit>) {
        self.watch.paths().begin(slot, 0, self.clockwork.now());
        self.trace_call(plan, slot);
    }

    /// The visit is about to call, or waits until it may.
    pub(in crate::engine) fn note_call_begins(&mut self, plan: &Plan, slot: Id<Visit>) {
        if self.visits[slot].flags.followed {
            self.note_stretch(plan, slot);
            self.note_try(plan, slot);
        }
    }

    /// The visit has begun to wait for a call, for the first time or once more.
    #[cold]
    #[inline(never)]
    pub(in crate::engine) fn note_calling(&mut self, plan: &Plan, slot: Id<Visit>) {
        let node = self.node_of(slot);
        let column = self.watch.paths().column_of(node);
        self.watch.paths().note(slot, Part::at(Cause::Service, node), column, self.clockwork.now());
        self.trace_work(plan, slot);
        self.note_try(plan, slot);
    }

    fn note_try(&mut self, plan: &Plan, slot: Id<Visit>) {
        if self.watch.paths().calls(slot) {
            let retry = self.in_vain(plan, slot, Cause::Retry);
            self.watch.paths().call_was_for_nothing(slot, retry);
        }
    }

    /// The present call is to be made once more, or it is not.
    #[inline(always)]
    pub(in crate::engine) fn note_retry(&mut self, slot: Id<Visit>) {
        if self.visits[slot].flags.followed {
            self.watch.paths().calls_again(slot);
        }
    }

    #[inline(always)]
    pub(in crate::engine) fn note_no_retry(&mut self, slot: Id<Visit>) {
        if self.visits[slot].flags.followed {
            self.watch.paths().call_is_over(slot);
        }
    }

    /// The visit leaves its node for another.
    #[cold]
    #[inline(never)]
    pub(in crate::engine) fn note_moving_on(&mut self, plan: &Plan, slot: Id<Visit>) {
        self.note_own_time(plan, slot);
        self.watch.paths().moves_on(slot);
    }

    /// The visit has ended, and its caller hears of it now.
    #[cold]
    #[inline(never)]
    pub(in crate::engine) fn note_ended(&mut self, slot: Id<Visit>, caller: Id<Visit>) {
        self.watch.paths().answers(slot, caller);
    }

    /// The answer that has come last ends the visit's wait.
    #[cold]
    #[inline(never)]
    pub(in crate::engine) fn note_answer(&mut self, plan: &Plan, slot: Id<Visit>) {
        let begun = self.watch.paths().answer_begun(slot).unwrap_or(self.clockwork.now());
        if begun > self.watch.paths().until(slot) {
            self.note_in_vain(plan, slot, begun);
        }
        self.watch.paths().takes_answer(slot);
    }

    /// The visit answers. From now on nothing is due to a cache that is cold.
    #[cold]
    #[inline(never)]
    pub(in crate::engine) fn note_leaving(&mut self, plan: &Plan, slot: Id<Visit>, outcome: Outcome) {
        self.note_own_time(plan, slot);
        let node = self.node_of(slot);
        self.watch.paths().is_no_longer_cold(slot, node);
        self.trace_answer(plan, slot, outcome);
    }

    /// Whoever waits for this visit waits no longer: its caller has lost patience, or it has been
    /// cut off itself.
    #[cold]
    #[inline(never)]
    pub(in crate::engine) fn note_cut(&mut self, plan: &Plan, slot: Id<Visit>, has_lost_patience: bool) {
        self.bring_up_to_now(plan, slot);
        self.trace_cut(plan, slot);
        let Some(to) = self.visits[slot].parent else { return };
        if has_lost_patience {
            let part = Part::between(Cause::Waiting, self.node_of(to), self.node_of(slot));
            self.watch.paths().was_for_nothing(slot, part);
        }
        self.watch.paths().answers(slot, to);
        self.visits[slot].flags.followed = false;
    }

    /// Tells what the visit has done until now. Of those that it waits for it is the first that it
    /// has called.
    pub(in crate::engine) fn bring_up_to_now(&mut self, plan: &Plan, slot: Id<Visit>) {
        let now = self.clockwork.now();
        if self.visits[slot].state != State::Calling {
            self.watch.paths().cut(slot, now);
            self.note_stretch(plan, slot);
        } else {
            let next = |&child: &Id<Visit>| self.visits[child].sibling_next;
            let first = std::iter::successors(self.visits[slot].child, next).last();
            if let Some(child) = first.filter(|&child| self.visits[child].flags.followed) {
                self.bring_up_to_now(plan, child);
                self.trace_cut(plan, child);
                let part = Part::between(Cause::Waiting, self.node_of(slot), self.node_of(child));
                self.watch.paths().was_for_nothing(child, part);
                let begun = self.watch.paths().begun(child);
                self.note_in_vain(plan, slot, begun);
                self.watch.paths().takes_over(slot, child);
                self.visits[child].flags.followed = false;
            }
            self.note_in_vain(plan, slot, now);
        }
        let node = self.node_of(slot);
        self.watch.paths().is_no_longer_cold(slot, node);
    }

    /// Nobody waits for this visit any more, nor for what it does from now on.
    #[inline(always)]
    pub(in crate::engine) fn is_followed_no_more(&mut self, slot: Id<Visit>) {
        if std::mem::take(&mut self.visits[slot].flags.followed) {
            self.watch.paths().forget(slot);
        }
    }

    /// A cache that is still filling up does not have what this visit asks for. Until it answers,
    /// all that happens to the request is due to that; of caches behind each other, the first is
    /// to blame.
    #[inline(always)]
    pub(in crate::engine) fn meets_cold_cache(&mut self, plan: &Plan, slot: Id<Visit>) {
        if self.visits[slot].flags.followed {
            self.note_stretch(plan, slot);
            self.watch.paths().is_cold_from_here(slot);
        }
    }

    /// The request in this slot has ended: its row, its path and its story are kept, if they are
    /// wanted.
    #[cold]
    #[inline(never)]
    pub(in crate::engine) fn note_end(&mut self, plan: &Plan, slot: Id<Visit>, outcome: Outcome) {
        self.bring_up_to_now(plan, slot);
        let Request { id, start, attempts, .. } = self.visits.requests[slot];
        let class = self.visits[slot].class;
        let ended = Ended { id, class, outcome, attempts, start, at: self.clockwork.now() };
        self.note_end_of_path(slot, &ended);
        self.watch.end_story(slot, &ended);
        self.is_followed_no_more(slot);
    }

    /// The path in this place, of a slot or in a chain, has come to its end.
    pub(in crate::engine) fn note_end_of_path(&mut self, place: Id<Visit>, ended: &Ended) {
        self.watch.keep_row(place, ended);
        if ended.outcome.is_ok() && self.watch.is_sampled(place) && !self.quiet.is_leading() {
            let (suspects, is_steady) = (self.suspects(), self.quiet.is_sampling());
            self.watch.keep_path(place, ended, &suspects, is_steady);
        }
    }

    /// The visit in this slot, as the story of its request knows it, if there is one.
    fn whose(&mut self, plan: &Plan, slot: Id<Visit>) -> Option<Whose> {
        let visit = &self.visits[slot];
        let story = self.watch.stories().tells_of(visit.root)?;
        let instance = &plan.instances[visit.instance];
        Some(Whose { slot, story, node: instance.node, replica: instance.replica })
    }

    fn trace_call(&mut self, plan: &Plan, slot: Id<Visit>) {
        let (caller, now) = (self.visits[slot].parent, self.clockwork.now());
        if let Some(whose) = self.whose(plan, slot) {
            self.watch.stories().call(whose, caller, now);
        }
    }

    fn trace_answer(&mut self, plan: &Plan, slot: Id<Visit>, outcome: Outcome) {
        let now = self.clockwork.now();
        if let Some(whose) = self.whose(plan, slot) {
            self.watch.stories().answer(whose, outcome, now);
        }
    }

    /// A stretch of the visit's own time has ended.
    #[inline(always)]
    fn trace_work(&mut self, plan: &Plan, slot: Id<Visit>) {
        if self.watch.stories().tells_of(self.visits[slot].root).is_some() {
            self.trace_own_time(plan, slot);
        }
    }

    #[inline(never)]
    fn trace_own_time(&mut self, plan: &Plan, slot: Id<Visit>) {
        let visit = &self.visits[slot];
        // Who leaves while in line has done no work.
        let doing = if visit.state == State::InLine { Doing::InLine } else { Doing::Working };
        let (since, now) = (visit.since, self.clockwork.now());
        if let Some(whose) = self.whose(plan, slot) {
            self.watch.stories().own_time(whose, doing, since, now);
        }
    }

    /// The visit has got its slot.
    pub(in crate::engine) fn trace_wait(&mut self, plan: &Plan, slot: Id<Visit>) {
        let (since, now) = (self.visits[slot].since, self.clockwork.now());
        if let Some(whose) = self.whose(plan, slot) {
            self.watch.stories().wait(whose, since, now);
        }
    }

    /// The visit, or its answer, is under way for so long.
    fn trace_crossing(&mut self, plan: &Plan, slot: Id<Visit>, travel: Time) {
        let now = self.clockwork.now();
        if let Some(whose) = self.whose(plan, slot) {
            self.watch.stories().crossing(whose, travel, now);
        }
    }
}
