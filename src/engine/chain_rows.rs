//! Requests in a chain that are followed. They have no visits: what they wait for is noted at
//! places of their own.

use super::World;
use super::chain::Chain;
use super::visit::Visits;
use super::watch::Ended;
use crate::kernel::time::Time;
use crate::parts::outcome::Outcome;
use crate::plan::NONE;

#[derive(Clone, Debug, Default)]
pub(super) struct Places {
    /// The numbers of the requests, by place.
    ids: Vec<u64>,
    free: Vec<u32>,
}

impl Places {
    fn take(&mut self, id: u64) -> u32 {
        let place = self.free.pop().unwrap_or_else(|| {
            self.ids.push(id);
            self.ids.len() as u32 - 1
        });
        self.ids[place as usize] = id;
        place
    }

    /// Requests keep the places that their visits have had.
    pub fn take_over(&mut self, visits: &Visits) {
        let is_free = |&place: &u32| !visits.all[place as usize].flags.followed;
        self.ids = visits.requests.iter().map(|request| request.id).collect();
        self.free = (0..visits.all.len() as u32).filter(is_free).collect();
    }
}

impl World {
    /// So many requests come that are not followed; they are taken as begun.
    pub(super) fn unfollowed_in_chain(&mut self, chain: &Chain) -> u64 {
        self.watch.take_unfollowed(chain.class)
    }

    /// A request begins: its place, or `NONE` if it is not followed.
    #[inline(never)]
    pub(super) fn begin_in_chain(&mut self, chain: &mut Chain, now: Time) -> u32 {
        let id = self.watch.offered();
        match self.watch.follows(chain.class, id) {
            None => NONE,
            Some(number) => {
                let place = chain.places.take(id);
                self.watch.paths().begin(place, number, now);
                place
            }
        }
    }

    /// Some requests that were followed have left the last station.
    pub(super) fn end_in_chain(&mut self, chain: &mut Chain) {
        for passing in &chain.leaving {
            let id = chain.places.ids[passing.place as usize];
            let ended = Ended {
                id,
                class: chain.class,
                outcome: Outcome::Ok,
                attempts: 1,
                start: passing.began,
                at: passing.at,
            };
            self.note_end_of_path(passing.place, &ended);
            self.watch.paths().forget(passing.place);
            chain.places.free.push(passing.place);
        }
    }

    /// The requests at these places have got these visits.
    pub(super) fn give_places_back(&mut self, chain: &mut Chain, moves: &[(u32, u32)]) {
        self.watch.paths().move_places(moves);
        for &(place, slot) in moves {
            self.visits.requests[slot as usize].id = chain.places.ids[place as usize];
            self.visits[slot].flags.followed = true;
        }
        chain.places = Places::default();
    }
}
