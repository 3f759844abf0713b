//! What the timeline of a scenario says, line by line.

use crate::kernel::time::{NEVER, Time, to_seconds};
use crate::scenario::maintenance;
use crate::scenario::model::{Happening, Scenario, What};
use serde::Serialize;

#[derive(Clone, Debug, Serialize)]
pub struct HappeningLine {
    pub name: String,
    pub at_s: f64,
    /// `None`: to the end.
    pub lasts_s: Option<f64>,
    /// Comes again after so long.
    pub every_s: Option<f64>,
}

/// In the order in which they happen.
pub fn happenings(scenario: &Scenario) -> Vec<HappeningLine> {
    let mut lines: Vec<(Time, HappeningLine)> =
        scenario.timeline.iter().map(|happening| line(scenario, happening)).collect();
    lines.sort_by_key(|(at, _)| *at);
    lines.into_iter().map(|(_, line)| line).collect()
}

fn line(scenario: &Scenario, happening: &Happening) -> (Time, HappeningLine) {
    let (at, length, every) = match &happening.what {
        What::Surge(traffic) => {
            (traffic.surge.starts_at(), traffic.surge.noticeable_length(), traffic.surge.every())
        }
        What::Fault(fault) => {
            let length = if fault.until == NEVER { NEVER } else { fault.until - fault.at };
            (fault.at, length, None)
        }
        What::RecordChange(change) => (change.at, NEVER, None),
        What::Maintenance(maintenance) => {
            (maintenance.at, maintenance::length(maintenance, &scenario.nodes), maintenance.every)
        }
    };
    let line = HappeningLine {
        name: happening.name.clone(),
        at_s: to_seconds(at),
        lasts_s: (length < NEVER).then(|| to_seconds(length)),
        every_s: every.map(to_seconds),
    };
    (at, line)
}
