//! Whoever has to know where a name leads.

use crate::engine::World;
use crate::engine::site::Client;
use crate::engine::trouble::Change;
use crate::engine::visit::{State, Visit};
use crate::kernel::table::Id;
use crate::kernel::time::{SECOND, Time};
use crate::parts::outcome::Outcome;
use crate::plan::ids::{Instance, Name};
use crate::plan::{CallPlan, Plan};

/// So long a resolver asks authoritative servers that say nothing (BIND:
/// resolver-query-timeout).
const RESOLVER_PATIENCE: Time = 10 * SECOND;

impl World {
    /// Whether the client still knows the address.
    pub(in crate::engine) fn recall_name(&self, slot: Id<Visit>, name: Id<Name>) -> bool {
        let client = self.visits.requests[slot].client;
        self.site.names.is_known(name, client, self.clockwork.now())
    }

    /// The client keeps the address for as long as the resolver will.
    pub(in crate::engine) fn remember_name(&mut self, plan: &Plan, slot: Id<Visit>, name: Id<Name>) {
        let client = self.visits.requests[slot].client;
        if self.site.names.remember(name, client) {
            let source = plan.names[name].source;
            self.site.sources[source].connections[client as usize] = 0;
        }
    }

    /// The resolver answers from its cache, or asks the authoritative servers first.
    pub(in crate::engine) fn resolve_name(
        &mut self,
        plan: &Plan,
        slot: Id<Visit>,
        name: Id<Name>,
    ) -> Option<Id<Visit>> {
        let name_plan = &plan.names[name];
        let (instance, now) = (self.visits[slot].instance, self.clockwork.now());
        if self.visits[slot].flags.rare.has_asked() {
            self.visits[slot].flags.rare.has_answer();
            self.site.names.refresh_resolver(plan, name, now);
        } else {
            let is_known = self.site.names.resolver_knows(name, now);
            let counts = &mut self.site.nodes[instance].counts;
            counts.lookups += 1;
            counts.hits += u64::from(is_known);
            if !is_known && self.has_dns_outage(instance) {
                // The resolver asks and asks; its client does not wait that long.
                return None;
            }
            if !is_known {
                self.visits[slot].flags.rare.asks();
                debug_assert_eq!(self.visits[slot].state, State::Going);
                let time = self.chance.draws.take(plan, name_plan.lookup);
                self.schedule(slot, now.saturating_add(time));
                return None;
            }
        }
        if name_plan.resolves { self.skip(slot, 1) } else { self.end_visit(plan, slot, Outcome::DnsFailure) }
    }

    /// The member of a route that stands at the address which the client has; where it has
    /// failed to answer, at the next of several. Of several at one address a client comes to the
    /// same one each time. `None`: nobody of the route stands there, or everybody.
    pub(in crate::engine) fn member_at_address(
        &mut self,
        call: &CallPlan,
        root: Option<Id<Visit>>,
    ) -> Option<u32> {
        let request = self.visits.requests[root?];
        let address = self.site.names.address_for(call.name?, request.client, request.attempts > 1);
        let members = &call.members_at[address as usize];
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
    pub(in crate::engine) fn ask_resolver(&mut self, plan: &Plan, slot: Id<Visit>) -> Option<Id<Visit>> {
        let visit = &self.visits[slot];
        if visit.flags.rare.has_asked() {
            return self.end_visit(plan, slot, Outcome::DnsFailure);
        }
        if !self.has_dns_outage(visit.instance) {
            return self.skip(slot, 1);
        }
        self.visits[slot].flags.rare.asks();
        self.schedule(slot, self.clockwork.now().saturating_add(RESOLVER_PATIENCE));
        None
    }

    /// From now on the name leads elsewhere, for those who ask.
    pub(in crate::engine) fn change_name(&mut self, plan: &Plan, number: u32) {
        self.site.names.change(&plan.name_changes[number as usize]);
    }

    /// All addresses of a name are checked now, and again until nothing is in doubt.
    pub(in crate::engine) fn check_name(&mut self, plan: &Plan, name: Id<Name>) {
        let Some(checks) = &plan.names[name].checks else { return };
        let (conditions, now) = (self.trouble.conditions(), self.clockwork.now());
        let answers = |host: Id<Instance>| conditions.answers_checks(host);
        if !self.site.names.check(plan, name, answers, now) {
            self.trouble.expect(now.saturating_add(checks.inter), Change::ChecksName(name));
        }
    }
}
