//! How long something takes: its mean and its variance, and how these come together.

use crate::parts::count::Count;
use crate::parts::distribution::Distribution;

/// In seconds, and square seconds. Either may be infinite.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Moments {
    pub mean: f64,
    pub variance: f64,
}

impl Moments {
    /// No time at all.
    pub const NONE: Moments = Moments { mean: 0.0, variance: 0.0 };

    pub fn of(law: &Distribution) -> Moments {
        Moments { mean: law.mean(), variance: law.variance() }
    }

    pub fn constant(seconds: f64) -> Moments {
        Moments { mean: seconds, variance: 0.0 }
    }

    /// One after the other.
    pub fn then(self, next: Moments) -> Moments {
        Moments { mean: self.mean + next.mean, variance: self.variance + next.variance }
    }

    /// Each of them so many times as long.
    pub fn stretched(self, factor: f64) -> Moments {
        match factor {
            0.0 => Moments::NONE,
            factor => Moments { mean: self.mean * factor, variance: self.variance * factor * factor },
        }
    }

    /// One of several, each with its chance; with what is left over of the chances it takes no time.
    pub fn one_of(parts: impl Iterator<Item = (f64, Moments)> + Clone) -> Moments {
        let parts = parts.filter(|(chance, _)| *chance > 0.0);
        let mean: f64 = parts.clone().map(|(chance, part)| chance * part.mean).sum();
        if mean.is_infinite() {
            return Moments { mean, variance: mean };
        }
        let (mut variance, mut left) = (0.0, 1.0_f64);
        for (chance, part) in parts {
            variance += chance * (part.variance + (part.mean - mean) * (part.mean - mean));
            left -= chance;
        }
        Moments { mean, variance: variance + left.max(0.0) * mean * mean }
    }

    /// It happens with a chance.
    pub fn perhaps(self, chance: f64) -> Moments {
        Moments::one_of([(chance, self)].into_iter())
    }

    /// So often one after the other, if at all.
    pub fn repeated(self, times: &Count, chance: f64) -> Moments {
        let often = times.mean();
        if often <= 0.0 || chance <= 0.0 {
            return Moments::NONE;
        }
        let mean = often * self.mean;
        if mean.is_infinite() {
            return Moments { mean, variance: mean };
        }
        let variance = often * self.variance + times.variance() * self.mean * self.mean;
        Moments { mean, variance }.perhaps(chance)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(moments: Moments, mean: f64, variance: f64) {
        let is_near = |value: f64, expected: f64| (value - expected).abs() <= 1e-12 * expected.max(1.0);
        assert!(is_near(moments.mean, mean) && is_near(moments.variance, variance), "{moments:?}");
    }

    #[test]
    fn repeated_times_have_the_moments_of_random_sums() {
        let exponential = Moments::of(&Distribution::Exponential { mean: 2.0 });
        close(exponential.repeated(&Count::Fixed(3), 1.0), 6.0, 12.0);
        // A geometric number of exponential times, none included, is none or exponential.
        let geometric = exponential.repeated(&Count::Geometric { mean: 4.0 }, 1.0);
        close(geometric, 8.0, 0.8 * (2.0 * 100.0) - 64.0);
        close(Moments::constant(3.0).perhaps(0.25), 0.75, 0.25 * 0.75 * 9.0);
        close(exponential.repeated(&Count::Fixed(3), 0.0), 0.0, 0.0);
        let endless = Moments { mean: f64::INFINITY, variance: f64::INFINITY };
        assert_eq!(endless.repeated(&Count::Fixed(2), 0.5).mean, f64::INFINITY);
        assert_eq!(endless.stretched(0.0), Moments::NONE);
    }
}
