//! Which clock is whose.

use crate::plan::Plan;

/// The numbers of the clocks, in the order in which they are asked.
#[derive(Clone, Copy, Debug)]
pub(super) struct ClockNumbers {
    /// Of what goes wrong, if anything does.
    pub changes: Option<u32>,
    pub first_lane: [u32; 2],
    pub first_source: u32,
    pub first_processor: u32,
    pub count: u32,
}

/// The clock of the edges of time buckets. It comes first, so that what happens at an
/// edge is counted behind it.
pub(super) const EDGE_CLOCK: u32 = 0;

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
}
