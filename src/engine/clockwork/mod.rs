//! What happens next, and when: the agenda of visits, the clocks of what recurs, lanes of timeouts,
//! shared processors, and the list of those who go on at once.
//!
//! The room knows visits by their slots, and of a visit only what it has written there itself: the
//! word of the event that it waits for, and its timers.

mod lanes;
mod numbers;

use super::visit::{EVENTS_MOST, SLOT_BITS, Timer, VISITS_MOST, Visit, Visits, slot_of};
use crate::kernel::agenda::{Agenda, Event, EventQueue};
use crate::kernel::clocks::Clocks;
use crate::kernel::sharing::{SharedProcessor, Totals};
use crate::kernel::table::{Id, Table};
use crate::kernel::time::{NEVER, Time};
use crate::plan::Plan;
use crate::plan::ids::Processor;
use crate::results::StopReason;
use crate::scenario::model::RunEnd;
pub use lanes::LaneKind;
use lanes::{Lane, Lanes};
use numbers::ClockNumbers;
pub use numbers::Ring;
use std::collections::VecDeque;

#[derive(Clone)]
pub struct Clockwork {
    now: Time,
    /// Nothing happens from here on.
    horizon: Time,
    stop: Option<StopReason>,
    agenda: Agenda,
    clocks: Clocks,
    numbers: ClockNumbers,
    /// The number of the next event.
    sequence: u64,
    events: u64,
    processors: Table<Processor, SharedProcessor>,
    /// The processor whose clock is to be set before the next event, if one is.
    unset: Option<Id<Processor>>,
    lanes: Lanes,
    /// Visits that got a slot and go on after the present one.
    ready: VecDeque<Id<Visit>>,
}

/// What has come.
pub enum Next {
    /// A visit's own event.
    Visit(Id<Visit>),
    /// An event that nobody waits for any more.
    Stale,
    Ring(Ring),
    /// Nothing comes before the limit.
    Nothing,
}

impl Clockwork {
    pub fn new(plan: &Plan) -> Clockwork {
        let numbers = ClockNumbers::of(plan);
        let processors = plan.processors.iter();
        let mut clockwork = Clockwork {
            now: 0,
            horizon: match plan.end {
                RunEnd::After(duration) => duration,
                RunEnd::Requests(_) => NEVER,
            },
            stop: None,
            agenda: Agenda::new(),
            clocks: Clocks::new(numbers.count as usize),
            numbers,
            sequence: 1,
            events: 0,
            processors: processors
                .map(|processor| SharedProcessor::new(processor.cores, processor.speed))
                .collect(),
            unset: None,
            lanes: Lanes {
                deadlines: plan.deadline_lanes.iter().map(|&delay| Lane::new(delay)).collect(),
                watchdogs: plan.watchdog_lanes.iter().map(|&delay| Lane::new(delay)).collect(),
            },
            ready: VecDeque::with_capacity(64),
        };
        clockwork.set(Ring::Edge, plan.buckets.first_edge);
        clockwork
    }

    #[inline(always)]
    pub fn now(&self) -> Time {
        self.now
    }

    #[inline(always)]
    pub fn horizon(&self) -> Time {
        self.horizon
    }

    /// Events handled so far.
    #[inline(always)]
    pub fn events(&self) -> u64 {
        self.events
    }

    /// Why the run has ended, if it has before its time.
    pub fn stopped(&self) -> Option<StopReason> {
        self.stop
    }

    /// Ends the run at this instant.
    pub fn stop(&mut self, reason: StopReason) {
        if self.stop.is_none() {
            self.stop = Some(reason);
            self.horizon = self.now;
        }
    }

    /// Nothing more happens: time goes on to the end.
    pub fn go_to_horizon(&mut self) {
        self.now = self.horizon;
    }

    /// Whether so many more events can be numbered.
    pub fn has_numbers_for(&self, events: u64) -> bool {
        self.sequence <= EVENTS_MOST - 2 * events.min(EVENTS_MOST / 4)
    }

