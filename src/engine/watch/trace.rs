//! The whole story of a request: which visits it made, and what each of them did when.
//!
//! Of all requests, those are asked for their stories whose paths are noted, so that all others
//! pay nothing.

use crate::engine::visit::Visit;
use crate::kernel::table::{Id, Table};
use crate::kernel::time::{NEVER, Time};
use crate::parts::outcome::Outcome;
use crate::plan::ids::Node;

/// The visits of one request, callers before those they call.
#[derive(Clone, Debug, Default)]
pub struct Trace {
    pub visits: Vec<TracedVisit>,
}

#[derive(Clone, Debug)]
pub struct TracedVisit {
    /// Its place in the scenario.
    pub node: u32,
    pub replica: u32,
    /// Whose call it answers: a place among the visits.
    pub caller: Option<usize>,
    pub from: Time,
    /// When it answered, or when the request ended without waiting for it.
    pub until: Time,
    /// `None` if its caller had left before it answered, or if it has moved on.
    pub outcome: Option<Outcome>,
    /// In the order of time. Between them it waits for those that it calls.
    pub spans: Vec<Span>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    pub doing: Doing,
    pub from: Time,
    pub until: Time,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doing {
    /// The call or its answer is on the way, handshakes included.
    Travelling,
    /// In line for a slot, or sending SYNs to a full backlog.
    InLine,
    /// On its own: CPU time, shared or not, and waits that take no core.
    Working,
}

/// A visit as others tell of it: its slot, the story of its request, and where it is.
#[derive(Clone, Copy, Debug)]
pub struct Whose {
    pub slot: Id<Visit>,
    pub story: Id<Open>,
    pub node: Id<Node>,
    pub replica: u32,
}

/// The stories of requests while they are under way.
#[derive(Clone, Debug, Default)]
pub struct Stories {
    /// For the first visit of each, by its slot: where it stands among the open ones, if it does.
    by_root: Table<Visit, Option<Id<Open>>>,
    open: Table<Open, Open>,
    free: Vec<Id<Open>>,
    /// Which of the traced visits stands in a slot, and the number of the story that it is of.
    by_slot: Table<Visit, (u64, u32)>,
    begun: u64,
}

/// One that is being told.
#[derive(Clone, Debug, Default)]
pub struct Open {
    number: u64,
    trace: Trace,
}

impl Stories {
    /// A request begins whose story is wanted.
    pub(super) fn begin(&mut self, slot: Id<Visit>) {
        let place = self.free.pop().unwrap_or_else(|| self.open.push(Open::default()));
        // Slots without a story have the number 0.
        self.begun += 1;
        self.open[place] = Open { number: self.begun, trace: Trace::default() };
        while self.by_root.get(slot).is_none() {
            self.by_root.push(None);
        }
        self.by_root[slot] = Some(place);
    }

    /// The story ends.
    pub(super) fn take(&mut self, slot: Id<Visit>) -> Option<Trace> {
        let place = self.by_root.get_mut(slot)?.take()?;
        self.free.push(place);
        Some(std::mem::take(&mut self.open[place].trace))
    }

    /// A visit has been made, to answer the call of the one in the caller's slot if somebody calls.
    pub fn call(&mut self, made: Whose, caller: Option<Id<Visit>>, now: Time) {
        let caller = caller.and_then(|caller| self.known(made.story, caller));
        self.add(made.story, made.slot, TracedVisit::new(made.node, made.replica, caller, now));
    }

    /// A visit answers.
    pub fn answer(&mut self, whose: Whose, outcome: Outcome, now: Time) {
        let visit = self.visit_of(whose, now);
        (visit.until, visit.outcome) = (now, Some(outcome));
    }

    /// A stretch of a visit's own time has ended; what it has spent in line is known already.
    pub fn own_time(&mut self, whose: Whose, doing: Doing, since: Time, now: Time) {
        self.visit_of(whose, now).spend(doing, since, now);
    }

    /// The visit has got its slot.
    pub fn wait(&mut self, whose: Whose, since: Time, now: Time) {
        self.visit_of(whose, now).push(Span { doing: Doing::InLine, from: since, until: now });
    }

    /// The visit, or its answer, is under way for so long.
    pub fn crossing(&mut self, whose: Whose, travel: Time, now: Time) {
        let until = now.saturating_add(travel);
        self.visit_of(whose, now).push(Span { doing: Doing::Travelling, from: now, until });
    }

    /// What is known of the visit in this slot. One that has moved on is another visit of
    /// the same caller.
    fn visit_of(&mut self, whose: Whose, now: Time) -> &mut TracedVisit {
        let Whose { slot, story, node, replica } = whose;
        let place = match self.known(story, slot) {
            Some(place) => {
                let visit = self.visit(story, place);
                let caller = visit.caller;
                if (visit.node, visit.replica) == (node.number(), replica) {
                    place
                } else {
                    visit.until = now;
                    self.add(story, slot, TracedVisit::new(node, replica, caller, now))
                }
            }
            None => self.add(story, slot, TracedVisit::new(node, replica, None, now)),
        };
        self.visit(story, place)
    }

    /// The story that is told of the request with this first visit, if one is. Visits for nobody have no
    /// root, and no story.
    #[inline(always)]
    pub fn tells_of(&self, root: Option<Id<Visit>>) -> Option<Id<Open>> {
        *self.by_root.get(root?)?
    }

    fn known(&self, story: Id<Open>, slot: Id<Visit>) -> Option<usize> {
        let (number, visit) = *self.by_slot.get(slot)?;
        let open = &self.open[story];
        (open.number == number).then_some(visit as usize)
    }

    fn visit(&mut self, story: Id<Open>, place: usize) -> &mut TracedVisit {
        &mut self.open[story].trace.visits[place]
    }

    fn add(&mut self, story: Id<Open>, slot: Id<Visit>, visit: TracedVisit) -> usize {
        let open = &mut self.open[story];
        let place = open.trace.visits.len();
        open.trace.visits.push(visit);
        while self.by_slot.get(slot).is_none() {
            self.by_slot.push((0, 0));
        }
        self.by_slot[slot] = (open.number, place as u32);
        place
    }
}

impl Trace {
    /// The request ends: what is still under way is of no more interest.
    pub(super) fn close(&mut self, now: Time, outcome: Outcome) {
        if let Some(first) = self.visits.first_mut() {
            (first.until, first.outcome) = (now, Some(outcome));
        }
        for visit in &mut self.visits {
            visit.until = visit.until.min(now);
            for span in &mut visit.spans {
                span.until = span.until.min(now);
            }
            visit.spans.retain(|span| span.from < span.until);
        }
    }
}

impl TracedVisit {
    fn new(node: Id<Node>, replica: u32, caller: Option<usize>, from: Time) -> TracedVisit {
        TracedVisit {
            node: node.number(),
            replica,
            caller,
            from,
            until: NEVER,
            outcome: None,
            spans: Vec::new(),
        }
    }

    /// Time of its own, but for what it has spent in line.
    fn spend(&mut self, doing: Doing, from: Time, until: Time) {
        let in_line = self.spans.last().filter(|span| span.doing == Doing::InLine);
        let from = in_line.map_or(from, |line| line.until.max(from));
        self.push(Span { doing, from, until });
    }

    fn push(&mut self, span: Span) {
        if span.until > span.from {
            self.spans.push(span);
        }
    }
}
