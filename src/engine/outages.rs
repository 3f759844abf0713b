//! Finds the stretches in which users met errors, while the run goes on.
//!
//! Each failed request adds to a score and each good one takes from it, so that the score
//! climbs while more than a quarter of the requests fail. A climb from zero that gets high
//! enough is an outage; it lasts from the sending of the first request of the climb that
//! failed to the end of the last one before its peak.

use crate::kernel::time::Time;
use crate::parts::outcome::Outcome;
use crate::results::incident::Outage;

/// What a failed request adds, where a good one takes away one.
const FAILED: u64 = 3;
/// The score at which a climb is an outage: ten failed requests in a row, or more of them
/// among good ones.
const OUTAGE: u64 = 30;
/// How far the score must fall from its peak for the outage to be over.
const OVER: u64 = 60;
/// Outages that are listed; all are counted.
const LISTED_MOST: usize = 100_000;

#[derive(Debug)]
pub struct OutageFinder {
    pub score: u64,
    peak: u64,
    /// Failed requests since the climb began.
    failed: u64,
    present: Outage,
    pub found: Vec<Outage>,
    pub unlisted: u64,
}

impl OutageFinder {
    pub fn new() -> Self {
        let present = Outage {
            start: 0,
            end: 0,
            lost: 0,
            first_error: Outcome::Ok,
            last_error: Outcome::Ok,
            cause: None,
        };
        OutageFinder { score: 0, peak: 0, failed: 0, present, found: Vec::new(), unlisted: 0 }
    }

    /// A request sent at `sent` has failed; `cause` is the latest of what is wrong.
    pub fn failed(&mut self, sent: Time, now: Time, outcome: Outcome, cause: Option<u32>) {
        if self.score == 0 {
            self.present =
                Outage { start: sent, end: now, lost: 0, first_error: outcome, last_error: outcome, cause };
            (self.peak, self.failed) = (0, 0);
        }
        self.present.start = self.present.start.min(sent);
        self.score += FAILED;
        self.failed += 1;
        if self.score > self.peak {
            self.peak = self.score;
            self.present.end = now;
            self.present.lost = self.failed;
            self.present.last_error = outcome;
            self.present.cause = self.present.cause.or(cause);
        }
    }

    /// If requests fail now, this is why they go on to do so.
    pub fn is_due_to(&mut self, incident: u32) {
        if self.score > 0 {
            self.present.cause = Some(incident);
        }
    }

    /// When the first of the failures that go on now was sent.
    pub fn began(&self) -> Time {
        self.present.start
    }

    /// A request was good, and the score is not zero.
    pub fn good(&mut self) {
        self.score -= 1;
        if self.score == 0 || self.peak - self.score >= OVER {
            self.close();
        }
    }

    pub fn list(&mut self, outage: Outage) {
        if self.found.len() < LISTED_MOST {
            self.found.push(outage);
        } else {
            self.unlisted += 1;
        }
    }

    /// Lists the present climb if it was high enough, and begins anew.
    pub fn close(&mut self) {
        if self.peak >= OUTAGE {
            // Requests that failed late may have been sent before the last outage was over:
            // that is one outage.
            if let Some(last) = self.found.last_mut()
                && self.present.start <= last.end
            {
                last.end = last.end.max(self.present.end);
                last.lost += self.present.lost;
                last.last_error = self.present.last_error;
            } else {
                self.list(self.present);
            }
        }
        (self.score, self.peak) = (0, 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ends requests one second apart; `f` is a failed one.
    fn outages(story: &str) -> Vec<(Time, Time, u64)> {
        let mut finder = OutageFinder::new();
        for (now, request) in story.chars().enumerate() {
            if request == 'f' {
                finder.failed(now as Time, now as Time, Outcome::Reset, None);
            } else if finder.score > 0 {
                finder.good();
            }
        }
        finder.close();
        finder.found.iter().map(|outage| (outage.start, outage.end, outage.lost)).collect()
    }

    #[test]
    fn a_stretch_of_errors_is_an_outage() {
        let story = format!("{}{}{}", "g".repeat(50), "f".repeat(20), "g".repeat(100));
        assert_eq!(outages(&story), [(50, 69, 20)]);
    }

    #[test]
    fn single_errors_and_one_in_five_are_none() {
        assert_eq!(outages(&"ggggf".repeat(1_000)), []);
        assert_eq!(outages("fffffgggggg"), []);
    }

    #[test]
    fn every_second_request_lost_is_one_outage() {
        let story = format!("{}{}", "fg".repeat(500), "g".repeat(100));
        assert_eq!(outages(&story), [(0, 998, 500)]);
    }

    #[test]
    fn what_fails_late_belongs_to_the_outage_in_which_it_was_sent() {
        let mut finder = OutageFinder::new();
        for (sent, now) in [(0, 10), (20, 400)] {
            for _ in 0..12 {
                finder.failed(sent, now, Outcome::TimedOut, None);
            }
            finder.close();
        }
        finder.failed(500, 500, Outcome::TimedOut, None);
        let found: Vec<_> = finder.found.iter().map(|outage| (outage.start, outage.end)).collect();
        assert_eq!(found, [(0, 10), (20, 400)]);
        for _ in 0..12 {
            finder.failed(300, 600, Outcome::TimedOut, None);
        }
        finder.close();
        let found: Vec<_> =
            finder.found.iter().map(|outage| (outage.start, outage.end, outage.lost)).collect();
        assert_eq!(found, [(0, 10, 12), (20, 600, 25)]);
    }

    #[test]
    fn two_stretches_far_apart_are_two() {
        let story = format!("{0}{1}{0}{1}", "f".repeat(30), "g".repeat(200));
        assert_eq!(outages(&story), [(0, 29, 30), (230, 259, 30)]);
    }
}
