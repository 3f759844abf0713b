//! What visits hold until they are done: connections, places at peers, objects of a cache.

use crate::plan::NONE;

/// Connections that visits hold until they are done, in lists through a slab.
#[derive(Clone, Debug, Default)]
pub struct Sessions {
    pub all: Vec<Session>,
    free: Vec<u32>,
}

#[derive(Clone, Copy, Debug)]
pub struct Session {
    pub holds: Holds,
    pub next: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holds {
    /// A connection at this instance of a database.
    Connection(u32),
    /// A place in this pool of the caller's.
    Pool(u32),
    /// A place for a call to one of the caller's peers, in the pool of that peer and in that of all
    /// together.
    Peer { together: u32, member: u32 },
    /// An object that it fetches into a cache.
    Object(u32),
}

impl Sessions {
    pub fn add(&mut self, session: Session) -> u32 {
        if let Some(place) = self.free.pop() {
            self.all[place as usize] = session;
            return place;
        }
        self.all.push(session);
        self.all.len() as u32 - 1
    }

    pub fn remove(&mut self, place: u32) -> Session {
        self.free.push(place);
        self.all[place as usize]
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
                self.remove(place);
                return true;
            }
            (before, place) = (place, session.next);
        }
        false
    }

    /// The instances to which a list has connections.
    pub fn connections(&self, first: u32) -> impl Iterator<Item = u32> {
        let sessions = std::iter::successors(self.all.get(first as usize), |session| {
            self.all.get(session.next as usize)
        });
        sessions.filter_map(|session| match session.holds {
            Holds::Connection(instance) => Some(instance),
            Holds::Pool(_) | Holds::Peer { .. } | Holds::Object(_) => None,
        })
    }

    /// The object that is being fetched, if one is.
    pub fn object(&self, first: u32) -> Option<u32> {
        let mut place = first;
        while place != NONE {
            let session = self.all[place as usize];
            if let Holds::Object(object) = session.holds {
                return Some(object);
            }
            place = session.next;
        }
        None
    }

    /// The peer of those of a pool at which a list has got a place last.
    pub fn place_at_peer(&self, first: u32, wanted: u32) -> Option<u32> {
        let mut place = first;
        while place != NONE {
            let session = self.all[place as usize];
            match session.holds {
                Holds::Peer { together, member } if together == wanted => return Some(member),
                _ => place = session.next,
            }
        }
        None
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
