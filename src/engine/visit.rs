//! Visits: the stays of requests at nodes, in a slab.

mod waiting;

use crate::engine::site::balancers::Open;
use crate::engine::site::sessions::Session;
use crate::kernel::agenda::Key;
use crate::kernel::table::{Id, Table};
use crate::kernel::time::Time;
use crate::parts::outcome::Outcome;
use crate::plan::ids::{Call, Class, Instance, Link, Source, StepPlace};
pub use waiting::Answers;
use waiting::Waiting;

/// The bits of an event's word that name the visit; the others number the event.
pub const SLOT_BITS: u32 = 24;
const SLOT_MASK: u64 = (1 << SLOT_BITS) - 1;
/// Visits that can be told apart at once, and events that can be numbered in one run.
pub const VISITS_MOST: usize = 1 << SLOT_BITS;
pub const EVENTS_MOST: u64 = 1 << (64 - SLOT_BITS);

/// The visit that an event's word names.
#[inline(always)]
pub fn slot_of(word: u64) -> Id<Visit> {
    Id::numbered((word & SLOT_MASK) as u32)
}

/// What a visit's timers are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimerKind {
    /// The patience of its caller.
    Deadline,
    /// The watchdog over its worker.
    Watchdog,
}

/// One stay of a request at one node, from the call until the answer.
#[derive(Clone, Debug)]
#[repr(align(64))]
pub struct Visit {
    /// The word of the one event that it waits for, 0 for none. A popped event whose word
    /// differs is stale, so forgetting the word cancels the event.
    pub word: u64,
    /// When the present stretch of its own time began; in a line, when it joined.
    pub since: Time,
    pub timers: [Timer; 2],
    /// Where in the plan's steps it is.
    pub step: Id<StepPlace>,
    /// Who waits for its answer; `None` for a request's first visit and when nobody does any more.
    pub parent: Option<Id<Visit>>,
    /// The first visit of its request; `None` once that has gone.
    pub root: Option<Id<Visit>>,
    pub instance: Id<Instance>,
    /// The call that it answers, and the link that its answer goes back over.
    pub call: Option<Id<Call>>,
    pub link: Option<Id<Link>>,
    /// Where its caller counts it among the peer's open requests.
    pub peer: Option<Id<Open>>,
    /// Neighbours in a line; `next` also leads through the free slots.
    pub next: Option<Id<Visit>>,
    pub previous: Option<Id<Visit>>,
    /// The first of the visits that it waits for, and its neighbours among its parent's.
    pub child: Option<Id<Visit>>,
    pub sibling_next: Option<Id<Visit>>,
    pub sibling_previous: Option<Id<Visit>>,
    /// Connections that it holds until it is done.
    pub sessions: Option<Id<Session>>,
    /// Rounds left of a repeated call.
    pub repeats: u32,
    /// Which of the peers of its present call it has called last, or which has failed it.
    pub latest_peer: u32,
    pub class: Id<Class>,
    /// Tries of the present call, or SYNs sent while it has not arrived.
    pub tries: u16,
    pub state: State,
    /// Slots of its node that it holds.
    pub slots: u8,
    /// Tries of the present call that came after the first, waits between them.
    pub retries: u8,
    pub flags: Flags,
}

/// A place in a lane of timeouts.
#[derive(Clone, Copy, Debug)]
pub struct Timer {
    pub due: Time,
    pub next: Option<Id<Visit>>,
    pub previous: Option<Id<Visit>>,
}

impl Timer {
    pub const OFF: Timer = Timer { due: 0, next: None, previous: None };

