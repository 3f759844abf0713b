//! Getting in: slots, lines, and what happens when both are full.

use crate::engine::World;
use crate::engine::clockwork::LaneKind;
use crate::engine::site::lists::{append, prepend, unlink};
use crate::engine::site::stations::{Ends, SideLine};
use crate::engine::trouble::Room;
use crate::engine::visit::{State, TimerKind, Visit};
use crate::kernel::random::below;
use crate::kernel::table::Id;
use crate::kernel::time::{SECOND, Time};
use crate::nodes::behaviour::{Order, WhenFull};
use crate::parts::outcome::Outcome;
use crate::plan::ids::Instance;
use crate::plan::{Plan, Step};

/// What becomes of a visit that wants to come in.
pub enum Entry {
    In,
    /// In line, or on the way once more.
    Waits,
    Fails(Outcome),
}

/// SYNs that are sent again (`tcp_syn_retries`); the wait after the last of them ends the
/// attempt, after 127 s in all.
const SYN_RETRIES: u16 = 6;

impl World {
    /// Gets a slot of the node where the visit stands, or a place in its line.
    #[inline(always)]
    pub(in crate::engine) fn enter(&mut self, plan: &Plan, slot: Id<Visit>) -> Entry {
        let now = self.clockwork.now();
        let visit = &mut self.visits[slot];
        let instance = visit.instance;
        let node = &mut self.site.nodes[instance];
        node.counts.visits += u64::from(visit.tries == 0);
        if node.busy < node.slots && visit.tries <= SYN_RETRIES {
            node.take(now);
            node.serve_one(now);
            visit.slots = 1;
            visit.flags.inside = true;
            self.came_in(plan, slot, instance);
            return Entry::In;
        }
        self.enter_full(plan, slot)
    }

    /// The node is full, or in a bad condition.
    #[inline(never)]
    fn enter_full(&mut self, plan: &Plan, slot: Id<Visit>) -> Entry {
        if self.site.nodes[self.visits[slot].instance].needs_care
            && let Some(entry) = self.enter_in_bad_condition(plan, slot)
        {
            return entry;
        }
        self.enter_passed(plan, slot)
    }

    /// The node's condition has let the visit pass: what counts now is whether there is room.
    pub(in crate::engine) fn enter_passed(&mut self, plan: &Plan, slot: Id<Visit>) -> Entry {
        let instance = self.visits[slot].instance;
        let Room { slots, line_limit } = self.room(instance);
        let state = &mut self.site.nodes[instance];
        if state.busy < slots && self.visits[slot].tries <= SYN_RETRIES {
            state.take(self.clockwork.now());
            state.serve_one(self.clockwork.now());
            self.visits[slot].slots = 1;
            self.visits[slot].flags.inside = true;
            self.came_in(plan, slot, instance);
            return Entry::In;
        }
        if state.line_length < line_limit && self.visits[slot].tries <= SYN_RETRIES {
            self.stand_in_line(plan, slot);
            return Entry::Waits;
        }
        state.counts.turned_away += 1;
        match plan.nodes[state.node].when_full {
            WhenFull::Answer(outcome) => {
                let state = &mut self.site.nodes[instance];
                state.counts.ended += 1;
                state.counts.failed += 1;
                Entry::Fails(outcome)
            }
            WhenFull::DropSyn => self.send_syn_again(plan, slot),
        }
    }

    /// The listener's backlog is full: the SYN is dropped, and sent again after 1, 2, 4 … s.
    pub(in crate::engine) fn send_syn_again(&mut self, plan: &Plan, slot: Id<Visit>) -> Entry {
        let visit = &mut self.visits[slot];
        if visit.tries > SYN_RETRIES {
            let state = &mut self.site.nodes[visit.instance];
            state.counts.ended += 1;
            state.counts.failed += 1;
            return Entry::Fails(Outcome::TimedOut);
        }
        let wait: Time = SECOND << visit.tries;
        visit.tries += 1;
        if let Some(call) = visit.call
            && !visit.timers[TimerKind::Deadline as usize].runs()
            && visit.parent.is_some()
        {
            let lane = plan.calls[call].connect_lane;
            self.start_timer(lane, slot);
        }
        // What is lost on the way is the network's time, not the node's.
        self.own_time_ends(plan, slot);
        if self.visits[slot].flags.followed {
            self.note_syn(plan, slot, wait);
        }
        self.visits[slot].since = self.clockwork.now() + wait;
        self.schedule(slot, self.clockwork.now() + wait);
        Entry::Waits
    }

