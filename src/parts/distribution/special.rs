//! The special functions behind moments and quantiles. All of them go through `libm`,
//! so that they give the same bits on every machine.

use libm::{erfc, exp, fabs, lgamma, log, sqrt};
use std::f64::consts::{PI, SQRT_2};

/// The chance that a standard normal variate is at most `x`.
pub fn normal_cdf(x: f64) -> f64 {
    0.5 * erfc(-x / SQRT_2)
}

pub fn normal_density(x: f64) -> f64 {
    exp(-0.5 * x * x) / sqrt(2.0 * PI)
}

/// The value below which a standard normal variate lies with chance `p`.
pub fn normal_quantile(p: f64) -> f64 {
    if p <= 0.0 {
        return f64::NEG_INFINITY;
    }
    if p >= 1.0 {
        return f64::INFINITY;
    }
    // In the lower half the cdf keeps its relative precision, so the upper half is
    // taken by symmetry.
    if p > 0.5 {
        return -normal_quantile(1.0 - p);
    }
    let mut x = tail_estimate(p);
    // Halley's method on the logarithm converges from any start in this half.
    for _ in 0..60 {
        let cdf = normal_cdf(x);
        let step = (log(cdf) - log(p)) * cdf / normal_density(x);
        x -= step;
        if fabs(step) <= 1e-15 * fabs(x) {
            break;
        }
    }
    x
}

/// A first guess for `p` in the lower half, from the size of the tail (Hastings).
fn tail_estimate(p: f64) -> f64 {
    let t = sqrt(-2.0 * log(p));
    let above = 2.515_517 + t * (0.802_853 + t * 0.010_328);
    let below = 1.0 + t * (1.432_788 + t * (0.189_269 + t * 0.001_308));
    (above / below - t).min(0.0)
}

/// The regularised lower incomplete gamma function: the chance that a gamma variate of
/// this shape and scale one is at most `x`.
pub fn gamma_cdf(shape: f64, x: f64) -> f64 {
    if x.is_nan() || x <= 0.0 {
        return 0.0;
    }
    if x == f64::INFINITY {
        return 1.0;
    }
    let front = exp(shape * log(x) - x - lgamma(shape));
    let cdf =
        if x < shape + 1.0 { front * rising_series(shape, x) } else { 1.0 - front * tail_fraction(shape, x) };
    cdf.clamp(0.0, 1.0)
}

/// Both expansions need a small multiple of the square root of the shape; the largest
/// shape that is accepted, a million, stays well below this.
const TERMS_MAX: u32 = 100_000;

fn rising_series(shape: f64, x: f64) -> f64 {
    let mut term = 1.0 / shape;
    let mut sum = term;
    for index in 1..TERMS_MAX {
        term *= x / (shape + f64::from(index));
        sum += term;
        if term <= sum * 1e-17 {
            break;
        }
    }
    sum
}

/// The continued fraction of the upper tail, by Lentz's method.
fn tail_fraction(shape: f64, x: f64) -> f64 {
    const TINY: f64 = 1e-300;
    let mut b = x + 1.0 - shape;
    let mut c = 1.0 / TINY;
    let mut d = 1.0 / b;
    let mut value = d;
    for index in 1..TERMS_MAX {
        let index = f64::from(index);
        let a = -index * (index - shape);
        b += 2.0;
        d = a * d + b;
        if fabs(d) < TINY {
            d = TINY;
        }
        c = b + a / c;
        if fabs(c) < TINY {
            c = TINY;
        }
        d = 1.0 / d;
        value *= d * c;
        if fabs(d * c - 1.0) <= 1e-16 {
            break;
        }
    }
    value
}

/// The smallest float in [low, high] at which a rising function reaches `p`, within a
/// rounding or two; `high` doubles until it is far enough.
pub fn invert(p: f64, low: f64, high: f64, cdf: impl Fn(f64) -> f64) -> f64 {
    let (mut low, mut high) = (low, high);
    while cdf(high) < p {
        low = high;
        high *= 2.0;
        if high > 1e300 {
            return f64::INFINITY;
        }
    }
    for _ in 0..200 {
        let middle = low + (high - low) * 0.5;
        if middle <= low || middle >= high {
            break;
        }
        if cdf(middle) < p {
            low = middle;
        } else {
            high = middle;
        }
    }
    high
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn normal_quantiles_are_those_of_the_tables() {
        for (p, x) in [
            (0.5, 0.0),
            (0.975, 1.959_963_984_540_054),
            (0.99, 2.326_347_874_040_841),
            (1e-10, -6.361_340_902_404_056),
        ] {
            assert!((normal_quantile(p) - x).abs() < 1e-12, "{p}: {}", normal_quantile(p));
            assert!((normal_cdf(x) - p).abs() < 1e-14);
        }
        assert!(normal_quantile(1e-300) < -37.0);
    }

    #[test]
    fn gamma_of_whole_shape_is_a_sum_of_poisson_terms() {
        for x in [0.1, 1.0, 2.9, 3.0, 4.5, 20.0] {
            let exact = 1.0 - exp(-x) * (1.0 + x + x * x / 2.0);
            assert!((gamma_cdf(3.0, x) - exact).abs() < 1e-14, "{x}");
        }
        assert!((gamma_cdf(1e6, 1e6) - 0.500_132_98).abs() < 1e-6);
    }
}
