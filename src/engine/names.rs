//! What clients and resolvers remember of names, and where names lead meanwhile.

use super::World;
use super::changes::Change;
use super::site::Client;
use super::site::peer_health::PeerHealth;
use super::visit::State;
use crate::kernel::time::{SECOND, Time};
use crate::parts::outcome::Outcome;
use crate::plan::{CallPlan, NamePlan, Plan};

/// So long a resolver asks authoritative servers that say nothing (BIND:
/// resolver-query-timeout).
const RESOLVER_PATIENCE: Time = 10 * SECOND;

/// A name as one user's clients and their resolver see it.
#[derive(Clone, Debug)]
pub struct NameState {
    /// Until when the resolver keeps each record of the chain.
    resolver: Vec<Time>,
    /// Until when each client keeps the address.
    clients: Vec<Time>,
    /// Which address each client has.
    address_of: Vec<u32>,
    /// The addresses that the zone answers, by order.
    zone: Vec<u32>,
    /// The addresses that the resolver answers, in turn.
    cached: Vec<u32>,
    turn: usize,
    /// The time to live of the address records now.
    ttl: Time,
    /// What the zone's health checks have found of each address.
    health: Vec<PeerHealth>,
    /// Whether its next check is on the agenda.
    pub is_checking: bool,
}

impl NameState {
    pub fn new(plan: &Plan, name: &NamePlan) -> Self {
        let clients = plan.sources[name.source as usize].clients as usize;
        let zone: Vec<u32> = (0..name.first_answers).collect();
        NameState {
            resolver: vec![0; name.ttls.len().max(1)],
            clients: vec![0; clients],
            address_of: vec![0; clients],
            cached: zone.clone(),
            zone,
            turn: 0,
            ttl: name.ttls.last().copied().unwrap_or(0),
            health: vec![PeerHealth::default(); name.addresses.len()],
            is_checking: false,
        }
    }

    /// What the zone answers now: with checks the first address that is well, or the first
    /// of all if none is; otherwise all of them.
    fn ask_zone(&mut self, has_checks: bool) {
        self.cached.clear();
        if !has_checks {
            self.cached.extend(&self.zone);
            return;
        }
        let is_well = |&&address: &&u32| !self.health[address as usize].is_taken_out();
        self.cached.extend(self.zone.iter().find(is_well).or(self.zone.first()));
    }
}

impl World {
    /// Whether the client still knows the address.
    pub(super) fn recall_name(&self, slot: u32, name: u32) -> bool {
        let client = self.visits.requests[slot as usize].client;
        self.clockwork.now < self.site.names[name as usize].clients[client as usize]
    }

    /// The client keeps the address for as long as the resolver will.
    pub(super) fn remember_name(&mut self, plan: &Plan, slot: u32, name: u32) {
        let client = self.visits.requests[slot as usize].client;
        let state = &mut self.site.names[name as usize];
        let until = state.resolver.iter().copied().min().expect("a record");
        state.clients[client as usize] = until;
        if !state.cached.is_empty() {
            // Resolvers rotate the addresses, and clients take the first one.
            state.turn = (state.turn + 1) % state.cached.len();
            let before = std::mem::replace(&mut state.address_of[client as usize], state.cached[state.turn]);
            if before != state.address_of[client as usize] {
                let source = plan.names[name as usize].source;
                self.site.sources[source as usize].connections[client as usize] = 0;
            }
        }
    }

