//! Choosing a peer by the route's policy, while all are well and while some are out, drain, or
//! take their share by and by.
//!
//! The policy names one peer after the other, and the first that may be chosen is. So the share of
//! a peer that is out goes to all others as their weights say, and a choice among a hundred
//! thousand peers takes no longer than one among ten, whoever of them is out.

use super::World;
use super::balancing::{LOAD_UNIT, TURN_BITS};
use super::eligible::{AnybodyBut, Eligible, Everybody, NotYet, Usable, WithPlace};
use crate::kernel::random::{below, mix, uniform};
use crate::plan::{CallPlan, NONE, Plan, Policy, RoutePlan};
use rand::Rng;

/// After so many draws of peers that may not be chosen all are looked at. nginx hashes a client's
/// address as often before it takes just anybody.
const DRAWS_MOST: u32 = 20;

impl World {
    /// Chooses a member of the call's route; `avoid` is the peer that has just failed.
    #[inline(always)]
    pub(super) fn pick(&mut self, plan: &Plan, call: &CallPlan, caller: u32, root: u32, avoid: u32) -> u32 {
        if let Policy::Single = plan.routes[call.route as usize].policy {
            return 0;
        }
        match avoid == NONE && self.site.balancers.ailing == 0 && !self.trouble.conditions().anybody_drains()
        {
            true => self.pick_of_all(plan, call, caller, root),
            false => self.pick_usable(plan, call, caller, root, avoid),
        }
    }

    #[inline(never)]
    fn pick_of_all(&mut self, plan: &Plan, call: &CallPlan, caller: u32, root: u32) -> u32 {
        let place = self.site_of(plan, call, caller);
        let route = &plan.routes[call.route as usize];
        self.pick_primary(plan, route, place, root, Everybody).unwrap_or(0)
    }

    /// Primaries that are well, or else backups, or else whoever has just failed, or else anybody.
    #[inline(never)]
    fn pick_usable(&mut self, plan: &Plan, call: &CallPlan, caller: u32, root: u32, avoid: u32) -> u32 {
        let place = self.site_of(plan, call, caller);
        let route = &plan.routes[call.route as usize];
        let usable = Usable { call, caller, place, avoid };
        let chosen = if let Some(primary) = self.pick_primary(plan, route, place, root, usable) {
            primary
        } else if let Some(backup) = self.next_backup(plan, route, place, usable) {
            backup
        } else if avoid != NONE && (Usable { avoid: NONE, ..usable }).admits(plan, self, avoid) {
            avoid
        } else {
            let others = AnybodyBut { avoid, is_alone: route.primaries == 1 };
            self.pick_primary(plan, route, place, root, others).unwrap_or(0)
        };
        self.notice_choice(call, place, chosen);
        chosen
    }

    /// The same of those at which the caller has a place for one more call; `None` if those who
    /// would be chosen have none. Backups help when others are not well, not when they are busy.
    #[inline(never)]
    pub(super) fn pick_with_place(
        &mut self,
        plan: &Plan,
        call: &CallPlan,
        caller: u32,
        root: u32,
        avoid: u32,
        together: u32,
    ) -> Option<u32> {
        let place = self.site_of(plan, call, caller);
        let route = &plan.routes[call.route as usize];
        let usable = Usable { call, caller, place, avoid };
        let with_place = WithPlace { who: usable, together };
        let is_any_usable = |world: &Self, members: std::ops::Range<u32>| {
            let mut members = members;
            members.any(|member| usable.admits(plan, world, member))
        };
        let chosen = if let Some(primary) = self.pick_primary(plan, route, place, root, with_place) {
            primary
        } else if is_any_usable(self, 0..route.primaries) {
            return None;
        } else if let Some(backup) = self.next_backup(plan, route, place, with_place) {
            backup
        } else if is_any_usable(self, route.primaries..route.members.len() as u32) {
            return None;
        } else if avoid != NONE && (Usable { avoid: NONE, ..usable }).admits(plan, self, avoid) {
            self.has_place_at(together, avoid).then_some(avoid)?
        } else {
            let others = AnybodyBut { avoid, is_alone: route.primaries == 1 };
            self.pick_primary(plan, route, place, root, WithPlace { who: others, together })?
        };
        self.notice_choice(call, place, chosen);
        Some(chosen)
    }

    #[inline(always)]
    fn pick_primary<E: Eligible>(
        &mut self,
        plan: &Plan,
        route: &RoutePlan,
        place: usize,
        root: u32,
        who: E,
    ) -> Option<u32> {
        match &route.policy {
            Policy::Single => Some(0),
            Policy::RoundRobin => self.next_in_turn(plan, route, place, who),
            Policy::WeightedRoundRobin => self.richest(plan, route, place, who),
            Policy::LeastConnections => self.least_loaded(plan, place, who),
            Policy::Random | Policy::WeightedRandom(_) => self.drawn(plan, route, who),
            Policy::Choices { count, .. } => self.best_of(plan, route, place, *count, who),
            Policy::IpHash(cumulated) => self.by_hash(plan, route, cumulated, self.client_hash(root), who),
            Policy::Ring(points) => self.next_on_ring(plan, points, self.client_hash(root), who),
        }
    }

