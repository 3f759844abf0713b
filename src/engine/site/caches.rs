//! What caches hold.

use crate::kernel::random::{Generator, uniform};
use crate::kernel::table::{Id, Table};
use crate::kernel::time::Time;
use crate::nodes::cache::Holds;
use crate::plan::ids;
use crate::plan::{CachePlan, NONE, Plan};

/// All replicas of all caches.
#[derive(Clone, Debug)]
pub struct Caches {
    all: Table<ids::Cache, Cache>,
}

#[derive(Clone, Debug)]
enum Cache {
    /// A share of all that is asked for.
    Ratio(f64),
    Objects(Objects),
}

/// What somebody gets who asks for an object that is fetched at once if it is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    Hit,
    /// It is fetched; `cold`: there was room left for it.
    Miss {
        cold: bool,
    },
}

/// What somebody gets who fetches himself what is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeptAnswer {
    Fresh,
    Expired {
        object: u32,
    },
    /// `cold`: there is room left for it.
    Nothing {
        object: u32,
        cold: bool,
    },
    /// Only a share of hits is known, which says nothing of objects; the scenario's check refuses it.
    Unknown,
}

/// Objects by popularity, with those held in a list from the most to the least recently used.
#[derive(Clone, Debug)]
struct Objects {
    /// The chance that an object at least as popular is asked for.
    cumulated: Vec<f64>,
    entries: Vec<Entry>,
    newest: u32,
    oldest: u32,
    held: u32,
    capacity: u32,
    ttl: Time,
}

/// What a cache has of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Found {
    Fresh,
    Stale,
    Nothing,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    newer: u32,
    older: u32,
    held: bool,
    expires: Time,
}

const ABSENT: Entry = Entry { newer: NONE, older: NONE, held: false, expires: 0 };

impl Caches {
    pub fn new(plan: &Plan) -> Caches {
        Caches { all: plan.caches.iter().map(Cache::new).collect() }
    }

    /// Asks a cache for one object.
    pub fn ask(&mut self, cache: Id<ids::Cache>, die: &mut Generator, now: Time) -> Answer {
        self.all[cache].ask(uniform(die), now)
    }

    /// Asks a cache that keeps what has expired.
    pub fn ask_for_kept(&mut self, cache: Id<ids::Cache>, die: &mut Generator, now: Time) -> KeptAnswer {
        let point = uniform(die);
        let Cache::Objects(objects) = &mut self.all[cache] else { return KeptAnswer::Unknown };
        let object = objects.object_at(point);
        match objects.find(object, now) {
            Found::Fresh => {
                objects.hold(object, Found::Fresh, now);
                KeptAnswer::Fresh
            }
            Found::Stale => KeptAnswer::Expired { object },
            Found::Nothing => KeptAnswer::Nothing { object, cold: objects.is_filling() },
        }
    }

    /// What was fetched is held from now on.
    pub fn store(&mut self, cache: Id<ids::Cache>, object: u32, now: Time) {
        if let Cache::Objects(objects) = &mut self.all[cache] {
            objects.hold(object, Found::Nothing, now);
        }
    }

    /// Everything that was held is lost. A cache of which only the hit ratio is known has
    /// nothing to lose.
    pub fn clear(&mut self, cache: Id<ids::Cache>) {
        if let Cache::Objects(objects) = &mut self.all[cache] {
            objects.clear();
        }
    }
}

impl Cache {
    fn new(plan: &CachePlan) -> Cache {
        match plan.holds {
            Holds::Ratio(ratio) => Cache::Ratio(ratio),
            Holds::Objects { count, exponent, capacity, ttl } => {
                Cache::Objects(Objects::new(count, exponent, capacity, ttl))
            }
        }
    }

    fn ask(&mut self, point: f64, now: Time) -> Answer {
        match self {
            Cache::Ratio(ratio) if point < *ratio => Answer::Hit,
            Cache::Ratio(_) => Answer::Miss { cold: false },
            Cache::Objects(objects) => objects.ask(point, now),
        }
    }
}

impl Objects {
    fn new(count: u32, exponent: f64, capacity: Option<u32>, ttl: Option<Time>) -> Self {
        let mut sum = 0.0;
        let mut cumulated: Vec<f64> = (1..=count)
            .map(|rank| {
                sum += libm::pow(f64::from(rank), -exponent);
                sum
            })
            .collect();
        cumulated.iter_mut().for_each(|value| *value /= sum);
        Objects {
            cumulated,
            entries: vec![ABSENT; count as usize],
            newest: NONE,
            oldest: NONE,
            held: 0,
            capacity: capacity.unwrap_or(count).min(count),
            ttl: ttl.unwrap_or(Time::MAX),
        }
    }

