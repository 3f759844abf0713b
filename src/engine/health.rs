//! How callers find out that a peer is not well, and that it is back.
//!
//! Passively, as nginx does: a peer that failed `max_fails` times in a row is left out for
//! `fail_timeout`, then one request tries it. Actively, as HAProxy does: every peer is
//! asked every `inter`; `fall` failed checks take it out, and `rise` good ones bring it back.

use super::World;
use super::balancing::{Balancers, Site};
use super::trouble::Change;
use crate::kernel::time::{NEVER, Time};
use crate::nodes::behaviour::HealthChecks;
use crate::parts::outcome::Outcome;
use crate::plan::{CallPlan, NONE, Plan};

/// What one caller knows of one peer.
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

    /// Whether the check changes what callers do.
    pub fn checked(&mut self, is_well: bool, checks: &HealthChecks) {
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

/// Who asks actively whether an instance is well.
#[derive(Clone, Copy, Debug)]
pub enum Checker {
    /// A caller, of this one of its peers.
    Site { place: u32, member: u32 },
    /// A zone, of the hosts at the addresses of a name.
    Name(u32),
}

impl Checker {
    fn checks(self) -> Change {
        match self {
            Checker::Site { place, .. } => Change::Checks(place),
            Checker::Name(name) => Change::ChecksName(name),
        }
    }
}

/// Of each instance, who checks it. As long as nothing changes every check would find
/// everybody well, so that nobody need know.
pub fn checkers(plan: &Plan, balancers: &Balancers) -> Vec<Vec<Checker>> {
    let mut checkers = vec![Vec::new(); plan.instances.len()];
    for (number, site) in balancers.sites.iter().enumerate() {
        if site.first_peer != NONE && balancers.checks[number].inter != NEVER {
            for (member, peer) in (0..).zip(&plan.routes[site.route as usize].members) {
                checkers[peer.instance as usize].push(Checker::Site { place: number as u32, member });
            }
        }
    }
    for (number, name) in plan.names.iter().enumerate().filter(|(_, name)| name.checks.is_some()) {
        for &host in name.hosts.iter().flatten() {
            checkers[host as usize].push(Checker::Name(number as u32));
        }
    }
    checkers
}

impl World {
    /// A call to one of several peers has ended.
    #[inline(never)]
    pub(super) fn tell_health(&mut self, plan: &Plan, slot: u32, call: &CallPlan, outcome: Outcome) {
        let visit = &self.visits[slot];
        let (member, instance) = (visit.awaited, visit.instance);
        let place = self.site_of(plan, call, instance);
        let Site { first_peer, .. } = self.site.balancers.sites[place];
        let members = plan.routes[call.route as usize].members.len() as u32;
        if first_peer == NONE || member >= members || call.health.max_fails == 0 {
            return;
        }
        let now = self.clockwork.now;
        let peer = &mut self.site.balancers.peers[(first_peer + member) as usize];
        let before = peer.is_ailing();
        match outcome {
            Outcome::Refused | Outcome::Reset | Outcome::TimedOut => {
                // Failures further apart than the timeout are not in a row.
                if now.saturating_sub(peer.failed_at) > call.health.fail_timeout {
                    peer.fails = 0;
                }
                peer.fails += 1;
                (peer.failed_at, peer.tried_at) = (now, now);
            }
            // An answer to a request sent before the failure proves nothing.
            _ if peer.fails > 0 && peer.tried_at > peer.failed_at => {
                let fails = std::mem::take(&mut peer.fails);
                if fails >= call.health.max_fails {
                    peer.is_back(&call.health, now);
                }
            }
            _ => {}
        }
        let after = peer.is_ailing();
        self.site.balancers.count_ailing(before, after);
    }

    /// An instance may answer checks otherwise than before: whoever checks it and was sure
    /// of all that it checks looks again when its next check is due.
    pub(super) fn wake_checkers(&mut self, plan: &Plan, instance: u32) {
        let mut number = 0;
        while let Some(checker) = self.trouble.checker_of(instance, number) {
            number += 1;
            let (is_checking, inter) = match checker {
                Checker::Site { place, member } => {
                    let doubtful = &mut self.site.balancers.sites[place as usize].doubtful;
                    let is_checking = !doubtful.is_empty();
                    if !doubtful.contains(&member) {
                        doubtful.push(member);
                    }
                    (is_checking, self.site.balancers.checks[place as usize].inter)
                }
                Checker::Name(name) => {
                    let checks = plan.names[name as usize].checks;
                    let is_checking = &mut self.site.names[name as usize].is_checking;
                    (std::mem::replace(is_checking, true), checks.map_or(NEVER, |it| it.inter))
                }
            };
            if !is_checking {
                let due = self.clockwork.now.div_ceil(inter).saturating_mul(inter);
                self.trouble.expect(due, checker.checks());
            }
        }
    }

    /// All of a caller's active checks of its peers are done now. Those of which it is sure
    /// already would change nothing, so they are left out; once it is sure of all, it makes none
    /// until a peer changes.
    pub(super) fn check_peers(&mut self, plan: &Plan, place: usize) {
        let Site { route, first_peer, .. } = self.site.balancers.sites[place];
        let checks = self.site.balancers.checks[place];
        let mut doubtful = std::mem::take(&mut self.site.balancers.sites[place].doubtful);
        doubtful.retain(|&member| {
            let instance = plan.routes[route as usize].members[member as usize].instance;
            let is_well = self.trouble.conditions().answers_checks(instance);
            let peer = &mut self.site.balancers.peers[(first_peer + member) as usize];
            let (before, was_out) = (peer.is_ailing(), peer.taken_out);
            peer.checked(is_well, &checks);
            if was_out && !peer.taken_out {
                peer.is_back(&checks, self.clockwork.now);
            }
            let after = peer.is_ailing();
            let is_sure = is_well != peer.taken_out;
            self.site.balancers.count_ailing(before, after);
            !is_sure
        });
        self.site.balancers.sites[place].doubtful = doubtful;
        if !self.site.balancers.sites[place].doubtful.is_empty() {
            let due = self.clockwork.now.saturating_add(checks.inter);
            self.trouble.expect(due, Change::Checks(place as u32));
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
            peer.checked(is_well, &checks);
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