    /// The rest of coming in, once a visit has its slot.
    #[inline(never)]
    pub(in crate::engine) fn came_in(&mut self, plan: &Plan, slot: Id<Visit>, instance: Id<Instance>) {
        let visit = &self.visits[slot];
        let followed = visit.flags.followed;
        if visit.call.is_some() {
            self.connected(plan, slot);
        }
        if followed {
            self.note_coming_in(slot);
        }
        let node = &self.site.nodes[instance];
        let (watchdog_lane, needs_care) = (node.watchdog_lane, node.needs_care);
        self.start_timer(watchdog_lane, slot);
        if needs_care {
            self.note_tracked_occupancy(instance);
            self.note_on_roll(slot, instance);
        }
    }

    /// The caller is connected as soon as the visit stands in the backlog: from now on only
    /// its read timeout runs.
    #[inline(always)]
    fn connected(&mut self, plan: &Plan, slot: Id<Visit>) {
        let visit = &self.visits[slot];
        let Some(call) = visit.call.map(|call| &plan.calls[call]) else { return };
        // Whoever comes out of a line was connected when it joined it.
        if call.whole || visit.flags.connected || visit.parent.is_none() {
            return;
        }
        self.stop_timer(plan, TimerKind::Deadline, slot);
        self.visits[slot].flags.connected = true;
        self.start_timer(call.read_lane, slot);
    }

    pub(in crate::engine) fn stand_in_line(&mut self, plan: &Plan, slot: Id<Visit>) {
        let now = self.clockwork.now();
        if self.visits[slot].call.is_some() {
            self.connected(plan, slot);
        }
        let visit = &mut self.visits[slot];
        let instance = visit.instance;
        visit.since = now;
        visit.state = State::InLine;
        self.site.nodes[instance].stand_in_line(now);
        self.link_into_line(plan, slot, instance);
        self.note_occupancy(instance);
        let patience = plan.nodes[self.site.nodes[instance].node].patience;
        if let Some(patience) = patience {
            let wait = self.chance.draws.take(plan, patience);
            self.schedule(slot, now.saturating_add(wait));
        }
    }

    fn link_into_line(&mut self, plan: &Plan, slot: Id<Visit>, instance: Id<Instance>) {
        let node = &mut self.site.nodes[instance];
        match plan.nodes[node.node].order {
            Order::Fifo => append(&mut self.visits, &mut node.head, &mut node.tail, slot),
            Order::Lifo => prepend(&mut self.visits, &mut node.head, &mut node.tail, slot),
            Order::Priority | Order::Random | Order::Shedding(_) => {
                let Some(line) = node.side_line else { return };
                match &mut self.site.lines[line] {
                    SideLine::Priority(lists) => {
                        let priority = plan.classes[self.visits[slot].class].priority;
                        let Ends { head, tail } = &mut lists[usize::from(priority)];
                        append(&mut self.visits, head, tail, slot);
                    }
                    SideLine::Slow(line) => append(&mut self.visits, &mut line.head, &mut line.tail, slot),
                    SideLine::Random(all) => {
                        self.visits.set_place_in_line(slot, all.len() as u32);
                        all.push(slot);
                    }
                }
            }
        }
    }

    /// Takes a visit out of its node's line, wherever it stands there.
    pub(in crate::engine) fn leave_line(&mut self, plan: &Plan, slot: Id<Visit>) {
        if self.visits[slot].flags.followed {
            self.note_stretch(plan, slot);
        }
        let instance = self.visits[slot].instance;
        let node = &mut self.site.nodes[instance];
        node.left_the_line(self.clockwork.now());
        match node.side_line {
            None => unlink(&mut self.visits, &mut node.head, &mut node.tail, slot),
            Some(line) => self.leave_side_line(plan, slot, line),
        }
        self.note_occupancy(instance);
    }

    /// Somebody leaves the line without having had a slot.
    pub(in crate::engine) fn leave_line_unserved(&mut self, plan: &Plan, slot: Id<Visit>) {
        self.leave_line(plan, slot);
        let visit = &self.visits[slot];
        let counts = &mut self.site.nodes[visit.instance].counts;
        counts.left_unserved(self.clockwork.now() - visit.since);
    }

    #[inline(never)]
    fn leave_side_line(&mut self, plan: &Plan, slot: Id<Visit>, line: Id<SideLine>) {
        match &mut self.site.lines[line] {
            SideLine::Priority(lists) => {
                let priority = plan.classes[self.visits[slot].class].priority;
                let Ends { head, tail } = &mut lists[usize::from(priority)];
                unlink(&mut self.visits, head, tail, slot);
            }
            SideLine::Slow(line) => unlink(&mut self.visits, &mut line.head, &mut line.tail, slot),
            SideLine::Random(all) => {
                let place = self.visits.place_in_line(slot) as usize;
                all.swap_remove(place);
                if let Some(&moved) = all.get(place) {
                    self.visits.set_place_in_line(moved, place as u32);
                }
            }
        }
    }

