//! Where requests that are followed note what they wait for, and where their paths end.
//!
//! Whether a visit is followed is known of it alone (`Flags::followed`), so that all others pay a
//! look at that and nothing else.

use super::World;
use super::site::links::Crossing;
use super::visit::{Request, State};
use super::watch::{Suspect, Suspects};
use crate::kernel::time::{NEVER, Time};
use crate::parts::outcome::Outcome;
use crate::plan::{NONE, Plan, Step};
use crate::results::path::{Cause, Part, Path};
use crate::results::row::Row;

/// A request of which nothing is noted.
pub(super) const NOT_FOLLOWED: u64 = u64::MAX;
/// One that is followed for its row or its story, and is not in the sample.
pub(super) const NOT_SAMPLED: u64 = u64::MAX - 1;

/// Of each node the column of rows in which its own time is counted: users only wait.
pub(super) fn columns(plan: &Plan) -> Vec<u32> {
    let mut columns: Vec<u32> = (0..plan.nodes.len() as u32).collect();
    for source in &plan.sources {
        columns[plan.instances[source.instance as usize].node as usize] = plan.waiting_column() as u32;
    }
    columns
}

impl World {
    /// Follows requests so that it can be told what they wait for: enough of each class, the same
    /// ones whichever rows are written. It is to be asked for before the run begins.
    pub fn follow_a_sample(&mut self, plan: &Plan) {
        self.watch.sample.start(plan);
    }

    /// Rows, or stories, may be wanted of any request.
    pub(super) fn look_whom_to_follow(&mut self) {
        self.watch.follows_more = self.watch.rows.keeps || !self.watch.tracer.is_idle();
    }

    /// A request that is followed begins in this slot.
    #[cold]
    #[inline(never)]
    pub(super) fn note_beginning(&mut self, plan: &Plan, slot: u32, id: u64, number: u64) {
        self.visits[slot].flags.followed = true;
        self.watch.paths.begin(slot, number, self.clockwork.now);
        self.trace_beginning(plan, slot, id);
    }

    /// Whether a request that begins is followed: its number in the sample, or one of the two above.
    #[inline(always)]
    pub(super) fn follow_number(&mut self, class: u32, id: u64) -> u64 {
        let number = self.watch.sample.begins(class);
        if number != NOT_FOLLOWED || !self.watch.follows_more {
            return number;
        }
        if self.watch.rows.wants(id) || self.watch.tracer.wants(id) { NOT_SAMPLED } else { NOT_FOLLOWED }
    }

    fn node_of(&self, slot: u32) -> u32 {
        self.site.nodes[self.visits[slot].instance as usize].node
    }

    /// A stretch of the visit's own time at its node is over.
    #[inline(always)]
    pub(super) fn own_time_ends(&mut self, plan: &Plan, slot: u32) {
        if self.visits[slot].flags.followed {
            self.note_own_time(plan, slot);
        }
    }

    #[cold]
    #[inline(never)]
    fn note_own_time(&mut self, plan: &Plan, slot: u32) {
        if self.visits[slot].state != State::Calling {
            self.note_stretch(plan, slot);
            self.trace_work(plan, slot);
        }
    }

    /// The visit has stood in line, and gets its slot now.
    #[cold]
    #[inline(never)]
    pub(super) fn note_wait(&mut self, plan: &Plan, slot: u32) {
        self.note_coming_in(slot);
        self.trace_wait(plan, slot);
    }

    /// The visit comes in: until now it was held up in front of its node.
    #[cold]
    #[inline(never)]
    pub(super) fn note_coming_in(&mut self, slot: u32) {
        if self.watch.paths.until(slot) >= self.clockwork.now {
            return;
        }
        let node = self.node_of(slot);
        let column = self.watch.paths.node_columns[node as usize];
        self.watch.paths.note(slot, Part::at(Cause::Queue, node), column, self.clockwork.now);
    }

    fn trace_cut(&mut self, plan: &Plan, slot: u32) {
        if self.visits[slot].state != State::Calling {
            self.trace_work(plan, slot);
        }
    }

