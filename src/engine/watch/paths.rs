//! What each request waits for, one thing after the other, from its start to its end: its
//! critical path.
//!
//! Every visit of a request that is followed keeps a log of its own life: what it has done until
//! when. A note says what went by since the one before, so that nothing is told twice and nothing
//! is left out. Whoever waits for an answer takes over the log of the one with whose end the wait
//! has ended; the logs of all others, side by side with it, are thrown away. So the log of a
//! request's first visit comes to the request's latency, to the nanosecond.

mod log;

use crate::engine::visit::Visit;
use crate::kernel::table::{Id, Table};
use crate::kernel::time::{NEVER, Time};
use crate::plan::ids::Node;
use crate::results::path::{Cause, Part};
use log::{Answer, Log, Stretch, TIDY_AT};

#[derive(Clone, Debug)]
pub struct Paths {
    /// By the visit's slot, or by the place of a request in a chain.
    logs: Table<Visit, Log>,
    stretches: Table<Stretch, Stretch>,
    /// The first of those that nobody uses; there always is one.
    free: Id<Stretch>,
    /// What the visit that has ended last leaves behind, and who waited for it.
    answer: Answer,
    answer_to: Option<Id<Visit>>,
    /// Of each node, the column of its own time.
    node_columns: Table<Node, u32>,
    /// Parts that are alike, put together.
    together: Vec<Stretch>,
    /// The same of a request that has ended.
    parts: Vec<(Part, Time)>,
}

impl Paths {
    pub fn new(node_columns: Table<Node, u32>) -> Paths {
        Paths {
            node_columns,
            logs: Table::new(),
            stretches: Table::filled(Stretch::NONE, 1),
            free: Id::FIRST,
            answer: Answer { begun: 0, until: 0, oldest: None, latest: None, stretches: 0 },
            answer_to: None,
            together: Vec::new(),
            parts: Vec::new(),
        }
    }

    /// A visit, or a request, begins in this slot.
    pub fn begin(&mut self, slot: Id<Visit>, number: u64, now: Time) {
        while self.logs.get(slot).is_none() {
            self.logs.push(Log::NONE);
        }
        debug_assert_eq!(self.logs[slot].latest, None);
        self.logs[slot] = Log { begun: now, until: now, number, ..Log::NONE };
    }

    #[cfg(test)]
    pub fn stretches_in_store(&self) -> usize {
        self.stretches.len()
    }

    /// The column of a node's own time.
    pub fn column_of(&self, node: u32) -> u32 {
        self.node_columns[Id::numbered(node)]
    }

    pub fn number_of(&self, slot: Id<Visit>) -> u64 {
        self.logs[slot].number
    }

    pub fn until(&self, slot: Id<Visit>) -> Time {
        self.logs[slot].until
    }

    /// What went by since the last note.
    #[inline(always)]
    pub fn note(&mut self, slot: Id<Visit>, part: Part, column: u32, now: Time) {
        let until = self.logs[slot].until;
        if now > until {
            self.push(slot, part, column, now - until);
        }
    }

    /// What will have gone by when so much time is over.
    #[inline(always)]
    pub fn note_ahead(&mut self, slot: Id<Visit>, part: Part, column: u32, time: Time) {
        if time > 0 {
            self.push(slot, part, column, time);
        }
    }

    #[inline(never)]
    fn push(&mut self, slot: Id<Visit>, part: Part, column: u32, time: Time) {
        let log = &mut self.logs[slot];
        let time = time.min(NEVER - log.until);
        log.until += time;
        let free = self.free;
        match log.latest {
            None => log.oldest = Some(free),
            // One is as good as two, unless something begins between them.
            Some(latest) if log.latest != log.before_call && log.latest != log.before_cold => {
                let latest = &mut self.stretches[latest];
                if latest.part == part && latest.column == column {
                    latest.time = latest.time.saturating_add(time);
                    return;
                }
            }
            Some(_) => {}
        }
        let place = &mut self.stretches[free];
        let next_free = place.previous;
        *place = Stretch { part, column, previous: log.latest, time };
        log.latest = Some(free);
        log.stretches += 1;
        self.free = match next_free {
            Some(next) => next,
            None => self.make_one_free(),
        };
    }

