//! Chains of plain stations, passed without an agenda.
//!
//! Where all requests go through the same stations in a row, nobody but the one before has a
//! say in when a station has something to do. So a stretch of time is simulated station by
//! station: what leaves one is what comes to the next. At the end of each stretch every
//! station is in the very state in which events would have left it, and so are all counters;
//! from there the run may go on by events, which it does for the first and the last requests
//! of a run that counts them.

use super::World;
use super::chain_rows::Places;
use super::clockwork::{Ring, room_beside};
use super::run::Advance;
use super::site::lists::append;
use super::visit::{Request, State, Visit, Visits};
use crate::kernel::table::Id;
use crate::kernel::time::{NEVER, Time};
use crate::parts::outcome::Outcome;
use crate::plan::ids::Class;
use crate::plan::{ChainPlan, ChainStation, Plan};
use crate::results::path::{Cause, Part};
use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

/// Requests that come within one stretch at most: few enough to stay in the cache.
const STRETCH_MOST: usize = 256;
/// So many requests before it would have to be left a chain is not worth while any more.
const WORTHWHILE: u64 = 8 * STRETCH_MOST as u64;

/// The requests inside, station by station.
#[derive(Clone, Debug)]
pub(super) struct Chain {
    pub(super) class: Id<Class>,
    stages: Vec<Stage>,
    /// Whether requests are passed on here, and not by events.
    is_on: bool,
    /// Those that have passed so far.
    pub(super) passed: u64,
    pub(super) coming: Vec<Passing>,
    pub(super) leaving: Vec<Passing>,
    pub(super) places: Places,
}

#[derive(Clone, Debug)]
struct Stage {
    station: ChainStation,
    serving: BinaryHeap<Reverse<Serving>>,
    line: VecDeque<Waiting>,
}

/// A request on its way from one station to the next.
#[derive(Clone, Copy, Debug)]
pub(super) struct Passing {
    pub(super) at: Time,
    /// Since when that has been known; what has been known for longer comes first.
    known: Time,
    pub(super) began: Time,
    /// Where it is noted what it waits for, if it is followed.
    pub(super) place: Option<Id<Visit>>,
}

/// A request in a slot; the first to be done is the least.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Serving {
    done: Time,
    since: Time,
    began: Time,
    place: Place,
}

/// An `Option` in the other order: of those who are alike in all else, whoever is followed comes
/// first. It is derived, since an order that is written by hand costs 5 % of all instructions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Noted(Id<Visit>),
    Nowhere,
}

impl Place {
    #[inline(always)]
    fn of(place: Option<Id<Visit>>) -> Place {
        place.map_or(Place::Nowhere, Place::Noted)
    }

    #[inline(always)]
    fn noted(self) -> Option<Id<Visit>> {
        match self {
            Place::Noted(place) => Some(place),
            Place::Nowhere => None,
        }
    }
}

#[derive(Clone, Copy, Debug)]
struct Waiting {
    since: Time,
    began: Time,
    place: Option<Id<Visit>>,
}

impl Chain {
    pub(super) fn of(plan: &ChainPlan) -> Chain {
        let stage = |&station: &ChainStation| Stage {
            station,
            serving: BinaryHeap::with_capacity(64),
            line: VecDeque::with_capacity(1024),
        };
        Chain {
            class: plan.class,
            stages: plan.stations.iter().map(stage).collect(),
            is_on: false,
            passed: 0,
            coming: Vec::with_capacity(2 * STRETCH_MOST),
            leaving: Vec::with_capacity(2 * STRETCH_MOST),
            places: Places::default(),
        }
    }

    /// The requests inside.
    pub(super) fn in_flight(&self) -> usize {
        self.stages.iter().map(|stage| stage.serving.len() + stage.line.len()).sum()
    }
}

