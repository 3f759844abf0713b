//! The usual way of a call: whoever is called is there at once, finds a slot, works, and answers
//! well. It is one step at either end, which changes what the steps of a visit would have changed one
//! by one; where anything about it is not as usual they are gone through instead.

use crate::engine::World;
use crate::engine::site::balancers::Open;
use crate::engine::site::sessions::Holds;
use crate::engine::visit::{Flags, State, Visit};
use crate::kernel::table::Id;
use crate::plan::ids::{Call, Instance};
use crate::plan::{Plan, UsualCall};

/// Who is called, once that is known.
#[derive(Clone, Copy)]
pub(in crate::engine) struct Callee<'p> {
    pub call: Id<Call>,
    pub usual: &'p UsualCall,
    pub instance: Id<Instance>,
    /// Where the caller counts it among its peers, if it does.
    pub peer: Option<Id<Open>>,
}

impl World {
    /// A call to the one instance that it can go to. `false`: nothing has been done, since it is not
    /// as easy as that.
    #[inline(always)]
    pub(in crate::engine) fn call_straight(
        &mut self,
        plan: &Plan,
        slot: Id<Visit>,
        call: Id<Call>,
        usual: &UsualCall,
    ) -> bool {
        let Some(instance) = usual.straight_to else { return false };
        let from = self.visits[slot].instance;
        if usual.takes_extra_slot {
            let caller_node = &self.site.nodes[from];
            if caller_node.busy >= caller_node.slots {
                return false;
            }
        }
        let callee = Callee { call, usual, instance, peer: None };
        if !self.begin_as_usual(plan, slot, callee) {
            return false;
        }
        let now = self.clockwork.now();
        let caller_node = &mut self.site.nodes[from];
        caller_node.calls(now);
        if usual.takes_extra_slot {
            caller_node.take(now);
            caller_node.hold_extra(1, now);
            self.visits[slot].slots += 1;
        }
        true
    }

    /// Somebody called, with no link in between, comes in and begins to work; or nothing is done.
    #[inline(always)]
    pub(in crate::engine) fn begin_as_usual(&mut self, plan: &Plan, slot: Id<Visit>, callee: Callee) -> bool {
        let Callee { call, usual, instance, peer } = callee;
        let Some(is_new) = self.take_slot_at_once(slot, usual, instance) else { return false };
        let now = self.clockwork.now();
        let child = self.visits.next_slot();
        let caller = &mut self.visits[slot];
        let node = &mut self.site.nodes[instance];
        let watchdog_lane = node.watchdog_lane;
        let work = usual.works[usize::from(is_new)];
        let processor = if work.is_cpu { node.processor } else { None };
        let mut rare = caller.flags.rare.inherited();
        if usual.is_session {
            rare.enter_session();
        }
        let (root, class) = (caller.root, caller.class);
        let sibling = caller.child.replace(child);
        caller.state = State::Calling;
        caller.tries += 1;
        if let Some(sibling) = sibling {
            self.visits[sibling].sibling_previous = Some(child);
        }
        let deadline = self.clockwork.timer_of_new(&mut self.visits, usual.lane, child);
        let watchdog = self.clockwork.timer_of_new(&mut self.visits, watchdog_lane, child);
        let word = self.clockwork.number(child);
        self.visits.put(Visit {
            word,
            since: now,
            timers: [deadline, watchdog],
            step: work.then,
            parent: Some(slot),
            root,
            instance,
            call: Some(call),
            peer,
            sibling_next: sibling,
            class,
            slots: u8::from(!usual.is_session),
            flags: Flags {
                inside: true,
                on_cpu: processor.is_some(),
                fresh: is_new,
                connected: !usual.whole,
                rare,
                ..Flags::NONE
            },
            ..Visit::NEW
        });
        let time = if let Some(draw) = work.draw { self.chance.draws.take(plan, draw) } else { work.time };
        if let Some(processor) = processor {
            self.clockwork.work(&self.visits, processor, time, word);
        } else {
            self.clockwork.wait_until(now.saturating_add(time), word);
        }
        true
    }

    /// Gets a slot, or goes on over a connection that the caller holds: says whether it has to be
    /// opened. `None`: there is none, or somebody has to look.
    #[inline(always)]
    fn take_slot_at_once(
        &mut self,
        caller: Id<Visit>,
        usual: &UsualCall,
        instance: Id<Instance>,
    ) -> Option<bool> {
        let now = self.clockwork.now();
        let caller = &mut self.visits[caller];
        let node = &mut self.site.nodes[instance];
        if node.needs_care | caller.flags.followed {
            return None;
        }
        let connection = Holds::Connection(instance);
        let is_connected = usual.is_session
            && caller.sessions.is_some()
            && self.site.sessions.holds(caller.sessions, connection);
        if is_connected {
            node.hold_extra(-1, now);
        } else if node.busy < node.slots {
            node.take(now);
            if usual.is_session {
                self.site.sessions.add(&mut caller.sessions, connection);
            }
        } else {
            return None;
        }
        node.counts.visits += 1;
        node.serve_one(now);
        Some(usual.opens && !is_connected)
    }

    /// A visit is done, well, and its caller goes on at once. `None`: nothing has been done.
    #[inline(always)]
    pub(in crate::engine) fn end_as_usual(&mut self, plan: &Plan, slot: Id<Visit>) -> Option<Id<Visit>> {
        let now = self.clockwork.now();
        let visit = &self.visits[slot];
        let Visit { parent, instance, peer, sessions, flags, timers, .. } = *visit;
        // No branch for each of these: mostly none is there.
        let has_siblings = visit.sibling_next.is_some() | visit.sibling_previous.is_some();
        let is_unusual = visit.link.is_some() | visit.child.is_some() | has_siblings;
        let parent = parent?;
        if is_unusual || visit.link.is_some() || visit.root.is_none() || visit.slots > 1 {
            return None;
        }
        let usual = &plan.usual_calls[visit.call?];
        let caller = &self.visits[parent];
        let from = caller.instance;
        let is_news = usual.has_choice && !self.site.balancers.are_all_well();
        let caller_needs_care = self.site.nodes[from].needs_care;
        let node = &mut self.site.nodes[instance];
        let needs_care = caller_needs_care | node.needs_care | flags.followed | !flags.inside;
        if !usual.ends_so | caller.flags.rare.forks() | needs_care | is_news {
            return None;
        }
        node.served_one(now);
        let watchdog_lane = node.watchdog_lane;
        if flags.rare.in_session() {
            node.hold_extra(1, now);
        } else if node.line_length == 0 {
            node.give_back(now);
        } else {
            self.release_slot(plan, instance);
        }
        let [deadline, watchdog] = timers;
        self.clockwork.drop_timer(&mut self.visits, watchdog_lane, watchdog);
        if sessions.is_some() {
            self.give_sessions_back(plan, slot);
        }
        self.clockwork.drop_timer(&mut self.visits, usual.lane, deadline);
        self.close_at_peer(plan, peer);
        self.visits.remove(slot);
        if usual.takes_extra_slot {
            self.give_extra_slot_back(plan, parent);
        }
        self.site.nodes[from].called(now);
        let caller = &mut self.visits[parent];
        caller.child = None;
        caller.state = State::Going;
        caller.since = now;
        caller.tries = 0;
        caller.step = caller.step.plus(1);
        Some(parent)
    }
}
