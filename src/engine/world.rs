//! The whole state of a run, room by room: what a checkpoint copies and every step works on.
//!
//! It does not hold the plan, which never changes: a step gets that as an argument.

use super::clock_numbers::{ClockNumbers, EDGE_CLOCK};
use super::lanes::Lane;
use super::pace::{components, quiet, standstill};
use super::site::Site;
use super::trouble::Trouble;
use super::visit::{SLOT_BITS, State, Visits};
use super::watch::{Closing, Watch};
use super::{Options, chain, draws};
use crate::kernel::agenda::{Agenda, Event, EventQueue};
use crate::kernel::clocks::Clocks;
use crate::kernel::random::{Generator, StreamFamily};
use crate::kernel::sharing::SharedProcessor;
use crate::kernel::time::{NEVER, Time};
use crate::plan::{ChainPlan, NONE, Plan};
use crate::results::{RunResults, StopReason};
use crate::scenario::model::RunEnd;

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

/// What happens next, and when.
#[derive(Clone)]
pub struct Clockwork {
    pub(super) now: Time,
    /// Nothing happens from here on.
    pub(super) horizon: Time,
    pub(super) stop: Option<StopReason>,
    pub(super) agenda: Agenda,
    pub(super) clocks: Clocks,
    pub(super) numbers: ClockNumbers,
    /// The number of the next event.
    pub(super) sequence: u64,
    pub(super) events: u64,
    pub(super) processors: Vec<SharedProcessor>,
    /// The processor whose clock is to be set before the next event, or `NONE`.
    pub(super) unset: u32,
    pub(super) lanes: [Vec<Lane>; 2],
    /// Visits that got a slot and go on after the present one.
    pub(super) ready: std::collections::VecDeque<u32>,
}

/// All that is drawn.
#[derive(Clone)]
pub struct Chance {
    pub(super) draws: draws::Draws,
    pub(super) dice: Vec<Generator>,
    /// Decides which requests meet an error.
    pub(super) fault_die: Generator,
}

impl Clockwork {
    fn new(plan: &Plan) -> Clockwork {
        let numbers = ClockNumbers::of(plan);
        let lanes = |delays: &[Time]| delays.iter().map(|&delay| Lane::new(delay)).collect();
        let processors = plan.processors.iter();
        Clockwork {
            now: 0,
            horizon: match plan.end {
                RunEnd::After(duration) => duration,
                RunEnd::Requests(_) => NEVER,
            },
            stop: None,
            agenda: Agenda::new(),
            clocks: Clocks::new(numbers.count as usize),
            numbers,
            sequence: 1,
            events: 0,
            processors: processors
                .map(|processor| SharedProcessor::new(processor.cores, processor.speed))
                .collect(),
            unset: NONE,
            lanes: [lanes(&plan.deadline_lanes), lanes(&plan.watchdog_lanes)],
            ready: std::collections::VecDeque::with_capacity(64),
        }
    }
}

impl Chance {
    fn new(plan: &Plan, family: StreamFamily) -> Chance {
        Chance {
            draws: draws::Draws::new(plan, family),
            dice: plan.dice.iter().map(|die| family.stream(&die.name, &die.purpose)).collect(),
            fault_die: family.stream("faults", "errors"),
        }
    }
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
        world.clockwork.clocks.set(EDGE_CLOCK, plan.buckets.first_edge);
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
        let stop = match self.clockwork.stop {
            Some(reason) => reason,
            None if interrupted => StopReason::Interrupted,
            None => StopReason::Horizon,
        };
        if stop == StopReason::Horizon && self.clockwork.horizon != NEVER {
            self.clockwork.now = self.clockwork.horizon;
        }
        let in_flight = self.visits.all.iter().enumerate().filter(|(slot, visit)| {
            visit.root == *slot as u32 && !matches!(visit.state, State::Free | State::Thinking)
        });
        let in_chain = self.chain.as_ref().map_or(0, |chain| chain.in_flight());
        let in_flight = (in_flight.count() + in_chain) as u64;
        assert_eq!(self.in_flight(), in_flight, "requests in must be requests out and requests in flight");
        self.cut_bucket(plan);
        self.end_outage_of_components();
        let at = self.clockwork.now;
        let (incidents, unlisted_incidents) = self.trouble.into_incidents().finish();
        let closing = Closing {
            at,
            stop,
            events: self.clockwork.events,
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
    pub(super) fn schedule(&mut self, slot: u32, time: Time) {
        let word = (self.clockwork.sequence << SLOT_BITS) | u64::from(slot);
        self.clockwork.sequence += 1;
        self.visits[slot].word = word;
        self.clockwork.agenda.push(Event { time, word });
    }

    /// Ends the run at this instant.
    pub(super) fn stop(&mut self, reason: StopReason) {
        if self.clockwork.stop.is_none() {
            self.clockwork.stop = Some(reason);
            self.clockwork.horizon = self.clockwork.now;
        }
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
