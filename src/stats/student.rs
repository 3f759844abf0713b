//! Quantiles of the normal distribution and of Student's.

use std::f64::consts::{FRAC_2_PI, FRAC_PI_2};

/// From here on four terms of the expansion about the normal quantile are exact to nine
/// digits, and shorter than the sum.
const MANY_DEGREES: u32 = 400;

/// The t such that a Student variable with `degrees` degrees of freedom lies within
/// ±t with probability `level`: 2.776 for 4 degrees and a level of 0.95.
pub fn two_sided_t(degrees: u32, level: f64) -> f64 {
    if degrees == 0 || !(0.0..1.0).contains(&level) {
        return f64::NAN;
    }
    if degrees >= MANY_DEGREES {
        return expanded(degrees, normal_quantile(0.5 + level / 2.0));
    }
    // The probability rises with the angle atan(t / √degrees), which has a finite range:
    // halving it 60 times leaves nothing to improve.
    let (mut low, mut high) = (0.0, FRAC_PI_2);
    for _ in 0..60 {
        let middle = 0.5 * (low + high);
        if probability_within(degrees, middle) < level { low = middle } else { high = middle }
    }
    libm::tan(0.5 * (low + high)) * f64::from(degrees).sqrt()
}

/// The probability to lie within ±t for t = √degrees · tan(angle), by the finite sums
/// for whole degrees (Abramowitz and Stegun, 26.7.3 and 26.7.4).
fn probability_within(degrees: u32, angle: f64) -> f64 {
    let (sine, cosine) = (libm::sin(angle), libm::cos(angle));
    let odd = degrees % 2 == 1;
    let mut term = if odd { cosine } else { 1.0 };
    let mut sum = 0.0;
    let mut power = if odd { 1 } else { 0 };
    while power + 2 <= degrees {
        sum += term;
        term *= cosine * cosine * f64::from(power + 1) / f64::from(power + 2);
        power += 2;
    }
    if odd { FRAC_2_PI * (angle + sine * sum) } else { sine * sum }
}

/// The quantile for many degrees of freedom (Abramowitz and Stegun, 26.7.5).
fn expanded(degrees: u32, z: f64) -> f64 {
    let inverse = 1.0 / f64::from(degrees);
    let square = z * z;
    let first = (square + 1.0) / 4.0;
    let second = ((5.0 * square + 16.0) * square + 3.0) / 96.0;
    let third = (((3.0 * square + 19.0) * square + 17.0) * square - 15.0) / 384.0;
    let fourth =
        ((((79.0 * square + 776.0) * square + 1482.0) * square - 1920.0) * square - 945.0) / 92_160.0;
    z * (1.0 + inverse * (first + inverse * (second + inverse * (third + inverse * fourth))))
}

/// The value below which a standard normal variable lies with the given probability, to
/// sixteen digits (Wichura's AS 241); infinite at 0 and 1, NaN beyond.
pub fn normal_quantile(probability: f64) -> f64 {
    if probability.is_nan() || !(0.0..=1.0).contains(&probability) {
        return f64::NAN;
    }
    let centred = probability - 0.5;
    if centred.abs() <= 0.425 {
        let square = 0.180625 - centred * centred;
        return centred * polynomial(&CENTRE.0, square) / polynomial(&CENTRE.1, square);
    }
    let tail = if centred < 0.0 { probability } else { 1.0 - probability };
    if tail == 0.0 {
        return f64::INFINITY.copysign(centred);
    }
    let root = (-libm::log(tail)).sqrt();
    let (shifted, (above, below)) = if root <= 5.0 { (root - 1.6, &TAIL) } else { (root - 5.0, &FAR_TAIL) };
    (polynomial(above, shifted) / polynomial(below, shifted)).copysign(centred)
}

/// The probability that a standard normal variable lies below a value.
#[cfg(any(test, feature = "inside"))]
pub fn normal_probability(value: f64) -> f64 {
    0.5 * libm::erfc(-value / std::f64::consts::SQRT_2)
}

fn polynomial(coefficients: &[f64; 8], x: f64) -> f64 {
    coefficients.iter().rev().fold(0.0, |sum, coefficient| sum * x + coefficient)
}

/// Numerator and denominator of one of AS 241's rational functions, lowest power first.
type Rational = ([f64; 8], [f64; 8]);

