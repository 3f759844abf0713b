//! Exponential and normal variates by the ziggurat method of Marsaglia and Tsang, at
//! about three nanoseconds each.
//!
//! The tables are computed by the compiler, which does floating point in software, and
//! the rare slow paths call `libm`: so a seed gives the same draws on every machine.

use crate::kernel::random::{Generator, uniform};
use libm::{exp, log};
use rand::Rng;

const LAYERS: usize = 256;

/// A density cut into layers of equal area: layer `i` reaches from zero to `edge[i]` and
/// is `height[i + 1] - height[i]` high. Layer 0 holds the tail.
struct Layers {
    edge: [f64; LAYERS + 1],
    height: [f64; LAYERS + 1],
}

const EXPONENTIAL_TAIL: f64 = 7.697_117_470_131_05;
const NORMAL_TAIL: f64 = 3.654_152_885_361_009;

static EXPONENTIAL: Layers = exponential_layers();
static NORMAL: Layers = normal_layers();

/// An exponential variate of mean one.
#[inline(always)]
pub fn exponential(generator: &mut Generator) -> f64 {
    let bits = generator.next_u64();
    let layer = (bits & 0xff) as usize;
    let x = (bits >> 11) as f64 * (1.0 / (1u64 << 53) as f64) * EXPONENTIAL.edge[layer];
    if x < EXPONENTIAL.edge[layer + 1] {
        return x;
    }
    exponential_edge(generator, layer, x)
}

/// Out of line, since only one draw in ninety comes here.
#[cold]
#[inline(never)]
fn exponential_edge(generator: &mut Generator, layer: usize, x: f64) -> f64 {
    if layer == 0 {
        return EXPONENTIAL_TAIL - log(1.0 - uniform(generator));
    }
    if below_curve(&EXPONENTIAL, generator, layer, exp(-x)) { x } else { exponential(generator) }
}

/// A normal variate of mean zero and deviation one.
#[inline(always)]
pub fn normal(generator: &mut Generator) -> f64 {
    let bits = generator.next_u64();
    let layer = (bits & 0xff) as usize;
    // The sign has a bit of its own, between the layer and the position.
    let sign = if bits & 0x100 == 0 { 1.0 } else { -1.0 };
    let x = (bits >> 11) as f64 * (1.0 / (1u64 << 53) as f64) * NORMAL.edge[layer];
    if x < NORMAL.edge[layer + 1] {
        return sign * x;
    }
    normal_edge(generator, layer, x, sign)
}

#[cold]
#[inline(never)]
fn normal_edge(generator: &mut Generator, layer: usize, x: f64, sign: f64) -> f64 {
    if layer == 0 {
        loop {
            let beyond = -log(1.0 - uniform(generator)) / NORMAL_TAIL;
            let height = -log(1.0 - uniform(generator));
            if height + height >= beyond * beyond {
                return sign * (NORMAL_TAIL + beyond);
            }
        }
    }
    if below_curve(&NORMAL, generator, layer, exp(-0.5 * x * x)) { sign * x } else { normal(generator) }
}

/// Whether a point at an even height inside the layer lies below the curve.
fn below_curve(layers: &Layers, generator: &mut Generator, layer: usize, curve: f64) -> bool {
    let height = layers.height[layer];
    height + (layers.height[layer + 1] - height) * uniform(generator) < curve
}

const fn exponential_layers() -> Layers {
    let mut layers = Layers { edge: [0.0; LAYERS + 1], height: [0.0; LAYERS + 1] };
    let tail_height = const_exp(-EXPONENTIAL_TAIL);
    // The area below the curve beyond the tail's start is the curve's height there.
    let area = EXPONENTIAL_TAIL * tail_height + tail_height;
    layers.edge[0] = area / tail_height;
    layers.edge[1] = EXPONENTIAL_TAIL;
    layers.height[1] = tail_height;
    let mut layer = 2;
    while layer < LAYERS {
        layers.height[layer] = layers.height[layer - 1] + area / layers.edge[layer - 1];
        layers.edge[layer] = -const_log(layers.height[layer]);
        layer += 1;
    }
    layers.height[LAYERS] = 1.0;
    layers
}