impl World {
    /// As [`Simulation::advance`], for a run that can do without events for a while. `None`:
    /// the events allowed are used up, or it cannot any more.
    pub(super) fn advance_chain(&mut self, plan: &Plan, until: Time, last: u64) -> Option<Advance> {
        let mut chain = self.chain.take()?;
        if !chain.is_on && self.watch.wants_no_story() && self.requests_before_chain_ends() > WORTHWHILE {
            self.enter_chain(&mut chain);
        }
        let mut advance = None;
        while chain.is_on && advance.is_none() && self.clockwork.events() < last {
            if self.requests_before_chain_ends() <= STRETCH_MOST as u64 {
                self.leave_chain(&mut chain);
                break;
            }
            let limit = until.min(self.clockwork.horizon());
            let edge = self.clockwork.rings_at(Ring::Edge);
            let is_all = self.pass_stretch(plan, &mut chain, limit.min(edge));
            if self.watch.rows_are_full() {
                advance = Some(Advance::RowsFull);
            } else if !is_all {
                continue;
            } else if edge < limit {
                self.clockwork.pass(1, edge);
                self.edge(plan);
            } else {
                advance =
                    Some(if self.clockwork.horizon() <= until { Advance::Ended } else { Advance::Reached });
            }
        }
        self.chain = Some(chain);
        advance
    }

    /// How many more may come until the one might end with which the run ends, or its warm-up,
    /// or until there is no room for more; 0 if nobody comes any more.
    fn requests_before_chain_ends(&self) -> u64 {
        let room = room_beside(self.in_flight());
        match self.clockwork.rings_at(Ring::Source(Id::FIRST)) {
            NEVER => 0,
            _ => self.watch.left_before_a_mark().min(room),
        }
    }

    /// Everything that happens before the limit, or a part of it: says whether it was all.
    fn pass_stretch(&mut self, plan: &Plan, chain: &mut Chain, limit: Time) -> bool {
        let mut next = self.clockwork.rings_at(Ring::Source(Id::FIRST));
        chain.coming.clear();
        let mut unfollowed = self.unfollowed_in_chain(chain);
        while next < limit && chain.coming.len() < STRETCH_MOST {
            let place = if unfollowed > 0 {
                unfollowed -= 1;
                None
            } else {
                let place = self.begin_in_chain(chain, next);
                unfollowed = self.unfollowed_in_chain(chain);
                place
            };
            chain.coming.push(Passing { at: next, known: 0, began: next, place });
            self.watch.offer(chain.class);
            next = self.site.sources[Id::FIRST].send_next();
        }
        self.watch.give_back_unfollowed(chain.class, unfollowed);
        self.clockwork.set(Ring::Source(Id::FIRST), next);
        let mut events = chain.coming.len() as u64;
        let end = next.min(limit);
        for stage in &mut chain.stages {
            chain.leaving.clear();
            self.pass_stage(plan, stage, &chain.coming, &mut chain.leaving, end);
            events += chain.leaving.len() as u64;
            std::mem::swap(&mut chain.coming, &mut chain.leaving);
        }
        let objective = plan.classes[chain.class].objective;
        chain.leaving.clear();
        for request in &chain.coming {
            let latency = request.at - request.began;
            self.watch.ends(chain.class, Outcome::Ok, latency, latency <= objective, 1);
            if request.place.is_some() {
                chain.leaving.push(*request);
            }
        }
        self.end_in_chain(chain);
        chain.passed += chain.coming.len() as u64;
        self.clockwork.pass(events, end);
        next >= limit
    }

