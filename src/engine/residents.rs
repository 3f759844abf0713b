//! Who is inside of each replica, for crashes and hangs that have to find them.
//!
//! Whoever asks looks through all visits. Where that comes to more than the events of the run, since
//! something breaks again and again, rolls are kept from then on, so that each further fault looks at
//! those whom it hits and at nobody else; a run with a handful of faults keeps none.

use super::World;
use super::node::SideLine;
use super::visit::{State, Visits};
use crate::plan::NONE;

#[derive(Clone, Debug, Default)]
pub struct Residents {
    /// Of each instance who has come in; empty as long as nobody has asked.
    inside: Vec<Roll>,
    /// Of each instance who has sent it a query, and may hold a connection to it since.
    guests: Vec<Roll>,
    /// How many visits have been looked through.
    looked_through: u64,
}

/// Slots of visits, among them some that have left. They are struck off when there are too many.
#[derive(Clone, Debug, Default)]
struct Roll {
    slots: Vec<u32>,
    most: usize,
}

/// So many visits may be looked through before anybody counts.
const LOOKS_FREE: u64 = 1_000_000;

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

    /// So many visits would have to be looked through once more: is it time for rolls?
    fn are_worthwhile(&mut self, visits: usize, events: u64) -> bool {
        self.looked_through += visits as u64;
        self.looked_through > events + LOOKS_FREE
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
    /// Whether there are rolls to look at.
    fn has_rolls(&mut self) -> bool {
        let (visits, events) = (self.visits.all.len(), self.clockwork.events);
        if !self.trouble.residents.are_kept() && self.trouble.residents.are_worthwhile(visits, events) {
            self.keep_residents();
        }
        self.trouble.residents.are_kept()
    }

    /// Looks through all visits, once in a run.
    fn keep_residents(&mut self) {
        let number = self.site.nodes.len();
        self.trouble.residents.inside = vec![Roll::default(); number];
        self.trouble.residents.guests = vec![Roll::default(); number];
        self.site.nodes.iter_mut().for_each(|node| node.needs_care = true);
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
    pub(super) fn residents_of(&mut self, instance: u32) -> Vec<u32> {
        if !self.has_rolls() {
            return self.all_at(instance);
        }
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
    pub(super) fn guests_of(&mut self, instance: u32) -> Vec<u32> {
        if !self.has_rolls() {
            let is_guest = |slot: &u32| {
                let mut connections = self.site.sessions.connections(self.visits[*slot].sessions);
                connections.any(|database| database == instance)
            };
            return (0..self.visits.all.len() as u32).filter(is_guest).collect();
        }
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
