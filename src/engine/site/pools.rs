//! Pools: database connections of a replica of a caller, or places for its calls, and the lines of
//! those who wait for one.
//!
//! Places at peers are pools that stand in a row: one for all peers together, in whose line stand
//! those who may go to any of them, and one for each peer, with the line of those who may go to
//! nobody else.

use super::waits::{Reading, Waits};
use crate::engine::site::lists::{append, unlink};
use crate::engine::visit::{Visit, Visits};
use crate::kernel::table::{Id, Table};
use crate::kernel::time::Time;
use crate::plan::{Plan, PoolPlan, ids};

/// All pools of all replicas of callers.
#[derive(Clone, Debug)]
pub struct Pools {
    all: Table<ids::Pool, Pool>,
}

/// A place for a call to one of a caller's peers: in the pool of that peer, and in that of all
/// together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlaceAtPeer {
    pub together: Id<ids::Pool>,
    pub member: u32,
}

#[derive(Clone, Debug)]
struct Pool {
    busy: u32,
    size: u32,
    /// How long anybody waits at most.
    patience: Time,
    head: Option<Id<Visit>>,
    tail: Option<Id<Visit>>,
    /// How many may stand in its line.
    line_limit: u32,
    /// How many are in use, over time, and for how long all were; as areas of nodes.
    in_use_area: u64,
    full_area: u64,
    waits: Waits,
}

/// How many have been in use over time, and for how long all were; both wrap around.
#[derive(Clone, Copy, Debug)]
pub struct Held {
    pub in_use: u64,
    pub full: u64,
}

impl PlaceAtPeer {
    /// The pool of this very peer.
    pub fn pool(self) -> Id<ids::Pool> {
        self.together.plus(1 + self.member)
    }
}

impl Pools {
    pub fn new(plan: &Plan) -> Pools {
        let of_caller = |pool: &PoolPlan| {
            let mut places = vec![Pool::new(pool, pool.size.saturating_mul(pool.peers.max(1)))];
            places.resize(1 + pool.peers as usize, Pool::new(pool, pool.size));
            places
        };
        let of_all = plan.pools.iter().flat_map(|pool| (0..pool.callers).flat_map(move |_| of_caller(pool)));
        Pools { all: of_all.collect() }
    }

    #[inline(always)]
    fn at(&mut self, pool: Id<ids::Pool>) -> &mut Pool {
        &mut self.all[pool]
    }

    /// Whether one is free.
    pub fn has_room(&self, pool: Id<ids::Pool>) -> bool {
        let pool = &self.all[pool];
        pool.busy < pool.size
    }

    pub fn has_room_at(&self, place: PlaceAtPeer) -> bool {
        self.has_room(place.pool())
    }

    /// Takes one if one is free, and says so.
    pub fn take(&mut self, pool: Id<ids::Pool>, now: Time) -> bool {
        let has_room = self.has_room(pool);
        if has_room {
            self.at(pool).waits.takes_at_once();
            self.at(pool).occupy(now);
        }
        has_room
    }

    /// A place at a peer that is free, for somebody who comes just now.
    pub fn take_at(&mut self, place: PlaceAtPeer, now: Time) {
        self.at(place.pool()).waits.takes_at_once();
        self.occupy_at(place, now);
    }

    /// The same for somebody who has waited for it in some line.
    pub fn occupy_at(&mut self, place: PlaceAtPeer, now: Time) {
        self.at(place.together).occupy(now);
        self.at(place.pool()).occupy(now);
    }

    /// One is free, and nobody gets it.
    pub fn give_back(&mut self, pool: Id<ids::Pool>, now: Time) {
        self.at(pool).give_back(now);
    }

    pub fn give_back_at(&mut self, place: PlaceAtPeer, now: Time) {
        self.give_back(place.pool(), now);
        self.give_back(place.together, now);
    }

    /// Who has waited longest.
    pub fn first_in_line(&self, pool: Id<ids::Pool>) -> Option<Id<Visit>> {
        self.all[pool].head
    }

    pub fn somebody_waits(&self, pool: Id<ids::Pool>) -> bool {
        self.all[pool].waits.waiting() > 0
    }

    /// Whether there is a place in its line for one more; whoever finds none is turned away.
    pub fn admits_to_line(&mut self, pool: Id<ids::Pool>) -> bool {
        let pool = self.at(pool);
        let admits = pool.waits.waiting() < pool.line_limit;
        if !admits {
            pool.waits.turns_away();
        }
        admits
    }

