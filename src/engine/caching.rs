//! What caches hold.

use super::World;
use crate::kernel::random::{Generator, uniform};
use crate::kernel::time::Time;
use crate::nodes::cache::Holds;
use crate::plan::{CachePlan, NONE, Plan};

/// One replica of a cache.
#[derive(Clone, Debug)]
pub enum CacheState {
    Ratio(f64),
    Objects(Objects),
}

/// Objects by popularity, with those held in a list from the most to the least recently used.
#[derive(Clone, Debug)]
pub struct Objects {
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
pub enum Found {
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

impl CacheState {
    pub fn new(plan: &CachePlan) -> Self {
        match plan.holds {
            Holds::Ratio(ratio) => CacheState::Ratio(ratio),
            Holds::Objects { count, exponent, capacity, ttl } => {
                CacheState::Objects(Objects::new(count, exponent, capacity, ttl))
            }
        }
    }

    /// Everything that was held is lost. A cache of which only the hit ratio is known has
    /// nothing to lose.
    pub fn clear(&mut self) {
        if let CacheState::Objects(objects) = self {
            objects.entries.fill(ABSENT);
            (objects.newest, objects.oldest, objects.held) = (NONE, NONE, 0);
        }
    }

    /// How many objects it holds.
    fn held(&self) -> u32 {
        match self {
            CacheState::Ratio(_) => 0,
            CacheState::Objects(objects) => objects.held,
        }
    }

    /// Asks for one object; a miss fetches it at once.
    fn hits(&mut self, generator: &mut Generator, now: Time) -> bool {
        let point = uniform(generator);
        match self {
            CacheState::Ratio(ratio) => point < *ratio,
            CacheState::Objects(objects) => objects.ask(point, now),
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

    fn ask(&mut self, point: f64, now: Time) -> bool {
        let object = self.object_at(point);
        let hit = self.find(object, now) == Found::Fresh;
        self.hold(object, hit, now);
        hit
    }

    /// Which object is asked for.
    pub fn object_at(&self, point: f64) -> u32 {
        let last = self.entries.len() - 1;
        self.cumulated.partition_point(|&sum| sum <= point).min(last) as u32
    }

    pub fn find(&self, object: u32, now: Time) -> Found {
        let entry = self.entries[object as usize];
        match entry.held && self.capacity > 0 {
            true if now < entry.expires => Found::Fresh,
            true => Found::Stale,
            false => Found::Nothing,
        }
    }

    /// Whether there is room left: it has not been full since it was empty.
    pub fn is_filling(&self) -> bool {
        self.held < self.capacity
    }

    /// The object was used last. It lives on as before if it was a hit, and anew otherwise.
    pub fn hold(&mut self, object: u32, hit: bool, now: Time) {
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
        if !hit {
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

impl World {
    /// Asks the cache at which the visit stands; returns how many steps it leaves out.
    pub(super) fn look_up(&mut self, plan: &Plan, slot: u32, lookup: u32) -> u32 {
        let lookup_plan = &plan.lookups[lookup as usize];
        if plan.caches[lookup_plan.first_cache as usize].uses_stale {
            return self.look_up_with_stale(plan, slot, lookup_plan);
        }
        let instance = self.visits[slot].instance;
        let number = (lookup_plan.first_cache + (instance - lookup_plan.first_instance)) as usize;
        let generator = &mut self.chance.dice[plan.caches[number].die as usize];
        let held = self.site.caches[number].held();
        let hit = self.site.caches[number].hits(generator, self.clockwork.now);
        // It holds more only if it had room for what it had never had.
        let is_cold = self.site.caches[number].held() > held;
        let counts = &mut self.site.nodes[instance as usize].counts;
        counts.lookups += 1;
        counts.hits += u64::from(hit);
        if is_cold {
            self.meets_cold_cache(plan, slot);
        }
        if hit { lookup_plan.skip } else { 0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_recently_used_object_leaves_first() {
        let mut objects = Objects::new(3, 0.0, Some(2), None);
        let mut ask = |object: u32| objects.ask((f64::from(object) + 0.5) / 3.0, 0);
        assert_eq!([0, 1, 0, 2, 0, 1].map(&mut ask), [false, false, true, false, true, false]);
    }

    #[test]
    fn a_cache_is_cold_until_it_has_been_full() {
        let mut cache = CacheState::Objects(Objects::new(3, 0.0, Some(2), None));
        let ask = |cache: &mut CacheState, object: u32| {
            let CacheState::Objects(objects) = cache else { panic!("objects") };
            let before = objects.held;
            objects.ask((f64::from(object) + 0.5) / 3.0, 0);
            cache.held() > before
        };
        assert_eq!([0, 0, 1, 2, 0].map(|object| ask(&mut cache, object)), [true, false, true, false, false]);
        cache.clear();
        assert_eq!([2, 2, 0, 1].map(|object| ask(&mut cache, object)), [true, false, true, false]);
    }

    #[test]
    fn a_hit_does_not_extend_the_time_to_live() {
        let mut objects = Objects::new(1, 1.0, None, Some(60));
        assert_eq!(
            [0, 30, 59, 60, 100, 120].map(|now| objects.ask(0.5, now)),
            [false, true, true, false, true, false]
        );
    }
}
