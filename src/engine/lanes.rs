//! Lanes of timeouts: one for each constant delay. What comes in last rings last, so a
//! lane is a list through the visits, and leaving it costs nothing but a few links.

use super::visit::{Timer, Visits};
use crate::kernel::time::{NEVER, Time};
use crate::plan::NONE;

#[derive(Clone, Debug)]
pub struct Lane {
    pub delay: Time,
    head: u32,
    tail: u32,
}

impl Lane {
    pub fn new(delay: Time) -> Self {
        Lane { delay, head: NONE, tail: NONE }
    }

    /// The timer of a visit that is about to be made in this slot.
    #[inline(always)]
    pub fn append(&mut self, visits: &mut Visits, kind: usize, slot: u32, now: Time) -> Timer {
        let due = now.saturating_add(self.delay).max(1);
        let previous = std::mem::replace(&mut self.tail, slot);
        match previous {
            NONE => self.head = slot,
            previous => visits[previous].timers[kind].next = slot,
        }
        Timer { due, next: NONE, previous }
    }

    /// Starts a visit's timer of the given kind.
    #[inline(always)]
    pub fn join(&mut self, visits: &mut Visits, kind: usize, slot: u32, now: Time) -> Time {
        let timer = self.append(visits, kind, slot, now);
        visits[slot].timers[kind] = timer;
        timer.due
    }

    /// Stops it.
    #[inline(always)]
    pub fn leave(&mut self, visits: &mut Visits, kind: usize, slot: u32) {
        let timer = &mut visits[slot].timers[kind];
        let place = *timer;
        timer.due = 0;
        self.unlink(visits, kind, place);
    }

    /// The timer of a visit that is about to go.
    #[inline(always)]
    pub fn unlink(&mut self, visits: &mut Visits, kind: usize, timer: Timer) {
        let Timer { next, previous, .. } = timer;
        match previous {
            NONE => self.head = next,
            previous => visits[previous].timers[kind].next = next,
        }
        match next {
            NONE => self.tail = previous,
            next => visits[next].timers[kind].previous = previous,
        }
    }

    /// The first visit, if its time has come.
    pub fn due(&self, visits: &Visits, kind: usize, now: Time) -> Option<u32> {
        (self.head != NONE && visits[self.head].timers[kind].due <= now).then_some(self.head)
    }

    /// When the first of those that are in it now will ring.
    pub fn next(&self, visits: &Visits, kind: usize) -> Time {
        match self.head {
            NONE => NEVER,
            head => visits[head].timers[kind].due,
        }
    }
}
