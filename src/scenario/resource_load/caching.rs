//! What share of look-ups a cache misses that holds objects of Zipf's popularity.
//!
//! Who leaves first is the object that was not asked for the longest. By Che's approximation (Che,
//! Tung and Wang, 2002) an object stays for the same time after each look-up, whichever it is: as long
//! as it takes until as many others have been asked for as fit. An object with a time to live hits
//! until that is over, and no look-up makes it longer, so that after each miss there are so many hits
//! as there are look-ups before it expires, unless it is dropped before. Look-ups are taken to come
//! independently of each other: a request that looks up several objects at once finds more of them
//! than that where little is held.

use crate::kernel::time::to_seconds;
use crate::nodes::NodeKind;
use crate::nodes::cache::Holds;
use crate::scenario::model::Node;
use libm::{expm1, log, pow};

/// One replica of a cache.
#[derive(Clone, Debug)]
pub struct ObjectCache {
    objects: Vec<Alike>,
    /// After so many look-ups of whatever object one is dropped that was not asked for meanwhile.
    stays: f64,
    ttl_seconds: f64,
}

/// Objects of nearly the same popularity.
#[derive(Clone, Copy, Debug)]
struct Alike {
    count: f64,
    /// The chance that a look-up is for a certain one of them.
    chance: f64,
}

/// The most popular objects are looked at one by one; of those behind them, blocks of which the last
/// is less than 2 % further down than the first are taken for alike.
const ONE_BY_ONE: u32 = 256;
const BLOCK: u32 = 64;
/// Above this many look-ups of an object while it stays it is never dropped.
const NEVER_DROPPED: f64 = 50.0;

impl ObjectCache {
    /// `None` where the share is given, and of all that is no cache.
    pub fn of(node: &Node) -> Option<ObjectCache> {
        let NodeKind::Cache(cache) = &node.kind else { return None };
        let Holds::Objects { count, exponent, capacity, ttl } = cache.holds else { return None };
        let objects = popularity(count, exponent);
        let stays = match capacity {
            Some(capacity) if capacity < count => look_ups_until_full(&objects, f64::from(capacity)),
            _ => f64::INFINITY,
        };
        Some(ObjectCache { objects, stays, ttl_seconds: ttl.map_or(f64::INFINITY, to_seconds) })
    }

    /// Without a time to live it makes no difference how fast look-ups come.
    pub fn depends_on_load(&self) -> bool {
        self.ttl_seconds.is_finite()
    }

    /// In the long run, at so many look-ups per second.
    pub fn miss_share(&self, look_ups_per_second: f64) -> f64 {
        // So many come during a time to live.
        let lives = match self.ttl_seconds {
            ttl if ttl.is_finite() => ttl * look_ups_per_second,
            endless => endless,
        };
        let miss = |objects: &Alike| {
            let hits = hits_after_miss(objects.chance * lives, objects.chance * self.stays);
            objects.count * objects.chance / (1.0 + hits)
        };
        self.objects.iter().map(miss).sum::<f64>().clamp(0.0, 1.0)
    }
}

/// Of an object that is asked for so often on average while it lives, and before it would be dropped:
/// how many look-ups hit between two misses.
fn hits_after_miss(lives: f64, stays: f64) -> f64 {
    if lives <= stays || stays > NEVER_DROPPED {
        return lives;
    }
    // Without any end of its life it would be found until it is dropped for the first time. From then
    // on what is left of that wears off evenly: that misses the share of hits by half a point at most.
    let ever = expm1(stays);
    let later = ever - stays;
    if later <= 0.0 || lives == f64::INFINITY {
        return ever;
    }
    let wears_off = -expm1(-stays) / later;
    stays + later * -expm1(-wears_off * (lives - stays))
}

/// Zipf's law: the weight of the i-th is 1/i^exponent.
fn popularity(count: u32, exponent: f64) -> Vec<Alike> {
    let mut objects: Vec<Alike> = (1..=count.min(ONE_BY_ONE))
        .map(|rank| Alike { count: 1.0, chance: pow(f64::from(rank), -exponent) })
        .collect();
    let mut first = u64::from(ONE_BY_ONE) + 1;
    while first <= u64::from(count) {
        let behind = (first + (first / u64::from(BLOCK)).max(1)).min(u64::from(count) + 1);
        let weight = weight_between(first as f64 - 0.5, behind as f64 - 0.5, exponent);
        let number = (behind - first) as f64;
        objects.push(Alike { count: number, chance: weight / number });
        first = behind;
    }
    let sum: f64 = objects.iter().map(|objects| objects.count * objects.chance).sum();
    objects.iter_mut().for_each(|objects| objects.chance /= sum);
    objects
}

