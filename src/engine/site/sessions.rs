//! What visits hold until they are done: connections, places at peers, objects of a cache.

use super::caches::Entry;
use super::pools::PlaceAtPeer;
use crate::kernel::table::{Id, Table};
use crate::plan::ids::{Instance, Pool};

/// Lists through a slab. Of each list its owner keeps the first.
#[derive(Clone, Debug, Default)]
pub struct Sessions {
    all: Table<Session, Session>,
    free: Vec<Id<Session>>,
}

#[derive(Clone, Copy, Debug)]
pub struct Session {
    holds: Holds,
    next: Option<Id<Session>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holds {
    /// A connection at this instance of a database.
    Connection(Id<Instance>),
    /// A place in this pool of the caller's.
    Pool(Id<Pool>),
    /// A place for a call to one of the caller's peers.
    Peer(PlaceAtPeer),
    /// An object that it fetches into a cache.
    Object(Id<Entry>),
}

impl Sessions {
    /// A list has one more, as its first.
    pub fn add(&mut self, first: &mut Option<Id<Session>>, holds: Holds) {
        let session = Session { holds, next: *first };
        if let Some(place) = self.free.pop() {
            self.all[place] = session;
            *first = Some(place);
            return;
        }
        *first = Some(self.all.push(session));
    }

    /// Takes the first out of a list.
    pub fn take_first(&mut self, first: &mut Option<Id<Session>>) -> Option<Holds> {
        let place = (*first)?;
        let session = self.all[place];
        self.free.push(place);
        *first = session.next;
        Some(session.holds)
    }

    /// Takes one of a list's sessions out of it, if it is there.
    pub fn take_out(&mut self, first: &mut Option<Id<Session>>, wanted: Holds) -> bool {
        let mut before: Option<Id<Session>> = None;
        let mut next = *first;
        while let Some(place) = next {
            let session = self.all[place];
            if session.holds == wanted {
                match before {
                    None => *first = session.next,
                    Some(before) => self.all[before].next = session.next,
                }
                self.free.push(place);
                return true;
            }
            (before, next) = (Some(place), session.next);
        }
        false
    }

    fn list(&self, first: Option<Id<Session>>) -> impl Iterator<Item = Holds> {
        let at = |place: Option<Id<Session>>| self.all.get(place?);
        std::iter::successors(at(first), move |session| at(session.next)).map(|session| session.holds)
    }

    /// The instances to which a list has connections.
    pub fn connections(&self, first: Option<Id<Session>>) -> impl Iterator<Item = Id<Instance>> {
        self.list(first).filter_map(|holds| match holds {
            Holds::Connection(instance) => Some(instance),
            Holds::Pool(_) | Holds::Peer(_) | Holds::Object(_) => None,
        })
    }

    /// The object that is being fetched, if one is.
    pub fn object(&self, first: Option<Id<Session>>) -> Option<Id<Entry>> {
        self.list(first).find_map(|holds| match holds {
            Holds::Object(object) => Some(object),
            Holds::Connection(_) | Holds::Pool(_) | Holds::Peer(_) => None,
        })
    }

    /// The place that a list has got last at one of the peers of a pool.
    pub fn place_at_peer(&self, first: Option<Id<Session>>, together: Id<Pool>) -> Option<PlaceAtPeer> {
        self.list(first).find_map(|holds| match holds {
            Holds::Peer(place) if place.together == together => Some(place),
            Holds::Connection(_) | Holds::Pool(_) | Holds::Peer(_) | Holds::Object(_) => None,
        })
    }

    pub fn holds(&self, first: Option<Id<Session>>, wanted: Holds) -> bool {
        let mut next = first;
        while let Some(place) = next {
            let session = self.all[place];
            if session.holds == wanted {
                return true;
            }
            next = session.next;
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
        let (mut one, mut other) = (None, None);
        for instance in 0..3 {
            sessions.add(&mut one, Holds::Connection(Id::numbered(instance)));
        }
        sessions.add(&mut other, Holds::Object(Id::numbered(7)));
        assert!(sessions.take_out(&mut one, Holds::Connection(Id::numbered(1))));
        assert!(!sessions.take_out(&mut one, Holds::Connection(Id::numbered(1))));
        sessions.add(&mut other, Holds::Connection(Id::numbered(4)));
        assert_eq!(sessions.all.len(), 4);
        assert_eq!(sessions.connections(one).map(Id::number).collect::<Vec<_>>(), [2, 0]);
        assert_eq!((sessions.object(one), sessions.object(other)), (None, Some(Id::numbered(7))));
        assert_eq!(sessions.take_first(&mut one), Some(Holds::Connection(Id::numbered(2))));
        assert_eq!(sessions.take_first(&mut one), Some(Holds::Connection(Id::FIRST)));
        assert_eq!((sessions.take_first(&mut one), one), (None, None));
    }
}