    /// Takes what comes next, if it comes before the limit.
    #[inline(always)]
    pub fn take_next(&mut self, visits: &mut Visits, limit: Time) -> Next {
        let clock = self.clocks.first();
        if let Some(event) = self.agenda.pop_before(clock.time.min(limit)) {
            let slot = slot_of(event.word);
            // A visit that no longer waits for this event has forgotten it.
            let visit = &mut visits[slot];
            if visit.word != event.word {
                return Next::Stale;
            }
            visit.word = 0;
            self.now = event.time;
            self.events += 1;
            return Next::Visit(slot);
        }
        if clock.time >= limit {
            return Next::Nothing;
        }
        self.now = clock.time;
        self.events += 1;
        Next::Ring(self.numbers.owner(clock.clock))
    }

    /// Reads the visits of events that have come near.
    #[inline(always)]
    pub fn fetch_what_is_near(&mut self, visits: &Visits) {
        if let Some(keys) = self.agenda.come_near() {
            visits.touch(keys);
        }
    }

    /// The word of a visit's next event, which it has to keep.
    #[inline(always)]
    pub fn number(&mut self, slot: Id<Visit>) -> u64 {
        let word = (self.sequence << SLOT_BITS) | u64::from(slot.number());
        self.sequence += 1;
        word
    }

    /// The visit that keeps this word goes on at the given instant.
    #[inline(always)]
    pub fn wait_until(&mut self, time: Time, word: u64) {
        self.agenda.push(Event { time, word });
    }

    /// The visit that keeps this word goes on when so much work of it is done on shared cores.
    #[inline(always)]
    pub fn work(&mut self, visits: &Visits, processor: Id<Processor>, work: Time, word: u64) {
        self.processors[processor].add(self.now, work, word);
        self.unset_clock(visits, processor);
    }

    /// A job leaves its processor before it is done. Its visit has forgotten the word.
    pub fn withdraw(&mut self, visits: &Visits, processor: Id<Processor>) {
        self.processors[processor].withdraw(self.now);
        self.unset_clock(visits, processor);
    }

    /// From now on each core of a processor does so much work per nanosecond.
    pub fn set_speed(&mut self, visits: &Visits, processor: Id<Processor>, speed: f64) {
        self.processors[processor].set_speed(self.now, speed);
        self.unset_clock(visits, processor);
    }

    /// The visit whose work is done, now that a processor's clock has rung.
    #[inline(always)]
    pub fn finished(&mut self, visits: &mut Visits, processor: Id<Processor>) -> Option<Id<Visit>> {
        let done = self.processors[processor].finished(self.now, is_stale(visits));
        self.unset_clock(visits, processor);
        let slot = slot_of(done?);
        let visit = &mut visits[slot];
        visit.word = 0;
        visit.flags.on_cpu = false;
        Some(slot)
    }

    /// Up to an instant that has not been passed.
    pub fn totals_of(&self, processor: Id<Processor>, at: Time) -> Totals {
        self.processors[processor].totals(at)
    }

    /// The most jobs that a processor has had at once since this was asked for last.
    pub fn take_most_jobs(&mut self, processor: Id<Processor>) -> u32 {
        self.processors[processor].take_most()
    }

    /// The processor's next finish has changed: its clock is set once, before the next event.
    #[inline(always)]
    fn unset_clock(&mut self, visits: &Visits, processor: Id<Processor>) {
        if self.unset != Some(processor) {
            if let Some(another) = self.unset {
                self.set_clock_of_another(visits, another);
            }
            self.unset = Some(processor);
        }
    }

    /// Work goes on at one host and begins at another.
    #[inline(never)]
    fn set_clock_of_another(&mut self, visits: &Visits, another: Id<Processor>) {
        self.set_processor_clock(visits, another);
    }

    /// All that has happened at this instant is known: sets the clock that waits for that.
    #[inline(always)]
    pub fn settle(&mut self, visits: &Visits) {
        if let Some(processor) = self.unset {
            self.set_processor_clock(visits, processor);
            self.unset = None;
        }
    }

    #[inline(always)]
    fn set_processor_clock(&mut self, visits: &Visits, processor: Id<Processor>) {
        let next = self.processors[processor].next(is_stale(visits));
        self.clocks.set(self.numbers.first_processor + processor.number(), next);
    }

    /// When something rings next, by its own clock.
    #[inline(always)]
    pub fn rings_at(&self, what: Ring) -> Time {
        self.numbers.clock_of(what).map_or(NEVER, |clock| self.clocks.time(clock))
    }