    #[cold]
    #[inline(never)]
    fn make_one_free(&mut self) -> Id<Stretch> {
        self.stretches.push(Stretch::NONE)
    }

    /// Takes the latest stretch back, if there is one.
    fn pop(&mut self, slot: Id<Visit>) -> Option<Stretch> {
        let log = &mut self.logs[slot];
        let place = log.latest?;
        let stretch = self.stretches[place];
        self.stretches[place].previous = Some(self.free);
        self.free = place;
        log.latest = stretch.previous;
        log.stretches -= 1;
        log.until -= stretch.time;
        if log.latest.is_none() {
            log.oldest = None;
        }
        Some(stretch)
    }

    /// What a message says of the time after this instant will not have been.
    #[inline(always)]
    pub fn cut(&mut self, slot: Id<Visit>, now: Time) {
        if self.logs[slot].until > now {
            self.cut_off(slot, now);
        }
    }

    #[cold]
    #[inline(never)]
    fn cut_off(&mut self, slot: Id<Visit>, now: Time) {
        while self.logs[slot].until > now {
            let Some(Stretch { part, column, time, .. }) = self.pop(slot) else { return };
            let until = self.logs[slot].until;
            self.note_ahead(slot, part, column, now.saturating_sub(until).min(time));
        }
    }

    /// All that has come after a stretch was due to something else.
    fn relabel(&mut self, slot: Id<Visit>, after: Option<Id<Stretch>>, part: Part) {
        let mut next = self.logs[slot].latest;
        while next != after
            && let Some(place) = next
        {
            let stretch = &mut self.stretches[place];
            stretch.part = part;
            next = stretch.previous;
        }
    }

    /// The visit waited in vain.
    pub fn was_for_nothing(&mut self, slot: Id<Visit>, part: Part) {
        self.relabel(slot, None, part);
    }

    /// The visit makes a call. Says whether it has made it before and came to nothing.
    pub fn calls(&mut self, slot: Id<Visit>) -> bool {
        let log = &mut self.logs[slot];
        if log.in_call {
            return std::mem::take(&mut log.again);
        }
        if log.stretches >= log.tidy_at {
            self.tidy(slot);
        }
        let log = &mut self.logs[slot];
        (log.in_call, log.before_call) = (true, log.latest);
        false
    }

    /// All that came of the present call so far was for nothing.
    pub fn call_was_for_nothing(&mut self, slot: Id<Visit>, retry: Part) {
        self.relabel(slot, self.logs[slot].before_call, retry);
    }

    /// The present call has come to its end, well or not.
    pub fn call_is_over(&mut self, slot: Id<Visit>) {
        self.logs[slot].in_call = false;
    }

    /// The present call is to be made once more.
    pub fn calls_again(&mut self, slot: Id<Visit>) {
        let log = &mut self.logs[slot];
        (log.in_call, log.again) = (true, true);
    }

    /// The visit goes on to another node.
    pub fn moves_on(&mut self, slot: Id<Visit>) {
        let log = &self.logs[slot];
        if log.stretches >= log.tidy_at {
            self.tidy(slot);
        }
    }

    /// A cache does not have what is asked for, and is still filling up.
    pub fn is_cold_from_here(&mut self, slot: Id<Visit>) {
        let log = &mut self.logs[slot];
        if !log.is_cold {
            (log.is_cold, log.before_cold) = (true, log.latest);
        }
    }

    /// It has got that.
    #[inline(always)]
    pub fn is_no_longer_cold(&mut self, slot: Id<Visit>, cache: u32) {
        let log = &mut self.logs[slot];
        if std::mem::take(&mut log.is_cold) {
            let before = log.before_cold;
            self.relabel(slot, before, Part::at(Cause::ColdCache, cache));
        }
    }

    /// The visit has ended, and somebody waited for it.
    pub fn answers(&mut self, slot: Id<Visit>, to: Id<Visit>) {
        // Nobody has taken the one before, if there is something in it.
        let before = self.answer;
        self.throw_away(before.oldest, before.latest);
        self.answer = self.logs[slot].take();
        self.answer_to = Some(to);
    }

