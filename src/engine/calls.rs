//! Calls: pick a peer, connect, wait for the answer; and moves, which wait for none.

use super::Simulation;
use super::admission::Entry;
use super::resilience::guard::Permission;
use super::sessions::{Holds, Session};
use super::visit::{DEADLINE, Flags, State, Visit};
use crate::kernel::time::NEVER;
use crate::parts::outcome::Outcome;
use crate::parts::resource::Way;
use crate::plan::{CallPlan, ConnectionUse, NONE};

impl Simulation<'_> {
    /// The visit calls another node and waits. Returns who goes on at once, if anybody.
    #[inline(always)]
    pub(super) fn call(&mut self, slot: u32, call: u32) -> Option<u32> {
        if !self.make_room_for(1) {
            return None;
        }
        let plan = &self.plan.calls[call as usize];
        if plan.guard != NONE {
            self.note_call_begins(slot);
            match self.ask_guard(slot, call) {
                Permission::Granted => {}
                Permission::Waits => return None,
                Permission::Refused => return self.refuse_call(slot, call),
            }
        }
        if plan.takes_extra_slot && !self.take_extra_slot(slot) {
            self.note_call_begins(slot);
            return self.call_failed(slot, call, Outcome::ServerError);
        }
        let visit = &mut self.visits[slot];
        visit.state = State::Calling;
        let followed = visit.flags.followed;
        self.nodes[visit.instance as usize].calls(self.now);
        if followed {
            self.note_calling(slot);
        }
        self.begin_call(slot, call)
    }

    /// Calls several nodes at once; they go on after the present visit.
    pub(super) fn fork(&mut self, slot: u32, fork: u32) -> Option<u32> {
        let fork = &self.plan.forks[fork as usize];
        let die = fork.die as usize;
        let mut pending = 0;
        for (call, count, chance) in &fork.calls {
            if *chance < 1.0 && crate::kernel::random::uniform(&mut self.dice[die]) >= *chance {
                continue;
            }
            let count = count.draw(&mut self.dice[die]);
            if !self.make_room_for(count as usize) {
                return None;
            }
            if pending == 0 && count > 0 {
                self.own_time_ends(slot);
                let visit = &mut self.visits[slot];
                visit.state = State::Calling;
                self.nodes[visit.instance as usize].calls(self.now);
            }
            pending += count;
            for _ in 0..count {
                self.visits[slot].tries = 0;
                if let Some(child) = self.begin_call(slot, *call) {
                    self.make_ready(child);
                }
            }
        }
        if pending == 0 {
            return self.skip(slot, 1);
        }
        let visit = &mut self.visits[slot];
        visit.pending = pending;
        visit.awaited = fork.first.min(pending);
        None
    }

    /// Makes the called visit and sends it off. Returns it if it is there at once.
    #[inline(always)]
    pub(super) fn begin_call(&mut self, slot: u32, call: u32) -> Option<u32> {
        let plan = &self.plan.calls[call as usize];
        let caller = &self.visits[slot];
        let (root, class, from) = (caller.root, caller.class, caller.instance);
        let (rare, followed) = (caller.flags.rare.inherited(), caller.flags.followed);
        let (instance, link, peer, body) = if plan.only_peer != NONE {
            (plan.only_peer, plan.only_link, NONE, plan.body)
        } else {
            self.choose_peer(slot, plan)
        };
        let link = if link == NONE { NONE } else { self.link_between(from, instance, link) };
        let fresh = self.opens_connection(plan, root, instance) && !self.is_connected(slot, plan, instance);
        let visit = Visit {
            since: self.now,
            step: body,
            parent: slot,
            root,
            instance,
            call,
            link,
            peer,
            sibling_next: self.visits[slot].child,
            class,
            flags: Flags { fresh, rare, followed, ..Flags::NONE },
            ..Visit::NEW
        };
        let sibling = visit.sibling_next;
        let child = self.visits.put(visit);
        let caller = &mut self.visits[slot];
        caller.child = child;
        caller.tries += 1;
        if sibling != NONE {
            self.visits[sibling].sibling_previous = child;
        }
        if followed {
            self.note_call(child);
        }
        if plan.guard != NONE {
            self.guarded_call_begins(slot, plan, instance);
        }
        if link == NONE {
            if plan.whole {
                self.start_timer(DEADLINE, plan.connect_lane, child);
            }
            return Some(child);
        }
        self.send_over(child, link, plan, fresh)
    }

    /// The called visit travels to its node. Returns it if it is there at once.
    fn send_over(&mut self, child: u32, link: u32, plan: &CallPlan, fresh: bool) -> Option<u32> {
        let round_trips = if fresh { plan.round_trips } else { 0 };
        let travel = self.travel(link, Way::Out, plan.request_bytes, round_trips);
        if travel > 0 || plan.whole {
            self.start_timer(DEADLINE, plan.connect_lane, child);
        }
        if travel == 0 {
            return Some(child);
        }
        let visit = &mut self.visits[child];
        visit.since = self.now.saturating_add(travel);
        if visit.flags.followed {
            self.note_crossing(child, travel);
        }
        self.schedule(child, self.now.saturating_add(travel));
        None
    }

    /// The instance to call where there are several, the link to it, where it is counted among
    /// the caller's open requests, and what is done there.
    #[inline(never)]
    fn choose_peer(&mut self, slot: u32, plan: &CallPlan) -> (u32, u32, u32, u32) {
        let from = self.visits[slot].instance;
        let hedges = plan.guard != NONE && self.visits[slot].child != NONE;
        let member = match self.member_reserved(slot, plan) {
            Some(member) => member,
            None => self.member_for(slot, plan, hedges),
        };
        if plan.replication != NONE {
            self.note_reader(plan, member);
        }
        if plan.tries != 1 || (plan.guard != NONE && self.visits[slot].pending == 0) {
            self.visits[slot].awaited = member;
        }
        let open = self.open_at_peer(plan, from, member);
        let peer = &self.plan.routes[plan.route as usize].members[member as usize];
        let body = plan.bodies.get(member as usize).copied().unwrap_or(plan.body);
        (peer.instance, peer.link, open, body)
    }

    /// Which member of the route gets the call; a hedge is of use only elsewhere.
    pub(super) fn member_for(&mut self, slot: u32, plan: &CallPlan, hedges: bool) -> u32 {
        let caller = &self.visits[slot];
        let from = caller.instance;
        // While it tries again, a caller remembers in `awaited` which peer has failed it.
        let (again, latest, root) = (caller.tries > 0, caller.awaited, caller.root);
        if !plan.members_at.is_empty()
            && let Some(member) = self.member_at_address(plan, root)
        {
            member
        } else if plan.replication != NONE {
            self.replicated_member(plan, from)
        } else if again && !plan.tries_others && !hedges {
            latest
        } else {
            let avoid = if again { latest } else { NONE };
            self.pick(plan, from, root, avoid)
        }
    }

    /// Nothing lies between nodes on the same host.
    #[inline(always)]
    fn link_between(&self, from: u32, to: u32, link: u32) -> u32 {
        if link == NONE {
            return NONE;
        }
        let hosts = [from, to].map(|instance| self.plan.instances[instance as usize].host);
        if hosts[0] == hosts[1] && hosts[0] != NONE { NONE } else { link }
    }

    /// Whether an earlier call has left the caller with a connection to this database.
    #[inline(always)]
    fn is_connected(&self, slot: u32, plan: &CallPlan, database: u32) -> bool {
        let sessions = self.visits[slot].sessions;
        plan.keeps_session && self.sessions.holds(sessions, Holds::Connection(database))
    }

    /// Whether the call has to open a connection.
    #[inline(always)]
    fn opens_connection(&mut self, plan: &CallPlan, root: u32, instance: u32) -> bool {
        match plan.connection {
            ConnectionUse::Kept => false,
            ConnectionUse::Fresh => true,
            ConnectionUse::PerClient { .. } => {
                let kept_for = self.plan.instances[instance as usize].keepalive;
                let request = &self.visits.requests[root as usize];
                let source = &mut self.sources[request.source as usize];
                let closes_at = &mut source.connections[request.client as usize];
                let fresh = self.now >= *closes_at;
                *closes_at = if kept_for == NEVER { NEVER } else { self.now.saturating_add(kept_for) };
                fresh
            }
        }
    }

    /// Leaves this node for another for good.
    #[inline(always)]
    pub(super) fn move_on(&mut self, slot: u32, call: u32) -> Option<u32> {
        let plan = &self.plan.calls[call as usize];
        let visit = &self.visits[slot];
        let (instance, root) = (visit.instance, visit.root);
        let flags = visit.flags;
        if flags.followed {
            self.note_moving_on(slot);
        }
        if flags.inside {
            self.leave_node(slot, Outcome::Ok);
        }
        let member = self.pick(plan, instance, root, NONE);
        let peer = &self.plan.routes[plan.route as usize].members[member as usize];
        let (to, link) = (peer.instance, peer.link);
        let link = if link == NONE { NONE } else { self.link_between(instance, to, link) };
        let open = self.open_at_peer(plan, instance, member);
        let before = std::mem::replace(&mut self.visits[slot].peer, open);
        self.close_at_peer(before);
        let visit = &mut self.visits[slot];
        visit.instance = to;
        visit.step = plan.bodies.get(member as usize).copied().unwrap_or(visit.step + 1);
        visit.tries = 0;
        visit.since = self.now;
        if link == NONE {
            return Some(slot);
        }
        let travel = self.travel(link, Way::Out, plan.request_bytes, 0);
        let visit = &mut self.visits[slot];
        visit.since = self.now.saturating_add(travel);
        if visit.flags.followed {
            self.note_crossing(slot, travel);
        }
        self.schedule(slot, self.now.saturating_add(travel));
        None
    }

    /// At a database a slot is a connection, and the caller keeps it until it is done.
    pub(super) fn enter_session(&mut self, slot: u32) -> Entry {
        let (now, visit) = (self.now, &self.visits[slot]);
        let (instance, parent) = (visit.instance, visit.parent);
        if parent == NONE {
            return self.enter(slot);
        }
        // It comes once, however often its SYN is sent.
        let comes = u64::from(self.visits[slot].tries == 0);
        self.nodes[instance as usize].counts.visits += comes;
        if self.disturbed {
            if let Some(entry) = self.enter_in_bad_condition(slot) {
                return entry;
            }
            self.residents.asks(parent, instance, &self.visits);
        }
        let connection = Holds::Connection(instance);
        if self.sessions.holds(self.visits[parent].sessions, connection) {
            // It has waited for this query, and serves it now.
            self.nodes[instance as usize].hold_extra(-1, now);
        } else {
            let (slots, _) = self.room(instance);
            let node = &mut self.nodes[instance as usize];
            if node.busy >= slots {
                // It is full, or has a line: the same as everywhere else.
                return self.enter_passed(slot);
            }
            node.take(now);
            let next = self.visits[parent].sessions;
            self.visits[parent].sessions = self.sessions.add(Session { holds: connection, next });
        }
        let node = &mut self.nodes[instance as usize];
        node.serve_one(now);
        let visit = &mut self.visits[slot];
        visit.flags.inside = true;
        visit.flags.rare.enter_session();
        self.came_in(slot, instance);
        Entry::In
    }

    /// Takes a connection of the caller's own pool, which it keeps until it is done.
    pub(super) fn borrow(&mut self, slot: u32, pool: u32) -> Option<u32> {
        let plan = &self.plan.pools[pool as usize];
        let place = plan.first + (self.visits[slot].instance - plan.first_instance);
        let holds = Holds::Pool(place);
        if self.sessions.holds(self.visits[slot].sessions, holds) {
            return self.skip(slot, 1);
        }
        let state = &mut self.pools[place as usize];
        if state.busy < state.size {
            state.take(self.now);
            self.keep(slot, holds);
            return self.skip(slot, 1);
        }
        self.stand_in_pool_line(slot, place);
        None
    }

    pub(super) fn stand_in_pool_line(&mut self, slot: u32, place: u32) {
        if self.visits[slot].flags.followed {
            self.note_stretch(slot);
        }
        let state = &mut self.pools[place as usize];
        super::admission::append(&mut self.visits, &mut state.head, &mut state.tail, slot);
        state.waits.joins(self.now);
        let wait = state.wait;
        self.own_time_ends(slot);
        let visit = &mut self.visits[slot];
        visit.since = self.now;
        visit.state = State::InPoolLine;
        visit.pending = place;
        if wait != NEVER {
            self.schedule(slot, self.now.saturating_add(wait));
        }
    }

    pub(super) fn keep(&mut self, slot: u32, holds: Holds) {
        let next = self.visits[slot].sessions;
        self.visits[slot].sessions = self.sessions.add(Session { holds, next });
    }

    fn take_extra_slot(&mut self, slot: u32) -> bool {
        let visit = &self.visits[slot];
        let instance = visit.instance;
        // In a bad condition it looks full to those who come in, and has its slots all the same.
        let (slots, _) = self.room(instance);
        let node = &mut self.nodes[instance as usize];
        if node.busy >= slots {
            return false;
        }
        node.take(self.now);
        node.hold_extra(1, self.now);
        self.visits[slot].slots += 1;
        true
    }
}
