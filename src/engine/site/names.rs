//! What clients and resolvers remember of names, and where names lead meanwhile.

use super::peer_health::PeerHealth;
use crate::kernel::table::{Id, Table};
use crate::kernel::time::Time;
use crate::plan::ids::Instance;
use crate::plan::{NameChangePlan, NamePlan, Plan, ids};

/// All names.
#[derive(Clone, Debug)]
pub struct Names {
    all: Table<ids::Name, Name>,
}

/// A name as one user's clients and their resolver see it.
#[derive(Clone, Debug)]
struct Name {
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
    is_checking: bool,
}

impl Names {
    pub fn new(plan: &Plan) -> Names {
        Names { all: plan.names.iter().map(|name| Name::new(plan, name)).collect() }
    }

    /// Whether a client still knows the address.
    pub fn is_known(&self, name: Id<ids::Name>, client: u32, now: Time) -> bool {
        now < self.all[name].clients[client as usize]
    }

    /// The client keeps the address for as long as the resolver will. Returns whether it is another
    /// than before.
    pub fn remember(&mut self, name: Id<ids::Name>, client: u32) -> bool {
        let name = &mut self.all[name];
        let until = name.resolver.iter().copied().min().expect("a record");
        name.clients[client as usize] = until;
        if name.cached.is_empty() {
            return false;
        }
        // Resolvers rotate the addresses, and clients take the first one.
        name.turn = (name.turn + 1) % name.cached.len();
        let address = name.cached[name.turn];
        std::mem::replace(&mut name.address_of[client as usize], address) != address
    }

    /// Whether the resolver has all records that it needs.
    pub fn resolver_knows(&self, name: Id<ids::Name>, now: Time) -> bool {
        self.all[name].resolver.iter().all(|&expires| now < expires)
    }

    /// The resolver has asked the authoritative servers for the records that it did not have.
    pub fn refresh_resolver(&mut self, plan: &Plan, name: Id<ids::Name>, now: Time) {
        let plan = &plan.names[name];
        self.all[name].refresh(plan, now);
    }

    /// The address that a client has; where that has failed to answer, the next of several from now
    /// on.
    pub fn address_for(&mut self, name: Id<ids::Name>, client: u32, has_failed: bool) -> u32 {
        let name = &mut self.all[name];
        let address = &mut name.address_of[client as usize];
        if has_failed && name.cached.len() > 1 {
            let place = name.cached.iter().position(|other| other == address).unwrap_or(0);
            *address = name.cached[(place + 1) % name.cached.len()];
        }
        *address
    }

    /// From now on the name leads elsewhere, for those who ask.
    pub fn change(&mut self, change: &NameChangePlan) {
        let name = &mut self.all[change.name];
        name.zone.clear();
        name.zone.push(change.address);
        name.ttl = change.ttl;
    }

    /// The zone has to look again at a host of which it was sure. Returns whether its checks go on
    /// already.
    pub fn doubt(&mut self, name: Id<ids::Name>) -> bool {
        std::mem::replace(&mut self.all[name].is_checking, true)
    }

    /// All addresses of a name are checked now. Returns whether nothing is in doubt any more.
    pub fn check(
        &mut self,
        plan: &Plan,
        name: Id<ids::Name>,
        answers: impl Fn(Id<Instance>) -> bool,
        now: Time,
    ) -> bool {
        let (plan, name) = (&plan.names[name], &mut self.all[name]);
        let Some(checks) = &plan.checks else { return true };
        let mut is_sure = true;
        for (health, hosts) in name.health.iter_mut().zip(&plan.hosts) {
            let is_well = hosts.iter().all(|&host| answers(host));
            is_sure &= health.checked(is_well, checks, now);
        }
        name.is_checking = !is_sure;
        is_sure
    }
}

impl Name {
    fn new(plan: &Plan, name: &NamePlan) -> Name {
        let clients = plan.sources[name.source].clients as usize;
        let zone: Vec<u32> = (0..name.first_answers).collect();
        Name {
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

    fn refresh(&mut self, plan: &NamePlan, now: Time) {
        let negative = plan.ttls.is_empty().then_some(plan.negative_ttl);
        let ttls = plan.ttls.iter().copied().chain(negative);
        let last = self.resolver.len() - 1;
        let address_is_old = now >= self.resolver[last];
        for (place, (expires, ttl)) in self.resolver.iter_mut().zip(ttls).enumerate() {
            if now >= *expires {
                let is_address = place == last && plan.resolves;
                *expires = now.saturating_add(if is_address { self.ttl } else { ttl });
            }
        }
        if address_is_old {
            self.ask_zone(plan.checks.is_some());
        }
    }
}
