//! Rolls of who is inside of each replica. A run with a handful of faults keeps none.

use super::Trouble;
use crate::engine::visit::Visit;
use crate::kernel::table::{Id, Table};
use crate::plan::ids::Instance;

/// The rolls of all replicas, once they are worth the while.
#[derive(Clone, Debug, Default)]
pub struct Rolls {
    /// Of each instance who has come in; empty as long as none are kept.
    inside: Table<Instance, Roll>,
    /// Of each instance who has sent it a query, and may hold a connection to it since.
    guests: Table<Instance, Roll>,
    /// How many visits have been looked through.
    looked_through: u64,
}

/// Slots of visits, among them some that have left. They are struck off when there are too many.
#[derive(Clone, Debug, Default)]
struct Roll {
    slots: Vec<Id<Visit>>,
    most: usize,
}

/// So many visits may be looked through before anybody counts.
const LOOKS_FREE: u64 = 1_000_000;

/// It is not worth the while to look through a shorter roll.
const SHORT: usize = 16;

impl Roll {
    fn add(&mut self, slot: Id<Visit>, is_there: impl Fn(Id<Visit>) -> bool) {
        if self.slots.len() >= self.most {
            self.strike_off(is_there);
        }
        self.slots.push(slot);
    }

    /// What is left stands in the order of the slots.
    fn strike_off(&mut self, is_there: impl Fn(Id<Visit>) -> bool) {
        self.slots.sort_unstable();
        self.slots.dedup();
        self.slots.retain(|&slot| is_there(slot));
        self.most = (2 * self.slots.len()).max(SHORT);
    }

    fn those_there(&mut self, is_there: impl Fn(Id<Visit>) -> bool) -> Vec<Id<Visit>> {
        self.strike_off(is_there);
        self.slots.clone()
    }
}

impl Trouble {
    #[inline(always)]
    pub fn are_rolls_kept(&self) -> bool {
        !self.rolls.inside.is_empty()
    }

    /// So many visits would have to be looked through once more: is it time for rolls?
    pub fn are_rolls_worthwhile(&mut self, visits: usize, events: u64) -> bool {
        self.rolls.looked_through += visits as u64;
        self.rolls.looked_through > events + LOOKS_FREE
    }

    /// Empty ones for so many instances.
    pub fn keep_rolls(&mut self, instances: usize) {
        self.rolls.inside = Table::filled(Roll::default(), instances);
        self.rolls.guests = Table::filled(Roll::default(), instances);
    }

    /// The visit has come in at the instance.
    pub fn came_in(
        &mut self,
        slot: Id<Visit>,
        instance: Id<Instance>,
        is_inside: impl Fn(Id<Visit>) -> bool,
    ) {
        if let Some(roll) = self.rolls.inside.get_mut(instance) {
            roll.add(slot, is_inside);
        }
    }

    /// The visit sends the instance a query.
    pub fn asks(
        &mut self,
        slot: Id<Visit>,
        instance: Id<Instance>,
        may_be_guest: impl Fn(Id<Visit>) -> bool,
    ) {
        if let Some(roll) = self.rolls.guests.get_mut(instance) {
            roll.add(slot, may_be_guest);
        }
    }

    /// Those on the roll who are still inside, in the order of their slots.
    pub fn roll_of(
        &mut self,
        instance: Id<Instance>,
        is_inside: impl Fn(Id<Visit>) -> bool,
    ) -> Vec<Id<Visit>> {
        self.rolls.inside[instance].those_there(is_inside)
    }

    /// Those on the roll who may still hold a connection.
    pub fn guests_of(
        &mut self,
        instance: Id<Instance>,
        may_be_guest: impl Fn(Id<Visit>) -> bool,
    ) -> Vec<Id<Visit>> {
        self.rolls.guests[instance].those_there(may_be_guest)
    }
}
