//! Requests in a chain that are followed. They have no visits: what they wait for is noted at
//! places of their own.

use super::World;
use super::chain::Chain;
use super::path_notes::NOT_FOLLOWED;
use super::visit::{Request, Visits};
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
        if self.watch.follows_more { 0 } else { self.watch.sample.take_unfollowed(chain.class) }
    }

    /// A request begins: its place, or `NONE` if it is not followed.
    #[inline(never)]
    pub(super) fn begin_in_chain(&mut self, chain: &mut Chain, now: Time) -> u32 {
        let id = self.watch.offered();
        match self.follow_number(chain.class, id) {
            NOT_FOLLOWED => NONE,
            number => {
                let place = chain.places.take(id);
                self.watch.paths.begin(place, number, now);
                place
            }
        }
    }

    /// Some requests that were followed have left the last station.
    pub(super) fn end_in_chain(&mut self, chain: &mut Chain) {
        for passing in &chain.leaving {
            let id = chain.places.ids[passing.place as usize];
            let request = Request { start: passing.began, id, attempts: 1, ..Request::default() };
            self.end_path(passing.place, request, (chain.class, Outcome::Ok), passing.at);
            self.watch.paths.forget(passing.place);
            chain.places.free.push(passing.place);
        }
    }

    /// The requests at these places have got these visits.
    pub(super) fn give_places_back(&mut self, chain: &mut Chain, moves: &[(u32, u32)]) {
        self.watch.paths.move_places(moves);
        for &(place, slot) in moves {
            self.visits.requests[slot as usize].id = chain.places.ids[place as usize];
            self.visits[slot].flags.followed = true;
        }
        chain.places = Places::default();
    }
}
