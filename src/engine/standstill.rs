//! Whether simulated time passes at all. Where nothing takes any time, a client that is answered,
//! or turned away, sends its next request at the same instant, and so on for ever.
//!
//! It is looked at between stretches of events, so that it costs no event anything.

use super::World;
use crate::kernel::time::Time;
use crate::plan::{NONE, Plan};
use crate::results::StopReason;

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
    /// Of each instance the visits, and of each class the requests, when it was suspected.
    noted: Option<(Vec<u64>, Vec<u64>)>,
    /// Who goes round in it: users, then nodes.
    pub names: Vec<String>,
}

impl World {
    /// Ends the run if its time stands still.
    #[inline(never)]
    pub(super) fn look_whether_time_passes(&mut self, plan: &Plan) {
        if self.clockwork.now != self.standstill.at {
            self.standstill =
                Standstill { at: self.clockwork.now, events: self.clockwork.events, ..Standstill::default() };
            return;
        }
        let events = self.clockwork.events - self.standstill.events;
        if events < EVENTS_SUSPECT {
            return;
        }
        let of_visits = EVENTS_OF_A_VISIT * self.visits.all.len() as u64;
        match self.standstill.noted.take() {
            None => self.standstill.noted = Some(self.comers()),
            Some(noted) if events > 2 * EVENTS_SUSPECT + of_visits => {
                self.standstill.names = self.names_of_comers(plan, &noted);
                self.stop(StopReason::StandsStill);
            }
            noted => self.standstill.noted = noted,
        }
    }

    /// How many have come to each instance, and how many requests of each class there have been.
    fn comers(&self) -> (Vec<u64>, Vec<u64>) {
        let visits = self.site.nodes.iter().map(|node| node.counts.visits).collect();
        let requests = self.watch.offered_of_late();
        (visits, requests)
    }

    fn names_of_comers(&self, plan: &Plan, (visits, requests): &(Vec<u64>, Vec<u64>)) -> Vec<String> {
        let (visits_now, requests_now) = self.comers();
        let goes_round = |class: u32| requests[class as usize] != requests_now[class as usize];
        let users = plan.sources.iter().filter(|source| {
            source.think != NONE && source.programs.iter().any(|program| goes_round(program.class))
        });
        let is_visited = |node: &&crate::plan::NodePlan| {
            let instances = node.first_instance as usize..(node.first_instance + node.replicas) as usize;
            visits[instances.clone()] != visits_now[instances]
        };
        let nodes = plan.nodes.iter().filter(is_visited);
        users.map(|user| user.name.clone()).chain(nodes.map(|node| node.name.clone())).collect()
    }
}
