//! What caches hold.

use crate::kernel::random::{Generator, uniform};
use crate::kernel::table::{Id, Table};
use crate::kernel::time::Time;
use crate::nodes::cache::Holds;
use crate::plan::{CachePlan, Plan, ids};

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
        object: Id<Entry>,
    },
    /// `cold`: there is room left for it.
    Nothing {
        object: Id<Entry>,
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
    entries: Table<Entry, Entry>,
    newest: Option<Id<Entry>>,
    oldest: Option<Id<Entry>>,
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
pub struct Entry {
    newer: Option<Id<Entry>>,
    older: Option<Id<Entry>>,
    held: bool,
    expires: Time,
}

const ABSENT: Entry = Entry { newer: None, older: None, held: false, expires: 0 };

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
    pub fn store(&mut self, cache: Id<ids::Cache>, object: Id<Entry>, now: Time) {
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
            entries: Table::filled(ABSENT, count as usize),
            newest: None,
            oldest: None,
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
        self.entries.iter_mut().for_each(|entry| *entry = ABSENT);
        (self.newest, self.oldest, self.held) = (None, None, 0);
    }

    /// Which object is asked for.
    fn object_at(&self, point: f64) -> Id<Entry> {
        let last = self.entries.len() - 1;
        Id::at(self.cumulated.partition_point(|&sum| sum <= point).min(last))
    }

    fn find(&self, object: Id<Entry>, now: Time) -> Found {
        let entry = self.entries[object];
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
    fn hold(&mut self, object: Id<Entry>, found: Found, now: Time) {
        let entry = self.entries[object];
        if self.capacity == 0 {
            return;
        }
        if entry.held {
            self.unlink(object);
        } else if self.held == self.capacity {
            if let Some(oldest) = self.oldest {
                self.unlink(oldest);
                self.entries[oldest].held = false;
            }
        } else {
            self.held += 1;
        }
        self.entries[object].held = true;
        if found != Found::Fresh {
            self.entries[object].expires = now.saturating_add(self.ttl);
        }
        self.link_newest(object);
    }

    fn unlink(&mut self, object: Id<Entry>) {
        let Entry { newer, older, .. } = self.entries[object];
        match newer {
            None => self.newest = older,
            Some(newer) => self.entries[newer].older = older,
        }
        match older {
            None => self.oldest = newer,
            Some(older) => self.entries[older].newer = newer,
        }
    }

    fn link_newest(&mut self, object: Id<Entry>) {
        let next = self.newest.replace(object);
        let entry = &mut self.entries[object];
        (entry.newer, entry.older) = (None, next);
        match next {
            None => self.oldest = Some(object),
            Some(next) => self.entries[next].newer = Some(object),
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
