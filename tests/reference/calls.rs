//! Calls: over which link, how long they travel, and what their callers make of their ends.

use super::interpreter::{Ending, Event, Interpreter};
use super::site::{Call, Care, End, Kind, Time};
use super::visit::{Doing, Part, Visit};
use spof::parts::outcome::Outcome;

const LONGEST_BACKOFF: Time = 60_000_000_000;

impl<'s> Interpreter<'s> {
    fn care_of(&self, visit: usize) -> Care {
        match self.visits[visit].node {
            None => self.site.users[self.user_of(visit)].care,
            Some(node) => self.site.nodes[node].care,
        }
    }

    fn user_of(&self, visit: usize) -> usize {
        self.site.requests[self.visits[visit].request].user
    }

    fn end_of(&self, visit: usize) -> End {
        self.visits[visit].node.map_or_else(|| End::User(self.user_of(visit)), End::Node)
    }

    /// The visit makes the next of its calls, and if all have been made it goes on with what comes
    /// after them.
    pub fn make_calls(&mut self, visit: usize) {
        if self.crashes {
            self.go_on_later.push(visit);
            return;
        }
        let calls = self.visits[visit].calls;
        match calls.get(self.visits[visit].calls_made) {
            Some(call) => self.call(visit, call),
            None if self.visits[visit].node.is_none() => self.request_ends(visit, Outcome::Ok),
            None => self.begin(visit, Part::AfterCalls),
        }
    }

    fn call(&mut self, caller: usize, call: &'s Call) {
        let link = self.link_between(self.end_of(caller), call.node);
        let request = self.visits[caller].request;
        let called = self.visits.len();
        self.visits.push(Visit::called(request, caller, call, link));
        self.visits[caller].doing = Doing::Calls;
        self.visits[caller].called = Some(called);
        if let Some(timeout) = self.care_of(caller).timeout {
            let event = Event::TimesOut { visit: called };
            self.visits[called].deadline = Some(self.plan(self.now + timeout, event));
        }
        // A round trip comes before the request where a connection has to be opened.
        let opens = self.opens_connection(caller);
        self.travel(called, link, if opens { 3 } else { 1 });
    }

    fn opens_connection(&mut self, caller: usize) -> bool {
        if let Some(node) = self.visits[caller].node {
            return self.is_app_server(node);
        }
        let user = self.user_of(caller);
        let had_one = std::mem::replace(&mut self.is_connected[user], true);
        !(self.site.users[user].keeps_connection && had_one)
    }

    pub fn is_app_server(&self, node: usize) -> bool {
        matches!(self.site.nodes[node].kind, Kind::AppServer | Kind::AppServerOnTcp)
    }

    /// The visit goes to its node.
    fn travel(&mut self, visit: usize, link: Option<usize>, times: u64) {
        let bytes = self.site.requests[self.visits[visit].request].request_bytes;
        match link.map_or(0, |link| self.time_over(link, 0, times, bytes)) {
            0 => self.enter(visit),
            time => self.wait(visit, time, Doing::Travels),
        }
    }

    /// How long a message takes that goes over a link so many times: it is sent behind what is being
    /// sent, and then travels.
    fn time_over(&mut self, link: usize, way: usize, times: u64, bytes: u64) -> Time {
        self.meetings += 1;
        let planned = &self.site.links[link];
        let mut time = times * planned.latency;
        if planned.nanoseconds_per_byte > 0 && bytes > 0 {
            let sent = &mut self.sent[link][way];
            *sent = (*sent).max(self.now) + bytes * planned.nanoseconds_per_byte;
            time += *sent - self.now;
        }
        time
    }

    /// A link leads from a node, or its host, to another, or its host; what is nearest counts, and one
    /// of the other direction where there is none of this. On one host there is nothing between.
    fn link_between(&self, from: End, to: usize) -> Option<usize> {
        let host = |end: End| match end {
            End::Node(node) => self.site.nodes[node].host,
            _ => None,
        };
        let to = End::Node(to);
        if host(from).is_some() && host(from) == host(to) {
            return None;
        }
        let ends = |end: End| [Some(end), host(end).map(End::Host)].into_iter().flatten();
        let find = |from, to| self.site.links.iter().position(|link| (link.from, link.to) == (from, to));
        ends(from).find_map(|from| ends(to).find_map(|to| find(from, to).or_else(|| find(to, from))))
    }

    /// The visit has done what it was to do at this node.
    pub fn is_done_here(&mut self, visit: usize) {
        let Some(next) = self.visits[visit].asked().next.as_deref() else {
            return self.end(visit, Outcome::Ok);
        };
        self.give_slot_back(visit);
        let link = self.link_between(self.end_of(visit), next.node);
        self.visits[visit].move_on(next);
        self.travel(visit, link, 1);
    }

    /// The visit is over, well or not, and answers if somebody waits for it.
    pub fn end(&mut self, visit: usize, outcome: Outcome) {
        if self.visits[visit].node.is_none() {
            return self.request_ends(visit, outcome);
        }
        self.give_slot_back(visit);
        let Visit { caller, link, request, .. } = self.visits[visit];
        match (caller, link) {
            (None, _) => self.visits[visit].is_gone(),
            (Some(_), None) => self.answer_comes(visit, outcome),
            (Some(_), Some(link)) => {
                let bytes = if outcome.is_ok() { self.site.requests[request].response_bytes } else { 0 };
                match self.time_over(link, 1, 1, bytes) {
                    0 => self.answer_comes(visit, outcome),
                    time => self.wait(visit, time, Doing::Answers(outcome)),
                }
            }
        }
    }

    pub fn answer_comes(&mut self, visit: usize, outcome: Outcome) {
        let caller = self.visits[visit].caller.expect("somebody waits for the answer");
        self.visits[visit].is_gone();
        self.call_ends(caller, outcome);
    }

    fn request_ends(&mut self, client: usize, outcome: Outcome) {
        let request = self.visits[client].request;
        let (attempts, latency) = (self.visits[client].attempts, self.now - self.site.requests[request].at);
        self.visits[client].is_gone();
        let before = self.endings[request].replace(Ending { outcome, attempts, latency });
        assert!(before.is_none(), "a request ends once");
    }

    /// The caller hears what has become of its call.
    pub fn call_ends(&mut self, caller: usize, outcome: Outcome) {
        let care = self.care_of(caller);
        if self.visits[caller].node.is_none() {
            let user = self.user_of(caller);
            self.is_connected[user] = outcome.is_ok();
        }
        let visit = &mut self.visits[caller];
        visit.called = None;
        if outcome.is_ok() {
            visit.next_call();
            return self.make_calls(caller);
        }
        if visit.attempts <= care.retries {
            let wait = (care.backoff << (visit.attempts - 1)).min(LONGEST_BACKOFF);
            visit.attempts += 1;
            visit.doing = Doing::WaitsToTryAgain;
            return if wait == 0 {
                self.make_calls(caller)
            } else {
                self.wait(caller, wait, Doing::WaitsToTryAgain)
            };
        }
        if visit.calls[visit.calls_made].optional {
            visit.next_call();
            return self.make_calls(caller);
        }
        let is_app_server = visit.node.is_some_and(|node| self.is_app_server(node));
        self.end(caller, if is_app_server { Outcome::ServerError } else { outcome });
    }
}
