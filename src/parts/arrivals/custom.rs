//! Arrivals as a program makes them: one gap after the other, each of which may depend on those
//! before it.

use super::process::LAST_INSTANT;
use crate::kernel::random::{Generator, StreamFamily};
use crate::kernel::time::{NEVER, Time, from_seconds};
use rand::Rng;
use std::fmt;
use std::sync::{Arc, OnceLock};

/// So many gaps are measured, to know the rate.
const GAPS_MEASURED: u32 = 100_000;

/// More arrivals at one instant are no batch; what makes them has got stuck, and ends.
const BATCH_MOST: u32 = 1_000_000;

/// What makes the gaps. Each run begins with a clone.
pub trait Gaps: Send + Sync {
    /// Seconds to the next arrival.
    fn next(&mut self, generator: &mut Generator) -> f64;

    fn cloned(&self) -> Box<dyn Gaps>;
}

impl<F: FnMut(&mut dyn Rng) -> f64 + Clone + Send + Sync + 'static> Gaps for F {
    fn next(&mut self, generator: &mut Generator) -> f64 {
        self(generator)
    }

    fn cloned(&self) -> Box<dyn Gaps> {
        Box::new(self.clone())
    }
}

/// A process under a name. Two are the same if they are clones of one another.
#[derive(Clone)]
pub struct CustomArrivals {
    name: Arc<str>,
    start: Arc<dyn Gaps>,
    mean_rate: Arc<OnceLock<f64>>,
}

impl CustomArrivals {
    pub fn new(name: &str, gaps: impl Gaps + 'static) -> CustomArrivals {
        CustomArrivals { name: name.into(), start: Arc::new(gaps), mean_rate: Arc::default() }
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn renamed(&self, name: &str) -> CustomArrivals {
        CustomArrivals { name: name.into(), ..self.clone() }
    }

    pub fn walk(&self) -> CustomWalk {
        CustomWalk { gaps: self.start.cloned(), at_once: 0 }
    }

    /// Arrivals per second, as measured over the first of them; none if they take no time.
    pub fn mean_rate(&self) -> f64 {
        *self.mean_rate.get_or_init(|| {
            let mut generator = StreamFamily::new(0, 0).stream("custom arrivals", "measured");
            let mut walk = self.walk();
            let (mut now, mut arrivals) = (0, 0);
            while arrivals < GAPS_MEASURED {
                let next = walk.next(now, &mut generator);
                if next > LAST_INSTANT {
                    break;
                }
                (now, arrivals) = (next, arrivals + 1);
            }
            if now > 0 { f64::from(arrivals) * 1e9 / now as f64 } else { 0.0 }
        })
    }
}

impl PartialEq for CustomArrivals {
    fn eq(&self, other: &CustomArrivals) -> bool {
        Arc::ptr_eq(&self.mean_rate, &other.mean_rate) && self.name == other.name
    }
}

/// Fingerprints are taken of this. They cannot tell the process itself, but its name and its rate.
impl fmt::Debug for CustomArrivals {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "CustomArrivals({:?}, {:?}/s)", self.name, self.mean_rate())
    }
}

/// One run of them.
pub struct CustomWalk {
    gaps: Box<dyn Gaps>,
    at_once: u32,
}

impl CustomWalk {
    pub fn next(&mut self, now: Time, generator: &mut Generator) -> Time {
        now.saturating_add(self.gap(generator))
    }

    /// Nothing that anybody draws makes time stand still or go back.
    pub fn gap(&mut self, generator: &mut Generator) -> Time {
        let seconds = self.gaps.next(generator);
        let gap = if seconds == f64::INFINITY { NEVER } else { from_seconds(seconds.max(0.0)) };
        self.at_once = if gap == 0 { self.at_once + 1 } else { 0 };
        if self.at_once > BATCH_MOST { NEVER } else { gap }
    }
}

impl Clone for CustomWalk {
    fn clone(&self) -> CustomWalk {
        CustomWalk { gaps: self.gaps.cloned(), at_once: self.at_once }
    }
}

impl fmt::Debug for CustomWalk {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("CustomWalk")
    }
}

#[cfg(test)]
mod tests {
    use super::super::Arrivals;
    use super::*;

    fn instants(arrivals: &CustomArrivals, number: usize) -> Vec<Time> {
        let mut generator = StreamFamily::new(1, 0).stream("a", "arrivals");
        let mut out = vec![0; number];
        let made = Arrivals::Custom(arrivals.clone()).process().fill(&mut generator, &mut out);
        out.truncate(made);
        out
    }

    #[test]
    fn each_run_begins_where_the_first_began() {
        let mut number = 0;
        let pairs = CustomArrivals::new("pairs", move |_: &mut dyn Rng| {
            number += 1;
            if number % 2 == 0 { 0.0 } else { 2.0 }
        });
        let second = 1_000_000_000;
        for _ in 0..2 {
            assert_eq!(instants(&pairs, 4), [2 * second, 2 * second, 4 * second, 4 * second]);
        }
        assert_eq!(pairs.mean_rate(), 1.0);
        assert_eq!(Arrivals::Custom(pairs).problem(), None);
    }

    #[test]
    fn what_gets_stuck_or_makes_no_sense_ends() {
        for nonsense in [f64::NAN, -1.0, 0.0, 1e-12] {
            let stuck = CustomArrivals::new("stuck", move |_: &mut dyn Rng| nonsense);
            assert!(Arrivals::Custom(stuck.clone()).problem().is_some(), "{nonsense}");
            assert_eq!(instants(&stuck, 10), [0; 0]);
        }
        let mut number = 0;
        let later = CustomArrivals::new("later", move |_: &mut dyn Rng| {
            number += 1;
            if number < 200_000 { 1.0 } else { f64::NAN }
        });
        assert_eq!(instants(&later, 2_000_000).len(), 199_999 + BATCH_MOST as usize);
        let never = CustomArrivals::new("never", |_: &mut dyn Rng| f64::INFINITY);
        assert_eq!(instants(&never, 10), [0; 0]);
    }
}
