//! A run whose time stands still ends, and says who goes round in it.
//!
//! It is looked at between stretches of events, so that it costs no event anything.

use super::World;
use crate::engine::pace::standstill::{Comers, Finding};
use crate::kernel::table::Id;
use crate::plan::ids::Class;
use crate::plan::{NodePlan, Plan};
use crate::results::StopReason;

impl World {
    /// Ends the run if its time stands still.
    #[inline(never)]
    pub(in crate::engine) fn look_whether_time_passes(&mut self, plan: &Plan) {
        let (now, events) = (self.clockwork.now(), self.clockwork.events());
        match self.standstill.look(now, events, self.visits.all.len()) {
            Finding::TimePasses => {}
            Finding::IsSuspect => self.standstill.note(self.comers()),
            Finding::StandsStill(noted) => {
                self.standstill.is_of(self.names_of_comers(plan, &noted));
                self.stop(StopReason::StandsStill);
            }
        }
    }

    fn comers(&self) -> Comers {
        Comers {
            visits: self.site.nodes.iter().map(|node| node.counts.visits).collect(),
            requests: self.watch.offered_of_late(),
        }
    }

    fn names_of_comers(&self, plan: &Plan, noted: &Comers) -> Vec<String> {
        let now = self.comers();
        let goes_round = |class: Id<Class>| noted.requests[class] != now.requests[class];
        let users = plan.sources.iter().filter(|source| {
            source.think.is_some() && source.programs.iter().any(|program| goes_round(program.class))
        });
        let is_visited = |node: &&NodePlan| {
            let instances = node.instances();
            noted.visits.row(instances) != now.visits.row(instances)
        };
        let nodes = plan.nodes.iter().filter(is_visited);
        users.map(|user| user.name.clone()).chain(nodes.map(|node| node.name.clone())).collect()
    }
}