    /// Somebody stands in its line from now on. Returns how long he will wait at most.
    pub fn join_line(
        &mut self,
        pool: Id<ids::Pool>,
        visits: &mut Visits,
        slot: Id<Visit>,
        now: Time,
    ) -> Time {
        let pool = self.at(pool);
        append(visits, &mut pool.head, &mut pool.tail, slot);
        pool.waits.joins(now);
        pool.patience
    }

    /// Somebody in its line gets what he has waited for so long.
    pub fn serve(
        &mut self,
        pool: Id<ids::Pool>,
        visits: &mut Visits,
        slot: Id<Visit>,
        waited: Time,
        now: Time,
    ) {
        let pool = self.at(pool);
        unlink(visits, &mut pool.head, &mut pool.tail, slot);
        pool.waits.served(waited, now);
    }

    /// Somebody leaves its line after so long without having got anything.
    pub fn leave_line(
        &mut self,
        pool: Id<ids::Pool>,
        visits: &mut Visits,
        slot: Id<Visit>,
        waited: Time,
        now: Time,
    ) {
        let pool = self.at(pool);
        unlink(visits, &mut pool.head, &mut pool.tail, slot);
        pool.waits.leaves(waited, now);
    }

    /// How long anybody waits in its line at most.
    pub fn patience(&self, pool: Id<ids::Pool>) -> Time {
        self.all[pool].patience
    }

    /// How it has been used up to now.
    pub fn held(&self, pool: Id<ids::Pool>, now: Time) -> Held {
        self.all[pool].held(now)
    }

    /// Who has waited for it up to now.
    pub fn read_waits(&mut self, pool: Id<ids::Pool>, now: Time) -> Reading {
        self.at(pool).waits.read(now)
    }
}

impl Pool {
    fn new(pool: &PoolPlan, size: u32) -> Pool {
        Pool {
            busy: 0,
            size,
            patience: pool.wait,
            head: None,
            tail: None,
            line_limit: pool.line,
            in_use_area: 0,
            full_area: 0,
            waits: Waits::default(),
        }
    }

    fn occupy(&mut self, now: Time) {
        self.busy += 1;
        self.in_use_area = self.in_use_area.wrapping_sub(now);
        if self.busy == self.size {
            self.full_area = self.full_area.wrapping_sub(now);
        }
    }

    fn give_back(&mut self, now: Time) {
        if self.busy == self.size {
            self.full_area = self.full_area.wrapping_add(now);
        }
        self.busy -= 1;
        self.in_use_area = self.in_use_area.wrapping_add(now);
    }

    fn held(&self, now: Time) -> Held {
        let is_full = self.busy >= self.size && self.size > 0;
        let busy = now.wrapping_mul(u64::from(self.busy));
        Held {
            in_use: self.in_use_area.wrapping_add(busy),
            full: self.full_area.wrapping_add(if is_full { now } else { 0 }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::table::Id;

    #[test]
    fn what_is_taken_and_given_back_is_in_use_meanwhile() {
        let pool = Pool { size: 2, ..Pool::new(&plan(), 2) };
        let mut pools = Pools { all: Table::from(vec![pool]) };
        let pool = Id::FIRST;
        assert_eq!([10, 20, 30].map(|now| pools.take(pool, now)), [true, true, false]);
        pools.give_back(pool, 50);
        let held = pools.held(pool, 100);
        assert_eq!((held.in_use, held.full), (90 + 30, 30));
        assert!(pools.take(pool, 100), "one is free again");
    }

    #[test]
    fn a_line_has_so_many_places_and_counts_those_whom_it_turns_away() {
        let mut pools = Pools { all: Table::from(vec![Pool::new(&plan(), 0)]) };
        let pool = Id::FIRST;
        let mut visits = Visits::new();
        let [first, second] = [Id::FIRST, Id::FIRST].map(|step| visits.add(Id::FIRST, step, Id::FIRST, 0));
        assert!(pools.admits_to_line(pool));
        pools.join_line(pool, &mut visits, first, 5);
        assert!(!pools.admits_to_line(pool));
        pools.leave_line(pool, &mut visits, first, 2, 7);
        assert_eq!(pools.first_in_line(pool), None);
        pools.join_line(pool, &mut visits, second, 9);
        assert_eq!(pools.first_in_line(pool), Some(second));
        let counts = pools.read_waits(pool, 9).counts;
        assert_eq!((counts.turned_away, counts.left, counts.left_time), (1, 1, 2));
    }

    fn plan() -> PoolPlan {
        use crate::parts::resource::{Party, ResourceKind};
        PoolPlan {
            kind: ResourceKind::Pool,
            from: Party::Node(0),
            to: Party::Node(0),
            first: Id::FIRST,
            first_instance: Id::FIRST,
            size: 0,
            wait: 0,
            callers: 1,
            line: 1,
            peers: 0,
        }
    }
}