    /// What the visit has done since the last note is told by where it stands.
    #[cold]
    #[inline(never)]
    pub(super) fn note_stretch(&mut self, plan: &Plan, slot: u32) {
        if self.watch.paths.until(slot) >= self.clockwork.now {
            return;
        }
        let visit = &self.visits[slot];
        let node = self.node_of(slot);
        let part = match visit.state {
            State::InLine => Part::at(Cause::Queue, node),
            State::InPoolLine => match plan.steps[visit.step as usize] {
                Step::Call { call } => Part::between(Cause::MaxInFlight, node, self.callee(plan, call)),
                _ => Part::between(Cause::Pool, node, self.callee_after(plan, visit.step)),
            },
            // Whoever is called and has not come in waits at the door.
            _ if visit.call != NONE && !visit.flags.inside => Part::at(Cause::Queue, node),
            _ => Part::at(Cause::Service, node),
        };
        let column = self.watch.paths.node_columns[node as usize];
        self.watch.paths.note(slot, part, column, self.clockwork.now);
    }

    /// Who is called; of several nodes the first.
    fn callee(&self, plan: &Plan, call: u32) -> u32 {
        let route = &plan.routes[plan.calls[call as usize].route as usize];
        route.members.first().map_or(NONE, |peer| plan.instances[peer.instance as usize].node)
    }

    /// Who is called by the first call that comes after a step.
    fn callee_after(&self, plan: &Plan, step: u32) -> u32 {
        let steps = plan.steps[step as usize..].iter();
        let call = steps.map_while(|step| match step {
            Step::End => None,
            Step::Call { call } => Some(Some(*call)),
            _ => Some(None),
        });
        call.flatten().next().map_or(NONE, |call| self.callee(plan, call))
    }

    /// What the visit waits for if its present call does not answer.
    fn in_vain(&self, plan: &Plan, slot: u32, cause: Cause) -> Part {
        let visit = &self.visits[slot];
        let node = self.node_of(slot);
        match plan.steps[visit.step as usize] {
            Step::Call { call } => Part::between(cause, node, self.callee(plan, call)),
            _ => Part::at(cause, node),
        }
    }

    /// Until then nobody did anything for the visit.
    #[cold]
    #[inline(never)]
    fn note_in_vain(&mut self, plan: &Plan, slot: u32, until: Time) {
        let vain = self.in_vain(plan, slot, Cause::Waiting);
        self.watch.paths.note(slot, vain, plan.waiting_column() as u32, until);
    }

    /// The visit waits for so much time for a reason that is known.
    #[cold]
    #[inline(never)]
    pub(super) fn note_delay(&mut self, plan: &Plan, slot: u32, cause: Cause, time: Time) {
        self.note_stretch(plan, slot);
        let node = self.node_of(slot);
        let column = self.watch.paths.node_columns[node as usize];
        self.watch.paths.note_ahead(slot, Part::at(cause, node), column, time);
    }

    /// The visit, or its answer, crosses a link.
    #[cold]
    #[inline(never)]
    pub(super) fn note_crossing(&mut self, plan: &Plan, slot: u32, crossing: Crossing) {
        // What never arrives is under way until the end of time, and no longer.
        let travel = crossing.time.min(NEVER - self.clockwork.now);
        let Crossing { link, lost, queued, sending, .. } = crossing;
        let network = plan.network_column() as u32;
        let mut rest = travel;
        for (cause, time) in
            [(Cause::Retransmission, lost), (Cause::FullLink, queued), (Cause::Sending, sending)]
        {
            let time = time.min(rest);
            rest -= time;
            self.watch.paths.note_ahead(slot, Part::on(cause, link), network, time);
        }
        self.watch.paths.note_ahead(slot, Part::on(Cause::Network, link), network, rest);
        self.trace_crossing(plan, slot, travel);
    }

    /// A SYN that nobody has taken is sent again after so long.
    #[cold]
    #[inline(never)]
    pub(super) fn note_syn(&mut self, plan: &Plan, slot: u32, wait: Time) {
        let part = Part::at(Cause::Syn, self.node_of(slot));
        self.watch.paths.note_ahead(slot, part, plan.network_column() as u32, wait);
        self.trace_crossing(plan, slot, wait);
    }

