//! `fidelity: components`: no requests, only what is up and what is down.
//!
//! Each class is asked once a second whether all that it needs is up. Nothing happens
//! between changes, so that the answers of years are counted in one step.

use crate::kernel::table::{Id, Table};
use crate::kernel::time::{SECOND, Time};
use crate::parts::fidelity::Fidelity;
use crate::parts::outcome::Outcome;
use crate::plan::Plan;
use crate::plan::ids::{Class, Instance};
use crate::results::incident::Outage;

#[derive(Clone, Debug)]
pub struct Components {
    /// One for each class, if this is how the run goes.
    classes: Table<Class, ClassState>,
    counted_until: Time,
    /// Something has changed since the needs were looked at.
    is_stale: bool,
    down: Option<Down>,
}

/// Some class is down.
#[derive(Clone, Copy, Debug)]
struct Down {
    since: Time,
    /// The incident that was in force when it began.
    cause: Option<u32>,
}

#[derive(Clone, Debug, Default)]
struct ClassState {
    is_down: bool,
    up_time: Time,
    down_time: Time,
}

impl Components {
    pub fn new(plan: &Plan) -> Self {
        let count = if plan.fidelity == Fidelity::Components { plan.classes.len() } else { 0 };
        Components {
            classes: Table::filled(ClassState::default(), count),
            counted_until: 0,
            is_stale: false,
            down: None,
        }
    }

    pub fn is_on(&self) -> bool {
        !self.classes.is_empty()
    }

    /// Something may answer otherwise than before.
    #[inline(always)]
    pub fn has_changed(&mut self) {
        self.is_stale = true;
    }

    /// Whether anything has changed since this was asked last.
    pub fn have_to_be_looked_at(&mut self) -> bool {
        self.is_on() && std::mem::take(&mut self.is_stale)
    }

    /// If something is down now, this is why it stays so.
    pub fn is_due_to(&mut self, incident: u32) {
        if let Some(down) = &mut self.down {
            down.cause = Some(incident);
        }
    }

    /// The answers since the last time: how many there were of each class, and what they were.
    pub fn count(&mut self, now: Time, mut note: impl FnMut(Id<Class>, Outcome, u64)) {
        let time = now - std::mem::replace(&mut self.counted_until, now);
        for (number, class) in self.classes.entries_mut() {
            let (total, outcome) = match class.is_down {
                true => (&mut class.down_time, Outcome::Refused),
                false => (&mut class.up_time, Outcome::Ok),
            };
            let before = *total / SECOND;
            *total += time;
            note(number, outcome, *total / SECOND - before);
        }
    }

    /// Looks again which classes are up. An outage may begin, of which an incident is the cause, or
    /// end, and is returned then.
    pub fn look(
        &mut self,
        plan: &Plan,
        is_up: impl Fn(Id<Instance>) -> bool,
        cause: Option<u32>,
        now: Time,
    ) -> Option<Outage> {
        for (class, need) in self.classes.iter_mut().zip(&plan.structure) {
            class.is_down = !need.is_met(&is_up);
        }
        if !self.classes.iter().any(|class| class.is_down) {
            return self.end_outage(now);
        }
        self.down.get_or_insert(Down { since: now, cause });
        None
    }

    /// The outage that there is, if there is one, is over.
    pub fn end_outage(&mut self, now: Time) -> Option<Outage> {
        let Down { since, cause } = self.down.take()?;
        Some(Outage {
            start: since,
            end: now,
            // Nobody asked for anything.
            lost: 0,
            first_error: Outcome::Refused,
            last_error: Outcome::Refused,
            cause,
        })
    }
}
