//! What a caller does so that a failing peer does not take it down, and it does not take
//! down a failing peer.

use super::backoff::Backoff;
use super::circuit_breaker::BreakerSettings;
use super::retry_budget::RetryBudget;
use crate::kernel::time::{NEVER, Time};

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Caution {
    /// How long it waits for one try, connecting included; `NEVER`: as its kind does.
    pub timeout: Time,
    pub retries: u32,
    pub backoff: Backoff,
    pub budget: Option<RetryBudget>,
    pub breaker: Option<BreakerSettings>,
    pub bulkhead: Option<Bulkhead>,
    pub hedge: Option<Hedge>,
}

/// No more than so many calls at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bulkhead {
    /// To each peer.
    pub each: Option<u32>,
    /// To all peers of one kind of call, those that wait for one of them included.
    pub in_all: Option<u32>,
    /// Places in the line of those that wait; who finds none fails at once.
    pub line: u32,
    /// How long they wait before they fail.
    pub wait: Time,
}

/// One more call to another peer if no answer has come after a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hedge {
    pub after: Time,
    /// How many more there are at once.
    pub at_most: u32,
}

impl Bulkhead {
    /// How many are made at once where there is one peer.
    pub fn of_one_peer(&self) -> u32 {
        let bounds = self.each.into_iter().chain(self.in_all);
        bounds.min().unwrap_or(u32::MAX)
    }
}

impl Caution {
    pub const NONE: Caution = Caution {
        timeout: NEVER,
        retries: 0,
        backoff: Backoff::NONE,
        budget: None,
        breaker: None,
        bulkhead: None,
        hedge: None,
    };
}
