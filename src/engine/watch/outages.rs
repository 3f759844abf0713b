//! Finds the stretches in which users met errors, while the run goes on.
//!
//! Each failed request adds to a score and each good one takes from it, so that the score
//! climbs while more than a quarter of the requests fail. A climb from zero that gets high
//! enough is an outage; it lasts from the sending of the first request of the climb that
//! failed to the end of the last one before its peak.

use crate::kernel::time::Time;
use crate::parts::outcome::Outcome;
use crate::results::incident::{Outage, OutageSums};

/// What a failed request adds, where a good one takes away one.
const FAILED: u64 = 3;
/// The score at which a climb is an outage: ten failed requests in a row, or more of them
/// among good ones.
const OUTAGE: u64 = 30;
/// How far the score must fall from its peak for the outage to be over.
const OVER: u64 = 60;
/// Outages that are listed; of those beyond, sums are kept.
const LISTED_MOST: usize = 100_000;

#[derive(Clone, Debug)]
pub(super) struct OutageFinder {
    pub(super) score: u64,
    peak: u64,
    /// Failed requests since the climb began.
    failed: u64,
    present: Outage,
    /// The present climb does not begin before this.
    served_until: Time,
    pub(super) found: Vec<Outage>,
    pub(super) unlisted: OutageSums,
    /// The last outage, if it is one of these.
    last_unlisted: Option<Outage>,
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
        OutageFinder {
            score: 0,
            peak: 0,
            failed: 0,
            present,
            served_until: 0,
            found: Vec::new(),
            unlisted: OutageSums::default(),
            last_unlisted: None,
        }
    }

    /// Until then users were served, although a request that fails now was sent before.
    pub fn were_served_until(&mut self, time: Time) {
        self.served_until = time;
    }

    /// A request sent at `sent` has failed; `cause` is the latest of what is wrong.
    pub fn failed(&mut self, sent: Time, now: Time, outcome: Outcome, cause: Option<u32>) {
        let sent = sent.max(self.served_until);
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
            return self.found.push(outage);
        }
        let before = self.last_unlisted.as_ref().or(self.found.last()).map_or(0, |last| last.end);
        self.unlisted.add(&outage, before);
        self.last_unlisted = Some(outage);
    }

    /// The warm-up is over: what was over before is no part of the run that counts.
    pub fn start_counting(&mut self, now: Time) {
        self.found.retain(|outage| outage.end > now);
        self.unlisted = OutageSums::default();
        if let Some(last) = self.last_unlisted.take().filter(|last| last.end > now) {
            self.list(last);
        }
    }

    /// Lists the present climb if it was high enough, and begins anew.
    pub fn close(&mut self) {
        if self.peak >= OUTAGE {
            self.join_or_list();
        }
        (self.score, self.peak) = (0, 0);
    }

    /// Requests that failed late may have been sent before the last outage was over: that is one
    /// outage.
    fn join_or_list(&mut self) {
        let present = self.present;
        let last = self.last_unlisted.as_mut().or(self.found.last_mut());
        let Some(last) = last.filter(|last| present.start <= last.end) else { return self.list(present) };
        let before = *last;
        last.end = last.end.max(present.end);
        last.lost += present.lost;
        last.last_error = present.last_error;
        if let Some(last) = &self.last_unlisted {
            self.unlisted.replace(&before, last);
        }
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

    /// Outages of two causes in turn: of 1 s by the first, of 2 s by the other, each 10 s after
    /// the one before began.
    fn many(finder: &mut OutageFinder, count: u64) {
        for number in 0..count {
            let (start, cause) = (10 * number, (number % 2) as u32);
            let end = start + 1 + u64::from(cause);
            for _ in 0..12 {
                finder.failed(start, end, Outcome::Reset, Some(cause));
            }
            finder.close();
        }
    }

    #[test]
    fn those_beyond_the_list_are_summed_by_cause_as_they_happen() {
        let mut finder = OutageFinder::new();
        let beyond = 1_001;
        many(&mut finder, LISTED_MOST as u64 + beyond);
        assert_eq!(finder.found.len(), LISTED_MOST);
        let sums = &finder.unlisted;
        let first = 10 * LISTED_MOST as u64;
        assert_eq!((sums.start, sums.end), (first, first + 10_000 + 1));
        assert_eq!((sums.all.count, sums.all.time, sums.all.lost), (1_001, 501 + 1_000, 1_001 * 12));
        assert_eq!((sums.squares, sums.longest), (501 + 500 * 4, 2));
        // The last one that is listed has the other cause, and was over 8 s before.
        assert_eq!((sums.between, sums.between_squares), (501 * 8 + 500 * 9, 501 * 64 + 500 * 81));
        let by_cause: Vec<_> = sums.by_cause.iter().map(|(cause, sums)| (*cause, sums.count)).collect();
        assert_eq!(by_cause, [(Some(0), 501), (Some(1), 500)]);
    }

    #[test]
    fn the_last_of_those_beyond_the_list_can_go_on() {
        let mut finder = OutageFinder::new();
        many(&mut finder, LISTED_MOST as u64 + 1);
        let start = 10 * LISTED_MOST as u64;
        for _ in 0..12 {
            finder.failed(start, start + 7, Outcome::TimedOut, Some(1));
        }
        finder.close();
        let sums = &finder.unlisted;
        assert_eq!((sums.all.count, sums.all.time, sums.all.lost), (1, 7, 24));
        assert_eq!((sums.squares, sums.longest, sums.end), (49, 7, start + 7));
        assert_eq!(sums.by_cause[&Some(0)], sums.all);
    }

    #[test]
    fn what_was_over_in_the_warm_up_takes_no_place_in_the_list() {
        let mut finder = OutageFinder::new();
        many(&mut finder, LISTED_MOST as u64 + 5);
        finder.start_counting(10 * (LISTED_MOST as u64 + 4) + 1 - 1);
        assert_eq!((finder.found.len(), finder.unlisted.all.count), (1, 0));
        finder.start_counting(u64::MAX);
        assert!(finder.found.is_empty());
    }
}
