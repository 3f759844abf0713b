//! What visits wait for, where their state does not say all.

use super::{Rare, State, Visits};
use crate::engine::visit::Visit;
use crate::kernel::table::Id;
use crate::kernel::time::Time;
use crate::plan::ids::Pool;

/// What a visit waits for, where its state does not say all. It stands apart from the visit, which
/// few need it of; what is left there of an earlier wait says nothing.
#[derive(Clone, Copy, Debug)]
pub(super) enum Waiting {
    Nothing,
    /// One of the connections or places of a pool.
    InPoolLine(Id<Pool>),
    /// A slot, at this place in a line in random order.
    InRandomLine {
        place: u32,
    },
    /// Several calls made at once.
    Answers(Answers),
}

/// Of calls made at once: those under way, and good answers still wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answers {
    pub under_way: u32,
    pub wanted: u32,
}

/// What visits wait for.
impl Visits {
    /// It stands in the line of a pool from now on.
    pub fn wait_in_pool_line(&mut self, slot: Id<Visit>, pool: Id<Pool>, now: Time) {
        let visit = &mut self.all[slot];
        (visit.since, visit.state) = (now, State::InPoolLine);
        self.waiting[slot] = Waiting::InPoolLine(pool);
    }

    /// Whose line that is.
    pub fn pool_line(&self, slot: Id<Visit>) -> Id<Pool> {
        match self.waiting[slot] {
            Waiting::InPoolLine(pool) => pool,
            other => unreachable!("it waits for {other:?}"),
        }
    }

    /// It stands there no more. Returns whose line that was.
    pub fn leave_pool_line(&mut self, slot: Id<Visit>) -> Id<Pool> {
        let pool = self.pool_line(slot);
        self.waiting[slot] = Waiting::Nothing;
        self.all[slot].state = State::Going;
        pool
    }

    /// It stands at this place in a line in random order, from now on.
    pub fn set_place_in_line(&mut self, slot: Id<Visit>, place: u32) {
        self.waiting[slot] = Waiting::InRandomLine { place };
    }

    pub fn place_in_line(&self, slot: Id<Visit>) -> u32 {
        match self.waiting[slot] {
            Waiting::InRandomLine { place } => place,
            other => unreachable!("it waits for {other:?}"),
        }
    }

    /// It waits for several calls that it has made at once.
    pub fn wait_for_answers(&mut self, slot: Id<Visit>, answers: Answers) {
        self.all[slot].flags.rare.0 |= Rare::FORKS;
        self.waiting[slot] = Waiting::Answers(answers);
    }

    /// One of them has ended. Returns what it waits for now.
    pub fn one_has_ended(&mut self, slot: Id<Visit>, counts: bool) -> Answers {
        match &mut self.waiting[slot] {
            Waiting::Answers(answers) => {
                answers.under_way -= 1;
                answers.wanted -= u32::from(counts);
                *answers
            }
            other => unreachable!("it waits for {other:?}"),
        }
    }

    /// It waits for no more of them.
    pub fn waits_no_more(&mut self, slot: Id<Visit>) {
        let rare = &mut self.all[slot].flags.rare;
        if rare.forks() {
            rare.0 &= !Rare::FORKS;
            self.waiting[slot] = Waiting::Nothing;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::table::Id;

    #[test]
    fn each_kind_of_wait_is_told_apart() {
        let mut visits = Visits::new();
        let slot = visits.add(Id::FIRST, Id::FIRST, Id::FIRST, 0);
        visits.wait_for_answers(slot, Answers { under_way: 3, wanted: 2 });
        assert!(visits[slot].flags.rare.forks());
        assert_eq!(visits.one_has_ended(slot, false), Answers { under_way: 2, wanted: 2 });
        assert_eq!(visits.one_has_ended(slot, true), Answers { under_way: 1, wanted: 1 });
        visits.waits_no_more(slot);
        assert!(!visits[slot].flags.rare.forks());
        visits.wait_in_pool_line(slot, Id::numbered(5), 7);
        assert_eq!((visits[slot].state, visits[slot].since), (State::InPoolLine, 7));
        assert_eq!(visits.leave_pool_line(slot), Id::numbered(5));
        assert_eq!(visits[slot].state, State::Going);
    }
}
