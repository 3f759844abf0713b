//! Who is inside of each replica, for crashes and hangs that have to find them.
//!
//! Whoever asks looks through all visits. Where that comes to more than the events of the run, since
//! something breaks again and again, rolls are kept from then on, so that each further fault looks at
//! those whom it hits and at nobody else; a run with a handful of faults keeps none.

use super::World;
use crate::engine::site::stations::SideLine;
use crate::engine::visit::{State, Visit, Visits};
use crate::kernel::table::Id;
use crate::plan::ids::Instance;

/// Whether the visit in this slot has come in at the instance.
fn is_inside(visits: &Visits, slot: Id<Visit>, instance: Id<Instance>) -> bool {
    let visit = &visits[slot];
    let may_be = match visit.state {
        State::Going | State::InPoolLine | State::Calling | State::Rebooting => true,
        State::Free | State::Replying(_) | State::Thinking | State::InLine => false,
    };
    may_be && visit.flags.inside && visit.instance == instance
}

fn is_there(visits: &Visits, slot: Id<Visit>) -> bool {
    visits[slot].state != State::Free
}

impl World {
    /// Somebody has come in where whoever comes is looked at.
    pub(in crate::engine) fn note_on_roll(&mut self, slot: Id<Visit>, instance: Id<Instance>) {
        let visits = &self.visits;
        self.trouble.came_in(slot, instance, |slot| is_inside(visits, slot, instance));
    }

    /// Somebody asks a database, and may hold a connection to it from now on.
    pub(in crate::engine) fn note_guest(&mut self, slot: Id<Visit>, instance: Id<Instance>) {
        let visits = &self.visits;
        self.trouble.asks(slot, instance, |slot| is_there(visits, slot));
    }

    /// Whether there are rolls to look at.
    fn has_rolls(&mut self) -> bool {
        let (visits, events) = (self.visits.all.len(), self.clockwork.events());
        if !self.trouble.are_rolls_kept() && self.trouble.are_rolls_worthwhile(visits, events) {
            self.keep_rolls();
        }
        self.trouble.are_rolls_kept()
    }

    /// Looks through all visits, once in a run.
    fn keep_rolls(&mut self) {
        self.trouble.keep_rolls(self.site.nodes.len());
        for instance in self.site.nodes.ids() {
            self.look_whether_care_is_needed(instance);
        }
        for slot in self.visits.all.ids() {
            let instance = self.visits[slot].instance;
            if is_inside(&self.visits, slot, instance) {
                self.note_on_roll(slot, instance);
            }
            let databases = self.site.sessions.connections(self.visits[slot].sessions);
            for database in databases {
                let visits = &self.visits;
                self.trouble.asks(slot, database, |slot| is_there(visits, slot));
            }
        }
    }

    /// Those who have come in at the instance or stand in its line, in the order of their slots.
    pub(super) fn residents_of(&mut self, instance: Id<Instance>) -> Vec<Id<Visit>> {
        if !self.has_rolls() {
            return self.all_at(instance);
        }
        let visits = &self.visits;
        let mut residents = self.trouble.roll_of(instance, |slot| is_inside(visits, slot, instance));
        residents.extend(self.line_of(instance));
        residents.sort_unstable();
        debug_assert_eq!(residents, self.all_at(instance), "somebody is not on the roll");
        residents
    }

    /// The same by looking at everybody.
    fn all_at(&self, instance: Id<Instance>) -> Vec<Id<Visit>> {
        let is_there = |slot: &Id<Visit>| {
            let visit = &self.visits[*slot];
            let waits = visit.state == State::InLine && visit.instance == instance;
            waits || is_inside(&self.visits, *slot, instance)
        };
        self.visits.all.ids().filter(is_there).collect()
    }

    /// Those who may hold connections to this database.
    pub(super) fn guests_of(&mut self, instance: Id<Instance>) -> Vec<Id<Visit>> {
        if !self.has_rolls() {
            let is_guest = |slot: &Id<Visit>| {
                let mut connections = self.site.sessions.connections(self.visits[*slot].sessions);
                connections.any(|database| database == instance)
            };
            return self.visits.all.ids().filter(is_guest).collect();
        }
        let visits = &self.visits;
        self.trouble.guests_of(instance, |slot| is_there(visits, slot))
    }

    fn line_of(&self, instance: Id<Instance>) -> Vec<Id<Visit>> {
        let node = &self.site.nodes[instance];
        let list = |head: Option<Id<Visit>>| std::iter::successors(head, |&slot| self.visits[slot].next);
        match node.side_line.map(|line| &self.site.lines[line]) {
            None => list(node.head).collect(),
            Some(SideLine::Priority(lists)) => lists.iter().flat_map(|line| list(line.head)).collect(),
            Some(SideLine::Slow(line)) => list(line.head).collect(),
            Some(SideLine::Random(all)) => all.clone(),
        }
    }
}
