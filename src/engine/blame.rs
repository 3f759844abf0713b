//! What a lost request is put down to.

use super::World;
use crate::kernel::time::Time;
use crate::plan::Plan;
use crate::results::blame::Blame;

impl World {
    /// Of a request that has just failed, and that the outages know of.
    ///
    /// Whatever is in force now is to blame, the latest first. If nothing is, but something
    /// was when these failures began, it is to blame for those that were sent before it was
    /// over; later ones are lost to the load, and if they have been tried before, to a
    /// storm of retries.
    pub(super) fn blame(&self, plan: &Plan, sent: Time, attempts: u32) -> Blame {
        if let Some(active) = self.trouble.incidents().latest() {
            return self.blame_of(active);
        }
        if plan.surges.iter().any(|surge| surge.contains(&self.clockwork.now)) {
            return Blame::Overload;
        }
        let began = self.watch.recorder.outages.began();
        let latest = self.trouble.incidents().latest_over().filter(|&(_, over)| began <= over);
        let surge_over = plan.surges.iter().map(|surge| surge.end).filter(|&end| end <= self.clockwork.now);
        let surge_over: Option<Time> = surge_over.max().filter(|&over| began <= over);
        let over = latest.map(|(_, over)| over).max(surge_over);
        match over {
            Some(over) if sent > over => match attempts > 1 {
                true => Blame::RetryStorm,
                false => Blame::Overload,
            },
            Some(_) if latest.map(|(_, over)| over) >= surge_over => {
                latest.map_or(Blame::Overload, |(number, _)| self.blame_of(number))
            }
            _ => Blame::Overload,
        }
    }

    fn blame_of(&self, number: u32) -> Blame {
        let incident = self.trouble.incidents().get(number);
        if incident.is_some_and(|incident| incident.planned) { Blame::Maintenance } else { Blame::Fault }
    }
}
