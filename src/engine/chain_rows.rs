//! Rows of requests in a chain, which have no visits: they are put together at places of
//! their own.

use super::Simulation;
use super::chain::Chain;
use super::rows::RowKeeper;
use super::visit::{Request, State, Visits};
use crate::parts::outcome::Outcome;

#[derive(Debug, Default)]
pub(super) struct Places {
    /// The numbers of the requests, by place.
    ids: Vec<u64>,
    free: Vec<u32>,
}

impl Places {
    /// A request begins; where?
    pub fn begin(&mut self, rows: &mut RowKeeper, id: u64) -> u32 {
        let place = self.free.pop().unwrap_or_else(|| {
            self.ids.push(id);
            self.ids.len() as u32 - 1
        });
        self.ids[place as usize] = id;
        rows.begin(place);
        place
    }

    /// Requests keep the places that their visits have had.
    pub fn take_over(&mut self, visits: &Visits) {
        let is_free = |&place: &u32| visits.all[place as usize].state == State::Free;
        self.ids = visits.requests.iter().map(|request| request.id).collect();
        self.free = (0..visits.all.len() as u32).filter(is_free).collect();
    }
}

impl Simulation<'_> {
    /// Those who have left the last station become rows.
    pub(super) fn write_rows(&mut self, chain: &mut Chain) {
        for passing in &chain.coming {
            let id = chain.places.ids[passing.place as usize];
            let request = Request { start: passing.began, id, attempts: 1, ..Request::default() };
            let during = self.incident_since(passing.began);
            self.rows.end(passing.place, request, chain.class, Outcome::Ok, (passing.at, during));
            chain.places.free.push(passing.place);
        }
    }

    /// The requests at these places have got these visits.
    pub(super) fn give_places_back(&mut self, chain: &mut Chain, moves: &[(u32, u32)]) {
        self.rows.move_places(moves);
        for &(place, slot) in moves {
            self.visits.requests[slot as usize].id = chain.places.ids[place as usize];
        }
        chain.places = Places::default();
    }
}
