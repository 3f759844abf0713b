//! What ends visits before they are done: callers who wait no longer, and crashes.

use super::interpreter::{Event, Interpreter};
use super::site::End;
use super::visit::Doing;
use spof::parts::outcome::Outcome;

impl Interpreter<'_> {
    /// The caller has waited long enough for this visit.
    pub fn times_out(&mut self, visit: usize) {
        let caller = self.visits[visit].caller.expect("somebody waits for it");
        self.leave_alone(visit);
        self.call_ends(caller, Outcome::TimedOut);
    }

    /// Nobody waits for this visit any more. Some nodes notice that and drop it, the others go on for
    /// nobody.
    fn leave_alone(&mut self, visit: usize) {
        self.visits[visit].caller = None;
        self.visits[visit].deadline = None;
        let is_on_its_way_back = matches!(self.visits[visit].doing, Doing::Answers(_));
        if is_on_its_way_back {
            self.visits[visit].is_gone();
        } else if self.site.nodes[self.visits[visit].node()].stops {
            self.drop_visit(visit);
        }
    }

    /// The visit is taken out of everything, and gives everything back.
    fn drop_visit(&mut self, visit: usize) {
        let node = self.visits[visit].node();
        self.nodes[node].line.retain(|&other| other != visit);
        if let Some(place) = self.cores_of(node) {
            let now = self.now;
            self.cores_at(place).leave(visit, now);
            self.set_alarm_of_cores(place);
        }
        if let Some(called) = self.visits[visit].called {
            self.leave_alone(called);
        }
        self.give_slot_back(visit);
        self.visits[visit].is_gone();
    }

    /// A node crashes, or a host with all that stands on it. Whoever is inside or in line there is
    /// reset, and only then those go on who have called them.
    pub fn fails(&mut self, failure: usize) {
        let failure = &self.site.failures[failure];
        let back_at = self.now + failure.lasts;
        let mut struck = Vec::new();
        for (node, planned) in self.site.nodes.iter().enumerate() {
            let by_its_host = planned.host.map(End::Host) == Some(failure.what);
            if by_its_host || failure.what == End::Node(node) {
                struck.push(node);
                self.nodes[node].down += 1;
                self.plan(back_at + planned.boot, Event::IsStarted { node });
            }
            // Nobody is there who could refuse a connection.
            self.nodes[node].silent += u32::from(by_its_host);
        }
        if let End::Host(host) = failure.what {
            self.plan(back_at, Event::HostAnswers { host });
        }
        self.crashes = true;
        while let Some(visit) = (0..self.visits.len()).find(|&visit| self.is_to_be_reset(visit)) {
            self.reset(visit);
        }
        self.crashes = false;
        for request in &self.site.requests {
            self.is_connected[request.user] &= !struck.contains(&request.path.node);
        }
        self.let_go_on();
    }

    /// The host is up again: from now on it refuses connections to those that are not.
    pub fn host_answers(&mut self, host: usize) {
        for (node, _) in self.site.nodes.iter().enumerate().filter(|(_, node)| node.host == Some(host)) {
            self.nodes[node].silent -= 1;
        }
    }

    /// Those whose calls have been reset go on all at once. In which order is anybody's guess, so no
    /// more than one of them may meet others.
    fn let_go_on(&mut self) {
        let mut who_meets_others = 0;
        for visit in std::mem::take(&mut self.go_on_later) {
            if self.visits[visit].doing != Doing::IsGone {
                let before = self.meetings;
                self.make_calls(visit);
                who_meets_others += usize::from(self.meetings > before);
            }
        }
        self.has_ties |= who_meets_others > 1;
    }

    /// Whether the visit is at a node that is down, and its caller is not and so sees that.
    fn is_to_be_reset(&self, visit: usize) -> bool {
        self.is_lost(visit) && !self.visits[visit].caller.is_some_and(|caller| self.is_lost(caller))
    }

    fn is_lost(&self, visit: usize) -> bool {
        let visit = &self.visits[visit];
        let is_there = visit.has_slot || visit.doing == Doing::StandsInLine;
        is_there && visit.node.is_some_and(|node| self.nodes[node].down > 0)
    }

    fn reset(&mut self, visit: usize) {
        let caller = self.visits[visit].caller.take();
        self.drop_visit(visit);
        if let Some(caller) = caller {
            self.call_ends(caller, Outcome::Reset);
        }
    }
}
