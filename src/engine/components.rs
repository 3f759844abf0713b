//! `fidelity: components`: no requests, only what is up and what is down.
//!
//! Each class is asked once a second whether all that it needs is up. Nothing happens
//! between changes, so that the answers of years are counted in one step.

use super::World;
use crate::kernel::time::{SECOND, Time};
use crate::parts::fidelity::Fidelity;
use crate::parts::outcome::Outcome;
use crate::plan::Plan;
use crate::results::incident::Outage;

#[derive(Clone, Debug)]
pub struct Components {
    /// One for each class, if this is how the run goes.
    classes: Vec<ClassState>,
    counted_until: Time,
    /// Something has changed since the needs were looked at.
    pub is_stale: bool,
    /// Since when some class has been down, and what was in force then.
    down_since: Option<(Time, Option<u32>)>,
}

#[derive(Clone, Debug, Default)]
struct ClassState {
    is_down: bool,
    /// Time up and time down since the start.
    times: [Time; 2],
}

impl Components {
    pub fn new(plan: &Plan) -> Self {
        let count = if plan.fidelity == Fidelity::Components { plan.classes.len() } else { 0 };
        Components {
            classes: vec![ClassState::default(); count],
            counted_until: 0,
            is_stale: false,
            down_since: None,
        }
    }

    /// If something is down now, this is why it stays so.
    pub fn is_due_to(&mut self, incident: u32) {
        if let Some((_, cause)) = &mut self.down_since {
            *cause = Some(incident);
        }
    }

    pub fn is_on(&self) -> bool {
        !self.classes.is_empty()
    }
}

impl World {
    /// Looks at the needs again after a change.
    pub(super) fn look_at_components(&mut self, plan: &Plan) {
        if !self.components.is_on() || !std::mem::take(&mut self.components.is_stale) {
            return;
        }
        self.count_components();
        let conditions = &self.trouble.conditions;
        let is_up = |instance: u32| conditions[instance as usize].answers();
        let mut any_down = false;
        for (class, need) in self.components.classes.iter_mut().zip(&plan.structure) {
            class.is_down = !need.is_met(&is_up);
            any_down |= class.is_down;
        }
        match self.components.down_since {
            None if any_down => {
                self.components.down_since =
                    Some((self.clockwork.now, self.trouble.changes.active.last().copied()));
            }
            Some(_) if !any_down => self.end_outage_of_components(),
            _ => {}
        }
    }

    /// The outage that there is, if there is one, is over.
    pub(super) fn end_outage_of_components(&mut self) {
        let Some((start, cause)) = self.components.down_since.take() else { return };
        let outage = Outage {
            start,
            end: self.clockwork.now,
            // Nobody asked for anything.
            lost: 0,
            first_error: Outcome::Refused,
            last_error: Outcome::Refused,
            cause,
        };
        self.watch.list_outage(outage);
    }

    /// The answers since the last time.
    pub(super) fn count_components(&mut self) {
        let time =
            self.clockwork.now - std::mem::replace(&mut self.components.counted_until, self.clockwork.now);
        for (number, class) in self.components.classes.iter_mut().enumerate() {
            let total = &mut class.times[usize::from(class.is_down)];
            let before = *total / SECOND;
            *total += time;
            let asked = *total / SECOND - before;
            self.watch.count_answers(
                number,
                if class.is_down { Outcome::Refused } else { Outcome::Ok },
                asked,
            );
        }
    }
}
