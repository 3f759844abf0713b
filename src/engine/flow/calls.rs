//! Calls: pick a peer, connect, wait for the answer; and moves, which wait for none.

use super::admission::Entry;
use super::ending::CallEnd;
use super::resilience::guard::Permission;
use super::usual::Callee;
use crate::engine::World;
use crate::engine::site::balancers::Open;
use crate::engine::site::links::Message;
use crate::engine::site::sessions::Holds;
use crate::engine::visit::{Answers, Flags, State, Visit};
use crate::kernel::table::Id;
use crate::kernel::time::NEVER;
use crate::parts::outcome::Outcome;
use crate::parts::resource::Way;
use crate::plan::ids::{Call, Fork, Instance, Link, StepPlace};
use crate::plan::{CallPlan, ConnectionUse, MemberPlan, Plan};

/// Whom a call goes to.
struct Chosen {
    instance: Id<Instance>,
    /// The link that leads there, if there is one.
    link: Option<Id<Link>>,
    /// Where the caller counts its open requests to it, if it does.
    peer: Option<Id<Open>>,
    /// Where the program of the called visit starts.
    body: Id<StepPlace>,
}

impl World {
    /// The visit calls another node and waits. Returns who goes on at once, if anybody.
    #[inline(always)]
    pub(in crate::engine) fn call(
        &mut self,
        plan: &Plan,
        slot: Id<Visit>,
        call: Id<Call>,
    ) -> Option<Id<Visit>> {
        if !self.make_room_for(1) {
            return None;
        }
        let usual = &plan.usual_calls[call];
        if self.call_straight(plan, slot, call, usual) {
            return None;
        }
        self.call_otherwise(plan, slot, call)
    }

    /// There is a choice, a link, a line, or somebody who wants to know.
    #[inline(never)]
    fn call_otherwise(&mut self, plan: &Plan, slot: Id<Visit>, call: Id<Call>) -> Option<Id<Visit>> {
        let call_plan = &plan.calls[call];
        if call_plan.guard.is_some() {
            self.note_call_begins(plan, slot);
            match self.ask_guard(plan, slot, call) {
                Permission::Granted => {}
                Permission::Waits => return None,
                Permission::Refused => return self.refuse_call(plan, slot, call),
            }
        }
        if call_plan.takes_extra_slot && !self.take_extra_slot(slot) {
            self.note_call_begins(plan, slot);
            return self.call_failed(plan, slot, call, CallEnd::sent(Outcome::ServerError));
        }
        let visit = &mut self.visits[slot];
        visit.state = State::Calling;
        let followed = visit.flags.followed;
        self.site.nodes[visit.instance].calls(self.clockwork.now());
        if followed {
            self.note_calling(plan, slot);
        }
        self.begin_call(plan, slot, call)
    }

    /// Calls several nodes at once; they go on after the present visit.
    pub(in crate::engine) fn fork(
        &mut self,
        plan: &Plan,
        slot: Id<Visit>,
        fork: Id<Fork>,
    ) -> Option<Id<Visit>> {
        let fork = &plan.forks[fork];
        let die = fork.die;
        let mut under_way = 0;
        for (call, count, chance) in &fork.calls {
            if *chance < 1.0 && crate::kernel::random::uniform(&mut self.chance.dice[die]) >= *chance {
                continue;
            }
            let count = count.draw(&mut self.chance.dice[die]);
            if !self.make_room_for(count as usize) {
                return None;
            }
            if under_way == 0 && count > 0 {
                self.own_time_ends(plan, slot);
                let visit = &mut self.visits[slot];
                visit.state = State::Calling;
                self.site.nodes[visit.instance].calls(self.clockwork.now());
            }
            under_way += count;
            for _ in 0..count {
                self.visits[slot].tries = 0;
                if let Some(child) = self.begin_call(plan, slot, *call) {
                    self.make_ready(child);
                }
            }
        }
        if under_way == 0 {
            return self.skip(slot, 1);
        }
        self.visits.wait_for_answers(
            slot,
            Answers { under_way, wanted: fork.first.map_or(under_way, |first| first.min(under_way)) },
        );
        None
    }

