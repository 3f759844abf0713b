//! How long a client waits before it tries again.

use crate::kernel::time::Time;

/// The waits between tries: `base × factor^(try − 1)`, at most `longest`, and with full
/// jitter a uniform share of that.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Backoff {
    pub base: Time,
    pub factor: f64,
    pub longest: Time,
    pub full_jitter: bool,
}

impl Backoff {
    /// Tries again at once.
    pub const NONE: Backoff = Backoff { base: 0, factor: 1.0, longest: 0, full_jitter: false };

    /// The wait before the given try (the first retry is number 1); `uniform` is a
    /// variate in [0, 1) that only jitter looks at.
    pub fn wait(&self, retry: u32, uniform: f64) -> Time {
        let grown = self.base as f64 * libm::pow(self.factor, f64::from(retry.saturating_sub(1)));
        let wait = grown.min(self.longest as f64);
        (if self.full_jitter { wait * uniform } else { wait }) as Time
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_up_to_the_longest_and_jitter_takes_a_share() {
        let backoff = Backoff { base: 100, factor: 2.0, longest: 350, full_jitter: false };
        assert_eq!([1, 2, 3, 4].map(|retry| backoff.wait(retry, 0.5)), [100, 200, 350, 350]);
        assert_eq!(Backoff { full_jitter: true, ..backoff }.wait(2, 0.25), 50);
        assert_eq!(Backoff::NONE.wait(3, 0.9), 0);
    }
}
