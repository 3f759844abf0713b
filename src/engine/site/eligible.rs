//! Who may be chosen of a caller's peers. It is a type, so that where everybody may be, nobody asks.

use super::balancers::Balancers;
use crate::kernel::table::Id;
use crate::kernel::time::Time;
use crate::nodes::behaviour::HealthChecks;
use crate::plan::ids::View;

/// What others than the balancer know of a caller's peers, each of which has a number among them.
pub trait Outlook {
    /// Whether it may be called, as far as they know.
    fn permits(&self, member: u32) -> bool;

    /// Whether the caller has a place at it for one more call.
    fn has_place(&self, member: u32) -> bool;
}

pub(super) trait Eligible: Copy {
    fn admits(self, balancers: &Balancers, member: u32) -> bool;

    /// The share of its turns that it takes at present.
    fn warmth(self, balancers: &Balancers, member: u32) -> f64;
}

#[derive(Clone, Copy)]
pub(super) struct Everybody;

impl Eligible for Everybody {
    #[inline(always)]
    fn admits(self, _: &Balancers, _: u32) -> bool {
        true
    }

    #[inline(always)]
    fn warmth(self, _: &Balancers, _: u32) -> f64 {
        1.0
    }
}

/// Whom the caller takes for well, but for the peer that has just failed it.
pub(super) struct Usable<'a, O> {
    pub outlook: &'a O,
    pub checks: &'a HealthChecks,
    pub view: Id<View>,
    pub avoid: Option<u32>,
    pub now: Time,
}

// Derived, these would ask the same of the outlook, which is only looked at.
impl<O> Clone for Usable<'_, O> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<O> Copy for Usable<'_, O> {}

impl<O: Outlook> Eligible for Usable<'_, O> {
    fn admits(self, balancers: &Balancers, member: u32) -> bool {
        let is_available = || {
            let peer = balancers.peer(self.view, member);
            peer.is_none_or(|peer| peer.is_available(self.checks, self.now))
        };
        self.avoid != Some(member) && self.outlook.permits(member) && is_available()
    }

    fn warmth(self, balancers: &Balancers, member: u32) -> f64 {
        let peer = balancers.peer(self.view, member);
        peer.map_or(1.0, |peer| peer.warmth(self.checks, self.now))
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
    fn admits(self, balancers: &Balancers, member: u32) -> bool {
        !self.drawn.contains(&member) && self.who.admits(balancers, member)
    }

    #[inline(always)]
    fn warmth(self, balancers: &Balancers, member: u32) -> f64 {
        self.who.warmth(balancers, member)
    }
}

/// Of those the ones at which the caller has a place for one more call.
pub(super) struct WithPlace<'a, E, O> {
    pub who: E,
    pub outlook: &'a O,
}

impl<E: Copy, O> Clone for WithPlace<'_, E, O> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<E: Copy, O> Copy for WithPlace<'_, E, O> {}

impl<E: Eligible, O: Outlook> Eligible for WithPlace<'_, E, O> {
    fn admits(self, balancers: &Balancers, member: u32) -> bool {
        self.outlook.has_place(member) && self.who.admits(balancers, member)
    }

    fn warmth(self, balancers: &Balancers, member: u32) -> f64 {
        self.who.warmth(balancers, member)
    }
}

/// When nobody is well all are tried, but for the peer that has just failed if there are others.
#[derive(Clone, Copy)]
pub(super) struct AnybodyBut {
    pub avoid: Option<u32>,
    pub is_alone: bool,
}

impl Eligible for AnybodyBut {
    fn admits(self, _: &Balancers, member: u32) -> bool {
        self.avoid != Some(member) || self.is_alone
    }

    fn warmth(self, _: &Balancers, _: u32) -> f64 {
        1.0
    }
}
