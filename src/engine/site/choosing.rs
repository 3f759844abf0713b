//! Choosing a peer by the route's policy, while all are well and while some are out, drain, or
//! take their share by and by.
//!
//! The policy names one peer after the other, and the first that may be chosen is. So the share of
//! a peer that is out goes to all others as their weights say, and a choice among a hundred
//! thousand peers takes no longer than one among ten, whoever of them is out.

use super::Client;
use super::balancers::Balancers;
use super::eligible::{AnybodyBut, Eligible, Everybody, NotYet, Outlook, Usable, WithPlace};
use super::load::LOAD_UNIT;
use crate::engine::chance::Chance;
use crate::kernel::random::{Generator, below, mix, uniform};
use crate::kernel::table::Id;
use crate::kernel::time::Time;
use crate::nodes::behaviour::HealthChecks;
use crate::plan::ids::View;
use crate::plan::{Policy, RoutePlan};
use rand::Rng;

/// After so many draws of peers that may not be chosen all are looked at. nginx hashes a client's
/// address as often before it takes just anybody.
const DRAWS_MOST: u32 = 20;

/// Least connections keeps them.
const LOADS: &str = "loads of peers";

/// Who chooses, among whom.
#[derive(Clone, Copy)]
pub struct Chooser<'a> {
    pub route: &'a RoutePlan,
    pub view: Id<View>,
    /// Whose request it is, where the policy goes by that.
    pub client: Option<Client>,
}

impl Chooser<'_> {
    fn hash(self) -> u64 {
        self.client.map_or(0, Client::hash)
    }
}

/// What keeps a caller from choosing just anybody.
pub struct Doubts<'a, O> {
    pub outlook: O,
    pub checks: &'a HealthChecks,
    /// The peer that has just failed.
    pub avoid: Option<u32>,
    pub now: Time,
}

impl<O> Doubts<'_, O> {
    fn usable(&self, view: Id<View>) -> Usable<'_, O> {
        let Doubts { outlook, checks, avoid, now } = self;
        Usable { outlook, checks, view, avoid: *avoid, now: *now }
    }
}

impl Balancers {
    /// A member of the route, while nobody is in doubt.
    #[inline(never)]
    pub fn choose(&mut self, chooser: Chooser, chance: &mut Chance) -> u32 {
        self.choose_primary(chooser, chance, Everybody).unwrap_or(0)
    }

    /// Primaries that are well, or else backups, or else whoever has just failed, or else anybody.
    #[inline(never)]
    pub fn choose_usable<O: Outlook>(
        &mut self,
        chooser: Chooser,
        chance: &mut Chance,
        doubts: &Doubts<'_, O>,
    ) -> u32 {
        let (avoid, route) = (doubts.avoid, chooser.route);
        let usable = doubts.usable(chooser.view);
        let chosen = if let Some(primary) = self.choose_primary(chooser, chance, usable) {
            primary
        } else if let Some(backup) = self.next_backup(chooser, usable) {
            backup
        } else if let Some(failed) = self.failed_but_well(usable) {
            failed
        } else {
            let others = AnybodyBut { avoid, is_alone: route.primaries == 1 };
            self.choose_primary(chooser, chance, others).unwrap_or(0)
        };
        self.notice_choice(chooser, doubts, chosen);
        chosen
    }

    /// The same of those at which the caller has a place for one more call; `None` if those who
    /// would be chosen have none. Backups help when others are not well, not when they are busy.
    #[inline(never)]
    pub fn choose_with_place<O: Outlook>(
        &mut self,
        chooser: Chooser,
        chance: &mut Chance,
        doubts: &Doubts<'_, O>,
    ) -> Option<u32> {
        let (avoid, route, outlook) = (doubts.avoid, chooser.route, &doubts.outlook);
        let usable = doubts.usable(chooser.view);
        let with_place = WithPlace { who: usable, outlook };
        let is_any_usable = |balancers: &Self, members: std::ops::Range<u32>| {
            let mut members = members;
            members.any(|member| usable.admits(balancers, member))
        };
        let chosen = if let Some(primary) = self.choose_primary(chooser, chance, with_place) {
            primary
        } else if is_any_usable(self, 0..route.primaries) {
            return None;
        } else if let Some(backup) = self.next_backup(chooser, with_place) {
            backup
        } else if is_any_usable(self, route.primaries..route.members.len() as u32) {
            return None;
        } else if let Some(failed) = self.failed_but_well(usable) {
            outlook.has_place(failed).then_some(failed)?
        } else {
            let who = AnybodyBut { avoid, is_alone: route.primaries == 1 };
            self.choose_primary(chooser, chance, WithPlace { who, outlook })?
        };
        self.notice_choice(chooser, doubts, chosen);
        Some(chosen)
    }

    /// The peer that is avoided, if nothing else speaks against it.
    fn failed_but_well<O: Outlook>(&self, usable: Usable<'_, O>) -> Option<u32> {
        usable.avoid.filter(|&failed| (Usable { avoid: None, ..usable }).admits(self, failed))
    }

