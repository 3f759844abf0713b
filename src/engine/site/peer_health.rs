//! What a caller knows of one of its peers, or a zone of one of its addresses.
//!
//! Passively, as nginx does: a peer that failed `max_fails` times in a row is left out for
//! `fail_timeout`, then one request tries it. Actively, as HAProxy does: every peer is
//! asked every `inter`; `fall` failed checks take it out, and `rise` good ones bring it back.

use crate::kernel::time::Time;
use crate::nodes::behaviour::HealthChecks;
use crate::parts::outcome::Outcome;

#[derive(Clone, Copy, Debug, Default)]
pub struct PeerHealth {
    fails: u32,
    failed_at: Time,
    /// When it was last given a request although it had failed.
    tried_at: Time,
    /// Active checks have found it gone.
    taken_out: bool,
    /// Checks in a row that say otherwise.
    streak: u32,
    /// Since when it has been taking its share again by and by.
    slow_since: Option<Time>,
    /// What it has saved up towards its next turn meanwhile.
    credit: f64,
}

impl PeerHealth {
    pub fn is_available(&self, checks: &HealthChecks, now: Time) -> bool {
        let failed = checks.max_fails > 0 && self.fails >= checks.max_fails;
        let waits = failed && now.saturating_sub(self.tried_at) <= checks.fail_timeout;
        !self.taken_out && !waits
    }

    /// Whether active checks have found it gone.
    pub fn is_taken_out(&self) -> bool {
        self.taken_out
    }

    /// Whether callers have to look before they call it.
    pub fn is_ailing(&self) -> bool {
        self.fails > 0 || self.taken_out || self.slow_since.is_some()
    }

    /// It was out, and is not any more.
    fn is_back(&mut self, checks: &HealthChecks, now: Time) {
        if checks.slow_start > 0 {
            (self.slow_since, self.credit) = (Some(now), 0.0);
        }
    }

    /// The share of its weight that it has: from 0 when it is back to 1 after the slow start.
    pub fn warmth(&self, checks: &HealthChecks, now: Time) -> f64 {
        let share = |since: Time| (now - since) as f64 / checks.slow_start.max(1) as f64;
        self.slow_since.map_or(1.0, |since| share(since).min(1.0))
    }

    /// Forgets that it has started slowly once that is over.
    pub fn warm_up(&mut self, checks: &HealthChecks, now: Time) {
        if self.warmth(checks, now) >= 1.0 {
            self.slow_since = None;
        }
    }

    /// Of its turns it takes the share that its weight has of the usual one.
    pub fn takes_its_turn(&mut self, warmth: f64) -> bool {
        self.credit += warmth;
        let takes = self.credit >= 1.0;
        if takes {
            self.credit -= 1.0;
        }
        takes
    }

    /// It gets a request although it had failed.
    pub fn is_tried(&mut self, checks: &HealthChecks, now: Time) {
        if self.fails > 0 && now.saturating_sub(self.tried_at) > checks.fail_timeout {
            self.tried_at = now;
        }
    }

    /// A call to it has ended so.
    pub fn call_ended(&mut self, outcome: Outcome, checks: &HealthChecks, now: Time) {
        if outcome.is_no_answer() {
            // Failures further apart than the timeout are not in a row.
            if now.saturating_sub(self.failed_at) > checks.fail_timeout {
                self.fails = 0;
            }
            self.fails += 1;
            (self.failed_at, self.tried_at) = (now, now);
        } else if self.fails > 0 && self.tried_at > self.failed_at {
            // An answer to a request sent before the failure proves nothing.
            let fails = std::mem::take(&mut self.fails);
            if fails >= checks.max_fails {
                self.is_back(checks, now);
            }
        }
    }

    /// An active check has found it well, or not. Returns whether the caller is sure of it now.
    pub fn checked(&mut self, is_well: bool, checks: &HealthChecks, now: Time) -> bool {
        let was_out = self.taken_out;
        self.count_check(is_well, checks);
        if was_out && !self.taken_out {
            self.is_back(checks, now);
        }
        is_well != self.taken_out
    }

    fn count_check(&mut self, is_well: bool, checks: &HealthChecks) {
        if is_well != self.taken_out {
            self.streak = 0;
            return;
        }
        self.streak += 1;
        if self.streak >= if is_well { checks.rise } else { checks.fall } {
            self.taken_out = !is_well;
            self.streak = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::time::SECOND;

    #[test]
    fn three_failed_checks_take_a_peer_out_and_two_good_ones_bring_it_back() {
        let checks = HealthChecks { inter: 2 * SECOND, fall: 3, rise: 2, ..HealthChecks::NONE };
        let mut peer = PeerHealth::default();
        let story = [false, false, true, false, false, false, true, false, true, true];
        let out = story.map(|is_well| {
            peer.checked(is_well, &checks, 0);
            peer.taken_out
        });
        assert_eq!(out, [false, false, false, false, false, true, true, true, true, false]);
    }

    #[test]
    fn a_failed_peer_waits_out_its_timeout() {
        let checks = HealthChecks { max_fails: 1, fail_timeout: 10 * SECOND, ..HealthChecks::NONE };
        let peer = PeerHealth { fails: 1, tried_at: 5 * SECOND, ..PeerHealth::default() };
        assert!(!peer.is_available(&checks, 15 * SECOND));
        assert!(peer.is_available(&checks, 15 * SECOND + 1));
    }
}
