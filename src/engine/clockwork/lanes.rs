//! Lanes of timeouts: one for each constant delay. What comes in last rings last, so a
//! lane is a list through the visits, and leaving it costs nothing but a few links.

use crate::engine::visit::{Timer, TimerKind, Visit, Visits};
use crate::kernel::table::{Id, Table};
use crate::kernel::time::{NEVER, Time};
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
    head: Option<Id<Visit>>,
    tail: Option<Id<Visit>>,
}

impl Lane {
    pub fn new(delay: Time) -> Self {
        Lane { delay, head: None, tail: None }
    }

    /// The timer of a visit that is about to be made in this slot.
    #[inline(always)]
    pub fn append(&mut self, visits: &mut Visits, kind: TimerKind, slot: Id<Visit>, now: Time) -> Timer {
        let due = now.saturating_add(self.delay).max(1);
        let previous = self.tail.replace(slot);
        match previous {
            None => self.head = Some(slot),
            Some(previous) => visits[previous].timers[kind as usize].next = Some(slot),
        }
        Timer { due, next: None, previous }
    }

    /// Stops it.
    #[inline(always)]
    pub fn leave(&mut self, visits: &mut Visits, kind: TimerKind, slot: Id<Visit>) {
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
            None => self.head = next,
            Some(previous) => visits[previous].timers[kind as usize].next = next,
        }
        match next {
            None => self.tail = previous,
            Some(next) => visits[next].timers[kind as usize].previous = previous,
        }
    }

    /// The first visit, if its time has come.
    pub fn due(&self, visits: &Visits, kind: TimerKind, now: Time) -> Option<Id<Visit>> {
        self.head.filter(|&head| visits[head].timers[kind as usize].due <= now)
    }

    /// When the first of those that are in it now will ring.
    pub fn next(&self, visits: &Visits, kind: TimerKind) -> Time {
        match self.head {
            None => NEVER,
            Some(head) => visits[head].timers[kind as usize].due,
        }
    }
}