    #[inline(always)]
    fn choose_primary<E: Eligible>(&mut self, chooser: Chooser, chance: &mut Chance, who: E) -> Option<u32> {
        let Chooser { route, view, .. } = chooser;
        match &route.policy {
            Policy::Single => Some(0),
            Policy::RoundRobin => self.next_in_turn(route, view, who),
            Policy::WeightedRoundRobin => self.richest(route, view, who),
            Policy::LeastConnections => self.least_loaded(view, who),
            Policy::Random | Policy::WeightedRandom(_) => self.drawn(route, chance, who),
            Policy::Choices { count, .. } => self.best_of(chooser, *count, chance, who),
            Policy::IpHash(cumulated) => self.by_hash(chooser, cumulated, who),
            Policy::Ring(points) => self.next_on_ring(chooser, points, who),
        }
    }

    /// A peer that has waited out its timeout is being tried, and one that has all of its weight
    /// again is as well as any.
    fn notice_choice<O>(&mut self, chooser: Chooser, doubts: &Doubts<'_, O>, chosen: u32) {
        self.learn(chooser.view, chosen, |peer| {
            peer.is_tried(doubts.checks, doubts.now);
            peer.warm_up(doubts.checks, doubts.now);
        });
    }

    /// A peer that starts slowly lets most of its turns pass.
    #[inline(always)]
    fn takes_its_turn(&mut self, view: Id<View>, member: u32, warmth: f64) -> bool {
        warmth >= 1.0 || {
            let mut takes = true;
            self.learn(view, member, |peer| takes = peer.takes_its_turn(warmth));
            takes
        }
    }

    fn next_in_turn<E: Eligible>(&mut self, route: &RoutePlan, view: Id<View>, who: E) -> Option<u32> {
        let cursor = self.look_at(view).cursor;
        let mut chosen = None;
        for member in (cursor..route.primaries).chain(0..cursor) {
            if !who.admits(self, member) {
                continue;
            }
            if self.takes_its_turn(view, member, who.warmth(self, member)) {
                chosen = Some(member);
                break;
            }
            // If all let their turns pass, it is the first one's.
            chosen = chosen.or(Some(member));
        }
        // Whoever is left out leaves its turn to all others, not always to the one behind it.
        let next = chosen? + 1;
        self.at(view).cursor = if next == route.primaries { 0 } else { next };
        chosen
    }

    /// Backups take turns.
    fn next_backup<E: Eligible>(&mut self, chooser: Chooser, who: E) -> Option<u32> {
        let Chooser { route, view, .. } = chooser;
        let first = self.look_at(view).next_backup.max(route.primaries);
        let mut in_turn = (first..route.members.len() as u32).chain(route.primaries..first);
        let chosen = in_turn.find(|&member| who.admits(self, member))?;
        self.at(view).next_backup = chosen + 1;
        Some(chosen)
    }

    /// nginx's smooth weighted round robin: everybody gains its weight, the richest is chosen and
    /// pays the sum.
    fn richest<E: Eligible>(&mut self, route: &RoutePlan, view: Id<View>, who: E) -> Option<u32> {
        let first = self.look_at(view).first_current?;
        let mut total = 0;
        let mut richest: Option<(i64, u32)> = None;
        for member in 0..route.primaries {
            if !who.admits(self, member) {
                continue;
            }
            let weight = self.weight(route, member, who) as i64;
            let current = &mut self.current[first.plus(member)];
            *current += weight;
            total += weight;
            if richest.is_none_or(|(most, _)| *current > most) {
                richest = Some((*current, member));
            }
        }
        let (_, chosen) = richest?;
        self.current[first.plus(chosen)] -= total;
        Some(chosen)
    }

    /// In `LOAD_UNIT`s; at least one, so that there is always somebody.
    #[inline(always)]
    fn weight<E: Eligible>(&self, route: &RoutePlan, member: u32, who: E) -> u64 {
        let weight = u64::from(route.members[member as usize].weight) * LOAD_UNIT;
        let warmth = who.warmth(self, member);
        if warmth >= 1.0 { weight } else { ((weight as f64 * warmth) as u64).max(1) }
    }

    #[inline(always)]
    fn first_of_loads(&self, view: Id<View>) -> u32 {
        self.look_at(view).loads.as_ref().expect(LOADS).first()
    }

    fn turn_is_over(&mut self, view: Id<View>, member: u32) {
        self.at(view).loads.as_mut().expect(LOADS).turn_is_over(member);
    }

    fn least_loaded<E: Eligible>(&mut self, view: Id<View>, who: E) -> Option<u32> {
        for _ in 0..DRAWS_MOST {
            let first = self.first_of_loads(view);
            if who.admits(self, first) {
                if who.warmth(self, first) >= 1.0 {
                    return Some(first);
                }
                break;
            }
            // One that is out would stand before its equals for ever.
            self.turn_is_over(view, first);
            if self.first_of_loads(view) == first {
                break;
            }
        }
        let mut passed = std::mem::take(&mut self.passed);
        let chosen = loop {
            let Some(member) = self.least_loaded_but(view, &passed, who) else {
                // If all let their turns pass, it is the first one's.
                break passed.first().copied();
            };
            if self.takes_its_turn(view, member, who.warmth(self, member)) {
                break Some(member);
            }
            self.turn_is_over(view, member);
            passed.push(member);
        };
        passed.clear();
        self.passed = passed;
        chosen
    }