    /// What happens at one station before `end`, with all who come to it before then.
    fn pass_stage(
        &mut self,
        plan: &Plan,
        stage: &mut Stage,
        coming: &[Passing],
        leaving: &mut Vec<Passing>,
        end: Time,
    ) {
        let (draws, watch) = (&mut self.chance.draws, &mut self.watch);
        let node = &mut self.site.nodes[stage.station.instance];
        let draw = stage.station.draw;
        let (work, line) =
            (Part::at(Cause::Service, node.node.number()), Part::at(Cause::Queue, node.node.number()));
        let mut coming = coming.iter();
        let mut next = coming.next();
        loop {
            let comes = next.map_or((end, 0), |next| (next.at, next.known));
            if let Some(&Reverse(first)) = stage.serving.peek()
                && (first.done, first.since) < comes
            {
                let Serving { done: now, since, began, place } = first;
                let place = place.noted();
                leaving.push(Passing { at: now, known: since, began, place });
                node.served_one(now);
                if let Some(place) = place {
                    watch.paths().note(place, work, node.node.number(), now);
                }
                let Some(waiting) = stage.line.pop_front() else {
                    stage.serving.pop();
                    node.give_back(now);
                    continue;
                };
                node.left_the_line(now);
                node.counts.has_waited(now - waiting.since);
                node.serve_one(now);
                let done = now.saturating_add(draws.take(plan, draw));
                if let Some(mut first) = stage.serving.peek_mut() {
                    let place = Place::of(waiting.place);
                    *first = Reverse(Serving { done, since: now, began: waiting.began, place });
                }
                if let Some(place) = waiting.place {
                    watch.paths().note(place, line, node.node.number(), now);
                }
                watch.waited(node.node, now - waiting.since);
                continue;
            }
            let Some(&Passing { at: now, began, place, .. }) = next else { return };
            node.counts.visits += 1;
            if node.busy < node.slots {
                node.take(now);
                node.serve_one(now);
                let done = now.saturating_add(draws.take(plan, draw));
                let place = Place::of(place);
                stage.serving.push(Reverse(Serving { done, since: now, began, place }));
            } else {
                node.stand_in_line(now);
                stage.line.push_back(Waiting { since: now, began, place });
            }
            next = coming.next();
        }
    }

    /// All that is in flight is handed over to the chain.
    fn enter_chain(&mut self, chain: &mut Chain) {
        let done = self.clockwork.take_all(&self.visits);
        for stage in &mut chain.stages {
            let node = &mut self.site.nodes[stage.station.instance];
            let mut next = node.head.take();
            node.tail = None;
            while let Some(slot) = next {
                let began = self.visits.requests[slot].start;
                let visit = &self.visits[slot];
                let place = visit.flags.followed.then_some(slot);
                stage.line.push_back(Waiting { since: visit.since, began, place });
                next = visit.next;
            }
            for (slot, visit) in self.visits.all.entries() {
                if visit.state == State::Going && visit.instance == stage.station.instance {
                    let began = self.visits.requests[slot].start;
                    let place = Place::of(visit.flags.followed.then_some(slot));
                    let done = done[slot];
                    stage.serving.push(Reverse(Serving { done, since: self.clockwork.now(), began, place }));
                }
            }
        }
        chain.places.take_over(&self.visits);
        self.visits = Visits::new();
        chain.is_on = true;
        debug_assert_eq!(chain.in_flight() as u64, self.in_flight());
    }

    /// All that is in flight goes on by events.
    fn leave_chain(&mut self, chain: &mut Chain) {
        chain.is_on = false;
        let mut serving: Vec<(Serving, ChainStation)> = Vec::new();
        let mut moves = Vec::new();
        for stage in &mut chain.stages {
            let station = stage.station;
            serving.extend(stage.serving.drain().map(|one| (one.0, station)));
            while let Some(waiting) = stage.line.pop_front() {
                let slot = self.take_over(chain.class, station, waiting.began);
                let visit = &mut self.visits[slot];
                (visit.state, visit.since) = (State::InLine, waiting.since);
                let node = &mut self.site.nodes[station.instance];
                append(&mut self.visits, &mut node.head, &mut node.tail, slot);
                moves.extend(waiting.place.map(|place| (place, slot)));
            }
        }
        // Events are numbered in the order in which they became known.
        serving.sort_by_key(|(one, _)| one.since);
        for (one, station) in serving {
            let slot = self.take_over(chain.class, station, one.began);
            let word = self.clockwork.number(slot);
            moves.extend(one.place.noted().map(|place| (place, slot)));
            let visit = &mut self.visits[slot];
            visit.since = one.since;
            // Behind the two steps that a service takes.
            visit.step = station.step.plus(2);
            visit.word = word;
            visit.slots = 1;
            visit.flags.inside = true;
            self.clockwork.wait_until(one.done, word);
        }
        self.give_places_back(chain, &moves);
    }

    /// A request of a chain becomes a visit.
    fn take_over(&mut self, class: Id<Class>, station: ChainStation, began: Time) -> Id<Visit> {
        let slot = self.visits.add(station.instance, station.step, class, self.clockwork.now());
        self.visits[slot].root = Some(slot);
        self.visits.requests[slot] = Request { start: began, attempts: 1, ..Request::default() };
        slot
    }
}
