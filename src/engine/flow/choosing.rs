//! Whom a call goes to, with what is known of each peer all over the site: drains, open breakers,
//! places that are taken.

use crate::engine::World;
use crate::engine::site::Client;
use crate::engine::site::balancers::Open;
use crate::engine::site::choosing::{Chooser, Doubts};
use crate::engine::site::eligible::Outlook;
use crate::engine::site::guards::{GuardedPeer, Guards};
use crate::engine::site::pools::{PlaceAtPeer, Pools};
use crate::engine::trouble::Conditions;
use crate::engine::visit::Visit;
use crate::kernel::table::Id;
use crate::kernel::time::Time;
use crate::plan::ids::{Instance, Pool};
use crate::plan::{CallPlan, Plan, Policy};

/// What is known of the peers of a call, but for what the balancer itself remembers.
struct Peers<'a> {
    plan: &'a Plan,
    call: &'a CallPlan,
    caller: Id<Instance>,
    now: Time,
    conditions: &'a Conditions,
    guards: &'a Guards,
    pools: &'a Pools,
    /// Where the caller's places at its peers are, if they are asked for.
    together: Option<Id<Pool>>,
}

impl Outlook for Peers<'_> {
    fn permits(&self, member: u32) -> bool {
        let Peers { plan, call, caller, now, .. } = *self;
        let instance = plan.routes[call.route].members[member as usize].instance;
        let drains = self.conditions.drains(instance);
        !drains && self.guards.permits(plan, call, GuardedPeer { caller, member }, now)
    }

    fn has_place(&self, member: u32) -> bool {
        self.together.is_none_or(|together| self.pools.has_room_at(PlaceAtPeer { together, member }))
    }
}

impl World {
    /// Chooses a member of the call's route; `avoid` is the peer that has just failed.
    #[inline(always)]
    pub(in crate::engine) fn pick(
        &mut self,
        plan: &Plan,
        call: &CallPlan,
        caller: Id<Instance>,
        root: Option<Id<Visit>>,
        avoid: Option<u32>,
    ) -> u32 {
        if let Policy::Single = plan.routes[call.route].policy {
            return 0;
        }
        if avoid.is_none()
            && self.site.balancers.are_all_well()
            && !self.trouble.conditions().anybody_drains()
        {
            let chooser = self.chooser(plan, call, caller, root);
            return self.site.balancers.choose(chooser, &mut self.chance);
        }
        self.pick_doubtful(plan, call, (caller, root), avoid, None).unwrap_or(0)
    }

    /// The same of those at which the caller has a place for one more call.
    pub(in crate::engine) fn pick_with_place(
        &mut self,
        plan: &Plan,
        call: &CallPlan,
        caller: Id<Instance>,
        root: Option<Id<Visit>>,
        avoid: Option<u32>,
        together: Id<Pool>,
    ) -> Option<PlaceAtPeer> {
        let member = self.pick_doubtful(plan, call, (caller, root), avoid, Some(together))?;
        Some(PlaceAtPeer { together, member })
    }

    /// Not everybody may be chosen; `None` if all who may be have no place.
    #[inline(never)]
    fn pick_doubtful(
        &mut self,
        plan: &Plan,
        call: &CallPlan,
        (caller, root): (Id<Instance>, Option<Id<Visit>>),
        avoid: Option<u32>,
        together: Option<Id<Pool>>,
    ) -> Option<u32> {
        let (chooser, now) = (self.chooser(plan, call, caller, root), self.clockwork.now());
        let (conditions, guards, pools) = (self.trouble.conditions(), &self.site.guards, &self.site.pools);
        let outlook = Peers { plan, call, caller, now, conditions, guards, pools, together };
        let doubts = Doubts { outlook, checks: &call.health, avoid, now };
        match together {
            None => Some(self.site.balancers.choose_usable(chooser, &mut self.chance, &doubts)),
            Some(_) => self.site.balancers.choose_with_place(chooser, &mut self.chance, &doubts),
        }
    }

    #[inline(always)]
    fn chooser<'a>(
        &self,
        plan: &'a Plan,
        call: &CallPlan,
        caller: Id<Instance>,
        root: Option<Id<Visit>>,
    ) -> Chooser<'a> {
        let route = &plan.routes[call.route];
        let client = if route.policy.goes_by_client() { self.client_of(root) } else { None };
        Chooser { route, view: plan.view_of(call, caller), client }
    }

    /// Whose request it is; nobody's once its first visit has gone.
    pub(in crate::engine) fn client_of(&self, root: Option<Id<Visit>>) -> Option<Client> {
        root.map(|root| {
            let request = &self.visits.requests[root];
            Client { source: request.source, number: request.client }
        })
    }

    /// Counts a request as open at a peer and says where, if anybody looks.
    #[inline(always)]
    pub(in crate::engine) fn open_at_peer(
        &mut self,
        plan: &Plan,
        call: &CallPlan,
        caller: Id<Instance>,
        member: u32,
    ) -> Option<Id<Open>> {
        self.site.balancers.open_at_peer(plan, plan.view_of(call, caller), member)
    }

    /// The request is no longer open there.
    #[inline(always)]
    pub(in crate::engine) fn close_at_peer(&mut self, plan: &Plan, peer: Option<Id<Open>>) {
        self.site.balancers.close_at_peer(plan, peer);
    }
}