/// The integral of x^-exponent.
fn weight_between(from: f64, to: f64, exponent: f64) -> f64 {
    let (power, ratio) = (1.0 - exponent, log(to / from));
    match power * ratio {
        small if small.abs() < 1e-12 => pow(from, power) * ratio,
        grown => pow(from, power) * expm1(grown) / power,
    }
}

/// After how many look-ups so many different objects have been asked for on average.
fn look_ups_until_full(objects: &[Alike], capacity: f64) -> f64 {
    let seen = |look_ups: f64| -> f64 {
        objects.iter().map(|objects| objects.count * -expm1(-objects.chance * look_ups)).sum()
    };
    let (mut low, mut high) = (0.0, capacity);
    while seen(high) < capacity && high < f64::MAX / 4.0 {
        (low, high) = (high, high * 2.0);
    }
    for _ in 0..200 {
        let middle = 0.5 * (low + high);
        if middle <= low || middle >= high {
            break;
        }
        if seen(middle) < capacity { low = middle } else { high = middle }
    }
    high
}

#[cfg(test)]
mod tests {
    use super::*;
    use libm::exp;

    fn cache(count: u32, exponent: f64, capacity: Option<u32>, ttl_seconds: f64) -> ObjectCache {
        let objects = popularity(count, exponent);
        let stays =
            capacity.map_or(f64::INFINITY, |capacity| look_ups_until_full(&objects, f64::from(capacity)));
        ObjectCache { objects, stays, ttl_seconds }
    }

    fn near(value: f64, expected: f64, by: f64) {
        assert!((value - expected).abs() <= by, "{value} is not {expected}");
    }

    #[test]
    fn a_name_that_expires_hits_as_often_as_renewal_theory_says() {
        near(cache(1, 1.0, None, 60.0).miss_share(0.05), 0.25, 1e-12);
        near(cache(1, 1.0, None, 60.0).miss_share(0.0), 1.0, 1e-12);
        // Two names that are asked for alike.
        near(cache(2, 0.0, None, 60.0).miss_share(0.1), 0.25, 1e-12);
        assert_eq!(cache(100, 1.0, None, f64::INFINITY).miss_share(5.0), 0.0);
    }

    #[test]
    fn the_least_recently_used_are_dropped_as_che_approximates() {
        // The figure that Che's approximation gives in scenarios/theory/e05-lru-cache.yaml.
        near(1.0 - cache(7, 1.0, Some(3), f64::INFINITY).miss_share(100.0), 0.5772, 5e-5);
        // Of objects that are alike, as many are found as fit.
        near(cache(50, 0.0, Some(5), f64::INFINITY).miss_share(1.0), 0.9, 1e-9);
    }

    #[test]
    fn what_is_dropped_early_expires_rarely_and_the_other_way_round() {
        for (lives, stays) in [(0.5, 40.0), (3.0, 3.0), (3.0, 60.0)] {
            near(hits_after_miss(lives, stays), lives, 1e-12);
        }
        near(hits_after_miss(f64::INFINITY, 0.7), expm1(0.7), 1e-12);
        near(hits_after_miss(1e9, 0.7), expm1(0.7), 1e-9);
        // Between one and two times of staying the renewal equation has a solution in closed form:
        // hits come at a rate of 1 - e^-s - (t - s) e^-s.
        let (stays, lives) = (1.0, 1.9);
        let over = lives - stays;
        let expected = stays + (1.0 - exp(-stays)) * over - exp(-stays) * over * over / 2.0;
        near(hits_after_miss(lives, stays), expected, 0.02 * expected);
    }

    #[test]
    fn millions_of_objects_weigh_as_much_in_blocks_as_one_by_one() {
        for exponent in [0.0, 0.7, 1.0, 1.3, 40.0] {
            let weights = || (1..=2_000_000_u32).map(|rank| pow(f64::from(rank), -exponent));
            let sum: f64 = weights().sum();
            let blocks = popularity(2_000_000, exponent);
            near(blocks.iter().map(|objects| objects.count).sum(), 2e6, 0.0);
            let seen =
                |look_ups: f64| -> f64 { weights().map(|weight| -expm1(-weight / sum * look_ups)).sum() };
            let expected = seen(1e6);
            let found: f64 = blocks.iter().map(|objects| objects.count * -expm1(-objects.chance * 1e6)).sum();
            near(found / expected, 1.0, 1e-5);
        }
        assert!(popularity(10_000_000, 1.0).len() < 1_000);
    }
}
