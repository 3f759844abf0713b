//! For which share of the time something is down that breaks and is repaired by chance.

use super::spares::{LongRun, Spares};
use crate::parts::distribution::Distribution;

/// In the long run: how often it breaks, and for how long it is down then.
#[derive(Clone, Debug)]
pub struct Law {
    pub between_s: f64,
    pub repair_s: f64,
    /// How many of its spares are counted.
    pub spares: u32,
    up: Distribution,
    /// The share of the time, without booting.
    down: f64,
    failures_per_s: f64,
    boots_per_s: f64,
}

impl Law {
    pub fn new(up: &Distribution, repair_s: f64, spares: Option<Spares>) -> Law {
        let between_s = up.mean();
        let never = LongRun { down: 0.0, failures_per_s: 0.0, boots_per_s: 0.0, spares: 0 };
        let cycle = 1.0 / (between_s + repair_s);
        let long_run = match (between_s.is_finite(), repair_s.is_finite()) {
            (_, false) => LongRun { down: 1.0, ..never },
            (false, true) => never,
            _ => spares.and_then(|spares| spares.long_run(between_s, repair_s)).unwrap_or(LongRun {
                down: repair_s * cycle,
                failures_per_s: cycle,
                boots_per_s: cycle,
                spares: 0,
            }),
        };
        let LongRun { down, failures_per_s, boots_per_s, spares } = long_run;
        Law { between_s, repair_s, spares, up: up.clone(), down, failures_per_s, boots_per_s }
    }

    /// The share of the time, if it also takes so long to boot each time. The next failure may
    /// come while it boots: it has been running since the end of its repair.
    pub fn unavailable(&self, boot_s: f64) -> f64 {
        self.down + if self.boots_per_s > 0.0 { self.boots_per_s * self.mean_within(boot_s) } else { 0.0 }
    }

    /// How often it goes down in a second; a spare that takes over at once spares everybody
    /// the failure.
    pub fn failures_per_s(&self) -> f64 {
        self.failures_per_s
    }

    /// The mean of the time until it breaks, cut off after so many seconds.
    fn mean_within(&self, seconds: f64) -> f64 {
        const STEPS: u32 = 128;
        if seconds <= 0.0 {
            return 0.0;
        }
        if let Distribution::Exponential { mean } = self.up {
            return -mean * libm::expm1(-seconds / mean);
        }
        let step = seconds / f64::from(STEPS);
        let weight = |place: u32| match place {
            0 | STEPS => 1.0,
            odd if odd % 2 == 1 => 4.0,
            _ => 2.0,
        };
        let sum: f64 =
            (0..=STEPS).map(|place| weight(place) * (1.0 - self.up.cdf(f64::from(place) * step))).sum();
        sum * step / 3.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exponential(mean: f64) -> Distribution {
        Distribution::Exponential { mean }
    }

    #[test]
    fn what_is_repaired_is_down_for_its_share_of_the_cycle() {
        let law = Law::new(&exponential(720.0), 4.0, None);
        assert!((law.unavailable(0.0) - 4.0 / 724.0).abs() < 1e-15);
        assert!((law.failures_per_s() - 1.0 / 724.0).abs() < 1e-15);
        // It boots for a minute, unless it breaks again meanwhile.
        let boots = 720.0 * (1.0 - libm::exp(-60.0 / 720.0));
        assert!((law.unavailable(60.0) - (4.0 + boots) / 724.0).abs() < 1e-12);
        let steady = Law::new(&Distribution::Constant(720.0), 4.0, None);
        assert!((steady.unavailable(60.0) - 64.0 / 724.0).abs() < 1e-12);
    }

    #[test]
    fn what_never_ends_is_down_for_ever_and_what_never_breaks_is_not() {
        let endless = Distribution::Pareto { scale: 1.0, shape: 0.5 };
        assert_eq!(Law::new(&exponential(1.0), f64::INFINITY, None).unavailable(1.0), 1.0);
        assert_eq!(Law::new(&endless, 1.0, None).unavailable(1.0), 0.0);
    }
}