    /// Makes the called visit and sends it off. Returns it if it is there at once.
    #[inline(always)]
    pub(in crate::engine) fn begin_call(
        &mut self,
        plan: &Plan,
        slot: Id<Visit>,
        call: Id<Call>,
    ) -> Option<Id<Visit>> {
        let call_plan = &plan.calls[call];
        let caller = &self.visits[slot];
        let (root, class, from) = (caller.root, caller.class, caller.instance);
        let (rare, followed) = (caller.flags.rare.inherited(), caller.flags.followed);
        let chosen = if let Some(instance) = call_plan.only_peer {
            let link = call_plan.only_link;
            Chosen { instance, link, peer: None, body: call_plan.body }
        } else {
            self.choose_peer(plan, slot, call_plan)
        };
        let Chosen { instance, link, peer, body } = chosen;
        let link = link.and_then(|link| self.link_between(plan, from, instance, link));
        let usual = &plan.usual_calls[call];
        let callee = Callee { call, usual, instance, peer };
        if link.is_none() && usual.begins_so && self.begin_as_usual(plan, slot, callee) {
            return None;
        }
        let fresh = self.opens_connection(plan, call_plan, root, instance)
            && !self.is_connected(slot, call_plan, instance);
        let visit = Visit {
            since: self.clockwork.now(),
            step: body,
            parent: Some(slot),
            root,
            instance,
            call: Some(call),
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
        caller.child = Some(child);
        caller.tries += 1;
        if let Some(sibling) = sibling {
            self.visits[sibling].sibling_previous = Some(child);
        }
        if followed {
            self.note_call(plan, child);
        }
        if call_plan.guard.is_some() {
            self.guarded_call_begins(plan, slot, call_plan, instance);
        }
        let Some(link) = link else {
            if call_plan.whole {
                self.start_timer(call_plan.connect_lane, child);
            }
            return Some(child);
        };
        self.send_over(plan, child, link, call_plan, fresh)
    }

    /// The called visit travels to its node. Returns it if it is there at once.
    fn send_over(
        &mut self,
        plan: &Plan,
        child: Id<Visit>,
        link: Id<Link>,
        call_plan: &CallPlan,
        fresh: bool,
    ) -> Option<Id<Visit>> {
        let round_trips = if fresh { call_plan.round_trips } else { 0 };
        let message = Message { link, way: Way::Out, bytes: call_plan.request_bytes, round_trips };
        let crossing = self.cross(plan, message);
        if crossing.time > 0 || call_plan.whole {
            self.start_timer(call_plan.connect_lane, child);
        }
        if crossing.time == 0 {
            return Some(child);
        }
        self.travel(plan, child, crossing);
        None
    }

    /// Whom to call where there are several.
    #[inline(never)]
    fn choose_peer(&mut self, plan: &Plan, slot: Id<Visit>, call_plan: &CallPlan) -> Chosen {
        let from = self.visits[slot].instance;
        let hedges = call_plan.guard.is_some() && self.visits[slot].child.is_some();
        let member = match self.member_reserved(plan, slot, call_plan) {
            Some(member) => member,
            None => self.member_for(plan, slot, call_plan, hedges),
        };
        if let Some(set) = call_plan.replication {
            self.site.replications.note_reader(call_plan, set, member);
        }
        self.visits[slot].latest_peer = member;
        let peer = self.open_at_peer(plan, call_plan, from, member);
        let MemberPlan { instance, link, .. } = plan.routes[call_plan.route].members[member as usize];
        let body = call_plan.bodies.get(member as usize).copied().unwrap_or(call_plan.body);
        Chosen { instance, link, peer, body }
    }

    /// Which member of the route gets the call; a hedge is of use only elsewhere.
    pub(in crate::engine) fn member_for(
        &mut self,
        plan: &Plan,
        slot: Id<Visit>,
        call_plan: &CallPlan,
        hedges: bool,
    ) -> u32 {
        let caller = &self.visits[slot];
        let from = caller.instance;
        let (again, latest, root) = (caller.tries > 0, caller.latest_peer, caller.root);
        if !call_plan.members_at.is_empty()
            && let Some(member) = self.member_at_address(call_plan, root)
        {
            member
        } else if let Some(set) = call_plan.replication {
            self.replicated_member(plan, call_plan, set, from)
        } else if again && !call_plan.tries_others && !hedges {
            latest
        } else {
            let avoid = if again { Some(latest) } else { None };
            self.pick(plan, call_plan, from, root, avoid)
        }
    }

    /// Nothing lies between nodes on the same host.
    #[inline(always)]
    fn link_between(
        &self,
        plan: &Plan,
        from: Id<Instance>,
        to: Id<Instance>,
        link: Id<Link>,
    ) -> Option<Id<Link>> {
        let hosts = [from, to].map(|instance| plan.instances[instance].host);
        if hosts[0] == hosts[1] && hosts[0].is_some() { None } else { Some(link) }
    }

    /// Whether an earlier call has left the caller with a connection to this database.
    #[inline(always)]
    fn is_connected(&self, slot: Id<Visit>, call_plan: &CallPlan, database: Id<Instance>) -> bool {
        let sessions = self.visits[slot].sessions;
        call_plan.keeps_session && self.site.sessions.holds(sessions, Holds::Connection(database))
    }

    /// Whether the call has to open a connection.
    #[inline(always)]
    fn opens_connection(
        &mut self,
        plan: &Plan,
        call_plan: &CallPlan,
        root: Option<Id<Visit>>,
        instance: Id<Instance>,
    ) -> bool {
        match call_plan.connection {
            ConnectionUse::Kept => false,
            ConnectionUse::Fresh => true,
            ConnectionUse::PerClient { .. } => {
                let kept_for = plan.instances[instance].keepalive;
                // Without a request there is no client whose connections could be used.
                let Some(root) = root else { return true };
                let request = &self.visits.requests[root];
                let source = &mut self.site.sources[request.source];
                let closes_at = &mut source.connections[request.client as usize];
                let fresh = self.clockwork.now() >= *closes_at;
                *closes_at =
                    if kept_for == NEVER { NEVER } else { self.clockwork.now().saturating_add(kept_for) };
                fresh
            }
        }
    }

    /// Leaves this node for another for good.
    #[inline(always)]
    pub(in crate::engine) fn move_on(
        &mut self,
        plan: &Plan,
        slot: Id<Visit>,
        call: Id<Call>,
    ) -> Option<Id<Visit>> {
        let call_plan = &plan.calls[call];
        let visit = &self.visits[slot];
        let (instance, root) = (visit.instance, visit.root);
        let flags = visit.flags;
        if flags.followed {
            self.note_moving_on(plan, slot);
        }
        if flags.inside {
            self.leave_node(plan, slot, Outcome::Ok);
        }
        let member = self.pick(plan, call_plan, instance, root, None);
        let peer = &plan.routes[call_plan.route].members[member as usize];
        let (to, link) = (peer.instance, peer.link);
        let link = link.and_then(|link| self.link_between(plan, instance, to, link));
        let open = self.open_at_peer(plan, call_plan, instance, member);
        let before = std::mem::replace(&mut self.visits[slot].peer, open);
        self.close_at_peer(plan, before);
        let visit = &mut self.visits[slot];
        visit.instance = to;
        visit.step = call_plan.bodies.get(member as usize).copied().unwrap_or(visit.step.plus(1));
        visit.tries = 0;
        visit.since = self.clockwork.now();
        let Some(link) = link else {
            return Some(slot);
        };
        let message = Message { link, way: Way::Out, bytes: call_plan.request_bytes, round_trips: 0 };
        let crossing = self.cross(plan, message);
        self.travel(plan, slot, crossing);
        None
    }

    /// At a database a slot is a connection, and the caller keeps it until it is done.
    pub(in crate::engine) fn enter_session(&mut self, plan: &Plan, slot: Id<Visit>) -> Entry {
        let (now, visit) = (self.clockwork.now(), &self.visits[slot]);
        let (instance, parent) = (visit.instance, visit.parent);
        let Some(parent) = parent else { return self.enter(plan, slot) };
        // It comes once, however often its SYN is sent.
        let comes = u64::from(self.visits[slot].tries == 0);
        self.site.nodes[instance].counts.visits += comes;
        if self.site.nodes[instance].needs_care {
            if let Some(entry) = self.enter_in_bad_condition(plan, slot) {
                return entry;
            }
            self.note_guest(parent, instance);
        }
        let connection = Holds::Connection(instance);
        if self.site.sessions.holds(self.visits[parent].sessions, connection) {
            // It has waited for this query, and serves it now.
            self.site.nodes[instance].hold_extra(-1, now);
        } else {
            let slots = self.room(instance).slots;
            let node = &mut self.site.nodes[instance];
            if node.busy >= slots {
                // It is full, or has a line: the same as everywhere else.
                return self.enter_passed(plan, slot);
            }
            node.take(now);
            self.keep(parent, connection);
        }
        let node = &mut self.site.nodes[instance];
        node.serve_one(now);
        let visit = &mut self.visits[slot];
        visit.flags.inside = true;
        visit.flags.rare.enter_session();
        self.came_in(plan, slot, instance);
        Entry::In
    }

    fn take_extra_slot(&mut self, slot: Id<Visit>) -> bool {
        let visit = &self.visits[slot];
        let instance = visit.instance;
        // In a bad condition it looks full to those who come in, and has its slots all the same.
        let slots = self.room(instance).slots;
        let node = &mut self.site.nodes[instance];
        if node.busy >= slots {
            return false;
        }
        node.take(self.clockwork.now());
        node.hold_extra(1, self.clockwork.now());
        self.visits[slot].slots += 1;
        true
    }
}
