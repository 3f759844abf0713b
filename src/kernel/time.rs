//! Simulated time: whole nanoseconds since the start of the run.

/// An instant or a length of simulated time, in nanoseconds.
///
/// Whole nanoseconds make equal times equal on every machine, and 64 bits of them
/// last for 584 years.
pub type Time = u64;

/// An instant that never comes.
pub const NEVER: Time = Time::MAX;

pub const MICROSECOND: Time = 1_000;
pub const MILLISECOND: Time = 1_000_000;
pub const SECOND: Time = 1_000_000_000;
pub const MINUTE: Time = 60 * SECOND;
pub const HOUR: Time = 60 * MINUTE;
pub const DAY: Time = 24 * HOUR;

/// The nearest whole number of nanoseconds; negative and undefined lengths become
/// zero, too long ones the longest that there is.
#[inline(always)]
pub fn from_seconds(seconds: f64) -> Time {
    // `as` saturates at both ends and turns NaN into zero.
    (seconds * 1e9 + 0.5) as Time
}

#[inline(always)]
pub fn to_seconds(time: Time) -> f64 {
    time as f64 * 1e-9
}

#[inline(always)]
pub fn to_milliseconds(time: Time) -> f64 {
    time as f64 * 1e-6
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_round_to_the_nearest_nanosecond_and_saturate() {
        assert_eq!(from_seconds(1.25), 1_250_000_000);
        assert_eq!(from_seconds(1.6e-9), 2);
        assert_eq!(from_seconds(-3.0), 0);
        assert_eq!(from_seconds(f64::NAN), 0);
        assert_eq!(from_seconds(f64::INFINITY), NEVER);
        assert_eq!(to_seconds(from_seconds(86_400.5)), 86_400.5);
    }
}