    /// A visit has been made to answer a call.
    #[cold]
    #[inline(never)]
    pub(super) fn note_call(&mut self, plan: &Plan, slot: u32) {
        self.watch.paths.begin(slot, 0, self.clockwork.now);
        self.trace_call(plan, slot);
    }

    /// The visit is about to call, or waits until it may.
    pub(super) fn note_call_begins(&mut self, plan: &Plan, slot: u32) {
        if self.visits[slot].flags.followed {
            self.note_stretch(plan, slot);
            self.note_try(plan, slot);
        }
    }

    /// The visit has begun to wait for a call, for the first time or once more.
    #[cold]
    #[inline(never)]
    pub(super) fn note_calling(&mut self, plan: &Plan, slot: u32) {
        let node = self.node_of(slot);
        let column = self.watch.paths.node_columns[node as usize];
        self.watch.paths.note(slot, Part::at(Cause::Service, node), column, self.clockwork.now);
        self.trace_work(plan, slot);
        self.note_try(plan, slot);
    }

    fn note_try(&mut self, plan: &Plan, slot: u32) {
        if self.watch.paths.calls(slot) {
            let retry = self.in_vain(plan, slot, Cause::Retry);
            self.watch.paths.call_was_for_nothing(slot, retry);
        }
    }

    /// The present call is to be made once more, or it is not.
    #[inline(always)]
    pub(super) fn note_retry(&mut self, slot: u32) {
        if self.visits[slot].flags.followed {
            self.watch.paths.calls_again(slot);
        }
    }

    #[inline(always)]
    pub(super) fn note_no_retry(&mut self, slot: u32) {
        if self.visits[slot].flags.followed {
            self.watch.paths.call_is_over(slot);
        }
    }

    /// The visit leaves its node for another.
    #[cold]
    #[inline(never)]
    pub(super) fn note_moving_on(&mut self, plan: &Plan, slot: u32) {
        self.note_own_time(plan, slot);
        self.watch.paths.moves_on(slot);
    }

    /// The visit has ended, and its caller hears of it now.
    #[cold]
    #[inline(never)]
    pub(super) fn note_ended(&mut self, slot: u32, caller: u32) {
        self.watch.paths.answers(slot, caller);
    }

    /// The answer that has come last ends the visit's wait.
    #[cold]
    #[inline(never)]
    pub(super) fn note_answer(&mut self, plan: &Plan, slot: u32) {
        let begun = self.watch.paths.answer_begun(slot).unwrap_or(self.clockwork.now);
        if begun > self.watch.paths.until(slot) {
            self.note_in_vain(plan, slot, begun);
        }
        self.watch.paths.takes_answer(slot);
    }

    /// The visit answers. From now on nothing is due to a cache that is cold.
    #[cold]
    #[inline(never)]
    pub(super) fn note_leaving(&mut self, plan: &Plan, slot: u32, outcome: Outcome) {
        self.note_own_time(plan, slot);
        self.watch.paths.is_no_longer_cold(slot, self.node_of(slot));
        self.trace_answer(plan, slot, outcome);
    }

    /// Whoever waits for this visit waits no longer: its caller has lost patience, or it has been
    /// cut off itself.
    #[cold]
    #[inline(never)]
    pub(super) fn note_cut(&mut self, plan: &Plan, slot: u32, has_lost_patience: bool) {
        self.bring_up_to_now(plan, slot);
        self.trace_cut(plan, slot);
        let to = self.visits[slot].parent;
        if to == NONE {
            return;
        }
        if has_lost_patience {
            let part = Part::between(Cause::Waiting, self.node_of(to), self.node_of(slot));
            self.watch.paths.was_for_nothing(slot, part);
        }
        self.watch.paths.answers(slot, to);
        self.visits[slot].flags.followed = false;
    }