    /// The resolver answers from its cache, or asks the authoritative servers first.
    pub(super) fn resolve_name(&mut self, plan: &Plan, slot: u32, name: u32) -> Option<u32> {
        let name_plan = &plan.names[name as usize];
        let state = &mut self.site.names[name as usize];
        let counts = &mut self.site.nodes[self.visits[slot].instance as usize].counts;
        // A visit that has been here before comes back from its look-up.
        if self.visits[slot].repeats == 0 {
            counts.lookups += 1;
            if state.resolver.iter().all(|&expires| self.clockwork.now < expires) {
                counts.hits += 1;
            } else if self.has_dns_outage(self.visits[slot].instance) {
                // The resolver asks and asks; its client does not wait that long.
                return None;
            } else {
                self.visits[slot].repeats = 1;
                debug_assert_eq!(self.visits[slot].state, State::Going);
                let time = self.chance.draws.take(plan, name_plan.lookup);
                self.schedule(slot, self.clockwork.now.saturating_add(time));
                return None;
            }
        } else {
            let ttls = name_plan
                .ttls
                .iter()
                .copied()
                .chain(name_plan.ttls.is_empty().then_some(name_plan.negative_ttl));
            let last = state.resolver.len() - 1;
            let address_is_old = self.clockwork.now >= state.resolver[last];
            for (place, (expires, ttl)) in state.resolver.iter_mut().zip(ttls).enumerate() {
                if self.clockwork.now >= *expires {
                    let is_address = place == last && name_plan.resolves;
                    *expires = self.clockwork.now.saturating_add(if is_address { state.ttl } else { ttl });
                }
            }
            if address_is_old {
                state.ask_zone(name_plan.checks.is_some());
            }
        }
        if name_plan.resolves { self.skip(slot, 1) } else { self.end_visit(plan, slot, Outcome::DnsFailure) }
    }

    /// The member of a route that stands at the address which the client has; where it has
    /// failed to answer, at the next of several. Of several at one address a client comes to the
    /// same one each time. `None`: nobody of the route stands there, or everybody.
    pub(super) fn member_at_address(&mut self, call: &CallPlan, root: u32) -> Option<u32> {
        let request = self.visits.requests[root as usize];
        let state = &mut self.site.names[call.name as usize];
        let address = &mut state.address_of[request.client as usize];
        if request.attempts > 1 && state.cached.len() > 1 {
            let place = state.cached.iter().position(|other| other == address).unwrap_or(0);
            *address = state.cached[(place + 1) % state.cached.len()];
        }
        let members = &call.members_at[*address as usize];
        match members[..] {
            [] => None,
            [only] => Some(only),
            _ => {
                let hash = self.client_of(root).map_or(0, Client::hash);
                Some(members[(hash % members.len() as u64) as usize])
            }
        }
    }

    /// A resolver in a path resolves at once what it is asked, or asks others in vain; whoever
    /// still waits then is told so.
    #[inline(never)]
    pub(super) fn ask_resolver(&mut self, plan: &Plan, slot: u32) -> Option<u32> {
        let visit = &self.visits[slot];
        if visit.repeats > 0 {
            return self.end_visit(plan, slot, Outcome::DnsFailure);
        }
        if !self.has_dns_outage(visit.instance) {
            return self.skip(slot, 1);
        }
        self.visits[slot].repeats = 1;
        self.schedule(slot, self.clockwork.now.saturating_add(RESOLVER_PATIENCE));
        None
    }

    /// From now on the name leads elsewhere, for those who ask.
    pub(super) fn change_name(&mut self, plan: &Plan, number: u32) {
        let change = &plan.name_changes[number as usize];
        let state = &mut self.site.names[change.name as usize];
        state.zone.clear();
        state.zone.push(change.address);
        state.ttl = change.ttl;
    }

    /// All addresses of a name are checked now, and again until nothing is in doubt.
    pub(super) fn check_name(&mut self, plan: &Plan, number: u32) {
        let name_plan = &plan.names[number as usize];
        let Some(checks) = &name_plan.checks else { return };
        let state = &mut self.site.names[number as usize];
        let mut is_sure = true;
        for (health, hosts) in state.health.iter_mut().zip(&name_plan.hosts) {
            let is_well = hosts.iter().all(|&host| self.trouble.conditions[host as usize].answers_checks());
            is_sure &= health.checked(is_well, checks, self.clockwork.now);
        }
        state.is_checking = !is_sure;
        if !is_sure {
            self.trouble
                .changes
                .add(self.clockwork.now.saturating_add(checks.inter), Change::ChecksName(number));
        }
    }
}
