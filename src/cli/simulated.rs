//! How much has been simulated, and how fast, in requests and in events.

use crate::output::terminal::count;
use crate::parts::quantity::format_rate;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

/// Counted by all threads that make runs.
#[derive(Debug)]
pub struct Simulated {
    started: Instant,
    requests: AtomicU64,
    events: AtomicU64,
}

impl Simulated {
    pub fn from_now() -> Simulated {
        Simulated { started: Instant::now(), requests: AtomicU64::new(0), events: AtomicU64::new(0) }
    }

    pub fn add(&self, requests: u64, events: u64) {
        self.requests.fetch_add(requests, Ordering::Relaxed);
        self.events.fetch_add(events, Ordering::Relaxed);
    }

    pub fn elapsed_s(&self) -> f64 {
        self.started.elapsed().as_secs_f64()
    }

    /// Nothing if somebody else makes the runs, who does not tell what was in them.
    pub fn so_far(&self) -> Option<Amount> {
        let (requests, events) = (self.requests.load(Ordering::Relaxed), self.events.load(Ordering::Relaxed));
        (events > 0).then(|| Amount { requests, events, seconds: self.elapsed_s() })
    }
}

/// What was simulated in so many seconds of somebody's life.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Amount {
    pub requests: u64,
    pub events: u64,
    pub seconds: f64,
}

impl Amount {
    /// `49.6k/s requests, 427k/s events`; nothing if no time has passed.
    pub fn rates(&self) -> Option<String> {
        let rate = |number: u64| format_rate(number as f64 / self.seconds);
        (self.seconds > 0.0)
            .then(|| format!("{} requests, {} events", rate(self.requests), rate(self.events)))
    }

    /// `36,389 requests, 312,004 events simulated in 0.73 s: 49.6k/s requests, 427k/s events`
    pub fn text(&self) -> String {
        let rates = self.rates().map_or(String::new(), |rates| format!(": {rates}"));
        let (requests, events) = (count(self.requests), count(self.events));
        format!("{requests} requests, {events} events simulated in {:.2} s{rates}", self.seconds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_and_events_are_told_with_their_rates() {
        let amount = Amount { requests: 36_389, events: 312_004, seconds: 0.5 };
        assert_eq!(
            amount.text(),
            "36,389 requests, 312,004 events simulated in 0.50 s: 72.8k/s requests, 624k/s events"
        );
        let at_once = Amount { seconds: 0.0, ..amount };
        assert_eq!(at_once.text(), "36,389 requests, 312,004 events simulated in 0.00 s");
    }

    #[test]
    fn runs_that_were_made_elsewhere_are_not_told() {
        let simulated = Simulated::from_now();
        assert_eq!(simulated.so_far(), None);
        simulated.add(3, 20);
        simulated.add(4, 30);
        let so_far = simulated.so_far().expect("something was simulated");
        assert_eq!((so_far.requests, so_far.events), (7, 50));
    }
}
