//! Mean, variance, cumulated distribution and quantiles, in closed form where there is
//! one; the quantiles of the others are found by bisection.

use super::Distribution;
use super::special::{gamma_cdf, invert, normal_cdf, normal_density, normal_quantile};
use libm::{exp, expm1, log, log1p, pow, tgamma};

impl Distribution {
    /// The mean in seconds; infinite for a Pareto law of shape 1 or less.
    pub fn mean(&self) -> f64 {
        match self {
            Distribution::Constant(value) => *value,
            Distribution::Uniform { low, high } => 0.5 * (low + high),
            Distribution::Exponential { mean } | Distribution::Erlang { mean, .. } => *mean,
            Distribution::Gamma { shape, scale } => shape * scale,
            Distribution::LogNormal { mu, sigma } => exp(mu + 0.5 * sigma * sigma),
            Distribution::Normal { mu, sigma } => mu + sigma * hazard_at_zero(*mu, *sigma),
            Distribution::Weibull { shape, scale } => scale * tgamma(1.0 + 1.0 / shape),
            Distribution::Pareto { shape, .. } if *shape <= 1.0 => f64::INFINITY,
            Distribution::Pareto { shape, scale } => shape * scale / (shape - 1.0),
            Distribution::HyperExponential(branches) => {
                branches.iter().map(|(share, mean)| share * mean).sum()
            }
            Distribution::Empirical(values) => values.iter().sum::<f64>() / values.len() as f64,
            Distribution::Shifted { by, of } => by + of.mean(),
            Distribution::Mixture(parts) => parts.iter().map(|(share, of)| share * of.mean()).sum(),
            Distribution::Custom(law) => law.mean(),
        }
    }

    /// The variance in square seconds; infinite for a Pareto law of shape 2 or less.
    pub fn variance(&self) -> f64 {
        match self {
            Distribution::Constant(_) => 0.0,
            Distribution::Uniform { low, high } => (high - low) * (high - low) / 12.0,
            Distribution::Exponential { mean } => mean * mean,
            Distribution::Erlang { stages, mean } => mean * mean / f64::from(*stages),
            Distribution::Gamma { shape, scale } => shape * scale * scale,
            Distribution::LogNormal { mu, sigma } => expm1(sigma * sigma) * exp(2.0 * mu + sigma * sigma),
            Distribution::Normal { mu, sigma } => {
                let hazard = hazard_at_zero(*mu, *sigma);
                sigma * sigma * (1.0 - hazard * (hazard + mu / sigma))
            }
            Distribution::Weibull { shape, scale } => {
                let mean = tgamma(1.0 + 1.0 / shape);
                scale * scale * (tgamma(1.0 + 2.0 / shape) - mean * mean)
            }
            Distribution::Pareto { shape, .. } if *shape <= 2.0 => f64::INFINITY,
            Distribution::Pareto { shape, scale } => {
                scale * scale * shape / ((shape - 1.0) * (shape - 1.0) * (shape - 2.0))
            }
            Distribution::HyperExponential(branches) => {
                let parts = branches.iter().map(|&(share, mean)| (share, mean, mean * mean));
                mixed_variance(self.mean(), parts)
            }
            Distribution::Empirical(values) => {
                let mean = self.mean();
                values.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>() / values.len() as f64
            }
            Distribution::Shifted { of, .. } => of.variance(),
            Distribution::Mixture(parts) => mixed_variance(
                self.mean(),
                parts.iter().map(|(share, of)| (*share, of.mean(), of.variance())),
            ),
            Distribution::Custom(law) => law.variance(),
        }
    }

    /// The chance of at most `x` seconds.
    pub fn cdf(&self, x: f64) -> f64 {
        match self {
            Distribution::Constant(value) => f64::from(u8::from(x >= *value)),
            _ if x.is_nan() || x < 0.0 => 0.0,
            Distribution::Uniform { low, high } => ((x - low) / (high - low)).clamp(0.0, 1.0),
            Distribution::Exponential { mean } => -expm1(-x / mean),
            Distribution::Erlang { stages, mean } => {
                let stages = f64::from(*stages);
                gamma_cdf(stages, x * stages / mean)
            }
            Distribution::Gamma { shape, scale } => gamma_cdf(*shape, x / scale),
            Distribution::LogNormal { mu, sigma } => normal_cdf((log(x) - mu) / sigma),
            Distribution::Normal { mu, sigma } => {
                let kept = normal_cdf(mu / sigma);
                ((normal_cdf((x - mu) / sigma) - normal_cdf(-mu / sigma)) / kept).clamp(0.0, 1.0)
            }
            Distribution::Weibull { shape, scale } => -expm1(-pow(x / scale, *shape)),
            Distribution::Pareto { scale, .. } if x <= *scale => 0.0,
            Distribution::Pareto { shape, scale } => -expm1(shape * log(scale / x)),
            Distribution::HyperExponential(branches) => {
                let cdf: f64 = branches.iter().map(|(share, mean)| share * -expm1(-x / mean)).sum();
                cdf.min(1.0)
            }
            Distribution::Empirical(values) => share_up_to(values, x),
            Distribution::Custom(law) => share_up_to(law.measured_draws(), x),
            Distribution::Shifted { by, of } => of.cdf(x - by),
            Distribution::Mixture(parts) => {
                parts.iter().map(|(share, of)| share * of.cdf(x)).sum::<f64>().min(1.0)
            }
        }
    }

