//! Choosing a peer while some are out, drain, or take their share by and by.
//!
//! The route's own policy chooses among those that can be used, so that the share of a peer
//! that is out goes to all others as their weights say.

use super::Simulation;
use super::balancing::{Balancers, LOAD_UNIT, TURN_BITS, member_at};
use super::conditions::Condition;
use crate::kernel::random::{Generator, below, mix, uniform};
use crate::kernel::time::Time;
use crate::plan::{CallPlan, NONE, Policy, RoutePlan};
use rand::Rng;

/// A peer that may be chosen.
#[derive(Clone, Copy, Debug)]
pub struct Candidate {
    pub member: u32,
    /// The share of its weight that it has at present.
    warmth: f64,
    /// What that makes of its weight, in `LOAD_UNIT`s.
    pub weight: u64,
}

/// nginx looks so often for another place of a client's hash before it takes just anybody.
const REHASHES_MOST: u32 = 20;

impl Simulation<'_> {
    /// A member of the call's route by its policy, among those that are well; `avoid` is the
    /// peer that has just failed. If there is none, all are tried.
    #[inline(never)]
    pub(super) fn pick_usable(&mut self, call: &CallPlan, caller: u32, root: u32, avoid: u32) -> u32 {
        let route = &self.plan.routes[call.route as usize];
        if let Policy::Single = route.policy {
            return 0;
        }
        let place = self.site_of(call, caller);
        let mut candidates = std::mem::take(&mut self.balancers.candidates);
        let has_primaries = self.find_candidates(call, caller, place, avoid, &mut candidates);
        let chosen = if has_primaries {
            self.choose_among(route, place, root, &mut candidates)
        } else {
            self.balancers.sites[place].next_backup(&candidates)
        };
        self.balancers.candidates = candidates;
        self.notice_trial(call, place, chosen);
        chosen
    }

    /// Who may be chosen: primaries, or else backups, or else whoever has just failed, or else
    /// anybody. Says whether they are primaries.
    fn find_candidates(
        &mut self,
        call: &CallPlan,
        caller: u32,
        place: usize,
        avoid: u32,
        candidates: &mut Vec<Candidate>,
    ) -> bool {
        let route = &self.plan.routes[call.route as usize];
        let count = route.members.len() as u32;
        self.balancers.end_slow_starts(place, call, count, self.now);
        for range in [0..route.primaries, route.primaries..count] {
            candidates.clear();
            let is_primary = range.start == 0;
            for member in range {
                if member != avoid && self.is_usable(call, caller, place, member) {
                    candidates.push(self.candidate(call, place, member));
                }
            }
            if !candidates.is_empty() {
                return is_primary;
            }
        }
        if avoid < count && self.is_usable(call, caller, place, avoid) {
            candidates.push(self.candidate(call, place, avoid));
            return avoid < route.primaries;
        }
        let others = (0..route.primaries).filter(|&member| member != avoid || route.primaries == 1);
        candidates.extend(others.map(|member| self.candidate(call, place, member)));
        true
    }

    fn candidate(&self, call: &CallPlan, place: usize, member: u32) -> Candidate {
        let warmth =
            self.balancers.peer(place, member).map_or(1.0, |peer| peer.warmth(&call.health, self.now));
        let weight = u64::from(self.plan.routes[call.route as usize].members[member as usize].weight);
        Candidate { member, warmth, weight: ((weight * LOAD_UNIT) as f64 * warmth).max(1.0) as u64 }
    }

    fn is_usable(&self, call: &CallPlan, caller: u32, place: usize, member: u32) -> bool {
        let instance = self.plan.routes[call.route as usize].members[member as usize].instance as usize;
        let drains = self.conditions.get(instance).is_some_and(Condition::drains);
        let is_available = || {
            let peer = self.balancers.peer(place, member);
            peer.is_none_or(|peer| peer.is_available(&call.health, self.now))
        };
        !drains && self.breaker_permits(call, caller, member) && is_available()
    }

    fn choose_among(
        &mut self,
        route: &RoutePlan,
        place: usize,
        root: u32,
        candidates: &mut Vec<Candidate>,
    ) -> u32 {
        let hash = || self.client_hash(root);
        match &route.policy {
            Policy::Single => 0,
            Policy::RoundRobin => self.balancers.next_in_turn(place, route, candidates),
            Policy::WeightedRoundRobin => {
                let first = self.balancers.sites[place].first_current as usize;
                smooth_round_robin(candidates, &mut self.balancers.current[first..])
            }
            Policy::LeastConnections => self.balancers.least_loaded(place, candidates),
            Policy::Random | Policy::WeightedRandom(_) => {
                drawn(&mut self.dice[route.die as usize], candidates).member
            }
            Policy::Choices(count) => {
                let die = &mut self.dice[route.die as usize];
                self.balancers.best_of(place, candidates, *count, die)
            }
            Policy::IpHash(cumulated) => by_hash(candidates, cumulated, hash()),
            Policy::Ring(points) => next_on_ring(candidates, points, hash()),
        }
    }

    /// A peer that has waited out its timeout is being tried.
    fn notice_trial(&mut self, call: &CallPlan, place: usize, chosen: u32) {
        let first_peer = self.balancers.sites[place].first_peer;
        if first_peer != NONE {
            self.balancers.peers[(first_peer + chosen) as usize].is_tried(&call.health, self.now);
        }
    }
}