    /// Who is next in a line that is no plain list, and not empty, once those who are too
    /// many have been turned away.
    #[inline(never)]
    fn next_in_side_line(
        &mut self,
        plan: &Plan,
        instance: Id<Instance>,
        line: Id<SideLine>,
    ) -> Option<Id<Visit>> {
        self.shed(plan, instance, line);
        let node = &self.site.nodes[instance];
        let node_plan = &plan.nodes[node.node];
        match &self.site.lines[line] {
            SideLine::Priority(lists) => lists.iter().find_map(|list| list.head),
            SideLine::Slow(line) => self.next_in_slow_line(plan, instance, line),
            SideLine::Random(all) => {
                Some(all[below(&mut self.chance.dice[node_plan.die], all.len() as u32) as usize])
            }
        }
    }

    /// A slot of the node is free: the next in line gets it.
    #[inline(always)]
    pub(in crate::engine) fn release_slot(&mut self, plan: &Plan, instance: Id<Instance>) {
        let node = &mut self.site.nodes[instance];
        if node.line_length == 0 {
            node.give_back(self.clockwork.now());
            return;
        }
        if node.busy > node.slots {
            node.give_back(self.clockwork.now());
            self.serve_line(plan, instance);
            return;
        }
        self.admit_next(plan, instance);
    }

    pub(in crate::engine) fn admit_next(&mut self, plan: &Plan, instance: Id<Instance>) {
        let now = self.clockwork.now();
        let node = &self.site.nodes[instance];
        let slot = match node.side_line {
            None => node.head,
            Some(line) => self.next_in_side_line(plan, instance, line),
        };
        let Some(slot) = slot else { return };
        if let Step::Serve { .. } = plan.steps[self.visits[slot].step] {
            self.serve_next(plan, instance);
            return;
        }
        self.leave_line(plan, slot);
        self.site.nodes[instance].serve_one(now);
        if self.visits[slot].flags.followed {
            self.trace_wait(plan, slot);
        }
        let visit = &mut self.visits[slot];
        let waited = now - visit.since;
        self.site.nodes[instance].counts.has_waited(waited);
        visit.word = 0;
        visit.slots = 1;
        visit.flags.inside = true;
        self.watch.waited(self.site.nodes[instance].node, waited);
        let fresh = visit.flags.fresh;
        visit.step = visit.step.plus(match plan.steps[visit.step] {
            Step::Enter { kept } | Step::EnterSession { kept } if !fresh => kept,
            _ => 1,
        });
        self.came_in(plan, slot, instance);
        self.visits[slot].state = State::Going;
        self.make_ready(slot);
    }

    /// Patience has ended before a slot was free.
    pub(in crate::engine) fn give_up_in_line(&mut self, plan: &Plan, slot: Id<Visit>) {
        self.leave_line_unserved(plan, slot);
        let visit = &mut self.visits[slot];
        visit.state = State::Going;
        let node = &mut self.site.nodes[visit.instance];
        node.counts.ended += 1;
        node.counts.failed += 1;
        if let Some(next) = self.end_visit(plan, slot, Outcome::Abandoned) {
            self.run_visit(plan, next);
        }
    }

    #[inline(always)]
    pub(in crate::engine) fn start_timer<K: LaneKind>(&mut self, lane: Option<Id<K>>, slot: Id<Visit>) {
        self.clockwork.start_timer(&mut self.visits, lane, slot);
    }

    #[inline(always)]
    pub(in crate::engine) fn stop_timer(&mut self, plan: &Plan, kind: TimerKind, slot: Id<Visit>) {
        let visit = &self.visits[slot];
        if !visit.timers[kind as usize].runs() {
            return;
        }
        if kind == TimerKind::Watchdog {
            if let Some(lane) = self.site.nodes[visit.instance].watchdog_lane {
                self.clockwork.stop_timer(&mut self.visits, lane, slot);
            }
            return;
        }
        let Some(call) = visit.call.map(|call| &plan.calls[call]) else { return };
        let lane = if visit.flags.connected { call.read_lane } else { call.connect_lane };
        if let Some(lane) = lane {
            self.clockwork.stop_timer(&mut self.visits, lane, slot);
        }
    }

    #[inline(always)]
    pub(in crate::engine) fn note_occupancy(&mut self, instance: Id<Instance>) {
        if self.site.nodes[instance].needs_care {
            self.note_tracked_occupancy(instance);
        }
    }

    #[inline(never)]
    fn note_tracked_occupancy(&mut self, instance: Id<Instance>) {
        let node = &self.site.nodes[instance];
        if let Some(occupancy) = node.occupancy {
            let inside = node.serving + node.line_length;
            self.watch.note_occupancy(occupancy, inside, self.clockwork.now());
        }
    }
}
