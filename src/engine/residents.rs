//! Who is inside of each replica, kept from the first crash or hang on, so that each further one
//! looks at those whom it hits and at nobody else.

use super::World;
use super::node::SideLine;
use super::visit::{State, Visits};
use crate::plan::{NONE, Plan};

#[derive(Clone, Debug, Default)]
pub struct Residents {
    /// Of each instance who has come in; empty as long as nobody has asked.
    inside: Vec<Roll>,
    /// Of each instance who has sent it a query, and may hold a connection to it since.
    guests: Vec<Roll>,
}

/// Slots of visits, among them some that have left. They are struck off when there are too many.
#[derive(Clone, Debug, Default)]
struct Roll {
    slots: Vec<u32>,
    most: usize,
}

/// It is not worth the while to look through a shorter roll.
const SHORT: usize = 16;

impl Roll {
    fn add(&mut self, slot: u32, is_there: impl Fn(u32) -> bool) {
        if self.slots.len() >= self.most {
            self.strike_off(is_there);
        }
        self.slots.push(slot);
    }

    /// What is left stands in the order of the slots.
    fn strike_off(&mut self, is_there: impl Fn(u32) -> bool) {
        self.slots.sort_unstable();
        self.slots.dedup();
        self.slots.retain(|&slot| is_there(slot));
        self.most = (2 * self.slots.len()).max(SHORT);
    }
}

/// Whether the visit in this slot has come in at the instance.
fn is_inside(visits: &Visits, slot: u32, instance: u32) -> bool {
    let visit = &visits[slot];
    let may_be = !matches!(visit.state, State::Free | State::Replying(_) | State::Thinking | State::InLine);
    may_be && visit.flags.inside && visit.instance == instance
}

impl Residents {
    pub fn are_kept(&self) -> bool {
        !self.inside.is_empty()
    }

    pub fn came_in(&mut self, slot: u32, instance: u32, visits: &Visits) {
        if let Some(roll) = self.inside.get_mut(instance as usize) {
            roll.add(slot, |slot| is_inside(visits, slot, instance));
        }
    }

    pub fn asks(&mut self, slot: u32, instance: u32, visits: &Visits) {
        if let Some(roll) = self.guests.get_mut(instance as usize) {
            roll.add(slot, |slot| visits[slot].state != State::Free);
        }
    }
}

impl World {
    /// Looks through all visits, once in a run.
    pub(super) fn keep_residents(&mut self, plan: &Plan) {
        if self.trouble.residents.are_kept() {
            return;
        }
        let number = plan.instances.len();
        self.trouble.residents =
            Residents { inside: vec![Roll::default(); number], guests: vec![Roll::default(); number] };
        self.watch.watches_insides = true;
        for slot in 0..self.visits.all.len() as u32 {
            let visit = &self.visits[slot];
            if is_inside(&self.visits, slot, visit.instance) {
                self.trouble.residents.came_in(slot, visit.instance, &self.visits);
            }
            for database in self.site.sessions.connections(visit.sessions) {
                self.trouble.residents.asks(slot, database, &self.visits);
            }
        }
    }

    /// Those who have come in at the instance or stand in its line, in the order of their slots.
    pub(super) fn residents_of(&mut self, plan: &Plan, instance: u32) -> Vec<u32> {
        self.keep_residents(plan);
        let roll = &mut self.trouble.residents.inside[instance as usize];
        roll.strike_off(|slot| is_inside(&self.visits, slot, instance));
        let mut residents = roll.slots.clone();
        residents.extend(self.line_of(instance));
        residents.sort_unstable();
        debug_assert_eq!(residents, self.all_at(instance), "somebody is not on the roll");
        residents
    }

    /// The same by looking at everybody.
    fn all_at(&self, instance: u32) -> Vec<u32> {
        let is_there = |slot: &u32| {
            let visit = &self.visits[*slot];
            let waits = visit.state == State::InLine && visit.instance == instance;
            waits || is_inside(&self.visits, *slot, instance)
        };
        (0..self.visits.all.len() as u32).filter(is_there).collect()
    }

    /// Those who may hold connections to this database.
    pub(super) fn guests_of(&mut self, plan: &Plan, instance: u32) -> Vec<u32> {
        self.keep_residents(plan);
        let roll = &mut self.trouble.residents.guests[instance as usize];
        roll.strike_off(|slot| self.visits[slot].state != State::Free);
        roll.slots.clone()
    }

    fn line_of(&self, instance: u32) -> Vec<u32> {
        let node = &self.site.nodes[instance as usize];
        let list = |head: u32| {
            let next = |slot: u32| Some(self.visits[slot].next).filter(|next| *next != NONE);
            std::iter::successors(Some(head).filter(|head| *head != NONE), move |&slot| next(slot))
        };
        match self.site.lines.get(node.side_line as usize) {
            None => list(node.head).collect(),
            Some(SideLine::Priority(lists)) => lists.iter().flat_map(|&(head, _)| list(head)).collect(),
            Some(SideLine::Slow(line)) => list(line.head).collect(),
            Some(SideLine::Random(all)) => all.clone(),
        }
    }
}