    /// A peer that has waited out its timeout is being tried, and one that has all of its weight
    /// again is as well as any.
    fn notice_choice(&mut self, call: &CallPlan, place: usize, chosen: u32) {
        let first_peer = self.site.balancers.sites[place].first_peer;
        if first_peer == NONE {
            return;
        }
        let peer = &mut self.site.balancers.peers[(first_peer + chosen) as usize];
        let before = peer.is_ailing();
        peer.is_tried(&call.health, self.clockwork.now);
        peer.warm_up(&call.health, self.clockwork.now);
        let after = peer.is_ailing();
        self.site.balancers.count_ailing(before, after);
    }

    /// A peer that starts slowly lets most of its turns pass.
    #[inline(always)]
    fn takes_its_turn(&mut self, place: usize, member: u32, warmth: f64) -> bool {
        warmth >= 1.0 || {
            let first_peer = self.site.balancers.sites[place].first_peer;
            self.site.balancers.peers[(first_peer + member) as usize].takes_its_turn(warmth)
        }
    }

    fn next_in_turn<E: Eligible>(
        &mut self,
        plan: &Plan,
        route: &RoutePlan,
        place: usize,
        who: E,
    ) -> Option<u32> {
        let cursor = self.site.balancers.sites[place].cursor;
        let mut chosen = None;
        for member in (cursor..route.primaries).chain(0..cursor) {
            if !who.admits(plan, self, member) {
                continue;
            }
            if self.takes_its_turn(place, member, who.warmth(self, member)) {
                chosen = Some(member);
                break;
            }
            // If all let their turns pass, it is the first one's.
            chosen = chosen.or(Some(member));
        }
        // Whoever is left out leaves its turn to all others, not always to the one behind it.
        let next = chosen? + 1;
        self.site.balancers.sites[place].cursor = if next == route.primaries { 0 } else { next };
        chosen
    }

    /// Backups take turns.
    fn next_backup<E: Eligible>(
        &mut self,
        plan: &Plan,
        route: &RoutePlan,
        place: usize,
        who: E,
    ) -> Option<u32> {
        let first = self.site.balancers.sites[place].next_backup.max(route.primaries);
        let mut in_turn = (first..route.members.len() as u32).chain(route.primaries..first);
        let chosen = in_turn.find(|&member| who.admits(plan, self, member))?;
        self.site.balancers.sites[place].next_backup = chosen + 1;
        Some(chosen)
    }

    /// nginx's smooth weighted round robin: everybody gains its weight, the richest is chosen and
    /// pays the sum.
    fn richest<E: Eligible>(&mut self, plan: &Plan, route: &RoutePlan, place: usize, who: E) -> Option<u32> {
        let first = self.site.balancers.sites[place].first_current as usize;
        let mut total = 0;
        let mut richest: Option<(i64, u32)> = None;
        for member in 0..route.primaries {
            if !who.admits(plan, self, member) {
                continue;
            }
            let weight = self.weight(route, member, who) as i64;
            let current = &mut self.site.balancers.current[first + member as usize];
            *current += weight;
            total += weight;
            if richest.is_none_or(|(most, _)| *current > most) {
                richest = Some((*current, member));
            }
        }
        let (_, chosen) = richest?;
        self.site.balancers.current[first + chosen as usize] -= total;
        Some(chosen)
    }

    /// In `LOAD_UNIT`s; at least one, so that there is always somebody.
    #[inline(always)]
    fn weight<E: Eligible>(&self, route: &RoutePlan, member: u32, who: E) -> u64 {
        let weight = u64::from(route.members[member as usize].weight) * LOAD_UNIT;
        match who.warmth(self, member) {
            1.0.. => weight,
            warmth => ((weight as f64 * warmth) as u64).max(1),
        }
    }

    fn least_loaded<E: Eligible>(&mut self, plan: &Plan, place: usize, who: E) -> Option<u32> {
        for _ in 0..DRAWS_MOST {
            let first = self.site.balancers.first_of_loads(place);
            if who.admits(plan, self, first) {
                match who.warmth(self, first) >= 1.0 {
                    true => return Some(first),
                    false => break,
                }
            }
            // One that is out would stand before its equals for ever.
            self.site.balancers.turn_is_over(place, first);
            if self.site.balancers.first_of_loads(place) == first {
                break;
            }
        }
        let mut passed = std::mem::take(&mut self.site.balancers.passed);
        let chosen = loop {
            let Some(member) = self.least_loaded_but(plan, place, &passed, who) else {
                // If all let their turns pass, it is the first one's.
                break passed.first().copied();
            };
            if self.takes_its_turn(place, member, who.warmth(self, member)) {
                break Some(member);
            }
            self.site.balancers.turn_is_over(place, member);
            passed.push(member);
        };
        passed.clear();
        self.site.balancers.passed = passed;
        chosen
    }

