//! Requests in a chain that are followed. They have no visits: what they wait for is noted at
//! places of their own.

use super::World;
use super::chain::Chain;
use super::visit::{Visit, Visits};
use super::watch::Ended;
use crate::kernel::table::{Id, Table};
use crate::kernel::time::Time;
use crate::parts::outcome::Outcome;

#[derive(Clone, Debug, Default)]
pub(super) struct Places {
    /// The numbers of the requests, by place.
    ids: Table<Visit, u64>,
    free: Vec<Id<Visit>>,
}

impl Places {
    fn take(&mut self, id: u64) -> Id<Visit> {
        let place = self.free.pop().unwrap_or_else(|| self.ids.push(id));
        self.ids[place] = id;
        place
    }

    /// Requests keep the places that their visits have had.
    pub fn take_over(&mut self, visits: &Visits) {
        let is_free = |&place: &Id<Visit>| !visits[place].flags.followed;
        self.ids = visits.requests.iter().map(|request| request.id).collect();
        self.free = visits.all.ids().filter(is_free).collect();
    }
}

impl World {
    /// So many requests come that are not followed; they are taken as begun.
    pub(super) fn unfollowed_in_chain(&mut self, chain: &Chain) -> u64 {
        self.watch.take_unfollowed(chain.class)
    }

    /// A request begins: its place, if it is followed.
    #[inline(never)]
    pub(super) fn begin_in_chain(&mut self, chain: &mut Chain, now: Time) -> Option<Id<Visit>> {
        let id = self.watch.offered();
        let number = self.watch.follows(chain.class, id)?;
        let place = chain.places.take(id);
        self.watch.paths().begin(place, number, now);
        Some(place)
    }

    /// Some requests that were followed have left the last station.
    pub(super) fn end_in_chain(&mut self, chain: &mut Chain) {
        for passing in &chain.leaving {
            let Some(place) = passing.place else { continue };
            let id = chain.places.ids[place];
            let ended = Ended {
                id,
                class: chain.class,
                outcome: Outcome::Ok,
                attempts: 1,
                start: passing.began,
                at: passing.at,
            };
            self.note_end_of_path(place, &ended);
            self.watch.paths().forget(place);
            chain.places.free.push(place);
        }
    }

    /// The requests at these places have got these visits.
    pub(super) fn give_places_back(&mut self, chain: &mut Chain, moves: &[(Id<Visit>, Id<Visit>)]) {
        self.watch.paths().move_places(moves);
        for &(place, slot) in moves {
            self.visits.requests[slot].id = chain.places.ids[place];
            self.visits[slot].flags.followed = true;
        }
        chain.places = Places::default();
    }
}