    #[inline(always)]
    pub fn set(&mut self, what: Ring, time: Time) {
        if let Some(clock) = self.numbers.clock_of(what) {
            self.clocks.set(clock, time);
        }
    }

    /// Whether nothing will ever happen any more.
    pub fn is_over(&self) -> bool {
        self.clocks.first().time == NEVER && self.agenda.is_empty()
    }

    /// The visit goes on after the present one.
    #[inline(always)]
    pub fn make_ready(&mut self, slot: Id<Visit>) {
        self.ready.push_back(slot);
    }

    #[inline(always)]
    pub fn take_ready(&mut self) -> Option<Id<Visit>> {
        self.ready.pop_front()
    }

    /// Starts a visit's timer.
    #[inline(always)]
    pub fn start_timer<K: LaneKind>(&mut self, visits: &mut Visits, lane: Option<Id<K>>, slot: Id<Visit>) {
        if lane.is_some() {
            visits[slot].timers[K::KIND as usize] = self.timer_of_new(visits, lane, slot);
        }
    }

    /// The timer of a visit that is about to be made in this slot.
    #[inline(always)]
    pub fn timer_of_new<K: LaneKind>(
        &mut self,
        visits: &mut Visits,
        lane: Option<Id<K>>,
        slot: Id<Visit>,
    ) -> Timer {
        let Some(lane) = lane else { return Timer::OFF };
        let timer = K::of(&mut self.lanes)[lane].append(visits, K::KIND, slot, self.now);
        let clock = self.numbers.first_lane[K::KIND as usize] + lane.number();
        if self.clocks.time(clock) == NEVER {
            self.clocks.set(clock, timer.due);
        }
        timer
    }

    /// Stops a visit's timer, which runs in this lane.
    #[inline(always)]
    pub fn stop_timer<K: LaneKind>(&mut self, visits: &mut Visits, lane: Id<K>, slot: Id<Visit>) {
        K::of(&mut self.lanes)[lane].leave(visits, K::KIND, slot);
    }

    /// The timer of a visit that is about to go, if it runs.
    #[inline(always)]
    pub fn drop_timer<K: LaneKind>(&mut self, visits: &mut Visits, lane: Option<Id<K>>, timer: Timer) {
        if timer.runs()
            && let Some(lane) = lane
        {
            K::of(&mut self.lanes)[lane].unlink(visits, K::KIND, timer);
        }
    }

    /// The visit whose timer has run out, now that a lane's clock has rung; it may have rung early,
    /// for somebody who has left.
    pub fn run_out<K: LaneKind>(&mut self, visits: &mut Visits, lane: Id<K>) -> Option<Id<Visit>> {
        let due = K::of(&mut self.lanes)[lane].due(visits, K::KIND, self.now)?;
        self.stop_timer(visits, lane, due);
        Some(due)
    }

    /// A lane's clock is set anew.
    pub fn set_lane_clock<K: LaneKind>(&mut self, visits: &Visits, lane: Id<K>) {
        let next = K::of(&mut self.lanes)[lane].next(visits, K::KIND);
        self.clocks.set(self.numbers.first_lane[K::KIND as usize] + lane.number(), next);
    }
}

/// For a run that goes on without events, and back.
impl Clockwork {
    /// So many more events have been passed, up to this instant.
    #[inline(always)]
    pub fn pass(&mut self, events: u64, now: Time) {
        self.events += events;
        self.now = now;
    }

    /// Nobody waits for anything any more. Of each slot, when its visit would have gone on.
    pub fn take_all(&mut self, visits: &Visits) -> Table<Visit, Time> {
        let mut due = Table::filled(NEVER, visits.all.len());
        while let Some(event) = self.agenda.pop_before(NEVER) {
            let slot = slot_of(event.word);
            if visits[slot].word == event.word {
                due[slot] = event.time;
            }
        }
        self.agenda = Agenda::new();
        due
    }
}

#[inline(always)]
fn is_stale(visits: &Visits) -> impl FnMut(u64) -> bool {
    |word| visits[slot_of(word)].word != word
}

/// Requests that there is room for beside so many.
pub fn room_beside(in_flight: u64) -> u64 {
    (VISITS_MOST as u64).saturating_sub(in_flight)
}
