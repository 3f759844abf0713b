//! Whether simulated time passes at all. Where nothing takes any time, a client that is answered,
//! or turned away, sends its next request at the same instant, and so on for ever.

use crate::kernel::table::Table;
use crate::kernel::time::Time;
use crate::plan::ids::{Class, Instance};

/// After so many events at one instant it is noted who comes, and after twice as many it is a loop
/// that does not end …
const EVENTS_SUSPECT: u64 = 1 << 20;

/// … unless there are many visits, each of which may have so many to itself.
const EVENTS_OF_A_VISIT: u64 = 64;

#[derive(Clone, Debug, Default)]
pub struct Standstill {
    /// Since this instant, and how many events there had been.
    at: Time,
    events: u64,
    /// Who had come when it was suspected.
    noted: Option<Comers>,
    /// Who goes round in it: users, then nodes.
    names: Vec<String>,
}

/// How many have come to each instance, and how many requests of each class there have been.
#[derive(Clone, Debug)]
pub struct Comers {
    pub visits: Table<Instance, u64>,
    pub requests: Table<Class, u64>,
}

/// What it looks like.
#[derive(Debug)]
pub enum Finding {
    TimePasses,
    /// It is to be noted who has come so far.
    IsSuspect,
    /// It does not; since these had come, the same ones come again and again.
    StandsStill(Comers),
}

impl Standstill {
    pub fn look(&mut self, now: Time, events: u64, visits: usize) -> Finding {
        if now != self.at {
            *self = Standstill { at: now, events, ..Standstill::default() };
            return Finding::TimePasses;
        }
        let since = events - self.events;
        if since < EVENTS_SUSPECT {
            return Finding::TimePasses;
        }
        let many = 2 * EVENTS_SUSPECT + EVENTS_OF_A_VISIT * visits as u64;
        match self.noted.take() {
            None => Finding::IsSuspect,
            Some(noted) if since > many => Finding::StandsStill(noted),
            noted => {
                self.noted = noted;
                Finding::TimePasses
            }
        }
    }

    pub fn note(&mut self, comers: Comers) {
        self.noted = Some(comers);
    }

    pub fn is_of(&mut self, names: Vec<String>) {
        self.names = names;
    }

    pub fn into_names(self) -> Vec<String> {
        self.names
    }
}
