//! Lanes of timeouts: one for each constant delay. What comes in last rings last, so a
//! lane is a list through the visits, and leaving it costs nothing but a few links.

use crate::engine::visit::{Timer, TimerKind, Visits};
use crate::kernel::table::Table;
use crate::kernel::time::{NEVER, Time};
use crate::plan::NONE;
use crate::plan::ids::{DeadlineLane, WatchdogLane};

/// All lanes.
#[derive(Clone, Debug)]
pub struct Lanes {
    pub deadlines: Table<DeadlineLane, Lane>,
    pub watchdogs: Table<WatchdogLane, Lane>,
}

/// What the timers of a lane are for.
pub trait LaneKind: Sized {
    const KIND: TimerKind;

    fn of(lanes: &mut Lanes) -> &mut Table<Self, Lane>;
}

impl LaneKind for DeadlineLane {
    const KIND: TimerKind = TimerKind::Deadline;

    #[inline(always)]
    fn of(lanes: &mut Lanes) -> &mut Table<DeadlineLane, Lane> {
        &mut lanes.deadlines
    }
}

impl LaneKind for WatchdogLane {
    const KIND: TimerKind = TimerKind::Watchdog;

    #[inline(always)]
    fn of(lanes: &mut Lanes) -> &mut Table<WatchdogLane, Lane> {
        &mut lanes.watchdogs
    }
}

#[derive(Clone, Debug)]
pub struct Lane {
    delay: Time,
    head: u32,
    tail: u32,
}

impl Lane {
    pub fn new(delay: Time) -> Self {
        Lane { delay, head: NONE, tail: NONE }
    }

    /// The timer of a visit that is about to be made in this slot.
    #[inline(always)]
    pub fn append(&mut self, visits: &mut Visits, kind: TimerKind, slot: u32, now: Time) -> Timer {
        let due = now.saturating_add(self.delay).max(1);
        let previous = std::mem::replace(&mut self.tail, slot);
        match previous {
            NONE => self.head = slot,
            previous => visits[previous].timers[kind as usize].next = slot,
        }
        Timer { due, next: NONE, previous }
    }

    /// Stops it.
    #[inline(always)]
    pub fn leave(&mut self, visits: &mut Visits, kind: TimerKind, slot: u32) {
        let timer = &mut visits[slot].timers[kind as usize];
        let place = *timer;
        timer.due = 0;
        self.unlink(visits, kind, place);
    }

    /// The timer of a visit that is about to go.
    #[inline(always)]
    pub fn unlink(&mut self, visits: &mut Visits, kind: TimerKind, timer: Timer) {
        let Timer { next, previous, .. } = timer;
        match previous {
            NONE => self.head = next,
            previous => visits[previous].timers[kind as usize].next = next,
        }
        match next {
            NONE => self.tail = previous,
            next => visits[next].timers[kind as usize].previous = previous,
        }
    }

    /// The first visit, if its time has come.
    pub fn due(&self, visits: &Visits, kind: TimerKind, now: Time) -> Option<u32> {
        (self.head != NONE && visits[self.head].timers[kind as usize].due <= now).then_some(self.head)
    }

    /// When the first of those that are in it now will ring.
    pub fn next(&self, visits: &Visits, kind: TimerKind) -> Time {
        match self.head {
            NONE => NEVER,
            head => visits[head].timers[kind as usize].due,
        }
    }
}
