//! The log of one visit that is followed, and the stretches of time in it.

use crate::kernel::table::Id;
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
    pub previous: Option<Id<Stretch>>,
    pub time: Time,
}

impl Stretch {
    /// One that nobody uses, and the last of these.
    pub const NONE: Stretch =
        Stretch { part: Part::between(Cause::Waiting, NONE, NONE), column: NONE, previous: None, time: 0 };
}

#[derive(Clone, Copy, Debug)]
pub struct Log {
    pub begun: Time,
    /// It says what happened until then; with a message under way, until that arrives.
    pub until: Time,
    pub oldest: Option<Id<Stretch>>,
    pub latest: Option<Id<Stretch>>,
    pub stretches: u32,
    pub tidy_at: u32,
    /// The latest stretch before the present call, whose first try is meant; whether there is one;
    /// and whether what has come since was for nothing.
    pub before_call: Option<Id<Stretch>>,
    pub in_call: bool,
    pub again: bool,
    /// The same of what a cold cache fetches.
    pub is_cold: bool,
    pub before_cold: Option<Id<Stretch>>,
    /// The request's number in the sample.
    pub number: u64,
}

impl Log {
    pub const NONE: Log = Log {
        begun: 0,
        until: 0,
        oldest: None,
        latest: None,
        stretches: 0,
        tidy_at: TIDY_AT,
        before_call: None,
        in_call: false,
        again: false,
        is_cold: false,
        before_cold: None,
        number: 0,
    };
}

/// What is still to be known of a log when its visit has ended.
#[derive(Clone, Copy, Debug)]
pub struct Answer {
    pub begun: Time,
    pub until: Time,
    pub oldest: Option<Id<Stretch>>,
    pub latest: Option<Id<Stretch>>,
    pub stretches: u32,
}

impl Log {
    /// Takes everything out of the log.
    #[inline(always)]
    pub fn take(&mut self) -> Answer {
        let Log { begun, until, oldest, latest, stretches, .. } = *self;
        (self.oldest, self.latest) = (None, None);
        Answer { begun, until, oldest, latest, stretches }
    }
}