    fn least_loaded_but<E: Eligible>(&self, view: Id<View>, passed: &[u32], who: E) -> Option<u32> {
        let loads = self.look_at(view).loads.as_ref().expect(LOADS);
        loads.least(|member| {
            let may_be = !passed.contains(&member) && who.admits(self, member);
            may_be.then(|| who.warmth(self, member))
        })
    }

    /// By weight.
    fn drawn<E: Eligible>(&mut self, route: &RoutePlan, chance: &mut Chance, who: E) -> Option<u32> {
        let die = &mut chance.dice[route.die];
        for _ in 0..DRAWS_MOST {
            let member = match &route.policy {
                Policy::WeightedRandom(cumulated) | Policy::Choices { cumulated: Some(cumulated), .. } => {
                    member_at(cumulated, die.next_u64())
                }
                Policy::Random | Policy::Choices { cumulated: None, .. } => below(die, route.primaries),
                Policy::Single
                | Policy::RoundRobin
                | Policy::WeightedRoundRobin
                | Policy::LeastConnections
                | Policy::IpHash(_)
                | Policy::Ring(_) => unreachable!("it draws nobody"),
            };
            if !who.admits(self, member) {
                continue;
            }
            let warmth = who.warmth(self, member);
            if warmth >= 1.0 || uniform(die) < warmth {
                return Some(member);
            }
        }
        self.drawn_of_all(route, die, who)
    }

    /// The same when hardly anybody is left.
    fn drawn_of_all<E: Eligible>(&self, route: &RoutePlan, die: &mut Generator, who: E) -> Option<u32> {
        let weight = |member: u32| {
            if who.admits(self, member) { self.weight(route, member, who) } else { 0 }
        };
        let total: u64 = (0..route.primaries).map(weight).sum();
        if total == 0 {
            return None;
        }
        let mut point = die.next_u64() % total;
        (0..route.primaries).find(|&member| {
            let weight = weight(member);
            let is_there = point < weight;
            point = point.saturating_sub(weight);
            is_there
        })
    }

    /// The least loaded for its weight of so many that are drawn, each at most once; ties at
    /// random.
    fn best_of<E: Eligible>(
        &mut self,
        chooser: Chooser,
        count: u8,
        chance: &mut Chance,
        who: E,
    ) -> Option<u32> {
        let Chooser { route, view, .. } = chooser;
        let first_open = self.look_at(view).first_open?;
        // Loads are compared as products with the other's weight, so that nothing is divided.
        let load = |balancers: &Self, member: u32, other: u32| {
            let open = balancers.open[first_open.plus(member)].count;
            u64::from(open) * u64::from(route.members[other as usize].weight)
        };
        let mut drawn = std::mem::take(&mut self.passed);
        let mut best = None;
        let mut ties = 1;
        for _ in 0..count {
            let Some(member) = self.drawn(route, chance, NotYet { who, drawn: &drawn }) else { break };
            drawn.push(member);
            let Some(least) = best else {
                best = Some(member);
                continue;
            };
            let (one, other) = (load(self, member, least), load(self, least, member));
            ties = if one < other { 1 } else { ties + u32::from(one == other) };
            if one < other || (one == other && below(&mut chance.dice[route.die], ties) == 0) {
                best = Some(member);
            }
        }
        drawn.clear();
        self.passed = drawn;
        best
    }

    /// A client whose peer is out is hashed again, and so are all others of that peer.
    fn by_hash<E: Eligible>(&self, chooser: Chooser, cumulated: &[u64], who: E) -> Option<u32> {
        let mut hash = chooser.hash();
        for _ in 0..DRAWS_MOST {
            let member = member_at(cumulated, hash);
            if who.admits(self, member) {
                return Some(member);
            }
            hash = mix(hash);
        }
        let eligible = || (0..chooser.route.primaries).filter(|&member| who.admits(self, member));
        let count = eligible().count() as u64;
        hash.checked_rem(count).and_then(|place| eligible().nth(place as usize))
    }

    /// The points of a peer lie all over the ring, so that its clients go to all others.
    fn next_on_ring<E: Eligible>(&self, chooser: Chooser, points: &[(u64, u32)], who: E) -> Option<u32> {
        let hash = chooser.hash();
        let place = points.partition_point(|&(point, _)| point < hash);
        let onwards = points[place..].iter().chain(&points[..place]);
        onwards.map(|&(_, member)| member).find(|&member| who.admits(self, member))
    }
}

/// The member whose part of all weights holds this number.
fn member_at(cumulated: &[u64], number: u64) -> u32 {
    let total = *cumulated.last().expect("a member");
    let point = number % total;
    cumulated.partition_point(|&sum| sum <= point) as u32
}
