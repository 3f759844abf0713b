//! Calls: pick a peer, connect, wait for the answer; and moves, which wait for none.

use super::Simulation;
use super::admission::Entry;
use super::network::Way;
use super::node::{Holds, Session};
use super::visit::{DEADLINE, State};
use crate::kernel::time::NEVER;
use crate::parts::outcome::Outcome;
use crate::plan::{CallPlan, ConnectionUse, NONE};

impl Simulation<'_> {
    /// The visit calls another node and waits. Returns who goes on at once, if anybody.
    pub(super) fn call(&mut self, slot: u32, call: u32) -> Option<u32> {
        if !self.make_room_for(1) {
            return None;
        }
        let plan = &self.plan.calls[call as usize];
        if plan.takes_extra_slot && !self.take_extra_slot(slot) {
            return self.call_failed(slot, call, Outcome::ServerError);
        }
        self.own_time_ends(slot);
        let visit = &mut self.visits[slot];
        visit.state = State::Calling;
        self.nodes[visit.instance as usize].calls(self.now);
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
    fn begin_call(&mut self, slot: u32, call: u32) -> Option<u32> {
        let plan = &self.plan.calls[call as usize];
        let caller = &self.visits[slot];
        let (root, class, instance, tries) = (caller.root, caller.class, caller.instance, caller.tries);
        let replica = self.plan.instances[instance as usize].replica;
        // While it tries again, a caller remembers in `awaited` which peer has failed it.
        let avoid = if tries > 0 { caller.awaited } else { NONE };
        let member = self.pick(plan, replica, root, avoid);
        let peer = &self.plan.routes[plan.route as usize].members[member as usize];
        let open = self.open_at_peer(plan, replica, member);
        let link = self.link_between(instance, peer.instance, peer.link);
        let fresh = self.opens_connection(plan, root) && !self.is_connected(slot, plan, peer.instance);
        let child = self.visits.add(peer.instance, plan.body, class, self.now);
        let caller = &mut self.visits[slot];
        let sibling = std::mem::replace(&mut caller.child, child);
        caller.tries += 1;
        let visit = &mut self.visits[child];
        visit.parent = slot;
        visit.root = root;
        visit.call = call;
        visit.peer = open;
        visit.flags.fresh = fresh;
        visit.sibling_next = sibling;
        if sibling != NONE {
            self.visits[sibling].sibling_previous = child;
        }
        if plan.tries != 1 {
            self.visits[slot].awaited = member;
        }
        if self.rows.keeps {
            self.trace_call(child);
        }
        let travel = match link {
            NONE => 0,
            link => self.travel(link, Way::Out, plan.request_bytes, if fresh { plan.round_trips } else { 0 }),
        };
        if travel > 0 || plan.whole {
            self.start_timer(DEADLINE, plan.connect_lane, child);
        }
        if travel == 0 {
            return Some(child);
        }
        self.crosses(child, travel);
        self.visits[child].since = self.now.saturating_add(travel);
        self.schedule(child, self.now.saturating_add(travel));
        None
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
    fn opens_connection(&mut self, plan: &CallPlan, root: u32) -> bool {
        match plan.connection {
            ConnectionUse::Kept => false,
            ConnectionUse::Fresh => true,
            ConnectionUse::PerClient { kept_for } => {
                let request = &self.visits.requests[root as usize];
                let source = &mut self.sources[request.source as usize];
                let closes_at = &mut source.connections[request.client as usize];
                let fresh = self.now >= *closes_at;
                *closes_at = if kept_for == NEVER { NEVER } else { self.now.saturating_add(kept_for) };
                fresh
            }
        }
    }

    /// The link that an answer comes back over, or `NONE`.
    pub(super) fn link_back(&self, slot: u32) -> u32 {
        let visit = &self.visits[slot];
        let call = &self.plan.calls[visit.call as usize];
        let route = &self.plan.routes[call.route as usize];
        let caller = self.visits[visit.parent].instance;
        let link = if route.one_link {
            route.members[0].link
        } else {
            let member = route.members.iter().find(|member| member.instance == visit.instance);
            member.map_or(NONE, |member| member.link)
        };
        self.link_between(caller, visit.instance, link)
    }

    /// Leaves this node for another for good.
    #[inline(always)]
    pub(super) fn move_on(&mut self, slot: u32, call: u32) -> Option<u32> {
        let plan = &self.plan.calls[call as usize];
        let visit = &self.visits[slot];
        let (instance, root) = (visit.instance, visit.root);
        if visit.flags.inside {
            self.own_time_ends(slot);
            self.leave_node(slot, Outcome::Ok);
        }
        let replica = self.plan.instances[instance as usize].replica;
        let member = self.pick(plan, replica, root, NONE);
        let peer = &self.plan.routes[plan.route as usize].members[member as usize];
        let (to, link) = (peer.instance, peer.link);
        let link = if link == NONE { NONE } else { self.link_between(instance, to, link) };
        let open = self.open_at_peer(plan, replica, member);
        let before = std::mem::replace(&mut self.visits[slot].peer, open);
        self.close_at_peer(before);
        let visit = &mut self.visits[slot];
        visit.instance = to;
        visit.step += 1;
        visit.tries = 0;
        visit.since = self.now;
        if link == NONE {
            return Some(slot);
        }
        let travel = self.travel(link, Way::Out, plan.request_bytes, 0);
        self.crosses(slot, travel);
        self.visits[slot].since = self.now.saturating_add(travel);
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
        let connection = Holds::Connection(instance);
        let node = &mut self.nodes[instance as usize];
        if !self.sessions.holds(self.visits[parent].sessions, connection) {
            if node.busy >= node.slots {
                // It is full, or has a line: the same as everywhere else.
                return self.enter(slot);
            }
            node.busy += 1;
            node.hold_extra(1, now);
            let next = self.visits[parent].sessions;
            self.visits[parent].sessions = self.sessions.add(Session { holds: connection, next });
        }
        let node = &mut self.nodes[instance as usize];
        node.counts.visits += 1;
        node.serve_one(now);
        node.hold_extra(-1, now);
        let visit = &mut self.visits[slot];
        visit.flags.inside = true;
        visit.flags.in_session = true;
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
            state.busy += 1;
            self.keep(slot, holds);
            return self.skip(slot, 1);
        }
        super::admission::append(&mut self.visits, &mut state.head, &mut state.tail, slot);
        let wait = state.wait;
        let visit = &mut self.visits[slot];
        visit.state = State::InPoolLine;
        visit.pending = place;
        if wait != NEVER {
            self.schedule(slot, self.now.saturating_add(wait));
        }
        None
    }

    pub(super) fn keep(&mut self, slot: u32, holds: Holds) {
        let next = self.visits[slot].sessions;
        self.visits[slot].sessions = self.sessions.add(Session { holds, next });
    }

    fn take_extra_slot(&mut self, slot: u32) -> bool {
        let visit = &mut self.visits[slot];
        let node = &mut self.nodes[visit.instance as usize];
        if node.busy >= node.slots {
            return false;
        }
        node.busy += 1;
        node.hold_extra(1, self.now);
        visit.slots += 1;
        true
    }
}
