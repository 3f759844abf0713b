//! The reference: plays a site event by event, written to be read and not to be fast.
//!
//! What waits for its time lies in one heap. A visit that no longer waits for an event has forgotten
//! the event's number; such an event is passed over.

use super::cores::Cores;
use super::site::{Kind, Request, Site, Time};
use super::visit::{Doing, Node, Part, Visit};
use spof::parts::outcome::Outcome;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// How a request has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ending {
    pub outcome: Outcome,
    pub attempts: u32,
    pub latency: Time,
}

/// What has come of a site.
pub struct Played {
    /// By request; `None` if it has never ended.
    pub endings: Vec<Option<Ending>>,
    /// There is one right answer: no two events came so close to each other that another order of them
    /// would be right as well, and nothing had to be rounded.
    pub is_certain: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Event {
    Arrives { request: usize },
    GoesOn { visit: usize },
    TimesOut { visit: usize },
    WorkIsDone { place: usize },
    Fails { failure: usize },
    IsStarted { node: usize },
    HostAnswers { host: usize },
}

/// A connection that cannot be opened is tried again after 1, 2, 4 … s, and given up with the seventh.
const SYNS_MOST: u32 = 7;
const SECOND: Time = 1_000_000_000;

pub struct Interpreter<'s> {
    pub site: &'s Site,
    pub now: Time,
    /// By time, then in the order in which they were planned.
    pub events: BinaryHeap<Reverse<(Time, u64, Event)>>,
    pub events_made: u64,
    /// Never removed, so that a number means one visit for ever.
    pub visits: Vec<Visit<'s>>,
    pub nodes: Vec<Node>,
    /// Those of the hosts, then those of the nodes that have their own.
    pub cores: Vec<Option<Cores>>,
    /// When the last byte sent so far over each link has left, of calls and of answers.
    pub sent: Vec<[Time; 2]>,
    /// By user, whether its client has a connection.
    pub is_connected: Vec<bool>,
    pub endings: Vec<Option<Ending>>,
    /// While something crashes, those who go on do so when all have been thrown out.
    pub crashes: bool,
    pub go_on_later: Vec<usize>,
    pub latest: Option<Time>,
    pub has_ties: bool,
    /// How often somebody has met others: over a link, or by coming to a node or leaving it.
    pub meetings: usize,
}

/// Plays all of it. Events that are no further apart than the slack are ties.
pub fn play(site: &Site, slack: Time) -> Played {
    let hosts = site.hosts.iter().map(|host| Some(Cores::new(host.cores, host.speed_doubled)));
    let own = site
        .nodes
        .iter()
        .map(|node| (node.kind == Kind::SharingStation).then(|| Cores::new(node.slots as u32, 2)));
    let mut interpreter = Interpreter {
        site,
        now: 0,
        events: BinaryHeap::new(),
        events_made: 0,
        visits: Vec::new(),
        nodes: site.nodes.iter().map(|_| Node::default()).collect(),
        cores: hosts.chain(own).collect(),
        sent: vec![[0, 0]; site.links.len()],
        is_connected: vec![false; site.users.len()],
        endings: vec![None; site.requests.len()],
        crashes: false,
        go_on_later: Vec::new(),
        latest: None,
        has_ties: false,
        meetings: 0,
    };
    for (request, Request { at, .. }) in site.requests.iter().enumerate() {
        interpreter.plan(*at, Event::Arrives { request });
    }
    for (failure, planned) in site.failures.iter().enumerate() {
        interpreter.plan(planned.at, Event::Fails { failure });
    }
    while let Some(Reverse((time, number, event))) = interpreter.events.pop() {
        if !interpreter.is_forgotten(number, event) {
            interpreter.has_ties |= interpreter.latest.is_some_and(|latest| time - latest <= slack);
            interpreter.latest = Some(time);
            interpreter.now = time;
            interpreter.happens(event);
        }
    }
    let is_exact = interpreter.cores.iter().flatten().all(|cores| cores.is_exact);
    Played { endings: interpreter.endings, is_certain: is_exact && !interpreter.has_ties }
}

impl<'s> Interpreter<'s> {
    pub fn plan(&mut self, at: Time, event: Event) -> u64 {
        self.events_made += 1;
        self.events.push(Reverse((at, self.events_made, event)));
        self.events_made
    }

    /// The visit does nothing until so much time has passed.
    pub fn wait(&mut self, visit: usize, length: Time, doing: Doing) {
        self.visits[visit].doing = doing;
        self.visits[visit].alarm = Some(self.plan(self.now + length, Event::GoesOn { visit }));
    }

    fn is_forgotten(&mut self, number: u64, event: Event) -> bool {
        match event {
            Event::GoesOn { visit } => self.visits[visit].alarm != Some(number),
            Event::TimesOut { visit } => self.visits[visit].deadline != Some(number),
            Event::WorkIsDone { place } => self.cores_at(place).alarm != Some(number),
            _ => false,
        }
    }

    fn happens(&mut self, event: Event) {
        match event {
            Event::Arrives { request } => self.arrives(request),
            Event::GoesOn { visit } => self.has_waited(visit),
            Event::TimesOut { visit } => self.times_out(visit),
            Event::WorkIsDone { place } => self.work_is_done(place),
            Event::Fails { failure } => self.fails(failure),
            Event::IsStarted { node } => self.nodes[node].down -= 1,
            Event::HostAnswers { host } => self.host_answers(host),
        }
    }