    /// The least duration that is not exceeded with chance `p`; zero or the support's
    /// start for `p` of zero, and often infinite for 1.
    pub fn quantile(&self, p: f64) -> f64 {
        let p = if p.is_nan() { 0.0 } else { p.clamp(0.0, 1.0) };
        match self {
            Distribution::Constant(value) => *value,
            Distribution::Uniform { low, high } => low + p * (high - low),
            Distribution::Exponential { mean } => -mean * log1p(-p),
            Distribution::Erlang { stages, mean } => {
                let stages = f64::from(*stages);
                gamma_quantile(stages, p) * mean / stages
            }
            Distribution::Gamma { shape, scale } => gamma_quantile(*shape, p) * scale,
            Distribution::LogNormal { mu, sigma } => exp(mu + sigma * normal_quantile(p)),
            Distribution::Normal { mu, sigma } => {
                // Counted from above, where the cut takes nothing away.
                let above = (1.0 - p) * normal_cdf(mu / sigma);
                (mu - sigma * normal_quantile(above)).max(0.0)
            }
            Distribution::Weibull { shape, scale } => scale * pow(-log1p(-p), 1.0 / shape),
            Distribution::Pareto { shape, scale } => scale * exp(-log1p(-p) / shape),
            Distribution::HyperExponential(branches) => {
                let unit = -log1p(-p);
                let ends = branches.iter().map(|(_, mean)| mean * unit);
                self.between(p, ends)
            }
            Distribution::Empirical(values) => value_at(values, p),
            Distribution::Custom(law) => value_at(law.measured_draws(), p),
            Distribution::Shifted { by, of } => by + of.quantile(p),
            Distribution::Mixture(parts) => self.between(p, parts.iter().map(|(_, of)| of.quantile(p))),
        }
    }

    /// The quantile of a mixture lies between the smallest and the largest quantile of
    /// its parts.
    fn between(&self, p: f64, quantiles: impl Iterator<Item = f64>) -> f64 {
        let (low, high) =
            quantiles.fold((f64::INFINITY, 0.0f64), |(low, high), value| (low.min(value), high.max(value)));
        if low >= high || p <= 0.0 || high == f64::INFINITY {
            return if p <= 0.0 { low } else { high };
        }
        // The least of them may reach `p` by itself, as an atom does.
        if self.cdf(low) >= p { low } else { invert(p, low, high, |x| self.cdf(x)) }
    }
}

/// Of sorted values, how many are not above `x`.
fn share_up_to(values: &[f64], x: f64) -> f64 {
    values.partition_point(|value| *value <= x) as f64 / values.len() as f64
}

/// The least of sorted values that a share of `p` does not exceed.
fn value_at(values: &[f64], p: f64) -> f64 {
    let rank = libm::ceil(p * values.len() as f64) as usize;
    values[rank.clamp(1, values.len()) - 1]
}

fn gamma_quantile(shape: f64, p: f64) -> f64 {
    match p {
        p if p <= 0.0 => 0.0,
        p if p >= 1.0 => f64::INFINITY,
        p => invert(p, 0.0, shape, |x| gamma_cdf(shape, x)),
    }
}

/// The density at zero of a normal law over the mass that a cut at zero leaves, times
/// sigma.
fn hazard_at_zero(mu: f64, sigma: f64) -> f64 {
    normal_density(mu / sigma) / normal_cdf(mu / sigma)
}

/// From (share, mean, variance) of each part. No differences of squares are taken, so
/// nothing cancels.
fn mixed_variance(mean: f64, parts: impl Iterator<Item = (f64, f64, f64)>) -> f64 {
    if mean == f64::INFINITY {
        return f64::INFINITY;
    }
    parts
        .map(|(share, part_mean, variance)| share * (variance + (part_mean - mean) * (part_mean - mean)))
        .sum()
}
