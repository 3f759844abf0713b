//! What visits hold until they are done: connections, places at peers, objects of a cache.

use super::pools::{PlaceAtPeer, PoolHandle};
use crate::kernel::table::Id;
use crate::plan::NONE;
use crate::plan::ids::Instance;

/// Lists through a slab. Of each list its owner keeps the first, or `NONE`.
#[derive(Clone, Debug, Default)]
pub struct Sessions {
    all: Vec<Session>,
    free: Vec<u32>,
}

#[derive(Clone, Copy, Debug)]
struct Session {
    holds: Holds,
    next: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holds {
    /// A connection at this instance of a database.
    Connection(Id<Instance>),
    /// A place in this pool of the caller's.
    Pool(PoolHandle),
    /// A place for a call to one of the caller's peers.
    Peer(PlaceAtPeer),
    /// An object that it fetches into a cache.
    Object(u32),
}

impl Sessions {
    /// A list has one more, as its first.
    pub fn add(&mut self, first: &mut u32, holds: Holds) {
        let session = Session { holds, next: *first };
        if let Some(place) = self.free.pop() {
            self.all[place as usize] = session;
            *first = place;
            return;
        }
        self.all.push(session);
        *first = self.all.len() as u32 - 1;
    }

    /// Takes the first out of a list.
    pub fn take_first(&mut self, first: &mut u32) -> Option<Holds> {
        if *first == NONE {
            return None;
        }
        let session = self.all[*first as usize];
        self.free.push(*first);
        *first = session.next;
        Some(session.holds)
    }

    /// Takes one of a list's sessions out of it, if it is there.
    pub fn take_out(&mut self, first: &mut u32, wanted: Holds) -> bool {
        let mut before = NONE;
        let mut place = *first;
        while place != NONE {
            let session = self.all[place as usize];
            if session.holds == wanted {
                match before {
                    NONE => *first = session.next,
                    before => self.all[before as usize].next = session.next,
                }
                self.free.push(place);
                return true;
            }
            (before, place) = (place, session.next);
        }
        false
    }

    fn list(&self, first: u32) -> impl Iterator<Item = Holds> {
        let at = |place: u32| self.all.get(place as usize);
        std::iter::successors(at(first), move |session| at(session.next)).map(|session| session.holds)
    }

    /// The instances to which a list has connections.
    pub fn connections(&self, first: u32) -> impl Iterator<Item = Id<Instance>> {
        self.list(first).filter_map(|holds| match holds {
            Holds::Connection(instance) => Some(instance),
            Holds::Pool(_) | Holds::Peer(_) | Holds::Object(_) => None,
        })
    }

    /// The object that is being fetched, if one is.
    pub fn object(&self, first: u32) -> Option<u32> {
        self.list(first).find_map(|holds| match holds {
            Holds::Object(object) => Some(object),
            Holds::Connection(_) | Holds::Pool(_) | Holds::Peer(_) => None,
        })
    }

    /// The place that a list has got last at one of the peers of a pool.
    pub fn place_at_peer(&self, first: u32, together: PoolHandle) -> Option<PlaceAtPeer> {
        self.list(first).find_map(|holds| match holds {
            Holds::Peer(place) if place.together == together => Some(place),
            Holds::Connection(_) | Holds::Pool(_) | Holds::Peer(_) | Holds::Object(_) => None,
        })
    }

    pub fn holds(&self, first: u32, wanted: Holds) -> bool {
        let mut place = first;
        while place != NONE {
            let session = self.all[place as usize];
            if session.holds == wanted {
                return true;
            }
            place = session.next;
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken_out_of_a_list_is_there_no_more_and_its_place_is_used_again() {
        let mut sessions = Sessions::default();
        let (mut one, mut other) = (NONE, NONE);
        for instance in 0..3 {
            sessions.add(&mut one, Holds::Connection(Id::numbered(instance)));
        }
        sessions.add(&mut other, Holds::Object(7));
        assert!(sessions.take_out(&mut one, Holds::Connection(Id::numbered(1))));
        assert!(!sessions.take_out(&mut one, Holds::Connection(Id::numbered(1))));
        sessions.add(&mut other, Holds::Connection(Id::numbered(4)));
        assert_eq!(sessions.all.len(), 4);
        assert_eq!(sessions.connections(one).map(Id::number).collect::<Vec<_>>(), [2, 0]);
        assert_eq!((sessions.object(one), sessions.object(other)), (None, Some(7)));
        assert_eq!(sessions.take_first(&mut one), Some(Holds::Connection(Id::numbered(2))));
        assert_eq!(sessions.take_first(&mut one), Some(Holds::Connection(Id::FIRST)));
        assert_eq!((sessions.take_first(&mut one), one), (None, NONE));
    }
}
