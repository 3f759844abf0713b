//! The whole state of a run, room by room: what a checkpoint copies and every step works on.
//!
//! It does not hold the plan, which never changes: a step gets that as an argument.

use super::chance::Chance;
use super::clockwork::Clockwork;
use super::pace::{components, quiet, standstill};
use super::site::Site;
use super::trouble::Trouble;
use super::visit::{State, Visit, Visits};
use super::watch::{Closing, Watch};
use super::{Options, chain};
use crate::kernel::random::StreamFamily;
use crate::kernel::table::Id;
use crate::kernel::time::{NEVER, Time};
use crate::plan::{ChainPlan, Plan};
use crate::results::{RunResults, StopReason};

#[derive(Clone)]
pub struct World {
    pub(super) clockwork: Clockwork,
    pub(super) visits: Visits,
    pub(super) chance: Chance,
    pub(super) site: Site,
    pub(super) trouble: Trouble,
    pub(super) watch: Watch,
    pub(super) standstill: standstill::Standstill,
    pub(super) quiet: quiet::Quiet,
    /// If the plan is nothing but a row of stations.
    pub(super) chain: Option<Box<chain::Chain>>,
    pub(super) components: components::Components,
}

impl World {
    pub(super) fn new(plan: &Plan, options: Options) -> World {
        let family = StreamFamily::new(options.seed, options.replication);
        let mut world = World {
            clockwork: Clockwork::new(plan),
            visits: Visits::new(),
            chance: Chance::new(plan, family),
            site: Site::new(plan, family),
            trouble: Trouble::new(plan),
            watch: Watch::new(plan, options),
            standstill: standstill::Standstill::default(),
            quiet: quiet::Quiet::new(plan),
            chain: ChainPlan::of(plan).map(|plan| Box::new(chain::Chain::of(&plan))),
            components: components::Components::new(plan),
        };
        world.start_changes(plan);
        if !world.components.is_on() {
            world.start_sources(plan);
        }
        world
    }

    pub(super) fn in_flight(&self) -> u64 {
        self.watch.in_flight()
    }

    /// Closes the books; `interrupted` says that somebody stopped the run before its end.
    pub(super) fn finish(mut self, plan: &Plan, interrupted: bool) -> RunResults {
        let stop = match self.clockwork.stopped() {
            Some(reason) => reason,
            None if interrupted => StopReason::Interrupted,
            None => StopReason::Horizon,
        };
        if stop == StopReason::Horizon && self.clockwork.horizon() != NEVER {
            self.clockwork.go_to_horizon();
        }
        let in_flight = self.visits.all.entries().filter(|(slot, visit)| {
            visit.root == Some(*slot) && !matches!(visit.state, State::Free | State::Thinking)
        });
        let in_chain = self.chain.as_ref().map_or(0, |chain| chain.in_flight());
        let in_flight = (in_flight.count() + in_chain) as u64;
        assert_eq!(self.in_flight(), in_flight, "requests in must be requests out and requests in flight");
        self.cut_bucket(plan);
        self.end_outage_of_components();
        let at = self.clockwork.now();
        let (incidents, unlisted_incidents) = self.trouble.into_incidents().finish();
        let closing = Closing {
            at,
            stop,
            events: self.clockwork.events(),
            in_flight,
            incidents,
            unlisted_incidents,
            standstill: self.standstill.into_names(),
            replications: self.site.replications.finish(at),
            scalings: self.site.scalings.finish(at),
            skipped: self.quiet.skipped(),
        };
        self.watch.finish(plan, closing)
    }

    /// Lets the visit go on with its program at the given instant.
    #[inline(always)]
    pub(super) fn schedule(&mut self, slot: Id<Visit>, time: Time) {
        let word = self.clockwork.number(slot);
        self.visits[slot].word = word;
        self.clockwork.wait_until(time, word);
    }

    /// Ends the run at this instant.
    pub(super) fn stop(&mut self, reason: StopReason) {
        self.clockwork.stop(reason);
    }

    /// Whether so many visits can be made; if not, the run ends, and says so.
    #[inline(always)]
    pub(super) fn make_room_for(&mut self, count: usize) -> bool {
        let room = self.visits.has_room_for(count);
        if !room {
            self.stop(StopReason::TooManyInFlight);
        }
        room
    }
}
