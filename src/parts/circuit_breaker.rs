//! Circuit breakers: a caller that has met too many failures calls no more for a while,
//! then tries with a few calls whether its peer is well again.

use crate::kernel::time::Time;

/// When a breaker opens, and when it closes again.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BreakerSettings {
    pub trips: Trips,
    /// How long it lets nobody through.
    pub open_for: Time,
    /// So many calls are let through then, and decide.
    pub trials: u32,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Trips {
    /// After so many failures in a row.
    InARow(u32),
    /// When so great a share of the latest calls has failed, and there were enough of them.
    Share { share: f64, window: u32, least: u32 },
}

/// A caller's breaker for one peer.
#[derive(Clone, Debug)]
pub struct CircuitBreaker {
    state: State,
    in_a_row: u32,
    /// Which of the latest calls have failed, one bit each, and where the next one goes.
    window: Vec<u64>,
    place: u32,
    seen: u32,
    failed: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Closed,
    Open {
        until: Time,
    },
    /// Some calls have been let through, and of some the end is known.
    HalfOpen {
        since: Time,
        begun: u32,
        ended: u32,
        failed: u32,
    },
}

impl CircuitBreaker {
    pub fn new(settings: &BreakerSettings) -> CircuitBreaker {
        let window = match settings.trips {
            Trips::InARow(_) => 0,
            Trips::Share { window, .. } => window.div_ceil(u64::BITS),
        };
        CircuitBreaker {
            state: State::Closed,
            in_a_row: 0,
            window: vec![0; window as usize],
            place: 0,
            seen: 0,
            failed: 0,
        }
    }

    pub fn is_closed(&self) -> bool {
        self.state == State::Closed
    }

    /// Whether a call may be made now.
    pub fn permits(&self, settings: &BreakerSettings, now: Time) -> bool {
        match self.state {
            State::Closed => true,
            State::Open { until } => now >= until,
            // Trials of which nothing has been heard for so long are lost; others take their place.
            State::HalfOpen { since, begun, .. } => {
                begun < settings.trials || now >= since.saturating_add(settings.open_for)
            }
        }
    }

    /// A call that is permitted is made.
    pub fn call_begins(&mut self, settings: &BreakerSettings, now: Time) {
        match &mut self.state {
            State::Closed => {}
            // Whoever calls all the same proves nothing.
            State::Open { until } if now < *until => {}
            State::HalfOpen { begun, .. } if *begun < settings.trials => *begun += 1,
            _ => self.state = State::HalfOpen { since: now, begun: 1, ended: 0, failed: 0 },
        }
    }

    /// A call has ended, well or not.
    pub fn call_ended(&mut self, settings: &BreakerSettings, is_well: bool, now: Time) {
        match &mut self.state {
            State::Closed => {
                self.note(settings, !is_well);
                if self.trips(settings) {
                    self.open(settings, now);
                }
            }
            // It was made before, and is no news.
            State::Open { .. } => {}
            State::HalfOpen { ended, failed, .. } => {
                *ended += 1;
                *failed += u32::from(!is_well);
                let too_many = match settings.trips {
                    Trips::InARow(_) => *failed > 0,
                    Trips::Share { share, .. } => f64::from(*failed) >= share * f64::from(settings.trials),
                };
                if too_many {
                    self.open(settings, now);
                } else if *ended >= settings.trials {
                    self.state = State::Closed;
                }
            }
        }
    }

    fn open(&mut self, settings: &BreakerSettings, now: Time) {
        self.state = State::Open { until: now.saturating_add(settings.open_for) };
        self.window.fill(0);
        (self.in_a_row, self.place, self.seen, self.failed) = (0, 0, 0, 0);
    }

    fn note(&mut self, settings: &BreakerSettings, has_failed: bool) {
        self.in_a_row = if has_failed { self.in_a_row + 1 } else { 0 };
        let Trips::Share { window, .. } = settings.trips else { return };
        let (word, bit) = ((self.place / u64::BITS) as usize, 1 << (self.place % u64::BITS));
        if self.seen == window {
            self.failed -= u32::from(self.window[word] & bit != 0);
        } else {
            self.seen += 1;
        }
        self.failed += u32::from(has_failed);
        if has_failed {
            self.window[word] |= bit;
        } else {
            self.window[word] &= !bit;
        }
        self.place = if self.place + 1 == window { 0 } else { self.place + 1 };
    }

    fn trips(&self, settings: &BreakerSettings) -> bool {
        match settings.trips {
            Trips::InARow(most) => self.in_a_row >= most,
            Trips::Share { share, least, .. } => {
                self.failed > 0
                    && self.seen >= least
                    && f64::from(self.failed) >= share * f64::from(self.seen)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::time::SECOND;

    fn settings(trips: Trips) -> BreakerSettings {
        BreakerSettings { trips, open_for: 10 * SECOND, trials: 2 }
    }

    #[test]
    fn failures_in_a_row_open_it_and_good_trials_close_it() {
        let settings = settings(Trips::InARow(3));
        let mut breaker = CircuitBreaker::new(&settings);
        for is_well in [false, false, true, false, false] {
            breaker.call_ended(&settings, is_well, 0);
            assert!(breaker.permits(&settings, 0));
        }
        breaker.call_ended(&settings, false, 5 * SECOND);
        assert!(!breaker.permits(&settings, 15 * SECOND - 1));
        assert!(breaker.permits(&settings, 15 * SECOND));
        breaker.call_begins(&settings, 15 * SECOND);
        breaker.call_begins(&settings, 15 * SECOND);
        assert!(!breaker.permits(&settings, 15 * SECOND), "two trials are enough");
        breaker.call_ended(&settings, true, 16 * SECOND);
        assert!(!breaker.is_closed());
        breaker.call_ended(&settings, true, 16 * SECOND);
        assert!(breaker.is_closed());
    }

    #[test]
    fn a_failed_trial_opens_it_again_and_lost_trials_are_replaced() {
        let settings = settings(Trips::InARow(1));
        let mut breaker = CircuitBreaker::new(&settings);
        breaker.call_ended(&settings, false, 0);
        breaker.call_begins(&settings, 10 * SECOND);
        breaker.call_ended(&settings, false, 11 * SECOND);
        assert!(!breaker.permits(&settings, 20 * SECOND));
        for _ in 0..2 {
            breaker.call_begins(&settings, 21 * SECOND);
        }
        assert!(!breaker.permits(&settings, 30 * SECOND));
        assert!(breaker.permits(&settings, 31 * SECOND));
    }

    #[test]
    fn a_share_counts_in_the_latest_calls_only_once_there_are_enough() {
        let settings = settings(Trips::Share { share: 0.5, window: 4, least: 3 });
        let mut breaker = CircuitBreaker::new(&settings);
        let mut closed_after = |is_well: bool| {
            breaker.call_ended(&settings, is_well, 0);
            breaker.is_closed()
        };
        // Of the latest four: 1 of 1, of 2, of 3, of 4; then the first is forgotten: 1 of 4, 2 of 4.
        let story = [false, true, true, true, false, false];
        assert_eq!(story.map(&mut closed_after), [true, true, true, true, true, false]);
    }
}