    fn ask(&mut self, point: f64, now: Time) -> Answer {
        let object = self.object_at(point);
        let found = self.find(object, now);
        let held = self.held;
        self.hold(object, found, now);
        match found {
            Found::Fresh => Answer::Hit,
            // It holds more only if it had room for what it had never had.
            Found::Stale | Found::Nothing => Answer::Miss { cold: self.held > held },
        }
    }

    fn clear(&mut self) {
        self.entries.fill(ABSENT);
        (self.newest, self.oldest, self.held) = (NONE, NONE, 0);
    }

    /// Which object is asked for.
    fn object_at(&self, point: f64) -> u32 {
        let last = self.entries.len() - 1;
        self.cumulated.partition_point(|&sum| sum <= point).min(last) as u32
    }

    fn find(&self, object: u32, now: Time) -> Found {
        let entry = self.entries[object as usize];
        if !entry.held || self.capacity == 0 {
            Found::Nothing
        } else if now < entry.expires {
            Found::Fresh
        } else {
            Found::Stale
        }
    }

    /// Whether there is room left: it has not been full since it was empty.
    fn is_filling(&self) -> bool {
        self.held < self.capacity
    }

    /// The object was used last. It lives on as before if it was found fresh, and anew otherwise.
    fn hold(&mut self, object: u32, found: Found, now: Time) {
        let entry = self.entries[object as usize];
        if self.capacity == 0 {
            return;
        }
        if entry.held {
            self.unlink(object);
        } else if self.held == self.capacity {
            let oldest = self.oldest;
            self.unlink(oldest);
            self.entries[oldest as usize].held = false;
        } else {
            self.held += 1;
        }
        self.entries[object as usize].held = true;
        if found != Found::Fresh {
            self.entries[object as usize].expires = now.saturating_add(self.ttl);
        }
        self.link_newest(object);
    }

    fn unlink(&mut self, object: u32) {
        let Entry { newer, older, .. } = self.entries[object as usize];
        match newer {
            NONE => self.newest = older,
            newer => self.entries[newer as usize].older = older,
        }
        match older {
            NONE => self.oldest = newer,
            older => self.entries[older as usize].newer = newer,
        }
    }

    fn link_newest(&mut self, object: u32) {
        let next = std::mem::replace(&mut self.newest, object);
        let entry = &mut self.entries[object as usize];
        (entry.newer, entry.older) = (NONE, next);
        match next {
            NONE => self.oldest = object,
            next => self.entries[next as usize].newer = object,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HIT: Answer = Answer::Hit;
    const MISS: Answer = Answer::Miss { cold: false };
    const COLD: Answer = Answer::Miss { cold: true };

    fn point_of(object: u32) -> f64 {
        (f64::from(object) + 0.5) / 3.0
    }

    #[test]
    fn the_least_recently_used_object_leaves_first() {
        let mut objects = Objects::new(3, 0.0, Some(2), None);
        let mut ask = |object: u32| objects.ask(point_of(object), 0);
        assert_eq!([0, 1, 0, 2, 0, 1].map(&mut ask), [COLD, COLD, HIT, MISS, HIT, MISS]);
    }

    #[test]
    fn a_cache_is_cold_until_it_has_been_full() {
        let mut objects = Objects::new(3, 0.0, Some(2), None);
        let ask = |objects: &mut Objects, object: u32| objects.ask(point_of(object), 0);
        assert_eq!([0, 0, 1, 2, 0].map(|object| ask(&mut objects, object)), [COLD, HIT, COLD, MISS, MISS]);
        objects.clear();
        assert_eq!([2, 2, 0, 1].map(|object| ask(&mut objects, object)), [COLD, HIT, COLD, MISS]);
    }

    #[test]
    fn a_hit_does_not_extend_the_time_to_live() {
        let mut objects = Objects::new(1, 1.0, None, Some(60));
        assert_eq!(
            [0, 30, 59, 60, 100, 120].map(|now| objects.ask(0.5, now)),
            [COLD, HIT, HIT, MISS, HIT, MISS]
        );
    }
}
