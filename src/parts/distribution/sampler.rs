//! How durations are drawn: each law once, for one draw as for a block of them.

use super::ziggurat::{exponential, normal};
use super::{Custom, Distribution};
use crate::kernel::random::{Generator, below, uniform};
use crate::kernel::time::Time;
use libm::{exp, log, sqrt};
use std::sync::Arc;

/// No draw is longer (146 years), so that an instant plus a draw never overflows.
pub const LONGEST_DRAW: Time = 1 << 62;

const NANO: f64 = 1e9;

/// A distribution made ready for drawing, in nanoseconds.
#[derive(Clone, Debug)]
pub struct Sampler(Law);

#[derive(Clone, Debug)]
enum Law {
    Constant(f64),
    Uniform {
        low: f64,
        width: f64,
    },
    Exponential {
        mean: f64,
    },
    Gamma(Gamma),
    /// A gamma law of shape below one: that of shape plus one, times a power of a
    /// uniform variate.
    SmallGamma {
        of: Gamma,
        inverse_shape: f64,
    },
    LogNormal {
        mu: f64,
        sigma: f64,
    },
    Normal {
        mu: f64,
        sigma: f64,
    },
    Weibull {
        inverse_shape: f64,
        scale: f64,
    },
    Pareto {
        inverse_shape: f64,
        scale: f64,
    },
    HyperExponential(Branches<f64>),
    Empirical(Arc<[f64]>),
    Shifted {
        by: f64,
        of: Box<Sampler>,
    },
    Mixture(Branches<Sampler>),
    Custom(Custom),
}

/// The method of Marsaglia and Tsang for shapes of at least one.
#[derive(Clone, Copy, Debug)]
struct Gamma {
    d: f64,
    c: f64,
    scale: f64,
}

/// Things to choose from, with the sums of the shares up to and with each.
#[derive(Clone, Debug)]
struct Branches<T> {
    ends: Vec<f64>,
    of: Vec<T>,
}

impl Sampler {
    pub(super) fn new(distribution: &Distribution) -> Sampler {
        Sampler(match distribution {
            Distribution::Constant(value) => Law::Constant(value * NANO),
            Distribution::Uniform { low, high } => {
                Law::Uniform { low: low * NANO, width: (high - low) * NANO }
            }
            Distribution::Exponential { mean } | Distribution::Erlang { stages: 1, mean } => {
                Law::Exponential { mean: mean * NANO }
            }
            Distribution::Erlang { stages, mean } => {
                let stages = f64::from(*stages);
                Law::Gamma(Gamma::new(stages, mean * NANO / stages))
            }
            Distribution::Gamma { shape, scale } if *shape >= 1.0 => {
                Law::Gamma(Gamma::new(*shape, scale * NANO))
            }
            Distribution::Gamma { shape, scale } => {
                Law::SmallGamma { of: Gamma::new(shape + 1.0, scale * NANO), inverse_shape: 1.0 / shape }
            }
            Distribution::LogNormal { mu, sigma } => Law::LogNormal { mu: mu + log(NANO), sigma: *sigma },
            Distribution::Normal { mu, sigma } => Law::Normal { mu: mu * NANO, sigma: sigma * NANO },
            Distribution::Weibull { shape, scale } => {
                Law::Weibull { inverse_shape: 1.0 / shape, scale: scale * NANO }
            }
            Distribution::Pareto { shape, scale } => {
                Law::Pareto { inverse_shape: 1.0 / shape, scale: scale * NANO }
            }
            Distribution::HyperExponential(branches) => {
                Law::HyperExponential(Branches::new(branches, |mean| mean * NANO))
            }
            Distribution::Empirical(values) => {
                Law::Empirical(values.iter().map(|value| value * NANO).collect())
            }
            Distribution::Shifted { by, of } => Law::Shifted { by: by * NANO, of: Box::new(of.sampler()) },
            Distribution::Mixture(parts) => Law::Mixture(Branches::new(parts, Distribution::sampler)),
            Distribution::Custom(law) => Law::Custom(law.clone()),
        })
    }

    /// Fills `out` with draws in whole nanoseconds, at most `LONGEST_DRAW` each.
    pub fn fill(&self, generator: &mut Generator, out: &mut [Time]) {
        self.generate(generator, out.iter_mut(), |slot, nanoseconds| {
            // The way to u64 by i64 is one instruction, and loses nothing in this range.
            *slot = (nanoseconds + 0.5).min(LONGEST_DRAW as f64) as i64 as Time;
        });
    }

