//! The stretches of simulated time that pictures and tables are made of.

use crate::analysis::shown::Shown;
use crate::kernel::time::Time;
use crate::output::number;

/// A stretch of simulated time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stretch {
    pub start_s: f64,
    pub length_s: f64,
}

impl Stretch {
    pub fn of(shown: &Shown) -> Stretch {
        Stretch { start_s: seconds(shown.start), length_s: seconds(shown.length()) }
    }

    pub fn end_s(&self) -> f64 {
        self.start_s + self.length_s
    }

    pub fn middle_s(&self) -> f64 {
        self.start_s + self.length_s / 2.0
    }

    #[cfg(any(test, feature = "inside"))]
    pub fn overlaps(&self, start_s: f64, end_s: f64) -> bool {
        // What takes no time at all is seen in the bucket in which it is.
        self.start_s < end_s.max(start_s + f64::MIN_POSITIVE) && start_s < self.end_s()
    }
}

/// The number that is nearest: the one that its decimals in a file are read as.
pub fn seconds(time: Time) -> f64 {
    time as f64 / 1e9
}

pub fn milliseconds(time: Time) -> f64 {
    time as f64 / 1e6
}

/// Six digits are enough for a picture, and keep long tables short.
pub fn rounded(figure: f64) -> f64 {
    number::rounded(figure, 6)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_rounded_to_six_digits() {
        for (figure, text) in [
            (0.0, "0"),
            (1.0 / 3.0, "0.333333"),
            (1e-9 / 3.0, "0.000000000333333"),
            (2e9 / 3.0, "666667000"),
            (0.1, "0.1"),
        ] {
            assert_eq!(rounded(figure).to_string(), text);
        }
    }

    #[test]
    fn a_time_is_the_number_that_its_decimals_are_read_as() {
        for time in [0, 1, 999_999_999, 1_234_567_890_123, (1 << 53) - 1] {
            let text = crate::output::number::exact_seconds(time);
            assert_eq!(text.parse::<f64>().unwrap(), seconds(time), "{text}");
        }
        // Behind the last digit that a number has, it is written as it is read.
        for time in [31_557_600_123_456_789, 315_576_000_987_654_321] {
            let text = crate::output::number::seconds(seconds(time));
            assert_eq!(text.parse::<f64>().unwrap(), seconds(time), "{text}");
        }
    }
}