    /// One that runs is due at 1 at the earliest.
    #[inline(always)]
    pub fn runs(self) -> bool {
        self.due != 0
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Nobody uses this slot.
    Free,
    /// On the way, at work, or between tries: its event leads on to its step.
    Going,
    /// In its node's line; its event ends its patience.
    InLine,
    /// In the line for one of its caller's database connections.
    InPoolLine,
    /// Waiting for the answers of its children.
    Calling,
    /// Done with this outcome; its answer travels.
    Replying(Outcome),
    /// Its worker was killed and a new one boots in its slot.
    Rebooting,
    /// A client of a closed population between two requests.
    Thinking,
}

/// What is so or not about a visit.
#[derive(Clone, Copy, Debug, Default)]
pub struct Flags {
    /// It has come in at its node and is counted there.
    pub inside: bool,
    /// It is among the jobs of a shared processor.
    pub on_cpu: bool,
    /// Its connection was opened for it.
    pub fresh: bool,
    /// Its caller is connected, so that the caller's read timeout runs.
    pub connected: bool,
    /// It stands among those that go on next.
    pub ready: bool,
    pub rare: Rare,
    /// Somebody wants to know what its request waits for.
    pub followed: bool,
}

/// What only the first visit of a request needs to know.
#[derive(Clone, Copy, Debug)]
pub struct Request {
    pub start: Time,
    pub id: u64,
    pub source: Id<Source>,
    pub client: u32,
    /// The line of a recording that it replays.
    pub record: u32,
    pub attempts: u32,
}

impl Default for Request {
    fn default() -> Request {
        Request { start: 0, id: 0, source: Id::FIRST, client: 0, record: 0, attempts: 0 }
    }
}

/// A few flags in one byte, since a visit fills its cache lines to the last one.
#[derive(Clone, Copy, Debug, Default)]
pub struct Rare(u8);

impl Rare {
    const IN_SESSION: u8 = 1;
    const BACKGROUND: u8 = 2;
    const FORKS: u8 = 4;
    const HAS_ASKED: u8 = 8;

    /// It uses a connection that its caller holds.
    pub fn in_session(self) -> bool {
        self.0 & Rare::IN_SESSION != 0
    }

    pub fn enter_session(&mut self) {
        self.0 |= Rare::IN_SESSION;
    }

    pub fn leave_session(&mut self) {
        self.0 &= !Rare::IN_SESSION;
    }

    /// Its caller has gone on without it, as it is meant to: it is to be done all the same.
    pub fn background(self) -> bool {
        self.0 & Rare::BACKGROUND != 0
    }

    pub fn send_to_background(&mut self) {
        self.0 |= Rare::BACKGROUND;
    }

    /// It waits for calls that it has made at once.
    #[inline(always)]
    pub fn forks(self) -> bool {
        self.0 & Rare::FORKS != 0
    }

    /// A resolver has asked others what it was asked.
    pub fn has_asked(self) -> bool {
        self.0 & Rare::HAS_ASKED != 0
    }

    pub fn asks(&mut self) {
        self.0 |= Rare::HAS_ASKED;
    }

    /// They have answered.
    pub fn has_answer(&mut self) {
        self.0 &= !Rare::HAS_ASKED;
    }

    /// What the visits have of it that this one makes.
    pub fn inherited(self) -> Rare {
        Rare(self.0 & Rare::BACKGROUND)
    }
}

impl Flags {
    pub const NONE: Flags = Flags {
        inside: false,
        on_cpu: false,
        fresh: false,
        connected: false,
        ready: false,
        rare: Rare(0),
        followed: false,
    };
}

/// All visits, and the requests at the same places.
#[derive(Clone, Debug, Default)]
pub struct Visits {
    pub all: Table<Visit, Visit>,
    pub requests: Table<Visit, Request>,
    /// At the same places, what they wait for.
    waiting: Table<Visit, Waiting>,
    free: Option<Id<Visit>>,
    free_count: usize,
}

impl Visits {
    pub fn new() -> Self {
        Visits {
            all: Table::with_capacity(1024),
            requests: Table::with_capacity(1024),
            waiting: Table::with_capacity(1024),
            free: None,
            free_count: 0,
        }
    }

    /// Whether so many more can be told apart.
    pub fn has_room_for(&self, count: usize) -> bool {
        self.free_count >= count || self.free_count + (VISITS_MOST - self.all.len()) >= count
    }