    /// When that was asked whose answer came last, if it was for this visit.
    pub fn answer_begun(&self, slot: Id<Visit>) -> Option<Time> {
        (self.answer_to == Some(slot)).then_some(self.answer.begun)
    }

    /// The wait has ended with the answer that came last: what that took is known up to now.
    #[inline(always)]
    pub fn takes_answer(&mut self, slot: Id<Visit>) {
        if self.answer_to == Some(slot) {
            self.answer_to = None;
            let answer = self.answer;
            self.answer.oldest = None;
            self.append(slot, answer);
        }
        self.call_is_over(slot);
    }

    pub fn begun(&self, slot: Id<Visit>) -> Time {
        self.logs[slot].begun
    }

    /// What the visit in one slot has done is what another waited for.
    pub fn takes_over(&mut self, slot: Id<Visit>, child: Id<Visit>) {
        let log = self.logs[child].take();
        self.append(slot, log);
    }

    #[inline(always)]
    fn append(&mut self, slot: Id<Visit>, other: Answer) {
        let log = &mut self.logs[slot];
        debug_assert_eq!(log.until, other.begun);
        if let Some(oldest) = other.oldest {
            self.stretches[oldest].previous = log.latest;
            log.latest = other.latest;
            log.oldest = log.oldest.or(other.oldest);
            log.stretches += other.stretches;
        }
        log.until = other.until;
    }

    /// Nobody waits for this visit.
    pub fn forget(&mut self, slot: Id<Visit>) {
        let log = self.logs[slot].take();
        self.throw_away(log.oldest, log.latest);
    }

    fn throw_away(&mut self, oldest: Option<Id<Stretch>>, latest: Option<Id<Stretch>>) {
        if let (Some(oldest), Some(latest)) = (oldest, latest) {
            self.stretches[oldest].previous = Some(self.free);
            self.free = latest;
        }
    }

    /// Puts together what is alike, from the beginning or from where a cold cache began to fetch.
    fn tidy(&mut self, slot: Id<Visit>) {
        let log = self.logs[slot];
        let first = if log.is_cold { log.before_cold } else { None };
        let mut together = std::mem::take(&mut self.together);
        while self.logs[slot].latest != first
            && let Some(stretch) = self.pop(slot)
        {
            let is_alike = |one: &&mut Stretch| (one.part, one.column) == (stretch.part, stretch.column);
            match together.iter_mut().find(is_alike) {
                Some(one) => one.time = one.time.saturating_add(stretch.time),
                None => together.push(stretch),
            }
        }
        while let Some(Stretch { part, column, time, .. }) = together.pop() {
            self.push(slot, part, column, time);
        }
        self.together = together;
        let log = &mut self.logs[slot];
        log.tidy_at = TIDY_AT.max(2 * log.stretches);
    }

    /// The column of each stretch of the request in this slot, and its time.
    pub fn columns(&self, slot: Id<Visit>) -> impl Iterator<Item = (usize, Time)> {
        let mut next = self.logs[slot].latest;
        std::iter::from_fn(move || {
            let stretch = &self.stretches[next?];
            next = stretch.previous;
            Some((stretch.column as usize, stretch.time))
        })
    }

    /// What the request in this slot waited for, what is alike together.
    pub fn parts(&mut self, slot: Id<Visit>) -> &[(Part, Time)] {
        self.parts.clear();
        let mut next = self.logs[slot].latest;
        while let Some(place) = next {
            let stretch = &self.stretches[place];
            next = stretch.previous;
            match self.parts.iter_mut().find(|(part, _)| *part == stretch.part) {
                Some((_, time)) => *time = time.saturating_add(stretch.time),
                None => self.parts.push((stretch.part, stretch.time)),
            }
        }
        self.parts.reverse();
        &self.parts
    }

    /// Requests go on in other slots; nothing else is known.
    pub fn move_places(&mut self, moves: &[(Id<Visit>, Id<Visit>)]) {
        let logs = std::mem::take(&mut self.logs);
        for &(from, to) in moves {
            let log = logs[from];
            self.begin(to, log.number, log.begun);
            self.logs[to] = log;
        }
    }
}