    /// One draw in seconds.
    pub fn draw(&self, generator: &mut Generator) -> f64 {
        self.draw_nanoseconds(generator).min(LONGEST_DRAW as f64) * 1e-9
    }

    fn draw_nanoseconds(&self, generator: &mut Generator) -> f64 {
        let mut result = 0.0;
        self.generate(generator, std::iter::once(()), |(), nanoseconds| result = nanoseconds);
        result
    }

    /// Draws one variate for each slot. The law is looked up once, outside the loops.
    #[inline(always)]
    fn generate<S>(
        &self,
        generator: &mut Generator,
        slots: impl Iterator<Item = S>,
        mut put: impl FnMut(S, f64),
    ) {
        match &self.0 {
            Law::Constant(value) => slots.for_each(|slot| put(slot, *value)),
            Law::Uniform { low, width } => slots.for_each(|slot| put(slot, low + width * uniform(generator))),
            Law::Exponential { mean } => slots.for_each(|slot| put(slot, mean * exponential(generator))),
            Law::Gamma(gamma) => slots.for_each(|slot| put(slot, gamma.draw(generator))),
            Law::SmallGamma { of, inverse_shape } => slots.for_each(|slot| {
                let power = exp(log(1.0 - uniform(generator)) * inverse_shape);
                put(slot, of.draw(generator) * power);
            }),
            Law::LogNormal { mu, sigma } => {
                slots.for_each(|slot| put(slot, exp(mu + sigma * normal(generator))))
            }
            Law::Normal { mu, sigma } => {
                slots.for_each(|slot| put(slot, positive_normal(*mu, *sigma, generator)))
            }
            Law::Weibull { inverse_shape, scale } => {
                // A logarithm and an exponential cost a quarter of a general power.
                slots.for_each(|slot| put(slot, scale * exp(log(exponential(generator)) * inverse_shape)));
            }
            Law::Pareto { inverse_shape, scale } => {
                slots.for_each(|slot| put(slot, scale * exp(exponential(generator) * inverse_shape)));
            }
            Law::HyperExponential(branches) => slots.for_each(|slot| {
                let mean = *branches.pick(generator);
                put(slot, mean * exponential(generator));
            }),
            Law::Empirical(values) => slots.for_each(|slot| {
                let bound = u32::try_from(values.len()).unwrap_or(u32::MAX);
                put(slot, values[below(generator, bound) as usize]);
            }),
            Law::Shifted { by, of } => slots.for_each(|slot| put(slot, by + of.draw_nanoseconds(generator))),
            Law::Mixture(parts) => slots.for_each(|slot| {
                let part = parts.pick(generator);
                put(slot, part.draw_nanoseconds(generator));
            }),
            Law::Custom(law) => slots.for_each(|slot| put(slot, law.draw(generator) * NANO)),
        }
    }
}

impl Gamma {
    fn new(shape: f64, scale: f64) -> Gamma {
        let d = shape - 1.0 / 3.0;
        Gamma { d, c: 1.0 / sqrt(9.0 * d), scale }
    }

    #[inline]
    fn draw(self, generator: &mut Generator) -> f64 {
        loop {
            let x = normal(generator);
            let v = 1.0 + self.c * x;
            if v <= 0.0 {
                continue;
            }
            let v = v * v * v;
            let u = 1.0 - uniform(generator);
            // The first test settles nearly all draws without a logarithm.
            let square = x * x;
            if u < 1.0 - 0.0331 * square * square || log(u) < 0.5 * square + self.d * (1.0 - v + log(v)) {
                return self.d * v * self.scale;
            }
        }
    }
}

/// Since mu is not negative, at least every second draw is kept.
#[inline(always)]
fn positive_normal(mu: f64, sigma: f64, generator: &mut Generator) -> f64 {
    loop {
        let value = mu + sigma * normal(generator);
        if value >= 0.0 {
            return value;
        }
    }
}

impl<T> Branches<T> {
    fn new<From>(parts: &[(f64, From)], convert: impl Fn(&From) -> T) -> Branches<T> {
        let mut sum = 0.0;
        let ends = parts.iter().map(|(share, _)| {
            sum += share;
            sum
        });
        Branches { ends: ends.collect(), of: parts.iter().map(|(_, of)| convert(of)).collect() }
    }

    #[inline]
    fn pick(&self, generator: &mut Generator) -> &T {
        let u = uniform(generator);
        let index = match self.ends.len() {
            // Two are the usual case, and need no search.
            2 => usize::from(u >= self.ends[0]),
            _ => self.ends.partition_point(|end| *end <= u),
        };
        // The shares may add up to a rounding less than one.
        &self.of[index.min(self.of.len() - 1)]
    }
}
