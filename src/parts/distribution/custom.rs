//! Laws that a program brings along: anything that draws a number of seconds.
//!
//! Nobody can ask such a law for its moments, so that it is measured, once and always with the same
//! chance. What it draws is taken for what it is worth: what is negative or no number is nothing, what
//! is endless is the longest draw.

use crate::kernel::random::{Generator, StreamFamily};
use std::fmt;
use std::sync::{Arc, OnceLock};

/// So many draws are measured; the mean of an exponential law is then known to 0.3 %.
pub const DRAWS_MEASURED: usize = 100_000;

/// A law under a name. Two are the same if they are clones of one another.
#[derive(Clone)]
pub struct Custom(Arc<Named>);

#[derive(Clone)]
struct Named {
    name: String,
    law: Arc<Law>,
    mean: Option<f64>,
    standard_deviation: Option<f64>,
}

struct Law {
    seconds: Box<dyn Fn(&mut Generator) -> f64 + Send + Sync>,
    measured: OnceLock<Measured>,
}

struct Measured {
    sorted: Box<[f64]>,
    mean: f64,
    variance: f64,
}

impl Custom {
    pub fn new(name: &str, seconds: impl Fn(&mut Generator) -> f64 + Send + Sync + 'static) -> Custom {
        let law = Law { seconds: Box::new(seconds), measured: OnceLock::new() };
        let law = Arc::new(law);
        Custom(Arc::new(Named { name: name.into(), law, mean: None, standard_deviation: None }))
    }

    pub fn name(&self) -> &str {
        &self.0.name
    }

    pub fn renamed(&self, name: &str) -> Custom {
        self.but(|named| named.name = name.into())
    }

    /// In seconds, for whoever knows it.
    pub fn with_mean(&self, mean: f64) -> Custom {
        self.but(|named| named.mean = Some(harmless(mean)))
    }

    pub fn with_standard_deviation(&self, standard_deviation: f64) -> Custom {
        self.but(|named| named.standard_deviation = Some(harmless(standard_deviation)))
    }

    fn but(&self, change: impl FnOnce(&mut Named)) -> Custom {
        let mut named = Named::clone(&self.0);
        change(&mut named);
        Custom(Arc::new(named))
    }

    /// One draw in seconds.
    #[inline]
    pub fn draw(&self, generator: &mut Generator) -> f64 {
        harmless((self.0.law.seconds)(generator))
    }

    /// What never takes time has no other mean, whatever anybody says: the engine has to know.
    pub fn mean(&self) -> f64 {
        let measured = self.measured().mean;
        if measured > 0.0 { self.0.mean.unwrap_or(measured) } else { measured }
    }

    pub fn variance(&self) -> f64 {
        self.0.standard_deviation.map_or_else(|| self.measured().variance, |deviation| deviation * deviation)
    }

    /// Its draws, the shortest first.
    pub fn measured_draws(&self) -> &[f64] {
        &self.measured().sorted
    }

    fn measured(&self) -> &Measured {
        self.0.law.measured.get_or_init(|| {
            let mut generator = StreamFamily::new(0, 0).stream("custom law", "measured");
            Measured::of((0..DRAWS_MEASURED).map(|_| self.draw(&mut generator)).collect())
        })
    }
}

impl Measured {
    fn of(mut draws: Vec<f64>) -> Measured {
        draws.sort_by(f64::total_cmp);
        // Shorter draws are rounded to none, and simulated time would stand still.
        const HALF_A_NANOSECOND: f64 = 0.5e-9;
        if draws.last().is_none_or(|longest| *longest < HALF_A_NANOSECOND) {
            draws.fill(0.0);
        }
        let number = draws.len().max(1) as f64;
        let mean = draws.iter().sum::<f64>() / number;
        let squares = draws.iter().map(|draw| (draw - mean) * (draw - mean));
        // An endless draw makes the mean endless, and the differences no numbers.
        let variance = if mean.is_finite() { squares.sum::<f64>() / number } else { f64::INFINITY };
        Measured { sorted: draws.into(), mean, variance }
    }
}

/// What stands for a law of this name in a scenario.
pub fn spelled(name: &str) -> String {
    format!("law('{name}')")
}

/// Of a law that the program has not brought along: what is wrong, and what to write instead.
pub fn not_here(name: &str) -> (String, String) {
    (
        format!("custom law `{name}` is part of the program that made this scenario, and cannot be read"),
        "run it in that program, or write a law such as `gamma(mean 20ms, cv 0.5)`".to_owned(),
    )
}

/// Of a number and none the number is the greater one.
fn harmless(seconds: f64) -> f64 {
    seconds.max(0.0)
}

impl PartialEq for Custom {
    fn eq(&self, other: &Custom) -> bool {
        let known = |custom: &Custom| (custom.0.mean, custom.0.standard_deviation);
        Arc::ptr_eq(&self.0.law, &other.0.law) && self.name() == other.name() && known(self) == known(other)
    }
}

/// Fingerprints are taken of this. They cannot tell the law itself, but what it has been found to be.
impl fmt::Debug for Custom {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let law = (self.mean(), self.variance());
        write!(formatter, "Custom({:?}, mean {:?}, variance {:?})", self.name(), law.0, law.1)
    }
}

#[cfg(test)]
mod tests {
    use super::super::Distribution;
    use super::super::sampler::LONGEST_DRAW;
    use super::*;
    use crate::kernel::random::uniform;

    fn filled(law: Custom) -> Vec<u64> {
        let mut out = vec![0; 1000];
        let mut generator = StreamFamily::new(1, 0).stream("a", "b");
        Distribution::Custom(law).sampler().fill(&mut generator, &mut out);
        out
    }

    #[test]
    fn its_moments_are_measured_or_given() {
        let law = Custom::new("even", |generator| 2.0 + 2.0 * uniform(generator));
        assert!((law.mean() - 3.0).abs() < 0.01, "{}", law.mean());
        assert!((law.variance() - 1.0 / 3.0).abs() < 0.01, "{}", law.variance());
        let known = law.with_mean(3.0).with_standard_deviation(0.5);
        assert_eq!((known.mean(), known.variance()), (3.0, 0.25));
        let law = Distribution::Custom(law);
        assert!((law.quantile(0.25) - 2.5).abs() < 0.02 && (law.cdf(2.5) - 0.25).abs() < 0.01);
        assert!((law.quantile(1.0) - 4.0).abs() < 0.01 && law.cdf(1.9) == 0.0);
    }

    #[test]
    fn the_same_chance_gives_the_same_draws_and_clones_are_the_same() {
        let law = Custom::new("even", uniform);
        assert_eq!(filled(law.clone()), filled(law.clone()));
        assert_eq!(law, law.clone());
        assert_ne!(law, law.renamed("odd"));
        assert_ne!(law, Custom::new("even", uniform));
    }

    #[test]
    fn what_makes_no_sense_does_no_harm() {
        for (nonsense, draw) in [(f64::NAN, 0), (-1.0, 0), (-f64::INFINITY, 0), (f64::INFINITY, LONGEST_DRAW)]
        {
            let law = Custom::new("nonsense", move |_| nonsense);
            assert!(filled(law.clone()).iter().all(|time| *time == draw), "{nonsense}");
            assert!(!law.mean().is_nan() && !law.variance().is_nan());
        }
        let still = Custom::new("still", |_| 1e-12).with_mean(1.0);
        assert_eq!(still.mean(), 0.0, "simulated time would stand still");
    }
}
