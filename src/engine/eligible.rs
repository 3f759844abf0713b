//! Who may be chosen of a caller's peers. It is a type, so that where everybody may be, nobody asks.

use super::World;
use crate::plan::{CallPlan, Plan};

pub(super) trait Eligible: Copy {
    fn admits(self, plan: &Plan, world: &World, member: u32) -> bool;

    /// The share of its turns that it takes at present.
    fn warmth(self, world: &World, member: u32) -> f64;
}

#[derive(Clone, Copy)]
pub(super) struct Everybody;

impl Eligible for Everybody {
    #[inline(always)]
    fn admits(self, _: &Plan, _: &World, _: u32) -> bool {
        true
    }

    #[inline(always)]
    fn warmth(self, _: &World, _: u32) -> f64 {
        1.0
    }
}

/// Whom the caller takes for well, but for the peer that has just failed it.
#[derive(Clone, Copy)]
pub(super) struct Usable<'a> {
    pub call: &'a CallPlan,
    pub caller: u32,
    pub place: usize,
    pub avoid: u32,
}

impl Eligible for Usable<'_> {
    fn admits(self, plan: &Plan, world: &World, member: u32) -> bool {
        let Usable { call, caller, place, avoid } = self;
        let instance = plan.routes[call.route as usize].members[member as usize].instance;
        let drains = world.trouble.conditions().drains(instance);
        let is_available = || {
            let peer = world.site.balancers.peer(place, member);
            peer.is_none_or(|peer| peer.is_available(&call.health, world.clockwork.now))
        };
        member != avoid && !drains && world.breaker_permits(plan, call, caller, member) && is_available()
    }

    fn warmth(self, world: &World, member: u32) -> f64 {
        let peer = world.site.balancers.peer(self.place, member);
        peer.map_or(1.0, |peer| peer.warmth(&self.call.health, world.clockwork.now))
    }
}

/// Of several that are drawn none is drawn twice.
#[derive(Clone, Copy)]
pub(super) struct NotYet<'a, E> {
    pub who: E,
    pub drawn: &'a [u32],
}

impl<E: Eligible> Eligible for NotYet<'_, E> {
    #[inline(always)]
    fn admits(self, plan: &Plan, world: &World, member: u32) -> bool {
        !self.drawn.contains(&member) && self.who.admits(plan, world, member)
    }

    #[inline(always)]
    fn warmth(self, world: &World, member: u32) -> f64 {
        self.who.warmth(world, member)
    }
}

/// Of those the ones at which the caller has a place for one more call.
#[derive(Clone, Copy)]
pub(super) struct WithPlace<E> {
    pub who: E,
    /// The caller's pool of the places at all its peers together.
    pub together: u32,
}

impl<E: Eligible> Eligible for WithPlace<E> {
    fn admits(self, plan: &Plan, world: &World, member: u32) -> bool {
        world.has_place_at(self.together, member) && self.who.admits(plan, world, member)
    }

    fn warmth(self, world: &World, member: u32) -> f64 {
        self.who.warmth(world, member)
    }
}

/// When nobody is well all are tried, but for the peer that has just failed if there are others.
#[derive(Clone, Copy)]
pub(super) struct AnybodyBut {
    pub avoid: u32,
    pub is_alone: bool,
}

impl Eligible for AnybodyBut {
    fn admits(self, _: &Plan, _: &World, member: u32) -> bool {
        member != self.avoid || self.is_alone
    }

    fn warmth(self, _: &World, _: u32) -> f64 {
        1.0
    }
}
