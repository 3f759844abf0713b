//! Visits: what a client or a node does for one call.

use super::site::{Call, Time};
use spof::parts::outcome::Outcome;
use std::collections::VecDeque;

/// A node as it is now.
#[derive(Default)]
pub struct Node {
    pub inside: usize,
    pub line: VecDeque<usize>,
    /// Reasons why it is down, and why not even its host answers.
    pub down: u32,
    pub silent: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doing {
    /// On its way to its node, or about to come again.
    Travels,
    StandsInLine,
    Works(Part),
    Calls,
    WaitsToTryAgain,
    /// The answer is on its way.
    Answers(Outcome),
    IsGone,
}

/// What a visit does at its node besides calling others, one part after the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Cpu,
    Wait,
    AfterCalls,
}

impl Part {
    pub fn of(self, call: &Call) -> Time {
        match self {
            Part::Cpu => call.cpu,
            Part::Wait => call.wait,
            Part::AfterCalls => call.after,
        }
    }
}

pub struct Visit<'s> {
    pub request: usize,
    /// Where it is, and what it was asked for; nowhere and nothing if it is a client.
    pub node: Option<usize>,
    pub call: Option<&'s Call>,
    pub caller: Option<usize>,
    /// The link over which it was called, and answers.
    pub link: Option<usize>,
    pub doing: Doing,
    pub has_slot: bool,
    /// How often it has tried to connect in vain.
    pub syns: u32,
    /// What it calls, how many of these have been made, and how often it has tried the present one.
    pub calls: &'s [Call],
    pub calls_made: usize,
    pub attempts: u32,
    /// The visit that it waits for.
    pub called: Option<usize>,
    /// The event that it waits for.
    pub alarm: Option<u64>,
    /// The event at which its caller will have waited long enough.
    pub deadline: Option<u64>,
}

impl<'s> Visit<'s> {
    pub fn of_client(request: usize, calls: &'s [Call]) -> Self {
        Visit {
            request,
            node: None,
            call: None,
            caller: None,
            link: None,
            doing: Doing::Calls,
            has_slot: false,
            syns: 0,
            calls,
            calls_made: 0,
            attempts: 1,
            called: None,
            alarm: None,
            deadline: None,
        }
    }

    pub fn called(request: usize, caller: usize, call: &'s Call, link: Option<usize>) -> Self {
        Visit {
            node: Some(call.node),
            call: Some(call),
            caller: Some(caller),
            link,
            doing: Doing::Travels,
            ..Visit::of_client(request, &call.calls)
        }
    }

    /// It goes on at another node, as if it had been called there.
    pub fn move_on(&mut self, call: &'s Call) {
        (self.node, self.call, self.calls) = (Some(call.node), Some(call), &call.calls);
        (self.calls_made, self.attempts, self.syns) = (0, 1, 0);
    }

    pub fn node(&self) -> usize {
        self.node.expect("only visits come to nodes")
    }

    pub fn asked(&self) -> &'s Call {
        self.call.expect("only clients are asked for nothing")
    }

    /// The present call is done with.
    pub fn next_call(&mut self) {
        self.calls_made += 1;
        // A client's are counted for its request, of which it is the only call.
        if self.node.is_some() {
            self.attempts = 1;
        }
    }

    pub fn is_gone(&mut self) {
        self.doing = Doing::IsGone;
        (self.alarm, self.deadline, self.called) = (None, None, None);
    }
}