const CENTRE: Rational = (
    [
        3.387_132_872_796_366_5e0,
        1.331_416_678_917_843_8e2,
        1.971_590_950_306_551_3e3,
        1.373_169_376_550_946e4,
        4.592_195_393_154_987e4,
        6.726_577_092_700_87e4,
        3.343_057_558_358_813e4,
        2.509_080_928_730_122_7e3,
    ],
    [
        1.0,
        4.231_333_070_160_091e1,
        6.871_870_074_920_579e2,
        5.394_196_021_424_751e3,
        2.121_379_430_158_66e4,
        3.930_789_580_009_271e4,
        2.872_908_573_572_194_3e4,
        5.226_495_278_852_854e3,
    ],
);

const TAIL: Rational = (
    [
        1.423_437_110_749_683_5e0,
        4.630_337_846_156_546e0,
        5.769_497_221_460_691e0,
        3.647_848_324_763_204_5e0,
        1.270_458_252_452_368_4e0,
        2.417_807_251_774_506e-1,
        2.272_384_498_926_918_4e-2,
        7.745_450_142_783_414e-4,
    ],
    [
        1.0,
        2.053_191_626_637_759e0,
        1.676_384_830_183_803_8e0,
        6.897_673_349_851e-1,
        1.481_039_764_274_800_8e-1,
        1.519_866_656_361_645_7e-2,
        5.475_938_084_995_345e-4,
        1.050_750_071_644_416_9e-9,
    ],
);

const FAR_TAIL: Rational = (
    [
        6.657_904_643_501_103e0,
        5.463_784_911_164_114e0,
        1.784_826_539_917_291_3e0,
        2.965_605_718_285_048_7e-1,
        2.653_218_952_657_612_4e-2,
        1.242_660_947_388_078_4e-3,
        2.711_555_568_743_487_6e-5,
        2.010_334_399_292_288_1e-7,
    ],
    [
        1.0,
        5.998_322_065_558_88e-1,
        1.369_298_809_227_358e-1,
        1.487_536_129_085_061_5e-2,
        7.868_691_311_456_133e-4,
        1.846_318_317_510_054_8e-5,
        1.421_511_758_316_446e-7,
        2.044_263_103_389_939_8e-15,
    ],
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn t_agrees_with_the_printed_tables() {
        let table = [
            (1, [6.314, 12.706, 63.657]),
            (2, [2.920, 4.303, 9.925]),
            (3, [2.353, 3.182, 5.841]),
            (4, [2.132, 2.776, 4.604]),
            (5, [2.015, 2.571, 4.032]),
            (9, [1.833, 2.262, 3.250]),
            (10, [1.812, 2.228, 3.169]),
            (19, [1.729, 2.093, 2.861]),
            (29, [1.699, 2.045, 2.756]),
            (30, [1.697, 2.042, 2.750]),
            (60, [1.671, 2.000, 2.660]),
            (120, [1.658, 1.980, 2.617]),
            (u32::MAX, [1.645, 1.960, 2.576]),
        ];
        for (degrees, row) in table {
            for (level, expected) in [0.90, 0.95, 0.99].into_iter().zip(row) {
                let t = two_sided_t(degrees, level);
                assert!((t - expected).abs() < 0.0006, "{degrees} at {level}: {t} for {expected}");
            }
        }
        assert!(two_sided_t(7, 0.0).abs() < 1e-15, "nothing lies within no distance");
        assert!(two_sided_t(0, 0.95).is_nan() && two_sided_t(5, 1.0).is_nan());
        assert!(two_sided_t(5, f64::NAN).is_nan());
    }

    #[test]
    fn the_sum_and_the_expansion_meet() {
        for level in [0.5, 0.9, 0.95, 0.99, 0.999] {
            let sum = two_sided_t(MANY_DEGREES - 1, level);
            let expansion = expanded(MANY_DEGREES - 1, normal_quantile(0.5 + level / 2.0));
            assert!((sum / expansion - 1.0).abs() < 1e-9, "{level}: {sum} and {expansion}");
        }
    }

    #[test]
    fn the_normal_quantile_undoes_the_probability() {
        for tenths in -80..=60 {
            let value = f64::from(tenths) / 10.0;
            let found = normal_quantile(normal_probability(value));
            assert!((found - value).abs() < 2e-8 * value.abs().max(1e-6), "{value}: {found}");
        }
        assert!((normal_quantile(0.975) - 1.959_963_984_540_054).abs() < 1e-15);
        assert!((normal_quantile(1e-12) + 7.034_483_825_301_131).abs() < 1e-12);
        assert_eq!(normal_quantile(0.0), f64::NEG_INFINITY);
        assert_eq!(normal_quantile(1.0), f64::INFINITY);
        assert!([-0.1, 1.1, f64::NAN].iter().all(|&outside| normal_quantile(outside).is_nan()));
    }
}