    /// A client has something to ask: one call.
    fn arrives(&mut self, request: usize) {
        let calls = std::slice::from_ref(&self.site.requests[request].path);
        self.visits.push(Visit::of_client(request, calls));
        self.make_calls(self.visits.len() - 1);
    }

    fn has_waited(&mut self, visit: usize) {
        self.visits[visit].alarm = None;
        match self.visits[visit].doing {
            Doing::Travels => self.enter(visit),
            Doing::Works(part) => self.has_worked(visit, part),
            Doing::WaitsToTryAgain => self.make_calls(visit),
            Doing::Answers(outcome) => self.answer_comes(visit, outcome),
            Doing::StandsInLine | Doing::Calls | Doing::IsGone => unreachable!("nothing is planned for it"),
        }
    }

    /// A visit comes to a node.
    pub fn enter(&mut self, visit: usize) {
        let place = self.visits[visit].node();
        let (planned, node) = (&self.site.nodes[place], &self.nodes[place]);
        self.meetings += usize::from(node.down == 0);
        if node.silent > 0 {
            self.connect_again(visit);
        } else if node.down > 0 {
            self.end(visit, Outcome::Refused);
        } else if self.visits[visit].syns == SYNS_MOST {
            self.end(visit, Outcome::TimedOut);
        } else if planned.kind == Kind::SharingStation || node.inside < planned.slots {
            self.come_in(visit);
        } else if planned.line.is_none_or(|places| node.line.len() < places) {
            self.visits[visit].doing = Doing::StandsInLine;
            self.nodes[place].line.push_back(visit);
        } else {
            match planned.kind {
                Kind::Station | Kind::SharingStation => self.end(visit, Outcome::Rejected),
                Kind::AppServer => self.end(visit, Outcome::Refused),
                Kind::AppServerOnTcp => self.connect_again(visit),
            }
        }
    }

    /// Nobody has taken the connection: the visit comes again.
    fn connect_again(&mut self, visit: usize) {
        let syns = self.visits[visit].syns;
        if syns == SYNS_MOST {
            return self.end(visit, Outcome::TimedOut);
        }
        self.visits[visit].syns += 1;
        self.wait(visit, SECOND << syns, Doing::Travels);
    }

    /// The visit has a slot, and works.
    fn come_in(&mut self, visit: usize) {
        let place = self.visits[visit].node();
        self.nodes[place].inside += 1;
        self.visits[visit].has_slot = true;
        self.begin(visit, Part::Cpu);
    }

    /// The slot is free: whoever is first in line gets it.
    pub fn give_slot_back(&mut self, visit: usize) {
        if !std::mem::take(&mut self.visits[visit].has_slot) {
            return;
        }
        let place = self.visits[visit].node();
        self.meetings += 1;
        self.nodes[place].inside -= 1;
        if self.nodes[place].down == 0
            && let Some(next) = self.nodes[place].line.pop_front()
        {
            self.come_in(next);
        }
    }

    /// Where the cores are that work at this node shares.
    pub fn cores_of(&self, node: usize) -> Option<usize> {
        let own = self.site.hosts.len() + node;
        self.site.nodes[node].host.or(self.cores[own].is_some().then_some(own))
    }

    pub fn cores_at(&mut self, place: usize) -> &mut Cores {
        self.cores[place].as_mut().expect("there are cores at this place")
    }

    /// A part of the visit's work begins. At a sharing station all work is on the cores; elsewhere what is
    /// said to be, and what an application does after its calls. Without cores it just takes its time.
    pub fn begin(&mut self, visit: usize, part: Part) {
        let (node, length) = (self.visits[visit].node(), part.of(self.visits[visit].asked()));
        if length == 0 {
            return self.has_worked(visit, part);
        }
        let is_on_cores = match part {
            _ if self.site.nodes[node].kind == Kind::SharingStation => true,
            Part::Cpu => true,
            Part::Wait => false,
            Part::AfterCalls => self.is_app_server(node),
        };
        match self.cores_of(node).filter(|_| is_on_cores) {
            None => self.wait(visit, length, Doing::Works(part)),
            Some(place) => {
                self.visits[visit].doing = Doing::Works(part);
                let now = self.now;
                self.cores_at(place).begin(visit, length, now);
                self.set_alarm_of_cores(place);
            }
        }
    }

    fn has_worked(&mut self, visit: usize, part: Part) {
        match part {
            Part::Cpu => self.begin(visit, Part::Wait),
            Part::Wait => self.make_calls(visit),
            Part::AfterCalls => self.is_done_here(visit),
        }
    }

    pub fn set_alarm_of_cores(&mut self, place: usize) {
        let next = self.cores_at(place).next();
        self.cores_at(place).alarm = None;
        if let Some(time) = next {
            self.cores_at(place).alarm = Some(self.plan(time, Event::WorkIsDone { place }));
        }
    }

    fn work_is_done(&mut self, place: usize) {
        let now = self.now;
        let visit = self.cores_at(place).done(now);
        self.set_alarm_of_cores(place);
        let Doing::Works(part) = self.visits[visit].doing else { unreachable!("it has worked") };
        self.has_worked(visit, part);
    }
}