    /// A visit that stands at a step of an instance's program and belongs to nobody yet.
    #[inline(always)]
    pub fn add(
        &mut self,
        instance: Id<Instance>,
        step: Id<StepPlace>,
        class: Id<Class>,
        now: Time,
    ) -> Id<Visit> {
        self.put(Visit { instance, step, class, since: now, ..Visit::NEW })
    }

    /// Where the next visit will stand; there is such a place from now on.
    #[inline(always)]
    pub fn next_slot(&mut self) -> Id<Visit> {
        match self.free {
            Some(slot) => slot,
            None => self.grow(),
        }
    }

    #[inline(always)]
    pub fn put(&mut self, visit: Visit) -> Id<Visit> {
        let slot = self.next_slot();
        let place = &mut self.all[slot];
        self.free = place.next;
        self.free_count -= 1;
        *place = visit;
        slot
    }

    /// Reads the visits of events that come soon. With a million in flight each of them
    /// has to come from memory, and together they come in little more time than one.
    #[inline(never)]
    pub fn touch(&self, keys: &[Key]) {
        let mut read = 0;
        for &key in keys {
            let slot = slot_of(key as u64);
            let visit = &self.all[slot];
            read ^= visit.word
                ^ visit.timers[TimerKind::Watchdog as usize].due
                ^ u64::from(visit.class.number() ^ visit.step.number());
            read ^= self.requests[slot].start;
        }
        std::hint::black_box(read);
    }

    /// One more free place.
    #[cold]
    #[inline(never)]
    fn grow(&mut self) -> Id<Visit> {
        let slot = self.all.push(Visit::NEW);
        self.requests.push(Request::default());
        self.waiting.push(Waiting::Nothing);
        self.free_count += 1;
        self.remove_from_use(slot);
        slot
    }

    #[inline(always)]
    fn remove_from_use(&mut self, slot: Id<Visit>) {
        let visit = &mut self.all[slot];
        visit.state = State::Free;
        visit.word = 0;
        visit.next = self.free;
        self.free = Some(slot);
    }

    #[inline(always)]
    pub fn remove(&mut self, slot: Id<Visit>) {
        self.remove_from_use(slot);
        self.free_count += 1;
    }
}

impl std::ops::Index<Id<Visit>> for Visits {
    type Output = Visit;

    #[inline(always)]
    fn index(&self, slot: Id<Visit>) -> &Visit {
        &self.all[slot]
    }
}

impl std::ops::IndexMut<Id<Visit>> for Visits {
    #[inline(always)]
    fn index_mut(&mut self, slot: Id<Visit>) -> &mut Visit {
        &mut self.all[slot]
    }
}

impl Visit {
    pub const NEW: Visit = {
        Visit {
            word: 0,
            since: 0,
            timers: [Timer::OFF; 2],
            step: Id::FIRST,
            parent: None,
            root: None,
            instance: Id::FIRST,
            call: None,
            link: None,
            peer: None,
            next: None,
            previous: None,
            child: None,
            sibling_next: None,
            sibling_previous: None,
            sessions: None,
            repeats: 0,
            latest_peer: 0,
            class: Id::FIRST,
            tries: 0,
            state: State::Going,
            slots: 0,
            retries: 0,
            flags: Flags::NONE,
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_visit_takes_two_cache_lines() {
        assert_eq!(size_of::<Visit>(), 128);
    }

    #[test]
    fn slots_are_used_again_latest_first() {
        let mut visits = Visits::new();
        let slots: Vec<Id<Visit>> = (0..3).map(|_| visits.add(Id::FIRST, Id::FIRST, Id::FIRST, 0)).collect();
        assert_eq!(slots, [0, 1, 2].map(Id::numbered));
        let [first, second, _] = slots[..] else { panic!("three have been added") };
        visits.remove(second);
        visits.remove(first);
        assert_eq!(visits.add(Id::FIRST, Id::FIRST, Id::FIRST, 0), first);
        assert_eq!(visits.add(Id::FIRST, Id::FIRST, Id::FIRST, 0), second);
        assert_eq!(visits.add(Id::FIRST, Id::FIRST, Id::FIRST, 0), Id::numbered(3));
    }
}
