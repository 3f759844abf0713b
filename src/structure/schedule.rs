//! Maintenance that comes again and again: for which share of the time it keeps what down.
//!
//! What has one period never falls together otherwise than the calendar says; different
//! periods are taken to fall together by chance.

use super::components::{Strike, crash};
use crate::kernel::table::Id;
use crate::kernel::time::{Time, to_seconds};
use crate::plan::Plan;
use crate::scenario::model::{FaultTarget, How, Maintenance, Scenario, What};
use std::collections::BTreeMap;

/// More steps than these in one period are left out.
const STEPS_MOST: usize = 200;

/// All maintenance of one period.
#[derive(Clone, Debug, Default)]
pub struct Schedule {
    pub every_s: f64,
    /// What is done, as the timeline calls it.
    pub names: Vec<String>,
    pub windows: Vec<Window>,
    /// Sets of windows that are open at the same time, each for a share of the period.
    pub states: Vec<(Vec<usize>, f64)>,
}

/// Some instances that are down together, once in a period.
#[derive(Clone, Debug)]
pub struct Window {
    /// Whose: an index into the schedule's names.
    pub of: usize,
    start_s: f64,
    length_s: f64,
    pub instances: Vec<u32>,
}

#[derive(Clone, Debug, Default)]
pub struct Schedules {
    pub all: Vec<Schedule>,
    /// Maintenance with too many steps.
    pub left_out: Vec<String>,
    /// What the timeline does once.
    pub once: Vec<String>,
}

impl Schedules {
    pub fn of(scenario: &Scenario, plan: &Plan, hosted: &[Vec<u32>]) -> Schedules {
        let mut schedules = Schedules::default();
        let mut by_period: BTreeMap<Time, Schedule> = BTreeMap::new();
        for happening in &scenario.timeline {
            let maintenance = match &happening.what {
                What::Maintenance(maintenance) => maintenance,
                What::Fault(_) => {
                    schedules.once.push(happening.name.clone());
                    continue;
                }
                What::Surge(_) | What::RecordChange(_) => continue,
            };
            let Some(every) = maintenance.every else {
                schedules.once.push(happening.name.clone());
                continue;
            };
            let schedule = by_period.entry(every).or_default();
            schedule.every_s = to_seconds(every);
            let windows = windows(maintenance, plan, hosted, schedule.names.len(), schedule.every_s);
            if schedule.windows.len() + windows.len() > STEPS_MOST {
                schedules.left_out.push(happening.name.clone());
            } else if !windows.is_empty() {
                schedule.names.push(happening.name.clone());
                schedule.windows.extend(windows);
            }
        }
        schedules.all.extend(by_period.into_values().filter(|schedule| !schedule.windows.is_empty()));
        schedules.all.iter_mut().for_each(Schedule::find_states);
        schedules
    }
}

/// The stretches of one round; none if somebody always serves.
fn windows(
    maintenance: &Maintenance,
    plan: &Plan,
    hosted: &[Vec<u32>],
    of: usize,
    every_s: f64,
) -> Vec<Window> {
    let instances: Vec<u32> =
        maintenance.targets.iter().flat_map(|target| instances(plan, *target)).collect();
    let batches: Vec<&[u32]> = match maintenance.how {
        How::StopStart | How::Restart => vec![&instances[..]],
        // More serve meanwhile than are down.
        How::Rolling if maintenance.extra >= maintenance.batch => Vec::new(),
        How::Rolling => instances.chunks(maintenance.batch.max(1) as usize).collect(),
        How::Reload | How::BlueGreen | How::Canary | How::Migrate => Vec::new(),
    };
    let (takes_s, pause_s) = (to_seconds(maintenance.takes), to_seconds(maintenance.pause));
    let drain_s = to_seconds(maintenance.drain);
    let mut start_s = to_seconds(maintenance.at);
    let mut windows = Vec::new();
    for batch in batches {
        let strikes: Vec<Strike> = batch.iter().flat_map(|&instance| crash(plan, hosted, instance)).collect();
        let boot_s = strikes.iter().map(|strike| strike.boot_s).fold(0.0, f64::max);
        let length_s = (takes_s + boot_s).min(every_s);
        let instances = strikes.iter().map(|strike| strike.instance).collect();
        start_s += drain_s;
        windows.push(Window { of, start_s: libm::fmod(start_s, every_s), length_s, instances });
        start_s += length_s + pause_s;
    }
    windows
}

fn instances(plan: &Plan, target: FaultTarget) -> std::ops::Range<u32> {
    match target {
        FaultTarget::Node(id) => {
            let node = &plan.nodes[Id::numbered(id.0)];
            let first = node.first_instance.number();
            first..first + node.replicas
        }
        FaultTarget::Replica(id, replica) => {
            let instance = plan.nodes[Id::numbered(id.0)].first_instance.number() + replica;
            instance..instance + 1
        }
        FaultTarget::Link(_) => 0..0,
    }
}

impl Schedule {
    fn find_states(&mut self) {
        let mut edges = vec![0.0, self.every_s];
        for window in &self.windows {
            let end_s = window.start_s + window.length_s;
            edges.extend([window.start_s, if end_s > self.every_s { end_s - self.every_s } else { end_s }]);
        }
        edges.sort_by(f64::total_cmp);
        let mut lengths_s: BTreeMap<Vec<usize>, f64> = BTreeMap::new();
        for pair in edges.windows(2) {
            let (length_s, middle_s) = (pair[1] - pair[0], f64::midpoint(pair[0], pair[1]));
            let is_open = |window: &Window| {
                let end_s = window.start_s + window.length_s;
                (window.start_s..end_s).contains(&middle_s)
                    || (window.start_s..end_s).contains(&(middle_s + self.every_s))
            };
            let open: Vec<usize> =
                (0..self.windows.len()).filter(|&number| is_open(&self.windows[number])).collect();
            if length_s > 0.0 && !open.is_empty() {
                *lengths_s.entry(open).or_default() += length_s;
            }
        }
        self.states = lengths_s.into_iter().map(|(open, length_s)| (open, length_s / self.every_s)).collect();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(of: usize, start_s: f64, length_s: f64) -> Window {
        Window { of, start_s, length_s, instances: vec![of as u32] }
    }

    #[test]
    fn windows_that_overlap_are_a_state_of_their_own() {
        let mut schedule = Schedule {
            every_s: 100.0,
            names: vec!["one".into(), "other".into()],
            windows: vec![window(0, 10.0, 20.0), window(1, 25.0, 10.0), window(1, 95.0, 10.0)],
            states: Vec::new(),
        };
        schedule.find_states();
        let shares: Vec<(Vec<usize>, f64)> = schedule.states;
        assert_eq!(shares, [(vec![0], 0.15), (vec![0, 1], 0.05), (vec![1], 0.05), (vec![2], 0.1)]);
    }
}