    /// A peer of which a share of the weight is there counts for as much more loaded.
    fn least_loaded_but<E: Eligible>(
        &self,
        plan: &Plan,
        place: usize,
        passed: &[u32],
        who: E,
    ) -> Option<u32> {
        let loads = self.site.balancers.sites[place].loads.as_ref().expect("loads of peers");
        loads.least(&mut |member, load| {
            if passed.contains(&member) || !who.admits(plan, self, member) {
                return None;
            }
            let warmth = who.warmth(self, member);
            if warmth >= 1.0 {
                return Some(u128::from(load));
            }
            let (open, turn) = (load >> TURN_BITS, load & ((1 << TURN_BITS) - 1));
            let share = ((LOAD_UNIT as f64 * warmth) as u128).max(1);
            let open = u128::from(open) * u128::from(LOAD_UNIT) / share;
            Some((open << TURN_BITS) | u128::from(turn))
        })
    }

    /// By weight.
    fn drawn<E: Eligible>(&mut self, plan: &Plan, route: &RoutePlan, who: E) -> Option<u32> {
        for _ in 0..DRAWS_MOST {
            let die = &mut self.chance.dice[route.die as usize];
            let member = match &route.policy {
                Policy::WeightedRandom(cumulated) | Policy::Choices { cumulated: Some(cumulated), .. } => {
                    member_at(cumulated, die.next_u64())
                }
                _ => below(die, route.primaries),
            };
            if !who.admits(plan, self, member) {
                continue;
            }
            let warmth = who.warmth(self, member);
            if warmth >= 1.0 || uniform(&mut self.chance.dice[route.die as usize]) < warmth {
                return Some(member);
            }
        }
        self.drawn_of_all(plan, route, who)
    }

    /// The same when hardly anybody is left.
    fn drawn_of_all<E: Eligible>(&mut self, plan: &Plan, route: &RoutePlan, who: E) -> Option<u32> {
        let weight = |world: &Self, member: u32| match who.admits(plan, world, member) {
            true => world.weight(route, member, who),
            false => 0,
        };
        let total: u64 = (0..route.primaries).map(|member| weight(self, member)).sum();
        if total == 0 {
            return None;
        }
        let mut point = self.chance.dice[route.die as usize].next_u64() % total;
        (0..route.primaries).find(|&member| {
            let weight = weight(self, member);
            let is_there = point < weight;
            point = point.saturating_sub(weight);
            is_there
        })
    }

    /// The least loaded for its weight of so many that are drawn, each at most once; ties at
    /// random.
    fn best_of<E: Eligible>(
        &mut self,
        plan: &Plan,
        route: &RoutePlan,
        place: usize,
        count: u8,
        who: E,
    ) -> Option<u32> {
        let first_open = self.site.balancers.sites[place].first_open;
        // Loads are compared as products with the other's weight, so that nothing is divided.
        let load = |world: &Self, member: u32, other: u32| {
            let open = world.site.balancers.open[(first_open + member) as usize];
            u64::from(open) * u64::from(route.members[other as usize].weight)
        };
        let mut drawn = std::mem::take(&mut self.site.balancers.passed);
        let mut best = None;
        let mut ties = 1;
        for _ in 0..count {
            let Some(member) = self.drawn(plan, route, NotYet { who, drawn: &drawn }) else { break };
            drawn.push(member);
            let Some(least) = best else {
                best = Some(member);
                continue;
            };
            let (one, other) = (load(self, member, least), load(self, least, member));
            ties = if one < other { 1 } else { ties + u32::from(one == other) };
            if one < other || (one == other && below(&mut self.chance.dice[route.die as usize], ties) == 0) {
                best = Some(member);
            }
        }
        drawn.clear();
        self.site.balancers.passed = drawn;
        best
    }

    /// A client whose peer is out is hashed again, and so are all others of that peer.
    fn by_hash<E: Eligible>(
        &self,
        plan: &Plan,
        route: &RoutePlan,
        cumulated: &[u64],
        hash: u64,
        who: E,
    ) -> Option<u32> {
        let mut hash = hash;
        for _ in 0..DRAWS_MOST {
            let member = member_at(cumulated, hash);
            if who.admits(plan, self, member) {
                return Some(member);
            }
            hash = mix(hash);
        }
        let eligible = || (0..route.primaries).filter(|&member| who.admits(plan, self, member));
        let count = eligible().count() as u64;
        hash.checked_rem(count).and_then(|place| eligible().nth(place as usize))
    }

    /// The points of a peer lie all over the ring, so that its clients go to all others.
    fn next_on_ring<E: Eligible>(
        &self,
        plan: &Plan,
        points: &[(u64, u32)],
        hash: u64,
        who: E,
    ) -> Option<u32> {
        let place = points.partition_point(|&(point, _)| point < hash);
        let onwards = points[place..].iter().chain(&points[..place]);
        onwards.map(|&(_, member)| member).find(|&member| who.admits(plan, self, member))
    }
}

/// The member whose part of all weights holds this number.
fn member_at(cumulated: &[u64], number: u64) -> u32 {
    let total = *cumulated.last().expect("a member");
    let point = number % total;
    cumulated.partition_point(|&sum| sum <= point) as u32
}
