//! Which clock is whose.

use crate::engine::visit::TimerKind;
use crate::kernel::table::Id;
use crate::plan::Plan;
use crate::plan::ids::{DeadlineLane, Processor, Source, WatchdogLane};

/// What a clock rings for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ring {
    /// The edge of a time bucket.
    Edge,
    /// What goes wrong, if anything does.
    Change,
    Deadline(Id<DeadlineLane>),
    Watchdog(Id<WatchdogLane>),
    Source(Id<Source>),
    Processor(Id<Processor>),
}

/// The numbers of the clocks, in the order in which they are asked.
#[derive(Clone, Copy, Debug)]
pub(super) struct ClockNumbers {
    changes: Option<u32>,
    pub(super) first_lane: [u32; 2],
    first_source: u32,
    pub(super) first_processor: u32,
    pub(super) count: u32,
}

/// The edge comes first, so that what happens at it is counted behind it.
const EDGE: u32 = 0;

impl ClockNumbers {
    pub(super) fn of(plan: &Plan) -> Self {
        let deadlines = plan.deadline_lanes.len() as u32;
        let watchdogs = plan.watchdog_lanes.len() as u32;
        let changes = plan.has_changes().then_some(1);
        let first_deadline = 1 + u32::from(changes.is_some());
        let first_source = first_deadline + deadlines + watchdogs;
        let first_processor = first_source + plan.sources.len() as u32;
        ClockNumbers {
            changes,
            first_lane: [first_deadline, first_deadline + deadlines],
            first_source,
            first_processor,
            count: first_processor + plan.processors.len() as u32,
        }
    }

    #[inline(always)]
    pub(super) fn owner(&self, clock: u32) -> Ring {
        if clock >= self.first_processor {
            Ring::Processor(Id::numbered(clock - self.first_processor))
        } else if clock >= self.first_source {
            Ring::Source(Id::numbered(clock - self.first_source))
        } else if clock == EDGE {
            Ring::Edge
        } else if Some(clock) == self.changes {
            Ring::Change
        } else if clock >= self.first_lane[TimerKind::Watchdog as usize] {
            Ring::Watchdog(Id::numbered(clock - self.first_lane[TimerKind::Watchdog as usize]))
        } else {
            Ring::Deadline(Id::numbered(clock - self.first_lane[TimerKind::Deadline as usize]))
        }
    }

    /// Nothing rings for changes in a run without them.
    #[inline(always)]
    pub(super) fn clock_of(&self, what: Ring) -> Option<u32> {
        match what {
            Ring::Edge => Some(EDGE),
            Ring::Change => self.changes,
            Ring::Deadline(lane) => Some(self.first_lane[TimerKind::Deadline as usize] + lane.number()),
            Ring::Watchdog(lane) => Some(self.first_lane[TimerKind::Watchdog as usize] + lane.number()),
            Ring::Source(source) => Some(self.first_source + source.number()),
            Ring::Processor(processor) => Some(self.first_processor + processor.number()),
        }
    }
}