impl Balancers {
    /// Those that have all of their weight again are as well as any.
    fn end_slow_starts(&mut self, place: usize, call: &CallPlan, count: u32, now: Time) {
        let first_peer = self.sites[place].first_peer;
        if first_peer == NONE || call.health.slow_start == 0 {
            return;
        }
        for peer in first_peer..first_peer + count {
            let peer = &mut self.peers[peer as usize];
            let before = peer.is_ailing();
            peer.warm_up(&call.health, now);
            let after = peer.is_ailing();
            self.ailing = self.ailing + u32::from(after) - u32::from(before);
        }
    }

    /// A peer that starts slowly lets most of its turns pass.
    fn takes_its_turn(&mut self, place: usize, candidate: Candidate) -> bool {
        let first_peer = self.sites[place].first_peer;
        first_peer == NONE
            || self.peers[(first_peer + candidate.member) as usize].takes_its_turn(candidate.warmth)
    }

    fn next_in_turn(&mut self, place: usize, route: &RoutePlan, candidates: &[Candidate]) -> u32 {
        let cursor = self.sites[place].cursor;
        let first = candidates.partition_point(|candidate| candidate.member < cursor);
        let in_turn = |step: usize| candidates[(first + step) % candidates.len()];
        let taken = (0..candidates.len()).find(|&step| self.takes_its_turn(place, in_turn(step)));
        let chosen = in_turn(taken.unwrap_or(0)).member;
        self.sites[place].go_on_behind(chosen, route);
        chosen
    }

    fn least_loaded(&mut self, place: usize, candidates: &mut Vec<Candidate>) -> u32 {
        loop {
            let site = &self.sites[place];
            let loads = site.loads.as_ref().expect("loads of peers");
            let load = |candidate: &Candidate| {
                let open = u64::from(self.open[(site.first_open + candidate.member) as usize]);
                let turn = loads.time(candidate.member) & ((1 << TURN_BITS) - 1);
                (u128::from(open) * u128::from(LOAD_UNIT * LOAD_UNIT) / u128::from(candidate.weight), turn)
            };
            let least = (0..candidates.len()).min_by_key(|&number| load(&candidates[number]));
            let candidate = candidates[least.expect("somebody is left")];
            if candidates.len() == 1 || self.takes_its_turn(place, candidate) {
                return candidate.member;
            }
            // It has had its turn.
            self.turn_is_over(place, candidate.member);
            candidates.swap_remove(least.expect("somebody is left"));
        }
    }

    /// The least loaded of so many that are drawn, ties at random.
    fn best_of(&self, place: usize, candidates: &[Candidate], count: u8, die: &mut Generator) -> u32 {
        let open = &self.open[self.sites[place].first_open as usize..];
        let load = |member: u32| open[member as usize];
        let mut best = drawn_by_warmth(die, candidates);
        let mut ties = 1;
        for _ in 1..count {
            let other = drawn_by_warmth(die, candidates);
            let (one, least) = (load(other), load(best));
            ties = if one < least { 1 } else { ties + u32::from(one == least) };
            if one < least || (one == least && below(die, ties) == 0) {
                best = other;
            }
        }
        best
    }
}

/// nginx's, among those that are there: everybody gains its weight, the richest is chosen
/// and pays the sum.
pub fn smooth_round_robin(candidates: &[Candidate], current: &mut [i64]) -> u32 {
    let mut total = 0;
    let mut best = candidates[0].member;
    for candidate in candidates {
        let weight = candidate.weight as i64;
        total += weight;
        current[candidate.member as usize] += weight;
        if current[candidate.member as usize] > current[best as usize] {
            best = candidate.member;
        }
    }
    current[best as usize] -= total;
    best
}

fn drawn(die: &mut Generator, candidates: &[Candidate]) -> Candidate {
    let total: u64 = candidates.iter().map(|candidate| candidate.weight).sum();
    let mut point = die.next_u64() % total;
    for candidate in candidates {
        match point.checked_sub(candidate.weight) {
            Some(rest) => point = rest,
            None => return *candidate,
        }
    }
    candidates[candidates.len() - 1]
}

/// Without regard to weights, but for those that start slowly.
fn drawn_by_warmth(die: &mut Generator, candidates: &[Candidate]) -> u32 {
    let total: f64 = candidates.iter().map(|candidate| candidate.warmth).sum();
    let mut point = uniform(die) * total;
    let drawn = candidates.iter().find(|candidate| {
        point -= candidate.warmth;
        point < 0.0
    });
    drawn.unwrap_or(&candidates[0]).member
}

fn is_among(candidates: &[Candidate], member: u32) -> bool {
    candidates.binary_search_by_key(&member, |candidate| candidate.member).is_ok()
}

/// A client whose peer is out is hashed again, and so are all others of that peer.
fn by_hash(candidates: &[Candidate], cumulated: &[u64], hash: u64) -> u32 {
    let total = *cumulated.last().expect("a member");
    let mut hash = hash;
    for _ in 0..REHASHES_MOST {
        let member = member_at(cumulated, hash % total);
        if is_among(candidates, member) {
            return member;
        }
        hash = mix(hash);
    }
    candidates[(hash % candidates.len() as u64) as usize].member
}

/// The points of a peer lie all over the ring, so that its clients go to all others.
fn next_on_ring(candidates: &[Candidate], points: &[(u64, u32)], hash: u64) -> u32 {
    let place = points.partition_point(|&(point, _)| point < hash);
    let onwards = points[place..].iter().chain(&points[..place]);
    let mut members = onwards.map(|&(_, member)| member);
    members.find(|&member| is_among(candidates, member)).unwrap_or(candidates[0].member)
}