const fn normal_layers() -> Layers {
    let mut layers = Layers { edge: [0.0; LAYERS + 1], height: [0.0; LAYERS + 1] };
    let tail_height = const_exp(-0.5 * NORMAL_TAIL * NORMAL_TAIL);
    // sqrt(pi / 2) * erfc(3.654152885361009 / sqrt(2)), the area beyond the tail's start.
    const BEYOND: f64 = 3.233_957_646_633_217_3e-4;
    let area = NORMAL_TAIL * tail_height + BEYOND;
    layers.edge[0] = area / tail_height;
    layers.edge[1] = NORMAL_TAIL;
    layers.height[1] = tail_height;
    let mut layer = 2;
    while layer < LAYERS {
        layers.height[layer] = layers.height[layer - 1] + area / layers.edge[layer - 1];
        layers.edge[layer] = const_exp(0.5 * const_log(-2.0 * const_log(layers.height[layer])));
        layer += 1;
    }
    layers.height[LAYERS] = 1.0;
    layers
}

/// The exponential function for the compiler, which has none: the series for a 64th of
/// the argument, squared six times.
const fn const_exp(x: f64) -> f64 {
    let small = x / 64.0;
    let (mut sum, mut term, mut index) = (1.0, 1.0, 1.0);
    while index < 25.0 {
        term *= small / index;
        sum += term;
        index += 1.0;
    }
    let mut squarings = 0;
    while squarings < 6 {
        sum *= sum;
        squarings += 1;
    }
    sum
}

/// The natural logarithm for the compiler: powers of two are taken out, and the rest is
/// a series in (x - 1) / (x + 1).
const fn const_log(x: f64) -> f64 {
    let mut rest = x;
    let mut result = 0.0;
    while rest < 0.7 {
        rest *= 2.0;
        result -= std::f64::consts::LN_2;
    }
    while rest > 1.4 {
        rest *= 0.5;
        result += std::f64::consts::LN_2;
    }
    let ratio = (rest - 1.0) / (rest + 1.0);
    let (mut power, mut odd) = (2.0 * ratio, 1.0);
    while odd < 41.0 {
        result += power / odd;
        power *= ratio * ratio;
        odd += 2.0;
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::random::StreamFamily;

    #[test]
    fn layers_close_at_the_top() {
        // The last layer must have the same area as the others; a wrong tail would leave
        // a gap or an overlap here.
        for (layers, area) in [(&EXPONENTIAL, 3.949_659_822_581_572e-3), (&NORMAL, 4.928_673_233_99e-3)] {
            let last = layers.edge[LAYERS - 1] * (1.0 - layers.height[LAYERS - 1]);
            assert!((last - area).abs() < 1e-9, "{last} {area}");
            assert!(layers.edge.windows(2).all(|pair| pair[0] > pair[1]));
        }
    }

    #[test]
    fn draws_stay_the_same_for_years() {
        let mut generator = StreamFamily::new(1, 0).stream("golden", "ziggurat");
        let draws: Vec<f64> = (0..3).map(|_| exponential(&mut generator)).collect();
        let normals: Vec<f64> = (0..3).map(|_| normal(&mut generator)).collect();
        assert_eq!(draws, GOLDEN_EXPONENTIALS);
        assert_eq!(normals, GOLDEN_NORMALS);
        // A sum over a million draws also covers the slow paths.
        let sum: f64 = (0..1_000_000).map(|_| exponential(&mut generator) + normal(&mut generator)).sum();
        assert_eq!(sum, GOLDEN_SUM);
    }

    const GOLDEN_EXPONENTIALS: [f64; 3] = [0.06376136611271342, 0.862096333484617, 2.520172215060499];
    const GOLDEN_NORMALS: [f64; 3] = [-0.13976315639915202, -0.3249692826268022, -0.9174143683283059];
    const GOLDEN_SUM: f64 = 1000632.1761219661;
}
