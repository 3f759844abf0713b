//! The log of one visit that is followed, and the stretches of time in it.

use crate::kernel::time::Time;
use crate::plan::NONE;
use crate::results::path::{Cause, Part};

/// A log with as many stretches is looked through for those that are alike.
pub const TIDY_AT: u32 = 64;

#[derive(Clone, Copy, Debug)]
pub struct Stretch {
    pub part: Part,
    /// The column of `latency.csv` in which it is counted.
    pub column: u32,
    /// The one before it.
    pub previous: u32,
    pub time: Time,
}

impl Stretch {
    /// One that nobody uses, and the last of these.
    pub const NONE: Stretch =
        Stretch { part: Part::between(Cause::Waiting, NONE, NONE), column: NONE, previous: NONE, time: 0 };
}

#[derive(Clone, Copy, Debug)]
pub struct Log {
    pub begun: Time,
    /// It says what happened until then; with a message under way, until that arrives.
    pub until: Time,
    pub oldest: u32,
    pub latest: u32,
    pub stretches: u32,
    pub tidy_at: u32,
    /// The latest stretch before the present call, whose first try is meant; whether there is one;
    /// and whether what has come since was for nothing.
    pub before_call: u32,
    pub in_call: bool,
    pub again: bool,
    /// The same of what a cold cache fetches.
    pub is_cold: bool,
    pub before_cold: u32,
    /// The request's number in the sample.
    pub number: u64,
}

impl Log {
    pub const NONE: Log = Log {
        begun: 0,
        until: 0,
        oldest: NONE,
        latest: NONE,
        stretches: 0,
        tidy_at: TIDY_AT,
        before_call: NONE,
        in_call: false,
        again: false,
        is_cold: false,
        before_cold: NONE,
        number: 0,
    };
}

/// What is still to be known of a log when its visit has ended.
#[derive(Clone, Copy, Debug)]
pub struct Answer {
    pub begun: Time,
    pub until: Time,
    pub oldest: u32,
    pub latest: u32,
    pub stretches: u32,
}

impl Log {
    /// Takes everything out of the log.
    #[inline(always)]
    pub fn take(&mut self) -> Answer {
        let Log { begun, until, oldest, latest, stretches, .. } = *self;
        (self.oldest, self.latest) = (NONE, NONE);
        Answer { begun, until, oldest, latest, stretches }
    }
}