    /// Tells what the visit has done until now. Of those that it waits for it is the first that it
    /// has called.
    pub(super) fn bring_up_to_now(&mut self, plan: &Plan, slot: u32) {
        let now = self.clockwork.now;
        if self.visits[slot].state != State::Calling {
            self.watch.paths.cut(slot, now);
            self.note_stretch(plan, slot);
        } else {
            let known = |child: u32| Some(child).filter(|&child| child != NONE);
            let next = |&child: &u32| known(self.visits[child].sibling_next);
            let first = std::iter::successors(known(self.visits[slot].child), next).last();
            if let Some(child) = first.filter(|&child| self.visits[child].flags.followed) {
                self.bring_up_to_now(plan, child);
                self.trace_cut(plan, child);
                let part = Part::between(Cause::Waiting, self.node_of(slot), self.node_of(child));
                self.watch.paths.was_for_nothing(child, part);
                self.note_in_vain(plan, slot, self.watch.paths.begun(child));
                self.watch.paths.takes_over(slot, child);
                self.visits[child].flags.followed = false;
            }
            self.note_in_vain(plan, slot, now);
        }
        self.watch.paths.is_no_longer_cold(slot, self.node_of(slot));
    }

    /// Nobody waits for this visit any more, nor for what it does from now on.
    #[inline(always)]
    pub(super) fn is_followed_no_more(&mut self, slot: u32) {
        if std::mem::take(&mut self.visits[slot].flags.followed) {
            self.watch.paths.forget(slot);
        }
    }

    /// A cache that is still filling up does not have what this visit asks for. Until it answers,
    /// all that happens to the request is due to that; of caches behind each other, the first is
    /// to blame.
    #[inline(always)]
    pub(super) fn meets_cold_cache(&mut self, plan: &Plan, slot: u32) {
        if self.visits[slot].flags.followed {
            self.note_stretch(plan, slot);
            self.watch.paths.is_cold_from_here(slot);
        }
    }

    /// The request in this slot has ended: its row, its path and its story are kept, if they are
    /// wanted.
    #[cold]
    #[inline(never)]
    pub(super) fn note_end(&mut self, plan: &Plan, slot: u32, outcome: Outcome) {
        self.bring_up_to_now(plan, slot);
        let request = self.visits.requests[slot as usize];
        let class = self.visits[slot].class;
        self.end_path(slot, request, (class, outcome), self.clockwork.now);
        self.trace_end(slot, request, class, outcome);
        self.is_followed_no_more(slot);
    }

    /// Keeps what is wanted of the path in this place, which has come to its end.
    pub(super) fn end_path(&mut self, place: u32, request: Request, end: (u32, Outcome), now: Time) {
        let (class, outcome) = end;
        let Request { id, start, attempts, .. } = request;
        let latency = now - start;
        debug_assert_eq!(
            self.watch.paths.columns(place).map(|(_, time)| u128::from(time)).sum::<u128>(),
            u128::from(latency),
            "what request {id} waited for comes to its latency"
        );
        if self.watch.rows.wants(id) {
            let row = Row { id, class, outcome, attempts, start, latency };
            self.watch.rows.add(row, self.watch.paths.columns(place));
        }
        let number = self.watch.paths.number_of(place);
        if number < NOT_SAMPLED && outcome.is_ok() && !self.quiet.is_leading() {
            let mut path = Path::new(number, start, latency);
            (path.id, path.attempts) = (id, attempts);
            (path.during, path.is_steady) = (self.incident_since(start), self.quiet.is_sampling());
            self.watch.sample.add(class, path, self.watch.paths.parts(place));
        }
    }

    /// The incident that was in force while the request was under way.
    fn incident_since(&self, start: Time) -> u32 {
        self.suspects().since(start)
    }

    /// Who may be to blame for what happens now.
    pub(super) fn suspects(&self) -> Suspects {
        let changes = &self.trouble.changes;
        let suspect = |incident: u32| {
            let known = changes.incidents.get(incident as usize);
            Suspect { incident, is_planned: known.is_some_and(|known| known.planned) }
        };
        Suspects {
            in_force: changes.active.last().map(|&incident| suspect(incident)),
            over: changes.latest_over.map(|(incident, end)| (suspect(incident), end)),
        }
    }
}
