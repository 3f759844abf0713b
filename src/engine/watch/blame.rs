//! What a lost request is put down to.

use super::outages::OutageFinder;
use crate::kernel::table::Id;
use crate::kernel::time::Time;
use crate::parts::outcome::Outcome;
use crate::plan::ids::Class;
use crate::results::blame::Blame;
use crate::results::row::NO_INCIDENT;
use std::ops::Range;

/// A fault, or work that is planned.
#[derive(Clone, Copy, Debug)]
pub struct Suspect {
    /// Its number among the incidents.
    pub incident: u32,
    pub is_planned: bool,
}

/// Who may be to blame for what happens now.
#[derive(Clone, Copy, Debug)]
pub struct Suspects {
    /// The latest that is in force.
    pub in_force: Option<Suspect>,
    /// The one that was over last, and when.
    pub over: Option<(Suspect, Time)>,
}

/// A request that has failed.
#[derive(Clone, Copy, Debug)]
pub struct Failure {
    pub class: Id<Class>,
    pub outcome: Outcome,
    pub sent: Time,
    pub attempts: u32,
}

impl Suspect {
    fn blame(self) -> Blame {
        if self.is_planned { Blame::Maintenance } else { Blame::Fault }
    }
}

impl Suspects {
    /// The incident that was in force while a request was under way that began then.
    pub fn since(&self, start: Time) -> u32 {
        let over = self.over.filter(|(_, end)| *end >= start).map(|(suspect, _)| suspect);
        self.in_force.or(over).map_or(NO_INCIDENT, |suspect| suspect.incident)
    }

    /// Of a request that has just failed, and that the outages know of.
    ///
    /// Whatever is in force now is to blame, the latest first. If nothing is, but something
    /// was when these failures began, it is to blame for those that were sent before it was
    /// over; later ones are lost to the load, and if they have been tried before, to a
    /// storm of retries.
    pub(super) fn blame(
        &self,
        failure: &Failure,
        surges: &[Range<Time>],
        outages: &OutageFinder,
        now: Time,
    ) -> Blame {
        if let Some(in_force) = self.in_force {
            return in_force.blame();
        }
        if surges.iter().any(|surge| surge.contains(&now)) {
            return Blame::Overload;
        }
        let began = outages.began();
        let latest = self.over.filter(|&(_, over)| began <= over);
        let surge_over = surges.iter().map(|surge| surge.end).filter(|&end| end <= now);
        let surge_over: Option<Time> = surge_over.max().filter(|&over| began <= over);
        let over = latest.map(|(_, over)| over).max(surge_over);
        match over {
            Some(over) if failure.sent > over => match failure.attempts > 1 {
                true => Blame::RetryStorm,
                false => Blame::Overload,
            },
            Some(_) if latest.map(|(_, over)| over) >= surge_over => {
                latest.map_or(Blame::Overload, |(suspect, _)| suspect.blame())
            }
            _ => Blame::Overload,
        }
    }
}
